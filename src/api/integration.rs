//! All integrations of the team.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{fault::Fault, tenant::Integrations};

/// All integrations, each with its state and what to do next.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "integrations/list", input = GetUrl)]
pub async fn list() -> Result<Integrations, Fault> {
    use crate::server::{guard, integration, reply};

    let call = guard::signed_in().await?;
    let list = integration::list(&call).await;
    reply::answer(&call.arrival, list)
}
