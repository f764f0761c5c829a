//! From names and rules to objects with ids.

use uuid::Uuid;

use super::{GroupKind, SeedGroup, SeedTenant, SeedUser};
use crate::{
    directory::{DirectoryRole, Group, Tenant, User},
    random,
};

impl SeedTenant {
    /// # Errors
    /// When a member or a holder names nobody.
    pub(crate) fn expand(&self) -> Result<Tenant, String> {
        let domain = self.domains.first().map_or("", String::as_str);
        let mut tenant = Tenant {
            id: self.id,
            name: self.name.clone(),
            domains: self.domains.clone(),
            note: self.note.clone(),
            region_scope: self.region_scope.clone(),
            region_sub_scope: None,
            installation: self.installation.clone(),
            users: self.users.iter().map(|user| user.expand(self.id)).collect(),
            groups: self
                .groups
                .iter()
                .map(|group| group.expand(self.id, domain))
                .collect(),
            roles: Vec::new(),
            things: Vec::new(),
            crowds: Vec::new(),
        };
        for group in &self.groups {
            let members = group
                .members
                .iter()
                .map(|name| self.member(name))
                .collect::<Result<Vec<_>, _>>()?;
            let made_up = made_up_people(&tenant, &group.name, group.generated_members);
            let expanded = tenant
                .group_named_mut(&group.name)
                .ok_or("the group was just made")?;
            expanded.members = members
                .into_iter()
                .chain(made_up.iter().map(|person| person.id))
                .collect();
            tenant.users.extend(made_up);
        }
        for role in &self.roles {
            tenant.roles.push(DirectoryRole {
                id: role.id.unwrap_or_else(|| {
                    random::derived_identifier(&format!("role {} {}", self.id, role.name))
                }),
                template: role.template,
                name: role.name.clone(),
                members: role
                    .members
                    .iter()
                    .map(|name| self.member(name))
                    .collect::<Result<_, _>>()?,
            });
        }
        if let Some(pool) = &self.group_pool {
            tenant
                .groups
                .extend((0..pool.count).map(|index| self.pool_group(&pool.name, index)));
        }
        Ok(tenant)
    }

    fn pool_group(&self, name: &str, index: usize) -> Group {
        let members = self
            .users
            .iter()
            .filter(|user| user.pool_groups > index)
            .map(|user| user.object_id(self.id));
        let mut group = numbered_group(self.id, name, index + 1);
        group.members = members.collect();
        group
    }

    fn member(&self, name: &str) -> Result<Uuid, String> {
        let user = self
            .users
            .iter()
            .find(|user| user.principal == name)
            .map(|user| user.object_id(self.id));
        let group = || {
            self.groups
                .iter()
                .find(|group| group.name == name)
                .map(|group| group.object_id(self.id))
        };
        user.or_else(group)
            .ok_or_else(|| format!("{}: nobody is called {name}", self.name))
    }
}

impl SeedUser {
    pub(super) fn object_id(&self, tenant: Uuid) -> Uuid {
        self.id
            .unwrap_or_else(|| random::derived_identifier(&format!("user {tenant} {}", self.principal)))
    }

    pub(crate) fn expand(&self, tenant: Uuid) -> User {
        let mail = self.mail.clone().unwrap_or_else(|| self.principal.clone());
        User {
            id: self.object_id(tenant),
            name: self.name.clone(),
            principal: self.principal.clone(),
            mail: (!self.no_mail).then_some(mail),
            enabled: self.enabled,
            guest: self.guest || self.home.is_some(),
            home: None,
            job_title: self.job_title.clone(),
            listed: true,
        }
    }
}

impl SeedGroup {
    fn object_id(&self, tenant: Uuid) -> Uuid {
        self.id
            .unwrap_or_else(|| random::derived_identifier(&format!("group {tenant} {}", self.name)))
    }

    pub(crate) fn expand(&self, tenant: Uuid, domain: &str) -> Group {
        use GroupKind::{MailEnabledSecurity, Microsoft365, Security, SecurityEnabledMicrosoft365};
        let mail_enabled = self.kind != Security;
        let unified = matches!(self.kind, Microsoft365 | SecurityEnabledMicrosoft365).then_some("Unified");
        let dynamic = self.rule.as_ref().map(|_| "DynamicMembership");
        let nickname = self
            .name
            .to_lowercase()
            .replace(|letter: char| !letter.is_ascii_alphanumeric(), "");
        Group {
            id: self.object_id(tenant),
            name: self.name.clone(),
            description: self.description.clone(),
            mail: mail_enabled.then(|| format!("{nickname}@{domain}")),
            security_enabled: matches!(
                self.kind,
                Security | MailEnabledSecurity | SecurityEnabledMicrosoft365
            ),
            mail_enabled,
            group_types: unified.into_iter().chain(dynamic).map(str::to_owned).collect(),
            membership_rule: self.rule.clone(),
            on_premises: self.on_premises,
            hidden_membership: self.hidden_membership,
            deleted: self.deleted,
            members: Vec::new(),
        }
    }
}

/// A numbered security group with a derived id.
pub(crate) fn numbered_group(tenant: Uuid, name: &str, number: usize) -> Group {
    Group {
        id: random::derived_identifier(&format!("group {tenant} {name} {number}")),
        name: format!("{name} {number:03}"),
        description: None,
        mail: None,
        security_enabled: true,
        mail_enabled: false,
        group_types: Vec::new(),
        membership_rule: None,
        on_premises: false,
        hidden_membership: false,
        deleted: false,
        members: Vec::new(),
    }
}

/// People who exist only to be counted.
pub(crate) fn made_up_people(tenant: &Tenant, group: &str, count: usize) -> Vec<User> {
    (1..=count)
        .map(|number| made_up_person(tenant, group, number))
        .collect()
}

/// A name for a number.
pub(crate) fn made_up_name(number: usize) -> String {
    const FIRST: [&str; 12] = [
        "Alma", "Boris", "Chen", "Dina", "Emil", "Fatou", "Gita", "Hugo", "Iris", "Jonas", "Kaya", "Luis",
    ];
    const LAST: [&str; 10] = [
        "Abel", "Bianchi", "Costa", "Dahl", "Engel", "Farkas", "Garcia", "Holm", "Ito", "Jansen",
    ];
    format!(
        "{} {} {number}",
        FIRST[number % FIRST.len()],
        LAST[number / FIRST.len() % LAST.len()]
    )
}

fn made_up_person(tenant: &Tenant, group: &str, number: usize) -> User {
    let short = group
        .to_lowercase()
        .replace(|letter: char| !letter.is_ascii_alphanumeric(), "");
    let principal = format!("{short}.{number:04}@{}", tenant.default_domain());
    User {
        id: random::derived_identifier(&format!("user {} {principal}", tenant.id)),
        name: made_up_name(number),
        mail: Some(principal.clone()),
        principal,
        enabled: true,
        guest: false,
        home: None,
        job_title: None,
        listed: false,
    }
}
