//! The return from Microsoft: the one GET that changes something, protected by its sealed attempt.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::fault::Fault;

/// Finishes a sign-in and always ends in a redirect.
///
/// It takes no arguments: the query comes beside the address, so that a doubled parameter can be refused and
/// recorded here.
///
/// # Errors
/// [`Fault::Internal`] outside of a request; otherwise none.
#[server(prefix = "/api/auth", endpoint = "callback/microsoft-entra-id", input = GetUrl)]
pub async fn callback() -> Result<(), Fault> {
    use crate::server::{guard, reply, sso};

    let arrival = guard::anyone()?;
    let finished = sso::finish(&arrival).await;
    reply::enter(&arrival, finished);
    Ok(())
}
