//! What people type or paste where a tenant is asked for: an ID, a domain, or an address that holds one of them.
//!
//! What comes out of here stands in the path of an address at Microsoft, so nothing passes but 36 characters of a GUID or
//! a strict host name: no slash, no escape, no dot segment, no letter that a reader could take for another one.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::TenantId;
use crate::domain::input;

/// Longer texts are not looked at: an address that somebody copied is far below.
const LONGEST: usize = 8 * 1024;
/// The segments that stand for many tenants at once.
/// <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#find-your-apps-openid-configuration-document-uri>
const EVERY_TENANT: [&str; 3] = ["common", "organizations", "consumers"];
/// Parameters, and path segments before a value, that name a tenant in Microsoft's own addresses.
const PARAMETERS: [&str; 5] = ["tenant", "tenantid", "tid", "ctid", "tenant_id"];

/// A tenant as somebody names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TenantName {
    /// By its ID.
    Id(TenantId),
    /// By one of its verified domains; Microsoft says whose it is.
    Domain(DomainName),
}

/// A host name of at least two labels, in lower case: letters, digits and hyphens (RFC 1123 section 2.1), at most 253
/// characters, other scripts in their `xn--` form (RFC 5890).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

/// Why a text names no one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotATenant {
    /// Nothing visible was typed.
    Empty,
    /// Neither a GUID nor a domain, nor an address with one.
    Malformed,
    /// A word that means every tenant: `common`, `organizations` or `consumers`.
    EveryTenant(String),
    /// Microsoft's tenant for personal accounts.
    PersonalAccounts,
}

impl DomainName {
    /// Reads a domain; nothing is repaired but the case of its letters.
    pub fn parse(text: &str) -> Option<Self> {
        let label = |label: &str| {
            let shaped = (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-');
            // Two hyphens in this place announce an encoding, of which there is only one.
            let encoding = label.as_bytes().get(2..4) == Some(b"--");
            shaped
                && (!encoding
                    || label
                        .get(..4)
                        .is_some_and(|four| four.eq_ignore_ascii_case("xn--")))
        };
        let last = text.rsplit('.').next()?;
        // A last label of digits alone makes an IP address.
        let is_name = text.len() <= 253
            && text.contains('.')
            && text.split('.').all(label)
            && !last.bytes().all(|byte| byte.is_ascii_digit());
        is_name.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// As it stands in the path of an address at Microsoft.
impl fmt::Display for TenantName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(tenant) => tenant.fmt(formatter),
            Self::Domain(domain) => domain.fmt(formatter),
        }
    }
}

impl TenantName {
    /// Reads what somebody typed or pasted.
    ///
    /// # Errors
    /// [`NotATenant`]: what is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, NotATenant> {
        if input::is_blank(typed) {
            return Err(NotATenant::Empty);
        }
        if typed.len() > LONGEST {
            return Err(NotATenant::Malformed);
        }
        let visible = input::visible(typed);
        let text = visible.trim();
        let dense: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        // An ID may have been copied with spaces between its parts; a domain has none.
        if let Some(id) = input::guid(&dense) {
            return Self::by_id(id);
        }
        if text.contains(['/', '?', '#']) {
            return Self::in_address(text).unwrap_or(Err(NotATenant::Malformed));
        }
        Self::segment(text).unwrap_or(Err(NotATenant::Malformed))
    }

    fn by_id(id: Uuid) -> Result<Self, NotATenant> {
        match TenantId::from(id) {
            TenantId::PERSONAL_ACCOUNTS => Err(NotATenant::PersonalAccounts),
            _ if id.is_nil() => Err(NotATenant::Malformed),
            tenant => Ok(Self::Id(tenant)),
        }
    }

    /// What one segment of a path names, if it names anything.
    fn segment(text: &str) -> Option<Result<Self, NotATenant>> {
        if let Some(word) = EVERY_TENANT.iter().find(|word| text.eq_ignore_ascii_case(word)) {
            return Some(Err(NotATenant::EveryTenant((*word).to_owned())));
        }
        if let Some(id) = input::guid(text) {
            return Some(Self::by_id(id));
        }
        DomainName::parse(text).map(|domain| Ok(Self::Domain(domain)))
    }

    /// The tenant in a copied address. Addresses hold other IDs too, such as the application's or a subscription's, so
    /// the places that always mean the tenant are asked first.
    fn in_address(text: &str) -> Option<Result<Self, NotATenant>> {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (place, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (place, query) = place.split_once('?').unwrap_or((place, ""));
        let mut segments = place.split('/');
        let host = segments.next().unwrap_or_default();

        // The portal: `#@contoso.com/resource/subscriptions/…`.
        if let Some(named) = fragment.strip_prefix('@') {
            return Self::segment(named.split(['/', '?', '&']).next()?);
        }
        let pairs = query.split('&').chain(fragment.split(['&', '?']));
        let by_parameter = pairs
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(name, value)| Self::named(name, value));
        let words: Vec<_> = place.split('/').chain(fragment.split('/')).collect();
        let by_path = || words.windows(2).find_map(|pair| Self::named(pair[0], pair[1]));
        let by_login_host = || {
            is_login_host(host)
                .then(|| segments.next().and_then(Self::segment))
                .flatten()
        };
        by_parameter
            .or_else(by_path)
            .or_else(by_login_host)
            .or_else(|| only_id(text).map(Self::by_id))
    }

    fn named(name: &str, value: &str) -> Option<Result<Self, NotATenant>> {
        PARAMETERS
            .iter()
            .any(|parameter| name.eq_ignore_ascii_case(parameter))
            .then(|| Self::segment(value))
            .flatten()
    }
}

/// Whether the first segment of a path at this host is a tenant. It only says how the text is read: nothing is ever
/// sent there.
fn is_login_host(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    host.starts_with("login.") || host == "sts.windows.net"
}

/// The one GUID in a text, however often it stands there.
fn only_id(text: &str) -> Option<Uuid> {
    let mut found = BTreeSet::new();
    let bytes = text.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            // The two digits of an escape belong to nothing that follows.
            at += 3;
        } else if is_part(bytes[at]) {
            let length = bytes[at..].iter().take_while(|byte| is_part(**byte)).count();
            let word = text.get(at..at + length).filter(|word| word.len() == 36);
            found.extend(word.and_then(input::guid));
            at += length;
        } else {
            at += 1;
        }
    }
    if found.len() == 1 { found.pop_first() } else { None }
}

#[cfg(test)]
mod tests;
