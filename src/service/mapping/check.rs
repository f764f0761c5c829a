//! A look at the mapped groups: whether they are still there, what they are called, who is in them.

use std::{collections::HashMap, time::Duration};

use super::{
    people::{People, holds},
    reading::{self, Door, Reading},
};
use crate::{
    domain::{
        connection_test::Permitted,
        graph_permission::{Feature, missing},
        mapping::{GroupKind, Mapping, resolve},
        tenant::ObjectId,
        time::Timestamp,
    },
    entra::{EntraError, GroupFound},
    service::{ServiceError, Services},
    storage::{Administrator, GroupLook, MappedGroup, MembersSeen},
};

/// A look is good for so long.
const GOOD_FOR: Duration = Duration::from_mins(1);
/// So long all groups' people may take; who is not read by then is not counted here.
const PATIENCE: Duration = Duration::from_secs(6);

/// What kind of group was found.
pub(super) fn kind_of(group: &GroupFound) -> GroupKind {
    GroupKind::of(group.security_enabled, group.mail_enabled, group.unified)
}

fn is_never_sent(found: Option<&GroupFound>) -> bool {
    found.is_some_and(|group| kind_of(group) == GroupKind::NotSecurity)
}

/// Looks at the groups whose last look is too old, notes what it finds, and gives the rows as they are then.
pub(super) async fn look(
    services: &Services,
    admin: &Administrator,
    rows: Vec<MappedGroup>,
) -> Result<(Reading, Vec<MappedGroup>), ServiceError> {
    let door = match reading::open(services, admin).await? {
        Ok(door) => door,
        Err(closed) => return Ok((closed, rows)),
    };
    let now = services.now();
    let reading = match permitted(&door).await {
        Ok(reading) => reading,
        Err(error) => unreachable(&error),
    };
    if let Reading::NotPermitted(_) = reading {
        note(services, admin, &door, Permitted::Refused).await?;
    }
    if reading == Reading::Unreachable {
        return Ok((reading, rows));
    }
    // A group that was just mapped was looked at for its name alone.
    let uncounted = |row: &MappedGroup| row.members.is_none() && now < row.changed.1.plus(GOOD_FOR);
    let fresh = |row: &MappedGroup| {
        let lately = |(at, found): (Timestamp, bool)| {
            at <= now && now < at.plus(GOOD_FOR) && !(found && uncounted(row))
        };
        row.checked.is_some_and(lately)
    };
    if rows.is_empty() || rows.iter().all(fresh) {
        return Ok((reading, rows));
    }
    let groups: Vec<_> = rows.iter().map(|row| row.mapping.group).collect();
    let found = match door.groups_named(&groups).await {
        Ok(found) => found,
        Err(error) => return Ok((unreachable(&error), rows)),
    };
    if reading == Reading::Open {
        note(services, admin, &door, Permitted::Read).await?;
    }
    let people = people_of_all(services, &door, &found).await;
    // What Microsoft never sends at a sign-in decides nothing there.
    let mut sent = people.clone();
    for (group, _) in found.iter().filter(|(_, found)| is_never_sent(found.as_ref())) {
        sent.insert(*group, People::from([]));
    }
    let accounts = services.store.list_accounts_of_tenant(admin).await?;
    let mappings: Vec<_> = rows.iter().map(|row| row.mapping.clone()).collect();
    for mapping in &mappings {
        let group = found.get(&mapping.group).and_then(Option::as_ref);
        let members = people.get(&mapping.group).map(|list| MembersSeen {
            at: now,
            people: count(list.len()),
            signed_up: Some(count(
                accounts
                    .iter()
                    .filter(|account| holds(list, account.object))
                    .count(),
            )),
            decides: decides(mapping, &mappings, &sent, &found),
        });
        let look = GroupLook {
            id: mapping.id,
            group: group.map(|group| (kind_of(group), group.name.clone())),
            members,
        };
        services.store.upkeep().note_group(admin, now, &look).await?;
    }
    Ok((reading, services.store.list_mapped_groups(admin).await?))
}

