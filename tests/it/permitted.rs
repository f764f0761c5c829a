//! Every call, made by each role of a team.

use crate::{app::App, calls};

/// Gives everybody of the team but its first owner a role by hand.
const ROLES: [(&str, bool, &str); 5] = [
    (
        "viewer",
        false,
        "update member set role = 'viewer', role_source = 'manual' where role_source <> 'owner'",
    ),
    (
        "auditor",
        false,
        "update member set role = 'auditor', role_source = 'manual' where role_source <> 'owner'",
    ),
    (
        "member",
        false,
        "update member set role = 'member', role_source = 'manual' where role_source <> 'owner'",
    ),
    (
        "operator",
        false,
        "update member set role = 'operator', role_source = 'manual' where role_source <> 'owner'",
    ),
    // Last, since some of the calls end what the team has.
    (
        "owner",
        true,
        "update member set role = 'owner', role_source = 'owner'",
    ),
];

#[tokio::test]
async fn every_call_answers_each_role_as_the_table_says() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    for (role, manages, statement) in ROLES {
        app.execute(statement).await;
        let viewer = dana.call(sonicsaas::routes::VIEWER).await.json();
        assert_eq!(viewer["role"], role);
        let before = app.events().await.len();
        for call in calls::ALL.iter().filter(|call| !call.public) {
            let status = call.send(&dana).await.status;
            let is_allowed = manages || !call.managers;
            if is_allowed {
                assert!(
                    [200, 404, 422].contains(&status),
                    "{role} {}: {status}",
                    call.path
                );
            } else {
                assert_eq!(status, 403, "{role} {}", call.path);
            }
        }
        if !manages {
            assert_eq!(app.events().await.len(), before, "{role}: nothing has happened");
        }
    }
    app.stop().await;
}
