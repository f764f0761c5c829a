//! Sign in with Microsoft: from the button to a session, or to a refusal that says why.
//!
//! The *home tenant of the validated ID token* decides the team, and nothing else does. Each attempt is bound to the
//! browser that began it and is used once. Every refusal leaves an audit event with the reference that the person
//! sees; no token is stored, and none reaches the browser.

mod attempt;
mod noted;
mod provision;
mod refuse;
mod returned;

use tracing::{Instrument as _, info_span};
use url::Url;

pub use attempt::{Attempt, Purpose, Starter};
pub use refuse::Refused;
pub(in crate::service) use refuse::{Failing, event_of, opened};
pub use returned::Returned;

use crate::{
    domain::{
        id::{InvitationId, SessionId, Token},
        role::Role,
        session::LocalPath,
        sign_in::{Check, Refusal},
        tenant::{Notice, Registration, TenantId},
    },
    entra::{AuthorizationRequest, Expected, Identity, Prompt},
    service::{
        Origin, Rules, ServiceError, Services,
        invitation::{self, NotAccepted},
        kept_form::{self, KeptForm},
        session,
        tenant::{
            consent,
            proof::{self, Way},
        },
    },
    storage::{Administrator, Authentication, Invited, StoreError},
};

/// A session was made.
#[derive(Debug)]
pub struct Entered {
    /// The session's token, for the cookie; only its hash is stored.
    pub token: Token,
    /// Where to go.
    pub next: LocalPath,
    /// The team and the role of somebody who has just joined by an invitation.
    pub joined: Option<(String, Role)>,
}

/// How a return from Microsoft ended.
#[derive(Debug)]
pub enum Finished {
    /// Signed in.
    Entered(Entered),
    /// Refused, and recorded.
    Refused(Refused),
    /// The invitation was not accepted, it is recorded, and nobody is signed in.
    NotAccepted(InvitationId, NotAccepted),
    /// An administrator came back from proving or approving a tenant.
    Back(Way),
    /// Not a sign-in at all: somebody used the documented consent address. Nothing was recorded.
    Consent {
        /// Whether Microsoft reports that the approval was given.
        approved: bool,
    },
}

/// How the press of the button went.
#[derive(Debug)]
pub enum Begun {
    /// The browser keeps the attempt, sealed, and goes to the address.
    Away(Box<Attempt>, Url),
    /// Microsoft is not there, and it is recorded.
    Refused(Refused),
    /// Microsoft sign-in is off on this server.
    Off,
}

/// Begins a sign-in. Microsoft is asked first whether it is there (from memory most of the time), since a browser
/// that has left for a dead address shows nothing of ours any more. With an invitation, the return accepts it.
///
/// # Errors
/// [`ServiceError`] when a refusal could not be recorded.
pub async fn begin(
    services: &Services,
    next: LocalPath,
    tenant: Option<TenantId>,
    prompt: Option<Prompt>,
    invitation: Option<InvitationId>,
    origin: Origin,
) -> Result<Begun, ServiceError> {
    let Some(entra) = &services.entra else {
        return Ok(Begun::Off);
    };
    if let Err(rejection) = entra.prepare(None).await {
        return match Failing::from(rejection) {
            Failing::Refused(draft) => Ok(Begun::Refused(refuse::record(services, *draft, origin).await?)),
            other => refuse::opened(other).map(|_| Begun::Off),
        };
    }
    let started = entra.authorization(AuthorizationRequest { tenant, prompt });
    let attempt = Attempt {
        id: services.ids.next(),
        state: started.state,
        nonce: started.nonce,
        verifier: started.verifier,
        next,
        tenant,
        purpose: invitation.map_or(Purpose::SignIn, Purpose::Invitation),
        began: services.now(),
    };
    Ok(Begun::Away(Box::new(attempt), started.url))
}

