//! The forms about a tenant, and the ways to Microsoft that an administrator is sent on.

use axum::{
    Extension,
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};

use super::{
    again,
    guard::{self, Call},
    integration,
    layers::Facts,
    limits,
    query::Query,
    reply, sso,
    state::AppState,
};
use crate::{
    domain::{
        id::{KeptFormId, Reference},
        tenant::{Notice, Registration, SaveRefused, TenantForm},
    },
    front::Problem,
    routes,
    service::{
        ServiceError, connection_test,
        kept_form::{self, KeptForm},
        session,
        tenant::{self, Save, consent, proof},
    },
    storage::{Administrator, SignedIn},
    text::{tenant::TenantWords, text},
    wire::{
        fault::Fault,
        tenant::{Saved, Tested},
    },
};

/// What a form about a tenant sends, as it came.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// `tenant_id`.
    pub tenant_id: String,
    /// `enabled`; absent is off.
    pub enabled: Option<String>,
    /// `allow_guests`; absent is off.
    pub allow_guests: Option<String>,
    /// `version`; absent is not compared.
    pub version: Option<String>,
}

impl Sent {
    /// What was typed, and whether all of it could be read.
    fn read(&self) -> (TenantForm, bool) {
        let switch = |sent: &Option<String>| match sent.as_deref().map(str::trim) {
            None | Some("" | "off" | "false" | "0") => Some(false),
            Some("on" | "true" | "1") => Some(true),
            Some(_) => None,
        };
        let version = match self.version.as_deref().map(str::trim) {
            None | Some("") => Some(None),
            Some(text) => text.parse().ok().map(Some),
        };
        let (enabled, allow_guests) = (switch(&self.enabled), switch(&self.allow_guests));
        let readable = enabled.is_some() && allow_guests.is_some() && version.is_some();
        let form = TenantForm {
            tenant_id: self.tenant_id.clone(),
            enabled: enabled.unwrap_or_default(),
            allow_guests: allow_guests.unwrap_or_default(),
            version: version.flatten(),
        };
        (form, readable)
    }
}

/// Saves. A page's own form asks first when the change has consequences.
///
/// # Errors
/// `422` for what is typed wrong, `409` for another team's tenant and for a stale version, `502` when a domain could not
/// be looked up.
pub async fn save(call: &Call<Administrator>, sent: Sent, asks: bool) -> Result<Saved, Fault> {
    let (form, readable) = sent.read();
    let form = unhurried(call, form).await?;
    let (services, origin) = (call.services(), call.arrival.facts.origin());
    let saved = if readable {
        tenant::save(services, &call.proof, &form, asks, origin).await
    } else {
        Ok(Save::Refused(SaveRefused::Unreadable))
    };
    match saved {
        Ok(Save::Done(done)) => {
            let notice = Notice::Saved {
                tenant: done.named(),
                effect: done.effect,
                unchanged: done.unchanged,
                concern: done.concern.clone(),
            };
            done_with(call, notice).await;
            Ok(answer(&done.registration, false))
        }
        Ok(Save::Waits(step, before)) => {
            reply::leave(&call.arrival, &routes::entra_confirm(step));
            Ok(answer(&before, true))
        }
        Ok(Save::Refused(refused)) => {
            let fault = fault(&refused);
            let kept = KeptForm::Refused { typed: form, refused };
            leave(call, &kept).await;
            Err(reply::refused(fault))
        }
        Err(error) => Err(broke(call, &error, Some(form)).await),
    }
}

/// The form, unless this person has Microsoft asked too often: then the page says until when, with what was typed.
async fn unhurried(call: &Call<Administrator>, form: TenantForm) -> Result<TenantForm, Fault> {
    let Err(too_often) = call.arrival.state.limits.tenant(call.proof.person().user()) else {
        return Ok(form);
    };
    let notice = Notice::TooOften(too_often.until);
    let typed = Some(form);
    leave(call, &KeptForm::Said { notice, typed }).await;
    if !reply::is_form(&call.arrival) {
        limits::come_back_in_call(too_often.seconds);
    }
    Err(reply::refused(Fault::Throttled))
}

fn answer(registration: &Registration, waits: bool) -> Saved {
    Saved {
        tenant_id: registration.tenant.to_string(),
        enabled: registration.enabled,
        allow_guests: registration.allow_guests,
        verification: if registration.is_proven() {
            "verified"
        } else {
            "unverified"
        }
        .to_owned(),
        version: registration.version,
        waits,
    }
}

