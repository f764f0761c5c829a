//! A step that replaces the page until it is decided. It names what follows; the focus starts on what changes nothing.

use leptos::prelude::*;

use super::form::SendButton;
use crate::wire::tenant::Step;

/// What finds the least that one can do.
pub const LEAST: &str = "#step-cancel";

/// The step.
#[component]
pub fn StepPage(
    /// What it is about.
    step: Step,
    /// The page it replaces.
    back: &'static str,
    /// The link to that, which changes nothing.
    cancel: &'static str,
    /// What the button says while its form is on its way.
    sending: &'static str,
) -> impl IntoView {
    let class = if step.takes_away {
        "button button-danger"
    } else {
        "button button-primary"
    };
    let people = (!step.people.is_empty()).then(|| {
        view! {
            <div class="stack stack-s">
                {step.people_caption.map(|caption| view! { <p>{caption}</p> })}
                <ul class="people-list">
                    {step.people.into_iter().map(|name| view! { <li>{name}</li> }).collect::<Vec<_>>()}
                </ul>
            </div>
        }
    });
    let decide = step.action.map(|action| {
        view! {
            <form method="post" action=action>
                {step
                    .fields
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                    .collect::<Vec<_>>()}
                <SendButton id="step-button" class=class label=step.button sending=sending />
            </form>
        }
    });
    view! {
        <div class="step-page">
            <div class="page-head">
                <h1 tabindex="-1">{step.heading}</h1>
            </div>
            {step.words.into_iter().map(|words| view! { <p>{words}</p> }).collect::<Vec<_>>()}
            {people}
            // The link comes first for the keyboard and stands last for the eye.
            <div class="cluster decide">
                <a class="link" id="step-cancel" href=back autofocus>
                    {cancel}
                </a>
                {decide}
            </div>
        </div>
    }
}
