//! The peers' cases about groups and the roles that come of them.

use entra_emulator::{Fault, TokenMutation};
use serde_json::{Value, json};

use super::{
    bench::{Bench, DANA, Refused, Runner, walk},
    peer_people::newcomer,
    token_claims::claims,
};
use crate::app::{CONTOSO, NORTHWIND_MAPPINGS};

pub(crate) const OLGA: &str = "olga@contoso.com";
const ADMINS: &str = "26826e3d-682b-4c41-92ec-333c534526d9";
const OPERATORS: &str = "801355eb-05d9-4d51-a25f-f36ce5fe4bfa";
const VIEWERS: &str = "86db12bb-89d6-4221-bf84-934e09ee1846";
/// Mapped to admin and to auditor with one priority, and both to operator with another.
const TIED_ADMINS: &str = "0d7c4b0e-0000-4000-8000-0000000000aa";
const TIED_AUDITORS: &str = "0d7c4b0e-0000-4000-8000-0000000000bb";
pub(crate) const MEMBER_OBJECTS: &str = "graph/me/getMemberObjects";

/// These cases on a server whose default role is `member`.
pub(crate) const WALKS: &[Runner] = &[
    // Several mappings.
    walk!("P173", the_highest_priority_wins),
    walk!("P251", the_highest_priority_wins),
    walk!("P272", the_highest_priority_wins),
    walk!("P269", equal_priorities_give_the_lesser_role),
    walk!("P174", two_groups_of_one_role),
    walk!("P246", one_of_two_groups_of_one_role),
    walk!("P270", the_order_means_nothing),
    // What stands in the token.
    walk!("P101", groups_of_the_token_need_no_graph),
    walk!("P103", groups_of_the_token_need_no_graph),
    walk!("P006", app_roles_are_ignored),
    walk!("P007", app_roles_are_ignored),
    walk!("P010", app_roles_are_ignored),
    walk!("P169", app_roles_are_ignored),
    walk!("P170", app_roles_are_ignored),
    walk!("P249", a_group_is_no_name),
    // Marks of an overage.
    walk!("P023", the_address_in_the_token_is_never_asked),
    walk!("P107", the_address_in_the_token_is_never_asked),
    walk!("P109", the_address_in_the_token_is_never_asked),
    walk!("P110", the_address_in_the_token_is_never_asked),
    walk!("P044", token_and_graph_together),
    walk!("P092", graph_gives_the_groups),
    walk!("P098", graph_gives_the_groups),
    walk!("P100", graph_gives_the_groups),
    walk!("P187", graph_gives_the_groups),
    walk!("P188", graph_gives_the_groups),
    walk!("P276", graph_gives_the_groups),
    walk!("P248", graph_gives_the_groups),
    walk!("P102", a_long_list_is_whole),
    walk!("P197", a_long_list_is_whole),
    // Graph that gives no list.
    walk!("P025", no_list_is_not_no_groups),
    walk!("P042", no_list_is_not_no_groups),
    walk!("P099", no_list_is_not_no_groups),
    walk!("P105", no_list_is_not_no_groups),
    walk!("P106", no_list_is_not_no_groups),
    walk!("P194", no_list_is_not_no_groups),
    walk!("P196", no_list_is_not_no_groups),
    walk!("GRF-027", graph_gives_the_groups),
    walk!("GRF-028", no_list_is_not_no_groups),
];

pub(crate) async fn role_of(bench: &Bench, number: u32, values: Value) -> String {
    let viewer = newcomer(bench, number, values).await;
    viewer["role"].as_str().expect("a role").to_owned()
}

async fn the_highest_priority_wins(bench: &Bench) {
    for (groups, role) in [
        (json!([OPERATORS, VIEWERS]), "operator"),
        (json!([VIEWERS, OPERATORS]), "operator"),
        (json!([VIEWERS, ADMINS]), "admin"),
        (json!([ADMINS, TIED_AUDITORS]), "admin"),
        (json!([]), "member"),
    ] {
        assert_eq!(
            role_of(bench, 8001, json!({ "groups": groups })).await,
            role,
            "{groups}"
        );
    }
}

async fn equal_priorities_give_the_lesser_role(bench: &Bench) {
    assert_eq!(
        role_of(bench, 8002, json!({ "groups": [TIED_ADMINS] })).await,
        "admin",
        "alone"
    );
    for groups in [
        json!([TIED_ADMINS, TIED_AUDITORS]),
        json!([TIED_AUDITORS, TIED_ADMINS]),
    ] {
        assert_eq!(role_of(bench, 8002, json!({ "groups": groups })).await, "auditor");
    }
}

