//! What the server says about a team's tenant: results, reasons, consequences, states.
//!
//! The labels of the page itself are elsewhere, since the browser loads those. These are written on the server.

mod failures;
mod notices;
mod steps;

use super::{connection_test, minutes, words};
use crate::domain::{
    connection_test::Consent,
    tenant::{Named, Notice, Prover, SaveRefused, TenantId},
    time::Timestamp,
};

pub use self::{failures::Failures, steps::Steps};

/// The words about a tenant.
pub struct TenantWords {
    /// A tenant's ID, short enough for a sentence: `3f2a9c1e-…-6f70`.
    pub short: fn(TenantId) -> String,
    /// A tenant in a sentence: its domain, or `tenant 3f2a9c1e-…-6f70`.
    pub named: fn(&Named) -> String,
    /// Below the field, once a tenant is known.
    pub found: fn(&Named) -> String,
    /// What just happened. `host` is the login host of this server.
    pub notice: fn(&Notice, host: &str) -> String,
    /// Why nothing was saved.
    pub refused: fn(&SaveRefused) -> String,
    /// The field.
    pub tenant_id: &'static str,
    /// The first switch.
    pub enabled: &'static str,
    /// The second switch.
    pub allow_guests: &'static str,
    /// In the place of a value that somebody else removed.
    pub nothing_saved: &'static str,
    /// Microsoft sign-in: on.
    pub on: &'static str,
    /// Microsoft sign-in: off.
    pub off: &'static str,
    /// Ownership: proven.
    pub verified: &'static str,
    /// Ownership: not proven.
    pub unverified: &'static str,
    /// Admin consent, as far as it is known.
    pub consent: fn(Option<Consent>) -> &'static str,
    /// Of the default role.
    pub default_role: fn(role: &str) -> String,
    /// A region that waits for the first save.
    pub cannot_start: &'static str,
    /// The consent region before the first save.
    pub save_first: &'static str,
    /// Why ownership is to be proven.
    pub prove: fn(&Named) -> String,
    /// Where nothing waits for the proof.
    pub proof_not_awaited: &'static str,
    /// Who proved it and when.
    pub proven_by: fn(name: Option<&str>, by: Prover, at: Timestamp) -> String,
    /// What guests are given.
    pub guests_allowed: &'static str,
    /// Guests are not allowed.
    pub guests_refused: &'static str,
    /// Who may change this.
    pub who_may: fn(owners: &[String]) -> String,
    /// The server has Microsoft sign-in switched off.
    pub local_only: &'static str,
    /// The server has no credentials.
    pub no_credentials: &'static str,
    /// Another team took the tenant.
    pub displaced: fn(TenantId, at: Timestamp) -> String,
    /// Ownership waits; `true` when sign-in waits too.
    pub unproven: fn(&Named, sign_in_waits: bool) -> String,
    /// Microsoft does not accept the credential.
    pub credential_rejected: fn(expired: bool) -> String,
    /// The credential will expire then, or has.
    pub credential_expires: fn(at: Timestamp, expired: bool) -> String,
    /// The newest look found no approval or a part of one.
    pub consent_missing: fn(Consent) -> &'static str,
}

words!(TenantWords);

fn named(named: &Named) -> String {
    match &named.domain {
        Some(domain) => domain.clone(),
        None => format!("tenant {}", short(named.tenant)),
    }
}

fn short(tenant: TenantId) -> String {
    let whole = tenant.to_string();
    let (start, end) = (
        whole.get(..8).unwrap_or_default(),
        whole.get(32..).unwrap_or_default(),
    );
    format!("{start}-…-{end}")
}

fn refused(refused: &SaveRefused) -> String {
    match refused {
        SaveRefused::NotATenant(why) => (connection_test::EN.not_a_tenant)(why),
        SaveRefused::OwnClientId => connection_test::EN.own_client_id.to_owned(),
        SaveRefused::Unknown(typed) => {
            format!("Microsoft has no tenant \"{typed}\". Check the spelling, or paste the Tenant ID.")
        }
        SaveRefused::OtherCloud(host) => {
            format!("This tenant belongs to another Microsoft cloud. This server uses {host}.")
        }
        SaveRefused::CannotLookUp(domain) => {
            format!("We can't look up \"{domain}\" now. Paste the Tenant ID instead.")
        }
        SaveRefused::Taken => {
            "This tenant is registered to another SonicSaaS team. If it is yours, select Verify \
                               ownership: an unproven registration gives way to yours."
                .to_owned()
        }
        SaveRefused::Proven { by: Prover::Member } => {
            "Another team has already proven ownership of this tenant, by an account that is a plain member there. Only \
             the proof of a directory administrator of the tenant outranks that: if you are one, select Verify ownership. \
             Otherwise contact the platform administrator."
                .to_owned()
        }
        SaveRefused::Proven { .. } => {
            "Another team has already proven ownership of this tenant. Contact the platform administrator.".to_owned()
        }
        SaveRefused::Unreadable => {
            "The form held something that can't be read. Open the page again, then save once more.".to_owned()
        }
        SaveRefused::Gone { taken: true } => {
            "Another team proved that it owns the tenant that was saved here, so it was removed. Nothing was saved: \
             review the Tenant ID, then save again."
                .to_owned()
        }
        SaveRefused::Gone { taken: false } => {
            "Microsoft Entra ID was disconnected meanwhile. Nothing was saved: review the values, then save again to \
             connect it."
                .to_owned()
        }
        SaveRefused::Stale { by, at } => {
            let who = by.as_deref().unwrap_or("The platform administrator");
            format!(
                "{who} changed this at {}. Review the new values, then save again.",
                (minutes::EN.of)(*at)
            )
        }
    }
}

