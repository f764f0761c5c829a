//! Every claim of an ID token, checked in one table.
//!
//! In this order; the first check that fails is `details.check` of the audit event. Nothing of a token is believed
//! anywhere else. Each row has a test that fails by this row alone.
//! <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    keys::Key,
    metadata::{Authority, Document, fill_template, hyphenated_guid},
    token_json::{Claim, Json, Members},
};
use crate::domain::{id::Token, sign_in::Check, tenant::TenantId};

/// How far Microsoft's clock and ours may be apart, in seconds.
const LEEWAY: i64 = 60;
/// The oldest `iat`. Microsoft dates tokens back by five minutes.
const OLDEST: i64 = 15 * 60;
/// The longest lifetime. A tenant may set a day at most, and five minutes come on top.
const LONGEST: i64 = 25 * 60 * 60;

/// What this attempt to sign in knows, and the token must fit.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'attempt> {
    /// The nonce of this attempt.
    pub nonce: &'attempt Token,
    /// The tenant to which the attempt was pinned.
    pub tenant: Option<TenantId>,
    /// `iss` of the return (RFC 9207), when it came along.
    pub issuer_parameter: Option<&'attempt str>,
    /// A step-up asks for a sign-in at Microsoft not older than this.
    pub authenticated_within: Option<Duration>,
}

/// A token whose signature is right, and everything it must fit.
pub(super) struct Subject<'token> {
    pub(super) claims: &'token Members,
    /// The tenant by the token's `tid`.
    pub(super) tenant: TenantId,
    /// The issuer of that tenant.
    pub(super) issuer: &'token str,
    pub(super) key: &'token Key,
    pub(super) document: &'token Document,
    pub(super) authority: &'token Authority,
    /// Our client ID.
    pub(super) client: &'token str,
    pub(super) access_token: Option<&'token str>,
    pub(super) expected: Expected<'token>,
    /// Seconds since the epoch.
    pub(super) now: i64,
}

/// One row: what is checked, and whether it holds.
pub(super) type Row = (Check, fn(&Subject<'_>) -> bool);

/// In this order; the first that fails is `details.check` of the audit event.
pub(super) const CHECKS: &[Row] = &[
    (Check::KeyIssuerMismatch, |subject| {
        let issuer = subject.key.issuer.as_deref();
        issuer.is_none_or(|issuer| fill_template(issuer, subject.tenant) == subject.issuer)
    }),
    (Check::CloudMismatch, |subject| {
        let clouds = subject.key.cloud.as_ref().zip(subject.document.cloud.as_ref());
        clouds.is_none_or(|(key, document)| key == document)
    }),
    (Check::IssuerMismatch, |subject| {
        let issuer = subject.claims.text("iss");
        issuer.present_and(|issuer| subject.authority.tenant_of_issuer(issuer).is_some())
    }),
    (Check::IssuerTenantMismatch, |subject| {
        let pinned = subject.expected.tenant;
        subject.claims.text("iss") == Claim::Is(subject.issuer)
            && pinned.is_none_or(|pinned| pinned == subject.tenant)
    }),
    (Check::Version, |subject| {
        subject.claims.text("ver") == Claim::Is("2.0")
    }),
    (Check::AudienceMismatch, |subject| {
        audiences(subject.claims).is_some_and(|audiences| audiences.contains(&subject.client))
    }),
    (Check::AudienceUntrusted, |subject| {
        audiences(subject.claims).is_some_and(|audiences| audiences.len() == 1)
    }),
    (Check::AuthorizedPartyMismatch, |subject| {
        subject
            .claims
            .text("azp")
            .absent_or(|party| party == subject.client)
    }),
    (Check::Expired, |subject| {
        let expiry = subject.claims.number("exp");
        expiry.present_and(|expiry| subject.now < expiry.saturating_add(LEEWAY))
    }),
    (Check::NotBefore, |subject| {
        let start = subject.claims.number("nbf");
        start.absent_or(|start| subject.now >= start.saturating_sub(LEEWAY))
    }),
    (Check::IssuedAt, |subject| {
        let issued = subject.claims.number("iat");
        issued.present_and(|issued| (subject.now - OLDEST..=subject.now + LEEWAY).contains(&issued))
    }),
    (Check::Lifetime, |subject| {
        let (issued, expiry) = (subject.claims.number("iat"), subject.claims.number("exp"));
        let lifetime = expiry.value().zip(issued.value());
        lifetime.is_some_and(|(expiry, issued)| (1..=LONGEST).contains(&expiry.saturating_sub(issued)))
    }),
    (Check::AuthenticationTime, |subject| {
        let Some(within) = subject.expected.authenticated_within else {
            return true;
        };
        let oldest = subject.now.saturating_sub_unsigned(within.as_secs());
        let authenticated = subject.claims.number("auth_time");
        // Absent is not refused: it is an optional claim, and the nonce proves that this token is new.
        authenticated.absent_or(|at| (oldest..=subject.now + LEEWAY).contains(&at))
    }),
    (Check::NonceMismatch, |subject| {
        subject.claims.text("nonce") == Claim::Is(subject.expected.nonce.expose())
    }),
    (Check::AccessTokenHash, |subject| {
        let hash = subject.claims.text("at_hash");
        hash.absent_or(|hash| subject.access_token.is_some_and(|token| half_hash(token) == hash))
    }),
    (Check::ObjectMissing, |subject| {
        !subject.claims.text("oid").is_absent()
    }),
    (Check::ObjectInvalid, |subject| {
        subject
            .claims
            .text("oid")
            .absent_or(|object| hyphenated_guid(object).is_some())
    }),
    (Check::SubjectMissing, |subject| {
        !subject.claims.text("sub").is_absent()
    }),
    (Check::SubjectInvalid, |subject| {
        subject.claims.text("sub").absent_or(is_subject)
    }),
    (Check::NotAUser, |subject| {
        subject.claims.text("idtyp").absent_or(|kind| kind == "user")
    }),
    (Check::IssuerParameterMissing, |subject| {
        !subject.document.promises_issuer || subject.expected.issuer_parameter.is_some()
    }),
    (Check::IssuerParameterMismatch, |subject| {
        let parameter = subject.expected.issuer_parameter;
        parameter.is_none_or(|parameter| parameter == subject.issuer)
    }),
];

/// One audience or a list of them; `None` when it is anything else.
fn audiences(claims: &Members) -> Option<Vec<&str>> {
    match claims.get("aud")? {
        Json::Text(audience) => Some(vec![audience]),
        Json::List(audiences) => audiences
            .iter()
            .map(|audience| match audience {
                Json::Text(audience) => Some(audience.as_str()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// At most 255 ASCII characters (OpenID Connect Core section 2).
fn is_subject(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The left half of the SHA-256 of an access token (OpenID Connect Core section 3.1.3.6).
pub(super) fn half_hash(access_token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

#[cfg(test)]
mod tests;
