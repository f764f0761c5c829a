//! What a token of the application says about itself.
//!
//! Microsoft asks clients to take access tokens for opaque, since they may be encrypted one day. So the claims are a hint
//! for people and for what is worth asking; whether a call is allowed, the call decides. The one exception refuses: a
//! token that names another tenant is never used. The signature is not ours to check, as the token is not for us.
//! <https://learn.microsoft.com/entra/identity-platform/access-tokens>

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    domain::tenant::TenantId,
    entra::{
        EntraError,
        metadata::hyphenated_guid,
        token_json::{Claim, Json, Members},
    },
};

/// What the application may do in one tenant, as its token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationAccess {
    /// The application permissions of Graph that the tenant granted, such as `Group.Read.All`; empty when it granted
    /// none. `None` when the token cannot be read: then only asking tells.
    pub roles: Option<Vec<String>>,
    /// Whether the application has its object in the tenant (`oid`). Just after a consent it has not, and Graph refuses
    /// the token; true as well when the token cannot be read.
    pub established: bool,
}

impl ApplicationAccess {
    /// Whether one of these permissions was granted; `None` when the token does not tell.
    pub fn holds_any(&self, permissions: &[&str]) -> Option<bool> {
        let roles = self.roles.as_ref()?;
        Some(roles.iter().any(|role| permissions.contains(&role.as_str())))
    }

    /// Whether no call can succeed with it.
    pub(super) fn is_powerless(&self) -> bool {
        !self.established || self.roles.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Reads the claims of a token that was asked for in `tenant`.
///
/// # Errors
/// [`EntraError::ForeignTenant`] when it says that it is of another tenant.
pub(super) fn access_of(
    what: &'static str,
    token: &SecretString,
    tenant: TenantId,
) -> Result<ApplicationAccess, EntraError> {
    let Some(claims) = payload(token.expose_secret()) else {
        return Ok(ApplicationAccess {
            roles: None,
            established: true,
        });
    };
    match claims.text("tid") {
        Claim::Absent => {}
        Claim::Is(named) if hyphenated_guid(named).map(TenantId::from) == Some(tenant) => {}
        Claim::Is(named) => {
            return Err(EntraError::ForeignTenant {
                what,
                named: hyphenated_guid(named).map(TenantId::from),
            });
        }
        Claim::Wrong => return Err(EntraError::ForeignTenant { what, named: None }),
    }
    let roles = match claims.get("roles") {
        None => Some(Vec::new()),
        Some(Json::List(listed)) => listed.iter().map(permission).collect(),
        Some(_) => None,
    };
    Ok(ApplicationAccess {
        roles,
        established: claims.text("oid").value().is_some(),
    })
}

/// A name of a permission; anything else makes the list unreadable.
fn permission(role: &Json) -> Option<String> {
    let Json::Text(name) = role else { return None };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    ((1..=120).contains(&name.len()) && name.bytes().all(plain)).then(|| name.clone())
}

/// The claims of a signed token; an encrypted one has five parts and shows none.
fn payload(token: &str) -> Option<Members> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Members::read(&URL_SAFE_NO_PAD.decode(payload).ok()?)
}
