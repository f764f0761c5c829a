//! One integration on the overview of all: its true state, and what to do next.

use super::{attention, said, unavailable, words};
use crate::{
    domain::{
        connection_test::{Consent, Verdict},
        tenant::VerificationPolicy,
    },
    routes,
    service::{Services, tenant::Facts},
    text::{
        connection_test::{About, ConnectionTestWords},
        integration_card::Card,
        text,
    },
    wire::tenant::{IntegrationCard, Link, Said, Tone},
};

/// The card of Microsoft Entra ID.
pub(super) fn card(services: &Services, facts: &Facts, who_may: Option<String>) -> IntegrationCard {
    let texts = text::<Card>();
    let (status, reason, action) = state(services, facts);
    let (action_words, to) = action;
    IntegrationCard {
        status,
        reason,
        last_tested: facts.test.as_ref().map(|kept| kept.at),
        mappings: (texts.mappings)(facts.mappings),
        action: who_may.is_none().then(|| Link {
            words: action_words.to_owned(),
            to,
        }),
        who_may,
    }
}

type State = (Said, Option<String>, (&'static str, String));

fn state(services: &Services, facts: &Facts) -> State {
    let texts = text::<Card>();
    let at = |place: &str| format!("{}{place}", routes::ENTRA);
    if let Some(why) = unavailable(services) {
        let status = said(Tone::Skip, texts.not_available);
        return (status, Some(why.to_owned()), (texts.see_why, at("")));
    }
    let problem = attention::of_credential(services)
        .into_iter()
        .find(|said| said.tone == Tone::Fail)
        .or_else(|| attention::lost(facts))
        .map(|said| said.words)
        .or_else(|| failed_test(services, facts));
    if let Some(problem) = problem {
        let status = said(Tone::Fail, texts.needs_attention);
        return (status, Some(problem), (texts.fix, at("")));
    }
    let Some(setup) = &facts.setup else {
        return (said(Tone::Skip, texts.not_set_up), None, (texts.set_up, at("")));
    };
    let registration = &setup.registration;
    if !registration.enabled {
        return (said(Tone::Skip, texts.turned_off), None, (texts.turn_on, at("")));
    }
    if setup.consent == Some(Consent::Missing) {
        let status = said(Tone::Warn, texts.waiting);
        return (status, None, (texts.approve, at("#consent")));
    }
    if !registration.is_proven() && services.rules.verification != VerificationPolicy::Off {
        let reason = attention::unproven(services, facts).map(|said| said.words);
        let status = said(Tone::Warn, texts.unverified);
        return (status, reason, (texts.verify, at("#ownership")));
    }
    if let Some(kept) = &facts.test
        && let Verdict::Untested(_) = kept.test.verdict()
        && Some(registration.tenant) == kept.test.tenant
    {
        let ago = services.now().as_seconds() - kept.at.as_seconds();
        let status = said(Tone::Warn, (texts.unknown)(ago));
        return (status, None, (texts.test, at("#test")));
    }
    let reason = setup
        .consent
        .filter(|consent| *consent == Consent::Partly)
        .map(|consent| (words().consent_missing)(consent).to_owned());
    (said(Tone::Ok, texts.on), reason, (texts.manage, at("")))
}

/// The failed step of the newest test of this tenant. A missing approval has a state of its own.
fn failed_test(services: &Services, facts: &Facts) -> Option<String> {
    let (setup, kept) = facts.setup.as_ref().zip(facts.test.as_ref())?;
    let same = kept.test.tenant == Some(setup.registration.tenant);
    if !same || setup.consent == Some(Consent::Missing) {
        return None;
    }
    let Verdict::Failed(step) = kept.test.verdict() else {
        return None;
    };
    let tests = text::<ConnectionTestWords>();
    let result = kept.test.result(step)?;
    let host = super::login_host(services);
    let tenant = super::test::tenant(&kept.test);
    let about = About {
        host: &host,
        tenant: tenant.as_ref(),
        approve_at: None,
    };
    let hint = (tests.hint)(step, &result.finding, about);
    Some(format!("{}: {hint}", (tests.step)(step)))
}
