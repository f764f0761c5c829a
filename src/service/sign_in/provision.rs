//! The one unit of work in which a sign-in becomes a member, a role and a session.

mod welcome;

use super::{admit, refuse::Failing};
use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::{Token, UserId},
        kept::{self, Kept, WithoutGroups},
        mapping,
        member::Standing,
        role::{HeldRole, Role, role_after_sign_in},
        sign_in::{Check, Refusal},
        time::Timestamp,
    },
    entra::{Groups, GroupsUnread, Identity},
    seal,
    service::{Origin, Services},
    storage::{
        GroupFacts, IdentifiedMember, Invited, NewMember, NewSession, SignInLabels, SigningIn, StoreError,
        Work,
    },
};

/// How often a sign-in is tried again when another one of the same person won the race.
const TRIES: usize = 4;

/// What Microsoft said about a person who is signing in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person<'said> {
    pub(super) identity: &'said Identity,
    /// The groups, or why nobody gave them.
    pub(super) groups: Result<&'said Groups, &'said GroupsUnread>,
    /// Microsoft's name of its own session.
    pub(super) microsoft_session: Option<&'said str>,
    /// The invitation that is to be accepted.
    pub(super) begun: Option<&'said Invited>,
}

/// Makes or refreshes the member, decides the role, makes the session, all in one transaction with its events.
pub(super) async fn enter(
    services: &Services,
    signing_in: &SigningIn,
    person: Person<'_>,
    origin: Origin,
) -> Result<(Token, Option<(String, Role)>), Failing> {
    let mut tries = 1;
    loop {
        match attempt(services, signing_in, person, origin).await {
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
    person: Person<'_>,
    origin: Origin,
) -> Result<(Token, Option<(String, Role)>), Failing> {
    let now = services.now();
    let Person { identity, .. } = person;
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
    let known = work.find_member_by_identity(identity.key()).await?;
    if let Some(known) = &known {
        admit_member(known, identity)?;
    }
    let newcomer = welcome::newcomer(&mut work, person, known.as_ref(), now).await?;
    let before = known.as_ref().map(|known| (known.member.user, known.member.held));
    let before = newcomer.account.or(before);
    let decided = decide(services, &mut work, before, newcomer.invited, person.groups, now).await?;
    let held = decided.held;
    let user = match before {
        Some((user, _)) => {
            refresh(&mut work, user, identity, held, now).await?;
            user
        }
        None => join(&mut work, identity, held, now).await?,
    };
    let joined = Joined {
        user,
        email: identity.email().map(str::to_owned),
        held,
    };
    let before = before.map(|(_, held)| held);
    announce(&mut work, &joined, before, identity, origin).await?;
    let has_joined = welcome::accept(&mut work, &joined, newcomer, identity, origin, now).await?;
    match &decided.groups {
        Remembered::Read(facts) => work.record_groups(user, facts).await?,
        Remembered::Kept(_) => work.record_groups_unread(user, now).await?,
        Remembered::Nothing => {}
    }
    let token = services.ids.token();
    let session = work
        .insert_session(NewSession {
            user,
            token_hash: seal::sha256(token.expose().as_bytes()),
            method: "sso",
            identity: Some(identity.key()),
            microsoft_sid: person.microsoft_session.map(str::to_owned),
            began: now,
        })
        .await?;
    let event = Event::success(joined.actor(), Action::SignIn)
        .on("session", session)
        .from(origin.ip)
        .with("method", "sso")
        .with("correlation_id", origin.reference.code())
        .with("tid", identity.key().tenant.to_string())
        .with("oid", identity.key().object.to_string())
        .with("role", held.role.name())
        .with("source", held.source.to_string());
    work.commit(decided.groups.told(event)).await?;
    let team = signing_in.team_name().to_owned();
    Ok((token, has_joined.then_some((team, held.role))))
}

/// The role, and what is remembered of the groups behind it.
struct Decided {
    held: HeldRole,
    groups: Remembered,
}

/// What a sign-in leaves behind about groups.
enum Remembered {
    /// They were read.
    Read(GroupFacts),
    /// Nobody gave them, and the role of the last reading holds.
    Kept(Kept),
    /// Nobody gave them, and the role does not depend on them.
    Nothing,
}

impl Remembered {
    fn told(&self, event: Event) -> Event {
        match self {
            Self::Read(facts) => event.with("groups_from", facts.from),
            Self::Kept(kept) => event
                .with("groups_from", "stale")
                .with("stale", true)
                .with("groups_read_at", kept.from.to_string())
                .with("stale_until", kept.until.to_string()),
            Self::Nothing => event.with("groups_from", "unread"),
        }
    }
}

/// Which role a member, or a newcomer, has after this sign-in. What a newcomer was invited to counts as held before.
async fn decide(
    services: &Services,
    work: &mut Work,
    before: Option<(UserId, HeldRole)>,
    invited: Option<HeldRole>,
    groups: Result<&Groups, &GroupsUnread>,
    now: Timestamp,
) -> Result<Decided, Failing> {
    match (groups, before) {
        (Ok(groups), _) => {
            let matched = work.list_mappings_of(&groups.ids).await?;
            let decided = mapping::resolve(&groups.ids, &matched).map(|mapping| (mapping.id, mapping.role));
            let before = before.map(|(_, held)| held).or(invited);
            Ok(Decided {
                held: role_after_sign_in(before, decided, services.rules.default_role),
                groups: Remembered::Read(GroupFacts {
                    read_at: now,
                    from: groups.from.name(),
                    matched: matched.iter().map(|mapping| mapping.id).collect(),
                }),
            })
        }
        (Err(why), Some((user, held))) => {
            let read_at = work.find_groups_read_at(user).await?;
            let groups = match kept::without_groups(held, read_at, now) {
                WithoutGroups::Unaffected => Remembered::Nothing,
                WithoutGroups::Stale(kept) => Remembered::Kept(kept),
                WithoutGroups::Unknown => return Err(Failing::without_groups(why)),
            };
            Ok(Decided { held, groups })
        }
        (Err(why), None) => Err(Failing::without_groups(why)),
    }
}

/// A member who has been here before may still be refused.
fn admit_member(known: &IdentifiedMember, identity: &Identity) -> Result<(), Failing> {
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
    Ok(())
}

/// A member who has been here before: the labels and the role are refreshed.
async fn refresh(
    work: &mut Work,
    user: UserId,
    identity: &Identity,
    held: HeldRole,
    now: Timestamp,
) -> Result<(), StoreError> {
    let name = display_name(identity);
    let labels = SignInLabels {
        name: &name,
        email: identity.email(),
        guest: identity.is_guest(),
    };
    work.update_member_at_sign_in(user, labels, held, now).await
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

/// The member after the sign-in.
struct Joined {
    user: UserId,
    email: Option<String>,
    held: HeldRole,
}

impl Joined {
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
    person: &Joined,
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
