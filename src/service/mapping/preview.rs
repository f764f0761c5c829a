//! What a change of the mappings will do, before it is made: who goes from which role to which at the next sign-in.
//!
//! Computed from the members of the groups as Microsoft tells them now, else from the groups of each person's newest
//! sign-in, and it says which. What is not known is said to be unknown. Each answer comes from
//! [`effect`](crate::domain::mapping::effect), which asks the functions that sign people in.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{
    people::{People, holds},
    reading::{self, Door, Reading},
};
use crate::{
    domain::{
        id::UserId,
        mapping::{Change, Mapping, effect, ties_of},
        member::Standing,
        role::{HeldRole, MappableRole, Role, RoleSource},
        tenant::ObjectId,
    },
    service::{ServiceError, Services},
    storage::{AccountOfTenant, Administrator, StoreError},
};

/// So long the groups may take in all; whoever edits a mapping waits for it.
const PATIENCE: Duration = Duration::from_secs(8);

/// One person whose role changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChange {
    /// Who.
    pub user: UserId,
    /// Display name.
    pub name: String,
    /// Address, where one is known.
    pub email: Option<String>,
    /// The role at the next sign-in, did nothing change.
    pub from: HeldRole,
    /// The role at the next sign-in.
    pub to: HeldRole,
}

/// What could not be found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Who is in the group: nothing can be said about anybody.
    Members(Reading),
    /// Who is in the group now: it is told from the groups of each person's newest sign-in.
    MembersNow(Reading),
    /// Who is in some other mapped group now: those memberships are told from each person's newest sign-in.
    OtherGroups(Reading),
}

/// What a change will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The people whose role changes, by name.
    pub changes: Vec<RoleChange>,
    /// So many people of the group keep their role because they are owners or it was set by hand.
    pub unaffected: u64,
    /// So many people of the group have no account yet; `None` when that is unknown.
    pub without_account: Option<u64>,
    /// So many of those will come in as admins, and would not have before.
    pub first_time_administrators: u64,
    /// So many invitations that were made from the mapping and nobody has accepted are taken back, when it is removed.
    pub invitations: u64,
    /// The mappings it will tie with.
    pub ties: Vec<Mapping>,
    /// The role that wins among those.
    pub winner: Option<MappableRole>,
    /// What could not be found out.
    pub unknown: Option<Unknown>,
}

impl Preview {
    /// How many people become able to change settings, mappings and roles: at their next sign-in, or at their first.
    pub fn new_administrators(&self) -> u64 {
        let becomes = |change: &&RoleChange| change.to.role == Role::Admin;
        let changed = self.changes.iter().filter(becomes).count();
        u64::try_from(changed)
            .unwrap_or(u64::MAX)
            .saturating_add(self.first_time_administrators)
    }
}

