//! Forms that end on no page of their own: what was typed is not lost, and there is a way on.

use http::Method;
use scraper::{Html, Selector};
use sonicsaas::routes;

use super::{owner_of_new_team, page_at, post_json};
use crate::{
    app::{App, CONTOSO, FABRIKAM, Setup},
    browser::{Browser, Reply},
};

const BUSY: &str = "SonicSaaS is busy. Try again in a moment.";
const SIGNED_OUT: &str = "You were signed out. Sign in to continue.";
const WAY_IN: &str = r#"href="/login?next=/dashboard/integrations/entra""#;

/// The form of a page about a problem: where it posts to, and its fields.
fn form_of(page: &Reply) -> (String, Vec<(String, String)>) {
    let document = Html::parse_document(&page.body);
    let all = |selector: &str| {
        let selector = Selector::parse(selector).expect("a selector");
        document.select(&selector).collect::<Vec<_>>()
    };
    let text = |element: &scraper::ElementRef<'_>, name| element.attr(name).unwrap_or_default().to_owned();
    let forms = all("main form[method=post]");
    assert_eq!(forms.len(), 1, "{}", page.body);
    let fields = all("main form[method=post] input[type=hidden]");
    let fields = fields
        .iter()
        .map(|field| (text(field, "name"), text(field, "value")))
        .collect();
    (text(&forms[0], "action"), fields)
}

async fn in_place(browser: &Browser, path: &str, body: &str) -> Reply {
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("x-in-place", "yes"),
    ];
    browser
        .send(Method::POST, path, &headers, Some(body.to_owned()))
        .await
}

#[tokio::test]
async fn a_form_that_meets_a_busy_database_can_be_sent_again() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let typed = format!(" {{{}}}\"<b> ", CONTOSO.to_uppercase());
    let form = [
        ("tenant_id", CONTOSO),
        ("enabled", "on"),
        ("allow_guests", "on"),
        ("note", typed.as_str()),
    ];
    let held = app.held().await;
    for path in [routes::TENANT_SAVE, routes::TENANT_TEST] {
        // What a test writes is another table, which only the one lock of a file holds back.
        if path == routes::TENANT_TEST && app.is_postgres() {
            continue;
        }
        let page = owner.post(path, &form).await;
        assert_eq!((page.status, page.location()), (503, ""), "{path}: {}", page.body);
        assert!(page.body.contains(BUSY), "{path}: {}", page.body);
        let (to, fields) = form_of(&page);
        let sent: Vec<_> = form
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert_eq!((to.as_str(), fields), (path, sent), "{path}");
    }
    let script = in_place(
        &owner,
        routes::TENANT_SAVE,
        &format!("tenant_id={CONTOSO}&enabled=on"),
    )
    .await;
    assert_eq!((script.status, script.location()), (503, ""));
    let call = post_json(&owner, routes::TENANT_SAVE, &form[..2]).await;
    assert_eq!(call.status, 503, "{}", call.body);
    drop(held);

    let again = owner.post(routes::TENANT_SAVE, &form).await;
    assert_eq!(again.status, 303, "{}", again.body);
    let page = page_at(&owner, again.location()).await;
    assert_eq!(page["settings"]["tenant_id"], CONTOSO);
    assert_eq!(page["settings"]["allow_guests"], true);
    app.stop().await;
}

#[tokio::test]
async fn whoever_is_signed_out_meanwhile_is_led_back_and_loses_nothing() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let signed_out = app.browser();
    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    let page = signed_out.post(routes::TENANT_SAVE, &form).await;
    assert_eq!(page.status, 401);
    assert!(
        page.body.contains(SIGNED_OUT) && page.body.contains(WAY_IN),
        "{}",
        page.body
    );
    let (to, fields) = form_of(&page);
    assert_eq!(to, routes::TENANT_SAVE);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(fields, form);
    let sent = owner.post(&to, &fields).await;
    assert_eq!(
        page_at(&owner, sent.location()).await["settings"]["tenant_id"],
        CONTOSO
    );

    for way in [routes::TENANT_CONSENT, routes::TENANT_VERIFY] {
        let page = signed_out.get(way).await;
        assert_eq!(page.status, 401, "{way}");
        assert!(
            page.body.contains(SIGNED_OUT) && page.body.contains(WAY_IN),
            "{}",
            page.body
        );
    }
    let script = in_place(&signed_out, routes::TENANT_SAVE, "tenant_id=x").await;
    assert_eq!(script.status, 401);
    app.stop().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_says_so_wherever_it_came_from() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let doubled = format!("tenant_id={CONTOSO}&tenant_id={FABRIKAM}");
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let page = owner
        .send(Method::POST, routes::TENANT_SAVE, &headers, Some(doubled))
        .await;
    assert_eq!((page.status, page.location()), (400, ""), "{}", page.body);
    assert!(
        page.body.contains("The form held something that can't be read.")
            && page.body.contains(r#"href="/dashboard/integrations/entra""#),
        "{}",
        page.body
    );
    assert!(page_at(&owner, routes::ENTRA).await["settings"]["tenant_id"] == "");
    app.stop().await;
}

#[tokio::test]
async fn whoever_ends_their_own_session_by_a_change_reads_what_was_done() {
    let app = App::with(Setup {
        environment: vec![("AUTH_MODE", "entra-only".to_owned())],
        ..Setup::default()
    })
    .await;
    app.northwind().await;
    let said = |page: &Reply| {
        let document = Html::parse_document(&page.body);
        let banner = Selector::parse("output.banner").expect("a selector");
        let text = document
            .select(&banner)
            .map(|said| said.text().collect::<String>())
            .next();
        text.unwrap_or_else(|| panic!("{}", page.body))
    };
    let adam = app.signed_in("adam@contoso.com").await;
    let sent = [("tenant_id", FABRIKAM), ("enabled", "on")];
    let moved = adam.post(routes::TENANT_SAVE, &sent).await;
    let login = "/login?next=/dashboard/integrations/entra";
    assert_eq!((moved.status, moved.location()), (303, login));
    let text = said(&adam.get(moved.location()).await);
    assert!(
        text.starts_with("Microsoft Entra ID settings saved.")
            && text.ends_with("That signed you out as well. Sign in to continue."),
        "{text}"
    );
    assert!(
        !adam.get(login).await.body.contains("settings saved"),
        "it is said once"
    );

    let farah = app.signed_in("farah@fabrikam.com").await;
    assert_eq!(farah.call(routes::VIEWER).await.json()["role"], "member");
    app.stop().await;
}
