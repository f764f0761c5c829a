//! Whole pages about what went wrong outside the dashboard.

use leptos::prelude::*;

use super::{Frame, document};
use crate::{
    components::feedback::Reference,
    domain::{role::Role, session::LocalPath, time::Timestamp},
    routes,
    text::{faults::Faults, front::Front, overview::Overview, roles::Roles, shell::Shell, text},
};

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `404` No such page.
    NotFound,
    /// `403` The request came from another site, or is not for this account.
    Forbidden,
    /// `403` The role does not allow it; nothing went wrong.
    NotAllowed {
        /// Who may, as a sentence.
        only: String,
        /// The role of whoever asked.
        role: Role,
        /// Whom to ask.
        owners: Vec<String>,
    },
    /// `401` Something was asked for without a session.
    SignedOut {
        /// Where to go on after signing in.
        next: LocalPath,
        /// What was posted, to be sent again then.
        form: Option<SentForm>,
    },
    /// `400` A form held something that cannot be read.
    Unreadable {
        /// The page of the form.
        next: LocalPath,
    },
    /// `503` Too much at once to keep what a form held.
    Unkept(SentForm),
    /// `403` The session's user is in no team any more.
    NoLongerMember {
        /// The name of the team that was left.
        team_name: String,
    },
    /// `421` The request came under a name that is not this server's.
    WrongHost,
    /// `403` The request did not come over https, as far as the proxy says.
    NotSecure,
    /// `408` What was sent did not arrive in time.
    TooSlow,
    /// `413` More was sent than the server reads.
    TooLarge,
    /// `429` Too many requests from one address.
    Throttled {
        /// When the next one is answered.
        until: Timestamp,
    },
    /// `503` Something did not answer in time.
    TimedOut {
        /// The printed reference.
        reference: String,
    },
    /// `503` Too much at once.
    Busy {
        /// The printed reference.
        reference: String,
    },
    /// `500` Our fault; the reference stands in the log.
    Internal {
        /// The printed reference.
        reference: String,
    },
}

/// A form as it was posted, to be posted again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentForm {
    /// Where to.
    pub to: String,
    /// Its names and values.
    pub fields: Vec<(String, String)>,
}

impl Problem {
    /// The HTTP status of the page.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unreadable { .. } => 400,
            Self::SignedOut { .. } => 401,
            Self::Forbidden | Self::NotAllowed { .. } | Self::NoLongerMember { .. } | Self::NotSecure => 403,
            Self::NotFound => 404,
            Self::TooSlow => 408,
            Self::TooLarge => 413,
            Self::WrongHost => 421,
            Self::Throttled { .. } => 429,
            Self::Internal { .. } => 500,
            Self::TimedOut { .. } | Self::Busy { .. } | Self::Unkept(_) => 503,
        }
    }

    fn heading(&self) -> String {
        let words = text::<Faults>();
        match self {
            Self::NotFound => words.not_found.to_owned(),
            Self::Forbidden | Self::NotAllowed { .. } => words.forbidden.to_owned(),
            Self::SignedOut { .. } => words.signed_out_heading.to_owned(),
            Self::NoLongerMember { team_name } => (words.no_longer_member)(team_name),
            Self::WrongHost => words.wrong_host.to_owned(),
            Self::NotSecure => words.not_secure.to_owned(),
            Self::TooSlow => words.too_slow.to_owned(),
            Self::TooLarge => words.too_large.to_owned(),
            Self::Throttled { .. }
            | Self::TimedOut { .. }
            | Self::Busy { .. }
            | Self::Unkept(_)
            | Self::Unreadable { .. }
            | Self::Internal { .. } => words.broken.to_owned(),
        }
    }
}

/// The whole document.
pub fn problem(frame: &Frame, page: &Problem) -> String {
    let page = page.clone();
    let heading = page.heading();
    let title = (text::<Shell>().title_outside)(&heading);
    document::render(frame, title, move || {
        view! {
            <output></output>
            <h1>{heading}</h1>
            <Explanation page />
        }
    })
}

/// What it means, and the way on.
#[component]
fn Explanation(page: Problem) -> impl IntoView {
    let words = text::<Faults>();
    match page {
        Problem::NotFound => view! {
            <p>
                {words.not_found_before}
                <a class="link" href=routes::DASHBOARD>
                    {text::<Overview>().heading}
                </a>
                {words.not_found_after}
            </p>
        }
        .into_any(),
        Problem::Forbidden => view! { <p>{words.not_yours}</p> }.into_any(),
        Problem::NotAllowed { only, role, owners } => {
            let role = (text::<Roles>().name)(role);
            view! {
                <p>{only}</p>
                <p>{(words.role_and_owners)(role, &owners)}</p>
            }
            .into_any()
        }
        Problem::SignedOut { next, form } => view! {
            <p>{words.signed_out}</p>
            <p>
                <a class="link" href=way_in(&next)>
                    {words.sign_in}
                </a>
            </p>
            {form
                .map(|form| {
                    view! {
                        <p>{words.still_here}</p>
                        <Sent form button=words.send_again class="button" />
                    }
                })}
        }
        .into_any(),
        Problem::Unreadable { next } => view! {
            <p>
                {words.unreadable_before} <a class="link" href=next.to_string()>
                    {words.unreadable_page}
                </a> {words.unreadable_after}
            </p>
        }
        .into_any(),
        Problem::Unkept(form) => view! {
            <p>{words.busy}</p>
            <Sent form button=words.try_again class="button button-primary" />
        }
        .into_any(),
        Problem::NoLongerMember { .. } => view! {
            <form method="post" action=routes::LOGOUT>
                <button class="button button-primary">{text::<Shell>().sign_out}</button>
            </form>
        }
        .into_any(),
        Problem::WrongHost => view! { <p>{words.wrong_host_text}</p> }.into_any(),
        Problem::NotSecure => view! { <p>{words.not_secure_text}</p> }.into_any(),
        Problem::TooSlow => view! { <p>{words.too_slow_text}</p> }.into_any(),
        Problem::TooLarge => view! { <p>{words.too_large_text}</p> }.into_any(),
        Problem::Throttled { until } => {
            view! { <p>{(text::<Front>().too_many_requests)(until)}</p> }.into_any()
        }
        Problem::TimedOut { reference } | Problem::Busy { reference } => {
            view! { <Again said=Some(words.busy) reference /> }.into_any()
        }
        Problem::Internal { reference } => view! { <Again said=None reference /> }.into_any(),
    }
}

/// The sign-in page that leads to this page afterwards; to the dashboard it leads by itself.
fn way_in(next: &LocalPath) -> String {
    if *next == LocalPath::dashboard() {
        routes::LOGIN.to_owned()
    } else {
        routes::login_for(next)
    }
}

/// What was posted, and a button that posts it again.
#[component]
fn Sent(form: SentForm, button: &'static str, class: &'static str) -> impl IntoView {
    let fields: Vec<_> = form
        .fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    view! {
        <form method="post" action=form.to>
            {fields} <button class=class>{button}</button>
        </form>
    }
}

/// The way on leads to the start: what failed may have been a form or a one-use address, and neither may be sent twice.
#[component]
fn Again(said: Option<&'static str>, reference: String) -> impl IntoView {
    view! {
        {said.map(|said| view! { <p>{said}</p> })}
        <form method="get" action=routes::ROOT>
            <button class="button button-primary">{text::<Faults>().try_again}</button>
        </form>
        <Reference id=reference class="reference small" />
    }
}
