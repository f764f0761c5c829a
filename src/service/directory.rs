//! Reading a team's directory at Microsoft with the application's own access.
//!
//! The one place from which it is done, and every function takes the proof that the tenant is the team's own: the
//! permissions that one customer grants are usable by the whole deployment, and a team that merely names somebody else's
//! tenant must not read it. The tenant comes from the proof and from nowhere else. Whether the caller's role may see the
//! answer is the caller's to check. No connection to the database is held meanwhile.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use tokio::time::timeout;

use crate::{
    domain::{invitation::Candidate, tenant::ObjectId},
    entra::{
        ApplicationAccess, Entra, EntraError, GroupFound, GroupMember, GroupsFound, MemberSeen, Members,
        Organization, PersonFound,
    },
    storage::ProvenTenant,
};

/// Some group of the tenant, to learn whether groups can be read.
///
/// # Errors
/// [`EntraError`].
pub async fn any_group(entra: &Entra, proof: &ProvenTenant) -> Result<Option<ObjectId>, EntraError> {
    entra.read_directory_of(proof.tenant()).any_group().await
}

/// What these groups are called and what kind they are; `None` for one that the tenant does not have.
///
/// # Errors
/// [`EntraError`].
pub async fn groups_named(
    entra: &Entra,
    proof: &ProvenTenant,
    ids: &[ObjectId],
) -> Result<HashMap<ObjectId, Option<GroupFound>>, EntraError> {
    entra.read_directory_of(proof.tenant()).groups_named(ids).await
}

/// A person in this group, to learn whether people's names can be read.
///
/// # Errors
/// [`EntraError`].
pub async fn first_member(
    entra: &Entra,
    proof: &ProvenTenant,
    group: ObjectId,
) -> Result<Option<MemberSeen>, EntraError> {
    entra.read_directory_of(proof.tenant()).first_member(group).await
}

/// So long Microsoft may take for a page of members, its own waits included.
const PAGE_WITHIN: Duration = Duration::from_secs(20);
/// So long for all of them. A request has a minute, and shall end with an answer.
const GROUP_WITHIN: Duration = Duration::from_secs(50);

/// Everybody in this group, directly or through other groups, in Microsoft's order.
///
/// # Errors
/// [`EntraError`]; half a list is none.
pub async fn everybody_in(
    entra: &Entra,
    proof: &ProvenTenant,
    group: ObjectId,
) -> Result<Vec<Candidate>, EntraError> {
    let read = async {
        let mut members = members_of(entra, proof, group, None).await?;
        let mut people = Vec::new();
        while let Some(page) = members.next(PAGE_WITHIN).await? {
            people.extend(page.people.into_iter().map(GroupMember::into_candidate));
        }
        Ok(people)
    };
    let late = Err(EntraError::TimedOut {
        what: "everybody in a group",
    });
    timeout(GROUP_WITHIN, read).await.unwrap_or(late)
}

/// The security groups whose names hold the words of `text`.
///
/// # Errors
/// [`EntraError`].
pub async fn search_groups(
    entra: &Entra,
    proof: &ProvenTenant,
    text: &str,
) -> Result<GroupsFound, EntraError> {
    entra.read_directory_of(proof.tenant()).search_groups(text).await
}

/// The organization itself; `None` when its administrator did not permit reading it.
///
/// # Errors
/// [`EntraError`].
pub async fn organization(entra: &Entra, proof: &ProvenTenant) -> Result<Option<Organization>, EntraError> {
    entra.read_directory_of(proof.tenant()).organization().await
}

/// The people in this group, nested groups included, by object ID in ascending order; all of them, or an error.
///
/// # Errors
/// [`EntraError`].
pub async fn people_of(
    entra: &Entra,
    proof: &ProvenTenant,
    group: ObjectId,
    within: Duration,
) -> Result<Vec<ObjectId>, EntraError> {
    entra
        .read_directory_of(proof.tenant())
        .people_of(group, within)
        .await
}

/// Whether an object ID is a person's.
///
/// # Errors
/// [`EntraError`].
pub async fn is_person(entra: &Entra, proof: &ProvenTenant, id: ObjectId) -> Result<bool, EntraError> {
    entra.read_directory_of(proof.tenant()).is_person(id).await
}

/// What the application may do in the tenant, as its token says.
///
/// # Errors
/// [`EntraError`].
pub async fn access(entra: &Entra, proof: &ProvenTenant) -> Result<ApplicationAccess, EntraError> {
    entra.application_access(proof.tenant()).await
}

/// The person with this object ID, if there is one.
///
/// # Errors
/// [`EntraError`].
pub async fn person(
    entra: &Entra,
    proof: &ProvenTenant,
    id: ObjectId,
) -> Result<Option<PersonFound>, EntraError> {
    entra.read_directory_of(proof.tenant()).person(id).await
}

/// The people with this address; two at most.
///
/// # Errors
/// [`EntraError`].
pub async fn people_called(
    entra: &Entra,
    proof: &ProvenTenant,
    address: &str,
) -> Result<Vec<PersonFound>, EntraError> {
    entra
        .read_directory_of(proof.tenant())
        .people_called(address)
        .await
}

/// The groups that a person is in now, nested ones included; all of them, or an error.
///
/// # Errors
/// [`EntraError`].
pub async fn groups_of(
    entra: &Entra,
    proof: &ProvenTenant,
    person: ObjectId,
    within: Duration,
) -> Result<HashSet<ObjectId>, EntraError> {
    entra
        .read_directory_of(proof.tenant())
        .groups_of(person, within)
        .await
}

/// The people in this group page by page, beginning with the first page or with the one at `from`, which an earlier page
/// named.
///
/// # Errors
/// [`EntraError`].
pub async fn members_of<'entra>(
    entra: &'entra Entra,
    proof: &ProvenTenant,
    group: ObjectId,
    from: Option<&str>,
) -> Result<Members<'entra>, EntraError> {
    entra
        .read_directory_of(proof.tenant())
        .members_of(group, from)
        .await
}

/// About how many people are in this group, nested groups included, by an index that lags behind.
///
/// # Errors
/// [`EntraError`].
pub async fn about_how_many(
    entra: &Entra,
    proof: &ProvenTenant,
    group: ObjectId,
) -> Result<Option<u64>, EntraError> {
    entra
        .read_directory_of(proof.tenant())
        .about_how_many(group)
        .await
}
