//! Who is in what, directly and through nested groups.

use std::collections::{HashMap, HashSet, VecDeque};

use uuid::Uuid;

use super::{DirectoryRole, Group, Tenant, crowd::Crowd};

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

/// The members of a group, found by their place without walking to it.
pub(crate) struct MemberList<'a> {
    singles: Vec<Uuid>,
    crowds: Vec<&'a Crowd>,
}

impl MemberList<'_> {
    /// Keeps some of those that are not of a crowd, and the crowds or not.
    pub(crate) fn keep(&mut self, fits: impl FnMut(&Uuid) -> bool, people: bool) {
        self.singles.retain(fits);
        if !people {
            self.crowds.clear();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.singles.len() + self.crowds.iter().map(|crowd| crowd.len()).sum::<usize>()
    }

    /// The object at a place, counted from 0.
    pub(crate) fn at(&self, place: usize) -> Option<Uuid> {
        let Some(mut place) = place.checked_sub(self.singles.len()) else {
            return self.singles.get(place).copied();
        };
        for crowd in &self.crowds {
            if place < crowd.len() {
                return Some(crowd.id(crowd.number_at(place)));
            }
            place -= crowd.len();
        }
        None
    }
}

impl Tenant {
    /// The group of the crowd this object is in, if it is in one.
    fn crowd_group(&self, member: Uuid) -> Option<Uuid> {
        let (crowd, number) = self.crowd_of(member)?;
        let there = crowd.holds(number) && self.group(crowd.group).is_some();
        there.then_some(crowd.group)
    }

    /// Groups that hold this object directly.
    pub(crate) fn direct_groups(&self, member: Uuid) -> Vec<&Group> {
        let computed = self.crowd_group(member);
        let holds = |group: &Group| computed == Some(group.id) || group.members.contains(&member);
        let groups = self.groups.iter();
        groups.filter(|group| !group.deleted && holds(group)).collect()
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
        if let Some(group) = self.crowd_group(member) {
            found.insert(group);
            open.push(group);
        }
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

    /// What is in this group: direct members, or everything that is in it through other groups as well, those groups
    /// included, in the order of walking. A group that holds itself in the end is in itself. Of groups with hidden
    /// membership nothing is there, unless it may be seen.
    pub(crate) fn members_of(&self, group: &Group, transitive: bool, hidden: bool) -> MemberList<'_> {
        let (mut singles, mut crowds) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        let mut walked = HashSet::from([group.id]);
        let mut open = VecDeque::from([group.id]);
        while let Some(holder) = open.pop_front().and_then(|id| self.group(id)) {
            if holder.hidden_membership && !hidden {
                continue;
            }
            for member in &holder.members {
                if seen.insert(*member) {
                    singles.push(*member);
                }
                if transitive && self.group(*member).is_some() && walked.insert(*member) {
                    open.push_back(*member);
                }
            }
            crowds.extend(self.crowds.iter().filter(|crowd| crowd.group == holder.id));
        }
        singles.retain(|id| {
            let computed = self.crowd_of(*id);
            !computed.is_some_and(|(crowd, number)| {
                crowd.holds(number) && crowds.iter().any(|walked| walked.group == crowd.group)
            })
        });
        MemberList { singles, crowds }
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
