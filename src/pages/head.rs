//! The top of every page: its title and its heading.

use std::cell::Cell;

use leptos::prelude::*;

use crate::components::{
    hydrated::{focus, in_browser},
    theme::Document,
};

thread_local! {
    /// Whether this visit has shown a page already. Only the browser looks, and it shows one visit.
    static VISITED: Cell<bool> = const { Cell::new(false) };
}

/// The heading. After a navigation in the browser it takes the focus, so that a screen reader says where one is. On the
/// first page of a visit the browser itself decides where the focus is.
#[component]
pub fn PageHead(
    /// Its words.
    heading: &'static str,
) -> impl IntoView {
    in_browser(|| {
        if VISITED.replace(true) {
            focus("h1".to_owned());
        }
    });
    view! {
        <div class="page-head">
            <h1 tabindex="-1">{heading}</h1>
        </div>
    }
}

/// Keeps the title of the document, in both halves.
pub fn keep_title(title: impl Fn() -> String + 'static) {
    if let Some(document) = use_context::<Document>() {
        (document.write_title)(title());
    }
    in_browser(move || document().set_title(&title()));
}
