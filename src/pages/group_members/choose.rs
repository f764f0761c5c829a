//! Ticking people in the browser: one box ticks all on the page, and the button says how many are ticked. The page works
//! without it; the box for all is served hidden, since only a script can serve it.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, closure::Closure},
    web_sys::{Event, HtmlInputElement},
};

use crate::components::hydrated::{each, hide};

/// One person's box.
const ONE: &str = ".people tbody input[type=checkbox]";
/// The box for all.
const ALL: &str = "#select-all";
/// How many, in the button.
const NUMBER: &str = "#selected-number";

/// Begins with new markup.
pub fn begin() {
    each("[data-select-all]", &|label| hide(label, false));
    let ticked = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let all = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            .filter(|field| field.matches(ALL).unwrap_or(false));
        if let Some(all) = all {
            each(ONE, &|field| {
                if let Some(field) = field.dyn_ref::<HtmlInputElement>() {
                    field.set_checked(all.checked());
                }
            });
        }
        say();
    });
    if let Ok(Some(table)) = document().query_selector(".people") {
        // A listener for an event that exists; it goes with the table.
        let _ = table.add_event_listener_with_callback("change", ticked.as_ref().unchecked_ref());
        ticked.forget();
    }
    say();
}

/// Says how many are ticked.
fn say() {
    let count = std::cell::Cell::new(0_usize);
    each(ONE, &|field| {
        let is_ticked = field
            .dyn_ref::<HtmlInputElement>()
            .is_some_and(HtmlInputElement::checked);
        count.set(count.get() + usize::from(is_ticked));
    });
    if let Ok(Some(number)) = document().query_selector(NUMBER) {
        number.set_text_content(Some(&format!(" ({})", count.get())));
    }
}
