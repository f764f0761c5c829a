//! The frame around a page.

use leptos::prelude::*;

use super::element::Mark;
use crate::text::{PRODUCT, shell::Shell, text};

/// The first thing the keyboard reaches: past the header to the content.
///
/// `rel="external"` leaves the jump to the browser, which moves the focus too; the router would only scroll.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip" href="#main" rel="external">
            {text::<Shell>().skip}
        </a>
    }
}

/// The mark with the product's name, and the team's where there is one.
#[component]
pub fn Brand(
    /// The team whose pages these are.
    #[prop(optional_no_strip)]
    team: Option<String>,
) -> impl IntoView {
    let names = match team {
        Some(team) => view! {
            <span class="names">
                <span class="team">{team}</span>
                <span class="product">{PRODUCT}</span>
            </span>
        }
        .into_any(),
        None => view! { <span class="team">{PRODUCT}</span> }.into_any(),
    };
    view! {
        <div class="brand">
            <Mark />
            {names}
        </div>
    }
}
