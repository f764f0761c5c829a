//! The pages about integrations as the browser gets them: facts become words here.

mod attention;
mod card;
mod failures;
mod settings;
mod step;
mod test;
mod view;

use super::{guard::Call, query::Query, say::said};
use crate::{
    domain::{
        connection_test::Consent,
        id::KeptFormId,
        role::Role,
        sign_in::AuthMode,
        tenant::{Notice, Prover, SaveRefused, Verification, VerificationPolicy},
    },
    routes,
    service::{
        ServiceError, Services,
        kept_form::{self, KeptForm},
        session,
        tenant::{self, Facts, named},
    },
    storage::{Setup, SignedIn},
    text::{roles::Roles, tenant::TenantWords, text},
    wire::tenant::{
        ConnectionStatus, Consent as ConsentView, EntraPage, Guests, Integrations, Ownership, Problem, Said,
        Tone,
    },
};

pub use self::{test::steps, view::view};

fn words() -> &'static TenantWords {
    text::<TenantWords>()
}

/// Why nobody signs in with Microsoft on this server, if so.
fn unavailable(services: &Services) -> Option<&'static str> {
    if services.rules.auth_mode == AuthMode::LocalOnly {
        Some(words().local_only)
    } else if services.entra.is_none() {
        Some(words().no_credentials)
    } else {
        None
    }
}

/// Who may change the integration, for somebody who may not.
async fn who_may(services: &Services, person: &SignedIn) -> Result<Option<String>, ServiceError> {
    if person.clone().administrator().is_ok() {
        return Ok(None);
    }
    let owners = session::owners(services, person).await?;
    Ok(Some((words().who_may)(&owners)))
}

/// All integrations.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn list(call: &Call<SignedIn>) -> Result<Integrations, ServiceError> {
    let services = call.services();
    let facts = tenant::facts(services, &call.proof).await?;
    let who_may = who_may(services, &call.proof).await?;
    Ok(Integrations {
        entra: card::card(services, &facts, who_may),
    })
}

/// What the page's address refers to.
#[derive(Debug, Default)]
struct Asked {
    /// What was kept under `form`, `test` or `confirm`.
    kept: Option<KeptForm>,
    /// Its id.
    id: Option<KeptFormId>,
    /// A step is wanted under an id that holds nothing any more.
    expired: bool,
    /// The step that disconnects.
    disconnect: bool,
}

async fn asked(services: &Services, person: &SignedIn, query: &Query) -> Result<Asked, ServiceError> {
    let confirm = query.first("confirm");
    if confirm == Some("disconnect") {
        return Ok(Asked {
            disconnect: true,
            ..Asked::default()
        });
    }
    let id = ["form", "test", "confirm"]
        .iter()
        .find_map(|name| query.first(name))
        .and_then(|id| id.parse().ok());
    let kept = match id {
        Some(id) => kept_form::find(services, person, id).await?,
        None => None,
    };
    Ok(Asked {
        expired: confirm.is_some() && kept.is_none(),
        kept,
        id,
        disconnect: false,
    })
}

/// The page of Microsoft Entra ID, for the query of its address.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn page(call: &Call<SignedIn>) -> Result<EntraPage, ServiceError> {
    let (services, person) = (call.services(), &call.proof);
    let query = Query::parse(call.arrival.parts.uri.query());
    let asked = asked(services, person, &query).await?;
    let facts = tenant::facts(services, person).await?;
    let who_may = who_may(services, person).await?;
    let may = who_may.is_none();
    let unavailable = unavailable(services);
    let settings = settings::settings(&facts, asked.kept.as_ref());
    let step = if may && unavailable.is_none() {
        step::step(services, person, &facts, &asked).await?
    } else {
        None
    };
    Ok(EntraPage {
        unavailable: unavailable.map(str::to_owned),
        notice: notice(services, asked.kept.as_ref()),
        problem: problem(&facts, &asked),
        attention: attention::of_page(services, person, &facts),
        step,
        status: status(services, &facts),
        test: test::view(services, &facts, &settings, asked.kept.as_ref()),
        ownership: ownership(services, &facts, may),
        consent: consent(services, &facts, may),
        guests: guests(call, &facts),
        conditional_access: services.rules.auth_mode == AuthMode::EntraOnly,
        failures: failures::rows(services, person).await?,
        can_disconnect: may && facts.setup.is_some(),
        settings,
        who_may,
    })
}

pub(super) fn login_host(services: &Services) -> String {
    services
        .entra
        .as_ref()
        .map(crate::entra::Entra::login_host)
        .unwrap_or_default()
}

fn notice(services: &Services, kept: Option<&KeptForm>) -> Option<Said> {
    let Some(KeptForm::Said { notice, .. }) = kept else {
        return None;
    };
    let tone = match notice {
        Notice::Tested(verdict)
        | Notice::Approved(Some(verdict))
        | Notice::Verified {
            tested: Some(verdict),
            ..
        } => test::tone(verdict),
        Notice::Saved { concern: Some(_), .. }
        | Notice::ProofUnanswered
        | Notice::NothingChanged
        | Notice::TooOften(_) => Tone::Warn,
        Notice::Saved { .. }
        | Notice::Disconnected { .. }
        | Notice::Approved(None)
        | Notice::Verified { tested: None, .. } => Tone::Ok,
        Notice::ProofCancelled | Notice::ProofExpired | Notice::ReturnExpired => Tone::Info,
        Notice::ApprovalDeclined
        | Notice::ApprovedElsewhere(_)
        | Notice::ProofByGuest(_)
        | Notice::ProofElsewhere { .. }
        | Notice::ProvenByAnother
        | Notice::ProofFailed(_)
        | Notice::Broken(_) => Tone::Fail,
    };
    Some(said(tone, (words().notice)(notice, &login_host(services))))
}

