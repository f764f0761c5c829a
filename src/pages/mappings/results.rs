//! What a search for groups found: options of a list where a script runs, else a choice of one.

use leptos::prelude::*;

use super::{Choice, Results};
use crate::text::{self, text};

/// The options. Each carries what the page shows of it once it is chosen.
#[component]
pub fn Options(
    /// The groups.
    groups: Vec<Choice>,
) -> impl IntoView {
    groups
        .into_iter()
        .zip(1_usize..)
        .map(|(group, number)| {
            let disabled = group.why_not.is_some().then_some("true");
            let (id, name, kind) = (group.id.clone(), group.name.clone(), group.kind);
            view! {
                <li
                    role="option"
                    id=format!("group-{number}")
                    aria-selected="false"
                    aria-disabled=disabled
                    data-id=id
                    data-name=name
                    data-kind=kind
                >
                    <Named group />
                </li>
            }
        })
        .collect::<Vec<_>>()
}

/// A group in a list: its name, its kind, and why it cannot be chosen.
#[component]
fn Named(group: Choice) -> impl IntoView {
    let parts: Vec<_> = group
        .parts
        .into_iter()
        .map(|(text, marked)| {
            if marked {
                view! { <mark>{text}</mark> }.into_any()
            } else {
                text.into_any()
            }
        })
        .collect();
    view! {
        <span>{parts} {group.kind.map(|kind| view! { <small>{format!(", {kind}")}</small> })}</span>
        {group.why_not.map(|why| view! { <small>{why}</small> })}
    }
}

/// The choice of one, for people without a script.
#[component]
pub fn Radios(
    /// What was found.
    results: Results,
) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    (!results.groups.is_empty()).then(|| {
        let choices: Vec<_> = results
            .groups
            .into_iter()
            .map(|group| {
                let disabled = group.why_not.is_some();
                view! {
                    <label>
                        <input type="radio" name="group_id" value=group.id.clone() disabled=disabled />
                        <Named group />
                    </label>
                }
            })
            .collect();
        view! {
            <fieldset class="choices" id="found-groups">
                <legend class="visually-hidden">{words.groups}</legend>
                {choices}
            </fieldset>
        }
    })
}
