//! What is wrong whatever one does on the page.

use super::{said, words};
use crate::{
    domain::tenant::VerificationPolicy,
    service::{
        Services,
        tenant::{Facts, named},
    },
    storage::SignedIn,
    wire::tenant::{Said, Tone},
};

/// What stands at the top of the page of Microsoft Entra ID, for people who manage the team or read its log.
pub(super) fn of_page(services: &Services, person: &SignedIn, facts: &Facts) -> Vec<Said> {
    let may_know = person.clone().administrator().is_ok() || person.clone().audit_reader().is_ok();
    if !may_know {
        return Vec::new();
    }
    let mut found = of_credential(services);
    found.extend(lost(facts));
    found
}

/// What Microsoft or the calendar says about this server's credential.
pub(super) fn of_credential(_services: &Services) -> Vec<Said> {
    Vec::new()
}

/// Another team took the tenant.
pub(super) fn lost(facts: &Facts) -> Option<Said> {
    facts
        .displaced
        .map(|displaced| said(Tone::Fail, (words().displaced)(displaced.tenant, displaced.at)))
}

/// Ownership is not proven, and something waits for it.
pub(super) fn unproven(services: &Services, facts: &Facts) -> Option<Said> {
    let policy = services.rules.verification;
    let registration = &facts.setup.as_ref()?.registration;
    if registration.is_proven() || policy == VerificationPolicy::Off {
        return None;
    }
    let waits = policy == VerificationPolicy::Required;
    Some(said(Tone::Warn, (words().unproven)(&named(registration), waits)))
}
