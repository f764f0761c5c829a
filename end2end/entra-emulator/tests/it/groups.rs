//! Groups and roles in ID tokens.

use serde_json::json;

use crate::{
    claims::{group, groups},
    client::parameter,
    start::{CONTOSO, Running, payload, text},
};

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const DEFAULT_USER: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

fn configure(running: &Running, value: &str) {
    running
        .control
        .with_registration(|registration| value.clone_into(&mut registration.group_membership_claims));
}

#[tokio::test]
async fn nobody_has_an_empty_list_of_groups() {
    let running = Running::start().await;
    let claims = running.id_claims("organizations", "zoe@contoso.com").await;
    assert!(
        claims.get("groups").is_none()
            && claims.get("_claim_names").is_none()
            && claims.get("hasgroups").is_none()
    );
}

#[tokio::test]
async fn two_hundred_groups_fit_and_one_more_is_overage() {
    let running = Running::start().await;
    assert_eq!(
        groups(&running.id_claims("organizations", "tom@contoso.com").await).len(),
        199
    );
    running
        .control
        .set_group_count("contoso.com", "Tom Edge", 200)
        .unwrap();
    assert_eq!(
        groups(&running.id_claims("organizations", "tom@contoso.com").await).len(),
        200
    );
    for host in [
        "graph.windows.net",
        "graph.microsoftazure.us",
        "graph.microsoft.com",
        "evil.example",
    ] {
        running
            .control
            .with_settings(|settings| host.clone_into(&mut settings.overage_host));
        let claims = running.id_claims("organizations", "olga@contoso.com").await;
        assert_eq!(claims.get("groups"), None, "never a part of them");
        assert_eq!(claims["_claim_names"], json!({ "groups": "src1" }));
        let endpoint = format!(
            "https://{host}/{CONTOSO}/users/{}/getMemberObjects",
            text(&claims["oid"])
        );
        assert_eq!(
            claims["_claim_sources"],
            json!({ "src1": { "endpoint": endpoint } })
        );
    }
}

#[tokio::test]
async fn a_front_channel_token_says_only_that_there_are_groups() {
    let running = Running::start().await;
    running
        .control
        .with_registration(|registration| registration.implicit_id_token = true);
    let hybrid = |person: &str| {
        let url = running.authorize_url("organizations", &[("response_type", "code id_token")]);
        let location = running.control.sign_in(&url, person).unwrap();
        assert!(location.contains("#code="), "{location}");
        payload(&parameter(&location, "id_token").unwrap().into())
    };
    running
        .control
        .set_group_count("contoso.com", "Zoë Ångström", 5)
        .unwrap();
    let claims = hybrid("zoe@contoso.com");
    assert_eq!(groups(&claims).len(), 5);
    assert_eq!(text(&claims["c_hash"]).len(), 22);
    running
        .control
        .set_group_count("contoso.com", "Zoë Ångström", 6)
        .unwrap();
    let claims = hybrid("zoe@contoso.com");
    assert!(
        claims["hasgroups"] == true && claims.get("groups").is_none() && claims.get("_claim_names").is_none()
    );
}

#[tokio::test]
async fn security_groups_are_transitive_and_hold_directory_roles_by_object_id() {
    let running = Running::start().await;
    let nils = running.id_claims("organizations", "nils@contoso.com").await;
    let expected = vec![
        group(&running, "Field Technicians"),
        group(&running, "SonicSaaS-Operators"),
    ];
    assert_eq!(groups(&nils), sorted(expected), "through a nested group");

    let adam = running.id_claims("organizations", "adam@contoso.com").await;
    let names = [
        "SonicSaaS-Admins",
        "MSP-Technicians",
        "Incident Room",
        "Domain Operators",
    ];
    let role = running
        .control
        .with_tenant("contoso.com", |tenant| tenant.roles[0].id.to_string())
        .unwrap();
    let mut expected = names.iter().map(|name| group(&running, name)).collect::<Vec<_>>();
    expected.push(role);
    assert_eq!(
        groups(&adam),
        sorted(expected),
        "no Microsoft 365 group without securityEnabled"
    );
    assert_eq!(adam.get("wids"), None);

    let vic = running.id_claims("organizations", "vic@contoso.com").await;
    let expected = ["SonicSaaS-Viewers", "Remote Workers"].map(|name| group(&running, name));
    assert_eq!(
        groups(&vic),
        sorted(expected.to_vec()),
        "neither a distribution list nor a deleted group"
    );
}

#[tokio::test]
async fn the_other_group_settings() {
    let running = Running::start().await;
    configure(&running, "All");
    let adam = running.id_claims("organizations", "adam@contoso.com").await;
    assert!(groups(&adam).contains(&group(&running, "Project Aurora")));
    assert_eq!(adam["wids"], json!([GLOBAL_ADMINISTRATOR, DEFAULT_USER]));

    configure(&running, "DirectoryRole");
    let dana = running.id_claims("organizations", "dana@contoso.com").await;
    assert!(dana.get("groups").is_none() && dana["wids"] == json!([DEFAULT_USER]));
    configure(&running, "None");
    let dana = running.id_claims("organizations", "dana@contoso.com").await;
    assert!(dana.get("groups").is_none() && dana.get("wids").is_none());

    configure(&running, "ApplicationGroup");
    let operators = group(&running, "SonicSaaS-Operators");
    let assigned = operators.parse().unwrap();
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant.installation.assigned.insert(assigned)
        })
        .unwrap();
    assert_eq!(
        groups(&running.id_claims("organizations", "dana@contoso.com").await),
        [operators]
    );
    let nils = running.id_claims("organizations", "nils@contoso.com").await;
    assert_eq!(nils.get("groups"), None, "nesting does not count");
}

#[tokio::test]
async fn groups_as_roles_displace_app_roles() {
    let running = Running::start().await;
    let dana = running
        .control
        .with_user("contoso.com", "dana@contoso.com", |user| user.id)
        .unwrap();
    let roles = vec!["Task.Write".to_owned()];
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant.installation.app_roles.insert(dana, roles)
        })
        .unwrap();
    let claims = running.id_claims("organizations", "dana@contoso.com").await;
    assert_eq!(claims["roles"], json!(["Task.Write"]));
    running
        .control
        .with_registration(|registration| registration.emit_groups_as_roles = true);
    let claims = running.id_claims("organizations", "dana@contoso.com").await;
    assert!(claims.get("groups").is_none());
    assert_eq!(claims["roles"].as_array().unwrap().len(), 3);
    assert!(!claims["roles"].as_array().unwrap().contains(&json!("Task.Write")));
    // Also for somebody whom no group takes their place.
    let zoe = running
        .control
        .with_user("contoso.com", "zoe@contoso.com", |user| user.id)
        .unwrap();
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant
                .installation
                .app_roles
                .insert(zoe, vec!["Task.Write".to_owned()])
        })
        .unwrap();
    assert_eq!(
        running
            .id_claims("organizations", "zoe@contoso.com")
            .await
            .get("roles"),
        None
    );
}
