//! An ordered truth, step by step: a picture, a title, how it went, and below it what that means.

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::hooks::use_location;

use super::{
    disclosure::Disclosure,
    element::{Icon, Picture},
    hydrated::{Changing, present},
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
    /// What that means.
    children: TypedChildren<V>,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    let (class, picture) = look(tone);
    view! {
        <li class=class>
            <Icon picture />
            <span class="title">{title}</span>
            <span class="result">{result}</span>
            {(children.into_inner())()}
        </li>
    }
}

/// The button that opens more about one thing. Without a script it is the submit button of a GET form, which takes the
/// rest of the page's query along.
#[component]
pub fn DetailsButton(
    /// What it opens.
    of: Disclosure,
    /// What the details are about, as in `Details for Get an access token`.
    about: String,
) -> impl IntoView {
    let words = text::<Form>();
    let toggle = move |event: MouseEvent| {
        event.prevent_default();
        of.toggle();
    };
    view! {
        <form method="get">
            {kept().map(|(name, value)| view! { <input type="hidden" name=name value=value /> })}
            <button
                class="link small"
                name=of.query_name()
                value=of.query_value()
                aria-expanded=Changing::derive(move || Some(if of.is_open() { "true" } else { "false" }))
                aria-controls=of.controls()
                on:click=toggle
            >
                <span hidden=present(move || of.is_open())>
                    <Icon picture=Picture::Down class="icon chev" />
                </span>
                <span hidden=present(move || !of.is_open())>
                    <Icon picture=Picture::Up class="icon chev" />
                </span>
                {words.details}
                <span class="visually-hidden">{words.details_for} {about}</span>
            </button>
        </form>
    }
}

/// The part of the address that says which result is shown: opening a detail must not lose it.
fn kept() -> Option<(&'static str, String)> {
    let search = use_location().search.get_untracked();
    let mut pairs = search.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, value)| {
        let name = ["test", "form"].into_iter().find(|kept| *kept == name)?;
        Some((name, value.to_owned()))
    })
}

/// What a [`DetailsButton`] opens: labels and values.
#[component]
pub fn Details<V>(
    /// Whose details they are.
    of: Disclosure,
    /// Rows of a description list.
    children: TypedChildren<V>,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    view! {
        <dl class="facts-rows details" id=of.controls() hidden=present(move || !of.is_open())>
            {(children.into_inner())()}
        </dl>
    }
}
