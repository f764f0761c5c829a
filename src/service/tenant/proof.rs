//! The proof that a tenant is the team's own.
//!
//! An administrator signs in to the tenant in an ordinary code flow pinned to it, and the validated ID token says whose
//! directory it was. A guest proves nothing. The proof is kept for that session and counts once it is confirmed, so that
//! nobody connects a tenant by being led through a sign-in. An unproven claim of another team gives way to it.

use url::Url;

use super::{By, apply, facts::verified, is_stale, named, stale};
use crate::{
    domain::{
        audit::{Action, Outcome},
        id::KeptFormId,
        sign_in::{Check, Refusal},
        tenant::{
            Named, Notice, Prover, Registration, SaveRefused, TenantForm, TenantId, TenantName, Verification,
        },
    },
    entra::{AuthorizationRequest, Entra, Expected, Identity, TokenAnswer},
    service::{
        Origin, ServiceError, Services, connection_test,
        kept_form::{self, KeptForm, Proof},
        sign_in::{Attempt, Failing, Purpose, Returned, Starter, event_of, opened},
    },
    storage::{Administrator, RegistrationDraft, RegistrationNotes, StoreError},
};

/// Where the browser goes on the way to a proof or an approval, and on the way back.
#[derive(Debug)]
pub enum Way {
    /// To Microsoft; it keeps the attempt, sealed.
    Away(Box<Attempt>, Url),
    /// To the step that confirms a proof: that only remains.
    Confirm(KeptFormId),
    /// To the page, which says what is kept under this id.
    Page(KeptFormId),
    /// To the page; there is nothing to say.
    Plain,
}

/// Begins the proof for the team's tenant, or for the one that was typed into the refused form that is kept as `form`.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` on a server without Microsoft sign-in.
pub async fn begin(
    services: &Services,
    admin: &Administrator,
    form: Option<&str>,
    approved: bool,
) -> Result<Way, ServiceError> {
    let entra = services.entra.as_ref().ok_or(StoreError::Missing)?;
    let typed = match form {
        None => None,
        Some(form) => match typed(services, admin, form).await? {
            Some(typed) => Some(typed),
            // Another tenant than the one that was meant must not be proven in its place.
            None => return page(services, admin, Notice::ProofExpired, None).await,
        },
    };
    let registration = services.store.find_registration(admin).await?;
    let tenant = match &typed {
        Some(typed) => {
            let Some(tenant) = wanted(entra, typed).await else {
                let typed = Some(typed.clone());
                return page(services, admin, Notice::ProofUnanswered, typed).await;
            };
            tenant
        }
        None => match &registration {
            Some(registration) if registration.is_proven() => return Ok(Way::Plain),
            Some(registration) => registration.tenant,
            None => return Ok(Way::Plain),
        },
    };
    let own = registration.as_ref().filter(|own| own.tenant == tenant);
    if own.is_some_and(Registration::is_proven) {
        return Ok(Way::Plain);
    }
    if services.store.has_identity_of(admin, tenant).await? {
        let proof = Proof {
            tenant,
            domain: own.and_then(|own| own.domain.clone()),
            prover: Prover::Member,
            account: admin.person().email().map(str::to_owned),
            delegated_groups: None,
            form: typed,
            approved,
        };
        let kept = kept_form::keep(services, admin.person(), &KeptForm::Proof(proof)).await?;
        return Ok(Way::Confirm(kept));
    }
    if entra.prepare(Some(tenant)).await.is_err() {
        return page(services, admin, Notice::ProofUnanswered, typed).await;
    }
    let started = entra.authorization(AuthorizationRequest {
        tenant: Some(tenant),
        prompt: None,
    });
    let attempt = Attempt {
        id: services.ids.next(),
        state: started.state,
        nonce: started.nonce,
        verifier: started.verifier,
        next: crate::domain::session::LocalPath::dashboard(),
        tenant: Some(tenant),
        purpose: Purpose::Proof(Starter {
            session: admin.person().session(),
            form: typed,
            approved,
        }),
        began: services.now(),
    };
    Ok(Way::Away(Box::new(attempt), started.url))
}

async fn page(
    services: &Services,
    admin: &Administrator,
    notice: Notice,
    typed: Option<TenantForm>,
) -> Result<Way, ServiceError> {
    let said = KeptForm::Said { notice, typed };
    Ok(Way::Page(kept_form::keep(services, admin.person(), &said).await?))
}

/// What was typed into a form that was refused, while it is kept.
async fn typed(
    services: &Services,
    admin: &Administrator,
    form: &str,
) -> Result<Option<TenantForm>, ServiceError> {
    let Ok(form) = form.parse() else { return Ok(None) };
    Ok(match kept_form::find(services, admin.person(), form).await? {
        Some(KeptForm::Refused { typed, .. }) => Some(typed),
        _ => None,
    })
}