async fn two_groups_of_one_role(bench: &Bench) {
    bench
        .app
        .map(bench.team, "48425120-21f1-44e2-8bf2-b01c26282367", "operator", 45)
        .await;
    let groups = json!([OPERATORS, "48425120-21f1-44e2-8bf2-b01c26282367"]);
    assert_eq!(
        role_of(bench, 8003, json!({ "groups": groups })).await,
        "operator"
    );
    let signed = bench.app.last_event("sign_in").await;
    assert!(
        signed.detail("source").starts_with("group:"),
        "one mapping is the source"
    );
}

async fn one_of_two_groups_of_one_role(bench: &Bench) {
    for (number, group) in [(8004, OPERATORS), (8005, "48425120-21f1-44e2-8bf2-b01c26282367")] {
        assert_eq!(
            role_of(bench, number, json!({ "groups": [group] })).await,
            "operator"
        );
    }
}

async fn the_order_means_nothing(bench: &Bench) {
    let all: Vec<_> = NORTHWIND_MAPPINGS.iter().map(|(group, ..)| *group).collect();
    for turn in 0..all.len() {
        let mut groups = all.clone();
        groups.rotate_left(turn);
        assert_eq!(role_of(bench, 8006, json!({ "groups": groups })).await, "admin");
    }
    assert_eq!(
        role_of(bench, 8006, json!({ "groups": [OPERATORS.to_uppercase()] })).await,
        "operator"
    );
}

async fn groups_of_the_token_need_no_graph(bench: &Bench) {
    let asked = bench.asked("graph");
    assert_eq!(
        role_of(bench, 8007, json!({ "groups": [OPERATORS] })).await,
        "operator"
    );
    assert_eq!(
        bench.app.last_event("sign_in").await.detail("groups_from"),
        "token"
    );
    assert_eq!(bench.asked("graph"), asked);
}

async fn app_roles_are_ignored(bench: &Bench) {
    for roles in [
        json!(["Admin"]),
        json!(["admin"]),
        json!(["Editor"]),
        json!([ADMINS]),
        json!("owner"),
    ] {
        assert_eq!(
            role_of(bench, 8008, json!({ "roles": roles, "groups": [] })).await,
            "member"
        );
        assert_eq!(
            role_of(bench, 8009, json!({ "roles": roles, "groups": [VIEWERS] })).await,
            "viewer"
        );
    }
}

/// A list with names cannot be read, so Graph is asked; the name itself gives nothing.
async fn a_group_is_no_name(bench: &Bench) {
    for groups in [
        json!(["admin"]),
        json!(["SonicSaaS-Admins"]),
        json!("admin"),
        json!([7]),
        json!({}),
    ] {
        let pending = bench.pending("zoe@contoso.com").await;
        bench.mutate(TokenMutation::claim("groups", groups));
        assert_eq!(bench.accepted(&pending).await["role"], "member");
        assert_eq!(
            bench.app.last_event("sign_in").await.detail("groups_from"),
            "graph"
        );
    }
}

/// Dana's token says that her groups stand elsewhere; Graph says operator.
async fn resolved(bench: &Bench, token: TokenMutation) {
    let asked = bench.asked("graph");
    let pending = bench.pending(DANA).await;
    bench.mutate(token.clone());
    assert_eq!(bench.accepted(&pending).await["role"], "operator", "{token:?}");
    assert_eq!(
        bench.app.last_event("sign_in").await.detail("groups_from"),
        "graph"
    );
    let log = bench.app.emulator.control().log_of("graph");
    assert_eq!(log.len() - asked, 1);
    let last = log.last().expect("a request");
    assert_eq!(
        (last.method.as_str(), last.path.as_str()),
        ("POST", "/v1.0/me/getMemberObjects")
    );
    assert_eq!(last.body, json!({ "securityEnabledOnly": true }));
}

async fn the_address_in_the_token_is_never_asked(bench: &Bench) {
    let names = json!({ "groups": "src1" });
    for sources in [
        json!({ "src1": { "endpoint": format!("https://graph.windows.net/{CONTOSO}/users/O/getMemberObjects") } }),
        json!({ "src1": { "endpoint": format!("{}/v1.0/evil", bench.app.emulator.graph()) } }),
        json!({ "src1": { "endpoint": "://invalid-url" } }),
        json!({ "src1": { "endpoint": "" } }),
        json!({ "src1": 5 }),
        Value::Null,
    ] {
        resolved(
            bench,
            claims(json!({ "groups": null, "_claim_names": names, "_claim_sources": sources })),
        )
        .await;
    }
    let log = bench.app.emulator.control().log();
    assert!(log.iter().all(|entry| !entry.path.contains("evil")));
}

