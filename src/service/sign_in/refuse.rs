//! Refusals: why, and what the audit event says about it.

use crate::{
    domain::{
        audit::{Action, Actor, Event, Outcome},
        id::Reference,
        sign_in::{Check, Refusal},
        tenant::{IdentityKey, TenantId},
    },
    entra::{GroupsUnread, Identity, Rejection},
    service::{Origin, ServiceError, Services, invitation::NotAccepted},
    storage::{Invited, SigningIn, StoreError},
};

/// What the person is told.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// What stands in the audit event too.
    pub reference: Reference,
}

/// Why the walk ended early.
#[derive(Debug)]
pub(in crate::service) enum Failing {
    /// A refusal, to be recorded.
    Refused(Box<Draft>),
    /// The invitation that this sign-in was to accept is not accepted, and nobody is signed in.
    NotAccepted(Box<Unwelcome>),
    /// Our own fault.
    Broken(ServiceError),
}

/// Somebody whose invitation was not accepted.
#[derive(Debug)]
pub(in crate::service) struct Unwelcome {
    pub(super) invited: Invited,
    pub(super) why: NotAccepted,
    /// Who it was, once that is certain.
    pub(super) key: Option<IdentityKey>,
}

/// A refusal and the facts known when it happened.
#[derive(Debug)]
pub(in crate::service) struct Draft {
    refusal: Refusal,
    check: Option<Check>,
    microsoft: Option<Box<crate::entra::MicrosoftError>>,
    unread: Option<Unread>,
    claimed_tenant: Option<TenantId>,
    person: Option<Person>,
    team: Option<SigningIn>,
}

/// Who was refused, from a validated token.
#[derive(Debug)]
struct Person {
    key: IdentityKey,
    name: String,
    email: Option<String>,
}

/// Why Graph gave no groups, in a word for each who asked.
#[derive(Clone, Copy, Debug)]
struct Unread {
    as_person: &'static str,
    as_application: &'static str,
}

impl Failing {
    pub(in crate::service) fn refused(refusal: Refusal, check: Option<Check>) -> Self {
        Self::Refused(Box::new(Draft {
            refusal,
            check,
            microsoft: None,
            unread: None,
            claimed_tenant: None,
            person: None,
            team: None,
        }))
    }

    /// Nobody is signed in, since the invitation is for somebody else or cannot be accepted.
    pub(super) fn not_accepted(invited: &Invited, why: NotAccepted, key: Option<IdentityKey>) -> Self {
        Self::NotAccepted(Box::new(Unwelcome {
            invited: invited.clone(),
            why,
            key,
        }))
    }

    fn map(self, change: impl FnOnce(&mut Draft)) -> Self {
        match self {
            Self::Refused(mut draft) => {
                change(&mut draft);
                Self::Refused(draft)
            }
            other @ (Self::Broken(_) | Self::NotAccepted(_)) => other,
        }
    }

    /// The tenant that an unverified token names; for the operator, who can see which organization tried.
    pub(in crate::service) fn with_claimed_tenant(self, tenant: TenantId) -> Self {
        self.map(|draft| draft.claimed_tenant = Some(tenant))
    }

    /// A person whose groups nobody gave: an unread list is never an empty one.
    pub(super) fn without_groups(why: &GroupsUnread) -> Self {
        let said = why.as_person.microsoft().or(why.as_application.microsoft());
        Self::refused(Refusal::GroupsUnavailable, None).map(|draft| {
            draft.microsoft = said.cloned().map(Box::new);
            draft.unread = Some(Unread {
                as_person: why.as_person.kind(),
                as_application: why.as_application.kind(),
            });
        })
    }

    /// The person of the validated token.
    pub(in crate::service) fn with_identity(self, identity: &Identity) -> Self {
        self.map(|draft| {
            draft.person = Some(Person {
                key: identity.key(),
                name: super::provision::display_name(identity),
                email: identity.email().map(str::to_owned),
            });
        })
    }

    /// The team whose log it belongs to.
    pub(super) fn in_team(self, signing_in: &SigningIn) -> Self {
        self.map(|draft| draft.team = Some(signing_in.clone()))
    }
}