async fn wanted(entra: &Entra, typed: &TenantForm) -> Option<TenantId> {
    let name = TenantName::parse(&typed.tenant_id).ok()?;
    match name {
        TenantName::Id(tenant) => Some(tenant),
        TenantName::Domain(_) => entra.find_tenant(&name).await.ok().map(|found| found.tenant),
    }
}

/// Finishes the return of a proof: what was proven waits under the id for its confirmation, or the page says what was
/// wrong.
pub(in crate::service) async fn returned(
    services: &Services,
    admin: &Administrator,
    (attempt, starter): (&Attempt, &Starter),
    returned: &Returned,
    origin: Origin,
) -> Result<Way, ServiceError> {
    let wanted = attempt.tenant.ok_or(ServiceError::Store(StoreError::Missing))?;
    let notice = match signed_in(services, attempt, wanted, returned).await {
        Ok((identity, answer)) => {
            if identity.is_guest() {
                let failing = Failing::refused(Refusal::GuestRefused, Some(Check::GuestNotAllowed));
                refuse(services, admin, wanted, failing.with_identity(&identity), origin).await?;
                Notice::ProofByGuest(unnamed(wanted))
            } else {
                let proof = proof(services, starter, &identity, &answer).await;
                let kept = kept_form::keep(services, admin.person(), &KeptForm::Proof(proof)).await?;
                return Ok(Way::Confirm(kept));
            }
        }
        Err((failing, claimed)) => {
            let refusal = refuse(services, admin, wanted, failing, origin).await?;
            match (refusal, claimed) {
                (_, Some(claimed)) if claimed != wanted => Notice::ProofElsewhere {
                    signed_in_to: unnamed(claimed),
                    wanted: unnamed(wanted),
                },
                (Refusal::Cancelled, _) => Notice::ProofCancelled,
                (Refusal::ProviderUnreachable, _) => Notice::ProofUnanswered,
                (Refusal::PersonalAccount, _) => Notice::ProofElsewhere {
                    signed_in_to: unnamed(TenantId::PERSONAL_ACCOUNTS),
                    wanted: unnamed(wanted),
                },
                _ => Notice::ProofFailed(origin.reference.code()),
            }
        }
    };
    page(services, admin, notice, starter.form.clone()).await
}

fn unnamed(tenant: TenantId) -> Named {
    Named { tenant, domain: None }
}

/// Redeems the code at the tenant and verifies the token: all the checks of a sign-in.
async fn signed_in(
    services: &Services,
    attempt: &Attempt,
    wanted: TenantId,
    returned: &Returned,
) -> Result<(Identity, TokenAnswer), (Failing, Option<TenantId>)> {
    let alone = |failing: Failing| (failing, None);
    let entra = services
        .entra
        .as_ref()
        .ok_or_else(|| alone(Refusal::SsoDisabled.into()))?;
    let code = returned.code(entra, Some(wanted)).map_err(alone)?;
    let answer = entra
        .redeem(&code, &attempt.verifier, Some(wanted))
        .await
        .map_err(|rejection| alone(rejection.into()))?;
    let claimed = answer
        .claimed_tenant()
        .map_err(|rejection| alone(rejection.into()))?;
    let expected = Expected {
        nonce: &attempt.nonce,
        tenant: Some(wanted),
        issuer_parameter: returned.issuer(),
        authenticated_within: None,
    };
    let identity = entra.verify(&answer, expected).await.map_err(|rejection| {
        let failing = Failing::from(rejection).with_claimed_tenant(claimed);
        (failing, Some(claimed))
    })?;
    Ok((identity, answer))
}

async fn proof(services: &Services, starter: &Starter, identity: &Identity, answer: &TokenAnswer) -> Proof {
    let tenant = identity.key().tenant;
    let domain = match (&services.entra, answer.access_token()) {
        (Some(entra), Some(token)) => match entra.organization_of_person(tenant, token).await {
            Ok(organization) => organization.default_domain.map(|domain| domain.to_string()),
            Err(error) => {
                tracing::info!(%error, "the tenant's domains could not be read");
                None
            }
        },
        _ => None,
    };
    Proof {
        tenant,
        domain,
        prover: if identity.is_directory_administrator() {
            Prover::DirectoryAdministrator
        } else {
            Prover::Member
        },
        account: identity.username().or(identity.email()).map(str::to_owned),
        delegated_groups: Some(answer.has_delegated_groups()),
        form: starter.form.clone(),
        approved: starter.approved,
    }
}

/// Records that nothing was proven.
async fn refuse(
    services: &Services,
    admin: &Administrator,
    tenant: TenantId,
    failing: Failing,
    origin: Origin,
) -> Result<Refusal, ServiceError> {
    let draft = opened(failing)?;
    let refusal = draft.refusal();
    let by = By::administrator(admin, origin);
    let event = event_of(draft, by.actor, Action::TenantVerified, origin).on("tenant", tenant);
    services.store.begin(admin).await?.commit(event).await?;
    Ok(refusal)
}

