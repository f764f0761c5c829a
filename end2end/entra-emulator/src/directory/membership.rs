//! Who is in what, directly and through nested groups.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{DirectoryRole, Group, Tenant};

/// `wids` holds this for every member, whatever roles they have.
pub(crate) const DEFAULT_USER_TEMPLATE: Uuid = Uuid::from_u128(0xb79f_bf4d_3ef9_4689_8143_76b1_94e8_5509);
/// Global Administrator.
pub(crate) const GLOBAL_ADMINISTRATOR: Uuid = Uuid::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10);
/// Privileged Role Administrator.
pub(crate) const PRIVILEGED_ROLE_ADMINISTRATOR: Uuid =
    Uuid::from_u128(0xe861_1ab8_c189_46e8_94e1_6021_3ab1_f814);
/// Application Administrator.
pub(crate) const APPLICATION_ADMINISTRATOR: Uuid = Uuid::from_u128(0x9b89_5d92_2cd3_44c7_9d02_a6ac_2d5e_a5c3);
/// Cloud Application Administrator.
pub(crate) const CLOUD_APPLICATION_ADMINISTRATOR: Uuid =
    Uuid::from_u128(0x158c_047a_c907_4556_b7ef_4465_51a6_b5f7);

impl Tenant {
    /// Groups that hold this object directly.
    pub(crate) fn direct_groups(&self, member: Uuid) -> Vec<&Group> {
        self.groups
            .iter()
            .filter(|group| !group.deleted && group.members.contains(&member))
            .collect()
    }

    /// Groups that hold this object directly or through other groups, in the directory's order.
    pub(crate) fn transitive_groups(&self, member: Uuid) -> Vec<&Group> {
        let mut parents: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for group in self.groups.iter().filter(|group| !group.deleted) {
            for object in &group.members {
                parents.entry(*object).or_default().push(group.id);
            }
        }
        let mut found = HashSet::new();
        let mut open = vec![member];
        while let Some(object) = open.pop() {
            // Groups may hold each other: each is walked once.
            open.extend(
                parents
                    .get(&object)
                    .into_iter()
                    .flatten()
                    .filter(|&&group| found.insert(group)),
            );
        }
        self.groups
            .iter()
            .filter(|group| found.contains(&group.id))
            .collect()
    }

    /// What is in this group, directly or through other groups, those groups included, in the order of walking. A group
    /// that holds itself in the end is in itself.
    pub(crate) fn transitive_members(&self, group: &Group) -> Vec<Uuid> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut open = std::collections::VecDeque::from([group]);
        while let Some(holder) = open.pop_front() {
            for member in &holder.members {
                if seen.insert(*member) {
                    found.push(*member);
                    open.extend(self.group(*member));
                }
            }
        }
        found
    }

    /// Directory roles of this user.
    pub(crate) fn roles_of(&self, user: Uuid) -> Vec<&DirectoryRole> {
        self.roles
            .iter()
            .filter(|role| role.members.contains(&user))
            .collect()
    }

    /// Whether this user may use the application: assigned in person or as a direct member of an assigned group.
    pub(crate) fn is_assigned(&self, user: Uuid) -> bool {
        let assigned = &self.installation.assigned;
        assigned.contains(&user)
            || self
                .direct_groups(user)
                .iter()
                .any(|group| assigned.contains(&group.id))
    }
}
