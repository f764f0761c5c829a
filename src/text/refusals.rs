//! Why a sign-in was refused: for the person in front of the sign-in page and for administrators.
//!
//! One table holds both. What people read never says whether an account exists; what administrators read names the
//! cause.

use super::{minutes, words};
use crate::domain::{sign_in::Refusal, time::Timestamp};

/// The words of refused sign-ins.
pub struct Refusals {
    /// What happened, as a heading.
    pub heading: fn(Refusal) -> &'static str,
    /// What to do now, or nothing when the rest of the page says it.
    pub advice: fn(Refusal, Situation) -> Option<String>,
    /// The cause, for administrators of the team.
    pub cause: fn(Refusal) -> &'static str,
}

/// What decides between the forms of one sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// People can sign in with a password on this server.
    pub password: bool,
    /// When somebody who tried too often may try again.
    pub until: Option<Timestamp>,
}

words!(Refusals);

/// English.
pub static EN: Refusals = Refusals {
    heading: |refusal| match refusal {
        Refusal::TenantNotRegistered => "Your organization hasn't been set up for SSO yet",
        Refusal::TenantDisabled => "Microsoft sign-in is turned off for your team",
        Refusal::TenantUnverified => "Your team hasn't finished setting up Microsoft sign-in",
        Refusal::GuestRefused => "Guests can't sign in to this team",
        Refusal::PersonalAccount => "Personal Microsoft accounts can't be used",
        Refusal::Cancelled => "Microsoft sign-in was cancelled",
        Refusal::ConsentRequired => "Your organization hasn't approved SonicSaaS yet",
        Refusal::NotAssigned => "Your account isn't assigned to SonicSaaS",
        Refusal::BlockedByPolicy => "Your organization's sign-in policy stopped this sign-in",
        Refusal::ProviderError => "Microsoft reported a problem",
        Refusal::ProviderUnreachable => "We can't reach Microsoft right now",
        Refusal::StateInvalid => "That sign-in expired or was opened in another tab",
        Refusal::ExchangeFailed | Refusal::TokenInvalid => "We couldn't finish signing you in",
        Refusal::GroupsUnavailable => "We couldn't read your groups from Microsoft",
        Refusal::Suspended => "Your SonicSaaS account is suspended",
        Refusal::SsoDisabled => "Microsoft sign-in is turned off on this server",
        Refusal::PasswordDisabled => "Password sign-in is turned off on this server",
        Refusal::BadCredentials | Refusal::BadCode | Refusal::Throttled => "There is a problem",
    },
    advice: |refusal, Situation { password, until }| {
        let advice = match refusal {
            Refusal::TenantNotRegistered => {
                "Ask the person who manages SonicSaaS at your company to register your organization's tenant, or \
                 use a different account."
            }
            Refusal::TenantDisabled if password => {
                "Sign in with email, or ask an owner or admin of your team."
            }
            Refusal::TenantDisabled | Refusal::Suspended => "Ask an owner or admin of your team.",
            Refusal::TenantUnverified => "Ask an owner or admin of your team to verify ownership.",
            Refusal::GuestRefused => {
                "Use an account of the organization itself, or ask an owner or admin to allow guests."
            }
            Refusal::PersonalAccount => "Use your work or school account.",
            Refusal::Cancelled if password => "Try again, or sign in with email.",
            Refusal::Cancelled => "Try again.",
            Refusal::ConsentRequired => "Send this to your Microsoft 365 administrator:",
            Refusal::NotAssigned => "Ask your Microsoft 365 administrator to assign you or your group.",
            Refusal::BlockedByPolicy => {
                "Follow Microsoft's instructions for your device or network, or ask your administrator."
            }
            Refusal::ProviderUnreachable if password => "Sign in with email, or try again in a few minutes.",
            Refusal::ProviderError | Refusal::ProviderUnreachable => "Try again in a few minutes.",
            Refusal::StateInvalid => "Start again.",
            Refusal::ExchangeFailed | Refusal::TokenInvalid => {
                "Try again. If it keeps happening, send the reference to the person who manages SonicSaaS."
            }
            Refusal::GroupsUnavailable => {
                "You are in more groups than Microsoft puts in a sign-in, and it didn't give us the list. Try again \
                 later, or send the reference to your administrator."
            }
            Refusal::SsoDisabled if password => "Sign in with email.",
            Refusal::SsoDisabled => return None,
            Refusal::PasswordDisabled => "Use Sign in with Microsoft.",
            Refusal::BadCredentials => "Email address or password is incorrect. Check both and try again.",
            Refusal::BadCode => {
                "That code didn't match. Wait for a new code, and check that your phone sets its time automatically."
            }
            Refusal::Throttled => return Some(throttled(until)),
        };
        Some(advice.to_owned())
    },
    cause: |refusal| match refusal {
        Refusal::TenantNotRegistered => "Tenant not registered with any team",
        Refusal::TenantDisabled => "Enabled is off for this tenant",
        Refusal::TenantUnverified => "Ownership isn't verified, and this server requires it",
        Refusal::GuestRefused => "Guest account, and Allow guests is off",
        Refusal::PersonalAccount => "Personal Microsoft account",
        Refusal::Cancelled => "Cancelled at Microsoft",
        Refusal::ConsentRequired => "Admin consent is missing",
        Refusal::NotAssigned => "Assignment is required at Microsoft, and this person isn't assigned",
        Refusal::BlockedByPolicy => "Stopped by Conditional Access or another sign-in policy",
        Refusal::ProviderError => "Microsoft answered with an error",
        Refusal::ProviderUnreachable => "Microsoft didn't answer",
        Refusal::StateInvalid => "Missing, foreign, expired or replayed sign-in state",
        Refusal::ExchangeFailed => "Microsoft refused the code exchange; often the client secret has expired",
        Refusal::TokenInvalid => "The token failed a check:",
        Refusal::GroupsUnavailable => "Too many groups, and Microsoft Graph refused or didn't answer",
        Refusal::Suspended => "Account suspended",
        Refusal::SsoDisabled => "Microsoft sign-in is off (local-only)",
        Refusal::PasswordDisabled => "Password tried in entra-only",
        Refusal::BadCredentials => "Wrong email or password",
        Refusal::BadCode => "Wrong code",
        Refusal::Throttled => "Too many attempts",
    },
};

