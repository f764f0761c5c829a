//! What stays of a test: its result, its event, and what it shows of approval, permissions and mapped groups.

use tokio::time::timeout_at;

use super::{Depth, deadline, run};
use crate::{
    domain::{
        audit::{Action, Event, Outcome as Ended},
        connection_test::{ConnectionTest, Finding, Step, Verdict},
        graph_permission::Feature,
    },
    service::{Origin, ServiceError, Services, mapping},
    storage::{Administrator, KeptTest, StoreError, Work},
};

/// Tests what is typed, keeps the result as the team's newest and records it.
///
/// # Errors
/// As [`run`].
pub async fn run_and_keep(
    services: &Services,
    admin: &Administrator,
    typed: &str,
    origin: Origin,
) -> Result<ConnectionTest, ServiceError> {
    let deadline = deadline(Depth::Full);
    let test = run(services, admin, typed, Depth::Full).await?;
    let person = admin.person();
    let kept = KeptTest {
        test: test.clone(),
        at: services.now(),
        by: person.name().to_owned(),
        reference: origin.reference.code(),
    };
    let mut work = services.store.begin(admin).await?;
    work.keep_test(&kept).await?;
    note_consent(&mut work, &test).await?;
    if let (Some(tenant), Some(domain)) = (test.tenant, &test.domain) {
        work.note_domain(tenant, domain).await?;
    }
    work.commit(event(admin, &test, origin)).await?;
    note_permitted(services, admin, &test).await?;
    let reads_groups = test
        .result(Step::SearchGroups)
        .is_some_and(|step| matches!(step.finding, Finding::Works | Finding::WorksByDirectory));
    if reads_groups {
        // What became of the mapped groups is told elsewhere, and no part of the result: it may take what is left.
        if let Ok(looked) = timeout_at(deadline, mapping::look_at_names(services, admin)).await {
            looked?;
        }
    }
    Ok(test)
}

/// Notes for each feature of the directory what a test of the team's own tenant found of its permissions.
pub(in crate::service) async fn note_permitted(
    services: &Services,
    admin: &Administrator,
    test: &ConnectionTest,
) -> Result<(), ServiceError> {
    let registration = services.store.find_registration(admin).await?;
    let Some(tenant) = registration
        .map(|registration| registration.tenant)
        .filter(|tenant| test.tenant == Some(*tenant))
    else {
        return Ok(());
    };
    for (step, feature) in [
        (Step::SearchGroups, Feature::GroupSearch),
        (Step::ListMembers, Feature::GroupMembers),
    ] {
        if let Some(found) = test.permitted(step) {
            let upkeep = services.store.upkeep();
            upkeep
                .note_directory_reading(admin, tenant, feature, found)
                .await?;
        }
    }
    Ok(())
}

/// Notes what a test shows of the consent. Where it shows no more than that a token comes, nothing can be missing as a whole.
pub(in crate::service) async fn note_consent(
    work: &mut Work,
    test: &ConnectionTest,
) -> Result<(), StoreError> {
    match (test.tenant, test.consent()) {
        (Some(tenant), Some(consent)) => work.note_consent(tenant, consent).await,
        (Some(tenant), None) if test.token_came() => work.forget_missing_consent(tenant).await,
        _ => Ok(()),
    }
}

fn event(admin: &Administrator, test: &ConnectionTest, origin: Origin) -> Event {
    let verdict = test.verdict();
    let (outcome, word, at) = match &verdict {
        Verdict::Passed(_) => (Ended::Success, "passed", None),
        Verdict::Warnings(steps) => (Ended::Success, "passed_with_warnings", steps.first().copied()),
        Verdict::Untested(step) => (Ended::Failure, "not_tested", Some(*step)),
        Verdict::Failed(step) => (Ended::Failure, "failed", Some(*step)),
    };
    let mut event = Event::new(admin.person().actor(), Action::TenantTested, outcome)
        .from(origin.ip)
        .with("verdict", word)
        .with("correlation_id", origin.reference.code());
    if let Some(tenant) = test.tenant {
        event = event.on("tenant", tenant);
    }
    let result = at.and_then(|step| test.result(step));
    if let Some(result) = result {
        if outcome != Ended::Success {
            event = event.because(result.finding.code());
        }
        event = event
            .with("step", i64::try_from(result.step.number()).unwrap_or_default())
            .with("code", result.finding.code());
        let said = result.evidence.as_ref();
        if let Some(number) = said.and_then(|said| said.number) {
            event = event.with("microsoft_number", i64::from(number));
        }
        if let Some(id) = said.and_then(|said| said.correlation_id.clone()) {
            event = event.with("microsoft_correlation_id", id);
        }
    }
    event
}
