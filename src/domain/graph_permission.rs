//! Every permission that SonicSaaS asks Microsoft for, once: the sign-in's scopes, the permissions page, the printed app
//! registration and the connection test all read these constants, so they cannot say different things.
//!
//! What a permission is for stands here as a code; `text/permissions.rs` has the words. What must never stand here is a
//! permission to change anything in a tenant, or to read what people write: a test refuses it by name.
//! <https://learn.microsoft.com/graph/permissions-reference>

use super::connection_test::{ConnectionTest, Finding, Step};
use uuid::{Uuid, uuid};

/// Microsoft Graph's own application ID, the same in every cloud and tenant.
pub const MICROSOFT_GRAPH: Uuid = uuid!("00000003-0000-0000-c000-000000000000");

/// Who holds a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The application itself, without anybody signed in: an app role, in the token's `roles`.
    Application,
    /// The application on behalf of the person who signs in: a scope, in the token's `scp`.
    Delegated,
}

impl Holder {
    /// As `requiredResourceAccess` of an app registration says it.
    pub const fn resource_access_type(self) -> &'static str {
        match self {
            Self::Application => "Role",
            Self::Delegated => "Scope",
        }
    }
}

/// What is done with a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Finds groups by name and shows their names.
    FindGroups,
    /// Reads names and email addresses of group members.
    ReadNames,
    /// Reads who is in a mapped group.
    ReadMembers,
    /// Reads the groups of whoever signs in.
    ReadOwnGroups,
}

/// What a permission opens in the product, and what is off without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Searching groups by name.
    GroupSearch,
    /// Members of a mapped group and invitations to them.
    GroupMembers,
    /// Sign-in of people in more groups than a token holds.
    ManyGroups,
}

/// A Microsoft Graph permission that an administrator approves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphPermission {
    /// Its name at Microsoft.
    pub name: &'static str,
    /// Who holds it.
    pub holder: Holder,
    /// The id of its app role or scope.
    pub id: Uuid,
    /// What is done with it.
    pub purpose: Purpose,
    /// What it opens.
    pub feature: Feature,
    /// Whether the app registration is complete without it.
    pub optional: bool,
}

/// Holds what `Group.Read.All` and the two for members hold, and more.
pub const WHOLE_DIRECTORY: &str = "Directory.Read.All";

/// The application's permissions that a feature lacks, by what the token says. Whether a call is allowed says nothing
/// about it: Microsoft would answer a list of groups to other permissions too, and members without a name instead of a
/// refusal.
pub fn missing(roles: &[String], feature: Feature) -> Vec<&'static str> {
    let has = |wanted: &str| roles.iter().any(|role| role == wanted);
    if has(WHOLE_DIRECTORY) {
        return Vec::new();
    }
    needed(feature).filter(|name| !has(name)).collect()
}

/// The application's permissions that a feature needs.
pub fn needed(feature: Feature) -> impl Iterator<Item = &'static str> {
    GRAPH_PERMISSIONS
        .iter()
        .filter(move |permission| permission.holder == Holder::Application && permission.feature == feature)
        .map(|permission| permission.name)
}

/// How many there are.
pub const COUNT: usize = 4;

/// Every one of them, in the order in which the permissions page lists them.
pub const GRAPH_PERMISSIONS: [GraphPermission; COUNT] = [
    GraphPermission {
        name: "Group.Read.All",
        holder: Holder::Application,
        id: uuid!("5b567255-7703-4780-807c-7be8301ae99b"),
        purpose: Purpose::FindGroups,
        feature: Feature::GroupSearch,
        optional: false,
    },
    GraphPermission {
        name: "User.Read.All",
        holder: Holder::Application,
        id: uuid!("df021288-bdef-4463-88db-98f22de89214"),
        purpose: Purpose::ReadNames,
        feature: Feature::GroupMembers,
        optional: true,
    },
    GraphPermission {
        name: "GroupMember.Read.All",
        holder: Holder::Application,
        id: uuid!("98830695-27a2-44f7-8c18-0c3ebc9698f6"),
        purpose: Purpose::ReadMembers,
        feature: Feature::GroupMembers,
        optional: true,
    },
    GraphPermission {
        name: "GroupMember.Read.All",
        holder: Holder::Delegated,
        id: uuid!("bc024368-1153-4739-b217-4326f2e966d0"),
        purpose: Purpose::ReadOwnGroups,
        feature: Feature::ManyGroups,
        optional: true,
    },
];