/// What a change will do.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when there is no such mapping.
pub async fn preview(
    services: &Services,
    admin: &Administrator,
    change: &Change,
) -> Result<Preview, ServiceError> {
    let rows = services.store.list_mapped_groups(admin).await?;
    let never_sent = rows.iter().filter(|row| row.is_never_sent());
    let never_sent: Vec<_> = never_sent.map(|row| row.mapping.group).collect();
    let before: Vec<_> = rows.into_iter().map(|row| row.mapping).collect();
    let group = change.group(&before).ok_or(StoreError::Missing)?;
    let after = change.applied(&before);
    let mut read = match reading::open(services, admin).await? {
        Ok(door) => read(services, &door, group, &before).await,
        Err(closed) => Read::closed(closed),
    };
    // Whoever is in such a group signs in as if it were not mapped.
    for group in never_sent {
        read.people.insert(group, People::from([]));
    }
    let accounts = services.store.list_accounts_of_tenant(admin).await?;
    let seen = Seen {
        read: &read,
        mappings: &before,
    };
    let mut preview = Preview {
        changes: Vec::new(),
        unaffected: 0,
        without_account: None,
        first_time_administrators: 0,
        invitations: 0,
        ties: Vec::new(),
        winner: None,
        unknown: read.unknown(group, before.iter().any(|mapping| mapping.group == group)),
    };
    if let Change::Remove(id) = change {
        let now = services.now();
        preview.invitations = services.store.count_invitations_of(admin, *id, now).await?;
    }
    if let Some(changed) = change.changed(&after) {
        preview.ties = ties_of(changed, &after).into_iter().cloned().collect();
        let lowest = preview.ties.iter().map(|tie| tie.role).min();
        preview.winner = lowest.map(|lowest| lowest.min(changed.role));
    }
    let default = services.rules.default_role;
    let mut with_account = 0;
    let known: HashSet<_> = accounts.iter().map(|account| account.object).collect();
    if let Some(people) = read.people.get(&group) {
        let newcomers = people.iter().filter(|person| !known.contains(person));
        let come_in = newcomers.filter(|person| {
            let mut groups = read.groups_of(**person, &before);
            groups.insert(group);
            let effect = effect(None, &groups, (&before, &after), default);
            effect.changes_role() && effect.to.role == Role::Admin
        });
        preview.first_time_administrators = u64::try_from(come_in.count()).unwrap_or(u64::MAX);
    }
    for account in accounts {
        let groups = seen.groups_of(&account, group);
        if !groups.contains(&group) {
            continue;
        }
        with_account += 1;
        if matches!(account.held.source, RoleSource::Owner | RoleSource::Manual) {
            preview.unaffected += 1;
            continue;
        }
        // Whoever is suspended does not sign in, so nothing happens to them.
        if account.standing == Standing::Suspended {
            continue;
        }
        let effect = effect(Some(account.held), &groups, (&before, &after), default);
        if effect.changes_role() {
            preview.changes.push(RoleChange {
                user: account.user,
                name: account.name,
                email: account.email,
                from: effect.from,
                to: effect.to,
            });
        }
    }
    preview.changes.sort_by(|left, right| {
        (left.name.to_lowercase(), left.user).cmp(&(right.name.to_lowercase(), right.user))
    });
    preview.without_account = read.people.get(&group).map(|people| {
        let all = u64::try_from(people.len()).unwrap_or(u64::MAX);
        all.saturating_sub(with_account)
    });
    Ok(preview)
}

/// The people of the groups, as far as they could be read.
struct Read {
    people: HashMap<ObjectId, People>,
    /// Why some could not.
    why: Option<Reading>,
}

impl Read {
    fn closed(why: Reading) -> Self {
        Self {
            people: HashMap::new(),
            why: Some(why),
        }
    }

    /// The mapped groups that somebody is in, as far as they could be read.
    fn groups_of(&self, person: ObjectId, mappings: &[Mapping]) -> HashSet<ObjectId> {
        super::check::groups_of(person, mappings, &self.people)
    }

    /// What is not known of the group that changes, which is mapped already or not; else of the others.
    fn unknown(&self, group: ObjectId, mapped: bool) -> Option<Unknown> {
        let why = self.why.clone()?;
        Some(match (self.people.contains_key(&group), mapped) {
            (true, _) => Unknown::OtherGroups(why),
            (false, true) => Unknown::MembersNow(why),
            (false, false) => Unknown::Members(why),
        })
    }
}

async fn read(services: &Services, door: &Door<'_>, group: ObjectId, mappings: &[Mapping]) -> Read {
    let mut groups: Vec<_> = mappings.iter().map(|mapping| mapping.group).collect();
    if !groups.contains(&group) {
        groups.insert(0, group);
    }
    let all = services.people.of_each(door, groups, PATIENCE).await;
    let mut read = Read {
        people: HashMap::new(),
        why: None,
    };
    for (group, people) in all {
        match people {
            Ok(people) => drop(read.people.insert(group, people)),
            // A group that is not there any more has nobody in it.
            Err(error) if error.is_not_found() => drop(read.people.insert(group, People::from([]))),
            Err(error) => {
                tracing::info!(%error, %group, "the people of a group could not be read for a preview");
                read.why = Some(Reading::after(&error, &["GroupMember.Read.All"]));
            }
        }
    }
    read
}

/// What is known about memberships: what Microsoft says now, else what a person's newest sign-in found.
struct Seen<'read> {
    read: &'read Read,
    mappings: &'read [Mapping],
}

impl Seen<'_> {
    /// The groups of one person among the mapped ones and the one that changes.
    fn groups_of(&self, account: &AccountOfTenant, group: ObjectId) -> HashSet<ObjectId> {
        let mut groups = HashSet::new();
        let live = |group: ObjectId| self.read.people.get(&group);
        if live(group).is_some_and(|people| holds(people, account.object)) {
            groups.insert(group);
        }
        for mapping in self.mappings {
            let is_in = match live(mapping.group) {
                Some(people) => holds(people, account.object),
                None => account.matched.contains(&mapping.id),
            };
            if is_in {
                groups.insert(mapping.group);
            }
        }
        groups
    }
}
