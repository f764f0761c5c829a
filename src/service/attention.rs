//! What needs the attention of whoever manages a team: found by connection tests, by every read from Microsoft and by
//! sign-ins, and put together from what they noted. Microsoft is not asked here.

use std::time::Duration;

use super::{
    ServiceError, Services,
    mapping::called,
    tenant::{self, Facts, named},
};
use crate::{
    domain::{
        credential::{CredentialExpiry, CredentialFault, CredentialStanding},
        graph_permission::Feature,
        id::MappingId,
        kept::Kept,
        mapping::{Mapping, ties_of},
        role::{MappableRole, Role},
        sign_in::AuthMode,
        tenant::{Named, VerificationPolicy},
        time::Timestamp,
    },
    storage::{Displaced, MappedGroup, SignedIn},
};

/// So many days before its end a credential is worth a word.
const EXPIRES_WITHIN: u16 = 30;
/// So many people with a kept role are named.
const MOST_PEOPLE: u32 = 20;
/// So long after a sign-in without groups it is still told.
const UNREAD_FOR: Duration = Duration::from_hours(30 * 24);

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Microsoft does not accept this server's credential; whether it has expired.
    CredentialRejected(bool),
    /// The credential has expired by the calendar.
    CredentialExpired(Timestamp),
    /// It will.
    CredentialExpiring(Timestamp),
    /// A permission that worked is refused: what it was for, and when it last worked.
    ConsentWithdrawn(Feature, Timestamp),
    /// Another team proved that the tenant is its own.
    TenantLost(Displaced),
    /// Ownership is not proven; whether sign-in waits for it.
    Unproven(Named, bool),
    /// A mapped group is gone.
    GroupGone(MappingId, String),
    /// A mapped group has another name.
    GroupRenamed {
        /// The mapping.
        id: MappingId,
        /// The name before.
        before: String,
        /// The name now.
        now: String,
    },
    /// Somebody's role is kept although nobody could read their groups.
    RoleKept {
        /// Who.
        name: String,
        /// The role.
        role: Role,
        /// From when it is and until when it holds.
        kept: Kept,
        /// Whether that time is over.
        over: bool,
    },
    /// Mappings have the same priority and give different permissions.
    Tie {
        /// One of them.
        id: MappingId,
        /// Their groups.
        groups: Vec<String>,
        /// Their priority.
        priority: u8,
        /// The role that wins.
        winner: MappableRole,
    },
}

/// Everything that needs attention, and when somebody or something last looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// The most urgent first.
    pub causes: Vec<Cause>,
    /// The newest look; `None` if there never was one.
    pub checked: Option<Timestamp>,
}

/// What needs attention; `None` for people whose role is not told.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn attention(services: &Services, person: &SignedIn) -> Result<Option<Attention>, ServiceError> {
    let may_know = person.clone().administrator().is_ok() || person.clone().audit_reader().is_ok();
    if !may_know {
        return Ok(None);
    }
    let store = &services.store;
    let facts = tenant::facts(services, person).await?;
    let mut causes: Vec<_> = credential(services).into_iter().collect();
    let mut looks = vec![facts.test.as_ref().map(|kept| kept.at), facts.last_sign_in];
    let is_on = services.entra.is_some() && services.rules.auth_mode != AuthMode::LocalOnly;
    if is_on && let Some(setup) = &facts.setup {
        let tenant = setup.registration.tenant;
        for reading in store.list_directory_readings(person, tenant).await? {
            looks.extend([reading.worked_at, reading.refused_since]);
            if let (Some(worked_at), Some(_)) = (reading.worked_at, reading.refused_since) {
                causes.push(Cause::ConsentWithdrawn(reading.feature, worked_at));
            }
        }
    }
    causes.extend(facts.displaced.map(Cause::TenantLost));
    if is_on && facts.setup.is_some() {
        causes.extend(unproven(services, &facts));
        let rows = store.list_mapped_groups(person).await?;
        looks.extend(rows.iter().map(|row| row.checked.map(|(at, _)| at)));
        causes.extend(gone(&rows));
        causes.extend(renamed(&rows));
        causes.extend(kept(services, person).await?);
        causes.extend(ties(&rows));
    }
    Ok(Some(Attention {
        causes,
        checked: looks.into_iter().flatten().max(),
    }))
}

/// What Microsoft or the calendar says of this server's credential. What Microsoft says comes first: then nobody can sign
/// in any more.
fn credential(services: &Services) -> Option<Cause> {
    let entra = services.entra.as_ref()?;
    let expiry = entra.credential_expiry();
    if let CredentialStanding::Rejected { fault, .. } = entra.credential_standing() {
        let expired =
            fault == CredentialFault::Expired || matches!(expiry, Some(CredentialExpiry::Expired { .. }));
        return Some(Cause::CredentialRejected(expired));
    }
    match expiry? {
        CredentialExpiry::Expired { expires } => Some(Cause::CredentialExpired(expires)),
        CredentialExpiry::Expiring(notice) if notice.threshold <= EXPIRES_WITHIN => {
            Some(Cause::CredentialExpiring(notice.expires))
        }
        CredentialExpiry::Expiring(_) => None,
    }
}

fn unproven(services: &Services, facts: &Facts) -> Option<Cause> {
    let policy = services.rules.verification;
    let registration = &facts.setup.as_ref()?.registration;
    if registration.is_proven() || policy == VerificationPolicy::Off {
        return None;
    }
    Some(Cause::Unproven(
        named(registration),
        policy == VerificationPolicy::Required,
    ))
}

fn is_gone(row: &MappedGroup) -> bool {
    matches!(row.checked, Some((_, false)))
}

fn gone(rows: &[MappedGroup]) -> impl Iterator<Item = Cause> {
    rows.iter()
        .filter(|row| is_gone(row))
        .map(|row| Cause::GroupGone(row.mapping.id, called(&row.mapping)))
}

fn renamed(rows: &[MappedGroup]) -> impl Iterator<Item = Cause> {
    rows.iter().filter(|row| !is_gone(row)).filter_map(|row| {
        Some(Cause::GroupRenamed {
            id: row.mapping.id,
            before: row.renamed_from.clone()?,
            now: called(&row.mapping),
        })
    })
}

async fn kept(services: &Services, person: &SignedIn) -> Result<Vec<Cause>, ServiceError> {
    let now = services.now();
    let since = now.minus(UNREAD_FOR);
    let people = services.store.list_kept_roles(person, since, MOST_PEOPLE).await?;
    let told = people.into_iter().map(|person| {
        let kept = Kept::since(person.read_at);
        Cause::RoleKept {
            name: person.name,
            role: person.role,
            over: now > kept.until,
            kept,
        }
    });
    Ok(told.collect())
}

/// Each priority that ties, the highest first. A group that is gone ties with nothing.
fn ties(rows: &[MappedGroup]) -> Vec<Cause> {
    let mappings: Vec<Mapping> = rows
        .iter()
        .filter(|row| !is_gone(row))
        .map(|row| row.mapping.clone())
        .collect();
    let tied: Vec<_> = mappings
        .iter()
        .filter(|mapping| !ties_of(mapping, &mappings).is_empty())
        .collect();
    tied.chunk_by(|one, other| one.priority == other.priority)
        .filter_map(|of_one| {
            Some(Cause::Tie {
                id: of_one.first()?.id,
                groups: of_one.iter().map(|mapping| called(mapping)).collect(),
                priority: of_one.first()?.priority.into(),
                winner: of_one.iter().map(|mapping| mapping.role).min()?,
            })
        })
        .collect()
}
