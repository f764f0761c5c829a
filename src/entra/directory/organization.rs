//! A tenant about itself: its ID, its default domain and its name.
//!
//! Whoever asks, the answer must be about the tenant asked for; another one is an error and never stored.
//! <https://learn.microsoft.com/graph/api/organization-list>

use secrecy::SecretString;
use serde::Deserialize;

use super::{label, malformed};
use crate::{
    domain::tenant::{DomainName, TenantId},
    entra::{
        error::EntraError,
        graph::{Graph, Question},
        metadata::hyphenated_guid,
    },
};

pub(in crate::entra) const WHAT: &str = "the organization";
/// Any of these lets the application read it.
pub(super) const PERMISSIONS: [&str; 3] = ["Organization.Read.All", "Directory.Read.All", "User.Read.All"];

/// A tenant as its directory describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// The tenant.
    pub id: TenantId,
    /// The domain that its administrators made the default.
    pub default_domain: Option<DomainName>,
    /// Its name, cleaned.
    pub display_name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireList {
    value: Vec<WireOrganization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOrganization {
    id: String,
    display_name: Option<String>,
    verified_domains: Option<Vec<WireDomain>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDomain {
    name: String,
    #[serde(default)]
    is_default: bool,
}

pub(super) fn question(graph: &Graph) -> Question {
    let options = [("$select", "id,displayName,verifiedDomains")];
    Question::new(WHAT, graph.address_with("v1.0/organization", &options))
}

/// Asks with the token of somebody who has just signed in; `User.Read` is enough.
pub(in crate::entra) async fn of_person(
    graph: &Graph,
    tenant: TenantId,
    token: &SecretString,
) -> Result<Organization, EntraError> {
    let list = graph.get(&question(graph), token).await?;
    read(list, tenant)
}

/// The one organization of the list, which is this tenant.
pub(super) fn read(list: WireList, tenant: TenantId) -> Result<Organization, EntraError> {
    let [organization] = <[WireOrganization; 1]>::try_from(list.value)
        .map_err(|_| malformed(WHAT, "there is not exactly one"))?;
    let id = hyphenated_guid(&organization.id).map(TenantId::from);
    if id != Some(tenant) {
        return Err(EntraError::ForeignTenant {
            what: WHAT,
            named: id,
        });
    }
    let domains = organization.verified_domains.unwrap_or_default();
    let default = domains.iter().find(|domain| domain.is_default);
    Ok(Organization {
        id: tenant,
        default_domain: default.and_then(|domain| DomainName::parse(&domain.name)),
        display_name: label(organization.display_name),
    })
}
