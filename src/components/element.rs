//! The smallest parts: icons, marks, roles, times, values to copy.

use leptos::{
    ev::MouseEvent,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, js_sys::futures::JsFuture},
};

use super::hydrated::{in_browser, present};
use crate::{
    domain::{role::Role, time::Timestamp},
    routes,
    text::{roles::Roles, shell::Shell, text, times::Times},
};

/// A picture of the sprite `public/icons.svg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The overview.
    Overview,
    /// Something failed.
    Fail,
    /// Something to know.
    Info,
    /// Copies.
    Copy,
    /// Opens below.
    Down,
    /// Opens the menu.
    Menu,
    /// Well.
    Well,
    /// Worth a look.
    Warning,
    /// Nothing is known yet.
    Open,
}

impl Picture {
    const fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Fail => "fail",
            Self::Info => "info",
            Self::Copy => "copy",
            Self::Down => "down",
            Self::Menu => "menu",
            Self::Well => "ok",
            Self::Warning => "warn",
            Self::Open => "todo",
        }
    }
}

/// A picture beside words. It never stands for a word, so it has no name.
#[component]
pub fn Icon(
    /// Which one.
    picture: Picture,
    /// Its classes.
    #[prop(default = "icon")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=class aria-hidden="true">
            <use href=format!("{}#i-{}", routes::ICONS, picture.name()) />
        </svg>
    }
}

/// The product's mark.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 28 28" aria-hidden="true">
            <rect class="tile" width="28" height="28" rx="6" />
            <path class="wave" d="M19 9h-7a2.5 2.5 0 0 0 0 5h4a2.5 2.5 0 0 1 0 5H9" />
        </svg>
    }
}

/// Microsoft's symbol, in the colours and proportions that Microsoft prescribes.
/// <https://learn.microsoft.com/entra/identity-platform/howto-add-branding-in-apps>
#[component]
pub fn MicrosoftSymbol() -> impl IntoView {
    view! {
        <svg viewBox="0 0 19 19" aria-hidden="true">
            <path fill="#f25022" d="M0 0h9v9H0z" />
            <path fill="#7fba00" d="M10 0h9v9h-9z" />
            <path fill="#00a4ef" d="M0 10h9v9H0z" />
            <path fill="#ffb900" d="M10 10h9v9h-9z" />
        </svg>
    }
}

/// A role: a square in its colour and its name.
#[component]
pub fn RoleName(
    /// Which role.
    role: Role,
) -> impl IntoView {
    view! {
        <span class="role">
            <span class=format!("swatch is-{}", role.name()) aria-hidden="true"></span>
            {(text::<Roles>().name)(role)}
        </span>
    }
}

/// A moment, in UTC.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.to_string()>{(text::<Times>().moment)(at)}</time> }
}

/// Copies the text of another element. Served hidden; the script that can copy shows it.
///
/// On the pages without WebAssembly that script is `public/front.js`, which finds what it needs in the `data-`
/// attributes and writes into the status that follows the button.
#[component]
pub fn CopyButton(
    /// The `id` of the element whose text is copied.
    of: &'static str,
    /// What that is, as in `Copy reference`.
    thing: &'static str,
) -> impl IntoView {
    let words = text::<Shell>();
    let ready = RwSignal::new(false);
    in_browser(move || ready.set(true));
    let copy = move |event: MouseEvent| {
        let pressed = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let button = pressed.and_then(|pressed| pressed.closest("button").ok().flatten());
        let status = button.and_then(|button| button.next_element_sibling());
        let say = move |result: &str| {
            if let Some(status) = &status {
                status.set_text_content(Some(result));
            }
        };
        say("");
        leptos::task::spawn_local(async move {
            let Some(element) = document().get_element_by_id(of) else {
                return;
            };
            let value = element.text_content().unwrap_or_default();
            let copied = JsFuture::from(window().navigator().clipboard().write_text(&value)).await;
            if copied.is_ok() {
                say(&(words.copied)(thing));
            } else {
                select(&element);
                say(&(words.not_copied)(thing));
            }
        });
    };
    view! {
        <button
            type="button"
            class="copy"
            hidden=present(move || !ready.get())
            data-copy=of
            data-copied=(words.copied)(thing)
            data-failed=(words.not_copied)(thing)
            on:click=copy
        >
            <Icon picture=Picture::Copy />
            {words.copy}
            <span class="visually-hidden">{format!(" {thing}")}</span>
        </button>
        " "
        <output class="small"></output>
    }
}

/// Selects the text of an element, so that one key copies it.
fn select(element: &Element) {
    if let Ok(Some(selection)) = window().get_selection() {
        // Only a node of another document is refused.
        let _ = selection.select_all_children(element);
    }
}

/// The letters of the account button: of the first name and the last.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next();
    let letters = first.into_iter().chain(words.next_back());
    letters
        .filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()))
        .map(|letter| letter.to_ascii_uppercase()) // the table for other letters weighs more than this page's code
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        assert_eq!(initials("Dana Reyes"), "DR");
        assert_eq!(initials("Ana María de la Cruz"), "AC");
        assert_eq!(initials("zoë"), "Z");
        assert_eq!(initials("山田 太郎"), "山太");
        assert_eq!(initials(" "), "");
    }
}
