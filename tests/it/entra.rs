//! The door to Microsoft against the emulator: real HTTP, tokens that somebody else mints, a directory that somebody
//! else keeps.

mod faults;

use std::{collections::HashSet, sync::Arc, time::Duration};

use entra_emulator::{ClockSetting, Emulator, Fault, KeyChange, Options, SignIn, TokenMutation};
use serde_json::json;
use sonicsaas::{
    domain::{
        id::Ids,
        sign_in::{Check, Refusal},
        tenant::{ObjectId, TenantId},
        time::{FixedClock, Timestamp},
    },
    entra::{
        Authorization, AuthorizationCode, AuthorizationRequest, Entra, EntraOptions, Expected, Groups,
        GroupsFrom, GroupsUnread, Identity, Limits, Rejection, TokenAnswer,
    },
    host::SystemRandomness,
};
use url::Url;

const CONTOSO: &str = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70";
const LITWARE: &str = "c51e7d92-0a4f-4e68-8b37-f2a6904d1e35";
const OPERATORS: &str = "801355eb-05d9-4d51-a25f-f36ce5fe4bfa";
const FIELD_TECHNICIANS: &str = "69377157-94d8-43a6-9340-586349ad7eae";
const VIEWERS: &str = "86db12bb-89d6-4221-bf84-934e09ee1846";
/// 2026-03-04T14:02:11Z.
const NOW: i64 = 1_772_632_931;

fn tenant(text: &str) -> TenantId {
    text.parse().expect("a tenant ID")
}

fn group(text: &str) -> ObjectId {
    text.parse().expect("an object ID")
}

struct Bench {
    emulator: Emulator,
    clock: Arc<FixedClock>,
    entra: Entra,
}

/// A person who came back from Microsoft.
struct Back {
    answer: TokenAnswer,
    attempt: Authorization,
}

impl Bench {
    async fn start() -> Self {
        let emulator = Emulator::start(Options::default())
            .await
            .expect("the emulator starts");
        emulator.control().set_clock(ClockSetting::Fixed(NOW));
        let clock = Arc::new(FixedClock::at(Timestamp::from_micros(NOW * 1_000_000)));
        let shared: Arc<FixedClock> = Arc::clone(&clock);
        let entra = Entra::new(EntraOptions {
            client_id: "11111111-aaaa-4bbb-8ccc-222222222222"
                .parse()
                .expect("a client ID"),
            credential: "emulator-secret-value".into(),
            secret_expires: None,
            authority: Url::parse(&emulator.authority()).expect("an address"),
            graph: Url::parse(&emulator.graph()).expect("an address"),
            redirect_uri: Url::parse("http://localhost:3000/api/auth/callback/microsoft-entra-id")
                .expect("an address"),
            ids: Ids::new(shared, Arc::new(SystemRandomness)),
            limits: Limits {
                request: Duration::from_secs(2),
                groups: Duration::from_secs(2),
                longest_wait: Duration::from_millis(200),
                pause: Duration::from_millis(5),
                ..Limits::default()
            },
        })
        .expect("options that fit");
        Self {
            emulator,
            clock,
            entra,
        }
    }

    fn advance(&self, span: Duration) {
        self.clock.advance(span);
        let seconds = i64::try_from(span.as_secs()).expect("a short time");
        self.emulator.control().set_clock(ClockSetting::Advance(seconds));
    }

    /// What stands in the address the browser comes back to.
    fn visit(&self, person: &str, pinned: Option<TenantId>) -> (Vec<(String, String)>, Authorization) {
        let attempt = self.entra.authorization(AuthorizationRequest {
            tenant: pinned,
            prompt: None,
        });
        let location = self
            .emulator
            .control()
            .sign_in(attempt.url.as_str(), person)
            .expect("the browser comes back");
        let location = Url::parse(&location).expect("an address");
        (location.query_pairs().into_owned().collect(), attempt)
    }

