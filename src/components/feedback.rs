//! What a page says about how something went.

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::hooks::use_location;

use super::element::CopyButton;
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
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    let words = text::<Faults>();
    match fault {
        Fault::SignedOut => view! {
            <div class="stack stack-s">
                <p>{words.signed_out}</p>
                <a class="link" href=routes::login_for(&here()) rel="external">
                    {words.sign_in}
                </a>
            </div>
        }
        .into_any(),
        Fault::Missing => view! {
            <div class="stack stack-s">
                <p>{words.missing}</p>
            </div>
        }
        .into_any(),
        Fault::Forbidden => view! {
            <div class="stack stack-s">
                <p>{words.forbidden}</p>
            </div>
        }
        .into_any(),
        Fault::Busy => view! { <Again said=words.busy.to_owned() reference=None again /> }.into_any(),
        Fault::Internal(Incident(reference)) => {
            view! { <Again said=(words.not_loaded)(what) reference=Some(reference) again /> }.into_any()
        }
        Fault::Unreadable | Fault::Network => {
            view! { <Again said=(words.not_loaded)(what) reference=None again /> }.into_any()
        }
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

#[component]
fn Again(said: String, reference: Option<String>, again: Callback<()>) -> impl IntoView {
    let ask = move |event: MouseEvent| {
        event.prevent_default();
        again.run(());
    };
    view! {
        <div class="stack stack-s">
            <p>{said}</p>
            <form method="get">
                <button class="button button-small" on:click=ask>
                    {text::<Faults>().try_again}
                </button>
            </form>
            {reference.map(|id| view! { <Reference id class="reference small" /> })}
        </div>
    }
}
