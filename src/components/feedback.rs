//! What a page says about how something went.

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::hooks::use_location;

use super::copy::CopyButton;
use crate::{
    domain::session::LocalPath,
    routes,
    text::{faults::Faults, text},
    wire::fault::{Fault, Incident},
};

/// The reference of a refusal or an incident, to be sent to whoever can look it up.
#[component]
pub fn Reference(
    /// Its printed form.
    id: String,
    /// Classes of the line.
    #[prop(default = "reference")]
    class: &'static str,
) -> impl IntoView {
    const ID: &str = "reference";
    let words = text::<Faults>();
    view! {
        <p class=class>
            {words.reference} <span class="id" id=ID>
                {id}
            </span> " " <CopyButton of=ID thing=words.reference_thing />
        </p>
    }
}

/// Why a region of a page has no data, in the place of the data; the rest of the page works.
#[component]
pub fn FaultView(
    /// What went wrong.
    fault: Fault,
    /// What was to be shown, as in `Couldn't load your access.`
    what: &'static str,
    /// Asks for it again.
    again: Box<dyn Fn() + Send + Sync>,
) -> impl IntoView {
    let words = text::<Faults>();
    let sign_in = (fault == Fault::SignedOut).then(|| routes::login_for(&here()));
    let (said, can_repeat) = match fault {
        Fault::SignedOut => (words.signed_out.to_owned(), false),
        Fault::Missing => (words.missing.to_owned(), false),
        Fault::Forbidden => (words.forbidden.to_owned(), false),
        Fault::Busy | Fault::Throttled => (words.busy.to_owned(), true),
        Fault::Internal(Incident(reference)) => ((words.not_loaded_because_of_us)(what, &reference), true),
        Fault::Conflict(_) | Fault::Invalid(_) | Fault::Microsoft | Fault::Unreadable | Fault::Network => {
            ((words.not_loaded)(what), true)
        }
    };
    let ask = move |event: MouseEvent| {
        event.prevent_default();
        again();
    };
    view! {
        <div class="stack stack-s">
            <p>{said}</p>
            {sign_in
                .map(|to| {
                    view! {
                        <a class="link" href=to rel="external">
                            {words.sign_in}
                        </a>
                    }
                })}
            {can_repeat
                .then(|| {
                    view! {
                        <form method="get">
                            <button class="button button-small" on:click=ask>
                                {words.try_again}
                            </button>
                        </form>
                    }
                })}
        </div>
    }
}

/// The page one is on, as a place to return to.
pub fn here() -> LocalPath {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    let whole = if search.is_empty() {
        path
    } else {
        format!("{path}?{search}")
    };
    LocalPath::parse(&whole).unwrap_or_else(|_| LocalPath::dashboard())
}
