//! From the text of an ID token to a verified identity.
//!
//! First the shape, without belief: size, three parts, a header that asks for RS256 and nothing unusual, a payload
//! with each member once. Only then the tenant's keys are looked up, the signature is verified, and the table of
//! [`super::checks`] runs. The header never chooses an algorithm, a key or an address.
//! <https://www.rfc-editor.org/rfc/rfc8725>

use std::collections::HashSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    checks::{CHECKS, Expected, Subject},
    error::Rejection,
    identity::{ClaimedGroups, Identity},
    metadata::{Authority, hyphenated_guid},
    tenants::Snapshot,
    token_json::{Claim, Json, Members},
};
use crate::domain::{
    input,
    sign_in::Check,
    tenant::{IdentityKey, ObjectId, TenantId},
};

/// The largest ID token. One with 200 groups has about 9 KiB.
const LARGEST: usize = 32 * 1024;

/// Header members that would change which key or which bytes count (RFC 7515 section 4.1, RFC 7797, RFC 7516).
const MEANINGFUL: [&str; 8] = ["crit", "b64", "zip", "jwk", "jku", "x5u", "x5c", "enc"];

/// A token that can be read, and of which nothing is believed yet.
#[derive(Clone, Debug)]
pub(super) struct Unverified {
    kid: Option<String>,
    claims: Members,
    tenant: TenantId,
}

impl Unverified {
    /// Reads a token in compact form.
    pub(super) fn read(token: &str) -> Result<Self, Check> {
        if token.len() > LARGEST {
            return Err(Check::TokenTooLarge);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Check::TokenMalformed);
        };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Check::TokenMalformed);
        let (header, payload) = (decode(header)?, decode(payload)?);
        decode(signature)?;
        let kid = read_header(&header)?;
        let claims = Members::read(&payload).ok_or(Check::TokenMalformed)?;
        let tenant = match claims.text("tid") {
            Claim::Absent => return Err(Check::TenantMissing),
            Claim::Wrong => None,
            Claim::Is(tenant) => hyphenated_guid(tenant),
        };
        let tenant = TenantId::from(tenant.ok_or(Check::TenantInvalid)?);
        if tenant == TenantId::PERSONAL_ACCOUNTS {
            return Err(Check::PersonalAccount);
        }
        Ok(Self { kid, claims, tenant })
    }

    /// The key it names.
    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The tenant it claims to come from.
    pub(super) const fn tenant(&self) -> TenantId {
        self.tenant
    }
}

/// The name of the key, if the header is one of a plain RS256 token.
fn read_header(bytes: &[u8]) -> Result<Option<String>, Check> {
    let header = Members::read(bytes).ok_or(Check::TokenMalformed)?;
    if header.get("cty").is_some() {
        // A token within the token.
        return Err(Check::TokenMalformed);
    }
    if MEANINGFUL.iter().any(|name| header.get(name).is_some()) {
        return Err(Check::HeaderNotAllowed);
    }
    if !header.text("typ").absent_or(|kind| kind == "JWT") {
        return Err(Check::TypeNotAllowed);
    }
    if header.text("alg") != Claim::Is("RS256") {
        return Err(Check::AlgorithmNotAllowed);
    }
    match header.text("kid") {
        Claim::Absent => Ok(None),
        Claim::Wrong => Err(Check::KeyUnknown),
        Claim::Is(kid) => Ok(Some(kid.to_owned())),
    }
}

/// What a verification needs besides the token.
pub(super) struct Context<'call> {
    pub(super) snapshot: &'call Snapshot,
    pub(super) authority: &'call Authority,
    pub(super) client: &'call str,
    pub(super) access_token: Option<&'call str>,
    pub(super) expected: Expected<'call>,
    /// Seconds since the epoch.
    pub(super) now: i64,
}