/// What is read at a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Who somebody is.
    Identity,
    /// The name.
    Name,
    /// The email address.
    Email,
    /// The person's own profile, and with it the own groups.
    Profile,
}

/// A scope that every sign-in asks for. Delegated, and a Microsoft Graph permission like the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInScope {
    /// Its name at Microsoft.
    pub name: &'static str,
    /// The id of its scope.
    pub id: Uuid,
    /// What is read with it.
    pub reading: Reading,
}

/// The scope that makes a request one of `OpenID` Connect.
pub const OPENID: SignInScope = SignInScope {
    name: "openid",
    id: uuid!("37f7f235-527c-4136-accd-4a02d197296e"),
    reading: Reading::Identity,
};

/// What a sign-in asks for beside [`OPENID`], in the order sent.
pub const BESIDE_OPENID: [SignInScope; 3] = [
    SignInScope {
        name: "profile",
        id: uuid!("14dad69e-099b-42c9-810b-d002981feec1"),
        reading: Reading::Name,
    },
    SignInScope {
        name: "email",
        id: uuid!("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"),
        reading: Reading::Email,
    },
    SignInScope {
        name: "User.Read",
        id: uuid!("e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
        reading: Reading::Profile,
    },
];

/// Every scope of a sign-in.
pub fn sign_in_scopes() -> impl Iterator<Item = SignInScope> {
    std::iter::once(OPENID).chain(BESIDE_OPENID)
}

/// What is known of one permission in one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// An administrator has approved it.
    Approved,
    /// Nobody has.
    Missing,
    /// No test could see it yet.
    Unknown,
}

/// How a tenant stands with each permission, in the order of [`GRAPH_PERMISSIONS`], as its newest connection test saw it.
/// The delegated one only a sign-in can see: `delegated` is what the newest one brought.
pub fn approvals(test: &ConnectionTest, delegated: Option<bool>) -> [Approval; COUNT] {
    GRAPH_PERMISSIONS.map(|permission| match permission.holder {
        Holder::Delegated => match delegated {
            Some(true) => Approval::Approved,
            Some(false) => Approval::Missing,
            None => Approval::Unknown,
        },
        Holder::Application => {
            let step = match permission.feature {
                Feature::GroupSearch => Step::SearchGroups,
                Feature::GroupMembers | Feature::ManyGroups => Step::ListMembers,
            };
            let found = |step| test.result(step).map(|result| &result.finding);
            match (found(Step::GetToken), found(step)) {
                (Some(Finding::NotApproved), _) => Approval::Missing,
                (_, Some(Finding::Missing(missing)))
                    if missing.iter().any(|name| name == permission.name) =>
                {
                    Approval::Missing
                }
                (
                    _,
                    Some(
                        Finding::Missing(_)
                        | Finding::Works
                        | Finding::WorksByDirectory
                        | Finding::Approved
                        | Finding::WaitsForProof,
                    ),
                ) => Approval::Approved,
                _ => Approval::Unknown,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nothing_may_be_changed_and_nothing_that_people_write_may_be_read() {
        let names = GRAPH_PERMISSIONS
            .map(|permission| permission.name)
            .into_iter()
            .chain(sign_in_scopes().map(|scope| scope.name));
        for name in names {
            for refused in ["Write", "Mail", "Files", "Calendars"] {
                assert!(!name.contains(refused), "{name}");
            }
        }
    }

    #[test]
    fn each_is_asked_for_once() {
        let ids: HashSet<_> = GRAPH_PERMISSIONS
            .map(|permission| permission.id)
            .into_iter()
            .chain(sign_in_scopes().map(|scope| scope.id))
            .collect();
        assert_eq!(ids.len(), COUNT + 4);
        let named: HashSet<_> = GRAPH_PERMISSIONS
            .iter()
            .map(|permission| (permission.name, permission.holder.resource_access_type()))
            .collect();
        assert_eq!(named.len(), COUNT);
    }

    #[test]
    fn the_registration_needs_one_and_the_rest_is_for_those_who_want_it() {
        let needed: Vec<_> = GRAPH_PERMISSIONS
            .iter()
            .filter(|permission| !permission.optional)
            .map(|permission| permission.name)
            .collect();
        assert_eq!(needed, ["Group.Read.All"]);
    }
}
