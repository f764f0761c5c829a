//! The part of a sign-in that an invitation plays: who it is for, what it gives, and that it is used up.

use super::{Failing, Joined, Person};
use crate::{
    domain::{
        audit::{Action, Event},
        id::UserId,
        member::Standing,
        role::HeldRole,
        sign_in::Refusal,
        time::Timestamp,
    },
    entra::Identity,
    service::{
        Origin,
        invitation::{self, Acceptance, NotAccepted},
    },
    storage::{IdentifiedMember, Invited, StoreError, Work},
};

/// What an invitation means for somebody who signs in.
#[derive(Debug, Default)]
pub(super) struct Newcomer {
    /// The invitation.
    accepted: Option<Acceptance>,
    /// The account that waits for this person, and what it holds: a team's first owner.
    pub(super) account: Option<(UserId, HeldRole)>,
    /// What somebody who is new holds by it.
    pub(super) invited: Option<HeldRole>,
}

/// Looks for the invitation of this sign-in, and ties the identity to the account that waits for it.
pub(super) async fn newcomer(
    work: &mut Work,
    person: Person<'_>,
    known: Option<&IdentifiedMember>,
    now: Timestamp,
) -> Result<Newcomer, Failing> {
    let key = person.identity.key();
    let begun = person.begun.map(Invited::invitation);
    let accepted = match invitation::welcome(work, key, begun.map(|begun| begun.id), now).await? {
        Ok(accepted) => accepted,
        Err(NotAccepted::Used)
            if known.is_some() && begun.is_some_and(|begun| begun.identity == Some(key)) =>
        {
            // Whoever used it comes back with the same link, from another tab perhaps.
            None
        }
        Err(why) => return Err(refusing(person, why)),
    };
    let Some(accepted) = accepted else {
        return Ok(Newcomer::default());
    };
    let is_for_anybody = accepted.invited.invitation().identity.is_none();
    let Some(account) = accepted.invited.invitation().account else {
        return Ok(match known {
            // A member by now, who keeps what is held: an invitation changes no role. One by email stays for its person.
            Some(_) if is_for_anybody => Newcomer::default(),
            _ => Newcomer {
                invited: Some(accepted.held()),
                accepted: Some(accepted),
                account: None,
            },
        });
    };
    let Some((held, standing)) = work.hold_member(account).await? else {
        return Err(refusing(person, NotAccepted::Unavailable));
    };
    if standing == Standing::Suspended {
        return Err(Refusal::Suspended.into());
    }
    match known.map(|known| known.member.user) {
        Some(user) if user == account => {}
        Some(user) => work.move_identity(key, user, account).await?,
        None => {
            work.insert_identity(account, key, person.identity.subject())
                .await?;
        }
    }
    Ok(Newcomer {
        accepted: Some(accepted),
        account: Some((account, held)),
        invited: None,
    })
}

fn refusing(person: Person<'_>, why: NotAccepted) -> Failing {
    match person.begun {
        Some(invited) => Failing::not_accepted(invited, why, Some(person.identity.key())),
        // Nobody asked for it to be accepted.
        None => StoreError::Missing.into(),
    }
}

/// Uses the invitation up, with its events. Whether somebody has joined by it.
pub(super) async fn accept(
    work: &mut Work,
    joined: &Joined,
    newcomer: Newcomer,
    identity: &Identity,
    origin: Origin,
    now: Timestamp,
) -> Result<bool, Failing> {
    let Some(accepted) = newcomer.accepted else {
        return Ok(false);
    };
    // It is held by this work, and was open a moment ago.
    if !work.accept_invitation(accepted.id(), joined.user, now).await? {
        return Err(StoreError::Conflict.into());
    }
    let told = |event: Event| {
        event
            .from(origin.ip)
            .with("tid", identity.key().tenant.to_string())
            .with("oid", identity.key().object.to_string())
            .with("correlation_id", origin.reference.code())
    };
    if newcomer.account.is_some() {
        let event = Event::success(joined.actor(), Action::MemberLinked).on("member", joined.user);
        work.record(told(event)).await?;
    }
    let event = Event::success(joined.actor(), Action::InvitationAccepted)
        .on("invitation", accepted.id())
        .with("role", joined.held.role.name())
        .with("source", joined.held.source.to_string());
    work.record(told(event)).await?;
    Ok(true)
}
