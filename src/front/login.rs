//! The sign-in page.

mod form;

use leptos::prelude::*;

pub use self::form::{FormProblem, Typed};
use self::form::{summary, with_email};
use super::{Frame, document};
use crate::{
    components::{
        copy::CopyButton,
        element::{Icon, MicrosoftSymbol, Picture},
        feedback::Reference,
    },
    domain::{session::LocalPath, sign_in::Refusal},
    routes,
    text::{
        faults::Faults,
        front::Front,
        refusals::{Refusals, Situation},
        shell::Shell,
        text,
    },
};

/// What the sign-in page shows.
#[derive(Clone, Debug)]
pub struct Login {
    /// Whether people can sign in with Microsoft on this server: the credentials are there and the mode allows it.
    pub microsoft: bool,
    /// Whether people can sign in with a password on this server. Sentences about email depend on it.
    pub password: bool,
    /// Where to go afterwards.
    pub next: LocalPath,
    /// The site's own origin, for addresses in a message to somebody else.
    pub origin: String,
    /// Why the last attempt was refused.
    pub refusal: Option<Refused>,
    /// What else there is to say.
    pub notice: Option<Notice>,
    /// What was typed into the form, when it was posted.
    pub typed: Typed,
    /// Who is signed in already, when the refusal concerned another attempt: name and team.
    pub continue_as: Option<(String, String)>,
}

/// A refused sign-in.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The printed reference, which also stands in the audit event.
    pub reference: Option<String>,
}

/// A sentence in the page's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A session that ended came along.
    SignedOut,
    /// What somebody did ended their own session; what that was.
    SignedOutBy(String),
    /// Too much at once; the attempt may be made again in a moment.
    Busy,
    /// The attempt failed on our side; the reference stands in the log.
    Broken(String),
}

/// The whole document of `/login`.
pub fn login(frame: &Frame, page: &Login) -> String {
    let words = text::<Front>();
    let page = page.clone();
    let mut title = (text::<Shell>().title_outside)(words.sign_in);
    if !page.typed.problems.is_empty() {
        title = (words.error_title)(&title);
    }
    document::render(frame, title, move || {
        let Login {
            microsoft,
            password,
            next,
            origin,
            refusal,
            notice,
            typed,
            continue_as,
        } = page;
        let problems = typed.problems.clone();
        view! {
            <Status notice />
            {(!problems.is_empty()).then(|| summary(problems))}
            {refusal.map(|refused| view! { <Alert refused password origin /> })}
            <h1>{words.sign_in}</h1>
            {continue_as
                .map(|(name, team)| {
                    view! {
                        <p>
                            <a class="link" href=routes::DASHBOARD>
                                {(words.continue_as)(&name, &team)}
                            </a>
                        </p>
                    }
                })}
            {microsoft.then(|| view! { <WithMicrosoft next=next.clone() /> })}
            {(microsoft && password).then(|| view! { <p class="or">{words.or}</p> })}
            {password.then(|| with_email(next, typed))}
            {(!microsoft && !password).then(|| view! { <p>{words.not_set_up}</p> })}
        }
    })
}

/// The page's status: there from the first, and empty most of the time.
#[component]
fn Status(notice: Option<Notice>) -> impl IntoView {
    let words = text::<Front>();
    let Some(notice) = notice else {
        return view! { <output></output> }.into_any();
    };
    let said = match notice {
        Notice::SignedOut => words.signed_out.to_owned(),
        Notice::SignedOutBy(done) => (words.signed_out_by)(&done),
        Notice::Busy => text::<Faults>().busy.to_owned(),
        Notice::Broken(reference) => (words.broken)(&reference),
    };
    view! {
        <output class="banner">
            <Icon picture=Picture::Info />
            <span class="text">{said}</span>
        </output>
    }
    .into_any()
}

/// Why the last attempt was refused, and what to do now.
#[component]
fn Alert(refused: Refused, password: bool, origin: String) -> impl IntoView {
    let words = text::<Refusals>();
    let Refused { refusal, reference } = refused;
    let situation = Situation {
        password,
        until: None,
    };
    // A reference leads to an audit event; the password form's own refusals are told by its fields.
    let of_the_form = matches!(
        refusal,
        Refusal::BadCredentials | Refusal::BadCode | Refusal::Throttled
    );
    let reference = reference.filter(|_| !of_the_form);
    view! {
        <div class="banner bad" role="alert" tabindex="-1">
            <Icon picture=Picture::Fail />
            <div class="text">
                <h2>{(words.heading)(refusal)}</h2>
                {(words.advice)(refusal, situation).map(|advice| view! { <p>{advice}</p> })}
                {(refusal == Refusal::ConsentRequired).then(|| view! { <Message origin /> })}
                {reference.map(|id| view! { <Reference id /> })}
            </div>
        </div>
    }
}

/// What to send to the administrator who can approve the app.
#[component]
fn Message(origin: String) -> impl IntoView {
    const ID: &str = "message";
    let words = text::<Front>();
    let sign_in = format!("{origin}{}", routes::LOGIN);
    view! {
        <div class="message">
            <p id=ID>
                {(words.approve)(&sign_in)} " " <a href=routes::PERMISSIONS>{format!("{origin}{}", routes::PERMISSIONS)}</a>
            </p>
            <p class="cluster">
                <CopyButton of=ID thing=words.message />
            </p>
        </div>
    }
}

/// The Microsoft button. A button and not a link, since it starts something and must never be prefetched.
#[component]
fn WithMicrosoft(next: LocalPath) -> impl IntoView {
    let words = text::<Front>();
    view! {
        <form method="get" action=routes::SIGN_IN data-sending=words.signing_in>
            <input type="hidden" name="next" value=next.to_string() />
            <button class="ms-button">
                <MicrosoftSymbol />
                {words.with_microsoft}
            </button>
            <div class="under">
                <p>{words.which_account}</p>
                <a class="link" href=routes::sign_in_as_another(&next)>
                    {words.other_account}
                </a>
            </div>
        </form>
    }
}
