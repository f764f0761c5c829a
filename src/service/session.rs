//! Sessions: who is behind a token, and how a session ends.

use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::Token,
        mapping::Mapping,
        role::RoleSource,
        tenant::TenantId,
        time::Timestamp,
    },
    seal,
    service::{Origin, ServiceError, Services},
    storage::{Authentication, Claimant, NewSession, SignedIn, Work},
};

/// Who is behind `token` now. Role and membership are read from the database each time, so that a change acts at
/// the next click.
///
/// # Errors
/// [`ServiceError::Store`] when the database does not answer.
pub async fn authenticate(services: &Services, token: &Token) -> Result<Authentication, ServiceError> {
    let limits = services.rules.session_limits;
    let now = services.now();
    let hash = seal::sha256(token.expose().as_bytes());
    let found = services.store.authenticate(&hash, limits, now).await?;
    if let Authentication::SignedIn(person) = &found
        && now >= person.touched().plus(limits.touch_after())
    {
        services.store.upkeep().touch_session(person, now).await?;
    }
    Ok(found)
}

/// Makes the session of somebody whose right to it is proven, and the event of the sign-in, inside the caller's work.
pub(super) async fn open(
    services: &Services,
    work: &mut Work,
    claimant: &Claimant,
    method: &'static str,
    origin: Origin,
) -> Result<(Token, Event), ServiceError> {
    let token = services.ids.token();
    let session = work
        .insert_session(NewSession {
            user: claimant.user(),
            token_hash: seal::sha256(token.expose().as_bytes()),
            method,
            identity: None,
            microsoft_sid: None,
            began: services.now(),
        })
        .await?;
    let actor = Actor::User {
        id: claimant.user(),
        email: claimant.email().map(str::to_owned),
    };
    let event = Event::success(actor, Action::SignIn)
        .on("session", session)
        .from(origin.ip)
        .with("method", method)
        .with("correlation_id", origin.reference.code());
    Ok((token, event))
}

/// Ends the person's session.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn sign_out(services: &Services, person: &SignedIn, origin: Origin) -> Result<(), ServiceError> {
    let mut work = services.store.begin(person).await?;
    // Of several requests at once one ends it, and one event says so.
    if work.end_session(person.session()).await? {
        work.commit(ended(person, Action::SignOut, origin)).await?;
    }
    Ok(())
}

/// Ends a session because the same browser signed in anew.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn replace(services: &Services, person: &SignedIn, origin: Origin) -> Result<(), ServiceError> {
    let mut work = services.store.begin(person).await?;
    if work.end_session(person.session()).await? {
        work.commit(ended(person, Action::SessionRevoked, origin).with("cause", "signed_in_again"))
            .await?;
    }
    Ok(())
}

/// Ends what began in a session of Microsoft's that has ended there. How many sessions there were.
///
/// Only whoever was at that sign-in knows its name, which is as long as a key; `tenant` narrows it when it is said.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn end_at_microsoft(
    services: &Services,
    microsoft_sid: &str,
    tenant: Option<TenantId>,
    origin: Origin,
) -> Result<usize, ServiceError> {
    let mut count = 0;
    for ending in services.store.find_signing_out(microsoft_sid, tenant).await? {
        let mut work = services.store.begin(&ending).await?;
        if work.end_session(ending.session()).await? {
            let actor = Actor::User {
                id: ending.user(),
                email: ending.email().map(str::to_owned),
            };
            let event = Event::success(actor, Action::SignOut)
                .on("session", ending.session())
                .from(origin.ip)
                .with("method", "sso")
                .with("cause", "signed_out_at_microsoft")
                .with("correlation_id", origin.reference.code());
            work.commit(event).await?;
            count += 1;
        }
    }
    Ok(count)
}

fn ended(person: &SignedIn, action: Action, origin: Origin) -> Event {
    Event::success(person.actor(), action)
        .on("session", person.session())
        .from(origin.ip)
        .with("method", person.method())
        .with("correlation_id", origin.reference.code())
}

/// The mapping that decided the person's role at the last sign-in; `None` when none did or it has been removed.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn deciding_mapping(
    services: &Services,
    person: &SignedIn,
) -> Result<Option<Mapping>, ServiceError> {
    match person.held().source {
        RoleSource::Group(mapping) => Ok(services.store.find_mapping(person, mapping).await?),
        _ => Ok(None),
    }
}

/// Since when the person's role is kept, where the newest sign-in could not read their groups.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn role_kept_since(
    services: &Services,
    person: &SignedIn,
) -> Result<Option<Timestamp>, ServiceError> {
    if matches!(person.held().source, RoleSource::Owner | RoleSource::Manual) {
        return Ok(None);
    }
    Ok(services.store.groups_kept_since(person).await?)
}

/// The names of the team's owners.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn owners(services: &Services, person: &SignedIn) -> Result<Vec<String>, ServiceError> {
    Ok(services.store.owner_names(person).await?)
}