impl From<Refusal> for Failing {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal, None)
    }
}

impl From<Rejection> for Failing {
    fn from(rejection: Rejection) -> Self {
        if let Some(cause) = &rejection.cause {
            tracing::warn!(reason = %rejection.refusal, %cause, "Microsoft gave no usable answer");
        }
        Self::refused(rejection.refusal, rejection.check).map(|draft| draft.microsoft = rejection.microsoft)
    }
}

impl From<StoreError> for Failing {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.into())
    }
}

/// Records the refusal, in the team's log when the team is known, else in the platform's.
pub(super) async fn record(
    services: &Services,
    draft: Draft,
    origin: Origin,
) -> Result<Refused, ServiceError> {
    let refused = Refused {
        refusal: draft.refusal,
        reference: origin.reference,
    };
    let team = draft.team.clone();
    let event = event(draft, origin);
    match team {
        Some(team) => services.store.begin(&team).await?.commit(event).await?,
        None => services.store.begin_platform().await?.commit(event).await?,
    };
    Ok(refused)
}

/// Records that an invitation was not accepted, in the log of the team that made it.
pub(super) async fn record_unwelcome(
    services: &Services,
    unwelcome: &Unwelcome,
    origin: Origin,
) -> Result<(), ServiceError> {
    let invited = &unwelcome.invited;
    let mut event = Event::new(Actor::Anonymous, Action::InvitationAccepted, Outcome::Refused)
        .because(unwelcome.why.code())
        .on("invitation", invited.invitation().id)
        .from(origin.ip)
        .with("correlation_id", origin.reference.code());
    if let Some(key) = unwelcome.key {
        event = event
            .with("tid", key.tenant.to_string())
            .with("oid", key.object.to_string());
    }
    services.store.begin(invited).await?.commit(event).await?;
    Ok(())
}

/// What was refused, or our own fault.
pub(in crate::service) fn opened(failing: Failing) -> Result<Draft, ServiceError> {
    match failing {
        Failing::Refused(draft) => Ok(*draft),
        // Only a sign-in accepts one.
        Failing::NotAccepted(_) => Err(StoreError::Missing.into()),
        Failing::Broken(error) => Err(error),
    }
}

impl Draft {
    /// Why.
    pub(in crate::service) const fn refusal(&self) -> Refusal {
        self.refusal
    }
}

fn event(draft: Draft, origin: Origin) -> Event {
    event_of(draft, Actor::Anonymous, Action::SignIn, origin)
}

/// The event of a refused return from Microsoft, whatever it was for.
pub(in crate::service) fn event_of(draft: Draft, actor: Actor, action: Action, origin: Origin) -> Event {
    let outcome = match draft.refusal {
        Refusal::ProviderUnreachable => Outcome::Failure,
        _ => Outcome::Refused,
    };
    let mut event = Event::new(actor, action, outcome)
        .because(draft.refusal.code())
        .from(origin.ip)
        .with("method", "sso")
        .with("correlation_id", origin.reference.code());
    if let Some(check) = draft.check {
        event = event.with("check", check.code());
    }
    if let Some(tenant) = draft.claimed_tenant {
        event = event.with("claimed_tenant", tenant.to_string());
    }
    if let Some(unread) = draft.unread {
        event = event
            .with("graph_as_person", unread.as_person)
            .with("graph_as_application", unread.as_application);
    }
    if let Some(person) = draft.person {
        event = event
            .with("tid", person.key.tenant.to_string())
            .with("oid", person.key.object.to_string())
            .with("name", person.name);
        if let Some(email) = person.email {
            event = event.with("email", email);
        }
    }
    if let Some(microsoft) = draft.microsoft {
        event = event.with("microsoft_error", microsoft.error);
        if let Some(number) = microsoft.number {
            event = event.with("microsoft_number", i64::from(number));
        }
        if let Some(correlation) = microsoft.correlation_id {
            event = event.with("microsoft_correlation_id", correlation.to_string());
        }
        if let Some(trace) = microsoft.trace_id {
            event = event.with("microsoft_trace_id", trace.to_string());
        }
    }
    event
}