/// Finishes what Microsoft returned. `attempts` are this browser's, opened.
///
/// # Errors
/// [`ServiceError`] when the outcome could not be recorded: then nobody is signed in.
///
/// What a return is for follows from the attempt that its state belongs to, and from nothing else in it.
pub async fn finish(
    services: &Services,
    attempts: &[Attempt],
    session: Option<&Token>,
    returned: &Returned,
    origin: Origin,
) -> Result<Finished, ServiceError> {
    if let Some(approved) = returned.consent_without_state() {
        return Ok(Finished::Consent { approved });
    }
    let ended = match attempt::claim(services, attempts, returned).await {
        Err(failing) => Err(failing),
        Ok(attempt) => match &attempt.purpose {
            Purpose::SignIn => walk(services, attempt, None, returned, origin)
                .await
                .map(Finished::Entered),
            Purpose::Invitation(id) => walk(services, attempt, Some(*id), returned, origin)
                .await
                .map(Finished::Entered),
            Purpose::Proof(starter) => match administrator(services, session, starter.session).await {
                Ok(admin) => proof::returned(services, &admin, (attempt, starter), returned, origin)
                    .await
                    .map(Finished::Back)
                    .map_err(Failing::Broken),
                Err(failing) => Err(failing),
            },
            Purpose::Consent(starter) => match administrator(services, session, starter.session).await {
                Ok(admin) => consent::returned(services, &admin, attempt, returned, origin)
                    .await
                    .map(Finished::Back)
                    .map_err(Failing::Broken),
                Err(failing) => Err(failing),
            },
        },
    };
    match ended {
        Ok(finished) => Ok(finished),
        Err(Failing::Refused(refusal)) => {
            let refused = refuse::record(services, *refusal, origin).await?;
            let back = late(services, (attempts, returned), session, &refused).await?;
            Ok(back.map_or(Finished::Refused(refused), Finished::Back))
        }
        Err(Failing::NotAccepted(unwelcome)) => {
            refuse::record_unwelcome(services, &unwelcome, origin).await?;
            let invitation = unwelcome.invited.invitation().id;
            Ok(Finished::NotAccepted(invitation, unwelcome.why))
        }
        Err(Failing::Broken(error)) => Err(error),
    }
}

/// Where an administrator goes whose return of an approval or a proof came too late or twice: to the page on which that
/// began, which says so. Nothing but the way back follows from it.
async fn late(
    services: &Services,
    (attempts, returned): (&[Attempt], &Returned),
    session: Option<&Token>,
    refused: &Refused,
) -> Result<Option<Way>, ServiceError> {
    let notice = match attempt::purpose_of(attempts, returned) {
        Some(Purpose::Proof(_)) => Notice::ProofExpired,
        Some(Purpose::Consent(_)) => Notice::ReturnExpired,
        None if returned.approved().is_some() => Notice::ReturnExpired,
        Some(Purpose::SignIn | Purpose::Invitation(_)) | None => return Ok(None),
    };
    let Some(token) = session.filter(|_| refused.refusal == Refusal::StateInvalid) else {
        return Ok(None);
    };
    let Authentication::SignedIn(person) = session::authenticate(services, token).await? else {
        return Ok(None);
    };
    let Ok(admin) = person.administrator() else {
        return Ok(None);
    };
    let said = KeptForm::Said { notice, typed: None };
    let kept = kept_form::keep(services, admin.person(), &said).await?;
    Ok(Some(Way::Page(kept)))
}

/// The administrator who was sent to Microsoft, still in the same session and still one.
async fn administrator(
    services: &Services,
    session: Option<&Token>,
    began_in: SessionId,
) -> Result<Administrator, Failing> {
    let foreign = || Failing::refused(Refusal::StateInvalid, Some(Check::AttemptNotBound));
    let token = session.ok_or_else(foreign)?;
    let found = session::authenticate(services, token).await;
    match found.map_err(Failing::Broken)? {
        Authentication::SignedIn(person) if person.session() == began_in => {
            person.administrator().map_err(|_| foreign())
        }
        _ => Err(foreign()),
    }
}

