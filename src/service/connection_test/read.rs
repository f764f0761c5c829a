//! Steps 4 and 5: what the token says, then whether it is so.

use tokio::time::timeout_at;

use super::{Run, evidence_of};
use crate::{
    domain::{
        connection_test::{Consent, Finding, Outcome, Step},
        graph_permission::{self, Feature, GRAPH_PERMISSIONS, Holder, WHOLE_DIRECTORY, needed},
        tenant::ObjectId,
    },
    entra::{ApplicationAccess, EntraError},
    service::directory,
    storage::ProvenTenant,
};

/// The permissions that a feature lacks, by what the token says.
fn missing(roles: &[String], feature: Feature) -> Vec<String> {
    let missing = graph_permission::missing(roles, feature);
    missing.into_iter().map(str::to_owned).collect()
}

/// What a token says of the consent; nothing when it cannot be read or is not in force.
pub(super) fn consent_in(access: &ApplicationAccess) -> Option<Consent> {
    let roles = access.roles.as_deref().filter(|_| access.established)?;
    let lacks = |feature| !missing(roles, feature).is_empty();
    Some(if lacks(Feature::GroupSearch) || lacks(Feature::GroupMembers) {
        Consent::Partly
    } else {
        Consent::Approved
    })
}

/// That everything was read, and by which permission.
fn works(access: &ApplicationAccess, feature: Feature) -> Finding {
    let roles = access.roles.as_deref().unwrap_or_default();
    let stands_in = roles.iter().any(|role| role == WHOLE_DIRECTORY)
        && !needed(feature).all(|name| roles.iter().any(|role| role == name));
    if stands_in {
        Finding::WorksByDirectory
    } else {
        Finding::Works
    }
}

/// The permissions that were approved beyond what we ask for; also the one for the whole directory while it stands in for
/// something that is missing.
pub(super) fn beyond_what_we_ask(roles: Option<&[String]>) -> Vec<String> {
    let Some(roles) = roles else { return Vec::new() };
    let asked = |role: &str| {
        GRAPH_PERMISSIONS
            .iter()
            .any(|permission| permission.holder == Holder::Application && permission.name == role)
    };
    let mut beyond: Vec<_> = roles.iter().filter(|role| !asked(role)).cloned().collect();
    beyond.sort_unstable();
    beyond
}

