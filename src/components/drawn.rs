//! Markup that the server drew, in the browser: buttons that copy, and details that open in place.
//!
//! The markup works without a script. Here its events are met above it, so the elements themselves weigh nothing in what
//! the browser loads.

use leptos::{
    ev::{Event, KeyboardEvent, MouseEvent},
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlInputElement},
};

use super::{
    copy::copy,
    hydrated::{each, focus, hide, pressed},
};

/// The buttons that open details.
const CLOSED_OR_OPEN: &str = "button[aria-expanded]";
/// Whether something that folds is open.
const FOLD: &str = "data-fold";

/// Shows the buttons that only a script can serve.
pub fn reveal() {
    each("[data-copy]", &|button| hide(button, false));
}

/// A click anywhere in the markup.
pub fn on_click(event: &MouseEvent) {
    copy(event);
    if let Some(button) = pressed(event, CLOSED_OR_OPEN) {
        event.prevent_default();
        open(&button, !is_open(&button));
    }
}

/// A key anywhere in the markup. Escape closes the details that have the focus, and gives it back to their button.
pub fn on_key(event: &KeyboardEvent) {
    if event.key() != "Escape" {
        return;
    }
    let inside = pressed(event, ".details").map(|details| format!("[aria-controls={}]", details.id()));
    let button = match &inside {
        Some(selector) => document().query_selector(selector).ok().flatten(),
        None => pressed(event, CLOSED_OR_OPEN),
    };
    if let Some(button) = button.filter(is_open) {
        open(&button, false);
        if let Some(selector) = inside {
            focus(selector);
        }
    }
}

/// Something was typed. When that fixes a field that was refused, as far as a browser can tell, its error goes, and with
/// the last one what was said of it above the heading; `true` then. The server alone decides what is right: it draws the
/// `pattern` of the field with the error, and asks nothing of what was not refused.
pub fn is_fixed(event: &Event) -> bool {
    const WRONG: &str = "[aria-invalid=true]";
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let fixed = field.filter(|field| {
        let typed = field.value();
        field.matches(WRONG).unwrap_or(false)
            && !typed.trim().is_empty()
            && typed != field.default_value()
            && field.check_validity()
    });
    let Some(field) = fixed else {
        return false;
    };
    // The name of the attribute is one, so this cannot fail.
    let _ = field.remove_attribute("aria-invalid");
    let gone = |selector: &str| {
        if let Ok(Some(element)) = document().query_selector(selector) {
            element.remove();
        }
    };
    gone(&format!("#{}-error", field.id()));
    let last = matches!(document().query_selector(WRONG), Ok(None));
    if last {
        gone("#problem");
    }
    last
}

fn is_open(button: &Element) -> bool {
    button.get_attribute("aria-expanded").as_deref() == Some("true")
}

/// Opens or closes: what is shown, what the button says of it, and its two pictures.
fn open(button: &Element, open: bool) {
    // The names of the attributes are names, so nothing here can fail.
    let _ = button.set_attribute("aria-expanded", if open { "true" } else { "false" });
    let shown = button.get_attribute("aria-controls");
    if let Some(shown) = shown.and_then(|id| document().get_element_by_id(&id)) {
        // What folds does so on narrow screens only, and the style sheet knows which those are.
        if shown.has_attribute(FOLD) {
            let _ = shown.set_attribute(FOLD, if open { "open" } else { "closed" });
        } else {
            hide(&shown, !open);
        }
    }
    let pictures = button.children();
    for (at, hidden) in [(0, open), (1, !open)] {
        if let Some(picture) = pictures.item(at) {
            hide(&picture, hidden);
        }
    }
}
