//! Failed sign-ins of the team, as administrators read them.

use crate::{
    domain::{audit::RecordedEvent, sign_in::Refusal},
    service::{ServiceError, Services, tenant},
    storage::SignedIn,
    text::{refusals::Refusals, tenant::Failures, text},
    wire::tenant::FailedSignIn,
};

/// The rows of `Recent sign-in failures`; none for people who may not read the audit log.
pub(super) async fn rows(
    services: &Services,
    person: &SignedIn,
) -> Result<Option<Vec<FailedSignIn>>, ServiceError> {
    let failures = tenant::failures(services, person).await?;
    Ok(failures.map(|failures| failures.iter().map(row).collect()))
}

fn row(event: &RecordedEvent) -> FailedSignIn {
    let words = text::<Failures>();
    let details: serde_json::Value = serde_json::from_str(&event.details).unwrap_or_default();
    let detail = |name: &str| {
        let value = details.get(name)?;
        value
            .as_str()
            .map(str::to_owned)
            .or_else(|| value.as_i64().map(|number| number.to_string()))
    };
    let code = event.reason.clone().unwrap_or_default();
    let refusal: Option<Refusal> = code.parse().ok();
    let known = details.as_object().into_iter().flat_map(|members| members.keys());
    FailedSignIn {
        at: event.at,
        who: detail("name").unwrap_or_else(|| words.unknown.to_owned()),
        email: detail("email"),
        reason: refusal
            .map_or(words.other, |refusal| (text::<Refusals>().cause)(refusal))
            .to_owned(),
        next: refusal.map_or("", |refusal| (words.next)(refusal)).to_owned(),
        reference: detail("correlation_id").unwrap_or_default(),
        details: known
            .filter_map(|name| Some(((words.label)(name)?.to_owned(), detail(name)?)))
            .collect(),
        code,
    }
}
