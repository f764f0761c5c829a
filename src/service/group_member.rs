//! The members of a mapped group: one page of the list, with how each person stands with the team.
//!
//! A group that Microsoft gives at once is read whole, so it is sorted and counted exactly. A larger one is shown as
//! Microsoft gives it, from its first page on, and counted by Microsoft's index: then it is `about` so many. No more than
//! a few of Microsoft's pages are held or waited for. Whatever goes wrong on the way, the answer is that it went wrong,
//! and never a shorter list. No connection to the database is held while Microsoft is asked.

mod cursor;
mod person;
mod read;

use serde::{Deserialize, Serialize};

pub use self::person::{Person, Status};
use self::{
    cursor::{Belongs, Spot},
    read::{Ended, Reader},
};
use crate::{
    domain::{
        graph_permission::{Feature, missing},
        id::MappingId,
        invitation::Terms,
        mapping::Mapping,
    },
    entra::{ApplicationAccess, EntraError},
    service::{
        ServiceError, Services,
        mapping::{Reading, reading},
    },
    storage::{Administrator, InTeam as _, MappedGroup, StoreError},
};

/// Rows of a page.
pub const ROWS: usize = 50;
/// What reading names needs.
const PEOPLE: &str = "User.Read.All";
/// What reading members needs.
const MEMBERS: &str = "GroupMember.Read.All";
/// With one of these Microsoft lists the members of groups.
const LISTS_MEMBERS: [&str; 3] = [MEMBERS, "Group.Read.All", "Directory.Read.All"];

/// Whom a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Everybody.
    #[default]
    All,
    /// Those with an account.
    SignedUp,
    /// Those with an invitation that can be accepted.
    Invited,
    /// Those who can be invited.
    NotInvited,
    /// Those who cannot.
    CannotBeInvited,
}

impl Filter {
    /// All of them, in the order of the page.
    pub const EACH: [Self; 5] = [
        Self::All,
        Self::SignedUp,
        Self::Invited,
        Self::NotInvited,
        Self::CannotBeInvited,
    ];

    /// As it stands in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::SignedUp => "signed_up",
            Self::Invited => "invited",
            Self::NotInvited => "not_invited",
            Self::CannotBeInvited => "cannot_be_invited",
        }
    }

    /// What an address says; everybody unless it says something else.
    pub fn of(name: Option<&str>) -> Self {
        let found = Self::EACH.into_iter().find(|filter| Some(filter.name()) == name);
        found.unwrap_or_default()
    }
}

/// How many people there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly, and how many pass each filter, in the order of [`Filter::EACH`].
    Exact([u64; 5]),
    /// About so many.
    About(u64),
    /// Nobody can tell.
    Unknown,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The people.
    pub people: Vec<Person>,
    /// How many there are in all.
    pub count: Count,
    /// How many people stand before these in the list.
    pub before: u64,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
    /// How many were looked at so far, when looking stopped before the page was full.
    pub looked_at: Option<u64>,
}

/// What became of the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The list.
    List(List),
    /// The directory cannot be read.
    Closed(Reading),
    /// The group is not there any more.
    Gone,
    /// The place in the list is no place (any more).
    NoPlace,
    /// The application may not read members at all.
    NotPermitted,
    /// Microsoft did not answer, or not in a way that makes a list.
    Failed,
}

/// The members of a mapped group.
#[derive(Clone, Debug)]
pub struct GroupMembers {
    /// The mapping and what is known of its group.
    pub mapped: MappedGroup,
    /// All mappings of the team, for the names of those that win elsewhere.
    pub mappings: Vec<Mapping>,
    /// Permissions that an administrator has not approved.
    pub missing: Vec<&'static str>,
    /// Whether invitations are mailed.
    pub mailed: bool,
    /// The list, or why there is none.
    pub outcome: Outcome,
}

/// One page of the members of a mapped group.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such mapping.
pub async fn list(
    services: &Services,
    admin: &Administrator,
    id: MappingId,
    filter: Filter,
    cursor: Option<&str>,
) -> Result<GroupMembers, ServiceError> {
    let mapped = services.store.find_mapped_group(admin, id).await?;
    let mapped = mapped.ok_or(StoreError::Missing)?;
    let mut answer = GroupMembers {
        mappings: services.store.list_mappings(admin).await?,
        missing: Vec::new(),
        mailed: services.mail.is_some(),
        outcome: Outcome::Failed,
        mapped,
    };
    let belongs = Belongs {
        team: admin.team(),
        mapping: id,
        group: answer.mapped.mapping.group,
        filter,
    };
    let spot = match cursor {
        None => None,
        Some(sealed) => {
            let Some(spot) = cursor::open(&services.sealer, belongs, sealed) else {
                answer.outcome = Outcome::NoPlace;
                return Ok(answer);
            };
            Some(spot)
        }
    };
    let door = match reading::open(services, admin).await? {
        Ok(door) => door,
        Err(closed) => {
            answer.outcome = Outcome::Closed(closed);
            return Ok(answer);
        }
    };
    let access = match door.access().await {
        Ok(access) => access,
        Err(error) => {
            tracing::info!(%error, "the members of a group could not be listed");
            return Ok(answer);
        }
    };
    if let Some(roles) = access.roles.as_deref() {
        answer.missing = missing(roles, Feature::GroupMembers);
    }
    if access.holds_any(&LISTS_MEMBERS) == Some(false) {
        answer.outcome = Outcome::NotPermitted;
        return Ok(answer);
    }
    let registration = services.store.find_registration(admin).await?;
    let terms = Terms {
        mailed: answer.mailed,
        allow_guests: registration.is_some_and(|registration| registration.allow_guests),
    };
    let came_back = spot.is_some();
    let mut reader = Reader {
        services,
        admin,
        door: &door,
        group: belongs.group,
        filter,
        terms,
    };
    match reader.read(spot).await? {
        Ok(Ended {
            people,
            count,
            before,
            next,
            looked_at,
        }) => {
            note_nulls(&mut answer, &access, &people);
            answer.outcome = Outcome::List(List {
                people,
                count,
                before,
                next: next.and_then(|spot| cursor::seal(&services.sealer, belongs, spot)),
                looked_at,
            });
        }
        Err(error) => {
            tracing::info!(%error, "the members of a group could not be listed");
            answer.outcome = ended_by(&error, came_back);
            if answer.outcome == Outcome::NotPermitted && answer.missing.is_empty() {
                answer.missing = vec![MEMBERS];
            }
        }
    }
    Ok(answer)
}

/// Names that are null say which permission is missing when the token does not.
fn note_nulls(answer: &mut GroupMembers, access: &ApplicationAccess, people: &[Person]) {
    let withheld = people.iter().any(|person| person.name.is_none());
    if withheld && access.roles.is_none() && !answer.missing.contains(&PEOPLE) {
        answer.missing.push(PEOPLE);
    }
}

fn ended_by(error: &EntraError, came_back: bool) -> Outcome {
    match error {
        EntraError::Refused { status: 404, .. } => Outcome::Gone,
        EntraError::Refused { status: 403, .. } => Outcome::NotPermitted,
        // Microsoft does not know its own page any more.
        EntraError::Refused {
            status: 400 | 410, ..
        }
        | EntraError::Foreign { .. }
            if came_back =>
        {
            Outcome::NoPlace
        }
        _ => Outcome::Failed,
    }
}
