//! The team's mappings of groups to roles: listed with what is known of their groups, added, edited, removed.
//!
//! A mapping works by the group's object ID alone, whatever Microsoft says or does not say about the group. What is read
//! there makes a page tell more; it never decides a role, and no change waits for it.

mod check;
mod kept;
pub mod people;
mod preview;
pub(in crate::service) mod reading;
mod rename;
mod search;
mod status;

use crate::{
    domain::{
        audit::{Action, Event},
        id::MappingId,
        mapping::{self, Mapping, MappingDraft, MappingForm, MappingRefused, Mistake, Wanted, ties_of},
        role::MappableRole,
        tenant::ObjectId,
        time::Timestamp,
    },
    service::{Origin, ServiceError, Services, invitation},
    storage::{Administrator, GroupLook, MappedGroup, SignedIn, StoreError, Work},
};

pub use self::{
    check::look_at_names,
    kept::KeptMapping,
    preview::{Preview, RoleChange, Unknown, preview},
    reading::Reading,
    rename::use_new_name,
    search::{Candidate, Search, search},
    status::{Status, statuses},
};

/// The team's mappings, and how far their groups can be read now.
#[derive(Debug)]
pub struct Mappings {
    /// The highest priority first, then by name.
    pub rows: Vec<MappedGroup>,
    /// Whether the groups can be read.
    pub reading: Reading,
    /// Whether people of the team's tenant can sign in; `None` without a tenant.
    pub enabled: Option<bool>,
    /// A verified domain of the tenant, once one is known.
    pub domain: Option<String>,
}

impl Mappings {
    /// When groups were last looked at; `None` if never.
    pub fn read_at(&self) -> Option<Timestamp> {
        self.rows
            .iter()
            .filter_map(|row| row.checked)
            .map(|(at, _)| at)
            .max()
    }

    /// The mappings that tie with this one.
    pub fn ties_of(&self, mapping: &Mapping) -> Vec<Mapping> {
        let all: Vec<_> = self.rows.iter().map(|row| row.mapping.clone()).collect();
        ties_of(mapping, &all).into_iter().cloned().collect()
    }
}

/// What a change did.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The mapping now.
    pub mapping: Mapping,
    /// The mappings it ties with.
    pub ties: Vec<Mapping>,
    /// Whether Microsoft could not be asked about the group.
    pub unchecked: bool,
    /// Whether it was saved as it had been.
    pub unchanged: bool,
}

impl Changed {
    /// The groups it ties with by name, and the role that wins among all of them.
    pub fn tie(&self) -> Option<(Vec<String>, MappableRole)> {
        let lowest = self.ties.iter().map(|other| other.role).min()?;
        let names = self.ties.iter().map(called).collect();
        Some((names, lowest.min(self.mapping.role)))
    }
}

/// What a group is called in a sentence: by its name where one is known.
pub fn called(mapping: &Mapping) -> String {
    mapping
        .group_name
        .clone()
        .unwrap_or_else(|| mapping.group.to_string())
}

/// How a change ended.
pub type Ended<T> = Result<T, MappingRefused>;

/// All mappings. For people who may change them, groups that were not looked at lately are looked at now, if they can be
/// read; that takes seconds at most.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn list(services: &Services, person: &SignedIn) -> Result<Mappings, ServiceError> {
    let registration = services.store.find_registration(person).await?;
    let rows = services.store.list_mapped_groups(person).await?;
    let (reading, mut rows) = match person.clone().administrator() {
        Ok(admin) => check::look(services, &admin, rows).await?,
        Err(_) => (reading::standing(services, person).await?, rows),
    };
    rows.sort_by(|left, right| {
        let by_priority = right.mapping.priority.cmp(&left.mapping.priority);
        let by_name = || {
            let name = |row: &MappedGroup| called(&row.mapping).to_lowercase();
            name(left).cmp(&name(right))
        };
        by_priority.then_with(by_name)
    });
    Ok(Mappings {
        rows,
        reading,
        enabled: registration.as_ref().map(|registration| registration.enabled),
        domain: registration.and_then(|registration| registration.domain),
    })
}

