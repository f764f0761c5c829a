//! The overview.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{drawn::Drawn, fault::Fault};

/// The overview as markup, for the browser: one's own access, and for those who may know it what needs attention. It takes
/// no arguments: the page's own query says what was just done.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "overview/view", input = GetUrl)]
pub async fn view() -> Result<Drawn, Fault> {
    use crate::server::{guard, overview, reply};

    let call = guard::signed_in().await?;
    let view = overview::view(&call).await;
    reply::answer(&call.arrival, view)
}
