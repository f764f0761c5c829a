//! What a verified token says of somebody, and what it does not.

use super::*;

#[test]
fn the_identity_is_tenant_and_object() {
    let identity = accepted(base());
    assert_eq!(identity.key().tenant, tenant(TENANT_A));
    assert_eq!(identity.key().object.to_string(), OBJECT);
    assert_eq!(identity.subject(), "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ");
    assert_eq!(identity.name(), Some("Dana Reyes"));
    assert_eq!(identity.username(), Some("dana@contoso.com"));
    assert_eq!(identity.email(), None, "a user name is no address");
    assert_eq!(
        identity.microsoft_sid(),
        Some("7d1e8f2c-9a3b-4c5d-8e6f-0a1b2c3d4e5f")
    );
    let renamed = accepted(
        base()
            .with("preferred_username", "owner@contoso.com")
            .with("upn", "owner@contoso.com"),
    );
    assert_eq!(renamed.key(), identity.key(), "TOK-022: labels make nobody else");
}

#[test]
fn privileges_in_a_token_are_nothing() {
    let claims = base()
        .with("roles", json!(["owner", "admin"]))
        .with("role", "owner")
        .with("wids", json!(["62e90394-69f5-4237-9190-012177145e10"]))
        .with("is_admin", true)
        .with("team_id", TENANT_B);
    let identity = accepted(claims);
    assert!(
        identity.groups.ids.is_empty() && !identity.has_overage(),
        "TOK-086"
    );
}

#[test]
fn hostile_labels_are_cleaned() {
    let identity = accepted(base().with("name", "<script>alert(1)</script>"));
    assert_eq!(
        identity.name(),
        Some("<script>alert(1)</script>"),
        "a text, shown as text"
    );
    let long = format!("\u{202e}{}", "n".repeat(10_000));
    let identity = accepted(
        base()
            .with("name", long)
            .with("email", json!(["a", "b"]))
            .with("preferred_username", json!({ "x": 1 })),
    );
    assert_eq!(identity.name().map(str::len), Some(256), "TOK-092");
    assert_eq!((identity.email(), identity.username()), (None, None));
    let identity = accepted(
        base()
            .with("name", "\u{200b} ")
            .with("email", " Dana@Contoso.com ")
            .with("sid", "a b"),
    );
    assert_eq!(identity.name(), None);
    assert_eq!(identity.email(), Some("dana@contoso.com"));
    assert_eq!(identity.microsoft_sid(), None);
}

#[test]
fn guests_are_told_from_members() {
    let foreign = format!("https://sts.windows.net/{TENANT_B}/");
    let guests = [
        base().with("acct", 1).with("idp", foreign.as_str()),
        base().with("acct", 1),
        base().with("idp", foreign.as_str()),
        base().with("acct", 0).with("idp", foreign.as_str()),
        base().with("idp", "live.com"),
        base().with("idp", format!("{AUTHORITY}/{TENANT_B}/v2.0")),
        base().with("idp", Value::Null),
        base().with("idp", json!([])),
        base().with("idp", ""),
        base().with("acct", "1"),
        base().with("acct", true),
        base().with("acct", Value::Null),
    ];
    for guest in guests {
        assert!(
            accepted(guest.clone()).is_guest(),
            "TOK-084/098: {}",
            guest.claims
        );
    }
    let members = [
        base(),
        base().with("acct", 0),
        base().with("acct", "0"),
        base().with("idp", format!("{AUTHORITY}/{TENANT_A}/v2.0")),
        base().with("idp", format!("https://sts.windows.net/{TENANT_A}/")),
    ];
    for member in members {
        assert!(!accepted(member.clone()).is_guest(), "TOK-099: {}", member.claims);
    }
}

#[test]
fn groups_are_complete_or_asked_for() {
    let (one, two) = (OBJECT, TENANT_B);
    let listed = accepted(base().with("groups", json!([one, two, one, one.to_uppercase()])));
    assert_eq!((listed.groups.ids.len(), listed.has_overage()), (2, false));
    assert!(!accepted(base()).has_overage(), "no groups at all");
    assert!(!accepted(base().with("hasgroups", false)).has_overage());
    let other_source = base().with("_claim_names", json!({ "other": "src1" }));
    assert!(!accepted(other_source).has_overage(), "only groups count");
    let source = json!({ "src1": { "endpoint": "https://evil.example/" } });
    for incomplete in [
        base()
            .with("_claim_names", json!({ "groups": "src1" }))
            .with("_claim_sources", source),
        base().with("_claim_names", json!({ "groups": "src1" })),
        base().with("_claim_names", "src1"),
        base().with("hasgroups", true),
        base().with("hasgroups", "true"),
        base().with("hasgroups", 1),
        base().with("groups:src1", json!({})),
        base().with("groups", Value::Null),
        base().with("groups", one),
        base().with("groups", json!([one, 7])),
        base().with("groups", json!([one, "MSP-Admins"])),
        base().with("groups", json!({})),
    ] {
        assert!(
            accepted(incomplete.clone()).has_overage(),
            "{}",
            incomplete.claims
        );
    }
}
