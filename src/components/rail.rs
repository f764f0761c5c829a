//! An ordered truth, step by step: a picture, a title, how it went, and below it what that means.
//!
//! The server alone draws these, as text; what the browser does with them is in [`super::drawn`].

use leptos::prelude::*;

use super::{
    element::{Icon, Picture},
    state::look,
};
use crate::{
    text::{form::Form, text},
    wire::tenant::Tone,
};

/// One step.
#[component]
pub fn RailStep<V>(
    /// How it stands.
    tone: Tone,
    /// What it is.
    title: String,
    /// How it went, in a word.
    result: &'static str,
    /// Whether it is the one that counts.
    #[prop(optional)]
    current: bool,
    /// What that means.
    children: TypedChildren<V>,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    let (class, picture) = look(tone);
    view! {
        <li class=class aria-current=current.then_some("step")>
            <Icon picture />
            <span class="title">{title}</span>
            <span class="result">{result}</span>
            {(children.into_inner())()}
        </li>
    }
}

/// What the address of a page says about details. A context of what draws them.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The name of the detail that is open.
    pub open: Option<String>,
    /// The parameter that says which result is shown: opening a detail must not lose it.
    pub kept: Option<(&'static str, String)>,
}

/// One thing about which there is more to read.
#[derive(Clone, Copy, Debug)]
pub struct Detail {
    /// Its name in `?open=`.
    pub name: &'static str,
    /// The `id` of what is shown.
    pub controls: &'static str,
}

impl Detail {
    fn is_open(self) -> bool {
        use_context::<Asked>().is_some_and(|asked| asked.open.as_deref() == Some(self.name))
    }
}

/// The button that opens more about one thing. Without a script it is the submit button of a GET form, which takes the
/// rest of the page's query along; opening again closes.
#[component]
pub fn DetailsButton(
    /// What it opens.
    of: Detail,
    /// What the details are about, as in `Details for Get an access token`.
    about: String,
) -> impl IntoView {
    let words = text::<Form>();
    let open = of.is_open();
    let kept = use_context::<Asked>().and_then(|asked| asked.kept);
    view! {
        <form method="get">
            {kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })}
            <button
                class="link small"
                name=(!open).then_some("open")
                value=(!open).then_some(of.name)
                aria-expanded=if open { "true" } else { "false" }
                aria-controls=of.controls
            >
                <span hidden=open>
                    <Icon picture=Picture::Down class="icon chev" />
                </span>
                <span hidden=!open>
                    <Icon picture=Picture::Up class="icon chev" />
                </span>
                {words.details}
                <span class="visually-hidden">{words.details_for} {about}</span>
            </button>
        </form>
    }
}

/// What a [`DetailsButton`] opens: labels and values.
#[component]
pub fn Details<V>(
    /// Whose details they are.
    of: Detail,
    /// Rows of a description list.
    children: TypedChildren<V>,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    view! {
        <dl class="facts-rows details" id=of.controls hidden=!of.is_open()>
            {(children.into_inner())()}
        </dl>
    }
}
