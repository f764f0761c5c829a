//! A value to copy that is too long for a line: whole, selectable, wrapping anywhere.

use leptos::prelude::*;

use super::copy::CopyButton;

/// The value with its copy button at the top right.
#[component]
pub fn CodeBlock(
    /// The `id` of the value.
    id: &'static str,
    /// The value.
    text: String,
    /// What it is, as in `Copy admin consent URL`.
    thing: &'static str,
) -> impl IntoView {
    view! {
        <div class="code-block stretch">
            <code id=id>{text}</code>
            <CopyButton of=id thing />
        </div>
    }
}
