//! Inviting people: many of a group with one action, or one by an address. Owners and admins only.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{
    fault::Fault,
    invitation::{InvitationMade, JobPerson, JobProgress, Revoked, Started},
};

/// Invites people of a mapped group: those chosen, or all who are neither members nor invited. The same `key` gives the
/// same action, so that a form that is sent twice invites once.
///
/// # Errors
/// [`Fault::Missing`] for a mapping that is not there, [`Fault::Invalid`] without a key or with nobody to invite,
/// [`Fault::Conflict`] while the directory cannot be read, [`Fault::Microsoft`] when Microsoft does not answer.
#[server(prefix = "/api", endpoint = "invitations/start")]
pub async fn start(
    /// The mapping of the group.
    #[server(default)]
    mapping_id: String,
    /// The people that were chosen.
    #[server(default)]
    object_ids: Vec<String>,
    /// Everybody instead.
    #[server(default)]
    all: Option<String>,
    /// Made up by the form.
    #[server(default)]
    key: String,
) -> Result<Started, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    guard::unhurried(&call)?;
    let sent = invitation::Sent {
        mapping_id,
        object_ids,
        all,
        key,
    };
    invitation::start(&call, sent).await
}

/// How far an action is.
///
/// # Errors
/// [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "invitations/progress", input = GetUrl)]
pub async fn progress(
    /// The action.
    #[server(default)]
    job: String,
) -> Result<JobProgress, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    invitation::progress(&call, &job).await
}

/// How it went with each person of an action, a hundred at a time. Shows no link.
///
/// # Errors
/// [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "invitations/results", input = GetUrl)]
pub async fn results(
    /// The action.
    #[server(default)]
    job: String,
    /// One of the outcomes; empty for all.
    #[server(default)]
    outcome: String,
    /// The last place of the page before.
    #[server(default)]
    after: Option<i64>,
) -> Result<Vec<JobPerson>, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    invitation::results(&call, &job, &outcome, after.unwrap_or_default()).await
}

/// The same, with every link that nobody was shown so far. They are shown now and never again.
///
/// # Errors
/// [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "invitations/links")]
pub async fn links(
    /// The action.
    #[server(default)]
    job: String,
    /// The last place of the page before.
    #[server(default)]
    after: Option<i64>,
) -> Result<Vec<JobPerson>, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    invitation::links(&call, &job, after.unwrap_or_default()).await
}

/// Stops an action: whoever was not invited so far is not.
///
/// # Errors
/// [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "invitations/stop")]
pub async fn stop(
    /// The action.
    #[server(default)]
    job: String,
) -> Result<JobProgress, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    invitation::stop(&call, &job).await
}

/// Lets everybody for whom it failed have another turn, and nobody else.
///
/// # Errors
/// [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "invitations/retry")]
pub async fn retry(
    /// The action.
    #[server(default)]
    job: String,
) -> Result<JobProgress, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    invitation::retry(&call, &job).await
}

/// Invites whoever has this address at the team's own tenant.
///
/// # Errors
/// [`Fault::Invalid`] for what is typed wrong, [`Fault::Conflict`] for somebody who is a member or invited.
#[server(prefix = "/api", endpoint = "invitations/create")]
pub async fn create(
    /// The address.
    #[server(default)]
    email: String,
    /// The role.
    #[server(default)]
    role: String,
    /// The page to go back to.
    #[server(default)]
    next: String,
) -> Result<InvitationMade, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    guard::unhurried(&call)?;
    Box::pin(invitation::create(&call, &email, &role, &next)).await
}

/// Sends an invitation again, with a new link; the old one stops working.
///
/// # Errors
/// [`Fault::Missing`], [`Fault::Conflict`] when it was accepted.
#[server(prefix = "/api", endpoint = "invitations/resend")]
pub async fn resend(
    /// The invitation.
    #[server(default)]
    id: String,
    /// The page to go back to.
    #[server(default)]
    next: String,
) -> Result<InvitationMade, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    guard::unhurried(&call)?;
    Box::pin(invitation::resend(&call, &id, &next)).await
}

/// Takes an invitation back: its link stops working.
///
/// # Errors
/// [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "invitations/revoke")]
pub async fn revoke(
    /// The invitation.
    #[server(default)]
    id: String,
    /// The page to go back to.
    #[server(default)]
    next: String,
) -> Result<Revoked, Fault> {
    use crate::server::{guard, invitation};

    let call = guard::administrator().await?;
    invitation::revoke(&call, &id, &next).await
}
