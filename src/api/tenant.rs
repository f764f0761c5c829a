//! The team's Microsoft tenant.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{fault::Fault, tenant as wire};

/// The page of Microsoft Entra ID, for the query of the request: which form, test or step is shown.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "tenant/page", input = GetUrl)]
pub async fn page() -> Result<wire::EntraPage, Fault> {
    use crate::server::{guard, integration, reply};

    let call = guard::signed_in().await?;
    let found = integration::page(&call).await;
    reply::answer(&call.arrival, found)
}
