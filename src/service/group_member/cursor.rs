//! A place in a list of members, as it leaves the server: sealed, and good for one team, one mapping and one filter.

use serde::{Deserialize, Serialize};

use super::Filter;
use crate::{
    domain::{
        id::{MappingId, TeamId},
        tenant::ObjectId,
    },
    seal::Sealer,
};

const PURPOSE: &str = "members of a group";

/// Where a page of the list begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Spot {
    /// In a group that was read whole and sorted: after this person.
    After {
        /// The name in lower case.
        name: String,
        /// Object ID.
        id: ObjectId,
        /// How many were shown before.
        shown: u64,
    },
    /// In a large group, in Microsoft's own order.
    Within {
        /// The page at Microsoft.
        address: String,
        /// How many of its people were passed.
        place: usize,
        /// How many were shown before.
        shown: u64,
        /// How many people were looked at before this page.
        looked_at: u64,
        /// About how many there are.
        about: Option<u64>,
    },
}

/// What a place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Belongs {
    pub(super) team: TeamId,
    pub(super) mapping: MappingId,
    pub(super) group: ObjectId,
    pub(super) filter: Filter,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    belongs: Belongs,
    spot: Spot,
}

/// As it leaves.
pub(super) fn seal(sealer: &Sealer, belongs: Belongs, spot: Spot) -> Option<String> {
    let text = serde_json::to_string(&Cursor { belongs, spot }).ok()?;
    Some(sealer.seal(PURPOSE, &text))
}

/// As it comes back; `None` for what was never sealed here, and for another team's, mapping's or filter's.
pub(super) fn open(sealer: &Sealer, belongs: Belongs, cursor: &str) -> Option<Spot> {
    let text = sealer.open(PURPOSE, cursor)?;
    let read: Cursor = serde_json::from_str(&text).ok()?;
    (read.belongs == belongs).then_some(read.spot)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn belongs(team: u128, filter: Filter) -> Belongs {
        Belongs {
            team: TeamId::from(Uuid::from_u128(team)),
            mapping: MappingId::from(Uuid::from_u128(2)),
            group: ObjectId::from(Uuid::from_u128(3)),
            filter,
        }
    }

    #[test]
    fn a_place_opens_for_its_own_team_and_filter_only() {
        let sealer = Sealer::from_list("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").expect("a key");
        let spot = Spot::After {
            name: "dana reyes".to_owned(),
            id: ObjectId::from(Uuid::from_u128(4)),
            shown: 50,
        };
        let own = belongs(1, Filter::All);
        let cursor = seal(&sealer, own, spot.clone()).expect("sealed");
        assert_eq!(open(&sealer, own, &cursor), Some(spot));
        assert_eq!(open(&sealer, belongs(9, Filter::All), &cursor), None);
        assert_eq!(open(&sealer, belongs(1, Filter::Invited), &cursor), None);
        assert_eq!(open(&sealer, own, "AAAA"), None);
        let other_purpose = sealer.seal("attempt", "{}");
        assert_eq!(open(&sealer, own, &other_purpose), None);
    }
}
