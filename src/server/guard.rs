//! Cookie to proof: the inner ring, and the one that decides. During server-side rendering a server function is a
//! plain call, and no layer runs before it.

use http::request::Parts;
use leptos::context::use_context;

use super::{layers::Facts, reply, state::AppState};
use crate::{
    domain::id::Reference,
    service::{Services, session},
    storage::{Authentication, SignedIn},
    wire::fault::{Fault, Incident},
};

/// A request that has arrived, from nobody in particular.
#[derive(Debug)]
pub struct Arrival {
    /// The state.
    pub state: AppState,
    /// What is known of the request.
    pub facts: Facts,
    /// The request without its body.
    pub parts: Parts,
}

/// A call with the proof of the right to make it.
#[derive(Debug)]
pub struct Call<Proof> {
    /// The request.
    pub arrival: Arrival,
    /// Who calls, with which right.
    pub proof: Proof,
}

impl<Proof> Call<Proof> {
    /// The use cases' tools.
    pub fn services(&self) -> &Services {
        &self.arrival.state.services
    }
}

/// The request as it arrived. No right follows from it.
///
/// # Errors
/// [`Fault::Internal`] outside of a request.
pub fn anyone() -> Result<Arrival, Fault> {
    let state = use_context::<AppState>();
    let parts = use_context::<Parts>();
    let (Some(state), Some(parts)) = (state, parts) else {
        return Err(Fault::Internal(Incident(String::new())));
    };
    let facts = parts.extensions.get::<Facts>().cloned().unwrap_or_else(|| Facts {
        reference: state.services.ids.next::<Reference>(),
        ip: None,
        nonce: String::new(),
    });
    Ok(Arrival { state, facts, parts })
}

/// Somebody who is signed in.
///
/// # Errors
/// [`Fault::SignedOut`] without a live session.
pub async fn signed_in() -> Result<Call<SignedIn>, Fault> {
    let arrival = anyone()?;
    // The outer ring has read the session of this very request already, where it stands in front.
    if let Some(proof) = arrival.parts.extensions.get::<SignedIn>().cloned() {
        return Ok(Call { arrival, proof });
    }
    let refused = |fault: Fault| {
        reply::set_status(&fault);
        Err(fault)
    };
    let Some(token) = arrival.state.site.cookies.session(&arrival.parts.headers) else {
        return refused(Fault::SignedOut);
    };
    let found = session::authenticate(&arrival.state.services, &token).await;
    match reply::answer(&arrival, found)? {
        Authentication::SignedIn(proof) => Ok(Call { arrival, proof }),
        Authentication::NotAMember { .. } => refused(Fault::Forbidden),
        Authentication::Ended | Authentication::Suspended => refused(Fault::SignedOut),
    }
}
