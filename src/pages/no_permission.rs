//! A page that one's role does not open. Nothing went wrong, so it does not look like an error.

use leptos::prelude::*;

use super::{head::PageHead, shell::CurrentViewer};
use crate::{
    components::hydrated::{Loaded, waiting},
    text::{self, text},
};

/// Says whose page it is, and whom to ask.
#[component]
pub fn NoPermission(
    /// Who may open it, as a sentence.
    who_may: &'static str,
) -> impl IntoView {
    let words = text::<text::faults::Faults>();
    let roles = text::<text::roles::Roles>();
    let viewer = use_context::<CurrentViewer>();
    let whom_to_ask = waiting(move || async move {
        let viewer = match viewer {
            Some(viewer) => viewer.load().await.ok(),
            None => None,
        };
        viewer.map(|viewer| {
            let role = (roles.name)(viewer.role);
            view! { <p>{(words.role_and_owners)(role, &viewer.owners)}</p> }
        })
    });
    view! {
        <PageHead heading=words.forbidden />
        <div class="stack stack-s">
            <p>{who_may}</p>
            <Loaded view=whom_to_ask />
        </div>
    }
}
