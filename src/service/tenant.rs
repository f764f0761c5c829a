//! A team's tenant: saved, disconnected, proven, approved.
//!
//! A save takes effect at once for sign-in, on every server, since registrations are read each time. Ownership is proven
//! by a validated ID token alone: not by what somebody typed, not by the return from Microsoft's consent page, and not by
//! a token of our own application, which any team could get.

pub mod consent;
mod facts;
pub mod proof;
mod register;

use crate::{
    domain::{
        audit::{Action, Actor, Event, Outcome as Ended},
        connection_test::{Finding, Outcome, Step},
        tenant::{
            Effect, Named, Registration, SaveRefused, TenantForm, TenantId, TenantName, Verification,
            VerificationPolicy,
        },
    },
    entra::Entra,
    service::{
        Origin, ServiceError, Services,
        connection_test::{self, Depth},
        kept_form::{self, KeptForm},
    },
    storage::{Administrator, RegistrationDraft, RegistrationNotes, StoreError, Work},
};

pub use self::{
    facts::{Facts, facts, failures, people},
    register::{Registered, TenantDraft, register_tenant},
};

/// How a save ended.
#[derive(Debug)]
pub enum Save {
    /// Saved, and in force.
    Done(Box<Done>),
    /// The change has consequences and waits to be confirmed under this id.
    Waits(crate::domain::id::KeptFormId, Box<Registration>),
    /// Nothing was saved.
    Refused(SaveRefused),
}

/// What a save did.
#[derive(Debug)]
pub struct Done {
    /// The registration now.
    pub registration: Registration,
    /// What follows for sign-in.
    pub effect: Effect,
    /// Whether it was saved as it had been.
    pub unchanged: bool,
    /// The first step of the short test that has a concern.
    pub concern: Option<(Step, Finding)>,
}

impl Done {
    /// The tenant as sentences name it.
    pub fn named(&self) -> Named {
        named(&self.registration)
    }
}

/// A registration's tenant as sentences name it.
pub fn named(registration: &Registration) -> Named {
    Named {
        tenant: registration.tenant,
        domain: registration.domain.clone(),
    }
}

/// Saves what was typed. With `asks`, a change with consequences is kept for its confirmation instead.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` on a server without Microsoft sign-in.
pub async fn save(
    services: &Services,
    admin: &Administrator,
    form: &TenantForm,
    asks: bool,
    origin: Origin,
) -> Result<Save, ServiceError> {
    let entra = services.entra.as_ref().ok_or(StoreError::Missing)?;
    let before = services.store.find_registration(admin).await?;
    if is_stale(form, before.as_ref()) {
        return Ok(Save::Refused(stale(services, admin).await?));
    }
    let test = connection_test::run(services, admin, &form.tenant_id, Depth::Save).await?;
    let tenant = match (tenant_of(entra, form, &test), test.tenant) {
        (Ok(tenant), _) => tenant,
        (Err(SaveRefused::Taken), Some(tenant)) => {
            return Ok(Save::Refused(taken(services, admin, tenant).await?));
        }
        (Err(refused), _) => return Ok(Save::Refused(refused)),
    };
    let canonical = TenantForm {
        tenant_id: tenant.to_string(),
        ..form.clone()
    };
    if asks && let Some(before) = before.filter(|before| has_consequences(before, tenant, form)) {
        let domain = match TenantName::parse(&form.tenant_id) {
            Ok(TenantName::Domain(domain)) => Some(domain.to_string()),
            _ => None,
        };
        let change = KeptForm::Change(canonical, domain);
        let kept = kept_form::keep(services, admin.person(), &change).await?;
        return Ok(Save::Waits(kept, Box::new(before)));
    }

    let mut work = services.store.begin(admin).await?;
    let before = work.find_registration().await?;
    if is_stale(form, before.as_ref()) {
        drop(work);
        return Ok(Save::Refused(stale(services, admin).await?));
    }
    let same = before.as_ref().filter(|before| before.tenant == tenant);
    let unchanged =
        same.is_some_and(|same| (same.enabled, same.allow_guests) == (form.enabled, form.allow_guests));
    let draft = RegistrationDraft {
        tenant,
        enabled: form.enabled,
        allow_guests: form.allow_guests,
        verification: same.map_or(Verification::Unverified, |same| same.verification),
    };
    let by = By::administrator(admin, origin);
    let applied = match apply(&mut work, before.as_ref(), draft, &by).await {
        Err(StoreError::Conflict) => {
            drop(work);
            return Ok(Save::Refused(taken(services, admin, tenant).await?));
        }
        applied => applied?,
    };
    work.note_registration(RegistrationNotes {
        saved_by: Some(admin.person().name()),
        domain: test.domain.as_deref(),
        ..RegistrationNotes::default()
    })
    .await?;
    connection_test::note_consent(&mut work, &test).await?;
    work.commit(by.saved(&applied)).await?;
    connection_test::note_permitted(services, admin, &test).await?;
    if let Some(replaced) = applied.replaced {
        entra.forget_application_token(replaced).await;
    }
    let registration = Registration {
        domain: test.domain.clone().or(applied.registration.domain.clone()),
        ..applied.registration.clone()
    };
    Ok(Save::Done(Box::new(Done {
        unchanged,
        effect: effect(&registration, services.rules.verification, applied.sessions_ended),
        concern: test
            .steps
            .iter()
            // The last step is about a permission that is optional, and about sign-ins that were.
            .filter(|step| step.step != Step::ManyGroups)
            .find(|step| matches!(step.outcome(), Outcome::Failed | Outcome::Warning))
            .map(|step| (step.step, step.finding.clone())),
        registration,
    })))
}

