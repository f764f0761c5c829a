//! The one unit of work in which a sign-in becomes a member, a role and a session.

use super::{admit, refuse::Failing};
use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::{Token, UserId},
        mapping,
        member::Standing,
        role::{HeldRole, role_after_sign_in},
        sign_in::{Check, Refusal},
        time::Timestamp,
    },
    entra::{Groups, GroupsFrom, Identity},
    seal,
    service::{Origin, Services},
    storage::{
        GroupFacts, IdentifiedMember, NewMember, NewSession, SignInLabels, SigningIn, StoreError, Work,
    },
};

/// How often a sign-in is tried again when another one of the same person won the race.
const TRIES: usize = 4;

/// Makes or refreshes the member, decides the role, makes the session, all in one transaction with its events.
pub(super) async fn enter(
    services: &Services,
    signing_in: &SigningIn,
    identity: &Identity,
    groups: &Groups,
    session_id: Option<&str>,
    origin: Origin,
) -> Result<Token, Failing> {
    let mut tries = 1;
    loop {
        match attempt(services, signing_in, identity, groups, session_id, origin).await {
            Err(Failing::Broken(error)) if tries < TRIES && is_race(&error) => tries += 1,
            ended => return ended,
        }
    }
}

fn is_race(error: &crate::service::ServiceError) -> bool {
    match error {
        crate::service::ServiceError::Store(error) => {
            matches!(error, StoreError::Conflict) || error.is_retryable()
        }
        _ => false,
    }
}

async fn attempt(
    services: &Services,
    signing_in: &SigningIn,
    identity: &Identity,
    groups: &Groups,
    session_id: Option<&str>,
    origin: Origin,
) -> Result<Token, Failing> {
    let now = services.now();
    let mut work = services.store.begin(signing_in).await?;
    match work.hold_registration().await? {
        Some(registration) if registration.tenant == identity.key().tenant => {
            admit(services.rules, &registration, identity)?;
        }
        // The tenant has left this team while Microsoft was asked for groups.
        _ => {
            return Err(Failing::refused(
                Refusal::TenantNotRegistered,
                Some(Check::TenantNotConnected),
            ));
        }
    }
    let mappings = work.list_mappings().await?;
    let matched = mapping::resolve(&groups.ids, &mappings);
    let decided = matched.map(|mapping| (mapping.id, mapping.role));
    let known = work.find_member_by_identity(identity.key()).await?;

    let (user, held) = if let Some(known) = &known {
        let held = role_after_sign_in(Some(known.member.held), decided, services.rules.default_role);
        refresh(&mut work, known, identity, held, now).await?;
        (known.member.user, held)
    } else {
        let held = role_after_sign_in(None, decided, services.rules.default_role);
        (join(&mut work, identity, held, now).await?, held)
    };

    let before = known.as_ref().map(|known| known.member.held);
    let person = Person {
        user,
        email: identity.email().map(str::to_owned),
        held,
    };
    announce(&mut work, &person, before, identity, origin).await?;
    let matched = mappings
        .iter()
        .filter(|mapping| groups.ids.contains(&mapping.group))
        .map(|mapping| mapping.id);
    let facts = GroupFacts {
        read_at: now,
        from: groups_source(groups.from),
        matched: matched.collect(),
    };
    work.record_groups(user, &facts).await?;
    let token = services.ids.token();
    let session = work
        .insert_session(NewSession {
            user,
            token_hash: seal::sha256(token.expose().as_bytes()),
            method: "sso",
            identity: Some(identity.key()),
            microsoft_sid: session_id.map(str::to_owned),
            began: now,
        })
        .await?;
    let event = Event::success(person.actor(), Action::SignIn)
        .on("session", session)
        .from(origin.ip)
        .with("method", "sso")
        .with("correlation_id", origin.reference.code())
        .with("tid", identity.key().tenant.to_string())
        .with("oid", identity.key().object.to_string())
        .with("role", held.role.name())
        .with("source", held.source.to_string())
        .with("groups_from", groups_source(groups.from));
    work.commit(event).await?;
    Ok(token)
}

/// A member who has been here before: the labels and the role are refreshed.
async fn refresh(
    work: &mut Work,
    known: &IdentifiedMember,
    identity: &Identity,
    held: HeldRole,
    now: Timestamp,
) -> Result<(), Failing> {
    if known.member.standing == Standing::Suspended {
        return Err(Refusal::Suspended.into());
    }
    // One object of one tenant has one subject at this application; another one is somebody else's token.
    if known.subject != identity.subject() {
        return Err(Failing::refused(
            Refusal::TokenInvalid,
            Some(Check::SubjectChanged),
        ));
    }
    let name = display_name(identity);
    let labels = SignInLabels {
        name: &name,
        email: identity.email(),
        guest: identity.is_guest(),
    };
    work.update_member_at_sign_in(known.member.user, labels, held, now)
        .await?;
    Ok(())
}

/// A first sign-in: the member is made, and the identity is tied to it for good.
async fn join(
    work: &mut Work,
    identity: &Identity,
    held: HeldRole,
    now: Timestamp,
) -> Result<UserId, Failing> {
    let name = display_name(identity);
    let member = NewMember {
        name: &name,
        email: identity.email(),
        held,
        guest: identity.is_guest(),
    };
    let user = work.insert_member(member, now).await?;
    work.insert_identity(user, identity.key(), identity.subject())
        .await?;
    Ok(user)
}

const fn groups_source(from: GroupsFrom) -> &'static str {
    match from {
        GroupsFrom::Token => "token",
        GroupsFrom::Graph => "graph",
    }
}

struct Person {
    user: UserId,
    email: Option<String>,
    held: HeldRole,
}

impl Person {
    fn actor(&self) -> Actor {
        Actor::User {
            id: self.user,
            email: self.email.clone(),
        }
    }
}

/// Records that somebody joined, or that a role or its source changed.
async fn announce(
    work: &mut Work,
    person: &Person,
    before: Option<HeldRole>,
    identity: &Identity,
    origin: Origin,
) -> Result<(), StoreError> {
    let event = match before {
        Some(before) if before == person.held => return Ok(()),
        Some(before) => Event::success(Actor::System, Action::MemberRoleChanged)
            .with("from_role", before.role.name())
            .with("from_source", before.source.to_string()),
        None => Event::success(person.actor(), Action::MemberProvisioned)
            .with("tid", identity.key().tenant.to_string())
            .with("oid", identity.key().object.to_string())
            .with("guest", identity.is_guest()),
    };
    let event = event
        .on("member", person.user)
        .from(origin.ip)
        .with("role", person.held.role.name())
        .with("source", person.held.source.to_string())
        .with("correlation_id", origin.reference.code());
    work.record(event).await.map(drop)
}

/// What the person is called here. Microsoft may send no name at all; then the address serves, or the object ID.
pub(super) fn display_name(identity: &Identity) -> String {
    let named = identity.name().or(identity.username()).or(identity.email());
    named.map_or_else(|| identity.key().object.to_string(), str::to_owned)
}
