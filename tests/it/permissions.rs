//! The permissions page: who sees what of it, and what is said after an approval that did not begin here.

use scraper::{Html, Selector};
use sonicsaas::routes;

use crate::app::{App, CONTOSO, Setup};

/// The columns of the first table, the links of the page, and its title.
fn seen(page: &str) -> (Vec<String>, Vec<String>, String) {
    let document = Html::parse_document(page);
    let words = |selector: &str| {
        let selector = Selector::parse(selector).expect("a selector");
        document
            .select(&selector)
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .collect::<Vec<_>>()
    };
    (
        words("section:first-child th[scope=col]"),
        words("main a"),
        words("title").join(""),
    )
}

#[tokio::test]
async fn everybody_reads_the_list_and_managers_their_status() {
    let app = App::start().await;
    app.northwind().await;
    let (columns, links, title) = seen(&app.browser().get(routes::PERMISSIONS).await.body);
    assert_eq!(columns.len(), 5);
    assert_eq!(links, Vec::<String>::new());
    assert_eq!(title, "Permissions We Request – SonicSaaS");

    let (columns, links, title) = seen(
        &app.signed_in("vic@contoso.com")
            .await
            .get(routes::PERMISSIONS)
            .await
            .body,
    );
    assert_eq!(columns.len(), 5);
    assert_eq!(links, ["Back to Northwind MSP"], "a viewer changes nothing");
    assert_eq!(title, "Permissions We Request – Northwind MSP – SonicSaaS");

    let page = app
        .signed_in("adam@contoso.com")
        .await
        .get(routes::PERMISSIONS)
        .await
        .body;
    let (columns, links, _) = seen(&page);
    assert_eq!(columns.last().map(String::as_str), Some("Status"));
    assert_eq!(links, ["Back to Northwind MSP", "Grant admin consent"]);
    assert!(page.contains("Status unknown"), "nobody has tested yet");
    assert!(!page.contains(CONTOSO), "the page names no tenant");
    app.stop().await;
}

#[tokio::test]
async fn a_connection_test_says_how_each_permission_stands() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    let statuses = async || {
        let page = Html::parse_document(&adam.get(routes::PERMISSIONS).await.body);
        let selector = Selector::parse("td[data-label=Status]").expect("a selector");
        page.select(&selector)
            .map(|cell| cell.text().collect::<String>().trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(statuses().await, ["Status unknown"; 4]);
    adam.post(routes::TENANT_TEST, &form).await;
    let many = "Missing. People in more than 150 groups may be refused.";
    assert_eq!(statuses().await, [many, "Approved", "Approved", "Approved"]);

    let revoked = app.emulator.control().with_tenant(CONTOSO, |tenant| {
        tenant
            .installation
            .application
            .retain(|role| role != "Group.Read.All");
    });
    revoked.expect("known");
    adam.post(routes::TENANT_TEST, &form).await;
    let search = "Missing. Group search is off.";
    assert_eq!(statuses().await, [search, many, "Approved", "Approved"]);

    // What was seen of another tenant says nothing of this one.
    adam.post(routes::TENANT_TEST, &[("tenant_id", crate::app::FABRIKAM)])
        .await;
    assert_eq!(statuses().await, ["Status unknown"; 4]);
    app.stop().await;
}

#[tokio::test]
async fn without_a_tenant_there_is_nowhere_to_approve() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.execute("delete from tenant_registration").await;
    let page = adam.get(routes::PERMISSIONS).await.body;
    assert!(page.contains("Not connected"), "{page}");
    assert_eq!(
        seen(&page).1,
        ["Back to Northwind MSP", "Set up Microsoft Entra ID"]
    );
    app.stop().await;
}

#[tokio::test]
async fn the_list_is_public_in_every_mode_and_while_the_database_is_away() {
    for mode in ["hybrid", "entra-only", "local-only"] {
        let app = App::with(Setup {
            environment: vec![("AUTH_MODE", mode.to_owned())],
            ..Setup::default()
        })
        .await;
        let nobody = app.browser();
        assert_eq!(nobody.get(routes::PERMISSIONS).await.status, 200, "{mode}");
        app.stop().await;
    }
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.execute("alter table session rename to away").await;
    assert_eq!(adam.get(routes::DASHBOARD).await.status, 500, "it is away");
    let reply = adam.get(routes::PERMISSIONS).await;
    assert_eq!((reply.status, seen(&reply.body).0.len()), (200, 5));
    app.stop().await;
}

#[tokio::test]
async fn a_consent_return_that_did_not_begin_here_changes_nothing() {
    let app = App::start().await;
    app.northwind().await;
    let before = app.events().await.len();
    let (nobody, adam) = (app.browser(), app.signed_in("adam@contoso.com").await);
    let with_adam = app.events().await.len();
    for browser in [&nobody, &adam] {
        for (query, words) in [
            (
                format!("admin_consent=True&tenant={CONTOSO}"),
                "Microsoft reports that approval finished. Whoever manages SonicSaaS can now select Test Connection.",
            ),
            (
                "admin_consent=True&error=consent_required".to_owned(),
                "Microsoft reports that approval was declined.",
            ),
            (
                "error=permission_denied".to_owned(),
                "Microsoft reports that approval was declined.",
            ),
        ] {
            let reply = browser.get(&format!("{}?{query}", routes::CALLBACK)).await;
            assert_eq!((reply.status, reply.location()), (303, routes::PERMISSIONS));
            // It waits for its page: the sign-in page neither says it nor uses it up.
            assert!(!browser.get(routes::LOGIN).await.body.contains(words), "{query}");
            let page = browser.get(routes::PERMISSIONS).await;
            assert!(page.body.contains(words), "{query}");
            assert!(!page.body.contains(CONTOSO), "{query}: no tenant is named");
            assert!(
                !browser.get(routes::PERMISSIONS).await.body.contains(words),
                "{query}: said once"
            );
        }
    }
    assert!(with_adam > before, "events are counted");
    assert_eq!(app.events().await.len(), with_adam);
    app.stop().await;
}

#[tokio::test]
async fn a_crafted_address_says_nothing_and_a_refusal_stays_for_its_page() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let page = browser
        .get(&format!(
            "{}?admin_consent=True&approval=true&notice=%22ApprovalFinished%22",
            routes::PERMISSIONS
        ))
        .await;
    assert!(!page.body.contains("Microsoft reports"), "{}", page.body);
    let refused = browser.get(&format!("{}?state=x&code=y", routes::CALLBACK)).await;
    assert_eq!(refused.location(), "/login?error=state_invalid");
    browser.get(routes::PERMISSIONS).await;
    let login = browser.get(refused.location()).await.body;
    assert!(login.contains("id=\"reference\""), "{login}");
    app.stop().await;
}