/// Verifies a token that was read from `token`.
pub(super) fn verify(
    unverified: &Unverified,
    token: &str,
    context: &Context<'_>,
) -> Result<Identity, Rejection> {
    let Context {
        snapshot, authority, ..
    } = *context;
    let (message, signature) = token
        .rsplit_once('.')
        .ok_or(Rejection::of(Check::TokenMalformed))?;
    let mut candidates = snapshot.keys.candidates(unverified.kid()).peekable();
    if candidates.peek().is_none() {
        return Err(Rejection::of(Check::KeyUnknown));
    }
    let key = candidates
        .find(|key| key.signed(message.as_bytes(), signature))
        .ok_or(Rejection::of(Check::SignatureInvalid))?;
    let tenant = unverified.tenant;
    let issuer = authority.issuer(tenant);
    let subject = Subject {
        claims: &unverified.claims,
        tenant,
        issuer: &issuer,
        key,
        document: &snapshot.document,
        authority,
        client: context.client,
        access_token: context.access_token,
        expected: context.expected,
        now: context.now,
    };
    match CHECKS.iter().find(|(_, holds)| !holds(&subject)) {
        Some((check, _)) => Err(Rejection::of(*check)),
        None => identity(&subject).ok_or(Rejection::of(Check::ObjectInvalid)),
    }
}

/// What the claims say of the person, once every check has passed.
fn identity(subject: &Subject<'_>) -> Option<Identity> {
    let claims = subject.claims;
    let label = |name: &str| {
        let label = input::label(claims.text(name).value()?);
        (!label.is_empty()).then_some(label)
    };
    Some(Identity {
        key: IdentityKey {
            tenant: subject.tenant,
            object: ObjectId::from(hyphenated_guid(claims.text("oid").value()?)?),
        },
        subject: claims.text("sub").value()?.to_owned(),
        name: label("name"),
        email: claims.text("email").value().and_then(input::email),
        username: label("preferred_username"),
        guest: is_guest(subject),
        directory_administrator: is_directory_administrator(claims),
        microsoft_sid: claims
            .text("sid")
            .value()
            .filter(|sid| is_sid(sid))
            .map(str::to_owned),
        authenticated_at: claims.number("auth_time").value(),
        groups: groups(claims),
    })
}

fn is_sid(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A guest says so by `acct`, or was authenticated by somebody else than the tenant. Both claims are optional, and
/// anything that is not clearly a member's counts as a guest's.
fn is_guest(subject: &Subject<'_>) -> bool {
    let member = match subject.claims.get("acct") {
        None | Some(Json::Integer(0)) => true,
        Some(Json::Text(kind)) => kind == "0",
        Some(_) => false,
    };
    let at_home = subject.claims.text("idp").absent_or(|provider| {
        provider == subject.issuer
            || provider
                .strip_prefix("https://sts.windows.net/")
                .and_then(|rest| rest.strip_suffix('/'))
                .and_then(hyphenated_guid)
                .is_some_and(|tenant| TenantId::from(tenant) == subject.tenant)
    });
    !(member && at_home)
}

/// The role templates of those who may grant application permissions: Global Administrator and Privileged Role
/// Administrator. <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>
const DIRECTORY_ADMINISTRATORS: [&str; 2] = [
    "62e90394-69f5-4237-9190-012177145e10",
    "e8611ab8-c189-46e8-94e1-60213ab1f814",
];

/// Only a member of the list `wids` counts. Everybody has some entry there, so that it is not empty says nothing.
fn is_directory_administrator(claims: &Members) -> bool {
    let Some(Json::List(roles)) = claims.get("wids") else {
        return false;
    };
    roles.iter().any(|role| {
        let Json::Text(role) = role else { return false };
        DIRECTORY_ADMINISTRATORS
            .iter()
            .any(|administrator| role.eq_ignore_ascii_case(administrator))
    })
}

/// The groups in the token, and whether they are all there are.
///
/// Both marks of an overage make the list incomplete. So does a list that cannot be read, such as one with names
/// instead of object IDs: it must never pass for "no groups". The address in `_claim_sources` is not even read.
/// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>
fn groups(claims: &Members) -> ClaimedGroups {
    let moved = match claims.get("_claim_names") {
        None => false,
        Some(Json::Object(names)) => names.contains_key("groups"),
        Some(_) => true,
    };
    let too_many = match claims.get("hasgroups") {
        None | Some(Json::Bool(false)) => false,
        Some(Json::Text(text)) => text != "false",
        Some(_) => true,
    };
    let renamed = claims.names().any(|name| name.starts_with("groups:"));
    let listed: Option<HashSet<ObjectId>> = match claims.get("groups") {
        None => Some(HashSet::new()),
        Some(Json::List(groups)) => groups
            .iter()
            .map(|group| match group {
                Json::Text(group) => hyphenated_guid(group).map(ObjectId::from),
                _ => None,
            })
            .collect(),
        Some(_) => None,
    };
    ClaimedGroups {
        complete: listed.is_some() && !moved && !too_many && !renamed,
        ids: listed.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