/// What a registration means for sign-in.
fn effect(registration: &Registration, policy: VerificationPolicy, sessions_ended: u64) -> Effect {
    if !registration.enabled {
        Effect::Off(sessions_ended)
    } else if registration.is_proven() || policy == VerificationPolicy::Off {
        Effect::On
    } else if policy == VerificationPolicy::Required {
        Effect::SignInWaits
    } else {
        Effect::DirectoryWaits
    }
}

/// The tenant to save, or why there is none. Whether it works is another question: everything else only warns.
fn tenant_of(
    entra: &Entra,
    form: &TenantForm,
    test: &crate::domain::connection_test::ConnectionTest,
) -> Result<TenantId, SaveRefused> {
    let name = TenantName::parse(&form.tenant_id).map_err(SaveRefused::NotATenant)?;
    for result in &test.steps {
        match &result.finding {
            Finding::NotATenant(why) => return Err(SaveRefused::NotATenant(why.clone())),
            Finding::OwnClientId => return Err(SaveRefused::OwnClientId),
            // Elsewhere it is a number of Microsoft's, which decides nothing.
            Finding::Unknown if result.step == Step::FindTenant => {
                return Err(SaveRefused::Unknown(name.to_string()));
            }
            Finding::Taken => return Err(SaveRefused::Taken),
            _ => {}
        }
    }
    match (name, test.tenant) {
        (TenantName::Id(tenant), _) | (_, Some(tenant)) => Ok(tenant),
        (TenantName::Domain(domain), None) => {
            let elsewhere = test
                .result(Step::FindTenant)
                .is_some_and(|result| result.finding == Finding::OtherCloud);
            Err(if elsewhere {
                SaveRefused::OtherCloud(entra.login_host())
            } else {
                SaveRefused::CannotLookUp(domain.to_string())
            })
        }
    }
}

/// Why another team's tenant is not saved here: what it has proven decides what can be done.
async fn taken(
    services: &Services,
    admin: &Administrator,
    tenant: TenantId,
) -> Result<SaveRefused, ServiceError> {
    let claim = services.store.find_claim_of_another(admin, tenant).await?;
    Ok(match claim.flatten() {
        Some(by) => SaveRefused::Proven { by },
        None => SaveRefused::Taken,
    })
}