async fn graph_gives_the_groups(bench: &Bench) {
    for values in [
        json!({ "groups": null, "hasgroups": true }),
        json!({ "groups": null, "hasgroups": "true" }),
        json!({ "groups": null, "groups:src1": { "@odata.type": "x" } }),
        json!({ "groups": null, "roles": ["x"], "_claim_names": { "groups": "src1" } }),
        json!({ "groups": null, "_claim_names": "groups" }),
    ] {
        resolved(bench, claims(values)).await;
    }
    let nulls = TokenMutation {
        null_claims: vec!["groups".to_owned(), "roles".to_owned()],
        ..TokenMutation::default()
    };
    resolved(bench, nulls).await;
    let pending = bench.pending(OLGA).await;
    assert_eq!(bench.accepted(&pending).await["role"], "operator");
}

async fn token_and_graph_together(bench: &Bench) {
    let values = json!({ "groups": [ADMINS], "_claim_names": { "groups": "src1" } });
    let pending = bench.pending(DANA).await;
    bench.mutate(claims(values));
    // Every group of the token counts, and every one of Graph: the best of them decides.
    assert_eq!(bench.accepted(&pending).await["role"], "admin");
    assert_eq!(
        bench.app.last_event("sign_in").await.detail("groups_from"),
        "graph"
    );
}

async fn a_long_list_is_whole(bench: &Bench) {
    let control = bench.app.emulator.control();
    control.set_group_count(CONTOSO, OLGA, 450).expect("known");
    let pending = bench.pending(OLGA).await;
    assert_eq!(bench.accepted(&pending).await["role"], "operator");
    let list = json!({ "value": [ADMINS, VIEWERS, OPERATORS] });
    control.fault(Fault {
        route: MEMBER_OBJECTS.to_owned(),
        merge: list.as_object().expect("members").clone(),
        ..Fault::default()
    });
    let pending = bench.pending(OLGA).await;
    assert_eq!(
        bench.accepted(&pending).await["role"],
        "admin",
        "nothing is cut off"
    );
}

/// Somebody who was here keeps the role for a day, and the event says so.
pub(crate) async fn stale(bench: &Bench) {
    let pending = bench.pending(OLGA).await;
    assert_eq!(
        bench.accepted(&pending).await["role"],
        "operator",
        "as last resolved"
    );
    let event = bench.app.last_event("sign_in").await;
    assert_eq!(event.details["stale"], true, "{event:?}");
}

/// Graph gives no list: somebody new is refused with that reason, never let in without groups.
async fn no_list_is_not_no_groups(bench: &Bench) {
    let control = bench.app.emulator.control();
    let list = |value: Value| json!({ "value": value }).as_object().expect("members").clone();
    let pending = bench.pending(OLGA).await;
    assert_eq!(bench.accepted(&pending).await["role"], "operator");
    for fault in [
        Fault::status("graph", 401),
        Fault::status("graph", 403),
        Fault::status("graph", 500),
        Fault {
            body: Some("not valid json".to_owned()),
            ..Fault::status("graph", 200)
        },
        Fault {
            body: Some("<html>".to_owned()),
            ..Fault::status("graph", 200)
        },
        Fault {
            body: Some(String::new()),
            ..Fault::status("graph", 200)
        },
        Fault {
            route: "graph".to_owned(),
            merge: list(json!(["group-1", 7, null, "group-2"])),
            ..Fault::default()
        },
        Fault {
            route: "graph".to_owned(),
            merge: list(json!({})),
            ..Fault::default()
        },
        Fault {
            route: "graph".to_owned(),
            cut_after: Some(100),
            ..Fault::default()
        },
    ] {
        control.fault(fault);
        let pending = bench.pending(DANA).await;
        let mut token = claims(json!({ "groups": null, "_claim_names": { "groups": "src1" } }));
        token
            .claims
            .insert("oid".to_owned(), json!("0d7c4b0e-0000-4000-8000-000000008099"));
        token.claims.insert("sub".to_owned(), json!("subject-8099"));
        bench.mutate(token);
        let event = bench
            .refused(&pending, &Refused::because("groups_unavailable", ""))
            .await;
        assert_eq!(event.team, Some(bench.team));
        stale(bench).await;
        control.clear_faults();
    }
}

#[tokio::test]
async fn groups_of_peers() {
    let bench = Bench::start().await;
    bench.app.map(bench.team, TIED_ADMINS, "admin", 60).await;
    bench.app.map(bench.team, TIED_AUDITORS, "auditor", 60).await;
    bench.run(Vec::new(), WALKS).await;
}