/// How a confirmation ended.
#[derive(Debug)]
pub enum Confirmed {
    /// It counts.
    Done(Notice),
    /// There was nothing to confirm any more, or another team's proof is as strong. With what was typed.
    Refused(Notice, Option<TenantForm>),
    /// Somebody else changed the registration after the values were typed that it would save.
    Stale(TenantForm, SaveRefused),
}

/// Confirms a proof: from now on the tenant is the team's own.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn confirm(
    services: &Services,
    admin: &Administrator,
    id: KeptFormId,
    origin: Origin,
) -> Result<Confirmed, ServiceError> {
    match counts(services, admin, id, origin).await {
        // Another team saved the tenant between the look and the change: a plain save gives way like any other. Nothing
        // has happened here, and the proof is kept still.
        Err(ServiceError::Store(StoreError::Conflict)) => counts(services, admin, id, origin).await,
        ended => ended,
    }
}

/// One try, with [`StoreError::Conflict`] when another team was in its way.
async fn counts(
    services: &Services,
    admin: &Administrator,
    id: KeptFormId,
    origin: Origin,
) -> Result<Confirmed, ServiceError> {
    let by = By::administrator(admin, origin);
    let mut work = services.store.begin(admin).await?;
    let Some(KeptForm::Proof(proof)) = kept_form::take(&mut work, admin.person(), id).await? else {
        return Ok(Confirmed::Refused(Notice::ProofExpired, None));
    };
    let before = work.find_registration().await?;
    let same = before.as_ref().filter(|before| before.tenant == proof.tenant);
    let (enabled, allow_guests) = match (same, &proof.form) {
        (Some(same), _) => (same.enabled, same.allow_guests),
        (None, Some(form)) if is_stale(form, before.as_ref()) => {
            drop(work);
            return Ok(Confirmed::Stale(form.clone(), stale(services, admin).await?));
        }
        (None, Some(form)) => (form.enabled, form.allow_guests),
        // The team's tenant is another one by now.
        (None, None) => return Ok(Confirmed::Refused(Notice::ProofExpired, None)),
    };
    let now = services.now();
    let verification = match same.map(|same| same.verification) {
        Some(stronger @ Verification::Proven { by, .. }) if by >= proof.prover => stronger,
        _ => Verification::Proven {
            by: proof.prover,
            at: now,
        },
    };
    match work.displace_registration(proof.tenant, proof.prover).await {
        Ok(_) => {}
        Err(StoreError::Conflict) => {
            let event = by
                .ended(Action::TenantVerified, Outcome::Refused)
                .because("proven_by_another_team")
                .on("tenant", proof.tenant)
                .with("by", proof.prover.name());
            work.commit(event).await?;
            return Ok(Confirmed::Refused(Notice::ProvenByAnother, proof.form));
        }
        Err(other) => return Err(other.into()),
    }
    let draft = RegistrationDraft {
        tenant: proof.tenant,
        enabled,
        allow_guests,
        verification,
    };
    let applied = apply(&mut work, before.as_ref(), draft, &by).await?;
    let newly = verification
        == Verification::Proven {
            by: proof.prover,
            at: now,
        };
    work.note_registration(RegistrationNotes {
        saved_by: Some(admin.person().name()),
        verified_by: newly.then(|| admin.person().name()),
        domain: proof.domain.as_deref(),
    })
    .await?;
    if let Some(seen) = proof.delegated_groups {
        work.note_delegated_groups(proof.tenant, seen).await?;
    }
    if same.is_none() {
        work.record(by.saved(&applied)).await?;
    }
    let mut event = by
        .event(Action::TenantVerified)
        .on("tenant", proof.tenant)
        .with("by", proof.prover.name());
    if let Some(account) = proof.account {
        event = event.with("account", account);
    }
    work.commit(event).await?;
    if let (Some(entra), Some(replaced)) = (&services.entra, applied.replaced) {
        entra.forget_application_token(replaced).await;
    }
    let tested = if proof.approved {
        let typed = proof.tenant.to_string();
        Some(connection_test::run_and_keep(services, admin, &typed, origin).await?)
    } else {
        None
    };
    verified(services, admin, proof.tenant, tested)
        .await
        .map(Confirmed::Done)
}

/// The name under which the step shows a proof's tenant.
pub fn named_of(proof: &Proof, registration: Option<&Registration>) -> Named {
    let known = registration
        .filter(|registration| registration.tenant == proof.tenant)
        .map(named);
    Named {
        tenant: proof.tenant,
        domain: proof.domain.clone().or(known.and_then(|known| known.domain)),
    }
}
