//! Whether Microsoft has a tenant of this name, and where it lives.
//!
//! Anybody may ask this, so no secret and no token is sent, and nothing is kept: neither a tenant that was found, since a
//! domain may move, nor a refusal, which Microsoft marks as cacheable for a day although the tenant may exist a minute
//! later. What decides is the status and `error`; the AADSTS numbers only tell refusals apart.
//! <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;
use tokio::time::timeout;

use super::{
    error::{self, EntraError, MicrosoftError},
    http::{LOGIN_LIMIT, Zone},
    metadata::{Authority, DISCOVERY},
};
use crate::domain::{
    id::Ids,
    tenant::{TenantId, TenantName},
};

const WHAT: &str = "the tenant's discovery document";
/// No tenant has this form.
const MALFORMED: u32 = 900_023;
/// The tenant is of another national cloud.
const NATIONAL_CLOUD: u32 = 90_038;

/// A tenant that Microsoft has in the configured cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundTenant {
    /// Its ID, also when a domain was asked for.
    pub tenant: TenantId,
    /// Whether it is a US Government tenant that the global cloud's host knows too. Signing in may fail there.
    /// <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>
    pub government: bool,
}

/// Why a tenant was not found.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FindTenantError {
    /// Microsoft has no such tenant in this cloud.
    #[error("Microsoft has no such tenant: {0}")]
    Unknown(MicrosoftError),
    /// Microsoft says that no tenant can be called so.
    #[error("Microsoft says that this names no tenant: {0}")]
    Malformed(MicrosoftError),
    /// It is, or says it is, a tenant of another cloud. No secret may be sent for it.
    #[error("the tenant belongs to another Microsoft cloud")]
    OtherCloud(#[source] EntraError),
    /// The domain is of Microsoft's tenant for personal accounts.
    #[error("the domain is of personal accounts")]
    PersonalAccounts,
    /// There is no verdict: Microsoft did not answer, or with something that is no answer.
    #[error("Microsoft gave no verdict about the tenant")]
    NotAnswered(#[source] EntraError),
}

impl FindTenantError {
    /// What Microsoft said, for support.
    pub const fn microsoft(&self) -> Option<&MicrosoftError> {
        match self {
            Self::Unknown(said) | Self::Malformed(said) => Some(said),
            Self::OtherCloud(cause) | Self::NotAnswered(cause) => cause.microsoft(),
            Self::PersonalAccounts => None,
        }
    }
}

/// What is read of a document; the rest changes without notice.
#[derive(Deserialize)]
struct Read {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    cloud_instance_name: Option<String>,
    tenant_region_scope: Option<String>,
    tenant_region_sub_scope: Option<String>,
}

impl Read {
    /// US Government tenants say so. GCC does as well, in its sub-scope, and belongs to the global cloud; and in the
    /// government's own cloud nobody needs to be warned.
    fn is_government_elsewhere(&self) -> bool {
        let is = |text: &Option<String>, wanted: &str| {
            text.as_deref()
                .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
        };
        (is(&self.tenant_region_scope, "USG") || is(&self.tenant_region_scope, "USGov"))
            && !is(&self.tenant_region_sub_scope, "GCC")
            && !is(&self.cloud_instance_name, "microsoftonline.us")
    }
}

/// Asks for the tenant's document. `patience` bounds everything.
pub(super) async fn find(
    zone: &Zone,
    authority: &Authority,
    ids: &Ids,
    wanted: &TenantName,
    patience: Duration,
) -> Result<FoundTenant, FindTenantError> {
    let address = authority.named_address(wanted, DISCOVERY);
    let asked = timeout(patience, zone.get(WHAT, address, LOGIN_LIMIT, ids)).await;
    let answer = asked
        .unwrap_or(Err(EntraError::TimedOut { what: WHAT }))
        .map_err(FindTenantError::NotAnswered)?;
    if answer.status == StatusCode::OK {
        return found(&answer.body, authority, wanted);
    }
    Err(refusal(answer.status, error::from_body(&answer.body)))
}

/// What a refusal means. The question holds nothing but the tenant, so an invalid request is an invalid tenant.
fn refusal(status: StatusCode, said: MicrosoftError) -> FindTenantError {
    let about_the_tenant = status == StatusCode::BAD_REQUEST
        && matches!(said.error.as_str(), "invalid_tenant" | "invalid_request");
    match said.number {
        Some(MALFORMED) if about_the_tenant => FindTenantError::Malformed(said),
        Some(NATIONAL_CLOUD) if status.is_client_error() => {
            FindTenantError::OtherCloud(refused(status, said))
        }
        _ if about_the_tenant => FindTenantError::Unknown(said),
        _ => FindTenantError::NotAnswered(refused(status, said)),
    }
}

fn refused(status: StatusCode, error: MicrosoftError) -> EntraError {
    EntraError::Refused {
        what: WHAT,
        status: status.as_u16(),
        error,
    }
}

/// Reads a document. It is data: every address in it must lie on the configured authority, or the tenant is of another
/// cloud.
fn found(body: &[u8], authority: &Authority, wanted: &TenantName) -> Result<FoundTenant, FindTenantError> {
    let read: Read = serde_json::from_slice(body).map_err(|error| {
        FindTenantError::NotAnswered(EntraError::Malformed {
            what: WHAT,
            why: error.to_string(),
        })
    })?;
    let foreign = |named: &str| {
        FindTenantError::OtherCloud(EntraError::Foreign {
            what: WHAT,
            named: named.chars().take(200).collect(),
        })
    };
    let tenant = authority
        .tenant_of_issuer(&read.issuer)
        .filter(|tenant| authority.issuer(*tenant) == read.issuer)
        .ok_or_else(|| foreign(&read.issuer))?;
    for address in [&read.authorization_endpoint, &read.token_endpoint, &read.jwks_uri] {
        authority.own(address).ok_or_else(|| foreign(address))?;
    }
    match wanted {
        TenantName::Id(asked) if *asked != tenant => {
            Err(FindTenantError::NotAnswered(EntraError::ForeignTenant {
                what: WHAT,
                named: Some(tenant),
            }))
        }
        _ if tenant == TenantId::PERSONAL_ACCOUNTS => Err(FindTenantError::PersonalAccounts),
        _ => Ok(FoundTenant {
            tenant,
            government: read.is_government_elsewhere(),
        }),
    }
}

#[cfg(test)]
mod tests;