fn problem(facts: &Facts, asked: &Asked) -> Option<Problem> {
    let Some(KeptForm::Refused { refused, .. }) = &asked.kept else {
        return None;
    };
    let stale = matches!(refused, SaveRefused::Stale { .. } | SaveRefused::Gone { .. });
    Some(Problem {
        words: (words().refused)(refused),
        at_tenant_id: !stale && *refused != SaveRefused::Unreadable,
        verify: match refused {
            SaveRefused::Taken | SaveRefused::Proven { by: Prover::Member } => {
                asked.id.map(|id| id.to_string())
            }
            _ => None,
        },
        theirs: if stale { theirs(facts) } else { Vec::new() },
    })
}

/// What is saved now, beside what somebody else typed.
fn theirs(facts: &Facts) -> Vec<(String, String)> {
    let labels = words();
    let switch = |on: bool| if on { labels.on } else { labels.off }.to_owned();
    let Some(setup) = &facts.setup else {
        return vec![(labels.tenant_id.to_owned(), labels.nothing_saved.to_owned())];
    };
    let registration = &setup.registration;
    vec![
        (labels.tenant_id.to_owned(), registration.tenant.to_string()),
        (labels.enabled.to_owned(), switch(registration.enabled)),
        (labels.allow_guests.to_owned(), switch(registration.allow_guests)),
    ]
}

fn status(services: &Services, facts: &Facts) -> ConnectionStatus {
    let setup = facts.setup.as_ref();
    let policy = services.rules.verification;
    let works = setup.is_some_and(|setup| {
        setup.registration.enabled && setup.registration.admits_sign_in(policy) && services.entra.is_some()
    });
    let proven = setup.is_some_and(|setup| setup.registration.is_proven());
    let consent = setup.and_then(|setup| setup.consent);
    let role: Role = services.rules.default_role.into();
    ConnectionStatus {
        sign_in: if works {
            said(Tone::Ok, words().on)
        } else {
            said(Tone::Skip, words().off)
        },
        ownership: ownership_state(setup, proven),
        consent: said(
            match consent {
                Some(Consent::Approved) => Tone::Ok,
                Some(Consent::Partly) => Tone::Warn,
                Some(Consent::Missing) => Tone::Fail,
                None => Tone::Skip,
            },
            (words().consent)(consent),
        ),
        last_test: facts.test.as_ref().map(|kept| kept.at),
        last_sign_in: facts.last_sign_in,
        mode: AuthMode::ALL
            .into_iter()
            .find(|(mode, _)| *mode == services.rules.auth_mode)
            .map(|(_, name)| name.to_owned())
            .unwrap_or_default(),
        default_role: role,
        default_role_note: (words().default_role)((text::<Roles>().name)(role)),
    }
}

fn ownership_state(setup: Option<&Setup>, proven: bool) -> Said {
    if proven {
        said(Tone::Ok, words().verified)
    } else if setup.is_some() {
        said(Tone::Warn, words().unverified)
    } else {
        said(Tone::Skip, words().unverified)
    }
}

fn ownership(services: &Services, facts: &Facts, may: bool) -> Ownership {
    let Some(setup) = &facts.setup else {
        return Ownership {
            badge: None,
            words: vec![words().cannot_start.to_owned()],
            can_verify: false,
        };
    };
    let registration = &setup.registration;
    match registration.verification {
        Verification::Proven { by, at } => Ownership {
            badge: Some(said(Tone::Ok, words().verified)),
            words: vec![(words().proven_by)(setup.verified_by.as_deref(), by, at)],
            can_verify: false,
        },
        Verification::Unverified => {
            let mut sentences = vec![(words().prove)(&named(registration))];
            if services.rules.verification == VerificationPolicy::Off {
                sentences.push(words().proof_not_awaited.to_owned());
            }
            Ownership {
                badge: Some(said(Tone::Warn, words().unverified)),
                words: sentences,
                can_verify: may && services.entra.is_some(),
            }
        }
    }
}

fn consent(services: &Services, facts: &Facts, may: bool) -> ConsentView {
    let Some(setup) = &facts.setup else {
        return ConsentView {
            wait: Some(words().save_first.to_owned()),
            can_grant: false,
            address: None,
        };
    };
    let entra = services.entra.as_ref().filter(|_| may);
    ConsentView {
        wait: entra
            .is_none()
            .then(|| (words().consent)(setup.consent).to_owned()),
        can_grant: entra.is_some(),
        address: entra.map(|entra| entra.consent_address(setup.registration.tenant).to_string()),
    }
}

fn guests(call: &Call<SignedIn>, facts: &Facts) -> Guests {
    let Some(setup) = &facts.setup else {
        return Guests {
            words: words().cannot_start.to_owned(),
            address: None,
        };
    };
    if !setup.registration.allow_guests {
        return Guests {
            words: words().guests_refused.to_owned(),
            address: None,
        };
    }
    let origin = &call.arrival.state.site.origin;
    Guests {
        words: words().guests_allowed.to_owned(),
        address: Some(format!(
            "{origin}{}?tenant={}",
            routes::SIGN_IN,
            setup.registration.tenant
        )),
    }
}
