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

/// The mark with the product's name.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <div class="brand">
            <Mark />
            <span class="team">{PRODUCT}</span>
        </div>
    }
}

/// The mark with the name of the team whose pages these are, and the product's below it.
#[component]
pub fn TeamBrand(
    /// The team's name; the product's stands in its place while nobody is known to be signed in.
    team: Option<String>,
) -> impl IntoView {
    let (team, product) = match team {
        Some(team) => (team, PRODUCT),
        None => (PRODUCT.to_owned(), ""),
    };
    view! {
        <div class="brand">
            <Mark />
            <span class="names">
                <span class="team">{team}</span>
                <span class="product">{product}</span>
            </span>
        </div>
    }
}
