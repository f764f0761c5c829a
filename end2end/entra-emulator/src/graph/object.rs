//! How directory objects look in Graph's JSON.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use crate::directory::{DirectoryRole, Group, Tenant, Thing, ThingKind, User};

/// Properties in order. A page has a thousand of these, so they are no more than a list.
#[derive(Clone, Debug)]
pub(super) struct Object(pub(super) Vec<(&'static str, Value)>);

impl Object {
    /// Without the type, as in collections of one type.
    pub(super) fn untyped(mut self) -> Self {
        self.0.retain(|(name, _)| *name != "@odata.type");
        self
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// An object of these properties.
macro_rules! object {
    ({ $($name:literal: $value:expr),* $(,)? }) => {
        Object(vec![$(($name, json!($value))),*])
    };
}

/// What a user has without `$select`.
pub(super) const USER_DEFAULTS: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// What a group has without `$select`.
pub(super) const GROUP_DEFAULTS: &[&str] = &[
    "id",
    "deletedDateTime",
    "createdDateTime",
    "description",
    "displayName",
    "groupTypes",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "onPremisesSyncEnabled",
    "securityEnabled",
    "visibility",
];

/// What objects of any type have without `$select`.
pub(super) const DEFAULTS: &[&str] = &[
    "id",
    "businessPhones",
    "description",
    "displayName",
    "givenName",
    "groupTypes",
    "jobTitle",
    "mail",
    "mailEnabled",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "securityEnabled",
    "surname",
    "userPrincipalName",
];

/// What an organization has without `$select`.
pub(super) const ORGANIZATION_DEFAULTS: &[&str] = &[
    "id",
    "displayName",
    "verifiedDomains",
    "countryLetterCode",
    "tenantType",
    "technicalNotificationMails",
];

/// A user, with what must be selected to be seen.
pub(super) fn user(user: &User) -> Object {
    let (given, family) = names(user);
    object!({
        "@odata.type": "#microsoft.graph.user",
        "id": user.id,
        "businessPhones": Value::Array(Vec::new()),
        "displayName": user.name,
        "givenName": given,
        "jobTitle": user.job_title,
        "mail": user.mail,
        "mobilePhone": Value::Null,
        "officeLocation": Value::Null,
        "preferredLanguage": Value::Null,
        "surname": family,
        "userPrincipalName": user.principal,
        "accountEnabled": user.enabled,
        "userType": user_type(user),
    })
}

/// Given name and surname.
pub(super) fn names(user: &User) -> (&str, &str) {
    user.name.split_once(' ').unwrap_or((&user.name, ""))
}

pub(super) fn user_type(user: &User) -> &'static str {
    if user.guest { "Guest" } else { "Member" }
}

/// What `User.ReadBasic.All` shows of somebody; everything else is there and null.
pub(super) fn basic(user: Object, principal: bool) -> Object {
    const BASIC: [&str; 6] = ["@odata.type", "id", "displayName", "givenName", "surname", "mail"];
    let shown = |name: &str| BASIC.contains(&name) || (principal && name == "userPrincipalName");
    strip(user, shown)
}

/// `mailNickname`: groups without a mail address have one too.
pub(super) fn nickname(group: &Group) -> String {
    let own = group.mail.as_deref().and_then(|mail| mail.split('@').next());
    own.map_or_else(|| group.id.to_string()[..8].to_owned(), str::to_owned)
}

pub(super) fn group(group: &Group) -> Object {
    object!({
        "@odata.type": "#microsoft.graph.group",
        "id": group.id,
        "deletedDateTime": Value::Null,
        "createdDateTime": "2025-01-15T08:30:00Z",
        "description": group.description,
        "displayName": group.name,
        "groupTypes": group.group_types,
        "mail": group.mail,
        "mailEnabled": group.mail_enabled,
        "mailNickname": nickname(group),
        "membershipRule": group.membership_rule,
        "onPremisesSyncEnabled": group.on_premises.then_some(true),
        "securityEnabled": group.security_enabled,
        "visibility": group.hidden_membership.then_some("HiddenMembership"),
    })
}

pub(super) fn role(role: &DirectoryRole) -> Object {
    object!({
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": role.id,
        "displayName": role.name,
        "roleTemplateId": role.template,
    })
}

pub(super) fn thing(thing: &Thing) -> Object {
    let kind = match thing.kind {
        ThingKind::Device => "device",
        ThingKind::ServicePrincipal => "servicePrincipal",
        ThingKind::OrgContact => "orgContact",
    };
    object!({
        "@odata.type": format!("#microsoft.graph.{kind}"),
        "id": thing.id,
        "displayName": thing.name,
    })
}

pub(super) fn organization(tenant: &Tenant, whole: bool) -> Object {
    let domains = tenant.domains.iter().enumerate().map(|(index, name)| {
        json!({
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": index == 0,
            "isInitial": name.ends_with(".onmicrosoft.com"),
            "name": name,
            "type": "Managed",
        })
    });
    object!({
        "id": tenant.id,
        "displayName": tenant.name,
        "verifiedDomains": domains.collect::<Vec<_>>(),
        "countryLetterCode": whole.then_some("US"),
        "tenantType": whole.then_some("AAD"),
        "technicalNotificationMails": whole.then(|| vec![format!("it@{}", tenant.default_domain())]),
    })
}

/// Only the id and the type; every other property is there and null.
pub(super) fn limited(object: Object) -> Object {
    strip(object, |name| name == "id" || name == "@odata.type")
}

fn strip(mut object: Object, visible: impl Fn(&str) -> bool) -> Object {
    for (name, value) in &mut object.0 {
        if !visible(name) {
            *value = Value::Null;
        }
    }
    object
}
