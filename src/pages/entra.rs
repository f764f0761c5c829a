//! Microsoft Entra ID: the team's tenant, whether it works, which step of the connection fails, and the exact fix.
//!
//! The server says all that was found out, and draws it. What the page alone decides is what happens while something is
//! typed or on its way.

pub mod drawn;
pub mod failures;
pub mod leaving;
pub mod regions;
pub mod settings;
pub mod step;
pub mod test;

use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
};
use leptos_router::{LazyRoute, lazy_route};

use self::leaving::Draft;
use super::{
    head::{PageHead, arrive, call_page},
    shell::CurrentViewer,
};
use crate::{
    api,
    components::{
        drawn::{on_click, on_key, reveal},
        feedback::FaultView,
        form::SendFailure,
        hydrated::{Changing, Loaded, focus, in_browser, pressed, waiting},
        in_place::InPlace,
        whole::Whole,
    },
    text::{self, text},
    wire::{
        loading::{Loading, load_here},
        tenant::EntraView as Answer,
    },
};

/// `/dashboard/integrations/entra`.
#[derive(Debug)]
pub struct Entra {
    page: Loading<Answer>,
}

#[lazy_route]
impl LazyRoute for Entra {
    fn data() -> Self {
        Self {
            page: load_here(api::tenant::View {}),
        }
    }

    fn view(this: Self) -> AnyView {
        Whole(view! { <EntraView page=this.page /> }).into_any()
    }
}

/// The parts of the page that outlive an answer.
#[derive(Clone, Copy, Debug)]
struct Desk {
    in_place: InPlace,
    draft: Draft,
    /// Whether an answer was drawn already.
    shown: StoredValue<bool>,
}

#[component]
fn EntraView(page: Loading<Answer>) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let desk = Desk {
        in_place: InPlace::default(),
        draft: Draft::default(),
        shown: StoredValue::new(false),
    };
    desk.draft.guard(words.leave);
    let busy = RwSignal::new(false);
    let viewer = use_context::<CurrentViewer>();
    let drawn = waiting(move || async move {
        busy.set(true);
        let viewer = match viewer {
            Some(viewer) => viewer.load().await.ok(),
            None => None,
        };
        let answer = page.answer().await;
        busy.set(false);
        let name = answer.as_ref().ok().and_then(|answer| answer.title.clone());
        call_page(name, viewer.as_ref().map(|viewer| viewer.team_name.as_str()));
        match answer {
            Ok(answer) => Whole(view! { <Answered answer desk /> }).into_any(),
            Err(fault) => {
                let again = Box::new(move || page.again());
                Whole(view! {
                    <PageHead heading=words.heading />
                    <FaultView fault what=words.data again />
                })
                .into_any()
            }
        }
    });
    let submit = move |event: SubmitEvent| {
        if !desk.in_place.on_submit(&event, move || page.again()) {
            desk.draft.let_go();
        }
    };
    view! {
        <div aria-busy=Changing::derive(move || busy.get().then_some("true")) on:submit=submit>
            <SendFailure by=desk.in_place />
            <Loaded view=drawn />
        </div>
    }
}

/// The page as the server drew it. What happens in it is met here, above it.
#[component]
fn Answered(answer: Answer, desk: Desk) -> impl IntoView {
    let Answer {
        markup,
        unsaved,
        first,
        ..
    } = answer;
    in_browser(move || {
        let first = first.clone();
        // The effect runs before the markup stands in the document.
        request_animation_frame(move || {
            let again = desk.shown.try_get_value().unwrap_or_default();
            desk.shown.try_update_value(|shown| *shown = true);
            let sender = desk.in_place.done();
            reveal();
            desk.draft.begin(unsaved, again);
            if again {
                focus_after(first, sender);
            } else {
                arrive();
            }
        });
    });
    let click = move |event: MouseEvent| {
        if pressed(&event, "[data-cancel]").is_some() {
            desk.in_place.cancel();
        }
        if pressed(&event, "[data-discard]").is_some() {
            desk.draft.let_go();
        }
        on_click(&event);
    };
    view! {
        <div
            inner_html=markup
            on:click=click
            on:input=move |_| desk.draft.look()
            on:keydown=|event| on_key(&event)
        ></div>
    }
}

/// After an answer the focus stays on what sent it, unless something must be read first or that is gone.
fn focus_after(first: Option<String>, sender: Option<String>) {
    if let Some(first) = first {
        focus(first);
        return;
    }
    request_animation_frame(move || {
        let lost = document()
            .active_element()
            .is_none_or(|element| element.tag_name() == "BODY");
        if lost {
            let sender = sender.filter(|id| document().get_element_by_id(id).is_some());
            focus(sender.map_or_else(|| "h1".to_owned(), |id| format!("#{id}")));
        }
    });
}

#[cfg(test)]
mod tests;
