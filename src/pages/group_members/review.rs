//! The question before people are invited: as what, until when, who, who not and why. Nothing happens before its button.

use leptos::prelude::*;

use super::Review;
use crate::{
    components::{
        element::{Moment, RoleName},
        form::SendButton,
    },
    routes,
    text::{bulk_invite::BulkInvite, text},
};

/// The question, in the place of the page.
#[component]
pub fn ReviewPage(
    /// What it asks.
    review: Review,
) -> impl IntoView {
    let words = text::<BulkInvite>();
    let Review {
        heading,
        role,
        expires,
        people,
        some,
        skipped,
        mail,
        words: remarks,
        button,
        fields,
        back,
    } = review;
    let invites = button.is_some();
    let people = invites.then(|| {
        let list = people.into_iter().map(|(name, sub)| {
            view! { <li>{name} {sub.map(|sub| view! { " " <span class="muted">{sub}</span> })}</li> }
        });
        view! {
            <div>
                <dt>{words.people}</dt>
                <dd>
                    <ul>{list.collect::<Vec<_>>()}</ul>
                    {some.map(|some| view! { <p class="muted small">{some}</p> })}
                </dd>
            </div>
        }
    });
    let skipped = (!skipped.is_empty()).then(|| {
        view! {
            <div>
                <dt>{words.skipped}</dt>
                <dd>
                    <ul>{skipped.into_iter().map(|line| view! { <li>{line}</li> }).collect::<Vec<_>>()}</ul>
                </dd>
            </div>
        }
    });
    let mail = mail.filter(|_| invites).map(|[subject, begins]| {
        view! {
            <div>
                <dt>{words.preview}</dt>
                <dd>
                    <div class="mail">
                        <p>
                            <strong>{subject}</strong>
                        </p>
                        <p>{begins}</p>
                    </div>
                </dd>
            </div>
        }
    });
    let terms = invites.then(|| {
        view! {
            <div>
                <dt>{words.role}</dt>
                <dd>
                    <RoleName role />
                </dd>
            </div>
            <div>
                <dt>{words.expires}</dt>
                <dd>
                    <Moment at=expires />
                </dd>
            </div>
        }
    });
    let decide = button.map(|label| {
        let fields = fields
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        view! {
            <form method="post" action=routes::INVITATION_START>
                {fields.collect::<Vec<_>>()}
                <SendButton id="step-button" class="button button-primary" label sending=words.sending />
            </form>
        }
    });
    view! {
        <div class="step-page">
            <div class="page-head">
                <h1 tabindex="-1">{heading}</h1>
            </div>
            <dl class="facts-rows">{terms} {people} {skipped} {mail}</dl>
            {remarks.into_iter().map(|words| view! { <p>{words}</p> }).collect::<Vec<_>>()}
            // The link comes first for the keyboard and stands last for the eye.
            <div class="cluster decide">
                <a class="link" id="step-cancel" href=back autofocus>
                    {words.cancel}
                </a>
                {decide}
            </div>
        </div>
    }
}
