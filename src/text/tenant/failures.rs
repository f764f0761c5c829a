//! Failed sign-ins, for administrators: who it was, and what to do about each reason.

use crate::{domain::sign_in::Refusal, text::words};

/// The words of failed sign-ins.
pub struct Failures {
    /// Nobody whose token was validated.
    pub unknown: &'static str,
    /// What to do.
    pub next: fn(Refusal) -> &'static str,
    /// A reason that this version does not know.
    pub other: &'static str,
    /// The label of a detail; none for what is shown anyway or is of no use to people.
    pub label: fn(name: &str) -> Option<&'static str>,
}

words!(Failures);

/// English.
pub(super) static EN: Failures = Failures {
    unknown: "Unknown",
    next: |refusal| match refusal {
        Refusal::TenantNotRegistered => "Register the tenant here, if it is yours.",
        Refusal::TenantDisabled => "Switch Enabled on and save.",
        Refusal::TenantUnverified => "Select Verify ownership.",
        Refusal::GuestRefused => {
            "Ask for an account of the organization itself, or switch Allow guests on and save."
        }
        Refusal::PersonalAccount => "Ask them to use their work or school account.",
        Refusal::Cancelled => "Nothing to do: they can try again.",
        Refusal::ConsentRequired => "Select Grant admin consent.",
        Refusal::NotAssigned => {
            "Assign them, or a group they are in, in Enterprise applications > SonicSaaS > Users and groups."
        }
        Refusal::BlockedByPolicy => {
            "Look into the sign-in logs of Microsoft Entra for the policy that stopped it."
        }
        Refusal::ProviderError | Refusal::ProviderUnreachable => {
            "They can try again in a few minutes. Test Connection shows whether Microsoft answers."
        }
        Refusal::StateInvalid => "They can start again from the sign-in page.",
        Refusal::ExchangeFailed | Refusal::TokenInvalid => {
            "Select Test Connection. If it passes, send the correlation ID to the platform administrator."
        }
        Refusal::GroupsUnavailable => {
            "Select Test Connection: step 6 says whether delegated GroupMember.Read.All is missing."
        }
        Refusal::Suspended => "Restore them in Members, if they should come in.",
        Refusal::SsoDisabled => "Ask the platform administrator: AUTH_MODE is local-only.",
        Refusal::PasswordDisabled | Refusal::BadCredentials | Refusal::BadCode | Refusal::Throttled => {
            "They can sign in with Microsoft."
        }
    },
    other: "Another reason",
    label: |name| {
        Some(match name {
            "check" => "Failed check",
            "microsoft_error" => "Microsoft's error",
            "microsoft_number" => "AADSTS number",
            "microsoft_correlation_id" => "Microsoft's correlation_id",
            "microsoft_trace_id" => "Microsoft's request-id",
            "claimed_tenant" | "tid" => "Tenant",
            "oid" => "Object ID",
            "graph_as_person" => "Microsoft Graph, as the person",
            "graph_as_application" => "Microsoft Graph, as SonicSaaS",
            _ => return None,
        })
    },
};
