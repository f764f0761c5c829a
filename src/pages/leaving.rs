//! What is typed and not saved: whether there is any, and the question before one leaves it behind. It watches the form
//! of a drawn page that is `data-guarded`.

use std::cell::RefCell;

use leptos::{
    ev::{BeforeUnloadEvent, MouseEvent},
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue, closure::Closure},
    web_sys::{Element, Event, HtmlFormElement, HtmlInputElement},
};
use leptos_router::hooks::use_location;
use send_wrapper::SendWrapper;

use crate::components::hydrated::{each, hide, in_browser};

thread_local! {
    /// Asks whether to stay, on a page that is kept from being left; `true` when one does. Only the browser looks, and it
    /// shows one page.
    static STAYS: RefCell<Option<Box<dyn Fn() -> bool>>> = const { RefCell::new(None) };
}

/// Hears of going back and forward, to be called before there is a router. Browsers tell whoever listens at the window in
/// the order in which they began to, those who capture as well as all others: only who was first can keep it from the router.
pub fn hear_first() {
    let heard = Closure::<dyn Fn(Event)>::new(|event: Event| {
        if STAYS.with_borrow(|stays| stays.as_ref().is_some_and(|stays| stays())) {
            event.stop_immediate_propagation();
        }
    });
    // Adding a listener cannot fail.
    let _ = window().add_event_listener_with_callback("popstate", heard.as_ref().unchecked_ref());
    heard.forget();
}

/// Whether the form differs from what is saved.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    /// The server drew values that are not the saved ones.
    drawn: StoredValue<bool>,
    /// Somebody has typed since.
    typed: StoredValue<bool>,
    /// It is about to be sent or thrown away on purpose.
    let_go: StoredValue<bool>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            drawn: StoredValue::new(false),
            typed: StoredValue::new(false),
            let_go: StoredValue::new(false),
        }
    }
}

impl Draft {
    fn is_unsaved(self) -> bool {
        self.drawn.get_value() || self.typed.get_value()
    }

    /// Leaving is wanted.
    pub fn let_go(self) {
        self.let_go.set_value(true);
    }

    /// The server drew the form; `drawn` is what it said of the values. On the first page of a visit the browser may have
    /// restored what was typed there before; an answer in place takes the place of what was typed.
    pub fn begin(self, drawn: bool, in_place: bool) {
        if in_place && let Some(form) = form() {
            form.reset();
        }
        self.drawn.set_value(drawn);
        self.let_go.set_value(false);
        self.look();
    }

    /// Looks at the form again after something was typed or switched, and says whether it differs.
    pub fn look(self) {
        self.typed.set_value(form().is_some_and(|form| differs(&form)));
        let unsaved = self.is_unsaved();
        each(".save-bar", &|bar| bar.set_class_name(bar_class(unsaved)));
        each("[data-unsaved]", &|element| hide(element, !unsaved));
    }

    /// Asks before the page is left with something unsaved, to another document and to another page of this one alike.
    pub fn guard(self, question: &'static str) {
        let asks = move || self.is_unsaved() && !self.let_go.get_value();
        in_browser(move || {
            let unload = window_event_listener(leptos::ev::beforeunload, move |event: BeforeUnloadEvent| {
                if asks() {
                    event.prevent_default();
                }
            });
            // The router listens at the window; what the document's listener has stopped does not reach it.
            let click = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
                if asks() && leads_to_a_page(&event) {
                    if window().confirm_with_message(question).unwrap_or(true) {
                        self.let_go();
                    } else {
                        event.prevent_default();
                    }
                }
            });
            let listener = click.as_ref().unchecked_ref();
            // Adding a listener cannot fail.
            let _ = document().add_event_listener_with_callback("click", listener);
            // Going back or forward inside the app has happened when it is told. Whoever wants to stay gets the address back;
            // what lay ahead in the history is lost.
            let shown = move || {
                let location = window().location();
                let search = location.search().unwrap_or_default();
                location.pathname().unwrap_or_default() + &search
            };
            let address = StoredValue::new(String::new());
            let stays = move || {
                let before = address.get_value();
                // A fragment is no part of it: it leads to a place on the same page.
                if !asks() || before == shown() {
                    return false;
                }
                if window().confirm_with_message(question).unwrap_or(true) {
                    self.let_go();
                    return false;
                }
                if let Ok(history) = window().history() {
                    let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&before));
                }
                true
            };
            STAYS.set(Some(Box::new(stays)));
            // The router knows where one is before the browser's address says so.
            let location = use_location();
            Effect::new(move || {
                let search = location.search.get();
                let mut here = location.pathname.get();
                if !search.is_empty() {
                    here.push('?');
                    here.push_str(search.trim_start_matches('?'));
                }
                address.set_value(here);
            });
            let click = SendWrapper::new(click);
            on_cleanup(move || {
                unload.remove();
                STAYS.set(None);
                let _ =
                    document().remove_event_listener_with_callback("click", click.as_ref().unchecked_ref());
            });
        });
    }
}

/// The class of the bar with the form's buttons.
pub const fn bar_class(unsaved: bool) -> &'static str {
    if unsaved { "save-bar unsaved" } else { "save-bar" }
}

fn form() -> Option<HtmlFormElement> {
    let form = document().query_selector("form[data-guarded]").ok()??;
    form.dyn_into().ok()
}

/// Whether a field of the form has another value than the server gave it.
fn differs(form: &HtmlFormElement) -> bool {
    let fields = form.elements();
    (0..fields.length())
        .filter_map(|at| fields.item(at)?.dyn_into::<HtmlInputElement>().ok())
        .any(|field| field.value() != field.default_value() || field.checked() != field.default_checked())
}

/// Whether a click follows a link that the router takes: the browser itself asks about the others.
fn leads_to_a_page(event: &MouseEvent) -> bool {
    // With a key held down it opens somewhere else, and this page stays.
    if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return false;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    link.is_some_and(|link| link.get_attribute("rel").is_none())
}
