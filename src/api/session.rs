//! Who is signed in and why with this role.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::{fault::Fault, session as wire};

/// Who is signed in, with which role, in which team.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "session/viewer", input = GetUrl)]
pub async fn viewer() -> Result<wire::Viewer, Fault> {
    use crate::{
        server::{guard, reply, sending},
        service::session,
    };

    let call = guard::signed_in().await?;
    let person = &call.proof;
    let viewer = async {
        Ok(wire::Viewer {
            user_id: person.user(),
            name: person.name().to_owned(),
            email: person.email().map(str::to_owned),
            role: person.role(),
            team_id: person.team(),
            team_name: person.team_name().to_owned(),
            owners: session::owners(call.services(), person).await?,
            sending: sending::now(call.services(), person).await?,
        })
    };
    reply::answer(&call.arrival, viewer.await)
}

/// Why the viewer has this role.
///
/// # Errors
/// [`Fault::SignedOut`] without a session.
#[server(prefix = "/api", endpoint = "session/access", input = GetUrl)]
pub async fn access() -> Result<wire::Access, Fault> {
    use crate::server::{guard, overview, reply};

    let call = guard::signed_in().await?;
    let access = overview::access(&call).await;
    reply::answer(&call.arrival, access)
}
