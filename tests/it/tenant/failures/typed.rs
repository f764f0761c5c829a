//! What is typed names no tenant, or none that can be this team's: Microsoft is hardly asked.

use super::*;

const MALFORMED: &str = "Tenant ID must be 32 letters and numbers with hyphens, or a domain name";

fn malformed(typed: &'static str) -> Row {
    wrong(typed, "not_a_tenant", MALFORMED)
}

fn wrong(typed: &'static str, code: &'static str, words: &'static str) -> Row {
    Row::new(typed, |_| {}, "FNNNNN", (1, code, words))
        .typed(typed)
        .saved(Saved::Refused(words))
}

#[tokio::test]
async fn a_wrong_tenant_id_is_explained_and_microsoft_is_not_asked() {
    let personal = "That is Microsoft's tenant for personal accounts. Enter your organization's Tenant ID.";
    let every = [
        (
            "common",
            "Enter the ID of one tenant. \"common\" means every tenant.",
        ),
        (
            "ORGANIZATIONS",
            "Enter the ID of one tenant. \"organizations\" means every tenant.",
        ),
        (
            "consumers",
            "Enter the ID of one tenant. \"consumers\" means every tenant.",
        ),
        (
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
            "Enter the ID of one tenant. \"common\" means every tenant.",
        ),
    ];
    let mut rows = vec![
        wrong("", "not_a_tenant", "Enter your Tenant ID"),
        wrong(" \u{200b}\t", "not_a_tenant", "Enter your Tenant ID"),
        malformed("abc"),
        malformed("3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f7"),
        malformed("3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f700"),
        malformed("3f2a9c1g-7b64-4d0f-9a55-1c2e8d4b6f70"),
        malformed("00000000-0000-0000-0000-000000000000"),
        malformed("urn:uuid:3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70"),
        malformed("contoso"),
        malformed("contoso.com/../organizations"),
        malformed("-contoso.com"),
        malformed("10.0.0.1"),
        malformed("cont\u{43e}so.com"),
        malformed("<script>alert(1)</script>"),
        wrong("9188040d-6c67-4c5b-b112-36a304b66dad", "not_a_tenant", personal),
        wrong(
            crate::app::CLIENT_ID,
            "own_client_id",
            "That's SonicSaaS's application (client) ID. Copy Tenant ID instead.",
        ),
    ];
    rows.extend(every.map(|(typed, words)| wrong(typed, "not_a_tenant", words)));
    run(rows).await;
}

#[tokio::test]
async fn another_teams_tenant_is_tested_no_further() {
    let app = App::start().await;
    app.team("Fabrikam Field Services", crate::app::FABRIKAM).await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    for typed in [crate::app::FABRIKAM, "fabrikam.com"] {
        let row = Row::new(
            typed,
            |_| {},
            "PFNNNN",
            (2, "tenant_taken", "This tenant is registered to another SonicSaaS team."),
        )
        .typed(typed)
        .saved(Saved::Refused(
            "This tenant is registered to another SonicSaaS team. If it is yours, select Verify ownership: an unproven \
             registration gives way to yours.",
        ));
        tests(&app, &owner, &row).await;
        saves(&app, &owner, &row).await;
    }
    app.stop().await;
}

/// All of these are one tenant, and a team can hold it once.
#[tokio::test]
async fn a_tenant_id_is_understood_in_every_common_spelling() {
    let spellings = [
        "3F2A9C1E-7B64-4D0F-9A55-1C2E8D4B6F70",
        " {3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70} ",
        "3f2a9c1e7b644d0f9a551c2e8d4b6f70",
        "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70\u{200b}",
        "https://login.microsoftonline.com/3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70/v2.0",
        "contoso.com",
        "CONTOSO.ONMICROSOFT.COM",
    ];
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    for typed in spellings {
        let row = Row::new(typed, |_| {}, "PPPPPN", (4, "works", GROUPS))
            .typed(typed)
            .saved(Saved::Plainly);
        tests(&app, &owner, &row).await;
        saves(&app, &owner, &row).await;
        let page = page_at(&owner, routes::ENTRA).await;
        assert_eq!(page["settings"]["tenant_id"], CONTOSO, "{typed}");
    }
    let registered = "select cast(count(*) as text) from tenant_registration";
    assert_eq!(app.count(registered).await, 1);
    app.stop().await;
}
