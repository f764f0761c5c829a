//! Very many people in a group, without an object for each of them.
//!
//! A person of a crowd is computed from a number whenever somebody looks, and the object id says the number, so fifty
//! thousand cost nothing to make, nothing to keep, and are found as fast as one. An edit of one of them puts a
//! [`User`](super::User) of that id into the tenant, which is then the one that counts.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Tenant, User};
use crate::random;

/// Where guests of a crowd come from.
const PARTNER: &str = "partner.example";

/// How many people, and how many of a hundred are unusual. The same numbers are always the same people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrowdSize {
    /// People.
    pub people: u32,
    /// Of a hundred, so many have no mail address.
    pub without_mail: u32,
    /// Of a hundred, so many are disabled.
    pub disabled: u32,
    /// Of a hundred, so many are guests.
    pub guests: u32,
}

impl Default for CrowdSize {
    fn default() -> Self {
        Self {
            people: 0,
            without_mail: 3,
            disabled: 2,
            guests: 5,
        }
    }
}

impl CrowdSize {
    /// So many people, a few of them unusual.
    pub fn of(people: u32) -> Self {
        Self {
            people,
            ..Self::default()
        }
    }

    /// So many people, all of them enabled members with a mail address.
    pub fn plain(people: u32) -> Self {
        Self {
            people,
            without_mail: 0,
            disabled: 0,
            guests: 0,
        }
    }
}

/// The people of one group that are computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crowd {
    /// The group they are members of.
    pub group: Uuid,
    /// How many, and how many of them are unusual.
    pub size: CrowdSize,
    /// What their object ids begin with; the last four bytes are the number.
    pub(crate) first: Uuid,
    /// What their addresses begin with, and their domain.
    pub(crate) name: String,
    pub(crate) domain: String,
    /// Numbers of those who were taken out of the group.
    #[serde(default)]
    pub(crate) left: BTreeSet<u32>,
    /// Numbers of those who were deleted.
    #[serde(default)]
    pub(crate) gone: BTreeSet<u32>,
}

impl Crowd {
    pub(crate) fn new(tenant: &Tenant, group: Uuid, group_name: &str, size: CrowdSize) -> Self {
        let first = random::derived_identifier(&format!("crowd {} {group}", tenant.id));
        Self {
            group,
            size,
            first: Uuid::from_u128(first.as_u128() & !u128::from(u32::MAX)),
            name: group_name
                .to_lowercase()
                .replace(|letter: char| !letter.is_ascii_alphanumeric(), ""),
            domain: tenant.default_domain().to_owned(),
            left: BTreeSet::new(),
            gone: BTreeSet::new(),
        }
    }

    /// The object id of a number, counted from 1.
    pub(crate) fn id(&self, number: u32) -> Uuid {
        Uuid::from_u128(self.first.as_u128() | u128::from(number))
    }

    /// The number behind an object id, when it is of this crowd and was not deleted.
    pub(crate) fn number(&self, id: Uuid) -> Option<u32> {
        let number = u32::try_from(id.as_u128() & u128::from(u32::MAX)).ok()?;
        self.exists(number)
            .then_some(number)
            .filter(|number| self.id(*number) == id)
    }

    fn exists(&self, number: u32) -> bool {
        (1..=self.size.people).contains(&number) && !self.gone.contains(&number)
    }

    /// Whether this number is still in the group.
    pub(crate) fn holds(&self, number: u32) -> bool {
        self.exists(number) && !self.left.contains(&number)
    }

    /// How many are in the group.
    pub(crate) fn len(&self) -> usize {
        let missing = self.left.union(&self.gone).count();
        usize::try_from(self.size.people).unwrap_or(usize::MAX) - missing
    }

    /// The number at a place among those who are in the group, counted from 0.
    pub(crate) fn number_at(&self, place: usize) -> u32 {
        let mut number = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
        for missing in self.left.union(&self.gone) {
            if *missing <= number {
                number += 1;
            }
        }
        number
    }

    /// Somebody by principal name or mail address.
    pub(crate) fn addressed(&self, address: &str) -> Option<User> {
        let after = address
            .get(..self.name.len())
            .filter(|start| start.eq_ignore_ascii_case(&self.name))
            .and_then(|_| address[self.name.len()..].strip_prefix('.'))?;
        let digits = after.split(|letter: char| !letter.is_ascii_digit()).next()?;
        let number = digits.parse().ok().filter(|number| self.exists(*number))?;
        Some(self.person(number)).filter(|person| person.is_named(address))
    }

    /// Somebody by number.
    pub(crate) fn person(&self, number: u32) -> User {
        let size = self.size;
        // Scattered, so that every page has some of them.
        let slot = number.wrapping_mul(37) % 100;
        let no_mail = slot < size.without_mail;
        let enabled = !(size.without_mail..size.without_mail + size.disabled).contains(&slot);
        let before_guests = size.without_mail + size.disabled;
        let guest = (before_guests..before_guests + size.guests).contains(&slot);
        let local = format!("{}.{number:05}", self.name);
        let (principal, mail) = if guest {
            (
                format!("{local}_{PARTNER}#EXT#@{}", self.domain),
                format!("{local}@{PARTNER}"),
            )
        } else {
            let address = format!("{local}@{}", self.domain);
            (address.clone(), address)
        };
        User {
            id: self.id(number),
            name: crate::seed::made_up_name(usize::try_from(number).unwrap_or_default()),
            principal,
            mail: (!no_mail).then_some(mail),
            enabled,
            guest,
            home: None,
            job_title: None,
            listed: false,
        }
    }
}

/// The crowds of a tenant, asked for one person.
impl Tenant {
    /// The crowd somebody belongs to, and the number there.
    pub(super) fn crowd_of(&self, id: Uuid) -> Option<(&Crowd, u32)> {
        self.crowds
            .iter()
            .find_map(|crowd| Some((crowd, crowd.number(id)?)))
    }

    /// Every person, the computed ones last.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = Cow<'_, User>> {
        let kept = self.users.iter().map(Cow::Borrowed);
        let edited = self.users.iter().map(|user| user.id).collect::<HashSet<_>>();
        let computed = self.crowds.iter().flat_map(|crowd| {
            (1..=crowd.size.people)
                .filter(|number| crowd.exists(*number))
                .map(|number| crowd.person(number))
        });
        kept.chain(
            computed
                .filter(move |user| !edited.contains(&user.id))
                .map(Cow::Owned),
        )
    }

    pub(super) fn computed(&self, id: Uuid) -> Option<Cow<'_, User>> {
        let (crowd, number) = self.crowd_of(id)?;
        Some(Cow::Owned(crowd.person(number)))
    }

    /// Makes an object of somebody who was computed until now, so that it can be edited.
    pub(crate) fn settle(&mut self, name: &str) {
        if self.users.iter().any(|user| user.is_named(name)) {
            return;
        }
        let found = match Uuid::try_parse(name) {
            Ok(id) => self.computed(id).map(Cow::into_owned),
            Err(_) => self.crowds.iter().find_map(|crowd| crowd.addressed(name)),
        };
        self.users.extend(found);
    }
}
