//! The regions that the server fills with sentences: how everything stands, and what can be done about each part.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{
        code::CodeBlock,
        element::{Moment, RoleName},
        state::StateWord,
    },
    domain::time::Timestamp,
    routes,
    text::{self, text},
    wire::tenant::{ConnectionStatus, Consent, Guests, Ownership, Said},
};

/// `Connection status`.
#[component]
pub fn Status(
    /// How everything stands.
    status: ConnectionStatus,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let state = |label: &'static str, said: Said| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>
                    <StateWord said />
                </dd>
            </div>
        }
    };
    let time = |label: &'static str, at: Option<Timestamp>| {
        let at = match at {
            Some(at) => Either::Left(view! { <Moment at /> }),
            None => Either::Right(words.never),
        };
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{at}</dd>
            </div>
        }
    };
    view! {
        <section class="section section-wide" aria-labelledby="status">
            <h2 class="visually-hidden" id="status">
                {words.status}
            </h2>
            <dl class="facts section-body">
                {state(words.sign_in, status.sign_in)} {state(words.ownership, status.ownership)}
                {state(words.consent, status.consent)} {time(words.last_test, status.last_test)}
                {time(words.last_sign_in, status.last_sign_in)} <div>
                    <dt>{words.mode}</dt>
                    <dd>{status.mode}</dd>
                </div> <div class="wide">
                    <dt>{words.default_role}</dt>
                    <dd>
                        <RoleName role=status.default_role />
                        <small>{status.default_role_note}</small>
                    </dd>
                </div>
            </dl>
        </section>
    }
}

/// `Ownership`.
#[component]
pub fn OwnershipRegion(
    /// Whose tenant it is.
    ownership: Ownership,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    view! {
        <section class="section" aria-labelledby="ownership">
            <div class="section-head">
                <h2 id="ownership">{words.ownership}</h2>
                {ownership.badge.map(|said| view! { <StateWord said /> })}
            </div>
            <div class="section-body stack">
                {ownership.words.into_iter().map(|words| view! { <p>{words}</p> }).collect::<Vec<_>>()}
                {ownership
                    .can_verify
                    .then(|| {
                        view! {
                            <form method="get" action=routes::TENANT_VERIFY>
                                <button class="button">{words.verify}</button>
                            </form>
                        }
                    })}
            </div>
        </section>
    }
}

/// `Admin consent`.
#[component]
pub fn ConsentRegion(
    /// What there is to allow.
    consent: Consent,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let grant = consent.can_grant.then(|| {
        view! {
            <a class="button" href=routes::TENANT_CONSENT rel="external">
                {words.grant}
            </a>
        }
    });
    let address = consent.address.map(|address| {
        view! {
            <div class="stack stack-s stretch">
                <p>{words.send_address}</p>
                <CodeBlock id="consent-address" text=address thing=words.address />
                <p class="muted small">{words.address_note}</p>
            </div>
        }
    });
    view! {
        <section class="section" aria-labelledby="consent">
            <div class="section-head">
                <h2 id="consent">{words.consent}</h2>
            </div>
            <div class="section-body stack">
                {consent.wait.map(|wait| view! { <p>{wait}</p> })} {grant} {address}
            </div>
        </section>
    }
}

/// `Guest sign-in`.
#[component]
pub fn GuestsRegion(
    /// What there is to say to guests.
    guests: Guests,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    view! {
        <section class="section" aria-labelledby="guests">
            <div class="section-head">
                <h2 id="guests">{words.guests}</h2>
            </div>
            <div class="section-body stack">
                {(!guests.words.is_empty()).then(|| view! { <p>{guests.words}</p> })}
                {guests
                    .address
                    .map(|address| {
                        view! { <CodeBlock id="guest-address" text=address thing=words.guest_link /> }
                    })}
            </div>
        </section>
    }
}

/// `Conditional Access`. It never changes, so its markup is text.
#[component]
pub fn ConditionalAccess() -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let [open, create, require] = words.conditional_access_steps;
    let markup = format!(
        "<p>{}</p><ol class=\"numbered\"><li>{open}</li><li>{create}</li><li>{require}</li></ol><p>{}</p>",
        words.conditional_access_why, words.conditional_access_then
    );
    view! {
        <section class="section" aria-labelledby="conditional-access">
            <div class="section-head">
                <h2 id="conditional-access">{words.conditional_access}</h2>
            </div>
            <div class="section-body stack" inner_html=markup></div>
        </section>
    }
}

/// `Disconnect`.
#[component]
pub fn Disconnect() -> impl IntoView {
    let words = text::<text::entra::Entra>();
    view! {
        <section class="section section-last" aria-labelledby="disconnect">
            <div class="section-head">
                <h2 id="disconnect">{words.disconnect_region}</h2>
            </div>
            <div class="section-body stack stack-s">
                <a class="link danger" href=routes::entra_disconnect()>
                    {words.disconnect}
                </a>
                <p class="muted small">{words.disconnect_note}</p>
            </div>
        </section>
    }
}