/// English.
pub static EN: TenantWords = TenantWords {
    short,
    named,
    found: |tenant| match &tenant.domain {
        Some(domain) => format!("Tenant found: {domain} ({})", short(tenant.tenant)),
        None => format!("Tenant found: {}", short(tenant.tenant)),
    },
    notice: notices::notice,
    refused,
    tenant_id: "Tenant ID",
    enabled: "Enabled",
    allow_guests: "Allow guests",
    nothing_saved: "disconnected",
    on: "On",
    off: "Off",
    verified: "Verified",
    unverified: "Unverified",
    consent: |consent| match consent {
        Some(Consent::Approved) => "Approved",
        Some(Consent::Partly) => "Partly approved",
        Some(Consent::Missing) => "Missing",
        None => "Unknown",
    },
    default_role: |role| {
        format!("People in no mapped group become {role}. Set by the platform administrator.")
    },
    cannot_start: "Cannot start yet",
    save_first: "Save your Tenant ID first.",
    prove: |tenant| {
        format!(
            "Sign in once to {} to prove that this tenant is yours. Admin consent and a passing test don't prove it: \
             any team could get them.",
            named(tenant)
        )
    },
    proof_not_awaited: "This server doesn't wait for it. A proven claim still displaces an unproven one.",
    proven_by: |name, by, at| {
        let day = (minutes::EN.day)(at);
        match (by, name) {
            (Prover::PlatformAdministrator, _) | (_, None) => {
                format!("Verified by the platform administrator on {day}.")
            }
            (Prover::DirectoryAdministrator, Some(name)) => {
                format!("Verified by {name}, directory administrator, on {day}.")
            }
            (Prover::Member, Some(name)) => {
                format!("Verified by {name}, member of the directory, on {day}.")
            }
        }
    },
    guests_allowed: "Guests of this tenant sign in by this address, so that Microsoft knows which tenant they mean:",
    guests_refused: "Allow guests is off: guests of this tenant can't sign in.",
    who_may: |owners| {
        let only = "Only owners and admins can change this.";
        if owners.is_empty() {
            only.to_owned()
        } else {
            format!("{only} Owners: {}.", owners.join(", "))
        }
    },
    local_only: "Microsoft sign-in is off on this server: AUTH_MODE is local-only. Only the platform administrator can \
                 change this.",
    no_credentials: "Microsoft sign-in isn't available: MICROSOFT_ENTRA_ID_CLIENT_ID or \
                     MICROSOFT_ENTRA_ID_CLIENT_SECRET isn't set on this server. The platform administrator sets them \
                     and restarts SonicSaaS.",
    displaced: |tenant, at| {
        format!(
            "Another team proved that it owns tenant {}. It was removed here on {}, and people can't sign in with \
             Microsoft.",
            short(tenant),
            (minutes::EN.day)(at)
        )
    },
    unproven: |tenant, sign_in_waits| {
        let waits = if sign_in_waits {
            "Microsoft sign-in waits for it."
        } else {
            "Group search, group names, member lists and group invitations wait for it."
        };
        format!("Ownership of {} isn't verified. {waits}", named(tenant))
    },
    credential_rejected: |expired| {
        let why = if expired {
            "The Entra app credential has expired, and Microsoft rejects it."
        } else {
            "Microsoft rejects the Entra app credential."
        };
        format!(
            "{why} Nobody can sign in with Microsoft until the platform administrator sets a new client secret."
        )
    },
    credential_expires: |at, expired| {
        let day = (minutes::EN.day)(at);
        let ask = "Ask the platform administrator to set a new client secret.";
        if expired {
            format!("The Entra app credential expired on {day}. Sign-ins fail since then. {ask}")
        } else {
            format!("The Entra app credential expires on {day}. Sign-ins fail after that. {ask}")
        }
    },
    consent_missing: |consent| match consent {
        Consent::Missing => "SonicSaaS hasn't been approved in this tenant. Select Grant admin consent.",
        Consent::Partly => "A permission is missing in this tenant. The connection test names it.",
        Consent::Approved => "",
    },
};

#[cfg(test)]
mod tests;
