//! The return from Microsoft: the one GET that changes something, protected by its sealed attempt.

use leptos::{prelude::server, server_fn::codec::GetUrl};

use crate::wire::fault::Fault;

/// Finishes a sign-in and always ends in a redirect.
///
/// It takes no arguments and reads the query itself, because a doubled parameter would otherwise be refused before
/// this body runs and could not be recorded.
///
/// # Errors
/// [`Fault::Internal`] outside of a request; otherwise none.
#[server(prefix = "/api/auth", endpoint = "callback/microsoft-entra-id", input = GetUrl)]
pub async fn callback() -> Result<(), Fault> {
    use crate::{
        server::{guard, reply, sso},
        service::sign_in,
    };

    let arrival = guard::anyone()?;
    let returned = sign_in::Returned::from_query(arrival.parts.uri.query().unwrap_or_default());
    let finished = sso::finish(&arrival, &returned).await;
    reply::enter(&arrival, finished);
    Ok(())
}
