//! The newest connection test in words.

use super::login_host;
use crate::{
    domain::{
        connection_test::{ConnectionTest as Test, Step, StepResult, Verdict},
        tenant::{Named, Notice, TenantId},
    },
    service::{Services, kept_form::KeptForm, tenant::Facts},
    text::{
        connection_test::{About, ConnectionTestWords},
        text,
    },
    wire::tenant::{ConnectionTest, Settings, TestDetails, TestStep, Tone},
};

/// Where Microsoft explains its numbers.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
const EXPLANATIONS: &str = "https://login.microsoftonline.com/error?code=";

fn words() -> &'static ConnectionTestWords {
    text::<ConnectionTestWords>()
}

/// How a result is meant.
pub(super) const fn tone(verdict: &Verdict) -> Tone {
    match verdict {
        Verdict::Passed(_) => Tone::Ok,
        Verdict::Warnings(_) | Verdict::Untested(_) => Tone::Warn,
        Verdict::Failed(_) => Tone::Fail,
    }
}

/// The tested tenant as sentences name it.
pub(super) fn tenant(test: &Test) -> Option<Named> {
    Some(Named {
        tenant: test.tenant?,
        domain: test.domain.clone(),
    })
}

/// The steps of a test, as pages and other tools get them. `saved` is the team's tenant: the page approves no other one.
pub fn steps(services: &Services, test: &Test, reference: &str, saved: Option<TenantId>) -> Vec<TestStep> {
    let host = login_host(services);
    let tenant = tenant(test);
    let unsaved = test.tenant.filter(|tested| Some(*tested) != saved);
    let approve_at = services
        .entra
        .as_ref()
        .zip(unsaved)
        .map(|(entra, tested)| entra.consent_address(tested).to_string());
    let about = About {
        host: &host,
        tenant: tenant.as_ref(),
        approve_at: approve_at.as_deref(),
    };
    let step = |result: &StepResult| TestStep {
        name: (words().step)(result.step).to_owned(),
        outcome: result.outcome(),
        code: result.finding.code().to_owned(),
        hint: (words().hint)(result.step, &result.finding, about),
        details: details(result, reference),
    };
    test.steps.iter().map(step).collect()
}

fn details(result: &StepResult, reference: &str) -> Option<TestDetails> {
    use crate::domain::connection_test::Outcome;

    let unasked = matches!(result.outcome(), Outcome::Passed | Outcome::NotRun);
    if unasked && result.evidence.is_none() {
        return None;
    }
    let said = result.evidence.clone().unwrap_or_default();
    Some(TestDetails {
        at: result.at,
        status: said.status,
        request_id: said.request_id,
        correlation_id: said.correlation_id,
        number: said.number,
        explained_at: said.number.map(|number| format!("{EXPLANATIONS}{number}")),
        reference: reference.to_owned(),
    })
}

/// The region `Connection test`.
pub(super) fn view(
    services: &Services,
    facts: &Facts,
    settings: &Settings,
    kept: Option<&KeptForm>,
) -> ConnectionTest {
    let names = Step::ALL.map(|step| (words().step)(step).to_owned()).to_vec();
    let Some(newest) = &facts.test else {
        return ConnectionTest {
            at: None,
            verdict: String::new(),
            note: None,
            steps: Vec::new(),
            report: String::new(),
            names,
        };
    };
    let saved = facts.setup.as_ref().map(|setup| setup.registration.tenant);
    let just_typed = matches!(
        kept,
        Some(KeptForm::Said {
            notice: Notice::Tested(_),
            typed: Some(_)
        })
    );
    let note = if just_typed && settings.unsaved {
        Some(words().typed)
    } else if newest.test.tenant != saved {
        Some(words().stale)
    } else {
        None
    };
    let steps = steps(services, &newest.test, &newest.reference, saved);
    ConnectionTest {
        at: Some(newest.at),
        verdict: (words().by)(&newest.by, &(words().verdict)(&newest.test.verdict())),
        note: note.map(str::to_owned),
        report: report(
            &steps,
            &(words().report)(newest.at, &newest.by),
            newest.test.tenant,
        ),
        steps,
        names,
    }
}

/// The whole test as text: what support asks for, and nothing secret.
fn report(steps: &[TestStep], head: &str, tenant: Option<TenantId>) -> String {
    let mut lines = vec![head.to_owned()];
    lines.extend(tenant.map(|tenant| format!("Tenant ID: {tenant}")));
    for (number, step) in (1..).zip(steps) {
        let outcome = (words().outcome)(step.outcome);
        lines.push(format!(
            "{number}. {}: {outcome} ({}). {}",
            step.name, step.code, step.hint
        ));
        let Some(details) = &step.details else { continue };
        let facts = [
            Some(format!("time {}", details.at)),
            details.status.map(|status| format!("HTTP status {status}")),
            details.number.map(|number| format!("AADSTS{number}")),
            details.request_id.as_ref().map(|id| format!("request-id {id}")),
            details
                .correlation_id
                .as_ref()
                .map(|id| format!("correlation_id {id}")),
            Some(format!("reference {}", details.reference)),
        ];
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        lines.push(format!("   {}", facts.join(", ")));
    }
    lines.join("\n")
}