/// Looks at nothing but whether the mapped groups are there and what they are called.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn look_at_names(services: &Services, admin: &Administrator) -> Result<(), ServiceError> {
    let Ok(door) = reading::open(services, admin).await? else {
        return Ok(());
    };
    let mappings = services.store.list_mappings(admin).await?;
    if mappings.is_empty() {
        return Ok(());
    }
    let groups: Vec<_> = mappings.iter().map(|mapping| mapping.group).collect();
    let found = match door.groups_named(&groups).await {
        Ok(found) => found,
        Err(error) => {
            tracing::info!(%error, "mapped groups could not be looked at");
            return Ok(());
        }
    };
    let now = services.now();
    for mapping in &mappings {
        let group = found.get(&mapping.group).and_then(Option::as_ref);
        let look = GroupLook {
            id: mapping.id,
            group: group.map(|group| (kind_of(group), group.name.clone())),
            members: None,
        };
        services.store.upkeep().note_group(admin, now, &look).await?;
    }
    Ok(())
}

/// Notes whether groups can be searched.
pub(super) async fn note(
    services: &Services,
    admin: &Administrator,
    door: &Door<'_>,
    found: Permitted,
) -> Result<(), ServiceError> {
    let tenant = door.proven().tenant();
    let upkeep = services.store.upkeep();
    upkeep
        .note_directory_reading(admin, tenant, Feature::GroupSearch, found)
        .await?;
    Ok(())
}

/// Whether groups can be searched, by what the token says.
async fn permitted(door: &Door<'_>) -> Result<Reading, EntraError> {
    let access = door.access().await?;
    let lacking = access
        .roles
        .as_deref()
        .map(|roles| missing(roles, Feature::GroupSearch))
        .filter(|lacking| !lacking.is_empty());
    Ok(lacking.map_or(Reading::Open, Reading::NotPermitted))
}

fn unreachable(error: &EntraError) -> Reading {
    tracing::info!(%error, "mapped groups could not be looked at");
    Reading::after(error, &super::search::NEEDED)
}

/// The people of every group that is there and small enough; a group that could not be read is not in it.
async fn people_of_all(
    services: &Services,
    door: &Door<'_>,
    found: &HashMap<ObjectId, Option<GroupFound>>,
) -> HashMap<ObjectId, People> {
    let mut there = Vec::new();
    for (id, group) in found {
        if group.is_some() {
            there.push(*id);
        }
    }
    let mut all = HashMap::new();
    for (group, people) in services.people.of_each(door, there, PATIENCE).await {
        match people {
            Ok(people) => drop(all.insert(group, people)),
            Err(error) => tracing::info!(%error, %group, "the people of a mapped group could not be counted"),
        }
    }
    all
}

/// Whether a mapping decides the role of anybody in its group; `None` when some group that matters is not known.
fn decides(
    mapping: &Mapping,
    mappings: &[Mapping],
    people: &HashMap<ObjectId, People>,
    found: &HashMap<ObjectId, Option<GroupFound>>,
) -> Option<bool> {
    let own = people.get(&mapping.group)?;
    let known = |other: &Mapping| {
        let gone = found.get(&other.group).is_some_and(Option::is_none);
        gone || people.contains_key(&other.group)
    };
    if !mappings.iter().all(known) {
        return None;
    }
    let decided = own.iter().any(|person| {
        let groups = groups_of(*person, mappings, people);
        resolve(&groups, mappings).is_some_and(|winner| winner.id == mapping.id)
    });
    Some(decided)
}

/// The mapped groups that somebody is in.
pub(super) fn groups_of(
    person: ObjectId,
    mappings: &[Mapping],
    people: &HashMap<ObjectId, People>,
) -> std::collections::HashSet<ObjectId> {
    mappings
        .iter()
        .map(|mapping| mapping.group)
        .filter(|group| people.get(group).is_some_and(|list| holds(list, person)))
        .collect()
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
