//! The steps that replace the page until they are decided.

use super::Asked;
use crate::{
    domain::{
        sign_in::AuthMode,
        tenant::{Prover, TenantForm},
    },
    routes,
    service::{
        ServiceError, Services,
        kept_form::{KeptForm, Proof},
        tenant::{self, Facts, proof},
    },
    storage::SignedIn,
    text::{tenant::Steps, text},
    wire::tenant::Step,
};

fn steps() -> &'static Steps {
    text::<Steps>()
}

/// The step that the page's address asks for.
pub(super) async fn step(
    services: &Services,
    person: &SignedIn,
    facts: &Facts,
    asked: &Asked,
) -> Result<Option<Step>, ServiceError> {
    if asked.expired {
        let [heading, words] = steps().expired;
        return Ok(Some(Step {
            heading: heading.to_owned(),
            words: vec![words.to_owned()],
            people: Vec::new(),
            people_caption: None,
            takes_away: false,
            action: None,
            button: String::new(),
            fields: Vec::new(),
        }));
    }
    if asked.disconnect && facts.setup.is_some() {
        return disconnect(services, person, facts).await.map(Some);
    }
    match &asked.kept {
        Some(KeptForm::Change(form, domain)) => {
            let mut step = change(services, person, facts, form).await?;
            // It is looked up again, so that what is said afterwards calls the tenant by it.
            if let Some(domain) = domain {
                step.fields.retain(|(name, _)| name != "tenant_id");
                step.fields.push(("tenant_id".to_owned(), domain.clone()));
            }
            Ok(Some(step))
        }
        Some(KeptForm::Proof(proof)) => {
            let id = asked.id.map(|id| id.to_string()).unwrap_or_default();
            confirm(services, person, facts, proof, id).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// What a step takes from whom.
struct Losses {
    words: Vec<String>,
    people: Vec<String>,
    caption: Option<String>,
}

/// People who sign in with Microsoft lose their way in.
async fn lost_sign_in(services: &Services, person: &SignedIn, facts: &Facts) -> Result<Losses, ServiceError> {
    let mut losses = Losses {
        words: Vec::new(),
        people: Vec::new(),
        caption: None,
    };
    let Some(setup) = &facts.setup else {
        return Ok(losses);
    };
    let people = tenant::people(services, person, setup.registration.tenant)
        .await?
        .unwrap_or_default();
    losses
        .words
        .push((steps().people)(people.all, people.without_password));
    if services.rules.auth_mode == AuthMode::EntraOnly {
        losses.words.push(steps().nobody.to_owned());
    }
    if !people.names.is_empty() {
        let listed = u64::try_from(people.names.len()).unwrap_or(u64::MAX);
        let more = people.without_password.saturating_sub(listed);
        losses.caption = Some((steps().without_password)(more));
        losses.people = people.names;
    }
    Ok(losses)
}

async fn disconnect(services: &Services, person: &SignedIn, facts: &Facts) -> Result<Step, ServiceError> {
    let mut losses = lost_sign_in(services, person, facts).await?;
    losses.words.push(steps().mappings_kept.to_owned());
    let [heading, button] = steps().disconnect;
    Ok(Step {
        heading: heading.to_owned(),
        words: losses.words,
        people: losses.people,
        people_caption: losses.caption,
        takes_away: true,
        action: Some(routes::TENANT_DISCONNECT.to_owned()),
        button: button.to_owned(),
        fields: Vec::new(),
    })
}

/// A change of tenant, or switching it off.
async fn change(
    services: &Services,
    person: &SignedIn,
    facts: &Facts,
    form: &TenantForm,
) -> Result<Step, ServiceError> {
    let saved = facts.setup.as_ref().map(|setup| &setup.registration);
    let other = saved.filter(|saved| saved.tenant.to_string() != form.tenant_id);
    let ([heading, button], losses) = match other {
        Some(saved) => (
            steps().change,
            losses_of_change(services, person, facts, saved).await?,
        ),
        None => (steps().turn_off, lost_sign_in(services, person, facts).await?),
    };
    Ok(Step {
        heading: heading.to_owned(),
        words: losses.words,
        people: losses.people,
        people_caption: losses.caption,
        takes_away: true,
        action: Some(routes::TENANT_SAVE.to_owned()),
        button: button.to_owned(),
        fields: fields(form),
    })
}

async fn losses_of_change(
    services: &Services,
    person: &SignedIn,
    facts: &Facts,
    saved: &crate::domain::tenant::Registration,
) -> Result<Losses, ServiceError> {
    let people = tenant::people(services, person, saved.tenant)
        .await?
        .unwrap_or_default();
    let mut words = vec![
        (steps().mappings)(facts.mappings),
        (steps().old_people)(people.all),
        steps().verify_again.to_owned(),
    ];
    if services.rules.auth_mode == AuthMode::EntraOnly && people.all > 0 {
        words.push(steps().nobody.to_owned());
    }
    Ok(Losses {
        words,
        people: Vec::new(),
        caption: None,
    })
}

/// What the confirming form sends: the same save, which is not asked about again.
fn fields(form: &TenantForm) -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut fields = vec![pair("tenant_id", &form.tenant_id)];
    if form.enabled {
        fields.push(pair("enabled", "on"));
    }
    if form.allow_guests {
        fields.push(pair("allow_guests", "on"));
    }
    if let Some(version) = form.version {
        fields.push(pair("version", &version.to_string()));
    }
    fields
}

/// Somebody signed in to the tenant: is it to be the team's?
async fn confirm(
    services: &Services,
    person: &SignedIn,
    facts: &Facts,
    proven: &Proof,
    id: String,
) -> Result<Step, ServiceError> {
    let saved = facts.setup.as_ref().map(|setup| &setup.registration);
    let tenant = proof::named_of(proven, saved);
    let mut sentences = vec![(steps().signed_in)(
        &tenant,
        proven.account.as_deref(),
        proven.prover,
        person.team_name(),
    )];
    if proven.prover == Prover::Member {
        sentences.push((steps().outranked)(&tenant));
    }
    if let Some(saved) = saved.filter(|saved| saved.tenant != proven.tenant) {
        let losses = losses_of_change(services, person, facts, saved).await?;
        sentences.extend(
            losses
                .words
                .into_iter()
                .filter(|words| words != steps().verify_again),
        );
    }
    let [heading, button] = steps().confirm;
    Ok(Step {
        heading: heading.to_owned(),
        words: sentences,
        people: Vec::new(),
        people_caption: None,
        takes_away: false,
        action: Some(routes::TENANT_CONFIRM.to_owned()),
        button: button.to_owned(),
        fields: vec![("proof".to_owned(), id)],
    })
}
