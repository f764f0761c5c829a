//! `POST /login`: the form of an email address and a password.
//!
//! What was typed wrong comes back with the page and status 422, the address kept and the password gone. A password is
//! in no address, no page, no log and no cookie.

use axum::{Extension, body::Bytes, extract::State, response::Response};
use http::{HeaderMap, StatusCode, header};
use secrecy::SecretString;

use super::{layers::Facts, limits, login, query::Query, reply, state::AppState};
use crate::{
    domain::{input, session::LocalPath, sign_in::Refusal},
    front::{self, FormProblem, Problem},
    service::{
        ServiceError,
        password::{self, Ended, Told},
    },
};

/// What is typed as an address is shown again, but not without end.
const SHOWN: usize = 320;
/// How long the queue for passwords takes at most, in seconds.
const SOON: u64 = 2;

/// `POST /login`.
pub(super) async fn sign_in(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let page = Page {
        state: &state,
        headers: &headers,
        next: form.next(),
        email: form.first("email").unwrap_or_default(),
    };
    let typed = form.first("password").unwrap_or_default();
    let email = input::email(page.email);
    // A server without passwords says so, whatever was sent.
    if state.password_sign_in() {
        let problems: Vec<_> = page
            .problem_of_email(email.as_deref())
            .into_iter()
            .chain(typed.is_empty().then_some(FormProblem::NoPassword))
            .collect();
        if !problems.is_empty() {
            return page.form(422, problems);
        }
    }
    if let Err(too_often) = state.limits.password(facts.ip) {
        if too_often.begins {
            tracing::warn!(ip = ?facts.ip, "an address or its network tries too many passwords");
            if let Err(error) = password::record_flood(&state.services, facts.origin()).await {
                return broken(&page, &error, &facts);
            }
        }
        let response = page.form(429, vec![FormProblem::Throttled(too_often.until)]);
        return limits::come_back(response, too_often.seconds);
    }
    let attempt = password::Typed {
        email: email.unwrap_or_default(),
        password: SecretString::from(typed),
        device: state.site.cookies.device(&headers, &state.services.sealer),
    };
    match password::sign_in(&state.services, attempt, facts.origin()).await {
        Ok(Ended::Entered { token, device }) => {
            if let Err(error) = login::end_previous(&state, &headers, facts.origin()).await {
                return broken(&page, &error, &facts);
            }
            let mut response = reply::redirect(StatusCode::SEE_OTHER, page.next.as_str());
            let cookies = state.site.cookies;
            for cookie in [
                cookies.set_session(&token),
                cookies.clear_message(),
                cookies.set_device(&state.services.sealer, &device),
            ] {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Ok(Ended::Refused(told)) => page.refused(told),
        Ok(Ended::Busy) => {
            tracing::warn!("too many passwords at once; one was turned away");
            let busy = Problem::Busy {
                reference: facts.reference.code(),
            };
            limits::come_back(reply::problem(&state, &headers, &busy), SOON)
        }
        Err(error) => broken(&page, &error, &facts),
    }
}

fn broken(page: &Page<'_>, error: &ServiceError, facts: &Facts) -> Response {
    let (_, problem) = reply::broken(error, facts.reference);
    reply::problem(page.state, page.headers, &problem)
}

/// The page that comes back.
struct Page<'request> {
    state: &'request AppState,
    headers: &'request HeaderMap,
    next: LocalPath,
    email: &'request str,
}

impl Page<'_> {
    fn problem_of_email(&self, email: Option<&str>) -> Option<FormProblem> {
        if input::is_blank(self.email) {
            Some(FormProblem::NoEmail)
        } else if email.is_none() {
            Some(FormProblem::EmailFormat)
        } else {
            None
        }
    }

    fn refused(&self, told: Told) -> Response {
        match (told.refusal, told.until) {
            (Refusal::Throttled, Some(until)) => self.form(422, vec![FormProblem::Throttled(until)]),
            (Refusal::PasswordDisabled, _) => {
                let refusal = front::Refused {
                    refusal: told.refusal,
                    reference: Some(told.reference.code()),
                };
                let login = front::Login {
                    refusal: Some(refusal),
                    ..login::blank(self.state, self.next.clone())
                };
                self.draw(403, &login)
            }
            _ => self.form(422, vec![FormProblem::BadCredentials]),
        }
    }

    fn form(&self, status: u16, problems: Vec<FormProblem>) -> Response {
        let typed = front::Typed {
            email: self.email.chars().take(SHOWN).collect(),
            problems,
        };
        let login = front::Login {
            typed,
            ..login::blank(self.state, self.next.clone())
        };
        self.draw(status, &login)
    }

    fn draw(&self, status: u16, login: &front::Login) -> Response {
        reply::html(
            status,
            front::login(&reply::frame(self.state, self.headers), login),
        )
    }
}
