//! Whether the groups of a team's tenant can be read, and the way to them.

use std::collections::HashMap;

use crate::{
    domain::tenant::ObjectId,
    entra::{ApplicationAccess, Entra, EntraError, GroupFound, GroupsFound},
    service::{ServiceError, Services, directory},
    storage::{InTeam, ProvenTenant},
};

/// How far the groups of the team's tenant can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// They can.
    Open,
    /// Nobody signs in with Microsoft on this server.
    Unavailable,
    /// The team has no tenant.
    NotConfigured,
    /// Reading waits for the proof that the tenant is the team's own.
    Unproven,
    /// The tenant's administrator has not approved one of these.
    NotPermitted(Vec<&'static str>),
    /// Microsoft does not answer, or not in a way that can be read.
    Unreachable,
}

/// The way to the directory of a tenant that is the team's own.
#[derive(Debug)]
pub(in crate::service) struct Door<'services> {
    entra: &'services Entra,
    proven: ProvenTenant,
}

impl Door<'_> {
    /// The proof.
    pub(in crate::service) const fn proven(&self) -> &ProvenTenant {
        &self.proven
    }

    /// Microsoft.
    pub(in crate::service) const fn entra(&self) -> &Entra {
        self.entra
    }

    pub(in crate::service) async fn access(&self) -> Result<ApplicationAccess, EntraError> {
        directory::access(self.entra, &self.proven).await
    }

    pub(in crate::service) async fn groups_named(
        &self,
        ids: &[ObjectId],
    ) -> Result<HashMap<ObjectId, Option<GroupFound>>, EntraError> {
        directory::groups_named(self.entra, &self.proven, ids).await
    }

    pub(in crate::service) async fn is_person(&self, id: ObjectId) -> Result<bool, EntraError> {
        directory::is_person(self.entra, &self.proven, id).await
    }

    pub(in crate::service) async fn search_groups(&self, text: &str) -> Result<GroupsFound, EntraError> {
        directory::search_groups(self.entra, &self.proven, text).await
    }
}

/// Opens the way, or says why it is closed.
pub(in crate::service) async fn open<'services>(
    services: &'services Services,
    proof: &impl InTeam,
) -> Result<Result<Door<'services>, Reading>, ServiceError> {
    let Some(entra) = services.entra.as_ref() else {
        return Ok(Err(Reading::Unavailable));
    };
    let proven = services
        .store
        .prove_tenant(proof, services.rules.verification)
        .await?;
    if let Some(proven) = proven {
        return Ok(Ok(Door { entra, proven }));
    }
    let registered = services.store.find_registration(proof).await?.is_some();
    Ok(Err(if registered {
        Reading::Unproven
    } else {
        Reading::NotConfigured
    }))
}

/// How it stands by what we know ourselves, for people for whom Microsoft is not asked.
pub(in crate::service) async fn standing(
    services: &Services,
    proof: &impl InTeam,
) -> Result<Reading, ServiceError> {
    Ok(match open(services, proof).await? {
        Ok(_) => Reading::Open,
        Err(closed) => closed,
    })
}

impl Reading {
    /// What an error of reading means, where `needed` is what the administrator must have approved.
    pub(in crate::service) fn after(error: &EntraError, needed: &[&'static str]) -> Self {
        match error {
            EntraError::Refused { status: 403, .. } => Self::NotPermitted(needed.to_vec()),
            // No token any more: the approval was withdrawn as a whole.
            EntraError::Refused { error, .. } if error.is_unapproved() => Self::NotPermitted(needed.to_vec()),
            _ => Self::Unreachable,
        }
    }
}
