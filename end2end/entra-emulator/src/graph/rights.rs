//! Which permissions open which call, as Microsoft publishes them.
//!
//! Application and delegated permissions are different lists: an app-only token's `roles` never count as `scp`, nor
//! the other way round. With delegated permissions the person needs the directory right as well, and guests have
//! little of it.

use super::{Call, failure::GraphFailure};
use crate::{
    access::Caller,
    directory::{ThingKind, User},
};

const READ_USERS: [&str; 2] = ["User.Read.All", "Directory.Read.All"];
const READ_BASIC_PROFILES: [&str; 1] = ["User.ReadBasic.All"];
const READ_GROUPS: [&str; 4] = [
    "GroupMember.Read.All",
    "Group.Read.All",
    "Directory.Read.All",
    "Group.ReadBasic.All",
];

impl Call<'_> {
    /// Whether the token holds one of these.
    pub(super) fn holds(&self, application: &[&str], delegated: &[&str]) -> bool {
        let (held, wanted) = match self.caller {
            Caller::Person { scopes, .. } => (scopes, delegated),
            Caller::Application { roles, .. } => (roles, application),
        };
        held.iter().any(|name| wanted.contains(&name.as_str()))
    }

    pub(super) fn is_self(&self, user: &User) -> bool {
        matches!(self.caller, Caller::Person { user: own, .. } if *own == user.id)
    }

    /// Guests read themselves, and hardly anything else.
    fn is_guest(&self) -> bool {
        match self.caller {
            Caller::Person { user, .. } => self.tenant.user(*user).is_some_and(|user| user.guest),
            Caller::Application { .. } => false,
        }
    }
}

fn require(allowed: bool) -> Result<(), GraphFailure> {
    if allowed {
        Ok(())
    } else {
        Err(GraphFailure::denied())
    }
}

const READ_MEMBERS: [&str; 4] = [
    "GroupMember.Read.All",
    "Group.Read.All",
    "Directory.Read.All",
    "GroupMember.ReadBasic.All",
];

/// `GET /groups/{id}/members`, `GET /groups/{id}/transitiveMembers`
pub(super) fn list_members(call: &Call<'_>) -> Result<(), GraphFailure> {
    require(!call.is_guest() && call.holds(&READ_MEMBERS, &READ_MEMBERS))
}

/// Whether the members of groups with hidden membership are shown.
pub(super) fn sees_hidden_members(call: &Call<'_>) -> bool {
    call.holds(&["Member.Read.Hidden"], &["Member.Read.Hidden"])
}

/// How much of a person comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Id and type; everything else is null.
    Nothing,
    /// Names and the mail address besides.
    Basic,
    /// Everything.
    Whole,
}

/// What a caller sees of people.
fn sight(call: &Call<'_>) -> Sight {
    if call.is_guest() {
        Sight::Nothing
    } else if call.holds(&READ_USERS, &READ_USERS) {
        Sight::Whole
    } else if call.holds(&READ_BASIC_PROFILES, &READ_BASIC_PROFILES) {
        Sight::Basic
    } else {
        Sight::Nothing
    }
}

/// The same of one person: everybody sees themselves.
pub(super) fn sight_of(call: &Call<'_>, user: &User) -> Sight {
    if call.is_self(user) && call.holds(&[], &["User.Read"]) {
        Sight::Whole
    } else {
        sight(call)
    }
}

/// `GET /users`
pub(super) fn list_users(call: &Call<'_>) -> Result<(), GraphFailure> {
    require(sight(call) != Sight::Nothing)
}

/// `POST /directoryObjects/getByIds`: whoever may read objects of one type may ask, and sees that type.
pub(super) fn get_by_ids(call: &Call<'_>) -> Result<(), GraphFailure> {
    require(sees_groups(call) || sight(call) != Sight::Nothing)
}

/// The same of devices, applications and contacts.
pub(super) fn sees_things(call: &Call<'_>, kind: ThingKind) -> bool {
    let own = match kind {
        ThingKind::Device => "Device.Read.All",
        ThingKind::ServicePrincipal => "Application.Read.All",
        ThingKind::OrgContact => "OrgContact.Read.All",
    };
    let wanted = [own, "Directory.Read.All"];
    !call.is_guest() && call.holds(&wanted, &wanted)
}

/// `GET /me`, `GET /users/{id}`
pub(super) fn read_user(call: &Call<'_>, user: &User) -> Result<(), GraphFailure> {
    require(sight_of(call, user) != Sight::Nothing)
}

/// `GET /groups/{id}`
pub(super) fn read_groups(call: &Call<'_>) -> Result<(), GraphFailure> {
    require(!call.is_guest() && call.holds(&READ_GROUPS, &READ_GROUPS))
}

/// Whether names and other properties of groups come back, or only their ids.
pub(super) fn sees_groups(call: &Call<'_>) -> bool {
    read_groups(call).is_ok()
}

/// `GET /organization`; true when all of it may be read.
pub(super) fn read_organization(call: &Call<'_>) -> Result<bool, GraphFailure> {
    const WHOLE: [&str; 2] = ["Organization.Read.All", "Directory.Read.All"];
    let whole = call.holds(&WHOLE, &WHOLE);
    require(whole || call.holds(&[], &["User.Read"]))?;
    Ok(whole)
}

/// `memberOf`, `transitiveMemberOf`
pub(super) fn list_memberships(call: &Call<'_>, user: &User, name: &str) -> Result<(), GraphFailure> {
    let own = call.is_self(user) && call.holds(&[], &["User.Read"]);
    // For an application, `memberOf` wants more than `transitiveMemberOf`.
    let application: &[&str] = if name == "memberOf" {
        &["Directory.Read.All"]
    } else {
        &[
            "GroupMember.Read.All",
            "Group.Read.All",
            "User.Read.All",
            "Directory.Read.All",
        ]
    };
    let delegated = [
        "GroupMember.Read.All",
        "Group.Read.All",
        "User.Read.All",
        "Directory.Read.All",
    ];
    require(own || (may_look_at(call, user) && call.holds(application, &delegated)))
}

/// `getMemberObjects`, `getMemberGroups`, `checkMemberObjects`, `checkMemberGroups`
pub(super) fn ask_memberships(call: &Call<'_>, user: &User, name: &str) -> Result<(), GraphFailure> {
    let groups_only = name.ends_with("MemberGroups");
    let enough = !groups_only || call.world.settings.member_groups_with_user_read;
    let own = call.is_self(user) && enough && call.holds(&[], &["User.Read"]);
    let application: &[&str] = if groups_only {
        &[
            "GroupMember.Read.All",
            "Group.Read.All",
            "User.Read.All",
            "Directory.Read.All",
        ]
    } else {
        &["User.Read.All", "Directory.Read.All"]
    };
    let delegated: &[&str] = if groups_only {
        &["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"]
    } else {
        &["User.Read.All", "Directory.Read.All"]
    };
    require(own || (may_look_at(call, user) && call.holds(application, delegated)))
}

fn may_look_at(call: &Call<'_>, user: &User) -> bool {
    call.is_self(user) || !call.is_guest()
}
