//! The team's Microsoft tenant: the page about it, save, test, disconnect, confirm.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{
    drawn::Drawn,
    fault::Fault,
    tenant::{EntraPage, Saved, Tested},
};

/// All of the page of Microsoft Entra ID. It takes no arguments: the page's own query says what was kept for it, and that
/// query is the same in the page that the server renders and in the call of a browser.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "tenant/page", input = GetUrl)]
pub async fn page() -> Result<EntraPage, Fault> {
    use crate::server::{guard, integration, reply};

    let call = guard::signed_in().await?;
    let page = integration::page(&call).await;
    reply::answer(&call.arrival, page)
}

/// The same page as markup, for the browser. What is drawn once on the server need not be there a second time in what the
/// browser loads. It takes no arguments, as [`page`].
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "tenant/view", input = GetUrl)]
pub async fn view() -> Result<Drawn, Fault> {
    use crate::server::{guard, integration, reply};

    let call = guard::signed_in().await?;
    let view = integration::view(&call).await;
    reply::answer(&call.arrival, view)
}

/// Saves the team's tenant, at once effective. A switch that is absent is off. Owners and admins only.
///
/// # Errors
/// [`Fault::Invalid`] for what is typed wrong, [`Fault::Conflict`] for another team's tenant and a stale version.
#[server(prefix = "/api", endpoint = "tenant/save")]
pub async fn save(
    /// What was typed as Tenant ID.
    #[server(default)]
    tenant_id: String,
    /// `on`, or off.
    #[server(default)]
    enabled: Option<String>,
    /// `on`, or off.
    #[server(default)]
    allow_guests: Option<String>,
    /// The version that was on the page.
    #[server(default)]
    version: Option<String>,
    /// `ask`, to have a change with consequences asked about first.
    #[server(default)]
    confirm: Option<String>,
) -> Result<Saved, Fault> {
    use crate::server::{guard, tenant};

    let call = guard::administrator().await?;
    let sent = tenant::Sent {
        tenant_id,
        enabled,
        allow_guests,
        version,
    };
    tenant::save(&call, sent, confirm.as_deref() == Some("ask")).await
}

/// Tests a tenant, saved or not, and changes nothing. Owners and admins only.
///
/// # Errors
/// Only our own faults: a test that fails is an answer.
#[server(prefix = "/api", endpoint = "tenant/test")]
pub async fn test(
    /// What was typed as Tenant ID.
    #[server(default)]
    tenant_id: String,
    /// `on`, or off.
    #[server(default)]
    enabled: Option<String>,
    /// `on`, or off.
    #[server(default)]
    allow_guests: Option<String>,
    /// The version that was on the page.
    #[server(default)]
    version: Option<String>,
) -> Result<Tested, Fault> {
    use crate::server::{guard, tenant};

    let call = guard::administrator().await?;
    let sent = tenant::Sent {
        tenant_id,
        enabled,
        allow_guests,
        version,
    };
    tenant::test(&call, sent).await
}

/// Disconnects the team's tenant: its people's sessions end. Owners and admins only.
///
/// # Errors
/// [`Fault::Missing`] when there is none.
#[server(prefix = "/api", endpoint = "tenant/disconnect")]
pub async fn disconnect() -> Result<(), Fault> {
    use crate::server::{guard, tenant};

    let call = guard::administrator().await?;
    tenant::disconnect(&call).await
}

/// Confirms a proof of ownership, once. Owners and admins only.
///
/// # Errors
/// [`Fault::Missing`] when it has expired or was used, [`Fault::Conflict`] when another team's proof is as strong.
#[server(prefix = "/api", endpoint = "tenant/confirm")]
pub async fn confirm(
    /// What the step was opened with.
    #[server(default)]
    proof: String,
) -> Result<(), Fault> {
    use crate::server::{guard, tenant};

    let call = guard::administrator().await?;
    tenant::confirm(&call, &proof).await
}
