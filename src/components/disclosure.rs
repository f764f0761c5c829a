//! A button that shows and hides something.
//!
//! Without a script it is the submit button of a small GET form (`?open=…`), and the server draws the page with the
//! thing open. Hydrated it acts in place; Escape closes and gives the focus back.

use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::Element,
};
use leptos_router::hooks::use_location;

use super::hydrated::{Changing, focus, in_browser};

/// The parameter that says what is open.
const OPEN: &str = "open";

/// One thing that can be open, and the button that opens it.
#[derive(Clone, Copy, Debug)]
pub struct Disclosure {
    name: &'static str,
    controls: &'static str,
    open: RwSignal<bool>,
}

impl Disclosure {
    /// Under this name in `?open=`, for the element with the `id` that it controls; open when the page was asked for so.
    pub fn new(name: &'static str, controls: &'static str) -> Self {
        let search = use_location().search.get_untracked();
        let asked = search
            .split('&')
            .any(|pair| pair.split_once('=') == Some((OPEN, name)));
        Self {
            name,
            controls,
            open: RwSignal::new(asked),
        }
    }

    /// The `id` of what it opens.
    pub const fn controls(self) -> &'static str {
        self.controls
    }

    /// Whether it is open.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Opens or closes it.
    pub fn toggle(self) {
        self.open.update(|open| *open = !*open);
    }

    /// The name of the button's parameter: none while open, since then the button closes.
    pub fn query_name(self) -> Changing {
        Changing::derive(move || (!self.is_open()).then_some(OPEN))
    }

    /// The value of the button's parameter.
    pub fn query_value(self) -> Changing {
        Changing::derive(move || (!self.is_open()).then_some(self.name))
    }

    /// Closes it, and leaves the focus where it is.
    pub fn close(self) {
        self.open.set(false);
    }

    /// Closes it on Escape and gives the focus back to the button. For the button and for what it shows.
    pub fn on_key(self, event: &KeyboardEvent) {
        if event.key() == "Escape" && self.open.get_untracked() {
            self.open.set(false);
            focus(format!("[aria-controls={}]", self.controls));
        }
    }

    /// Closes it when the pointer goes down outside of what `inside` finds, as menus do everywhere.
    pub fn close_outside(self, inside: &'static str) {
        in_browser(move || {
            let listener = window_event_listener(leptos::ev::pointerdown, move |event| {
                let target = event
                    .target()
                    .and_then(|target| target.dyn_into::<Element>().ok());
                if target
                    .and_then(|target| target.closest(inside).ok().flatten())
                    .is_none()
                {
                    self.close();
                }
            });
            on_cleanup(move || listener.remove());
        });
    }
}

/// The button.
#[component]
pub fn DisclosureButton<V>(
    /// What it opens.
    of: Disclosure,
    /// Class of the form around it.
    #[prop(optional)]
    form_class: Option<&'static str>,
    /// Class of the button.
    class: &'static str,
    /// What the button says.
    children: TypedChildren<V>,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    let toggle = move |event: MouseEvent| {
        event.prevent_default();
        of.toggle();
    };
    view! {
        <form method="get" class=form_class>
            <button
                class=class
                name=of.query_name()
                value=of.query_value()
                aria-expanded=Changing::derive(move || Some(if of.is_open() { "true" } else { "false" }))
                aria-controls=of.controls
                on:click=toggle
                on:keydown=move |event| of.on_key(&event)
            >
                {(children.into_inner())()}
            </button>
        </form>
    }
}
