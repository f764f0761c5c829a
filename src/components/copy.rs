//! Values to copy. The value is always text that can be selected; the button is served hidden, and shown by the script
//! that can copy.

use leptos::{
    ev::MouseEvent,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlInputElement, js_sys::futures::JsFuture},
};

use super::{
    element::{Icon, Picture},
    hydrated::{in_browser, present, pressed},
};
use crate::text::{shell::Shell, text};

/// How the button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// A word beside the value.
    #[default]
    Word,
    /// A picture only, in tables.
    Picture,
    /// A button as high as the field beside it.
    Button,
    /// A small button with its whole name.
    Whole,
}

/// Copies the text of another element, or the value of a field.
///
/// What is copied and what is said of it stand in the `data-` attributes, and the status follows the button: so
/// `public/front.js` finds them on the pages without WebAssembly, and [`super::drawn`] in what the server drew.
#[component]
pub fn CopyButton(
    /// The `id` of the element whose text is copied.
    #[prop(into)]
    of: String,
    /// What that is, as in `Copy reference`.
    #[prop(into)]
    thing: String,
    /// How it looks.
    #[prop(optional)]
    look: Look,
) -> impl IntoView {
    let words = text::<Shell>();
    let ready = RwSignal::new(false);
    in_browser(move || ready.set(true));
    let class = match look {
        Look::Word | Look::Picture => "copy",
        Look::Button => "button",
        Look::Whole => "button button-small",
    };
    let (shown, heard) = match look {
        Look::Word | Look::Button => (words.copy.to_owned(), format!(" {thing}")),
        Look::Picture => (String::new(), format!("{} {thing}", words.copy)),
        Look::Whole => (format!("{} {thing}", words.copy), String::new()),
    };
    view! {
        <button
            type="button"
            class=class
            hidden=present(move || !ready.get())
            data-copy=of
            data-copied=(words.copied)(&thing)
            data-failed=(words.not_copied)(&thing)
            on:click=|event| copy(&event)
        >
            <Icon picture=Picture::Copy />
            {shown}
            <span class="visually-hidden">{heard}</span>
        </button>
        " "
        <output class="small"></output>
    }
}

/// Copies what the pressed button names, and says so in the status after the button.
pub(super) fn copy(event: &MouseEvent) {
    let Some(button) = pressed(event, "[data-copy]") else {
        return;
    };
    let named = |name| button.get_attribute(name).unwrap_or_default();
    let (copied, failed) = (named("data-copied"), named("data-failed"));
    let status = button.next_element_sibling();
    let say = move |result: &str| {
        if let Some(status) = &status {
            status.set_text_content(Some(result));
        }
    };
    say("");
    let Some(element) = document().get_element_by_id(&named("data-copy")) else {
        return;
    };
    leptos::task::spawn_local(async move {
        let field = element.dyn_ref::<HtmlInputElement>();
        let value = field.map_or_else(
            || element.text_content().unwrap_or_default(),
            HtmlInputElement::value,
        );
        let result = JsFuture::from(window().navigator().clipboard().write_text(&value)).await;
        if result.is_ok() {
            say(&copied);
        } else {
            select(&element);
            say(&failed);
        }
    });
}

/// Selects the text of an element, so that one key copies it. What is only there to be copied is shown first.
fn select(element: &Element) {
    if let Some(field) = element.dyn_ref::<HtmlInputElement>() {
        field.select();
        return;
    }
    // Only a node of another document and a wrong name are refused.
    let _ = element.remove_attribute("hidden");
    if let Ok(Some(selection)) = window().get_selection() {
        let _ = selection.select_all_children(element);
    }
}
