//! A button that shows and hides something.
//!
//! Without a script it is the submit button of a small GET form (`?open=…`), and the server draws the page with the
//! thing open. Hydrated it acts in place; Escape closes and gives the focus back.

use leptos::{
    ev::{KeyboardEvent, MouseEvent, SubmitEvent},
    html,
    prelude::*,
    web_sys,
};
use leptos_router::hooks::use_query_map;
use web_sys::wasm_bindgen::JsCast as _;

/// The parameter that says what is open.
const OPEN: &str = "open";

/// One thing that can be open, and the button that opens it.
#[derive(Clone, Copy, Debug)]
pub struct Disclosure {
    name: &'static str,
    open: RwSignal<bool>,
    button: NodeRef<html::Button>,
}

impl Disclosure {
    /// Under this name in `?open=`; open when the page was asked for so.
    pub fn new(name: &'static str) -> Self {
        let query = use_query_map();
        let asked = query.with_untracked(|query| query.get_str(OPEN) == Some(name));
        Self {
            name,
            open: RwSignal::new(asked),
            button: NodeRef::new(),
        }
    }

    /// Whether it is open.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Closes it, and leaves the focus where it is.
    pub fn close(self) {
        self.open.set(false);
    }

    /// Closes it on Escape and gives the focus back to the button. For the button and for what it shows.
    pub fn on_key(self, event: &KeyboardEvent) {
        if event.key() == "Escape" && self.open.get_untracked() {
            self.open.set(false);
            if let Some(button) = self.button.get_untracked() {
                // An element that is gone can't take the focus, and then there is nothing to give back.
                let _ = button.focus();
            }
        }
    }

    /// Closes it when the pointer goes down outside `inside`, as menus do everywhere.
    pub fn close_outside(self, inside: NodeRef<html::Div>) {
        Effect::new(move |_| {
            let listener = window_event_listener(leptos::ev::pointerdown, move |event| {
                let target = event
                    .target()
                    .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                let within = inside
                    .get_untracked()
                    .is_some_and(|inside| inside.contains(target.as_ref()));
                if !within {
                    self.close();
                }
            });
            on_cleanup(move || listener.remove());
        });
    }
}

/// The button.
#[component]
pub fn DisclosureButton(
    /// What it opens.
    of: Disclosure,
    /// The `id` of what it opens.
    controls: &'static str,
    /// Class of the form around it.
    #[prop(default = "")]
    form_class: &'static str,
    /// Class of the button.
    class: &'static str,
    /// What the button says.
    children: Children,
) -> impl IntoView {
    let toggle = move |event: MouseEvent| {
        event.prevent_default();
        of.open.update(|open| *open = !*open);
    };
    view! {
        <form method="get" class=form_class on:submit=move |event: SubmitEvent| event.prevent_default()>
            <button
                class=class
                name=move || (!of.is_open()).then_some(OPEN)
                value=move || (!of.is_open()).then_some(of.name)
                aria-expanded=move || of.is_open().to_string()
                aria-controls=controls
                node_ref=of.button
                on:click=toggle
                on:keydown=move |event| of.on_key(&event)
            >
                {children()}
            </button>
        </form>
    }
}
