//! What a test says as a whole.

use super::*;

fn test(findings: [Finding; 6]) -> ConnectionTest {
    let steps = Step::ALL
        .into_iter()
        .zip(findings)
        .map(|(step, finding)| StepResult {
            step,
            finding,
            at: Timestamp::from_micros(0),
            evidence: None,
        });
    ConnectionTest {
        tenant: None,
        domain: None,
        steps: steps.collect(),
        by_token: None,
    }
}

fn good() -> [Finding; 6] {
    [
        Finding::Readable,
        Finding::Found,
        Finding::TokenReceived,
        Finding::Works,
        Finding::Works,
        Finding::DelegatedSeen(Timestamp::from_micros(1)),
    ]
}

fn with(step: Step, finding: Finding) -> ConnectionTest {
    let mut findings = good();
    findings[step.number() - 1] = finding;
    test(findings)
}

#[test]
fn a_failed_step_is_named_before_everything_else() {
    assert_eq!(test(good()).verdict(), Verdict::Passed(6));
    assert_eq!(
        with(Step::ManyGroups, Finding::NotSeenYet).verdict(),
        Verdict::Passed(5)
    );
    let missing = Finding::Missing(vec!["User.Read.All".to_owned()]);
    let mut findings = good();
    findings[4] = missing.clone();
    findings[1] = Finding::Government;
    let warned = test(findings.clone());
    assert_eq!(
        warned.verdict(),
        Verdict::Warnings(vec![Step::FindTenant, Step::ListMembers])
    );
    findings[2] = Finding::NotApproved;
    assert_eq!(test(findings).verdict(), Verdict::Failed(Step::GetToken));
}

#[test]
fn silence_of_microsoft_is_never_a_failure() {
    for silence in [
        Finding::NoAnswer,
        Finding::SlowDown(None),
        Finding::MicrosoftTrouble,
    ] {
        assert_ne!(silence.outcome(), Outcome::Failed);
        let test = with(Step::FindTenant, silence);
        assert_eq!(test.verdict(), Verdict::Untested(Step::FindTenant));
    }
    assert_eq!(with(Step::GetToken, Finding::NoAnswer).consent(), None);
}

#[test]
fn consent_follows_from_what_was_seen() {
    assert_eq!(test(good()).consent(), Some(Consent::Approved));
    assert_eq!(
        with(Step::GetToken, Finding::NotApproved).consent(),
        Some(Consent::Missing)
    );
    let missing = Finding::Missing(vec!["Group.Read.All".to_owned()]);
    assert_eq!(with(Step::SearchGroups, missing).consent(), Some(Consent::Partly));
    assert_eq!(
        with(Step::ListMembers, Finding::WaitsForProof).consent(),
        Some(Consent::Approved)
    );
    assert_eq!(with(Step::ListMembers, Finding::NoAnswer).consent(), None);
    assert_eq!(with(Step::GetToken, Finding::CredentialRejected).consent(), None);
    // Neither shows a permission.
    for unseen in [Finding::NotYetInForce, Finding::UnseenBeforeProof] {
        assert_eq!(with(Step::SearchGroups, unseen.clone()).consent(), None);
        assert_eq!(with(Step::ListMembers, unseen).consent(), None);
    }
}

#[test]
fn a_tenant_is_found_where_microsoft_has_it() {
    let tenant = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70".parse().ok();
    let found = |finding| {
        let typed = ConnectionTest {
            tenant,
            ..with(Step::FindTenant, finding)
        };
        typed.found()
    };
    for there in [Finding::Found, Finding::Government, Finding::Taken] {
        assert_eq!(found(there), tenant);
    }
    for not in [Finding::Unknown, Finding::NoAnswer, Finding::OtherCloud] {
        assert_eq!(found(not), None);
    }
}

#[test]
fn consent_survives_storage() {
    for consent in Consent::ALL {
        assert_eq!(Consent::parse(consent.name()), Some(consent));
    }
    assert_eq!(Consent::parse("yes"), None);
}

#[test]
fn what_the_token_showed_stays_when_the_directory_could_not_be_read() {
    for silence in [
        Finding::NoAnswer,
        Finding::Unreachable,
        Finding::SlowDown(None),
        Finding::MicrosoftTrouble,
    ] {
        let mut findings = good();
        findings[3] = silence;
        findings[4] = Finding::Skipped;
        for by_token in [None, Some(Consent::Partly), Some(Consent::Approved)] {
            let test = ConnectionTest {
                by_token,
                ..test(findings.clone())
            };
            assert_eq!(test.consent(), by_token);
            assert!(test.token_came());
            assert_eq!(test.reads(), None, "what cannot be read is not called on");
        }
    }
    assert!(!with(Step::GetToken, Finding::NotApproved).token_came());
}

#[test]
fn what_can_be_read_is_told_apart() {
    let reads = |groups, members| Some(Reads { groups, members });
    let missing = || Finding::Missing(vec!["x".to_owned()]);
    assert_eq!(test(good()).reads(), reads(true, true));
    assert_eq!(with(Step::SearchGroups, missing()).reads(), reads(false, true));
    assert_eq!(with(Step::ListMembers, missing()).reads(), reads(true, false));
    assert_eq!(
        with(Step::SearchGroups, Finding::WaitsForProof).reads(),
        reads(true, true)
    );
    assert_eq!(
        with(Step::GetToken, Finding::NotApproved).reads(),
        reads(false, false)
    );
}
