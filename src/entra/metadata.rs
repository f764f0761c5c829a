//! Where things lie at the authority, and what its discovery document says.
//!
//! The layout is Microsoft's own and fixed, so nothing has to be asked before a browser is sent there. The discovery
//! document is data: its issuer and endpoints must lie on the configured authority, or nothing of it is used. It is
//! parsed here because `organizations` answers the issuer template `{tenantid}`, which strict clients refuse.
//! <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>

use serde::Deserialize;
use url::{Host, Url};
use uuid::Uuid;

use super::error::EntraError;
use crate::domain::tenant::{TenantId, TenantName};

/// The path of the discovery document.
pub(super) const DISCOVERY: &str = "v2.0/.well-known/openid-configuration";

/// The placeholder for the tenant in the issuer of `organizations` and of most keys.
const TENANT_TEMPLATE: &str = "{tenantid}";

/// The configured login host.
#[derive(Debug)]
pub(super) struct Authority {
    origin: String,
    url: Url,
}

impl Authority {
    /// From any address on the host; only its origin counts.
    pub(super) fn new(url: &Url) -> Result<Self, EntraError> {
        let origin = origin_of(url)?;
        let url = Url::parse(&origin).map_err(|error| EntraError::Configuration(error.to_string()))?;
        Ok(Self { origin, url })
    }

    /// `{authority}/{tenant}/{path}`; without a tenant, `organizations`: work and school accounts of any tenant.
    pub(super) fn address(&self, tenant: Option<TenantId>, path: &str) -> Url {
        let tenant = tenant.map_or_else(|| "organizations".to_owned(), |tenant| tenant.to_string());
        self.below(&tenant, path)
    }

    /// The same for a tenant by any of its names; both kinds are safe in a path.
    pub(super) fn named_address(&self, tenant: &TenantName, path: &str) -> Url {
        self.below(&tenant.to_string(), path)
    }

    fn below(&self, tenant: &str, path: &str) -> Url {
        let mut address = self.url.clone();
        address.set_path(&format!("{tenant}/{path}"));
        address
    }

    /// The issuer of one tenant's tokens, exactly as it stands in them.
    pub(super) fn issuer(&self, tenant: TenantId) -> String {
        format!("{}/{tenant}/v2.0", self.origin)
    }

    /// The issuer in the document of `organizations`.
    fn issuer_template(&self) -> String {
        format!("{}/{TENANT_TEMPLATE}/v2.0", self.origin)
    }

    /// The tenant of a well-formed issuer of this authority. Its letters may be of either case, so that a difference
    /// in case is reported as another tenant and not as another authority.
    pub(super) fn tenant_of_issuer(&self, issuer: &str) -> Option<TenantId> {
        let tenant = issuer
            .strip_prefix(&self.origin)?
            .strip_prefix('/')?
            .strip_suffix("/v2.0")?;
        hyphenated_guid(tenant).map(TenantId::from)
    }

    /// The address if it lies on this authority.
    pub(super) fn own(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        let anonymous = url.username().is_empty() && url.password().is_none();
        (anonymous && url.origin() == self.url.origin()).then_some(url)
    }
}

/// A GUID as Microsoft writes it, 36 characters with hyphens; no other spelling.
pub(super) fn hyphenated_guid(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

/// Replaces the tenant's placeholder in the issuer of a key.
pub(super) fn fill_template(issuer: &str, tenant: TenantId) -> String {
    issuer.replace(TENANT_TEMPLATE, &tenant.to_string())
}

/// The origin of a host that secrets may be sent to: `https`, or plain `http` on this machine.
pub(super) fn origin_of(url: &Url) -> Result<String, EntraError> {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    if safe && url.host().is_some() {
        Ok(url.origin().ascii_serialization())
    } else {
        Err(EntraError::Configuration(format!(
            "{url} must be https, or http on a loopback host"
        )))
    }
}

/// What we use of a discovery document.
#[derive(Debug)]
pub(super) struct Document {
    /// Where the keys lie.
    pub(super) keys: Url,
    /// The cloud whose keys these are.
    pub(super) cloud: Option<String>,
    /// Whether returns from the authorization endpoint carry `iss` (RFC 9207 section 3).
    pub(super) promises_issuer: bool,
}

#[derive(Deserialize)]
struct Read {
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    cloud_instance_name: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Document {
    /// Reads the document that the authority serves for `tenant`.
    pub(super) fn read(
        body: &[u8],
        authority: &Authority,
        tenant: Option<TenantId>,
    ) -> Result<Self, EntraError> {
        let what = "the discovery document";
        let read: Read = serde_json::from_slice(body).map_err(|error| EntraError::Malformed {
            what,
            why: error.to_string(),
        })?;
        let foreign = |named: &str| EntraError::Foreign {
            what,
            named: named.chars().take(200).collect(),
        };
        let issuer = tenant.map_or_else(|| authority.issuer_template(), |tenant| authority.issuer(tenant));
        if read.issuer != issuer {
            return Err(foreign(&read.issuer));
        }
        if authority.own(&read.token_endpoint).is_none() {
            return Err(foreign(&read.token_endpoint));
        }
        let keys = authority
            .own(&read.jwks_uri)
            .ok_or_else(|| foreign(&read.jwks_uri))?;
        Ok(Self {
            keys,
            cloud: read.cloud_instance_name,
            promises_issuer: read.authorization_response_iss_parameter_supported,
        })
    }
}

#[cfg(test)]
mod tests;
