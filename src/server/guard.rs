//! Cookie to proof: the inner ring, and the one that decides. During server-side rendering a server function is a
//! plain call, and no layer runs before it.

use http::{HeaderMap, request::Parts};
use leptos::context::use_context;

use super::{layers::Facts, limits, reply, state::AppState};
use crate::{
    domain::id::Reference,
    service::{ServiceError, Services, session},
    storage::{Administrator, Authentication, SignedIn},
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

/// Somebody who manages the team.
///
/// # Errors
/// [`Fault::SignedOut`] without a live session, [`Fault::Forbidden`] for other roles.
pub async fn administrator() -> Result<Call<Administrator>, Fault> {
    let Call { arrival, proof } = signed_in().await.inspect_err(|_| reply::leave_refused())?;
    if let Ok(proof) = proof.administrator() {
        Ok(Call { arrival, proof })
    } else {
        reply::set_status(&Fault::Forbidden);
        reply::leave_refused();
        Err(Fault::Forbidden)
    }
}

/// Lets a call of a script through that asks Microsoft about the team's directory or mails somebody, unless this person has made
/// too many. A form that is sent by hand asks no flood, and its answer is a page.
///
/// # Errors
/// [`Fault::Throttled`], with the seconds after which it is worth asking again.
pub fn unhurried(call: &Call<Administrator>) -> Result<(), Fault> {
    if reply::is_form(&call.arrival) {
        return Ok(());
    }
    let asked = call.arrival.state.limits.directory(call.proof.person().user());
    asked.map_err(|too_often| {
        limits::come_back_in_call(too_often.seconds);
        reply::refused(Fault::Throttled)
    })
}

/// Why nobody is behind a request.
#[derive(Debug)]
pub enum Behind {
    /// No live session of a member.
    Nobody,
    /// It could not be read.
    Broken(ServiceError),
}

/// Who is behind a request that no server function answers.
///
/// # Errors
/// [`Behind`].
pub async fn behind(state: &AppState, headers: &HeaderMap) -> Result<SignedIn, Behind> {
    let token = state.site.cookies.session(headers).ok_or(Behind::Nobody)?;
    match session::authenticate(&state.services, &token).await {
        Ok(Authentication::SignedIn(person)) => Ok(person),
        Ok(_) => Err(Behind::Nobody),
        Err(error) => Err(Behind::Broken(error)),
    }
}
