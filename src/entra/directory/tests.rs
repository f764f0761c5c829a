//! Readings of a directory against a Graph that answers whatever a test says.

use serde_json::{Value, json};

use super::*;
use crate::{
    domain::tenant::DomainName,
    entra::{
        Entra, EntraOptions,
        testing::{Asked, Host, OBJECT, Says, TENANT_A, TENANT_B, client_id, ids, impatient, tenant},
    },
};

fn entra_at(host: &Host) -> Entra {
    Entra::new(EntraOptions {
        client_id: client_id(),
        credential: "s3cret".into(),
        secret_expires: None,
        authority: host.url.clone(),
        graph: host.url.clone(),
        redirect_uri: "https://msp.example/callback".parse().expect("an address"),
        ids: ids().0,
        limits: impatient(),
    })
    .expect("options that fit")
}

/// A Microsoft that gives an opaque token, and a Graph that says this.
async fn graph_that_says(script: impl Fn(&Asked) -> Says + Send + Sync + 'static) -> (Host, Entra) {
    let host = Host::start(move |asked| {
        if asked.path.ends_with("/token") {
            let token = json!({ "token_type": "Bearer", "expires_in": 3600, "access_token": "opaque" });
            return Says::json(&token);
        }
        script(asked)
    })
    .await;
    let entra = entra_at(&host);
    (host, entra)
}

fn organization(id: &str) -> Value {
    json!({ "value": [{
        "id": id, "displayName": "Contoso\u{202e}", "tenantType": null,
        "verifiedDomains": [
            { "name": "contoso.onmicrosoft.com", "isDefault": false, "isInitial": true },
            { "name": "Contoso.com", "isDefault": true },
        ],
    }] })
}

fn denied() -> Says {
    let body = json!({ "error": { "code": "Authorization_RequestDenied" } });
    Says::text(403, "application/json", &body.to_string())
}

