//! The top of every page: its title and its heading.

use std::cell::Cell;

use leptos::prelude::*;

use crate::{
    components::{
        hydrated::{focus, in_browser},
        theme::Document,
    },
    text::{shell::Shell, text},
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
    in_browser(arrive);
    view! {
        <div class="page-head">
            <h1 tabindex="-1">{heading}</h1>
        </div>
    }
}

/// A page is there. For pages that draw their heading themselves.
pub(super) fn arrive() {
    if VISITED.replace(true) {
        focus("h1".to_owned());
    }
}

/// Keeps the title of the document, in both halves.
pub fn keep_title(title: impl Fn() -> String + 'static) {
    if let Some(document) = use_context::<Document>() {
        (document.write_title)(title());
    }
    in_browser(move || document().set_title(&title()));
}

/// The title of a page inside this team.
pub(super) fn title(heading: &str, team: Option<&str>) -> String {
    let words = text::<Shell>();
    match team {
        Some(team) => (words.title)(heading, team),
        None => (words.title_outside)(heading),
    }
}

/// What a page is called while it is not called by its place: a step of it, or a form with a problem. A context of the
/// frame, which keeps the title in the browser.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnTitle(pub(super) RwSignal<Option<String>>);

impl Default for OwnTitle {
    fn default() -> Self {
        Self(RwSignal::new(None))
    }
}

/// Calls the page by this name, or by its place again. On the server the frame has written its title already, so the
/// page writes its own over it.
pub(super) fn call_page(name: Option<String>, team: Option<&str>) {
    if let (Some(name), Some(document)) = (&name, use_context::<Document>()) {
        (document.write_title)(title(name, team));
    }
    if let Some(OwnTitle(own)) = use_context() {
        own.set(name);
    }
}
