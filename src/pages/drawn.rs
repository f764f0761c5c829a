//! The pages that the server draws: what the browser does with all of them alike.
//!
//! With a script and without one a page is the same markup. What happens in it is met here, above it, and found by `id`s
//! and `data-` attributes, so that a further page adds a few words to the download. All of them are one lazy route.

use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    prelude::*,
    wasm_bindgen::JsValue,
};
use leptos_router::{LazyRoute, hooks::use_url, lazy_route};

use super::{
    head::{OwnTitle, PageHead, arrive, call_page},
    leaving::Draft,
    no_permission::NoPermission,
    place::Place,
    shell::CurrentViewer,
};
use crate::{
    api,
    components::{
        drawn::{is_fixed, on_click, on_key, reveal},
        feedback::FaultView,
        form::SendFailure,
        hydrated::{Changing, Loaded, bring_into_view, focus, in_browser, pressed, waiting},
        in_place::{InPlace, SAID},
        whole::Whole,
    },
    routes,
    text::{self, text},
    wire::{
        drawn::Drawn as Answer,
        fault::Fault,
        loading::{Loading, load_here, load_named},
    },
};

/// A page that the server draws.
#[derive(Debug)]
pub struct Drawn {
    place: Place,
    page: Loading<Answer>,
}

#[lazy_route]
impl LazyRoute for Drawn {
    fn data() -> Self {
        let place = use_url().with_untracked(|address| Place::at(address.path()));
        let page = match place {
            Place::Mappings => load_here(api::mapping::View {}),
            Place::GroupMembers => {
                let of = routes::mapping_of_members;
                let id =
                    use_url().with_untracked(|address| of(address.path()).unwrap_or_default().to_owned());
                load_named(api::mapping::MembersView { id }, "id", of)
            }
            // The table of routes asks for no other.
            _ => load_here(api::tenant::View {}),
        };
        Self { place, page }
    }

    fn view(this: Self) -> AnyView {
        Whole(view! { <DrawnPage page=this.page ways=Ways::of(this.place) /> }).into_any()
    }
}

/// Draws the page once more, as the server would now.
type Again = Box<dyn Fn()>;

/// What is a page's own.
#[derive(Clone, Copy, Debug)]
struct Ways {
    /// The heading while the page could not be loaded.
    heading: &'static str,
    /// What the page shows, as in `Couldn't load …`.
    what: &'static str,
    /// Asked before something unsaved is left behind, on a page with a form that is kept from that.
    leave: Option<&'static str>,
    /// Who may open the page, when not everybody may.
    who_may: Option<&'static str>,
    /// What the page does in the browser with each new markup, beyond what all do.
    begin: Option<fn(Again)>,
}

impl Ways {
    fn of(place: Place) -> Self {
        let heading = place.heading();
        if place == Place::GroupMembers {
            let words = text::<text::group_members::GroupMembers>();
            return Self {
                heading,
                what: words.data,
                leave: None,
                who_may: Some(words.who_may),
                begin: Some(super::group_members::browser::begin),
            };
        }
        if place == Place::Mappings {
            return Self {
                heading,
                what: text::<text::mappings::Mappings>().data,
                leave: None,
                who_may: None,
                begin: Some(|_| super::mappings::browser::begin()),
            };
        }
        let entra = text::<text::entra::Entra>();
        Self {
            heading,
            what: entra.data,
            leave: Some(entra.leave),
            who_may: None,
            begin: None,
        }
    }
}

/// The parts of the page that outlive an answer.
#[derive(Clone, Copy, Debug)]
struct Desk {
    in_place: InPlace,
    draft: Draft,
    begin: Option<fn(Again)>,
    /// What loads the page.
    page: Loading<Answer>,
    /// Whether an answer was drawn already.
    shown: StoredValue<bool>,
}

#[component]
fn DrawnPage(page: Loading<Answer>, ways: Ways) -> impl IntoView {
    let desk = Desk {
        in_place: InPlace::default(),
        draft: Draft::default(),
        begin: ways.begin,
        page,
        shown: StoredValue::new(false),
    };
    if let Some(question) = ways.leave {
        desk.draft.guard(question);
    }
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
            Err(Fault::Forbidden) if ways.who_may.is_some() => {
                let who_may = ways.who_may.unwrap_or_default();
                Whole(view! { <NoPermission who_may /> }).into_any()
            }
            Err(fault) => {
                let again = Box::new(move || page.again());
                Whole(view! {
                    <PageHead heading=ways.heading />
                    <FaultView fault what=ways.what again />
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
            if let Some(begin) = desk.begin {
                begin(Box::new(move || desk.page.again()));
            }
            if first.is_none() && !unsaved {
                say_once();
            }
            if again {
                focus_after(first, sender);
                bring_into_view(SAID);
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
    let own_title = use_context::<OwnTitle>();
    let input = move |event: Event| {
        desk.draft.look();
        if is_fixed(&event)
            && let Some(OwnTitle(own)) = own_title
        {
            own.set(None);
        }
    };
    view! {
        <div
            inner_html=markup
            on:click=click
            on:input=input
            on:keydown=|event| on_key(&event)
        ></div>
    }
}

/// What was done is said and shown: the address no longer asks for it, so that it is not said once more when the page is
/// loaded again or returned to. What is typed and not saved would be lost with it, and stays.
pub(super) fn say_once() {
    let window = window();
    let location = window.location();
    let query = location.search().unwrap_or_default();
    let only_said = ["?form=", "?test="]
        .iter()
        .any(|begins| query.starts_with(begins))
        && !query.contains('&');
    if only_said && let (Ok(path), Ok(history)) = (location.pathname(), window.history()) {
        // It is an address of this very page, so the browser lets it through.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
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
