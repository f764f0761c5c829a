//! The form for an email address and a password, and what is said when it could not be taken.

use leptos::prelude::*;

use crate::{
    components::element::{Icon, Picture},
    domain::{session::LocalPath, sign_in::Refusal, time::Timestamp},
    routes,
    text::{
        front::Front,
        refusals::{Refusals, Situation},
        text,
    },
};

/// What was typed and is shown again; never the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The address.
    pub email: String,
    /// What is wrong with what was sent, in the order of the fields.
    pub problems: Vec<FormProblem>,
}

/// Why the form was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormProblem {
    /// No address.
    NoEmail,
    /// Not an address.
    EmailFormat,
    /// No password.
    NoPassword,
    /// Wrong, and nobody says which of the two.
    BadCredentials,
    /// Too many attempts: when the next one is looked at.
    Throttled(Timestamp),
}

impl FormProblem {
    fn said(self) -> String {
        let words = text::<Front>();
        let refused = |refusal, until| {
            let situation = Situation {
                password: true,
                until,
            };
            (text::<Refusals>().advice)(refusal, situation).unwrap_or_default()
        };
        match self {
            Self::NoEmail => words.no_email.to_owned(),
            Self::EmailFormat => words.email_format.to_owned(),
            Self::NoPassword => words.no_password.to_owned(),
            Self::BadCredentials => refused(Refusal::BadCredentials, None),
            Self::Throttled(until) => refused(Refusal::Throttled, Some(until)),
        }
    }

    /// The field that it is about. A wait is about none.
    const fn field(self) -> Option<&'static str> {
        match self {
            Self::NoEmail | Self::EmailFormat | Self::BadCredentials => Some(EMAIL),
            Self::NoPassword => Some(PASSWORD),
            Self::Throttled(_) => None,
        }
    }
}

const EMAIL: &str = "email";
const PASSWORD: &str = "password";
const HEADING: &str = "email-form";

/// All problems, above the heading of the page. `autofocus` brings people here without a script too.
pub(super) fn summary(problems: Vec<FormProblem>) -> impl IntoView {
    let line = |problem: FormProblem| match problem.field() {
        Some(field) => view! {
            <li>
                <a href=format!("#{field}")>{problem.said()}</a>
            </li>
        }
        .into_any(),
        None => view! { <li>{problem.said()}</li> }.into_any(),
    };
    view! {
        <div class="banner bad" role="alert" tabindex="-1" autofocus>
            <Icon picture=Picture::Fail />
            <div class="text">
                <h2>{text::<Front>().problem}</h2>
                <ul>{problems.into_iter().map(line).collect_view()}</ul>
            </div>
        </div>
    }
}

/// The form.
pub(super) fn with_email(next: LocalPath, typed: Typed) -> impl IntoView {
    let words = text::<Front>();
    let Typed { email, problems } = typed;
    let wrong = |field: &str| {
        let problem = problems.iter().find(|problem| problem.field() == Some(field));
        problem.map(|problem| problem.said())
    };
    let (wrong_email, wrong_password) = (wrong(EMAIL), wrong(PASSWORD));
    let invalid = |wrong: &Option<String>| wrong.is_some().then_some("true");
    let described = |wrong: &Option<String>, by| wrong.is_some().then_some(by);
    view! {
        <form
            class="stack"
            method="post"
            action=routes::LOGIN
            aria-labelledby=HEADING
            novalidate
            data-sending=words.signing_in
        >
            <h2 class="visually-hidden" id=HEADING>
                {words.with_email}
            </h2>
            <input type="hidden" name="next" value=next.to_string() />
            <div class="field stretch">
                <label for=EMAIL>{words.email}</label>
                <FieldError said=wrong_email.clone() id="email-error" />
                <input
                    class="input"
                    id=EMAIL
                    name=EMAIL
                    type="email"
                    autocomplete="username"
                    spellcheck="false"
                    value=email
                    aria-invalid=invalid(&wrong_email)
                    aria-describedby=described(&wrong_email, "email-error")
                />
            </div>
            <div class="field stretch">
                <label for=PASSWORD>{words.password}</label>
                <FieldError said=wrong_password.clone() id="password-error" />
                <span class="joined">
                    <input
                        class="input"
                        id=PASSWORD
                        name=PASSWORD
                        type="password"
                        autocomplete="current-password"
                        aria-invalid=invalid(&wrong_password)
                        aria-describedby=described(&wrong_password, "password-error")
                    />
                    <button type="button" aria-pressed="false" data-show=PASSWORD hidden>
                        {words.show_password}
                    </button>
                </span>
            </div>
            <button class="button button-primary">{words.sign_in_button}</button>
            <p class="muted small">{words.forgotten}</p>
        </form>
    }
}

#[component]
fn FieldError(said: Option<String>, id: &'static str) -> impl IntoView {
    said.map(|said| {
        view! {
            <p class="error" id=id>
                {said}
            </p>
        }
    })
}
