//! What the command line refuses to register as a team's tenant: the same as the page, for the same reasons.

use super::{Deployment, Ended};
use crate::app::{CLIENT_ID, CONTOSO};

#[tokio::test]
async fn what_a_save_refuses_is_refused_here_and_replaces_nothing() {
    let deployment = Deployment::new().await;
    let team = deployment.team("Northwind", "a@example.com");
    let register = |tenant: &str, mode: &str, more: &[&str]| -> Ended {
        deployment
            .command(&["tenant", "register", "--team", &team, "--tenant-id", tenant])
            .args(more)
            .env("MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID)
            .env("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "secret")
            .env("AUTH_MODE", mode)
            .output()
            .expect("it runs")
            .into()
    };
    assert_eq!(register(CONTOSO, "hybrid", &["--proven"]).code, 0);
    let upper = CLIENT_ID.to_uppercase();
    for (typed, says) in [
        (
            CLIENT_ID,
            "That's SonicSaaS's application (client) ID. Copy Tenant ID instead.",
        ),
        (&upper, "application (client) ID"),
        (
            "9188040d-6c67-4c5b-b112-36a304b66dad",
            "That is Microsoft's tenant for personal accounts",
        ),
        ("common", "Enter the ID of one tenant."),
        ("organizations", "Enter the ID of one tenant."),
        ("consumers", "Enter the ID of one tenant."),
        (
            "00000000-0000-0000-0000-000000000000",
            "Tenant ID must be 32 letters",
        ),
        ("abc", "Tenant ID must be 32 letters"),
        ("", "Enter your Tenant ID"),
        ("contoso.com", "contoso.com is a domain"),
    ] {
        for mode in ["hybrid", "local-only"] {
            let refused = register(typed, mode, &[]);
            assert!(
                refused.code != 0 && refused.out.is_empty() && refused.err.contains(says),
                "{typed:?} in {mode}: {} {}",
                refused.out,
                refused.err
            );
        }
    }
    let kept = &deployment.run(&["team", "list"]).json()["tenant"];
    assert_eq!(
        (kept["tenant_id"].as_str(), kept["verification"].as_str()),
        (Some(CONTOSO), Some("proven"))
    );
    deployment.database.remove().await;
}