fn throttled(until: Option<Timestamp>) -> String {
    match until {
        Some(until) => format!(
            "Too many attempts. Try again after {}.",
            (minutes::EN.after)(until)
        ),
        None => "Too many attempts. Try again later.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: Situation = Situation {
        password: true,
        until: None,
    };

    #[test]
    fn email_is_offered_only_where_it_works() {
        for &refusal in Refusal::ALL {
            let without = (EN.advice)(refusal, Situation::default());
            // The password form's own refusal speaks of the address that was typed there.
            if refusal != Refusal::BadCredentials {
                assert!(!without.unwrap_or_default().contains("email"), "{refusal}");
            }
        }
        let offering: Vec<_> = Refusal::ALL
            .iter()
            .copied()
            .filter(|&refusal| {
                (EN.advice)(refusal, PASSWORD)
                    .is_some_and(|advice| advice.to_lowercase().contains("with email"))
            })
            .collect();
        assert_eq!(
            offering,
            [
                Refusal::TenantDisabled,
                Refusal::Cancelled,
                Refusal::SsoDisabled,
                Refusal::ProviderUnreachable
            ]
        );
    }

    #[test]
    fn administrators_can_tell_the_refusals_apart() {
        let causes: std::collections::HashSet<_> = Refusal::ALL.iter().map(|&it| (EN.cause)(it)).collect();
        assert_eq!(causes.len(), Refusal::ALL.len());
    }

    #[test]
    fn who_tried_too_often_reads_when_to_come_back() {
        let until = Timestamp::parse("2026-03-04T14:25:00Z");
        let advice = (EN.advice)(Refusal::Throttled, Situation { until, ..PASSWORD });
        assert_eq!(
            advice.as_deref(),
            Some("Too many attempts. Try again after 14:25 UTC.")
        );
    }
}
