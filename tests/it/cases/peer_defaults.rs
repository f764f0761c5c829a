//! The peers' cases about people whom no mapping matches.

use serde_json::json;

use super::{
    bench::{Bench, Runner, walk},
    peer_groups::role_of,
};
use crate::app::Setup;

const ADMINS: &str = "26826e3d-682b-4c41-92ec-333c534526d9";

/// These cases on a server whose default role is `viewer`.
pub(crate) const WITH_VIEWER: &[Runner] = &[
    walk!("P008", unmapped_people_are_viewers),
    walk!("P175", unmapped_people_are_viewers),
    walk!("P176", unmapped_people_are_viewers),
];
/// The peer's `Editor`.
pub(crate) const WITH_OPERATOR: &[Runner] = &[walk!("P009", unmapped_people_are_operators)];

async fn unmapped(bench: &Bench, role: &str) {
    let unmapped = "0d7c4b0e-0000-4000-8000-00000000aaaa";
    for (number, values) in [
        (8100, json!({ "roles": ["AppAdmin"], "groups": [] })),
        (8101, json!({ "roles": [], "groups": null })),
        (8102, json!({ "groups": [unmapped] })),
    ] {
        assert_eq!(role_of(bench, number, values).await, role);
        assert_eq!(bench.app.last_event("sign_in").await.detail("source"), "default");
    }
    assert_eq!(
        role_of(bench, 8103, json!({ "groups": [ADMINS, unmapped] })).await,
        "admin"
    );
}

async fn unmapped_people_are_viewers(bench: &Bench) {
    unmapped(bench, "viewer").await;
}

async fn unmapped_people_are_operators(bench: &Bench) {
    unmapped(bench, "operator").await;
}

#[tokio::test]
async fn default_roles_of_peers() {
    for (role, walks) in [("viewer", WITH_VIEWER), ("operator", WITH_OPERATOR)] {
        let setup = Setup {
            environment: vec![("ENTRA_DEFAULT_ROLE", role.to_owned())],
            ..Setup::default()
        };
        Bench::with(setup).await.run(Vec::new(), walks).await;
    }
}
