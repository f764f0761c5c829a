//! Groups from the token and from Graph, whole or not at all.

mod ways;

use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::{
    domain::tenant::IdentityKey,
    entra::{
        application::ApplicationTokens,
        flow::Flow,
        http::Zone,
        identity::ClaimedGroups,
        metadata::Authority,
        testing::{Host, OBJECT, Says, TENANT_A, TENANT_B, client_id, ids, impatient, tenant},
    },
};

/// Everything a question about groups is asked with; one host is Graph and login host alike.
struct Desk {
    graph: Graph,
    tokens: ApplicationTokens,
    flow: Flow,
    login: Zone,
    authority: Authority,
}

impl Desk {
    fn at(host: &Host) -> Self {
        let (ids, url) = (ids().0, &host.url);
        let authority = Authority::new(url).expect("loopback");
        Self {
            graph: Graph::new(url, impatient(), ids.clone()).expect("loopback"),
            tokens: ApplicationTokens::new(url, ids.clone()),
            flow: Flow::new(client_id(), "s3cret".into(), url, &authority, ids).expect("options that fit"),
            login: Zone::new(url, impatient()).expect("loopback"),
            authority,
        }
    }

    async fn ask(
        &self,
        identity: &Identity,
        token: Option<&SecretString>,
        patience: Duration,
    ) -> Result<Groups, Box<GroupsUnread>> {
        let means = Means {
            graph: &self.graph,
            tokens: &self.tokens,
            flow: &self.flow,
            login: &self.login,
            authority: &self.authority,
            patience,
        };
        groups_of(means, identity, token).await
    }
}

fn group(text: &str) -> ObjectId {
    text.parse().expect("an object ID")
}

fn person(listed: &[&str], complete: bool) -> Identity {
    Identity {
        key: IdentityKey {
            tenant: tenant(TENANT_A),
            object: group(OBJECT),
        },
        subject: "s".to_owned(),
        name: None,
        email: None,
        username: None,
        guest: false,
        directory_administrator: false,
        microsoft_sid: None,
        authenticated_at: None,
        groups: ClaimedGroups {
            ids: listed.iter().map(|id| group(id)).collect(),
            complete,
        },
    }
}

async fn groups(host: &Host, identity: &Identity) -> Result<Groups, EntraError> {
    let asked = Desk::at(host)
        .ask(identity, Some(&"the token".into()), impatient().groups)
        .await;
    asked.map_err(|unread| unread.as_person)
}

/// The groups of somebody with an overage, when Graph says this.
async fn overage(says: Says) -> Result<Groups, EntraError> {
    let host = Host::start(move |_| says.clone()).await;
    groups(&host, &person(&[], false)).await
}

fn listed(value: &Value) -> Says {
    Says::json(&json!({ "@odata.context": "x", "value": value }))
}

#[tokio::test]
async fn a_complete_claim_asks_nobody() {
    let host = Host::start(|_| Says::Hangup).await;
    let known = groups(&host, &person(&[TENANT_B], true))
        .await
        .expect("in the token");
    assert_eq!(
        known,
        Groups {
            ids: HashSet::from([group(TENANT_B)]),
            from: GroupsFrom::Token
        }
    );
    let none = groups(&host, &person(&[], true))
        .await
        .expect("none is an answer here");
    assert_eq!((none.ids.len(), none.from.name()), (0, "token"));
    assert!(host.asked().is_empty());
}

#[tokio::test]
async fn an_overage_asks_graph_once_and_itself() {
    let host = Host::start(|_| listed(&json!([TENANT_A, TENANT_B, TENANT_B.to_uppercase()]))).await;
    let found = groups(&host, &person(&[TENANT_B, OBJECT], false))
        .await
        .expect("listed");
    assert_eq!(found.from.name(), "graph");
    assert_eq!(
        found.ids,
        [TENANT_A, TENANT_B, OBJECT].into_iter().map(group).collect(),
        "P044"
    );
    let asked = host.asked();
    assert_eq!(asked.len(), 1);
    let asked = &asked[0];
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/v1.0/me/getMemberObjects")
    );
    assert_eq!(asked.body, r#"{"securityEnabledOnly":true}"#);
    assert_eq!(asked.headers["authorization"], "Bearer the token");
    assert_eq!(asked.headers["content-type"], "application/json");
    assert!(asked.headers.contains_key("client-request-id"));
}