    async fn redeem(&self, person: &str, pinned: Option<TenantId>) -> Result<Back, Rejection> {
        let (query, attempt) = self.visit(person, pinned);
        let value = |wanted: &str| {
            query
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(value("state"), Some(attempt.state.expose()));
        let code = AuthorizationCode::parse(value("code").expect("a code"))?;
        let answer = self.entra.redeem(&code, &attempt.verifier, pinned).await?;
        Ok(Back { answer, attempt })
    }

    async fn sign_in(&self, person: &str, pinned: Option<TenantId>) -> Result<(Identity, Back), Rejection> {
        let back = self.redeem(person, pinned).await?;
        let expected = Expected {
            nonce: &back.attempt.nonce,
            tenant: pinned,
            issuer_parameter: None,
            authenticated_within: None,
        };
        let identity = self.entra.verify(&back.answer, expected).await?;
        Ok((identity, back))
    }

    async fn groups(&self, person: &str) -> Result<Groups, Box<GroupsUnread>> {
        let (identity, back) = self.sign_in(person, None).await.expect("signed in");
        self.entra.groups(&identity, back.answer.access_token()).await
    }

    async fn check(&self, person: &str) -> Option<Check> {
        self.sign_in(person, None)
            .await
            .err()
            .and_then(|rejection| rejection.check)
    }

    /// How often a route was asked.
    fn asked(&self, route: &str) -> usize {
        self.emulator.control().log_of(route).len()
    }
}

#[tokio::test]
async fn somebody_signs_in_with_the_groups_of_the_token() {
    let bench = Bench::start().await;
    let (dana, back) = bench.sign_in("dana@contoso.com", None).await.expect("signed in");
    assert_eq!(back.answer.claimed_tenant().expect("a tenant"), tenant(CONTOSO));
    assert_eq!(dana.key().tenant, tenant(CONTOSO));
    assert_eq!(
        dana.key().object.to_string(),
        "126e79e2-e6ca-41d6-a1ad-bc4e10bfa287"
    );
    assert_eq!(
        (dana.name(), dana.is_guest(), dana.has_overage()),
        (Some("Dana Reyes"), false, false)
    );
    assert!(dana.microsoft_sid().is_some());
    let groups = bench
        .entra
        .groups(&dana, back.answer.access_token())
        .await
        .expect("in the token");
    assert_eq!(groups.from, GroupsFrom::Token);
    assert!(groups.ids.contains(&group(OPERATORS)) && !groups.ids.contains(&group(VIEWERS)));
    assert_eq!(bench.asked("graph"), 0);
}

#[tokio::test]
async fn nested_groups_count_and_nobody_is_in_none() {
    let bench = Bench::start().await;
    let nils = bench.groups("nils@contoso.com").await.expect("in the token");
    assert_eq!(
        nils.ids,
        HashSet::from([group(FIELD_TECHNICIANS), group(OPERATORS)])
    );
    let zoe = bench.groups("zoe@contoso.com").await.expect("in the token");
    assert_eq!((zoe.ids.len(), zoe.from), (0, GroupsFrom::Token));
}

#[tokio::test]
async fn a_person_in_too_many_groups_is_looked_up_in_graph() {
    let bench = Bench::start().await;
    bench
        .emulator
        .control()
        .set_group_count(CONTOSO, "nils@contoso.com", 200)
        .expect("known");
    let just = bench.groups("nils@contoso.com").await.expect("in the token");
    assert_eq!((just.ids.len(), just.from), (200, GroupsFrom::Token));
    bench
        .emulator
        .control()
        .set_group_count(CONTOSO, "nils@contoso.com", 201)
        .expect("known");
    let many = bench.groups("nils@contoso.com").await.expect("from Graph");
    assert_eq!((many.ids.len(), many.from), (201, GroupsFrom::Graph));
    assert!(many.ids.contains(&group(OPERATORS)));
    let asked = bench.emulator.control().log_of("graph");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].path, "/v1.0/me/getMemberObjects");
    assert_eq!(asked[0].body, json!({ "securityEnabledOnly": true }));
}

#[tokio::test]
async fn a_guest_is_one_only_where_invited() {
    let bench = Bench::start().await;
    let (at_home, _) = bench
        .sign_in("sam@litware.example", None)
        .await
        .expect("signed in");
    assert_eq!(
        (at_home.key().tenant, at_home.is_guest()),
        (tenant(LITWARE), false)
    );
    let contoso = Some(tenant(CONTOSO));
    let (invited, _) = bench
        .sign_in("sam@litware.example", contoso)
        .await
        .expect("signed in");
    assert_eq!(
        (invited.key().tenant, invited.is_guest()),
        (tenant(CONTOSO), true)
    );
    assert_ne!(invited.key().object, at_home.key().object);
}