fn fault(refused: &SaveRefused) -> Fault {
    match refused {
        SaveRefused::NotATenant(_) => Fault::Invalid("not_a_tenant".to_owned()),
        SaveRefused::OwnClientId => Fault::Invalid("own_client_id".to_owned()),
        SaveRefused::Unknown(_) => Fault::Invalid("tenant_unknown".to_owned()),
        SaveRefused::OtherCloud(_) => Fault::Invalid("other_cloud".to_owned()),
        SaveRefused::Unreadable => Fault::Unreadable,
        SaveRefused::CannotLookUp(_) => Fault::Microsoft,
        SaveRefused::Taken | SaveRefused::Proven { .. } => Fault::Conflict("tenant_taken".to_owned()),
        SaveRefused::Stale { .. } | SaveRefused::Gone { .. } => Fault::Conflict("stale".to_owned()),
    }
}

/// Tests what is typed, saved or not. That a test fails is an answer and no fault.
///
/// # Errors
/// Only our own faults.
pub async fn test(call: &Call<Administrator>, sent: Sent) -> Result<Tested, Fault> {
    let (form, _) = sent.read();
    let form = unhurried(call, form).await?;
    let (services, origin) = (call.services(), call.arrival.facts.origin());
    let test = connection_test::run_and_keep(services, &call.proof, &form.tenant_id, origin).await;
    match test {
        Ok(test) => {
            let kept = KeptForm::Said {
                notice: Notice::Tested(test.verdict()),
                typed: reply::is_form(&call.arrival).then_some(form),
            };
            if let Some(id) = keep(call, &kept).await {
                reply::leave(&call.arrival, &routes::entra_test(id));
            }
            let reference = call.arrival.facts.reference.code();
            let saved = services.store.find_registration(&call.proof).await;
            let saved = saved.ok().flatten().map(|registration| registration.tenant);
            Ok(Tested {
                steps: integration::steps(services, &test, &reference, saved),
            })
        }
        Err(error) => Err(broke(call, &error, Some(form)).await),
    }
}

/// Disconnects the team's tenant.
///
/// # Errors
/// `404` when there is none.
pub async fn disconnect(call: &Call<Administrator>) -> Result<(), Fault> {
    let (services, origin) = (call.services(), call.arrival.facts.origin());
    match tenant::disconnect(services, &call.proof, origin).await {
        Ok(sessions) => {
            done_with(call, Notice::Disconnected { sessions }).await;
            Ok(())
        }
        Err(error) => Err(broke(call, &error, None).await),
    }
}

/// Confirms a proof of ownership.
///
/// # Errors
/// `404` when it has expired or was used, `409` when another team's proof is as strong.
pub async fn confirm(call: &Call<Administrator>, id: &str) -> Result<(), Fault> {
    let (services, origin) = (call.services(), call.arrival.facts.origin());
    let confirmed = match id.parse() {
        Ok(id) => proof::confirm(services, &call.proof, id, origin).await,
        Err(_) => Ok(proof::Confirmed::Refused(Notice::ProofExpired, None)),
    };
    match confirmed {
        Ok(proof::Confirmed::Done(notice)) => {
            done_with(call, notice).await;
            Ok(())
        }
        Ok(proof::Confirmed::Stale(typed, refused)) => {
            let fault = fault(&refused);
            leave(call, &KeptForm::Refused { typed, refused }).await;
            Err(reply::refused(fault))
        }
        Ok(proof::Confirmed::Refused(notice, typed)) => {
            let fault = match notice {
                Notice::ProvenByAnother => Fault::Conflict("tenant_taken".to_owned()),
                _ => Fault::Missing,
            };
            leave(call, &KeptForm::Said { notice, typed }).await;
            Err(reply::refused(fault))
        }
        Err(error) => Err(broke(call, &error, None).await),
    }
}

const fn said(notice: Notice) -> KeptForm {
    KeptForm::Said { notice, typed: None }
}

/// Sends a form's browser on after something was done. When that ended the session of whoever did it, the sign-in page says
/// what was done.
async fn done_with(call: &Call<Administrator>, notice: Notice) {
    let arrival = &call.arrival;
    let still_there = guard::behind(&arrival.state, &arrival.parts.headers).await;
    if matches!(still_there, Err(guard::Behind::Nobody)) {
        let said = (text::<TenantWords>().notice)(&notice, &integration::login_host(call.services()));
        reply::leave_signed_out(arrival, said);
    } else {
        leave(call, &said(notice)).await;
    }
}

/// Sends a form's browser to the page, which says what is kept. When it could not be kept and nothing was done, the form is
/// shown again instead.
async fn leave(call: &Call<Administrator>, kept: &KeptForm) {
    let nothing_done = matches!(
        kept,
        KeptForm::Refused { .. }
            | KeptForm::Said {
                notice: Notice::Broken(_) | Notice::TooOften(_),
                ..
            }
    );
    if let Some(id) = keep(call, kept).await {
        reply::leave(&call.arrival, &routes::entra_said(id));
    } else if nothing_done {
        reply::unkept(&call.arrival);
    } else {
        reply::leave(&call.arrival, routes::ENTRA);
    }
}

