//! How directory objects look in Graph's JSON.

use serde_json::{Map, Value, json};

use crate::directory::{DirectoryRole, Group, Tenant, Thing, ThingKind, User};

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
pub(super) fn user(user: &User) -> Map<String, Value> {
    let (given, family) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    members(json!({
        "@odata.type": "#microsoft.graph.user",
        "id": user.id,
        "businessPhones": [],
        "displayName": user.name,
        "givenName": given,
        "jobTitle": user.job_title,
        "mail": user.mail,
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
        "surname": family,
        "userPrincipalName": user.principal,
        "accountEnabled": user.enabled,
        "userType": if user.guest { "Guest" } else { "Member" },
    }))
}

pub(super) fn group(group: &Group) -> Map<String, Value> {
    let nickname = group.mail.as_deref().and_then(|mail| mail.split('@').next());
    members(json!({
        "@odata.type": "#microsoft.graph.group",
        "id": group.id,
        "deletedDateTime": null,
        "createdDateTime": "2025-01-15T08:30:00Z",
        "description": group.description,
        "displayName": group.name,
        "groupTypes": group.group_types,
        "mail": group.mail,
        "mailEnabled": group.mail_enabled,
        "mailNickname": nickname.map_or_else(|| group.id.to_string()[..8].to_owned(), str::to_owned),
        "membershipRule": group.membership_rule,
        "onPremisesSyncEnabled": group.on_premises.then_some(true),
        "securityEnabled": group.security_enabled,
        "visibility": group.hidden_membership.then_some("HiddenMembership"),
    }))
}

pub(super) fn role(role: &DirectoryRole) -> Map<String, Value> {
    members(json!({
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": role.id,
        "displayName": role.name,
        "roleTemplateId": role.template,
    }))
}

pub(super) fn thing(thing: &Thing) -> Map<String, Value> {
    let kind = match thing.kind {
        ThingKind::Device => "device",
        ThingKind::ServicePrincipal => "servicePrincipal",
        ThingKind::OrgContact => "orgContact",
    };
    members(json!({
        "@odata.type": format!("#microsoft.graph.{kind}"),
        "id": thing.id,
        "displayName": thing.name,
    }))
}

pub(super) fn organization(tenant: &Tenant, whole: bool) -> Map<String, Value> {
    let domains = tenant.domains.iter().enumerate().map(|(index, name)| {
        json!({
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": index == 0,
            "isInitial": name.ends_with(".onmicrosoft.com"),
            "name": name,
            "type": "Managed",
        })
    });
    members(json!({
        "id": tenant.id,
        "displayName": tenant.name,
        "verifiedDomains": domains.collect::<Vec<_>>(),
        "countryLetterCode": whole.then_some("US"),
        "tenantType": whole.then_some("AAD"),
        "technicalNotificationMails": whole.then(|| vec![format!("it@{}", tenant.default_domain())]),
    }))
}

/// Only the id and the type; every other property is there and null.
pub(super) fn limited(object: Map<String, Value>) -> Map<String, Value> {
    let visible = |name: &str| name == "id" || name == "@odata.type";
    object
        .into_iter()
        .map(|(name, value)| {
            if visible(&name) {
                (name, value)
            } else {
                (name, Value::Null)
            }
        })
        .collect()
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
