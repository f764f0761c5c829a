//! The team's integrations.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{fault::Fault, tenant as wire};

/// How each integration stands.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "integrations/list", input = GetUrl)]
pub async fn list() -> Result<wire::Integrations, Fault> {
    use crate::server::{guard, integration, reply};

    let call = guard::signed_in().await?;
    let found = integration::list(&call).await;
    reply::answer(&call.arrival, found)
}