#[tokio::test]
async fn an_empty_list_is_an_answer_and_a_long_one_is_never_cut() {
    assert_eq!(overage(listed(&json!([]))).await.expect("an answer").ids.len(), 0);
    let many: Vec<_> = (0..11_000)
        .map(|number| format!("00000000-0000-4000-8000-{number:012}"))
        .collect();
    assert_eq!(
        overage(listed(&json!(many))).await.expect("an answer").ids.len(),
        11_000,
        "P102, P197"
    );
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let kind = "application/json";
    for says in [
        listed(&json!([TENANT_A, 7, null, TENANT_B])),
        listed(&json!([TENANT_A, "group-1"])),
        listed(&json!([TENANT_A.replace('-', "")])),
        listed(&json!({})),
        listed(&Value::Null),
        listed(&json!(TENANT_A)),
        Says::json(&json!({ "values": [] })),
        Says::json(&json!([])),
        Says::json(&json!({ "value": [TENANT_A], "@odata.nextLink": "https://evil.example/v1.0/x" })),
        Says::text(200, kind, r#"{"value":[],"value":[]}"#),
        Says::text(200, kind, r#"{"value":["#),
        Says::text(200, kind, ""),
        Says::text(200, kind, "\u{feff}{\"value\":[]}"),
        Says::text(200, "text/html", "<html>"),
        Says::This(200, vec![], b"{\"value\":[],\"x\":\"\xff\"}".to_vec()),
    ] {
        let failed = overage(says.clone()).await;
        assert!(
            matches!(failed, Err(EntraError::Malformed { .. })),
            "GRF-009, P196: {says:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_an_error_with_graphs_own_words() {
    let trace = "93b6f17e-0000-4000-8000-000000000001";
    for (status, code) in [
        (401, "InvalidAuthenticationToken"),
        (403, "Authorization_RequestDenied"),
        (400, "Directory_ResultSizeLimitExceeded"),
        (404, "Request_ResourceNotFound"),
    ] {
        for inner in ["innerError", "innererror"] {
            let body = json!({ "error": { "code": code, "message": "No.", inner: { "request-id": trace } } });
            let failed = overage(Says::text(status, "application/json", &body.to_string())).await;
            let Err(EntraError::Refused {
                status: said, error, ..
            }) = failed
            else {
                panic!("{failed:?}")
            };
            assert_eq!((said, error.error.as_str()), (status, code), "P025, P042, P105");
            assert_eq!(error.trace_id.map(|id| id.to_string()).as_deref(), Some(trace));
        }
    }
    let redirected = overage(Says::status(302, "location", "https://evil.example/")).await;
    assert!(matches!(redirected, Err(EntraError::Refused { status: 302, .. })));
}

#[tokio::test]
async fn a_graph_that_is_down_is_an_error_in_bounded_time() {
    assert!(matches!(
        overage(Says::Hangup).await,
        Err(EntraError::Unreachable { .. })
    ));
    assert!(
        matches!(overage(Says::Silence).await, Err(EntraError::TimedOut { .. })),
        "GRF-006"
    );
    assert!(
        matches!(overage(Says::Drip).await, Err(EntraError::TimedOut { .. })),
        "GRF-007"
    );
    let throttled = Says::status(429, "retry-after", "0.01");
    assert!(
        matches!(
            overage(throttled).await,
            Err(EntraError::Unavailable { status: 429, .. })
        ),
        "GRF-004"
    );
    let broken = Says::status(503, "retry-after", "3600");
    assert!(
        matches!(
            overage(broken).await,
            Err(EntraError::Unavailable { status: 503, .. })
        ),
        "GRF-028"
    );
    let huge = Says::text(200, "application/json", &" ".repeat((4 << 20) + 1));
    assert!(
        matches!(overage(huge).await, Err(EntraError::TooLarge { .. })),
        "GRF-008"
    );
}

#[tokio::test]
async fn waits_add_up_to_a_limit() {
    let host = Host::start(|_| Says::status(503, "retry-after", "0.09")).await;
    let patience = Duration::from_millis(120);
    let failed = Desk::at(&host)
        .ask(&person(&[], false), Some(&"t".into()), patience)
        .await
        .expect_err("nobody waits so long");
    assert!(
        matches!(failed.as_person, EntraError::TimedOut { .. }),
        "{failed:?}"
    );
}

#[tokio::test]
async fn without_an_access_token_there_is_no_answer() {
    let host = Host::start(|_| Says::Hangup).await;
    let desk = Desk::at(&host);
    for token in [None, Some(SecretString::from("a\nb"))] {
        let failed = desk
            .ask(&person(&[], false), token.as_ref(), impatient().groups)
            .await
            .expect_err("no token, or none that could forge a header");
        assert!(matches!(failed.as_person, EntraError::Malformed { .. }));
    }
    assert!(
        host.asked().iter().all(|asked| asked.path.ends_with("/token")),
        "the application asks for its own token, and nobody asks Graph"
    );
}
