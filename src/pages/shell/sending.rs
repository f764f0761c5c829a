//! How far an action is that invites people: on every page, and the way to it, while one runs.

use std::cell::Cell;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use crate::{
    api,
    components::{
        element::Picture,
        hydrated::in_browser,
        latest::{Latest, Turn},
    },
    routes,
    text::{self, text},
    wire::{loading::ask_once, session as wire},
};

/// Between two questions how far it is, in milliseconds.
const AGAIN: i32 = 5_000;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending(RwSignal<Option<wire::Sending>>);

impl Sending {
    /// Asks again where an action has just begun, and while one runs.
    pub(super) fn follow() -> Self {
        let shown = Self(RwSignal::new(None));
        let location = use_location();
        let newest = Latest::default();
        let is_first = Cell::new(true);
        in_browser(move || {
            location.pathname.track();
            // The page of an action that was begun without leaving the document. The first one came with its answer.
            let begins = location.search.with(|search| search.contains("job="));
            let was_first = is_first.replace(false);
            spawn_local(shown.ask(newest.begin(), begins && !was_first));
        });
        shown
    }

    /// Shows what came with the page.
    pub(super) fn show(self, viewer: Option<&wire::Viewer>) {
        self.0.set(viewer.and_then(|viewer| viewer.sending));
    }

    /// Goes on until nothing runs any more or a newer question takes over. When no answer comes, what is known stays.
    async fn ask(self, turn: Turn, mut due: bool) {
        loop {
            if due {
                let answer = ask_once::<api::session::Viewer>().await;
                if !turn.is_newest() {
                    return;
                }
                if let Ok(viewer) = answer {
                    self.0.set(viewer.sending);
                }
            }
            if !turn.pause(AGAIN).await {
                return;
            }
            due = self.0.get_untracked().is_some();
            if !due {
                return;
            }
        }
    }

    /// The link, as text: it weighs less so.
    pub(super) fn link(self) -> String {
        let Some(sending) = self.0.get().filter(|sending| sending.done < sending.total) else {
            return String::new();
        };
        let words = text::<text::shell::Shell>();
        format!(
            r#"<a class="top-item" href="{}">{}<span class="label">{}</span>{}</a>"#,
            routes::mapping_members_job(sending.mapping, sending.job),
            Picture::Mail.markup(),
            words.sending,
            (words.sent_of)(sending.done, sending.total),
        )
    }
}
