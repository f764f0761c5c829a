//! How people may sign in, and every reason for which a sign-in is refused.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Platform-wide choice of sign-in methods (`AUTH_MODE`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthMode {
    /// Microsoft and password.
    #[default]
    Hybrid,
    /// Microsoft only.
    EntraOnly,
    /// Password only.
    LocalOnly,
}

impl AuthMode {
    /// All modes with their documented names.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Hybrid, "hybrid"),
        (Self::EntraOnly, "entra-only"),
        (Self::LocalOnly, "local-only"),
    ];
}

/// Makes an enum of codes together with its list and its printed form.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The fixed word in URLs and audit events.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.code())
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|known| known.code() == text).ok_or(UnknownCode)
            }
        }
    };
}

/// The word is none of the fixed codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known code")]
pub struct UnknownCode;

codes!(
    /// Why a sign-in was refused: the reason of its audit event and the `?error=` of the sign-in page.
    Refusal {
        /// No team has registered this tenant.
        TenantNotRegistered = "tenant_not_registered",
        /// The team switched sign-in from this tenant off.
        TenantDisabled = "tenant_disabled",
        /// The server waits for the proof of ownership.
        TenantUnverified = "tenant_unverified",
        /// A guest, and the team allows none.
        GuestRefused = "guest_refused",
        /// A personal Microsoft account.
        PersonalAccount = "personal_account",
        /// The person cancelled at Microsoft.
        Cancelled = "cancelled",
        /// The tenant has not consented to the application.
        ConsentRequired = "consent_required",
        /// The application demands assignment, and this person has none.
        NotAssigned = "not_assigned",
        /// Conditional Access or another policy of the tenant.
        BlockedByPolicy = "blocked_by_policy",
        /// Microsoft answered with another error.
        ProviderError = "provider_error",
        /// The state is missing, foreign, expired or replayed.
        StateInvalid = "state_invalid",
        /// The code could not be redeemed.
        ExchangeFailed = "exchange_failed",
        /// The ID token failed a check.
        TokenInvalid = "token_invalid",
        /// Too many groups for the token, and Graph gave no list.
        GroupsUnavailable = "groups_unavailable",
        /// The member is suspended.
        Suspended = "suspended",
        /// Begun before Microsoft sign-in was switched off on this server.
        SsoDisabled = "sso_disabled",
        /// Password sign-in is off on this server.
        PasswordDisabled = "password_disabled",
        /// Wrong email address or password.
        BadCredentials = "bad_credentials",
        /// Wrong two-step code.
        BadCode = "bad_code",
        /// Too many attempts.
        Throttled = "throttled",
        /// Microsoft did not answer.
        ProviderUnreachable = "provider_unreachable",
    }
);

codes!(
    /// The check that failed, as `details.check` of the audit event.
    Check {
        /// The return carried no state.
        StateMissing = "state_missing",
        /// The state belongs to none of this browser's attempts.
        StateMismatch = "state_mismatch",
        /// The attempt is older than ten minutes.
        AttemptExpired = "tx_expired",
        /// This browser began no attempt.
        AttemptNotBound = "tx_not_bound_to_browser",
        /// The attempt was used before.
        AttemptSpent = "tx_spent",
        /// A parameter of the protocol came twice.
        ParameterDuplicate = "param_duplicate",
        /// The return carried no usable code.
        CodeMissing = "code_missing",
        /// Microsoft refused the code.
        TokenExchangeFailed = "token_exchange_failed",
        /// The token endpoint's answer is no token response.
        TokenResponseInvalid = "token_response_invalid",
        /// `iss` of the return (RFC 9207) names another issuer.
        IssuerParameterMismatch = "iss_param_mismatch",
        /// Metadata promises `iss` in the return, and it is missing.
        IssuerParameterMissing = "iss_param_missing",
        /// Microsoft returned an error.
        ProviderError = "op_error",
        /// Not a signed token in compact form.
        TokenMalformed = "token_malformed",
        /// Over 32 KiB.
        TokenTooLarge = "token_too_large",
        /// A header member that changes the meaning of the signature.
        HeaderNotAllowed = "header_not_allowed",
        /// `typ` is something else than `JWT`.
        TypeNotAllowed = "typ_not_allowed",
        /// `alg` is not RS256.
        AlgorithmNotAllowed = "alg_not_allowed",
        /// No such key at the tenant.
        KeyUnknown = "key_unknown",
        /// The signature does not fit.
        SignatureInvalid = "sig_invalid",
        /// The key belongs to another issuer.
        KeyIssuerMismatch = "key_issuer_mismatch",
        /// The key belongs to another cloud.
        CloudMismatch = "cloud_mismatch",
        /// `iss` is missing or no issuer of this authority.
        IssuerMismatch = "iss_mismatch",
        /// `iss` names another tenant than `tid`.
        IssuerTenantMismatch = "iss_tid_mismatch",
        /// `ver` is not `2.0`.
        Version = "ver",
        /// `aud` is not this application.
        AudienceMismatch = "aud_mismatch",
        /// `aud` names further audiences.
        AudienceUntrusted = "aud_untrusted",
        /// `azp` is not this application.
        AuthorizedPartyMismatch = "azp_mismatch",
        /// Expired, or no valid `exp`.
        Expired = "exp",
        /// Not yet valid, or no valid `nbf`.
        NotBefore = "nbf",
        /// Issued in the future or too long ago, or no valid `iat`.
        IssuedAt = "iat",
        /// Valid for an implausibly long time.
        Lifetime = "lifetime",
        /// The sign-in at Microsoft is older than asked for.
        AuthenticationTime = "auth_time",
        /// `nonce` is not that of this attempt.
        NonceMismatch = "nonce_mismatch",
        /// `at_hash` does not fit the access token.
        AccessTokenHash = "at_hash",
        /// No `tid`.
        TenantMissing = "tid_missing",
        /// `tid` is no tenant ID.
        TenantInvalid = "tid_invalid",
        /// No `oid`.
        ObjectMissing = "oid_missing",
        /// `oid` is no object ID.
        ObjectInvalid = "oid_invalid",
        /// No `sub`.
        SubjectMissing = "sub_missing",
        /// `sub` is empty, too long or no text.
        SubjectInvalid = "sub_invalid",
        /// The same person came with another `sub` before.
        SubjectChanged = "sub_changed",
        /// An application's token, not a person's.
        NotAUser = "not_a_user",
        /// A personal Microsoft account.
        PersonalAccount = "msa_not_allowed",
        /// A guest, and the team allows none.
        GuestNotAllowed = "guest_not_allowed",
        /// No team has connected this tenant.
        TenantNotConnected = "tenant_not_connected",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for refusal in Refusal::ALL {
            assert_eq!(refusal.code().parse(), Ok(*refusal));
        }
        for check in Check::ALL {
            assert_eq!(check.code().parse(), Ok(*check));
        }
        assert_eq!("<b>x</b>".parse::<Refusal>(), Err(UnknownCode));
    }
}
