//! What can go wrong at Microsoft's doors, and what of it a refused sign-in may say.
//!
//! Two kinds: an [`EntraError`] is the whole cause and stays inside; a [`Rejection`] is what becomes the reason and
//! the details of an audit event. Microsoft's texts (`error_description`) are never kept: they are long, change
//! without notice and may name people. Numbers and correlation identifiers are kept, for support.

use std::{fmt, sync::Arc, time::Duration};

use uuid::Uuid;

use crate::domain::{
    sign_in::{Check, Refusal},
    tenant::TenantId,
};

/// Why a question to Microsoft has no usable answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EntraError {
    /// The options cannot work, such as a plain `http` host that is not loopback.
    #[error("the Microsoft settings cannot be used: {0}")]
    Configuration(String),
    /// No connection, or it broke.
    #[error("{what} could not be reached")]
    Unreachable {
        /// What was asked.
        what: &'static str,
        /// Why, without the address.
        #[source]
        cause: Arc<reqwest::Error>,
    },
    /// The answer did not come, or did not end, in time.
    #[error("{what} did not answer in time")]
    TimedOut {
        /// What was asked.
        what: &'static str,
    },
    /// Throttled or broken on their side, also after waiting as long as a sign-in may.
    #[error("{what} is unavailable (status {status})")]
    Unavailable {
        /// What was asked.
        what: &'static str,
        /// The last status.
        status: u16,
        /// How long Microsoft asked to wait, when it did.
        retry_after: Option<Duration>,
    },
    /// The answer was cut off at the limit.
    #[error("{what} is larger than {limit} bytes")]
    TooLarge {
        /// What was asked.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The answer is not what the protocol says.
    #[error("{what} cannot be read: {why}")]
    Malformed {
        /// What was asked.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The answer names another host than the configured one; nothing was sent there.
    #[error("{what} points to another authority: {named:?}")]
    Foreign {
        /// What was asked.
        what: &'static str,
        /// What it named.
        named: String,
    },
    /// The answer is about another tenant than the one asked for; nothing of it was used.
    #[error("{what} is of another tenant")]
    ForeignTenant {
        /// What was asked.
        what: &'static str,
        /// The tenant it names, when it names one.
        named: Option<TenantId>,
    },
    /// Microsoft said no.
    #[error("{what} was refused with status {status}: {error}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
        /// What Microsoft said.
        error: MicrosoftError,
    },
}

impl EntraError {
    /// A short word for the kind, for audit events.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Configuration(_) => "configuration",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Unavailable { .. } => "unavailable",
            Self::TooLarge { .. } => "too_large",
            Self::Malformed { .. } => "malformed",
            Self::Foreign { .. } => "foreign_address",
            Self::ForeignTenant { .. } => "foreign_tenant",
            Self::Refused { .. } => "refused",
        }
    }

    /// The HTTP status of Microsoft's last answer, where there was one that was not a success.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } | Self::Unavailable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether Microsoft says that there is no such thing.
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether Microsoft gave no verdict: out of reach, too late, overloaded or unreadable. Never a reason to call
    /// anything wrong.
    pub const fn is_no_answer(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Unavailable { .. }
            | Self::TooLarge { .. }
            | Self::Malformed { .. } => true,
            Self::Configuration(_)
            | Self::Foreign { .. }
            | Self::ForeignTenant { .. }
            | Self::Refused { .. } => false,
        }
    }

    /// What Microsoft said, where it said no.
    pub const fn microsoft(&self) -> Option<&MicrosoftError> {
        match self {
            Self::Refused { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// What Microsoft says about an error, as far as it may be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MicrosoftError {
    /// `error` of the protocol, or Graph's `code`.
    pub error: String,
    /// `suberror` or `error_subcode`.
    pub suberror: Option<String>,
    /// The number of an `AADSTS…` code.
    pub number: Option<u32>,
    /// Microsoft's correlation ID.
    pub correlation_id: Option<Uuid>,
    /// Microsoft's trace ID, or Graph's request ID.
    pub trace_id: Option<Uuid>,
}

impl MicrosoftError {
    /// Whether it says that nobody in the tenant has approved the application, or not any more.
    pub fn is_unapproved(&self) -> bool {
        match self.number {
            Some(number) => matches!(number, 7_000_229 | 700_016 | 501_051 | 65_001),
            None => matches!(self.error.as_str(), "unauthorized_client" | "consent_required"),
        }
    }
}

/// `invalid_grant (AADSTS70008)`.
impl fmt::Display for MicrosoftError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.error)?;
        match self.number {
            Some(number) => write!(formatter, " (AADSTS{number})"),
            None => Ok(()),
        }
    }
}

/// Why a sign-in does not go on: the reason of its audit event and what stands beside it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("sign-in refused: {refusal}")]
pub struct Rejection {
    /// `reason`, and the word on the sign-in page.
    pub refusal: Refusal,
    /// `details.check`, when a check failed.
    pub check: Option<Check>,
    /// What Microsoft said, when it said something.
    pub microsoft: Option<Box<MicrosoftError>>,
    /// The whole cause, for the log alone.
    #[source]
    pub cause: Option<Box<EntraError>>,
}

impl Rejection {
    /// The rejection by a failed check, with the reason that belongs to it (contract section 6).
    pub const fn of(check: Check) -> Self {
        Self {
            refusal: reason_of(check),
            check: Some(check),
            microsoft: None,
            cause: None,
        }
    }

