//! Why somebody has a role, or would have it: also for people who have never signed in, and for those who cannot.

use std::{collections::HashSet, time::Duration};

use crate::{
    domain::{
        access::{self, Explanation},
        id::UserId,
        input,
        member::Standing,
        sign_in::Refusal,
        tenant::{IdentityKey, ObjectId},
        time::Timestamp,
    },
    entra::{EntraError, PersonFound},
    service::{
        ServiceError, Services, directory, invitation,
        mapping::{Reading, reading},
    },
    storage::{Administrator, ProvenTenant},
};

/// So long the person's groups may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// What looking somebody up needs.
const NEEDED: [&str; 2] = ["User.Read.All", "GroupMember.Read.All"];

/// What became of a question about somebody.
#[derive(Debug)]
pub enum Explained {
    /// The answer.
    Found(Box<Answer>),
    /// Nothing was typed.
    Blank,
    /// Neither an address nor an object ID.
    Unreadable,
    /// The tenant has no such person.
    Unknown,
    /// Several people have this address.
    Several,
    /// The directory cannot be read.
    Closed(Reading),
}

/// Who it is about, and what would happen if that person signed in now.
#[derive(Debug)]
pub struct Answer {
    /// The person at Microsoft.
    pub person: PersonFound,
    /// The account here, if there is one.
    pub account: Option<UserId>,
    /// Why the person cannot get in, if so.
    pub refused: Option<Barred>,
    /// The role and how it comes about.
    pub explanation: Explanation,
    /// When the groups were read.
    pub read_at: Timestamp,
}

/// Why somebody cannot get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// For a reason that a sign-in names: `guest_refused`, `suspended`, `tenant_disabled`.
    Here(Refusal),
    /// The account is disabled at Microsoft.
    AtMicrosoft,
}

/// Explains what would happen if the person with this address or object ID signed in now. Nothing is stored.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn explain(
    services: &Services,
    admin: &Administrator,
    typed: &str,
) -> Result<Explained, ServiceError> {
    if input::is_blank(typed) {
        return Ok(Explained::Blank);
    }
    let id = input::guid(typed).map(ObjectId::from);
    let address = input::email(typed);
    if id.is_none() && address.is_none() {
        return Ok(Explained::Unreadable);
    }
    let door = match reading::open(services, admin).await? {
        Ok(door) => door,
        Err(closed) => return Ok(Explained::Closed(closed)),
    };
    let looked_up = async {
        let (entra, proven): (_, &ProvenTenant) = (door.entra(), door.proven());
        let mut people = match (id, &address) {
            (Some(id), _) => directory::person(entra, proven, id).await?.into_iter().collect(),
            (None, Some(address)) => directory::people_called(entra, proven, address).await?,
            (None, None) => Vec::new(),
        };
        if people.len() > 1 {
            return Ok(Err(Explained::Several));
        }
        let Some(person) = people.pop() else {
            return Ok(Err(Explained::Unknown));
        };
        let groups = directory::groups_of(entra, proven, person.id, PATIENCE).await?;
        Ok(Ok((person, groups)))
    };
    let looked_up: Result<Result<(PersonFound, HashSet<ObjectId>), Explained>, EntraError> = looked_up.await;
    let (person, mut groups) = match looked_up {
        Ok(Ok(found)) => found,
        Ok(Err(ended)) => return Ok(ended),
        Err(error) => {
            tracing::info!(%error, "somebody's access could not be looked up");
            return Ok(Explained::Closed(Reading::after(&error, &NEEDED)));
        }
    };
    let registration = services.store.find_registration(admin).await?;
    let rows = services.store.list_mapped_groups(admin).await?;
    // Microsoft lists them here, and sends them at no sign-in.
    for row in rows.iter().filter(|row| row.is_never_sent()) {
        groups.remove(&row.mapping.group);
    }
    let mappings: Vec<_> = rows.into_iter().map(|row| row.mapping).collect();
    let accounts = services.store.list_accounts_of_tenant(admin).await?;
    let account = accounts.into_iter().find(|account| account.object == person.id);
    let refused = match (&registration, &account) {
        _ if !person.enabled => Some(Barred::AtMicrosoft),
        (Some(registration), _) if !registration.enabled => Some(Barred::Here(Refusal::TenantDisabled)),
        (_, Some(account)) if account.standing == Standing::Suspended => {
            Some(Barred::Here(Refusal::Suspended))
        }
        (Some(registration), _) if person.guest && !registration.allow_guests => {
            Some(Barred::Here(Refusal::GuestRefused))
        }
        _ => None,
    };
    let held = match (&account, &registration) {
        (Some(account), _) => Some(account.held),
        (None, Some(registration)) => {
            let tenant = registration.tenant;
            let key = IdentityKey {
                tenant,
                object: person.id,
            };
            invitation::find_offered(services, admin, key).await?
        }
        (None, None) => None,
    };
    Ok(Explained::Found(Box::new(Answer {
        explanation: access::explain(held, &groups, &mappings, services.rules.default_role),
        account: account.map(|account| account.user),
        person,
        refused,
        read_at: services.now(),
    })))
}
