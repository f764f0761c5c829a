//! What Microsoft last said about our own credential: accepted, or rejected and why.
//!
//! Everybody's sign-in hangs on it, so what one tenant alone can bring about (the application is not installed there, or
//! switched off) must never count against it. Numbers that we do not know therefore say nothing.

use std::sync::{Mutex, PoisonError};

use super::error::MicrosoftError;
use crate::domain::{
    credential::{CredentialFault, CredentialStanding},
    time::Timestamp,
};

/// The last word, in memory.
#[derive(Debug, Default)]
pub(super) struct Standing(Mutex<CredentialStanding>);

impl Standing {
    pub(super) fn now(&self) -> CredentialStanding {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Microsoft gave a token.
    pub(super) fn accepted(&self, at: Timestamp) {
        self.set(CredentialStanding::Accepted { at });
    }

    /// Microsoft gave an error. The operator hears of it when it is about the credential.
    pub(super) fn refused(&self, error: &MicrosoftError, at: Timestamp) {
        match said(error) {
            Said::Rejected(fault) => {
                tracing::error!(%error, "Microsoft does not accept this server's application credential");
                let number = error.number;
                self.set(CredentialStanding::Rejected { at, fault, number });
            }
            Said::Accepted => self.accepted(at),
            Said::Nothing => tracing::warn!(%error, "Microsoft gives the application no token"),
        }
    }

    fn set(&self, standing: CredentialStanding) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}

impl MicrosoftError {
    /// What is wrong with our own credential, when the token endpoint means that. Microsoft's number comes first, because
    /// its `error` differs from year to year.
    /// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
    pub fn credential_fault(&self) -> Option<CredentialFault> {
        match (self.number, self.error.as_str()) {
            (Some(7_000_222), _) => Some(CredentialFault::Expired),
            (Some(7_000_215), _) => Some(CredentialFault::Wrong),
            (Some(number), _) if is_about_the_credential(number) => Some(CredentialFault::Unusable),
            // Without a number there is the protocol's own word (RFC 6749 section 5.2).
            (None, "invalid_client") => Some(CredentialFault::Unusable),
            _ => None,
        }
    }
}

/// What an error of the token endpoint says about the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Rejected(CredentialFault),
    Accepted,
    Nothing,
}

fn said(error: &MicrosoftError) -> Said {
    match (error.credential_fault(), error.error.as_str()) {
        (Some(fault), _) => Said::Rejected(fault),
        // The code, the person or the consent was looked at, after the credential.
        (None, "invalid_grant" | "interaction_required" | "consent_required" | "login_required") => {
            Said::Accepted
        }
        (None, _) => Said::Nothing,
    }
}

/// Secret missing or not expected; certificate; federated token.
const fn is_about_the_credential(number: u32) -> bool {
    matches!(
        number,
        7_000_216
            | 7_000_218
            | 700_025
            | 50_013
            | 50_027
            | 700_021
            | 700_023
            | 700_024
            | 700_027
            | 700_030
            | 1_000_502
            | 5_002_738
            | 7_000_214
            | 7_000_274
            | 7_000_277
            | 70_021
            | 700_211..=700_213 | 7_002_137 | 7_002_138
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(word: &str, number: impl Into<Option<u32>>) -> MicrosoftError {
        MicrosoftError {
            error: word.to_owned(),
            number: number.into(),
            ..MicrosoftError::default()
        }
    }

    const fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn numbers_about_the_credential_are_told_apart() {
        for (number, fault) in [
            (7_000_222, CredentialFault::Expired),
            (7_000_215, CredentialFault::Wrong),
            (7_000_218, CredentialFault::Unusable),
            (700_027, CredentialFault::Unusable),
            (700_024, CredentialFault::Unusable),
            (7_000_214, CredentialFault::Unusable),
            (7_000_274, CredentialFault::Unusable),
            (7_000_277, CredentialFault::Unusable),
            (1_000_502, CredentialFault::Unusable),
            (700_211, CredentialFault::Unusable),
            (700_213, CredentialFault::Unusable),
            (7_002_137, CredentialFault::Unusable),
            (7_002_138, CredentialFault::Unusable),
        ] {
            assert_eq!(
                said(&error("invalid_client", number)),
                Said::Rejected(fault),
                "{number}"
            );
        }
        let old = error("invalid_request", 70_021);
        assert_eq!(said(&old), Said::Rejected(CredentialFault::Unusable));
        let bare = error("invalid_client", None);
        assert_eq!(said(&bare), Said::Rejected(CredentialFault::Unusable));
    }

    #[test]
    fn what_one_tenant_brings_about_says_nothing() {
        for (word, number) in [
            ("invalid_client", 7_000_229),
            ("unauthorized_client", 700_016),
            ("unauthorized_client", 7_000_112),
            ("invalid_client", 7_000_112),
            ("invalid_client", 501_051),
            ("invalid_client", 1),
            ("invalid_request", 90_002),
            ("invalid_scope", 1_002_012),
            ("invalid_resource", 500_011),
            ("unreadable", 1),
        ] {
            assert_eq!(said(&error(word, number)), Said::Nothing, "{number}");
        }
        assert_eq!(said(&error("unauthorized_client", None)), Said::Nothing);
    }

    #[test]
    fn the_last_word_counts_and_silence_changes_nothing() {
        let standing = Standing::default();
        assert_eq!(standing.now(), CredentialStanding::Untried);
        standing.refused(&error("invalid_client", 7_000_222), at(1));
        let rejected = CredentialStanding::Rejected {
            at: at(1),
            fault: CredentialFault::Expired,
            number: Some(7_000_222),
        };
        assert_eq!(standing.now(), rejected);
        standing.refused(&error("invalid_client", 7_000_229), at(2));
        assert_eq!(standing.now(), rejected);
        standing.refused(&error("invalid_grant", 70_008), at(3));
        assert_eq!(standing.now(), CredentialStanding::Accepted { at: at(3) });
        standing.refused(&error("invalid_client", 7_000_215), at(4));
        standing.accepted(at(5));
        assert_eq!(standing.now(), CredentialStanding::Accepted { at: at(5) });
    }
}
