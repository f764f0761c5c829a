//! Invitations: many people of a group with one action, or one person by an address.
//!
//! Names and addresses that a page sends are never believed: the group is read again, and what an invitation carries is
//! decided again in the transaction that makes it. Sending goes on in the background, on any server, over restarts.

mod accept;
mod ended;
mod kept;
mod one;
mod results;
mod send;

use std::sync::Arc;

use tokio::sync::Notify;

pub(in crate::service) use self::{
    accept::{Acceptance, check_tenant, find_offered, welcome},
    ended::end_with_mapping,
};
pub use self::{
    accept::{NotAccepted, check_open, find_begun, find_by_link, open_reference, refer},
    ended::stop,
    kept::KeptInvite,
    one::{Created, Delivered, OneRefused, create, expire, list, owner, resend, revoke},
    results::{Resulted, links, progress, rows, running},
    send::Sender,
};
use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::{InvitationId, InvitationJobId, MappingId, Token},
        invitation::{Given, Planned, Terms, Wanted, plan},
        mapping::Mapping,
        role::Role,
        tenant::TenantId,
    },
    entra::{Entra, EntraError},
    routes, seal,
    service::{Origin, ServiceError, Services, directory},
    storage::{Administrator, ClaimedJob, NewJob, ProvenTenant, StoreError, Work},
};

/// Rings when there is something to send, so that nobody waits for the next look.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Somebody waits to be invited.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the next ring, or takes one that nobody has heard.
    pub async fn heard(&self) {
        self.0.notified().await;
    }
}

/// Why nobody can be invited from a group now.
#[derive(Debug)]
pub enum NotStarted {
    /// This server has no Microsoft sign-in.
    NoMicrosoft,
    /// The team has no tenant, or has not proven it.
    NotProven,
    /// The key of the form is missing or of another form.
    BadKey,
    /// Nobody is left to be invited.
    Nobody,
    /// Whoever asks may not invite any more.
    Forbidden,
    /// Microsoft did not give the whole list of members. Half of it is none.
    Unread(EntraError),
}

/// Whom an action would invite, and whom not.
#[derive(Debug)]
pub struct Review {
    /// The mapping of the group.
    pub mapping: Mapping,
    /// The tenant whose people they are.
    pub tenant: TenantId,
    /// Everybody whom it is about, in the group's order.
    pub people: Vec<Planned>,
    /// Whether invitations are mailed; otherwise their links are shown.
    pub mailed: bool,
}

impl Review {
    /// How many would be invited.
    pub fn invited(&self) -> usize {
        self.people
            .iter()
            .filter(|person| person.skipped.is_none())
            .count()
    }
}

/// Reads the group again and says who would be invited.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such mapping.
pub async fn review(
    services: &Services,
    admin: &Administrator,
    mapping: MappingId,
    wanted: &Wanted,
) -> Result<Result<Review, NotStarted>, ServiceError> {
    let mapping = services
        .store
        .find_mapping(admin, mapping)
        .await?
        .ok_or(StoreError::Missing)?;
    let Some(entra) = &services.entra else {
        return Ok(Err(NotStarted::NoMicrosoft));
    };
    let proof = services
        .store
        .prove_tenant(admin, services.rules.verification)
        .await?;
    let registration = services.store.find_registration(admin).await?;
    let (Some(proof), Some(registration)) = (proof, registration) else {
        return Ok(Err(NotStarted::NotProven));
    };
    let people = match planned(
        services,
        admin,
        entra,
        &proof,
        &mapping,
        wanted,
        registration.allow_guests,
    )
    .await?
    {
        Ok(people) => people,
        Err(unread) => return Ok(Err(NotStarted::Unread(unread))),
    };
    if people.is_empty() {
        return Ok(Err(NotStarted::Nobody));
    }
    Ok(Ok(Review {
        mapping,
        tenant: proof.tenant(),
        people,
        mailed: services.mail.is_some(),
    }))
}

async fn planned(
    services: &Services,
    admin: &Administrator,
    entra: &Entra,
    proof: &ProvenTenant,
    mapping: &Mapping,
    wanted: &Wanted,
    allow_guests: bool,
) -> Result<Result<Vec<Planned>, EntraError>, ServiceError> {
    let group = match directory::everybody_in(entra, proof, mapping.group).await {
        Ok(group) => group,
        Err(unread) => return Ok(Err(unread)),
    };
    let present = services
        .store
        .list_present(admin, proof.tenant(), services.now())
        .await?;
    let terms = Terms {
        mailed: services.mail.is_some(),
        allow_guests,
    };
    Ok(Ok(plan(wanted, group, &present, terms)))
}

