//! The page of an invitation, in all its states.
//!
//! Looking at it uses nothing up. The Microsoft button is a small GET form with what the link ends in; the page itself
//! holds it nowhere else, and loads nothing from anywhere else.

use leptos::prelude::*;

use super::{Frame, document};
use crate::{
    components::element::{Icon, MicrosoftSymbol, Picture},
    domain::{role::Role, time::Timestamp},
    routes,
    text::{front::Front, invitation::Invitations, roles::Roles, shell::Shell, text, times::Times},
};

/// What the page of an invitation shows.
#[derive(Clone, Debug)]
pub enum Invite {
    /// It can be accepted.
    Open(Box<Open>),
    /// Its time is over.
    Expired {
        /// Until when it was valid.
        at: Timestamp,
        /// Who invited.
        by: Option<String>,
    },
    /// Somebody has joined by it.
    Used,
    /// Revoked or never made: the two look the same.
    Unavailable,
}

/// An invitation that can be accepted.
#[derive(Clone, Debug)]
pub struct Open {
    /// The team.
    pub team: String,
    /// Who invites; nobody when it is the platform's operator.
    pub by: Option<String>,
    /// As what.
    pub role: Role,
    /// For whom.
    pub person: Invitee,
    /// Until when.
    pub expires: Timestamp,
    /// How it is accepted.
    pub way: Way,
    /// Why it was not accepted a moment ago.
    pub refused: Option<Mistaken>,
}

/// For whom an invitation is, in words.
#[derive(Clone, Debug)]
pub enum Invitee {
    /// Whoever has this address.
    Email(String),
    /// Somebody of this name, where no address is known.
    Name(String),
}

/// How an invitation is accepted.
#[derive(Clone, Debug)]
pub enum Way {
    /// With Microsoft.
    Microsoft {
        /// What names the invitation at the start of the sign-in.
        invitation: String,
        /// Whether Microsoft offers its list of accounts first.
        choose: bool,
    },
    /// Not on this server.
    None,
    /// Somebody is signed in: under this name.
    SignedIn(String),
    /// Whom it is for is signed in, under this name, and in the team.
    Member(String),
}

/// Which account was the wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistaken {
    /// Of another organization.
    Tenant,
    /// Another one than the invitation is for.
    Identity,
}

impl Invite {
    /// The status that goes with it: what was used or has expired is gone (RFC 9110 section 15.5.11).
    pub const fn status(&self) -> u16 {
        match self {
            Self::Open(_) => 200,
            Self::Expired { .. } | Self::Used => 410,
            Self::Unavailable => 404,
        }
    }

    /// Whether the page has a form to post, which needs its origin to be told.
    pub fn has_post(&self) -> bool {
        matches!(self, Self::Open(open) if matches!(open.way, Way::SignedIn(_)))
    }
}

/// The whole document of `/invite/{token}`.
pub fn invite(frame: &Frame, page: &Invite) -> String {
    let words = text::<Invitations>();
    let heading = match page {
        Invite::Open(open) => (words.join)(&open.team),
        Invite::Expired { .. } => words.expired.to_owned(),
        Invite::Used => words.used.to_owned(),
        Invite::Unavailable => words.unavailable.to_owned(),
    };
    let title = (text::<Shell>().title_outside)(&heading);
    let page = page.clone();
    document::render(frame, title, move || {
        let refused = match &page {
            Invite::Open(open) => open.refused.map(|mistaken| alert(mistaken, &open.team)),
            _ => None,
        };
        let content = match page {
            Invite::Open(open) => view! { <Offer open=*open /> }.into_any(),
            Invite::Expired { at, by } => view! { <p>{(words.expired_at)(at, by.as_deref())}</p> }.into_any(),
            Invite::Used => view! {
                <p>
                    {words.used_by_you} " "
                    <a class="link" href=routes::LOGIN>
                        {words.sign_in}
                    </a>
                </p>
            }
            .into_any(),
            Invite::Unavailable => view! { <p>{words.ask}</p> }.into_any(),
        };
        view! {
            <output></output>
            {refused}
            <h1>{heading}</h1>
            {content}
        }
    })
}

/// Which account was the wrong one.
fn alert(mistaken: Mistaken, team: &str) -> impl IntoView + use<> {
    let words = text::<Invitations>();
    let said = match mistaken {
        Mistaken::Tenant => (words.other_tenant)(team),
        Mistaken::Identity => words.other_identity.to_owned(),
    };
    view! {
        <div class="banner bad" role="alert" tabindex="-1">
            <Icon picture=Picture::Fail />
            <div class="text">
                <p>{said}</p>
            </div>
        </div>
    }
}

/// What somebody is invited to, and the one thing to do.
#[component]
fn Offer(open: Open) -> impl IntoView {
    let words = text::<Invitations>();
    let Open {
        team,
        by,
        role,
        person,
        expires,
        way,
        ..
    } = open;
    let (label, invitee) = match person {
        Invitee::Email(email) => (words.email, email),
        Invitee::Name(name) => (words.name, name),
    };
    let asked = by.clone();
    let action = match way {
        Way::Microsoft { invitation, choose } => view! { <WithMicrosoft invitation choose /> }.into_any(),
        Way::None => view! { <p>{(words.needs_microsoft)(asked.as_deref())}</p> }.into_any(),
        Way::Member(name) => view! {
            <p>{(words.member_already)(&name, &team)}</p>
            <p>
                <a class="button button-primary" href=routes::DASHBOARD>
                    {words.to_overview}
                </a>
            </p>
        }
        .into_any(),
        Way::SignedIn(name) => view! {
            <p>{(words.other_account)(&name, &invitee)}</p>
            // It goes to the page's own address, and so the page need not hold the link's secret.
            <form method="post">
                <input type="hidden" name="sign_out" value="on" />
                <button class="button button-primary">{words.sign_out}</button>
            </form>
        }
        .into_any(),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>{words.invited_by}</dt>
                <dd>{by.unwrap_or_else(|| words.operator.to_owned())}</dd>
            </div>
            <div>
                <dt>{words.role}</dt>
                <dd>{(text::<Roles>().name)(role)}</dd>
            </div>
            <div>
                <dt>{label}</dt>
                <dd>{invitee}</dd>
            </div>
            <div>
                <dt>{words.expires}</dt>
                <dd>
                    <time datetime=expires.to_string()>{(text::<Times>().moment)(expires)}</time>
                </dd>
            </div>
        </dl>
        {(role != Role::Owner).then(|| view! { <p class="hint">{words.may_change}</p> })}
        {action}
    }
}

/// The button that accepts. A button and not a link, since it starts something and must never be prefetched.
#[component]
fn WithMicrosoft(invitation: String, choose: bool) -> impl IntoView {
    let words = text::<Front>();
    view! {
        <form method="get" action=routes::SIGN_IN data-sending=words.signing_in>
            <input type="hidden" name="invitation" value=invitation />
            {choose.then(|| view! { <input type="hidden" name="prompt" value="select_account" /> })}
            <button class="ms-button">
                <MicrosoftSymbol />
                {words.with_microsoft}
            </button>
            <div class="under">
                <p>{words.which_account}</p>
            </div>
        </form>
    }
}