/// Whether people lose something by it that they have now.
fn has_consequences(before: &Registration, tenant: TenantId, form: &TenantForm) -> bool {
    before.tenant != tenant || (before.enabled && !form.enabled)
}

/// Whether somebody else changed it since the page was drawn. A page of a team without a registration has version 0.
fn is_stale(form: &TenantForm, now: Option<&Registration>) -> bool {
    let version = now.map_or(0, |registration| registration.version);
    form.version.is_some_and(|seen| seen != version)
}

/// Who changed it, or that it is gone.
async fn stale(services: &Services, admin: &Administrator) -> Result<SaveRefused, ServiceError> {
    Ok(match services.store.find_setup(admin).await? {
        Some(setup) => SaveRefused::Stale {
            by: setup.saved_by,
            at: setup.saved_at,
        },
        None => SaveRefused::Gone {
            taken: services.store.find_displaced(admin).await?.is_some(),
        },
    })
}

/// Removes the team's registration: its people's sessions end, mappings stay and are not used.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when there is none.
pub async fn disconnect(
    services: &Services,
    admin: &Administrator,
    origin: Origin,
) -> Result<u64, ServiceError> {
    let mut work = services.store.begin(admin).await?;
    let before = work.find_registration().await?.ok_or(StoreError::Missing)?;
    let ended = work.end_sessions_of_tenant(before.tenant).await?;
    work.delete_registration().await?;
    let by = By::administrator(admin, origin);
    let event = by
        .event(Action::TenantDisconnected)
        .on("tenant", before.tenant)
        .with("was_proven", before.is_proven())
        .with("sessions_ended", count(ended));
    work.commit(event).await?;
    if let Some(entra) = &services.entra {
        entra.forget_application_token(before.tenant).await;
    }
    Ok(ended)
}

/// Who changes a registration, for its events.
#[derive(Debug)]
struct By {
    actor: Actor,
    origin: Option<Origin>,
}

impl By {
    fn administrator(admin: &Administrator, origin: Origin) -> Self {
        Self {
            actor: admin.person().actor(),
            origin: Some(origin),
        }
    }

    fn event(&self, action: Action) -> Event {
        self.ended(action, Ended::Success)
    }

    fn ended(&self, action: Action, outcome: Ended) -> Event {
        let event = Event::new(self.actor.clone(), action, outcome);
        match self.origin {
            Some(origin) => event
                .from(origin.ip)
                .with("correlation_id", origin.reference.code()),
            None => event,
        }
    }

    fn saved(&self, applied: &Applied) -> Event {
        self.event(Action::TenantSaved)
            .on("tenant", applied.registration.tenant)
            .with("enabled", applied.registration.enabled)
            .with("allow_guests", applied.registration.allow_guests)
            .with("sessions_ended", count(applied.sessions_ended))
    }
}

/// What became of a change.
#[derive(Debug)]
struct Applied {
    registration: Registration,
    /// The team's tenant before, when it was another one.
    replaced: Option<TenantId>,
    sessions_ended: u64,
}

/// Stores the team's one registration; a change of tenant and a switched-off tenant end the sessions of their people.
async fn apply(
    work: &mut Work,
    before: Option<&Registration>,
    draft: RegistrationDraft,
    by: &By,
) -> Result<Applied, StoreError> {
    let mut ended = 0;
    if let Some(before) = before.filter(|before| before.tenant != draft.tenant || !draft.enabled) {
        ended = work.end_sessions_of_tenant(before.tenant).await?;
    }
    let registration = work.save_registration(draft).await?;
    let replaced = before.filter(|before| before.tenant != draft.tenant);
    if let Some(replaced) = replaced {
        let disconnected = by
            .event(Action::TenantDisconnected)
            .on("tenant", replaced.tenant)
            .with("replaced_by", draft.tenant.to_string())
            .with("was_proven", replaced.is_proven());
        work.record(disconnected).await?;
    }
    Ok(Applied {
        registration,
        replaced: replaced.map(|replaced| replaced.tenant),
        sessions_ended: ended,
    })
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
