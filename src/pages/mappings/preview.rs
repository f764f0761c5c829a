//! What will change, before it does.

use leptos::{either::Either, prelude::*};

use super::{Preview, Told};
use crate::{
    components::element::{Icon, Picture},
    text::{self, text},
};

/// The region. A script fills its body again when a field has changed.
#[component]
pub fn PreviewRegion(
    /// What stands in it.
    preview: Preview,
) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let too_fast = text::<text::form::Form>().too_fast;
    let body = match preview {
        Preview::Waits(words) => Either::Left(view! { <p class="muted">{words}</p> }),
        Preview::Told(told) => Either::Right(view! { <Body told /> }),
    };
    view! {
        <section
            class="preview stretch"
            id="preview" aria-labelledby="preview-heading"
            data-waits=words.preview_waits
            data-failed=words.no_preview
            data-too-fast=too_fast
        >
            <h3 id="preview-heading">{words.preview}</h3>
            <div class="stack stack-s" id="preview-body">
                {body}
            </div>
            <output class="visually-hidden" id="preview-said"></output>
        </section>
    }
}

/// What is known.
#[component]
pub fn Body(
    /// What.
    told: Told,
) -> impl IntoView {
    let people = (!told.people.is_empty()).then(|| {
        view! {
            <ul>
                {told.people.into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>()}
            </ul>
        }
    });
    view! {
        {(!told.first.is_empty()).then(|| view! { <p>{told.first}</p> })}
        {people}
        {told.more.into_iter().map(|words| view! { <p>{words}</p> }).collect::<Vec<_>>()}
        {told
            .warnings
            .into_iter()
            .map(|words| {
                view! {
                    <p class="state warn">
                        <Icon picture=Picture::Warn />
                        <span>{words}</span>
                    </p>
                }
            })
            .collect::<Vec<_>>()}
    }
}
