//! The smallest parts: icons, marks, roles, times.

use leptos::prelude::*;

use crate::{
    domain::{role::Role, time::Timestamp},
    routes,
    text::{roles::Roles, text, times::Times},
};

/// A picture of the sprite `public/icons.svg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The overview.
    Overview,
    /// Integrations.
    Plug,
    /// As it should be.
    Ok,
    /// Works, with a concern.
    Warn,
    /// Something failed.
    Fail,
    /// Something to know.
    Info,
    /// Off, or not run.
    Skip,
    /// Being looked at.
    Decides,
    /// Copies.
    Copy,
    /// Open, and closes.
    Up,
    /// Opens below.
    Down,
    /// Opens the menu.
    Menu,
    /// Nothing is known yet.
    Open,
    /// Sorts, or is sorted.
    Sort,
    /// Searches.
    Search,
    /// What protects.
    Shield,
    /// Mail.
    Mail,
}

impl Picture {
    const fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Plug => "plug",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Info => "info",
            Self::Skip => "skip",
            Self::Decides => "decides",
            Self::Copy => "copy",
            Self::Up => "up",
            Self::Down => "down",
            Self::Menu => "menu",
            Self::Open => "todo",
            Self::Sort => "sort",
            Self::Search => "search",
            Self::Shield => "shield",
            Self::Mail => "mail",
        }
    }

    /// The picture as text, for what is written as text.
    pub fn markup(self) -> String {
        let (sprite, name) = (routes::ICONS, self.name());
        format!(r#"<svg class="icon" aria-hidden="true"><use href="{sprite}#i-{name}"></use></svg>"#)
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