/// The whole way, in the order of `OpenID` Connect Core 1.0 section 3.1.2.7 and 3.1.3.7.
async fn walk(
    services: &Services,
    attempt: &Attempt,
    begun: Option<InvitationId>,
    returned: &Returned,
    origin: Origin,
) -> Result<Entered, Failing> {
    let entra = services.entra.as_ref().ok_or(Refusal::SsoDisabled)?;
    let code = returned.code(entra, attempt.tenant)?;

    let answer = entra
        .redeem(&code, &attempt.verifier, attempt.tenant)
        .instrument(info_span!("redeem"))
        .await?;
    let claimed = answer.claimed_tenant()?;
    let begun = match begun {
        Some(id) => Some(expected(services, id, claimed).await?),
        None => None,
    };
    // Keys are fetched for tenants that a team expects only, or anybody could make us fetch them for random ones.
    if !services.store.is_expected(claimed).await? {
        return Err(
            Failing::refused(Refusal::TenantNotRegistered, Some(Check::TenantNotConnected))
                .with_claimed_tenant(claimed),
        );
    }
    let expected = Expected {
        nonce: &attempt.nonce,
        tenant: attempt.tenant,
        issuer_parameter: returned.issuer(),
        authenticated_within: None,
    };
    let identity = entra
        .verify(&answer, expected)
        .instrument(info_span!("verify"))
        .await?;

    let Some(signing_in) = services.store.find_signing_in(identity.key().tenant).await? else {
        return Err(
            Failing::refused(Refusal::TenantNotRegistered, Some(Check::TenantNotConnected))
                .with_identity(&identity),
        );
    };
    admit(services.rules, signing_in.registration(), &identity)
        .map_err(|failing| failing.with_identity(&identity).in_team(&signing_in))?;
    let groups = entra
        .groups(&identity, answer.access_token())
        .instrument(info_span!("groups"))
        .await;
    if let Err(error) = &groups {
        tracing::warn!(%error, "the groups of a person could not be read");
    }
    let person = provision::Person {
        identity: &identity,
        groups: groups.as_ref().map_err(AsRef::as_ref),
        microsoft_session: identity.microsoft_sid().or(returned.session_state()),
        begun: begun.as_ref(),
    };
    let (token, joined) = provision::enter(services, &signing_in, person, origin)
        .instrument(info_span!("store"))
        .await
        .map_err(|failing| failing.with_identity(&identity).in_team(&signing_in))?;
    noted::sign_in(services, &signing_in).await;
    noted::delegated_groups(services, &signing_in, answer.has_delegated_groups()).await;
    Ok(Entered {
        token,
        next: attempt.next.clone(),
        joined,
    })
}

/// The invitation that was begun. Says early, and before anything is fetched for a foreign tenant, that its people are not
/// those whom it is for; what is certain is decided later.
async fn expected(services: &Services, id: InvitationId, claimed: TenantId) -> Result<Invited, Failing> {
    let found = invitation::find_begun(services, id)
        .await
        .map_err(Failing::Broken)?;
    let invited = found.ok_or(StoreError::Missing)?;
    match invitation::check_tenant(&invited, claimed) {
        Ok(()) => Ok(invited),
        Err(why) => Err(Failing::not_accepted(&invited, why, None)),
    }
}

/// The team's own rules for people of its tenant. Asked before Microsoft is asked for groups, and once more inside the
/// unit of work, since the answer may have changed meanwhile.
fn admit(rules: Rules, registration: &Registration, identity: &Identity) -> Result<(), Failing> {
    if !registration.enabled {
        Err(Refusal::TenantDisabled.into())
    } else if !registration.admits_sign_in(rules.verification) {
        Err(Refusal::TenantUnverified.into())
    } else if identity.is_guest() && !registration.allow_guests {
        Err(Failing::refused(
            Refusal::GuestRefused,
            Some(Check::GuestNotAllowed),
        ))
    } else {
        Ok(())
    }
}
