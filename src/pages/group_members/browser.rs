//! What the page does in the browser: counting who is chosen, choosing everybody, and telling how far sending is while
//! it goes on. Without a script there are the same buttons, and a link that shows how far it is now.

use std::cell::RefCell;

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue, closure::Closure},
    web_sys::{
        Element, Event, HtmlInputElement,
        js_sys::{Date, Reflect},
    },
};

use crate::components::{
    hydrated::{each, hide, pressed},
    latest::{Latest, pause},
};

/// Between two questions how far it is, in milliseconds.
const AGAIN: i32 = 1_000;
/// It is said aloud when so much more is done, in parts of a hundred, or so many milliseconds have passed.
const SAID_EVERY: (f64, f64) = (10.0, 5_000.0);
/// What chooses one person.
const ONE: &str = ".people input[name=person]";

type Listener = Closure<dyn FnMut(Event)>;

thread_local! {
    /// The listener of the table that is shown. The one before goes with its table.
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// A new page stands in the document; `again` draws it once more.
pub fn begin(again: Box<dyn Fn()>) {
    choose();
    if let Some(link) = by_id("check-progress") {
        hide(&link, true);
    }
    if let Some(bar) = by_id("job-bar")
        && let Some(address) = bar.get_attribute("data-progress")
    {
        leptos::task::spawn_local(follow(bar, address, again));
    }
}

/// The boxes that choose people.
fn choose() {
    let (Some(all), Some(button)) = (by_id("select-all"), by_id("invite-selected")) else {
        return;
    };
    let Ok(Some(table)) = all.closest("table") else {
        return;
    };
    hide(&all, false);
    let words = button.text_content().unwrap_or_default();
    let count = move || {
        let (mut chosen, mut of) = (0_u32, 0_u32);
        for input in inputs(ONE) {
            of += 1;
            chosen += u32::from(input.checked());
        }
        button.set_text_content(Some(&format!("{words} ({chosen})")));
        for input in inputs("#select-all input") {
            input.set_checked(chosen == of);
            input.set_indeterminate(chosen > 0 && chosen < of);
        }
    };
    count();
    let listener = Listener::new(move |event: Event| {
        if pressed(&event, "#select-all").is_some() {
            let on = inputs("#select-all input").iter().any(HtmlInputElement::checked);
            for input in inputs(ONE) {
                input.set_checked(on);
            }
        }
        count();
    });
    // Adding a listener cannot fail.
    let _ = table.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref());
    LISTENER.set(Some(listener));
}

/// Asks how far it is until it is over, or the page is another one.
async fn follow(bar: Element, address: String, again: Box<dyn Fn()>) {
    let asked = Latest::default();
    let (mut said, mut said_at) = (-100.0, 0.0);
    loop {
        let turn = asked.begin();
        let answer = turn.ask_for(&address).await;
        if !bar.is_connected() {
            return;
        }
        if let Some((200, answer)) = &answer {
            let number = |name: &str| get(answer, name).as_f64().unwrap_or_default();
            let text = |name: &str| get(answer, name).as_string().unwrap_or_default();
            let done = number("sent") + number("failed") + number("skipped");
            let ended = get(answer, "ended").is_truthy();
            // The name of the attribute is one, so this cannot fail.
            let _ = bar.set_attribute("value", &done.to_string());
            put("job-words", &text("progress"));
            put("job-delayed", &text("waiting"));
            let part = 100.0 * done / number("total").max(1.0);
            let (step, longest) = SAID_EVERY;
            if ended || part >= said + step || (Date::now() >= said_at + longest && part > said) {
                (said, said_at) = (part, Date::now());
                put("job-said", &text(if ended { "result" } else { "progress" }));
            }
            if ended {
                // Whoever listens shall hear the end before the page is drawn once more.
                pause(AGAIN).await;
                if bar.is_connected() {
                    again();
                }
                return;
            }
        } else if matches!(answer, Some((401 | 403 | 404, _))) {
            // The server says as a page why it tells nothing any more.
            return again();
        }
        pause(AGAIN).await;
        if !bar.is_connected() {
            return;
        }
    }
}

fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

fn put(id: &str, words: &str) {
    // What says the same already is not touched: it would be read once more.
    if let Some(element) = by_id(id).filter(|element| element.text_content().as_deref() != Some(words)) {
        element.set_text_content(Some(words));
    }
}

fn inputs(selector: &str) -> Vec<HtmlInputElement> {
    let found = RefCell::new(Vec::new());
    each(selector, &|element| {
        if let Ok(input) = element.clone().dyn_into() {
            found.borrow_mut().push(input);
        }
    });
    found.into_inner()
}
