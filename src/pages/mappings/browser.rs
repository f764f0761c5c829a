//! What the form of a mapping does in the browser: `Group` becomes a combobox, what will change is told while it is
//! typed, and what only people without a script need goes.

use std::cell::RefCell;

use leptos::{
    ev::{Event, KeyboardEvent},
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue, closure::Closure},
    web_sys::{Element, FormData, HtmlFormElement, HtmlInputElement, UrlSearchParams},
};

use crate::components::{
    combobox::Combobox,
    hydrated::{focus, hide, pressed},
    latest::Latest,
};

/// After so many milliseconds without a change the server is asked what will change.
const PAUSE: i32 = 400;

type Listener = Closure<dyn FnMut(Event)>;

thread_local! {
    /// The listener of the form that is shown. The one before goes with its form.
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// A new form stands in the document.
pub fn begin() {
    let Some(form) = by_id("mapping-form").and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else {
        return;
    };
    // The same markup as before is the same form, which is ready.
    if form.has_attribute("data-ready") {
        return;
    }
    set(&form, "data-ready", "");
    for id in ["search-groups", "found-groups", "show-preview"] {
        if let Some(element) = by_id(id) {
            element.remove();
        }
    }
    let combobox = field("group")
        .zip(by_id("groups").zip(by_id("found")))
        .map(|(field, (list, status))| Combobox::of(field, list, status));
    let desk = Desk {
        form: form.clone(),
        combobox,
        previews: Latest::default(),
    };
    arrange_first();
    let listener = Listener::new(move |event: Event| desk.met(&event));
    for name in ["input", "keydown", "mousedown", "click", "focusout"] {
        // Adding a listener cannot fail.
        let _ = form.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    }
    LISTENER.set(Some(listener));
}

/// The form.
struct Desk {
    form: HtmlFormElement,
    /// For a new mapping.
    combobox: Option<Combobox>,
    previews: Latest,
}

/// What only a script can serve appears.
fn arrange_first() {
    if let Some(group) = field("group-id") {
        group.set_disabled(false);
    }
    if let Some(change) = by_id("change-group") {
        set(&change, "type", "button");
    }
    for id in ["by-id", "by-name"] {
        show(id, true);
    }
    let by_id = field("object-id")
        .is_some_and(|field| !field.value().trim().is_empty() || field.has_attribute("aria-invalid"));
    arrange(by_id);
}

impl Desk {
    /// Something happened in the form.
    fn met(&self, event: &Event) {
        let on = |selector| pressed(event, selector);
        match event.type_().as_str() {
            "input" => {
                if on("#group").is_some() {
                    if let Some(combobox) = &self.combobox {
                        combobox.typed();
                    }
                    // An Object ID that is pasted here names a group as well.
                    self.preview();
                    return;
                }
                if on("#role").is_some() {
                    describe_role();
                }
                self.preview();
            }
            "keydown" if on("#group").is_some() => {
                let chosen = self.combobox.as_ref().zip(event.dyn_ref::<KeyboardEvent>());
                if let Some(option) = chosen.and_then(|(combobox, event)| combobox.key(event)) {
                    self.choose(&option);
                }
            }
            // The focus stays in the field.
            "mousedown" if on("#groups").is_some() => event.prevent_default(),
            "focusout" if on("#group").is_some() => {
                if let Some(combobox) = &self.combobox {
                    combobox.left();
                }
            }
            "click" => self.clicked(event),
            _ => {}
        }
    }

    fn clicked(&self, event: &Event) {
        let on = |selector| pressed(event, selector);
        if let Some(option) = on("#groups [role=option]") {
            let chosen = self.combobox.as_ref();
            if let Some(option) = chosen.and_then(|combobox| combobox.choose(option)) {
                self.choose(&option);
            }
        } else if on("#by-id").is_some() {
            self.look_for(true);
        } else if on("#by-name, #change-group").is_some() {
            self.look_for(false);
        }
    }

    /// Shows one of the two fields in which a group is named, and forgets what the others held.
    fn look_for(&self, by_id: bool) {
        put("group-id", "");
        put("object-id", "");
        arrange(by_id);
        focus(if by_id { "#object-id" } else { "#group" }.to_owned());
        self.preview();
    }

    /// A group was chosen from the list.
    fn choose(&self, option: &Element) {
        let of = |name: &str| option.get_attribute(name).unwrap_or_default();
        let (id, mut name, mut kind) = (of("data-id"), of("data-name"), of("data-kind"));
        put("group-id", &id);
        if name.is_empty() {
            name = by_id("chosen")
                .and_then(|chosen| chosen.get_attribute("data-no-name"))
                .unwrap_or_default();
        }
        if !kind.is_empty() {
            kind.insert_str(0, ", ");
        }
        for (element, words) in [("chosen-name", name), ("chosen-kind", kind), ("chosen-id", id)] {
            if let Some(element) = by_id(element) {
                element.set_text_content(Some(&words));
            }
        }
        arrange(false);
        focus("#change-group".to_owned());
        self.preview();
    }

    /// Whether everything is there that a change needs, in a shape that the server would look at.
    fn is_complete(fields: &UrlSearchParams) -> bool {
        let value = |name| fields.get(name).unwrap_or_default();
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_hexdigit).count();
        let typed = value("object_id");
        let group = if typed.trim().is_empty() {
            ["id", "group_id", "query"]
                .into_iter()
                .any(|name| digits(&value(name)) == 32)
        } else {
            digits(&typed) == 32
        };
        let priority = value("priority").trim().parse::<u8>();
        group && !value("role").is_empty() && priority.is_ok_and(|priority| priority <= 100)
    }

    /// Tells what will change, as soon as everything is there.
    fn preview(&self) {
        let turn = self.previews.begin();
        let fields = FormData::new_with_form(&self.form)
            .and_then(|fields| UrlSearchParams::new_with_str_sequence_sequence(fields.as_ref()));
        let (Some(region), Some(body), Ok(fields)) = (by_id("preview"), by_id("preview-body"), fields) else {
            return;
        };
        let address = self.form.get_attribute("data-preview").unwrap_or_default();
        let word = move |name: &str| region.get_attribute(name).unwrap_or_default();
        let word_in_it = word.clone();
        let remark = move |name: &str| format!("<p class=\"muted\">{}</p>", word_in_it(name));
        let busy = by_id("preview");
        leptos::task::spawn_local(async move {
            let mark = |is_busy: bool| {
                if let Some(region) = &busy {
                    set(region, "aria-busy", if is_busy { "true" } else { "false" });
                }
            };
            if !Self::is_complete(&fields) {
                mark(false);
                body.set_inner_html(&remark("data-waits"));
                return;
            }
            if !turn.pause(PAUSE).await {
                return;
            }
            mark(true);
            let fields: &JsValue = fields.as_ref();
            let Some((status, part)) = turn.ask(&address, Some(fields)).await else {
                return;
            };
            mark(false);
            let trouble = match status {
                200 => None,
                422 => Some("data-waits"),
                429 => Some("data-too-fast"),
                _ => Some("data-failed"),
            };
            let said = match trouble {
                None => {
                    body.set_inner_html(&part.markup);
                    part.said
                }
                Some(name) => {
                    body.set_inner_html(&remark(name));
                    word(name)
                }
            };
            if let Some(status) = by_id("preview-said") {
                status.set_text_content(Some(&said));
            }
        });
    }
}

/// Shows the group that is chosen, or one of the two fields in which it is named.
fn arrange(by_id: bool) {
    let chosen = field("group-id").is_some_and(|group| !group.value().is_empty());
    show("chosen", chosen);
    show("finder", !chosen && !by_id);
    show("by-id-field", !chosen && by_id);
}

/// What the chosen role may do.
fn describe_role() {
    let option = document().query_selector("#role option:checked").ok().flatten();
    let hint = option.and_then(|option| option.get_attribute("data-hint"));
    show("roles", hint.is_none());
    if let Some(element) = by_id("role-hint") {
        let words = hint.or_else(|| element.get_attribute("data-none"));
        element.set_text_content(words.as_deref());
    }
}

fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

fn field(id: &str) -> Option<HtmlInputElement> {
    by_id(id)?.dyn_into().ok()
}

fn put(id: &str, value: &str) {
    if let Some(field) = field(id) {
        field.set_value(value);
    }
}

fn show(id: &str, shown: bool) {
    if let Some(element) = by_id(id) {
        hide(&element, !shown);
    }
}

fn set(element: &Element, name: &str, value: &str) {
    // The names of the attributes are names, so this cannot fail.
    let _ = element.set_attribute(name, value);
}
