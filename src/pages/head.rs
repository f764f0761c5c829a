//! The top of every page: its title and its heading.

use leptos::prelude::*;

use super::shell::Arrival;
use crate::components::hydrated::{focus, in_browser};

/// The heading. After a navigation in the browser it takes the focus, so that a screen reader says where one is.
/// one is.
#[component]
pub fn PageHead(
    /// Its words.
    heading: &'static str,
) -> impl IntoView {
    if let Some(arrival) = use_context::<Arrival>() {
        in_browser(move || {
            if arrival.by_navigation() {
                focus("h1");
            }
        });
    }
    view! {
        <div class="page-head">
            <h1 tabindex="-1">{heading}</h1>
        </div>
    }
}

/// Writes the title into the document that the server renders. The document provides it as a context, because the
/// browser needs a fraction of that machinery to set a title.
#[derive(Clone, Copy, Debug)]
pub struct TitleWriter(pub fn(String));

/// Keeps the title of the document, in both halves.
pub fn keep_title(title: impl Fn() -> String + 'static) {
    if let Some(TitleWriter(write)) = use_context::<TitleWriter>() {
        write(title());
    }
    in_browser(move || document().set_title(&title()));
}
