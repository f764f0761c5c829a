//! The team's mappings of groups to roles: list, preview, create, update, delete.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{
    drawn::Drawn,
    fault::Fault,
    group_member::MembersOfGroup,
    mapping::{AccessExplained, MappingPreview, MappingRow},
};

/// All mappings, the highest priority first.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "mappings/list", input = GetUrl)]
pub async fn list() -> Result<Vec<MappingRow>, Fault> {
    use crate::server::{guard, mapping, reply};

    let call = guard::signed_in().await?;
    let list = mapping::list(&call).await;
    reply::answer(&call.arrival, list)
}

/// The page of the mappings as markup, for the browser. It takes no arguments: the page's own query says what is asked, and
/// that query is the same in the page that the server renders and in the call of a browser.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "mappings/view", input = GetUrl)]
pub async fn view() -> Result<Drawn, Fault> {
    use crate::server::{guard, mapping_page, reply};

    let call = guard::signed_in().await?;
    let view = mapping_page::view(&call).await;
    reply::answer(&call.arrival, view)
}

/// A page of the people in a mapping's group, and how each stands with the team. Owners and admins only.
///
/// # Errors
/// [`Fault::Missing`] for a mapping that is not there, [`Fault::Invalid`] for a `cursor` of another list,
/// [`Fault::Microsoft`] when Microsoft does not give the list.
#[server(prefix = "/api", endpoint = "mappings/members", input = GetUrl)]
pub async fn members(
    /// The mapping.
    #[server(default)]
    id: String,
    /// Whom it shows.
    #[server(default)]
    filter: String,
    /// Where it begins: the `next` of the page before.
    #[server(default)]
    cursor: String,
) -> Result<MembersOfGroup, Fault> {
    use crate::server::{group_member, guard};

    let call = guard::administrator().await?;
    group_member::list(&call, &id, &filter, &cursor).await
}

/// The page of the people in a mapping's group as markup, for the browser. Owners and admins only.
///
/// # Errors
/// [`Fault::Missing`] for a mapping that is not there.
#[server(prefix = "/api", endpoint = "mappings/members-view", input = GetUrl)]
pub async fn members_view(
    /// The mapping.
    #[server(default)]
    id: String,
) -> Result<Drawn, Fault> {
    use crate::server::{group_member, guard, reply};

    let call = guard::administrator().await?;
    let view = group_member::view(&call, &id).await;
    reply::answer(&call.arrival, view)
}

/// What a new mapping, or with `id` a changed one, will do to people at their next sign-in. Owners and admins only.
///
/// # Errors
/// [`Fault::Invalid`] for what is typed wrong, [`Fault::Missing`] for a mapping that is not there.
#[server(prefix = "/api", endpoint = "mappings/preview")]
pub async fn preview(
    /// The mapping that is edited.
    #[server(default)]
    id: String,
    /// What was searched for.
    #[server(default)]
    query: String,
    /// The group that was chosen.
    #[server(default)]
    group_id: String,
    /// The Object ID that was typed.
    #[server(default)]
    object_id: String,
    /// The role.
    #[server(default)]
    role: String,
    /// The priority.
    #[server(default)]
    priority: String,
    /// The version that was on the page.
    #[server(default)]
    version: Option<String>,
) -> Result<MappingPreview, Fault> {
    use crate::server::{guard, mapping};

    let call = guard::administrator().await?;
    guard::unhurried(&call)?;
    let sent = mapping::Sent {
        id,
        query,
        group_id,
        object_id,
        role,
        priority,
        version,
    };
    mapping::preview(&call, sent).await
}

/// Maps a group to a role. Owners and admins only.
///
/// # Errors
/// [`Fault::Invalid`] for what is typed wrong, [`Fault::Conflict`] for a group that is mapped already.
#[server(prefix = "/api", endpoint = "mappings/create")]
pub async fn create(
    /// What was searched for.
    #[server(default)]
    query: String,
    /// The group that was chosen.
    #[server(default)]
    group_id: String,
    /// The Object ID that was typed.
    #[server(default)]
    object_id: String,
    /// The role.
    #[server(default)]
    role: String,
    /// The priority.
    #[server(default)]
    priority: String,
) -> Result<MappingRow, Fault> {
    use crate::server::{guard, mapping};

    let call = guard::administrator().await?;
    let sent = mapping::Sent {
        query,
        group_id,
        object_id,
        role,
        priority,
        ..mapping::Sent::default()
    };
    mapping::create(&call, sent).await
}

/// Gives a mapping another role or priority. Owners and admins only.
///
/// # Errors
/// [`Fault::Invalid`] for what is typed wrong, [`Fault::Conflict`] for a stale version, [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "mappings/update")]
pub async fn update(
    /// Which.
    #[server(default)]
    id: String,
    /// The role.
    #[server(default)]
    role: String,
    /// The priority.
    #[server(default)]
    priority: String,
    /// The version that was on the page.
    #[server(default)]
    version: Option<String>,
) -> Result<MappingRow, Fault> {
    use crate::server::{guard, mapping};

    let call = guard::administrator().await?;
    let sent = mapping::Sent {
        id,
        role,
        priority,
        version,
        ..mapping::Sent::default()
    };
    mapping::update(&call, sent).await
}

/// Takes over the name that a mapped group has at Microsoft since it was renamed; nothing else of the mapping changes. Owners
/// and admins only.
///
/// # Errors
/// [`Fault::Missing`] for a mapping that is not there.
#[server(prefix = "/api", endpoint = "mappings/use-name")]
pub async fn use_name(
    /// Which.
    #[server(default)]
    id: String,
) -> Result<MappingRow, Fault> {
    use crate::server::{guard, overview};

    let call = guard::administrator().await?;
    overview::use_new_name(&call, &id).await
}

/// Removes a mapping. Owners and admins only.
///
/// # Errors
/// [`Fault::Conflict`] for a stale version, [`Fault::Missing`].
#[server(prefix = "/api", endpoint = "mappings/delete")]
pub async fn delete(
    /// Which.
    #[server(default)]
    id: String,
    /// The version that was on the page.
    #[server(default)]
    version: Option<String>,
) -> Result<MappingRow, Fault> {
    use crate::server::{guard, mapping};

    let call = guard::administrator().await?;
    let sent = mapping::Sent {
        id,
        version,
        ..mapping::Sent::default()
    };
    mapping::delete(&call, sent).await
}

/// Explains which role the person with an email address or Object ID would have after signing in now, and changes nothing.
/// Owners and admins only.
///
/// # Errors
/// [`Fault::Invalid`] for what is typed wrong, [`Fault::Microsoft`] when the directory cannot be read.
#[server(prefix = "/api", endpoint = "mappings/explain")]
pub async fn explain(
    /// An email address or an Object ID.
    #[server(default)]
    who: String,
) -> Result<AccessExplained, Fault> {
    use crate::server::{guard, mapping};

    let call = guard::administrator().await?;
    mapping::explain(&call, who).await
}