#[tokio::test]
async fn tokens_that_are_wrong_in_one_place_are_refused_for_it() {
    let bench = Bench::start().await;
    let control = bench.emulator.control();
    assert_eq!(bench.check("dana@contoso.com").await, None, "before");
    let evil = TokenMutation::claim("iss", "https://evil.example");
    let none = TokenMutation {
        header_text: Some(r#"{"alg":"none"}"#.to_owned()),
        ..TokenMutation::default()
    };
    let twice = TokenMutation {
        members_before: Some(format!(r#""tid":"{LITWARE}""#)),
        ..TokenMutation::default()
    };
    let signed_by = |key: &str| TokenMutation {
        signing_key: Some(key.to_owned()),
        ..TokenMutation::default()
    };
    let no_token = TokenMutation {
        token_response: json!({ "id_token": null })
            .as_object()
            .expect("an object")
            .clone(),
        ..TokenMutation::default()
    };
    for (mutation, check) in [
        (evil, Check::IssuerMismatch),
        (none, Check::AlgorithmNotAllowed),
        (twice, Check::TokenMalformed),
        (signed_by("personal-1"), Check::KeyIssuerMismatch),
        (signed_by("government-1"), Check::CloudMismatch),
        (no_token, Check::TokenResponseInvalid),
        (TokenMutation::claim("nonce", "another"), Check::NonceMismatch),
        (TokenMutation::claim("exp", NOW - 180), Check::Expired),
    ] {
        control.mutate(mutation);
        assert_eq!(bench.check("dana@contoso.com").await, Some(check));
    }
    assert_eq!(bench.check("dana@contoso.com").await, None, "after");
}

#[tokio::test]
async fn keys_are_rotated_without_anybody_noticing() {
    let bench = Bench::start().await;
    assert_eq!(bench.check("dana@contoso.com").await, None);
    bench
        .emulator
        .control()
        .keys(KeyChange::Rotate)
        .expect("a key is left");
    assert_eq!(bench.check("dana@contoso.com").await, None);
    assert_eq!(bench.asked("keys"), 2);
    bench
        .emulator
        .control()
        .keys(KeyChange::RemoveAll)
        .expect("emptied");
    bench.advance(Duration::from_hours(2));
    assert_eq!(bench.check("dana@contoso.com").await, None, "the last known good");
}

#[tokio::test]
async fn a_code_works_once_and_only_with_its_verifier() {
    let bench = Bench::start().await;
    let codes = async |foreign: bool| {
        let (query, attempt) = bench.visit("dana@contoso.com", None);
        let (_, code) = query
            .into_iter()
            .find(|(name, _)| name == "code")
            .expect("a code");
        let code = AuthorizationCode::parse(&code).expect("a code");
        let other = bench.entra.authorization(AuthorizationRequest::default());
        let verifier = if foreign { other.verifier } else { attempt.verifier };
        let first = bench.entra.redeem(&code, &verifier, None).await;
        let second = bench.entra.redeem(&code, &verifier, None).await;
        (first.err(), second.expect_err("a code is used once"))
    };
    let (first, again) = codes(false).await;
    assert!(first.is_none());
    assert_eq!(again.microsoft.and_then(|said| said.number), Some(54_005));
    let (first, _) = codes(true).await;
    let stolen = first.expect("another attempt's verifier");
    assert_eq!(
        (stolen.refusal, stolen.check),
        (Refusal::ExchangeFailed, Some(Check::TokenExchangeFailed))
    );
}

#[tokio::test]
async fn a_cancelled_sign_in_says_so() {
    let bench = Bench::start().await;
    let attempt = bench.entra.authorization(AuthorizationRequest::default());
    let cancelled = SignIn {
        cancel: true,
        ..SignIn::new(attempt.url.as_str(), "dana@contoso.com")
    };
    let location = bench
        .emulator
        .control()
        .sign_in_as(&cancelled)
        .expect("back")
        .location
        .expect("an address");
    let query: Vec<_> = Url::parse(&location)
        .expect("an address")
        .query_pairs()
        .into_owned()
        .collect();
    let rejection = Entra::provider_error(&query);
    assert_eq!(
        (rejection.refusal, rejection.check),
        (Refusal::Cancelled, Some(Check::ProviderError))
    );
}

#[tokio::test]
async fn doctor_sees_the_authority_and_graph() {
    let bench = Bench::start().await;
    let reached = bench.entra.check_reachable().await.expect("there");
    assert_eq!(reached.clock_ahead, Some(0));
    bench.emulator.control().set_clock(ClockSetting::Fixed(NOW + 90));
    assert_eq!(
        bench.entra.check_reachable().await.expect("there").clock_ahead,
        Some(90)
    );
    bench.entra.check_graph().await.expect("there");
    bench.entra.prepare(None).await.expect("there");
}
