//! Pages as they arrive, without a script: their structure, and the words of the viewer's access.

use scraper::{Html, Selector};
use sonicsaas::routes;

use crate::app::App;

fn select(page: &str, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    let words = |element: scraper::ElementRef<'_>| {
        element
            .text()
            .collect::<String>()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    Html::parse_document(page).select(&selector).map(words).collect()
}

#[tokio::test]
async fn the_overview_explains_the_role() {
    let app = App::start().await;
    app.northwind().await;
    for (person, lead, source) in [
        (
            "dana@contoso.com",
            "You are an Operator of Northwind MSP.",
            "priority 50",
        ),
        (
            "adam@contoso.com",
            "You are an Admin of Northwind MSP.",
            "priority 90",
        ),
        (
            "vic@contoso.com",
            "You are a Viewer of Northwind MSP.",
            "priority 10",
        ),
        (
            "zoe@contoso.com",
            "You are a Member of Northwind MSP.",
            "Default role",
        ),
    ] {
        let page = app.signed_in(person).await.get(routes::DASHBOARD).await.body;
        let access = select(&page, "section[aria-labelledby]").join(" ");
        assert!(access.contains(lead), "{access}");
        assert!(access.contains(source), "{access}");
        assert!(access.contains("4 Mar 2026, 14:02 UTC"), "{access}");
        assert_eq!(select(&page, "h1"), ["Overview"]);
        assert_eq!(select(&page, "title"), ["Overview – Northwind MSP – SonicSaaS"]);
        assert_eq!(
            select(&page, "nav[aria-label=Main] a[aria-current=page]"),
            ["Overview"]
        );
        assert_eq!(select(&page, "a.skip"), ["Skip to main content"]);
    }
    app.stop().await;
}

#[tokio::test]
async fn a_page_that_does_not_exist_says_so_in_the_shell() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    let reply = dana.get("/dashboard/nowhere").await;
    assert_eq!(reply.line(), "404 Not Found");
    assert_eq!(select(&reply.body, "h1"), ["Page not found"]);
    assert_eq!(
        select(&reply.body, "nav[aria-label=Main] a"),
        ["Overview", "Integrations", "SSO Group Mappings"]
    );
    assert_eq!(
        select(&reply.body, "nav[aria-label=Main] [aria-current]").len(),
        0
    );
    app.stop().await;
}

#[tokio::test]
async fn a_page_below_another_says_where_one_is() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    for (path, trail) in [
        (routes::INTEGRATIONS, vec!["Integrations"]),
        (routes::ENTRA, vec!["Integrations", "Microsoft Entra ID"]),
    ] {
        let page = dana.get(path).await.body;
        let heading = trail.last().copied().unwrap_or_default();
        assert_eq!(select(&page, "h1"), [heading]);
        assert_eq!(
            select(&page, "title"),
            [format!("{heading} – Northwind MSP – SonicSaaS")]
        );
        assert_eq!(select(&page, "nav[aria-label=Breadcrumb] li"), trail);
        assert_eq!(
            select(&page, "nav[aria-label=Breadcrumb] [aria-current=page]"),
            [heading]
        );
        assert_eq!(
            select(&page, "nav[aria-label=Main] a[aria-current=page]"),
            ["Integrations"]
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn menus_open_without_a_script() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    let page = dana.get("/dashboard?open=account").await.body;
    assert_eq!(select(&page, "button[aria-expanded=true]").len(), 1, "{page}");
    assert!(select(&page, "form[action='/logout'] button").contains(&"Sign out".to_owned()));
    app.stop().await;
}

#[tokio::test]
async fn no_page_carries_a_style_or_links_to_nowhere() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    let nobody = app.browser();
    for (browser, page) in [
        (&dana, routes::DASHBOARD),
        (&dana, routes::INTEGRATIONS),
        (&dana, "/dashboard/nowhere"),
        (&nobody, routes::LOGIN),
        (&nobody, "/login?error=tenant_not_registered"),
        (&nobody, "/login?error=consent_required"),
        (&nobody, routes::PERMISSIONS),
        (&dana, routes::PERMISSIONS),
        (&nobody, "/nowhere"),
    ] {
        let body = browser.get(page).await.body;
        assert!(select(&body, "[style]").is_empty(), "{page}");
        assert_eq!(select(&body, "h1").len(), 1, "{page}");
        let links = Selector::parse("a[href^='/']").expect("a selector");
        for link in Html::parse_document(&body).select(&links) {
            let target = link.value().attr("href").expect("a target");
            let status = browser.get(target).await.status;
            assert!(status < 400, "{page} links to {target}: {status}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn directory_data_is_text_and_never_markup() {
    let app = App::start().await;
    app.northwind().await;
    let hostile = "<script>alert(1)</script> & \"Dana\"";
    let control = app.emulator.control();
    control
        .with_user("contoso.com", "dana@contoso.com", |user| {
            user.name = hostile.to_owned();
        })
        .expect("renamed");
    let page = app
        .signed_in("dana@contoso.com")
        .await
        .get(routes::DASHBOARD)
        .await
        .body;
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(
        select(&page, "#account-menu strong").contains(&hostile.to_owned()),
        "{page}"
    );
    app.stop().await;
}
