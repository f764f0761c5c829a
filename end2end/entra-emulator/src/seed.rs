//! The directory a fresh emulator starts with, as people write it.
//!
//! A seed names things by their names; ids are fixed, so tests and screenshots can rely on them. Large things are
//! given by rule (`generated_members`, `group_pool`) and get derived ids, the same on every machine.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    directory::{Directory, Home, Installation, north_america, yes},
    registration::Registration,
};

mod expand;

pub(crate) use expand::{made_up_name, made_up_people, numbered_group};

/// What a fresh emulator holds. Parse it with `serde_json`, or take [`Seed::contoso`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The app registration.
    #[serde(default)]
    pub application: Registration,
    /// The tenants.
    pub tenants: Vec<SeedTenant>,
}

/// A tenant of a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTenant {
    /// Tenant id.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Verified domains, the default one first.
    pub domains: Vec<String>,
    /// A line for the person picker.
    #[serde(default)]
    pub note: Option<String>,
    /// `tenant_region_scope`.
    #[serde(default = "north_america")]
    pub region_scope: String,
    /// What it decided about the application.
    #[serde(default)]
    pub installation: Installation,
    /// Its people.
    #[serde(default)]
    pub users: Vec<SeedUser>,
    /// Its groups.
    #[serde(default)]
    pub groups: Vec<SeedGroup>,
    /// Directory roles with the principal names of their holders.
    #[serde(default)]
    pub roles: Vec<SeedRole>,
    /// A pool of numbered security groups for people in very many groups.
    #[serde(default)]
    pub group_pool: Option<GroupPool>,
}

/// Numbered groups: `Project 001`, `Project 002`, …
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupPool {
    /// The name before the number.
    pub name: String,
    /// How many.
    pub count: usize,
}

/// A person of a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedUser {
    /// Object id; derived from the principal name when absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Display name.
    pub name: String,
    /// User principal name.
    pub principal: String,
    /// Mail address when it differs from the principal name.
    #[serde(default)]
    pub mail: Option<String>,
    /// Has no mail address at all.
    #[serde(default)]
    pub no_mail: bool,
    /// `accountEnabled`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// `userType` is Guest.
    #[serde(default)]
    pub guest: bool,
    /// Principal name in the home tenant, for a guest who signs in there.
    #[serde(default)]
    pub home: Option<String>,
    /// Job title.
    #[serde(default)]
    pub job_title: Option<String>,
    /// Direct member of the first so many groups of the pool.
    #[serde(default)]
    pub pool_groups: usize,
}

/// The kinds of groups Microsoft has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Security group.
    #[default]
    Security,
    /// Mail-enabled security group.
    MailEnabledSecurity,
    /// Distribution list.
    Distribution,
    /// Microsoft 365 group, not security-enabled.
    Microsoft365,
    /// Microsoft 365 group that is security-enabled.
    SecurityEnabledMicrosoft365,
}

/// A group of a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedGroup {
    /// Object id; derived from the name when absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Display name.
    pub name: String,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Kind.
    #[serde(default)]
    pub kind: GroupKind,
    /// The rule of a dynamic group.
    #[serde(default)]
    pub rule: Option<String>,
    /// Synchronised from on-premises.
    #[serde(default)]
    pub on_premises: bool,
    /// Membership hidden.
    #[serde(default)]
    pub hidden_membership: bool,
    /// Already deleted.
    #[serde(default)]
    pub deleted: bool,
    /// Direct members: principal names of people, names of groups.
    #[serde(default)]
    pub members: Vec<String>,
    /// So many made-up people are members too.
    #[serde(default)]
    pub generated_members: usize,
}

/// A directory role of a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedRole {
    /// Object id; derived when absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Template id.
    pub template: Uuid,
    /// Display name.
    pub name: String,
    /// Principal names of its holders.
    #[serde(default)]
    pub members: Vec<String>,
}

impl SeedUser {
    /// Somebody with a mail address like the principal name, in no group.
    pub fn new(name: &str, principal: &str) -> Self {
        Self {
            id: None,
            name: name.to_owned(),
            principal: principal.to_owned(),
            mail: None,
            no_mail: false,
            enabled: true,
            guest: false,
            home: None,
            job_title: None,
            pool_groups: 0,
        }
    }
}

impl SeedGroup {
    /// A security group without members.
    pub fn new(name: &str) -> Self {
        Self {
            id: None,
            name: name.to_owned(),
            description: None,
            kind: GroupKind::default(),
            rule: None,
            on_premises: false,
            hidden_membership: false,
            deleted: false,
            members: Vec::new(),
            generated_members: 0,
        }
    }
}

impl Seed {
    /// The demo directory: Contoso, Fabrikam, Litware and one personal account.
    ///
    /// # Panics
    /// Never: a test reads the committed seed.
    pub fn contoso() -> Self {
        serde_json::from_str(include_str!("../seeds/contoso.json")).expect("the committed seed is valid")
    }

    /// Turns names into ids and rules into objects.
    ///
    /// # Errors
    /// When a member, a holder or a home names nobody.
    pub(crate) fn directory(&self) -> Result<Directory, String> {
        let tenants = self
            .tenants
            .iter()
            .map(SeedTenant::expand)
            .collect::<Result<Vec<_>, _>>()?;
        let mut directory = Directory { tenants };
        for tenant in &self.tenants {
            resolve_homes(&mut directory, tenant)?;
        }
        Ok(directory)
    }
}

/// Tells a tenant's guests where they come from. Their homes must be in the directory by now.
///
/// # Errors
/// When no other tenant has somebody of that name.
pub(crate) fn resolve_homes(directory: &mut Directory, tenant: &SeedTenant) -> Result<(), String> {
    for user in &tenant.users {
        let Some(home) = &user.home else { continue };
        let account = find_home(directory, tenant.id, home)
            .ok_or_else(|| format!("{}: no other tenant has {home}", user.principal))?;
        let guest = user.object_id(tenant.id);
        let tenant = directory
            .find_mut(tenant.id)
            .ok_or("the tenant is not in the directory")?;
        for object in tenant.users.iter_mut().filter(|object| object.id == guest) {
            object.home = Some(account);
        }
    }
    Ok(())
}

/// Somebody of another tenant, by principal name.
pub(crate) fn find_home(directory: &Directory, guest_in: Uuid, name: &str) -> Option<Home> {
    let mut others = directory.tenants.iter().filter(|tenant| tenant.id != guest_in);
    others.find_map(|tenant| {
        Some(Home {
            tenant: tenant.id,
            user: tenant.user_named(name)?.id,
        })
    })
}

#[cfg(test)]
mod tests;
