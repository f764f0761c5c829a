//! Groups of the team's tenant.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{fault::Fault, mapping::GroupsFound};

/// Finds groups by the beginnings of the words of their names, or the one with an Object ID. Owners and admins only.
///
/// # Errors
/// [`Fault::Throttled`] for a flood, and our own faults: that groups cannot be searched now is an answer.
#[server(prefix = "/api", endpoint = "groups/search", input = GetUrl)]
pub async fn search(
    /// What was typed.
    #[server(default)]
    query: String,
) -> Result<GroupsFound, Fault> {
    use crate::server::{guard, mapping, reply};

    let call = guard::administrator().await?;
    guard::unhurried(&call)?;
    let found = mapping::search(&call, &query).await;
    reply::answer(&call.arrival, found)
}