impl Run<'_> {
    /// Both steps. Without the proof they stop at what the token says.
    pub(super) async fn read(
        &mut self,
        proven: Option<&ProvenTenant>,
        access: &ApplicationAccess,
        reads: bool,
    ) {
        if !access.established {
            // A token from the minute after the approval: it names no application yet.
            for step in [Step::SearchGroups, Step::ListMembers] {
                self.note(step, Finding::NotYetInForce, None);
            }
            return;
        }
        let by_token = |feature| {
            let lacking = access.roles.as_deref().map(|roles| missing(roles, feature));
            lacking
                .filter(|lacking| !lacking.is_empty())
                .map(Finding::Missing)
        };
        let unread = match (reads, access.roles.is_some()) {
            (false, true) => Finding::Approved,
            (false, false) => Finding::Skipped,
            (true, true) => Finding::WaitsForProof,
            (true, false) => Finding::UnseenBeforeProof,
        };
        let mut group = None;
        match (by_token(Feature::GroupSearch), proven) {
            (Some(lacking), _) => self.note(Step::SearchGroups, lacking, None),
            (None, None) => self.note(Step::SearchGroups, unread.clone(), None),
            (None, Some(proven)) => group = self.search_groups(proven, access).await,
        }
        let searched = self.test.result(Step::SearchGroups);
        let (ended, unheard) = searched.map_or((false, false), |searched| {
            (
                searched.outcome() == Outcome::Failed,
                searched.finding.is_untested(),
            )
        });
        if ended {
            return;
        }
        match (by_token(Feature::GroupMembers), proven) {
            (Some(lacking), _) => self.note(Step::ListMembers, lacking, None),
            // Whoever is silent or busy is not asked once more.
            (None, Some(_)) if unheard => self.note(Step::ListMembers, Finding::Skipped, None),
            (None, None) => self.note(Step::ListMembers, unread, None),
            (None, Some(proven)) => self.list_members(proven, access, group).await,
        }
    }

    /// Step 4. Some group of the tenant.
    async fn search_groups(&mut self, proven: &ProvenTenant, access: &ApplicationAccess) -> Option<ObjectId> {
        let entra = self.services.entra.as_ref()?;
        let asked = async {
            // It only gives the tenant's name; what else is wrong with it says nothing about groups.
            let organization = match directory::organization(entra, proven).await {
                Ok(organization) => organization,
                Err(foreign @ EntraError::ForeignTenant { .. }) => return Err(foreign),
                Err(error) => {
                    tracing::info!(%error, "the tenant's name could not be read");
                    None
                }
            };
            Ok((organization, directory::any_group(entra, proven).await?))
        };
        let step = Step::SearchGroups;
        match timeout_at(self.deadline, asked).await {
            Err(_) => self.note(step, Finding::NoAnswer, None),
            Ok(Err(error)) => {
                let finding = self.refused_reading(&error, access, Feature::GroupSearch);
                self.note(step, finding, evidence_of(&error));
            }
            Ok(Ok((organization, group))) => {
                let domain = organization.and_then(|organization| organization.default_domain);
                if let Some(domain) = domain {
                    self.test.domain = Some(domain.to_string());
                }
                self.note(step, works(access, Feature::GroupSearch), None);
                return group;
            }
        }
        None
    }

    /// Step 5. Somebody in that group.
    async fn list_members(
        &mut self,
        proven: &ProvenTenant,
        access: &ApplicationAccess,
        group: Option<ObjectId>,
    ) {
        let Some(entra) = self.services.entra.as_ref() else {
            return;
        };
        let asked = async {
            let group = match group {
                Some(group) => Some(group),
                None => directory::any_group(entra, proven).await?,
            };
            match group {
                Some(group) => directory::first_member(entra, proven, group).await,
                // A tenant without a group has no member to read.
                None => Ok(None),
            }
        };
        let step = Step::ListMembers;
        match timeout_at(self.deadline, asked).await {
            Err(_) => self.note(step, Finding::NoAnswer, None),
            Ok(Err(error)) => {
                let finding = self.refused_reading(&error, access, Feature::GroupMembers);
                self.note(step, finding, evidence_of(&error));
            }
            Ok(Ok(Some(member))) if !member.name_readable => {
                self.note(step, Finding::NamesUnreadable, None);
            }
            Ok(Ok(_)) => self.note(step, works(access, Feature::GroupMembers), None),
        }
    }

    /// Why nothing could be read.
    fn refused_reading(&self, error: &EntraError, access: &ApplicationAccess, feature: Feature) -> Finding {
        match error {
            EntraError::ForeignTenant { .. } => Finding::OtherTenant,
            // A further page on another host is no sign of another cloud: the token came from this one.
            EntraError::Foreign { .. } => Finding::MicrosoftTrouble,
            // Graph gives no numbers: it was a new token that was refused.
            EntraError::Refused { error: said, .. } if said.number.is_some() => self.refused_token(error),
            EntraError::Refused { status: 401, .. } => Finding::NotYetInForce,
            EntraError::Refused { status: 403, .. } if access.roles.is_some() => Finding::NotYetInForce,
            EntraError::Refused { status: 403, .. } => {
                Finding::Missing(needed(feature).map(str::to_owned).collect())
            }
            EntraError::Refused { .. } => Finding::Refused,
            other => self.silence(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_is_missing_is_named() {
        let some = roles(&["Group.Read.All", "User.Read.All"]);
        assert_eq!(missing(&some, Feature::GroupSearch), roles(&[]));
        assert_eq!(
            missing(&some, Feature::GroupMembers),
            roles(&["GroupMember.Read.All"])
        );
        assert_eq!(
            missing(&[], Feature::GroupMembers),
            roles(&["User.Read.All", "GroupMember.Read.All"])
        );
        // Microsoft would list groups with this one; the product's documentation asks for the other.
        let other = roles(&["GroupMember.Read.All"]);
        assert_eq!(missing(&other, Feature::GroupSearch), roles(&["Group.Read.All"]));
    }

    #[test]
    fn the_whole_directory_stands_in_for_everything() {
        let whole = roles(&["Directory.Read.All"]);
        assert_eq!(missing(&whole, Feature::GroupSearch), roles(&[]));
        assert_eq!(missing(&whole, Feature::GroupMembers), roles(&[]));
        assert_eq!(
            beyond_what_we_ask(Some(&whole)),
            whole,
            "and is more than we ask for"
        );
    }

    #[test]
    fn what_nobody_asked_for_is_named() {
        let mut all = roles(&["User.Read.All", "Group.Read.All", "GroupMember.Read.All"]);
        assert_eq!(beyond_what_we_ask(Some(&all)), roles(&[]));
        all.extend(roles(&["Mail.Read", "Directory.Read.All"]));
        assert_eq!(
            beyond_what_we_ask(Some(&all)),
            roles(&["Directory.Read.All", "Mail.Read"])
        );
        assert_eq!(beyond_what_we_ask(None), roles(&[]));
    }
}