/// A verified domain of the team's tenant, once one is known.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn domain(services: &Services, admin: &Administrator) -> Result<Option<String>, ServiceError> {
    let registration = services.store.find_registration(admin).await?;
    Ok(registration.and_then(|registration| registration.domain))
}

/// One mapping with what is known of its group.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such mapping.
pub async fn find(
    services: &Services,
    person: &SignedIn,
    id: MappingId,
) -> Result<MappedGroup, ServiceError> {
    let found = services.store.find_mapped_group(person, id).await?;
    Ok(found.ok_or(StoreError::Missing)?)
}

/// What is known of a group that is about to be mapped.
enum Looked {
    /// It can be mapped.
    Fits(Option<GroupLook>),
    /// It cannot.
    Refused(Mistake),
}

/// Asks Microsoft for a group before it is mapped, where that is possible.
async fn look_at(
    services: &Services,
    admin: &Administrator,
    group: ObjectId,
) -> Result<Looked, ServiceError> {
    let Ok(door) = reading::open(services, admin).await? else {
        return Ok(Looked::Fits(None));
    };
    let found = match door.groups_named(&[group]).await {
        Ok(mut found) => found.remove(&group).flatten(),
        Err(error) => {
            tracing::info!(%error, "a group could not be looked at before it is mapped");
            return Ok(Looked::Fits(None));
        }
    };
    let Some(found) = found else {
        let is_person = door.is_person(group).await.unwrap_or_else(|error| {
            tracing::info!(%error, "it could not be told what an object is that is no group");
            false
        });
        return Ok(Looked::Refused(if is_person {
            Mistake::NotAGroup("user".to_owned())
        } else {
            Mistake::UnknownGroup
        }));
    };
    let kind = check::kind_of(&found);
    Ok(match kind.mistake() {
        Some(mistake) => Looked::Refused(mistake),
        None => Looked::Fits(Some(GroupLook {
            id: MappingId::from(uuid::Uuid::nil()),
            group: Some((kind, found.name)),
            members: None,
        })),
    })
}

/// Maps a group to a role.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn create(
    services: &Services,
    admin: &Administrator,
    form: &MappingForm,
    origin: Origin,
) -> Result<Ended<Changed>, ServiceError> {
    if services.store.find_registration(admin).await?.is_none() {
        return Ok(Err(MappingRefused::NotConfigured));
    }
    let wanted = match form.read() {
        Ok(wanted) => wanted,
        Err(mistakes) => return Ok(Err(MappingRefused::Mistakes(mistakes))),
    };
    let Wanted {
        group: Some(group),
        role,
        priority,
    } = wanted
    else {
        return Ok(Err(MappingRefused::Mistakes(vec![Mistake::NoGroup])));
    };
    if let Some(mapped) = mapped(services, admin, group).await? {
        return Ok(Err(mapped));
    }
    let look = match look_at(services, admin, group).await? {
        Looked::Fits(look) => look,
        Looked::Refused(mistake) => return Ok(Err(MappingRefused::Mistakes(vec![mistake]))),
    };
    let draft = MappingDraft {
        group,
        group_name: look.as_ref().and_then(|look| look.group.as_ref()?.1.clone()),
        role,
        priority,
    };
    let mut work = services.store.begin(admin).await?;
    let mapping = match work.insert_mapping(draft).await {
        Ok(mapping) => mapping,
        // Somebody else was faster.
        Err(StoreError::Conflict) => {
            drop(work);
            let mapped = mapped(services, admin, group).await?;
            return Ok(Err(mapped.unwrap_or(MappingRefused::Gone)));
        }
        Err(error) => return Err(error.into()),
    };
    let unchecked = look.is_none();
    let look = look.map(|look| GroupLook {
        id: mapping.id,
        ..look
    });
    work.note_mapping(mapping.id, admin.person().name(), look.as_ref())
        .await?;
    let event = told(admin, origin, Action::MappingCreated, &mapping);
    let ties = ties(&mut work, &mapping).await?;
    work.commit(event).await?;
    Ok(Ok(Changed {
        mapping,
        ties,
        unchecked,
        unchanged: false,
    }))
}

