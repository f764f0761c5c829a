//! Tenants with their people, groups and directory roles.
//!
//! A membership is stored once, at the group. Everything a token or a Graph answer says about it is computed from
//! there on every request, so an edit shows at once and nothing can disagree.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) mod crowd;
pub(crate) mod membership;

pub use crowd::{Crowd, CrowdSize};

/// The tenant of all personal Microsoft accounts.
pub(crate) const PERSONAL_TENANT: Uuid = Uuid::from_u128(0x9188_040d_6c67_4c5b_b112_36a3_04b6_6dad);

/// All tenants.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Directory {
    pub(crate) tenants: Vec<Tenant>,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Tenant id.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Verified domains; the first one is the default.
    pub domains: Vec<String>,
    /// A line for the person picker.
    #[serde(default)]
    pub note: Option<String>,
    /// `tenant_region_scope` of the discovery document.
    #[serde(default = "north_america")]
    pub region_scope: String,
    /// `tenant_region_sub_scope`, when there is one.
    #[serde(default)]
    pub region_sub_scope: Option<String>,
    /// What this tenant decided about the application.
    #[serde(default)]
    pub installation: Installation,
    /// Its people.
    #[serde(default)]
    pub users: Vec<User>,
    /// Its groups.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Its activated directory roles.
    #[serde(default)]
    pub roles: Vec<DirectoryRole>,
    /// What else can be a member of a group.
    #[serde(default)]
    pub things: Vec<Thing>,
    /// People who are computed when somebody looks.
    #[serde(default)]
    pub crowds: Vec<Crowd>,
}

/// An object that is neither a person nor a group: it signs in nowhere, and stands in groups all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// Object id.
    pub id: Uuid,
    /// What it is.
    pub kind: ThingKind,
    /// Display name.
    pub name: String,
}

/// The kinds of such objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThingKind {
    /// A machine.
    Device,
    /// An application in this tenant.
    ServicePrincipal,
    /// A mail contact.
    OrgContact,
}

pub(crate) fn north_america() -> String {
    "NA".to_owned()
}

/// What Conditional Access says to the application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionalAccess {
    /// Nothing.
    #[default]
    Allow,
    /// Refuses: AADSTS53003.
    Block,
    /// Wants a second factor: AADSTS50076 with `claims` at the token endpoint, until `/authorize` is called with them.
    MultiFactor,
}

/// What a tenant decided about the application: its service principal, consent and access policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Installation {
    /// Object id of the service principal; absent when nobody ever consented.
    pub service_principal: Option<Uuid>,
    /// Whether an administrator left it enabled.
    pub enabled: bool,
    /// When consent was given last, in Unix time: new consent takes a while to arrive everywhere.
    pub consented_at: i64,
    /// Delegated permissions an administrator granted for everybody.
    pub delegated: BTreeSet<String>,
    /// Application permissions an administrator granted.
    pub application: BTreeSet<String>,
    /// Whether people may consent for themselves.
    pub user_consent: bool,
    /// What single people consented to.
    pub user_grants: BTreeMap<Uuid, BTreeSet<String>>,
    /// Whether only assigned people may sign in.
    pub assignment_required: bool,
    /// Users and groups assigned to the application; groups count for their direct members only.
    pub assigned: BTreeSet<Uuid>,
    /// App roles of the registration by user or group.
    pub app_roles: BTreeMap<Uuid, Vec<String>>,
    /// Conditional Access.
    pub conditional_access: ConditionalAccess,
}

impl Default for Installation {
    fn default() -> Self {
        Self {
            service_principal: None,
            enabled: true,
            consented_at: 0,
            delegated: BTreeSet::new(),
            application: BTreeSet::new(),
            user_consent: true,
            user_grants: BTreeMap::new(),
            assignment_required: false,
            assigned: BTreeSet::new(),
            app_roles: BTreeMap::new(),
            conditional_access: ConditionalAccess::default(),
        }
    }
}

/// Where a guest comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// The home tenant.
    pub tenant: Uuid,
    /// The object id there.
    pub user: Uuid,
}

/// A person's object in one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Object id in this tenant.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// User principal name.
    pub principal: String,
    /// Mail address, when there is one.
    #[serde(default)]
    pub mail: Option<String>,
    /// `accountEnabled`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// `userType` is Guest.
    #[serde(default)]
    pub guest: bool,
    /// Home tenant of a guest who signs in elsewhere.
    #[serde(default)]
    pub home: Option<Home>,
    /// Job title.
    #[serde(default)]
    pub job_title: Option<String>,
    /// Whether the person picker shows this person; generated people are not shown.
    #[serde(default = "yes")]
    pub listed: bool,
}

