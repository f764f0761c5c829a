//! A text field that becomes a combobox: a list of suggestions from the server, of which one is chosen by hand.
//! <https://www.w3.org/WAI/ARIA/apg/patterns/combobox/>
//!
//! The focus stays in the field, and nothing is chosen by leaving it. The options come as markup from the server; nothing
//! here knows what they are.

use leptos::{
    ev::KeyboardEvent,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{
        Element, HtmlInputElement,
        js_sys::{Function, Object, Reflect, encode_uri_component},
    },
};

use super::{
    hydrated::hide,
    latest::{Latest, Turn, pause},
};

/// After so many milliseconds without a key the server is asked.
const PAUSE: i32 = 250;
/// After so many it is said that it is asked.
const SHORT: i32 = 300;
/// After so many more it is said that it takes long.
const LONG: i32 = 4000;
/// So long after an answer it is told: not while somebody is still typing.
const QUIET: i32 = 500;
/// After so many it is looked again whether the pointer is up.
const MOMENT: i32 = 50;

/// The field and what belongs to it.
#[derive(Clone, Debug)]
pub struct Combobox {
    field: HtmlInputElement,
    list: Element,
    status: Element,
    latest: Latest,
}

impl Combobox {
    /// Makes a combobox of the field, with its list and the status that tells what was found.
    pub fn of(field: HtmlInputElement, list: Element, status: Element) -> Self {
        for (name, value) in [
            ("role", "combobox"),
            ("aria-autocomplete", "list"),
            ("aria-expanded", "false"),
            ("aria-controls", &list.id()),
        ] {
            set(&field, name, value);
        }
        Self {
            field,
            list,
            status,
            latest: Latest::default(),
        }
    }

    /// What an attribute of the field says.
    fn word(&self, name: &str) -> String {
        self.field.get_attribute(name).unwrap_or_default()
    }

    fn say(&self, words: &str) {
        self.status.set_text_content(Some(words));
    }

    fn is_open(&self) -> bool {
        !self.list.has_attribute("hidden")
    }

    fn open(&self, open: bool) {
        let open = open && self.list.child_element_count() > 0;
        hide(&self.list, !open);
        set(&self.field, "aria-expanded", if open { "true" } else { "false" });
        if !open {
            self.point(None);
        }
    }

    /// Gives up what was asked for, and begins to ask again.
    fn begin(&self) -> Turn {
        let _ = self.list.remove_attribute("aria-busy");
        self.latest.begin()
    }

    /// Closes the list, and gives up what was asked for. What was said about waiting for it holds no more.
    pub fn close(&self) {
        if self.list.has_attribute("aria-busy") {
            self.say("");
        }
        drop(self.begin());
        self.open(false);
    }

    /// The field has lost the focus. The list stands in the flow, so it stays until the pointer is up: what somebody is
    /// about to press below it would move away.
    pub fn left(&self) {
        let this = self.clone();
        leptos::task::spawn_local(async move {
            loop {
                pause(MOMENT).await;
                let pressed = document().query_selector("body:active").ok().flatten();
                if pressed.is_none() {
                    break;
                }
            }
            if document().active_element().as_ref() != Some(this.field.as_ref()) {
                this.close();
            }
        });
    }

    /// Where the list is pointed at.
    fn pointed(&self) -> Option<Element> {
        self.list.query_selector("[aria-selected=true]").ok().flatten()
    }

    /// Points at an option, and at nothing else.
    fn point(&self, option: Option<Element>) {
        if let Some(before) = self.pointed() {
            set(&before, "aria-selected", "false");
        }
        let Some(option) = option else {
            let _ = self.field.remove_attribute("aria-activedescendant");
            return;
        };
        set(&option, "aria-selected", "true");
        set(&self.field, "aria-activedescendant", &option.id());
        show(&option);
    }

    /// The text has changed: asks after a pause.
    pub fn typed(&self) {
        let turn = self.begin();
        self.point(None);
        let text = self.field.value();
        if text.trim().is_empty() {
            self.list.set_inner_html("");
            self.open(false);
            self.say("");
            return;
        }
        let address = format!(
            "{}?query={}",
            self.word("data-search"),
            encode_uri_component(&text)
        );
        let this = self.clone();
        leptos::task::spawn_local(async move {
            if !turn.pause(PAUSE).await {
                return;
            }
            let (beside, waiting) = (turn.beside(), this.clone());
            set(&this.list, "aria-busy", "true");
            leptos::task::spawn_local(async move {
                for (pause, words) in [(SHORT, "data-searching"), (LONG, "data-slow")] {
                    if !beside.pause(pause).await || !waiting.list.has_attribute("aria-busy") {
                        return;
                    }
                    waiting.say(&waiting.word(words));
                }
            });
            let Some((status, part)) = turn.ask(&address, None).await else {
                return;
            };
            let _ = this.list.remove_attribute("aria-busy");
            this.list.set_inner_html(&part.markup);
            this.open(true);
            if turn.pause(QUIET).await {
                match status {
                    200 => this.say(&part.said),
                    429 => this.say(&this.word("data-too-fast")),
                    _ => this.say(&this.word("data-failed")),
                }
            }
        });
    }

    /// A key in the field. Tells the option that was chosen by it.
    pub fn key(&self, event: &KeyboardEvent) -> Option<Element> {
        let (first, last) = (self.list.first_element_child(), self.list.last_element_child());
        let pointed = self.pointed();
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if first.is_none() => self.typed(),
            "ArrowDown" if event.alt_key() => self.open(true),
            "ArrowDown" => {
                self.open(true);
                self.point(pointed.and_then(|option| option.next_element_sibling()).or(first));
            }
            "ArrowUp" => {
                self.open(true);
                self.point(
                    pointed
                        .and_then(|option| option.previous_element_sibling())
                        .or(last),
                );
            }
            // The form is sent by its buttons: whoever presses Enter here means the list.
            "Enter" => {
                event.prevent_default();
                return pointed.and_then(|option| self.choose(option));
            }
            "Escape" if self.is_open() => self.close(),
            "Escape" => {
                self.field.set_value("");
                self.typed();
            }
            "Tab" => {
                self.close();
                return None;
            }
            "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                self.point(None);
                return None;
            }
            _ => return None,
        }
        event.prevent_default();
        None
    }

    /// Chooses an option, if it can be chosen.
    pub fn choose(&self, option: Element) -> Option<Element> {
        if option.has_attribute("aria-disabled") {
            return None;
        }
        self.close();
        Some(option)
    }
}

fn set(element: &Element, name: &str, value: &str) {
    // The names of the attributes are names, so this cannot fail.
    let _ = element.set_attribute(name, value);
}

/// Scrolls the list, and the page where the list reaches beyond the window, no further than it takes to see this.
fn show(element: &Element) {
    let nearest = Object::new();
    // Both are as every browser has them; where one had not, the list would not scroll.
    let _ = Reflect::set(&nearest, &"block".into(), &"nearest".into());
    let scroll = Reflect::get(element, &"scrollIntoView".into()).unwrap_or_default();
    if let Some(scroll) = scroll.dyn_ref::<Function>() {
        let _ = scroll.call1(element, &nearest);
    }
}
