//! Parts of forms: a field, a switch, the buttons that send, and what was refused.

use leptos::prelude::*;

use super::{
    element::{Icon, Picture},
    feedback::here,
    in_place::InPlace,
};
use crate::{
    routes,
    text::{faults::Faults, form::Form, text},
};

/// A switch with the words that belong to it. Its name never changes; "On" and "Off" repeat its state for the eye.
#[component]
pub fn Switch(
    /// The name of the field; its value is `on`.
    name: &'static str,
    /// What it switches.
    label: &'static str,
    /// What that means.
    hint: &'static str,
    /// Whether it is on.
    on: bool,
) -> impl IntoView {
    let words = text::<Form>();
    let hint_id = format!("{name}-hint");
    view! {
        <div class="switch-row">
            <label class="switch">
                <input type="checkbox" role="switch" name=name value="on" checked=on aria-describedby=hint_id.clone() />
                {label}
                <span class="on" aria-hidden="true">
                    {words.on}
                </span>
                <span class="off" aria-hidden="true">
                    {words.off}
                </span>
            </label>
            <p class="hint" id=hint_id>
                {hint}
            </p>
        </div>
    }
}

/// A button that sends its form, and says so while that happens in place. The server draws it.
#[component]
pub fn SendButton(
    /// Its `id`.
    id: &'static str,
    /// Its class.
    class: &'static str,
    /// What it says.
    #[prop(into)]
    label: String,
    /// What it says while the form is on its way.
    sending: &'static str,
    /// Where it sends to, if not where the form says.
    #[prop(optional)]
    to: Option<&'static str>,
) -> impl IntoView {
    view! {
        <button class=class id=id formaction=to data-sending=sending>
            {label}
        </button>
    }
}

/// Why nothing came of a form that was sent in place. The status is there from the first render.
#[component]
pub fn SendFailure(
    /// What sent it.
    by: InPlace,
) -> impl IntoView {
    view! {
        <output class=move || by.failed().map(|_| "banner bad")>
            {move || {
                by.failed()
                    .map(|words| {
                        view! {
                            <Icon picture=Picture::Fail />
                            <span class="text" inner_html=said(words)></span>
                        }
                    })
            }}
        </output>
    }
}

/// What is said, as markup. Somebody who was signed out signs in in another tab: what is typed here stays here.
fn said(words: &'static str) -> String {
    let faults = text::<Faults>();
    if words != faults.signed_out {
        return words.to_owned();
    }
    format!(
        r#"{words} {} <a class="link" href="{}" target="_blank">{}</a>"#,
        faults.kept_here,
        routes::login_for(&here()),
        faults.sign_in_elsewhere
    )
}

/// What was typed and refused: above the heading, and the first thing that is read.
#[component]
pub fn ErrorSummary<V>(
    /// What happened and how to fix it, each with the `id` of the field to fix when it is one.
    errors: Vec<(String, Option<&'static str>)>,
    /// What else helps.
    children: TypedChildren<V>,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    let heading = text::<Form>().problem;
    let (fields, others): (Vec<_>, Vec<_>) = errors.into_iter().partition(|(_, field)| field.is_some());
    let fields = (!fields.is_empty()).then(|| {
        view! {
            <ul>
                {fields
                    .into_iter()
                    .map(|(words, field)| {
                        view! {
                            <li>
                                <a href=format!("#{}", field.unwrap_or_default()) rel="external">
                                    {words}
                                </a>
                            </li>
                        }
                    })
                    .collect::<Vec<_>>()}
            </ul>
        }
    });
    view! {
        <div class="banner bad error-summary" id="problem" role="alert" tabindex="-1" autofocus>
            <Icon picture=Picture::Fail />
            <div class="text">
                <h2>{heading}</h2>
                {fields}
                {others.into_iter().map(|(words, _)| view! { <p>{words}</p> }).collect::<Vec<_>>()}
                {(children.into_inner())()}
            </div>
        </div>
    }
}

/// What is wrong with a field, between its hint and the field.
#[component]
pub fn FieldError(
    /// Its `id`, for the field's description.
    id: &'static str,
    /// What is wrong and how to fix it.
    words: String,
) -> impl IntoView {
    view! {
        <p class="error" id=id>
            <Icon picture=Picture::Fail />
            <span>{words}</span>
        </p>
    }
}
