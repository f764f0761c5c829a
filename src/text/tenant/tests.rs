//! The sentences that depend on the most.

use super::*;
use crate::domain::{
    connection_test::{Finding, Step},
    tenant::Effect,
};

fn contoso(domain: Option<&str>) -> Named {
    Named {
        tenant: "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70".parse().expect("a tenant"),
        domain: domain.map(str::to_owned),
    }
}

#[test]
fn a_tenant_is_named_by_its_domain_or_by_a_short_id() {
    assert_eq!((EN.named)(&contoso(Some("contoso.com"))), "contoso.com");
    assert_eq!((EN.named)(&contoso(None)), "tenant 3f2a9c1e-…-6f70");
    assert_eq!(
        (EN.found)(&contoso(Some("contoso.com"))),
        "Tenant found: contoso.com (3f2a9c1e-…-6f70)"
    );
}

#[test]
fn a_save_says_what_follows_and_what_is_wrong() {
    let saved = |effect, concern| {
        let tenant = contoso(Some("contoso.com"));
        (EN.notice)(
            &Notice::Saved {
                tenant,
                effect,
                unchanged: false,
                concern,
            },
            "login.microsoftonline.com",
        )
    };
    assert_eq!(
        saved(Effect::On, None),
        "Microsoft Entra ID settings saved. People of contoso.com can sign in now."
    );
    assert_eq!(
        saved(Effect::Off(23), None),
        "Microsoft Entra ID settings saved. Microsoft sign-in is off, and 23 sessions ended."
    );
    let unasked = saved(Effect::On, Some((Step::FindTenant, Finding::NoAnswer)));
    assert!(
        unasked.ends_with("Warning: we couldn't check this tenant with Microsoft. Test again later."),
        "{unasked}"
    );
    let unapproved = saved(Effect::On, Some((Step::GetToken, Finding::NotApproved)));
    assert!(
        unapproved.ends_with(
            "Warning: the connection test doesn't pass yet. Get an access token: SonicSaaS hasn't been approved \
             in this tenant. Select Grant admin consent."
        ),
        "{unapproved}"
    );
}

#[test]
fn a_conflict_names_who_and_when() {
    let at = Timestamp::parse("2026-03-04T14:01:59Z").expect("a time");
    let by = Some("Priya Shah".to_owned());
    assert_eq!(
        (EN.refused)(&SaveRefused::Stale { by, at }),
        "Priya Shah changed this at 14:01 UTC. Review the new values, then save again."
    );
}