/// Keeps it for the page that follows, where one does.
async fn keep(call: &Call<Administrator>, kept: &KeptForm) -> Option<KeptFormId> {
    if !reply::is_form(&call.arrival) {
        return None;
    }
    match kept_form::keep(call.services(), call.proof.person(), kept).await {
        Ok(id) => Some(id),
        Err(error) => {
            tracing::error!(%error, "what a form held could not be kept");
            None
        }
    }
}

/// Ends a form that broke on our side: nothing typed is lost.
async fn broke(call: &Call<Administrator>, error: &ServiceError, typed: Option<TenantForm>) -> Fault {
    let (fault, _) = reply::broken(error, call.arrival.facts.reference);
    if fault == Fault::Busy {
        // To keep something for a page it would have to be written, and who waits has waited for long already.
        reply::unkept(&call.arrival);
    } else {
        let notice = Notice::Broken(call.arrival.facts.reference.code());
        leave(call, &KeptForm::Said { notice, typed }).await;
    }
    reply::refused(fault)
}

/// `GET /api/tenant/consent`: 302 to Microsoft's consent page of the saved tenant.
pub async fn start_consent(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    person: Option<Extension<SignedIn>>,
    headers: HeaderMap,
) -> Response {
    let admin = match administrator(&state, person, &headers, facts.reference).await {
        Ok(admin) => admin,
        Err(refusal) => return refusal,
    };
    if let Some(refusal) = hurried(&state, &headers, &admin) {
        return refusal;
    }
    match consent::begin(&state.services, &admin).await {
        Ok(Some((attempt, url))) => sso::away(&state, &headers, &attempt, &url),
        Ok(None) => reply::redirect(StatusCode::SEE_OTHER, routes::ENTRA),
        Err(error) => problem(&state, &headers, &error, facts),
    }
}

/// `GET /api/tenant/verify`: 302 to Microsoft, pinned to the tenant that is saved or was typed into `form`.
pub async fn start_verify(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    person: Option<Extension<SignedIn>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let admin = match administrator(&state, person, &headers, facts.reference).await {
        Ok(admin) => admin,
        Err(refusal) => return refusal,
    };
    if let Some(refusal) = hurried(&state, &headers, &admin) {
        return refusal;
    }
    let query = Query::parse(query.as_deref());
    let to = |location: &str| reply::redirect(StatusCode::SEE_OTHER, location);
    match proof::begin(&state.services, &admin, query.first("form"), false).await {
        Ok(proof::Way::Away(attempt, url)) => sso::away(&state, &headers, &attempt, &url),
        Ok(proof::Way::Confirm(id)) => to(&routes::entra_confirm(id)),
        Ok(proof::Way::Page(id)) => to(&routes::entra_said(id)),
        Ok(proof::Way::Plain) => to(routes::ENTRA),
        Err(error) => problem(&state, &headers, &error, facts),
    }
}

/// The refusal of a way to Microsoft, for somebody who goes there too often.
fn hurried(state: &AppState, headers: &HeaderMap, admin: &Administrator) -> Option<Response> {
    let too_often = state.limits.tenant(admin.person().user()).err()?;
    let page = Problem::Throttled {
        until: too_often.until,
    };
    let response = reply::problem(state, headers, &page);
    Some(limits::come_back(response, too_often.seconds))
}

/// The administrator behind a request. The outer ring has read the session already, where it stands in front.
async fn administrator(
    state: &AppState,
    person: Option<Extension<SignedIn>>,
    headers: &HeaderMap,
    reference: Reference,
) -> Result<Administrator, Response> {
    let person = match person {
        Some(Extension(person)) => person,
        None => guard::behind(state, headers)
            .await
            .map_err(|refused| match refused {
                guard::Behind::Nobody => {
                    let next = again::page_of(routes::TENANT_CONSENT, headers);
                    reply::problem(state, headers, &Problem::SignedOut { next, form: None })
                }
                guard::Behind::Broken(error) => {
                    let (_, page) = reply::broken(&error, reference);
                    reply::problem(state, headers, &page)
                }
            })?,
    };
    let role = person.role();
    let owners = session::owners(&state.services, &person)
        .await
        .unwrap_or_default();
    person.administrator().map_err(|_| {
        let only = (text::<TenantWords>().who_may)(&[]);
        reply::problem(state, headers, &Problem::NotAllowed { only, role, owners })
    })
}

fn problem(state: &AppState, headers: &HeaderMap, error: &ServiceError, facts: Facts) -> Response {
    let (_, page) = reply::broken(error, facts.reference);
    reply::problem(state, headers, &page)
}