/// The options of a query, decoded.
fn options(asked: &Asked) -> Vec<(String, String)> {
    let (_, query) = asked.path.split_once('?').expect("a query");
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn a_search_is_one_literal_whatever_was_typed() {
    let (host, entra) = graph_that_says(|_| Says::json(&json!({ "value": [] }))).await;
    let directory = entra.read_directory_of(tenant(TENANT_A));
    let typed = [
        ("eng", "\"displayName:eng\""),
        (
            "' or startswith(displayName,'a",
            "\"displayName:' or startswith(displayName,'a\"",
        ),
        (
            "\") ; &$expand=owners ;",
            "\"displayName:\\\") ; &$expand=owners ;\"",
        ),
        (
            "a\" OR \"displayName:b",
            "\"displayName:a\\\" OR \\\"displayName:b\"",
        ),
        ("back\\\"", "\"displayName:back\\\\\\\"\""),
        ("%27 + #x ?y", "\"displayName:%27 + #x ?y\""),
        (" zero\u{200b} \u{202e}width\n", "\"displayName:zero width\""),
    ];
    for (text, _) in typed {
        directory.search_groups(text).await.expect("nothing found");
    }
    let asked: Vec<_> = host
        .asked()
        .into_iter()
        .filter(|asked| asked.path.starts_with("/v1.0/groups?"))
        .collect();
    assert_eq!(asked.len(), typed.len());
    for (asked, (text, clause)) in asked.iter().zip(typed) {
        let expected = [
            ("$search", clause),
            ("$select", GROUP),
            ("$top", "50"),
            ("$count", "true"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(options(asked), expected, "GRF-029: {text}");
        assert_eq!(asked.headers["consistencylevel"], "eventual");
        assert!(
            !asked.path.contains('+'),
            "a plus is no space to everybody: {}",
            asked.path
        );
    }
    let before = host.asked().len();
    for nothing in ["", " \u{200b}\n"] {
        let found = directory.search_groups(nothing).await.expect("nothing");
        assert_eq!(found, GroupsFound::default());
    }
    assert_eq!(host.asked().len(), before, "nothing to ask for");
    directory
        .search_groups(&"x".repeat(100_000))
        .await
        .expect("cut to what a name can be");
    let longest = host.asked().last().map(|asked| asked.path.len());
    assert!(longest.is_some_and(|length| length < 1000), "{longest:?}");
}

#[tokio::test]
async fn a_search_shows_groups_of_every_kind_and_whether_there_are_more() {
    let (_host, entra) = graph_that_says(|asked| {
        let next = format!("http://{}/v1.0/groups?$skiptoken=x", asked.headers["host"]);
        Says::json(&json!({ "@odata.nextLink": next, "value": [
            { "id": OBJECT, "displayName": " Engineering\u{202e} ", "description": "", "mail": "e@contoso.com",
              "groupTypes": ["Unified", "DynamicMembership"], "securityEnabled": true, "mailEnabled": true,
              "membershipRule": "x", "onPremisesSyncEnabled": true },
            { "id": TENANT_B, "displayName": "Newsletter", "securityEnabled": false },
            { "id": TENANT_A, "displayName": null, "securityEnabled": true },
        ] }))
    })
    .await;
    let found = entra
        .read_directory_of(tenant(TENANT_A))
        .search_groups("e")
        .await
        .expect("found");
    assert!(found.more);
    assert_eq!(found.groups.len(), 3);
    let first = &found.groups[0];
    assert_eq!(
        (
            first.name.as_deref(),
            first.description.as_deref(),
            first.mail.as_deref()
        ),
        (Some("Engineering"), None, Some("e@contoso.com"))
    );
    assert!(first.unified && first.dynamic && first.mail_enabled && first.synchronised);
    assert!(
        !found.groups[1].security_enabled,
        "it can be told why it is of no use"
    );
    let second = &found.groups[2];
    assert_eq!(second.name, None);
    assert!(!second.unified && !second.dynamic && !second.synchronised);
}

#[tokio::test]
async fn groups_are_named_by_their_ids_alone() {
    let ids: Vec<ObjectId> = [OBJECT, TENANT_B].map(|id| id.parse().expect("an ID")).to_vec();
    let (host, entra) = graph_that_says(|_| {
        Says::json(&json!({ "responses": [
            { "id": "1", "status": 404, "body": { "error": { "code": "Request_ResourceNotFound" } } },
            { "id": "0", "status": 200, "body": { "id": OBJECT, "displayName": "Operators", "securityEnabled": true } },
        ] }))
    })
    .await;
    let directory = entra.read_directory_of(tenant(TENANT_A));
    let named = directory.groups_named(&ids).await.expect("answered");
    let operators = named[&ids[0]].as_ref().expect("there");
    assert_eq!(
        (operators.name.as_deref(), operators.security_enabled),
        (Some("Operators"), true)
    );
    assert_eq!(named[&ids[1]], None);
    let asked = host.asked();
    let body: Value = serde_json::from_str(&asked[1].body).expect("JSON");
    let url = format!("/groups/{OBJECT}?$select=id,displayName,securityEnabled,mailEnabled,groupTypes");
    assert_eq!(body["requests"][0]["url"], url);
    assert!(directory.groups_named(&[]).await.expect("none").is_empty());
    assert_eq!(host.asked().len(), 2);

    let (_host, entra) = graph_that_says(|_| {
        let other = json!({ "id": "0", "status": 200, "body": { "id": TENANT_B } });
        Says::json(&json!({ "responses": [other] }))
    })
    .await;
    let failed = entra
        .read_directory_of(tenant(TENANT_A))
        .groups_named(&ids[..1])
        .await;
    assert_eq!(failed.expect_err("another group").kind(), "malformed");
}

#[tokio::test]
async fn a_person_is_looked_for_among_the_members() {
    let member =
        |kind: &str, id: &str, name: Value| json!({ "@odata.type": kind, "id": id, "displayName": name });
    for (members, seen) in [
        (json!([]), None),
        (
            json!([member("#microsoft.graph.device", TENANT_A, json!("x"))]),
            None,
        ),
        (
            json!([
                member("#microsoft.graph.group", TENANT_A, json!("named")),
                member("#microsoft.graph.user", OBJECT, Value::Null),
            ]),
            Some(false),
        ),
        (
            json!([member("#microsoft.graph.user", OBJECT, json!("Dana"))]),
            Some(true),
        ),
    ] {
        let (host, entra) = graph_that_says(move |_| Says::json(&json!({ "value": members }))).await;
        let group: ObjectId = OBJECT.parse().expect("an ID");
        let found = entra
            .read_directory_of(tenant(TENANT_A))
            .first_member(group)
            .await;
        assert_eq!(found.expect("answered").map(|member| member.name_readable), seen);
        let path = format!("/v1.0/groups/{OBJECT}/transitiveMembers?$top=20&$select=id%2CdisplayName");
        assert_eq!(host.asked()[1].path, path);
    }
}

#[tokio::test]
async fn an_organization_is_the_one_asked_for_or_an_error() {
    let (_host, entra) = graph_that_says(|_| Says::json(&organization(TENANT_A))).await;
    let ours = Organization {
        id: tenant(TENANT_A),
        default_domain: DomainName::parse("contoso.com"),
        display_name: Some("Contoso".to_owned()),
    };
    let directory = entra.read_directory_of(tenant(TENANT_A));
    assert_eq!(
        directory.organization().await.expect("answered"),
        Some(ours.clone())
    );
    let by_person = entra
        .organization_of_person(tenant(TENANT_A), &"theirs".into())
        .await;
    assert_eq!(by_person.expect("answered"), ours);

    let (_host, entra) = graph_that_says(|_| Says::json(&organization(TENANT_B))).await;
    let foreign = entra.read_directory_of(tenant(TENANT_A)).organization().await;
    assert_eq!(
        foreign.expect_err("another tenant").kind(),
        "foreign_tenant",
        "TNT-020"
    );
    let by_person = entra
        .organization_of_person(tenant(TENANT_A), &"theirs".into())
        .await;
    assert_eq!(
        by_person.expect_err("another tenant").kind(),
        "foreign_tenant",
        "TNT-020"
    );

    for list in [
        json!({ "value": [] }),
        json!({ "value": [organization(TENANT_A)["value"][0], organization(TENANT_A)["value"][0]] }),
    ] {
        let (_host, entra) = graph_that_says(move |_| Says::json(&list)).await;
        let failed = entra.read_directory_of(tenant(TENANT_A)).organization().await;
        assert_eq!(failed.expect_err("not one").kind(), "malformed");
    }

    let (host, entra) = graph_that_says(|_| denied()).await;
    for _ in 0..2 {
        let denied = entra.read_directory_of(tenant(TENANT_A)).organization().await;
        assert_eq!(denied.expect("no error"), None);
    }
    assert_eq!(host.count("/token"), 1, "an expected denial costs no new token");
}

#[tokio::test]
async fn readings_end_in_time_and_a_denial_is_an_error() {
    let (host, entra) = graph_that_says(|_| denied()).await;
    let failed = entra.read_directory_of(tenant(TENANT_A)).any_group().await;
    assert_eq!(failed.expect_err("denied").status(), Some(403));
    assert_eq!(host.count("/token"), 2, "one new token");

    let (_host, entra) = graph_that_says(|_| Says::status(503, "retry-after", "0.09")).await;
    let mut directory = entra.read_directory_of(tenant(TENANT_A));
    directory.means.patience = std::time::Duration::from_millis(120);
    let failed = directory.any_group().await;
    assert_eq!(failed.expect_err("late").kind(), "timed_out");
}