    /// Microsoft returned an error instead of a code.
    pub(super) fn by_provider(microsoft: MicrosoftError) -> Self {
        let by_word = match microsoft.error.as_str() {
            "access_denied" => Refusal::Cancelled,
            "consent_required" => Refusal::ConsentRequired,
            _ => Refusal::ProviderError,
        };
        let refusal = microsoft.number.and_then(reason_of_number).unwrap_or(by_word);
        Self {
            refusal,
            check: Some(Check::ProviderError),
            microsoft: Some(Box::new(microsoft)),
            cause: None,
        }
    }

    /// Microsoft refused the code. A number with a reason of its own keeps it, since the person can act on that.
    pub(super) fn by_exchange(microsoft: MicrosoftError) -> Self {
        match microsoft.number.and_then(reason_of_number) {
            Some(_) => Self::by_provider(microsoft),
            None => Self {
                microsoft: Some(Box::new(microsoft)),
                ..Self::of(Check::TokenExchangeFailed)
            },
        }
    }
}

impl From<EntraError> for Rejection {
    fn from(cause: EntraError) -> Self {
        let (refusal, microsoft) = match &cause {
            EntraError::Refused { error, .. } => (Refusal::ProviderError, Some(Box::new(error.clone()))),
            EntraError::Foreign { .. } | EntraError::ForeignTenant { .. } | EntraError::Configuration(_) => {
                (Refusal::ProviderError, None)
            }
            _ => (Refusal::ProviderUnreachable, None),
        };
        Self {
            refusal,
            check: None,
            microsoft,
            cause: Some(Box::new(cause)),
        }
    }
}

/// The reason to which a check belongs.
const fn reason_of(check: Check) -> Refusal {
    match check {
        Check::StateMissing
        | Check::StateMismatch
        | Check::AttemptExpired
        | Check::AttemptNotBound
        | Check::AttemptSpent
        | Check::ParameterDuplicate => Refusal::StateInvalid,
        Check::CodeMissing
        | Check::TokenExchangeFailed
        | Check::TokenResponseInvalid
        | Check::IssuerParameterMismatch
        | Check::IssuerParameterMissing => Refusal::ExchangeFailed,
        Check::ProviderError => Refusal::ProviderError,
        Check::PersonalAccount => Refusal::PersonalAccount,
        Check::GuestNotAllowed => Refusal::GuestRefused,
        Check::TenantNotConnected => Refusal::TenantNotRegistered,
        _ => Refusal::TokenInvalid,
    }
}

/// The numbers that have a reason of their own. They serve the text a person reads, never a decision about rights.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
const fn reason_of_number(number: u32) -> Option<Refusal> {
    match number {
        65_001 | 90_094 | 90_095 => Some(Refusal::ConsentRequired),
        50_105 => Some(Refusal::NotAssigned),
        50_076 | 50_079 | 53_000..=53_003 | 530_032 | 530_035 => Some(Refusal::BlockedByPolicy),
        _ => None,
    }
}

/// Cleans what Microsoft, or whoever wrote the address, sent: short words stay, everything else is dropped.
pub(super) fn word(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    ((1..=64).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
}

/// The first `AADSTS` number in a description.
pub(super) fn number_in(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits)?.parse().ok()
}

/// The identifier behind `label` in a description such as `… Trace ID: … Correlation ID: …`.
pub(super) fn id_in(description: &str, label: &str) -> Option<Uuid> {
    let (_, rest) = description.split_once(label)?;
    Uuid::try_parse(rest.get(..36)?).ok()
}

/// The error of a return from Microsoft (RFC 6749 section 4.1.2.1), by the parameters of its query.
pub(super) fn from_query(query: &[(String, String)]) -> MicrosoftError {
    let value = |wanted: &str| {
        query
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let description = value("error_description").unwrap_or_default();
    let page = value("error_uri").and_then(|page| page.rsplit_once("code=")?.1.parse().ok());
    let id = |name: &str, label: &str| {
        value(name)
            .and_then(|text| Uuid::try_parse(text).ok())
            .or_else(|| id_in(description, label))
    };
    MicrosoftError {
        error: value("error")
            .and_then(word)
            .unwrap_or_else(|| unreadable().error),
        suberror: value("error_subcode")
            .or_else(|| value("suberror"))
            .and_then(word),
        number: number_in(description).or(page),
        correlation_id: id("correlation_id", "Correlation ID: "),
        trace_id: id("trace_id", "Trace ID: "),
    }
}

/// The error of a JSON answer (RFC 6749 section 5.2, with Microsoft's additions).
pub(super) fn from_body(body: &[u8]) -> MicrosoftError {
    serde_json::from_slice(body).map_or_else(|_| unreadable(), |answer| from_json(&answer))
}

/// The same, already parsed.
pub(super) fn from_json(answer: &serde_json::Value) -> MicrosoftError {
    let text = |name: &str| answer.get(name).and_then(serde_json::Value::as_str);
    let description = text("error_description").unwrap_or_default();
    let number = answer
        .pointer("/error_codes/0")
        .and_then(serde_json::Value::as_u64);
    let id = |name: &str, label: &str| {
        text(name)
            .and_then(|text| Uuid::try_parse(text).ok())
            .or_else(|| id_in(description, label))
    };
    MicrosoftError {
        error: text("error").and_then(word).unwrap_or_else(|| unreadable().error),
        suberror: text("suberror").and_then(word),
        number: number
            .and_then(|number| u32::try_from(number).ok())
            .or_else(|| number_in(description)),
        correlation_id: id("correlation_id", "Correlation ID: "),
        trace_id: id("trace_id", "Trace ID: "),
    }
}

/// Stands for an error that says nothing we can keep.
pub(super) fn unreadable() -> MicrosoftError {
    MicrosoftError {
        error: "unreadable".to_owned(),
        ..MicrosoftError::default()
    }
}

#[cfg(test)]
mod tests;
