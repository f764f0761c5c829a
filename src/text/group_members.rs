//! The page of the members of a mapped group: what travels with its code. What is told of a group is in
//! [`super::group_member_words`].

use super::words;

/// The words of the page.
pub struct GroupMembers {
    /// What the page is called while its group is not known.
    pub heading: &'static str,
    /// The page's data, in "Couldn't load …".
    pub data: &'static str,
    /// Who may open it.
    pub who_may: &'static str,
}

words!(GroupMembers);

/// English.
pub static EN: GroupMembers = GroupMembers {
    heading: "Group members",
    data: "members",
    who_may: "Only owners and admins can see the members of a mapped group.",
};
