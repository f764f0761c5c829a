//! The first path segment: a tenant, a domain, or one of the aliases.

use uuid::Uuid;

use crate::{directory::PERSONAL_TENANT, failure::Failure, world::World};

/// Whom an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    /// `organizations`: any work or school account.
    Organizations,
    /// `common`: these and personal accounts.
    Common,
    /// `consumers`: personal accounts.
    Consumers,
    /// One tenant, by GUID or domain.
    Tenant(Uuid),
}

impl Authority {
    /// # Errors
    /// 90002 for an unknown tenant, 900023 for something that names none, 900021 for the empty GUID.
    pub(crate) fn resolve(world: &World, segment: &str) -> Result<Self, Failure> {
        match segment {
            "organizations" => return Ok(Self::Organizations),
            "common" => return Ok(Self::Common),
            "consumers" => return Ok(Self::Consumers),
            _ => {}
        }
        let id = Uuid::try_parse(segment).ok().filter(|_| segment.len() == 36);
        let tenant = match id {
            Some(id) if id.is_nil() => {
                let message = format!(
                    "Requested tenant identifier '{segment}' is not valid. Tenant identifiers may not be an empty GUID."
                );
                return Err(Failure::new(900_021, "invalid_request", message));
            }
            Some(id) => world.directory.find(id),
            None if !is_plausible(segment) => {
                let message = format!(
                    "Specified tenant identifier '{segment}' is neither a valid DNS name, nor a valid external domain."
                );
                return Err(Failure::new(900_023, "invalid_request", message));
            }
            None => world
                .directory
                .tenants
                .iter()
                .find(|tenant| tenant.has_domain(segment)),
        };
        tenant
            .map(|tenant| Self::Tenant(tenant.id))
            .ok_or_else(|| unknown_tenant(segment))
    }

    /// The concrete tenant, when the address names one.
    pub(crate) fn tenant(self) -> Option<Uuid> {
        match self {
            Self::Organizations | Self::Common => None,
            Self::Consumers => Some(PERSONAL_TENANT),
            Self::Tenant(id) => Some(id),
        }
    }

    /// How it stands in the addresses we hand out: domains become GUIDs.
    pub(crate) fn segment(self) -> String {
        match self {
            Self::Organizations => "organizations".to_owned(),
            Self::Common => "common".to_owned(),
            Self::Consumers => "consumers".to_owned(),
            Self::Tenant(id) => id.to_string(),
        }
    }
}

fn is_plausible(segment: &str) -> bool {
    segment
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
        && segment.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

fn unknown_tenant(segment: &str) -> Failure {
    let message = format!(
        "Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into the \
         correct cloud. Check with your subscription administrator, this may happen if there are no active \
         subscriptions for the tenant."
    );
    Failure::new(90_002, "invalid_request", message)
}
