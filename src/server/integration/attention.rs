//! What is wrong whatever one does on the page.

use super::{said, words};
use crate::{
    domain::{
        credential::{CredentialExpiry, CredentialFault, CredentialStanding},
        tenant::VerificationPolicy,
    },
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

/// What Microsoft or the calendar says about this server's credential. What Microsoft says comes first: then nobody can
/// sign in any more.
pub(super) fn of_credential(services: &Services) -> Vec<Said> {
    let Some(entra) = &services.entra else {
        return Vec::new();
    };
    let expiry = entra.credential_expiry();
    if let CredentialStanding::Rejected { fault, .. } = entra.credential_standing() {
        let expired =
            fault == CredentialFault::Expired || matches!(expiry, Some(CredentialExpiry::Expired { .. }));
        return vec![said(Tone::Fail, (words().credential_rejected)(expired))];
    }
    let due = expiry.map(|expiry| match expiry {
        CredentialExpiry::Expired { expires } => {
            said(Tone::Fail, (words().credential_expires)(expires, true))
        }
        CredentialExpiry::Expiring(notice) => {
            said(Tone::Warn, (words().credential_expires)(notice.expires, false))
        }
    });
    due.into_iter().collect()
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