/// Gives a mapping another role or priority.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn update(
    services: &Services,
    admin: &Administrator,
    id: MappingId,
    form: &MappingForm,
    origin: Origin,
) -> Result<Ended<Changed>, ServiceError> {
    let form = MappingForm {
        id: Some(id),
        ..form.clone()
    };
    let wanted = match form.read() {
        Ok(wanted) => wanted,
        Err(mistakes) => return Ok(Err(MappingRefused::Mistakes(mistakes))),
    };
    let mut work = services.store.begin(admin).await?;
    let Some(before) = work.hold_mapping(id).await? else {
        return Ok(Err(MappingRefused::Gone));
    };
    if form.version.is_some_and(|seen| seen != before.version) {
        drop(work);
        return stale(services, admin, id).await.map(Err);
    }
    let unchanged = (before.role, before.priority) == (wanted.role, wanted.priority);
    work.update_mapping(id, wanted.role, wanted.priority).await?;
    work.note_mapping(id, admin.person().name(), None).await?;
    let mapping = Mapping {
        role: wanted.role,
        priority: wanted.priority,
        version: before.version + 1,
        ..before
    };
    let ties = ties(&mut work, &mapping).await?;
    let event = told(admin, origin, Action::MappingUpdated, &mapping)
        .with("from_role", before.role.to_string())
        .with("from_priority", i64::from(u8::from(before.priority)));
    work.commit(event).await?;
    Ok(Ok(Changed {
        mapping,
        ties,
        unchecked: false,
        unchanged,
    }))
}

/// Removes a mapping. Whoever has a role from it keeps it until the next sign-in.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn delete(
    services: &Services,
    admin: &Administrator,
    id: MappingId,
    version: Option<i64>,
    origin: Origin,
) -> Result<Ended<Mapping>, ServiceError> {
    let mut work = services.store.begin(admin).await?;
    let Some(mapping) = work.hold_mapping(id).await? else {
        return Ok(Err(MappingRefused::Gone));
    };
    if version.is_some_and(|seen| seen != mapping.version) {
        drop(work);
        return stale(services, admin, id).await.map(Err);
    }
    work.delete_mapping(id).await?;
    let ended = invitation::end_with_mapping(&mut work, admin, id, services.now(), origin).await?;
    let event = told(admin, origin, Action::MappingDeleted, &mapping)
        .with("invitations_revoked", i64::try_from(ended).unwrap_or(i64::MAX));
    work.commit(event).await?;
    Ok(Ok(mapping))
}

/// The mapping that a group has already, as a refusal.
async fn mapped(
    services: &Services,
    admin: &Administrator,
    group: ObjectId,
) -> Result<Option<MappingRefused>, ServiceError> {
    let mappings = services.store.list_mappings(admin).await?;
    let found = mappings.into_iter().find(|mapping| mapping.group == group);
    Ok(found.map(|mapping| MappingRefused::Mapped {
        id: mapping.id,
        group: called(&mapping),
        role: mapping.role,
    }))
}

/// What somebody else made of a mapping.
async fn stale(
    services: &Services,
    admin: &Administrator,
    id: MappingId,
) -> Result<MappingRefused, ServiceError> {
    let now = services.store.find_mapped_group(admin, id).await?;
    Ok(now.map_or(MappingRefused::Gone, |now| MappingRefused::Stale {
        by: now.changed.0,
        at: now.changed.1,
        role: now.mapping.role,
        priority: now.mapping.priority,
    }))
}

/// The mappings that tie with this one, as this work sees them.
async fn ties(work: &mut Work, mapping: &Mapping) -> Result<Vec<Mapping>, StoreError> {
    let all = work.list_mappings_with(mapping.priority).await?;
    Ok(ties_of(mapping, &all).into_iter().cloned().collect())
}

fn told(admin: &Administrator, origin: Origin, action: Action, mapping: &mapping::Mapping) -> Event {
    let event = Event::success(admin.person().actor(), action)
        .on("mapping", mapping.id)
        .from(origin.ip)
        .with("group", mapping.group.to_string())
        .with("role", mapping.role.to_string())
        .with("priority", i64::from(u8::from(mapping.priority)))
        .with("correlation_id", origin.reference.code());
    match &mapping.group_name {
        Some(name) => event.with("group_name", name.clone()),
        None => event,
    }
}