/// Starts inviting. The same key gives the same action, however often it is sent.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such mapping.
pub async fn start(
    services: &Services,
    admin: &Administrator,
    mapping: MappingId,
    wanted: &Wanted,
    key: &str,
    origin: Origin,
) -> Result<Result<InvitationJobId, NotStarted>, ServiceError> {
    if !is_key(key) {
        return Ok(Err(NotStarted::BadKey));
    }
    if let Some(started) = started_by(services, admin, mapping, key).await? {
        return Ok(started);
    }
    let review = match review(services, admin, mapping, wanted).await? {
        Ok(review) => review,
        // The same form may have started it meanwhile: then nobody is left, since all of them wait for their turn there.
        Err(refused) => {
            let started = started_by(services, admin, mapping, key).await?;
            return Ok(started.unwrap_or(Err(refused)));
        }
    };
    let now = services.now();
    let mut work = services.store.begin(admin).await?;
    // Decided again: while Microsoft was asked the mapping may have changed, the tenant, and the caller's role.
    if open_tenant(services, &mut work).await? != Some(review.tenant) {
        return Ok(Err(NotStarted::NotProven));
    }
    let backing = work.backing_of(mapping, admin.person().user()).await?;
    let Given::Role(role) = backing.given else {
        return Err(StoreError::Missing.into());
    };
    if !backing.inviter {
        return Ok(Err(NotStarted::Forbidden));
    }
    let new = NewJob {
        mapping,
        key: key.to_owned(),
        group_name: review.mapping.group_name.clone(),
        tenant: review.tenant,
        role,
        mailed: review.mailed,
        total: review.people.len(),
    };
    let job = match work.insert_job(admin, &new, now).await {
        Ok(job) => job,
        Err(StoreError::Conflict) => {
            drop(work);
            let first = started_by(services, admin, mapping, key).await?;
            return Ok(first.ok_or(StoreError::Missing)?);
        }
        Err(error) => return Err(error.into()),
    };
    work.insert_job_rows(job, &review.people, now).await?;
    let event = Event::success(admin.person().actor(), Action::InvitationsStarted)
        .on("invitation_job", job)
        .from(origin.ip)
        .with("mapping", mapping.to_string())
        .with("group", review.mapping.group.to_string())
        .with("role", role.to_string())
        .with("total", number(review.people.len()))
        .with("skipped", number(review.people.len() - review.invited()))
        .with("mailed", review.mailed)
        .with("correlation_id", origin.reference.code());
    work.commit(event).await?;
    services.bell.ring();
    Ok(Ok(job))
}

/// What this key has started, which is good for the one group.
async fn started_by(
    services: &Services,
    admin: &Administrator,
    mapping: MappingId,
    key: &str,
) -> Result<Option<Result<InvitationJobId, NotStarted>>, ServiceError> {
    let started = services.store.find_job_by_key(admin, key).await?;
    Ok(started.map(|started| {
        if started.mapping == mapping {
            Ok(started.id)
        } else {
            Err(NotStarted::BadKey)
        }
    }))
}

/// The tenant whose people can be invited from groups: the team's own while it is proven. Nobody changes it until the end
/// of this work.
async fn open_tenant(services: &Services, work: &mut Work) -> Result<Option<TenantId>, StoreError> {
    let held = work.hold_registration().await?;
    let open = held.filter(|registration| registration.opens_directory(services.rules.verification));
    Ok(open.map(|registration| registration.tenant))
}

/// A key is a short word that a form made up.
fn is_key(key: &str) -> bool {
    (8..=64).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Lets everybody for whom it failed have another turn, and nobody else. How many there are.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such action.
pub async fn retry(
    services: &Services,
    admin: &Administrator,
    job: InvitationJobId,
    origin: Origin,
) -> Result<u64, ServiceError> {
    let mut work = services.store.begin(admin).await?;
    let again = work.retry_job(job, services.now()).await?;
    if again == 0 {
        return Ok(0);
    }
    let event = Event::success(admin.person().actor(), Action::InvitationsStarted)
        .on("invitation_job", job)
        .from(origin.ip)
        .with("retried", count(again))
        .with("correlation_id", origin.reference.code());
    work.commit(event).await?;
    services.bell.ring();
    Ok(again)
}

/// A token that was just made: itself, and what is stored of it.
struct Minted {
    token: Token,
    hash: [u8; 32],
    sealed: String,
}

/// What a token is sealed for while it waits in the database.
const SEALED_FOR: &str = "invitation token";

fn mint(services: &Services) -> Minted {
    let token = services.ids.token();
    Minted {
        hash: seal::sha256(token.expose().as_bytes()),
        sealed: services.sealer.seal(SEALED_FOR, token.expose()),
        token,
    }
}

/// The token that was sealed, unless the key is gone by now.
fn unsealed(services: &Services, sealed: &str) -> Option<Token> {
    Token::parse(&services.sealer.open(SEALED_FOR, sealed)?)
}

/// The whole address of an invitation.
fn link(services: &Services, token: &Token) -> String {
    format!("{}{}", services.site, routes::invite(token))
}

fn actor_of(job: &ClaimedJob) -> Actor {
    Actor::User {
        id: job.started_by,
        email: job.started_by_email.clone(),
    }
}

/// The event of an invitation that was made.
fn created(actor: Actor, invitation: InvitationId, role: Role) -> Event {
    Event::success(actor, Action::InvitationCreated)
        .on("invitation", invitation)
        .with("role", role.name())
}

/// The event of an invitation that was taken back.
fn revoked(actor: Actor, invitation: InvitationId, cause: &'static str, origin: Option<Origin>) -> Event {
    let event = Event::success(actor, Action::InvitationRevoked)
        .on("invitation", invitation)
        .with("cause", cause);
    match origin {
        Some(origin) => event
            .from(origin.ip)
            .with("correlation_id", origin.reference.code()),
        None => event,
    }
}

/// The event of an invitation that has run out.
fn expired(invitation: InvitationId) -> Event {
    Event::success(Actor::System, Action::InvitationExpired).on("invitation", invitation)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
