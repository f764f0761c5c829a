//! How pages use the reactive system.
//!
//! Leptos compiles its machinery once for each type it meets, and every closure is a type. In the browser that is most
//! of a page's weight. So closures that do the same kind of thing share a type here: values for attributes, things to
//! do in the browser, and what waits for data.

use std::sync::{Arc, Mutex};

use leptos::{
    prelude::*,
    tachys::reactive_graph::SharedReactiveFunction,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, Event, HtmlElement},
};

use super::whole::Whole;

/// A word that changes: the value of an attribute or a text, or none. It is counted and not owned by what drew it: while
/// data is asked for again the old view stays, and what drew it is gone already.
pub type Changing = ArcSignal<Option<&'static str>>;

/// An attribute that is there or not, without a value.
pub fn present(when: impl Fn() -> bool + Send + Sync + 'static) -> Changing {
    Changing::derive(move || when().then_some(""))
}

/// Runs in the browser only: once the page is hydrated, and again when something it read has changed.
pub fn in_browser(run: impl Fn() + 'static) {
    fn start(run: Box<dyn Fn()>) {
        Effect::new(move |_| run());
    }
    start(Box::new(run));
}

/// Gives the focus to the first element that `selector` finds once the page is drawn. If there is none, or it can't
/// take the focus, the focus stays where it is.
pub fn focus(selector: String) {
    request_animation_frame(move || {
        let found = document().query_selector(&selector).ok().flatten();
        if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}

/// Scrolls to the first element that `selector` finds once the page is drawn and [`focus`] has done its part: at once, and
/// without the focus.
pub fn bring_into_view(selector: &'static str) {
    // The first frame is that of `focus`, which scrolls as well.
    request_animation_frame(move || {
        request_animation_frame(move || {
            if let Ok(Some(element)) = document().query_selector(selector) {
                element.scroll_into_view();
            }
        });
    });
}

/// Does something with each element of the document that fits `selector`.
pub fn each(selector: &str, act: &dyn Fn(&Element)) {
    let all = document().get_elements_by_tag_name("*");
    for element in (0..all.length()).filter_map(|at| all.item(at)) {
        if element.matches(selector).unwrap_or(false) {
            act(&element);
        }
    }
}

/// Shows an element, or hides it.
pub fn hide(element: &Element, hidden: bool) {
    // The name of the attribute is one, so this cannot fail.
    let _ = element.toggle_attribute_with_force("hidden", hidden);
}

/// What an event has met, if `selector` finds it: the element itself or one around it.
pub fn pressed(event: &Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok().flatten()
}

/// What shows something that has to be waited for.
pub type Waiting = SharedReactiveFunction<Suspend<AnyView>>;

/// Asks for data and draws it: `draw` runs again when the data it waits for has changed.
pub fn waiting<V, F>(draw: impl Fn() -> F + Send + 'static) -> Waiting
where
    V: IntoView + 'static,
    F: Future<Output = V> + Send + 'static,
{
    Arc::new(Mutex::new(move || {
        let drawn = draw();
        Suspend::new(async move { Whole(drawn.await.into_view()).into_any() })
    }))
}

/// A place for what has to be waited for. While it is asked for again the old view stays.
#[component]
pub fn Loaded(
    /// What to show.
    view: Waiting,
) -> impl IntoView {
    view! { <Transition>{view}</Transition> }
}
