//! An address of the dashboard at which there is no page.

use leptos::prelude::*;

use super::head::PageHead;
use crate::{
    routes,
    text::{faults::Faults, overview, text},
    wire::fault::{Fault, report},
};

/// Says so, with status 404, inside the frame.
#[component]
pub fn NotFound() -> impl IntoView {
    let words = text::<Faults>();
    report(&Fault::Missing);
    view! {
        <PageHead heading=words.not_found />
        <p>
            {words.not_found_before}
            <a class="link" href=routes::DASHBOARD>
                {text::<overview::Overview>().heading}
            </a>
            {words.not_found_after}
        </p>
    }
}