pub(crate) fn yes() -> bool {
    true
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one property of a group at Microsoft"
)]
pub struct Group {
    /// Object id.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Mail address of a mail-enabled group.
    #[serde(default)]
    pub mail: Option<String>,
    /// `securityEnabled`.
    #[serde(default = "yes")]
    pub security_enabled: bool,
    /// `mailEnabled`.
    #[serde(default)]
    pub mail_enabled: bool,
    /// `groupTypes`: `Unified`, `DynamicMembership`.
    #[serde(default)]
    pub group_types: Vec<String>,
    /// The rule of a dynamic group.
    #[serde(default)]
    pub membership_rule: Option<String>,
    /// Synchronised from on-premises.
    #[serde(default)]
    pub on_premises: bool,
    /// `visibility` is `HiddenMembership`.
    #[serde(default)]
    pub hidden_membership: bool,
    /// Deleted: it counts nowhere and answers 404.
    #[serde(default)]
    pub deleted: bool,
    /// Direct members: users, groups and things.
    #[serde(default)]
    pub members: Vec<Uuid>,
}

/// An activated directory role of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryRole {
    /// Object id in this tenant.
    pub id: Uuid,
    /// The template, the same in every tenant; this is what `wids` holds.
    pub template: Uuid,
    /// Display name.
    pub name: String,
    /// Users who hold it.
    #[serde(default)]
    pub members: Vec<Uuid>,
}

impl Directory {
    pub(crate) fn find(&self, id: Uuid) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.id == id)
    }

    pub(crate) fn find_mut(&mut self, id: Uuid) -> Option<&mut Tenant> {
        self.tenants.iter_mut().find(|tenant| tenant.id == id)
    }

    /// A tenant by id, verified domain or display name.
    pub(crate) fn named_mut(&mut self, name: &str) -> Option<&mut Tenant> {
        self.tenants.iter_mut().find(|tenant| tenant.is_named(name))
    }
}

impl Tenant {
    fn is_named(&self, name: &str) -> bool {
        Uuid::try_parse(name) == Ok(self.id) || self.has_domain(name) || self.name == name
    }

    pub(crate) fn has_domain(&self, name: &str) -> bool {
        self.domains
            .iter()
            .any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// Whether it is of a US Government cloud: GCC is not, and says so in its sub-scope.
    pub(crate) fn is_of_government(&self) -> bool {
        matches!(self.region_scope.as_str(), "USG" | "USGov")
            && self.region_sub_scope.as_deref() != Some("GCC")
    }

    pub(crate) fn is_personal(&self) -> bool {
        self.id == PERSONAL_TENANT
    }

    pub(crate) fn default_domain(&self) -> &str {
        self.domains.first().map_or("", String::as_str)
    }

    pub(crate) fn user(&self, id: Uuid) -> Option<Cow<'_, User>> {
        let kept = self.users.iter().find(|user| user.id == id);
        kept.map(Cow::Borrowed).or_else(|| self.computed(id))
    }

    /// A user by principal name.
    pub(crate) fn user_of_principal(&self, name: &str) -> Option<Cow<'_, User>> {
        self.user_where(name, |user| user.principal.eq_ignore_ascii_case(name))
    }

    /// Somebody kept or computed, by an address.
    fn user_where(&self, address: &str, fits: impl Fn(&User) -> bool) -> Option<Cow<'_, User>> {
        let kept = self.users.iter().find(|user| fits(user));
        kept.map(Cow::Borrowed).or_else(|| {
            let computed = self.crowds.iter().find_map(|crowd| crowd.addressed(address))?;
            // An edited one is no longer who the crowd says it is.
            let edited = self.users.iter().any(|user| user.id == computed.id);
            (!edited && fits(&computed)).then_some(Cow::Owned(computed))
        })
    }

    /// A user by object id, principal name, mail or display name.
    pub(crate) fn user_named(&self, name: &str) -> Option<Cow<'_, User>> {
        match Uuid::try_parse(name) {
            Ok(id) => self.user(id),
            Err(_) => self.user_where(name, |user| user.is_named(name)),
        }
    }

    pub(crate) fn thing(&self, id: Uuid) -> Option<&Thing> {
        self.things.iter().find(|thing| thing.id == id)
    }

    /// A group that is not deleted.
    pub(crate) fn group(&self, id: Uuid) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id && !group.deleted)
    }

    pub(crate) fn group_named_mut(&mut self, name: &str) -> Option<&mut Group> {
        self.groups
            .iter_mut()
            .find(|group| Uuid::try_parse(name) == Ok(group.id) || group.name == name)
    }

    /// The object of an account here: the account itself at home, its guest object elsewhere.
    pub(crate) fn object_of(&self, home: Home) -> Option<Cow<'_, User>> {
        if home.tenant == self.id {
            return self.user(home.user);
        }
        let guest = self.users.iter().find(|user| user.home == Some(home));
        guest.map(Cow::Borrowed)
    }

    pub(crate) fn has_role(&self, user: Uuid, templates: &[Uuid]) -> bool {
        self.roles
            .iter()
            .any(|role| templates.contains(&role.template) && role.members.contains(&user))
    }
}

impl User {
    pub(crate) fn is_named(&self, name: &str) -> bool {
        Uuid::try_parse(name) == Ok(self.id)
            || self.principal.eq_ignore_ascii_case(name)
            || self
                .mail
                .as_deref()
                .is_some_and(|mail| mail.eq_ignore_ascii_case(name))
            || self.name == name
    }

    /// The account behind this object.
    pub(crate) fn account(&self, tenant: Uuid) -> Home {
        self.home.unwrap_or(Home {
            tenant,
            user: self.id,
        })
    }
}
