//! Who is signed in and why with this role.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{fault::Fault, session as wire};

/// Who is signed in, with which role, in which team.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "session/viewer", input = GetUrl)]
pub async fn viewer() -> Result<wire::Viewer, Fault> {
    Err(Fault::SignedOut)
}

/// Why the viewer has this role.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "session/access", input = GetUrl)]
pub async fn access() -> Result<wire::Access, Fault> {
    Err(Fault::SignedOut)
}
