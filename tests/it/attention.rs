//! `Needs attention` on the overview: each cause, who is told of it, and what each may do.

mod causes;

use std::time::Duration;

use scraper::{Html, Selector};
use sonicsaas::routes;

use crate::{
    app::{App, CONTOSO, Setup},
    browser::Browser,
    mapping::OPERATORS,
    tenant::{owner_of_new_team, post_json},
};

const VIEWERS: &str = "86db12bb-89d6-4221-bf84-934e09ee1846";
const MINUTE: Duration = Duration::from_secs(61);
const ADAM: &str = "adam@contoso.com";

/// The overview as it is shown.
struct Overview(String);

impl Overview {
    async fn open(browser: &Browser, address: &str) -> Self {
        let page = browser.get(address).await;
        assert_eq!(page.status, 200, "{}", page.body);
        Self(page.body)
    }

    fn each(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        let document = Html::parse_document(&self.0);
        document
            .select(&selector)
            .map(|found| {
                let text: String = found.text().collect();
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    /// What is said, without what can be done.
    fn items(&self) -> Vec<String> {
        self.each("[aria-labelledby=attention] li p:first-child")
    }

    fn actions(&self) -> Vec<String> {
        self.each("[aria-labelledby=attention] :is(a, button)")
    }

    fn is_told(&self) -> bool {
        !self.each("[aria-labelledby=attention]").is_empty()
    }
}

async fn overview(browser: &Browser) -> Overview {
    Overview::open(browser, routes::DASHBOARD).await
}

/// The items that begin so.
async fn told(browser: &Browser) -> Vec<String> {
    overview(browser).await.items()
}

async fn test_connection(browser: &Browser) {
    let tested = post_json(browser, routes::TENANT_TEST, &[("tenant_id", CONTOSO)]).await;
    assert_eq!(tested.status, 200, "{}", tested.body);
}

#[tokio::test]
async fn nothing_needs_attention_and_the_time_of_the_newest_look_is_told() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    app.advance(Duration::from_hours(2));
    let adam_later = app.signed_in(ADAM).await;
    test_connection(&adam_later).await;
    let page = overview(&adam_later).await;
    assert_eq!(page.items(), Vec::<String>::new());
    assert_eq!(
        page.each("[aria-labelledby=attention] p"),
        ["Nothing needs attention.", "Last checked 4 Mar 2026, 16:02 UTC"]
    );
    drop(adam);
    // A team that has nothing yet has no time either.
    let (_, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    assert_eq!(
        overview(&owner).await.each("[aria-labelledby=attention] p"),
        ["Nothing needs attention."]
    );
    app.stop().await;
}

#[tokio::test]
async fn a_test_of_the_connection_finds_groups_that_are_gone_or_renamed() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    test_connection(&adam).await;
    assert_eq!(told(&adam).await, Vec::<String>::new());

    let control = app.emulator.control();
    let renamed = control.with_group(CONTOSO, OPERATORS, |group| {
        group.name = "SonicSaaS-Ops".to_owned();
    });
    renamed.expect("a group");
    control.remove_group(CONTOSO, VIEWERS).expect("a group");
    test_connection(&adam).await;
    let page = overview(&adam).await;
    assert_eq!(
        page.items(),
        [
            "SonicSaaS-Viewers no longer exists in Microsoft Entra ID. Nobody gets a role from it.",
            "The mapped group \"SonicSaaS-Operators\" is now \"SonicSaaS-Ops\" in Microsoft Entra ID. Mappings go by \
             Object ID, so roles still work.",
        ]
    );
    assert_eq!(
        page.actions(),
        [
            "Review mapping of SonicSaaS-Viewers",
            "Use the new name SonicSaaS-Ops"
        ]
    );
    app.stop().await;
}

#[tokio::test]
async fn the_new_name_of_a_group_is_taken_over_once_and_recorded() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    test_connection(&adam).await;
    let renamed = app.emulator.control().with_group(CONTOSO, OPERATORS, |group| {
        group.name = "SonicSaaS-Ops".to_owned();
    });
    renamed.expect("a group");
    test_connection(&adam).await;
    let row = crate::mapping::row(&adam, OPERATORS).await;
    assert_eq!(row["status"], "renamed");
    let id = row["id"].as_str().expect("an id");

    // Whoever may not is refused, and another team has no such mapping.
    for person in ["vic@contoso.com", "ines@contoso.com"] {
        let browser = app.signed_in(person).await;
        let refused = post_json(&browser, routes::MAPPING_USE_NAME, &[("id", id)]).await;
        assert_eq!(refused.status, 403, "{person}");
    }
    let (_, stranger) = owner_of_new_team(&app, "Lakeside IT").await;
    for wrong in [id, "x", ""] {
        let missing = post_json(&stranger, routes::MAPPING_USE_NAME, &[("id", wrong)]).await;
        assert!(
            [404, 422].contains(&missing.status),
            "{wrong}: {}",
            missing.status
        );
    }
    assert_eq!(crate::mapping::row(&adam, OPERATORS).await["status"], "renamed");

    let before = app.events().await.len();
    let left = adam.post(routes::MAPPING_USE_NAME, &[("id", id)]).await;
    assert_eq!(left.status, 303);
    let page = Overview::open(&adam, left.location()).await;
    assert_eq!(
        page.each("output.banner"),
        ["The mapping goes by the name SonicSaaS-Ops now."]
    );
    assert_eq!(page.items(), Vec::<String>::new());
    let event = app.last_event("mapping.updated").await;
    assert_eq!(event.detail("from_name"), "SonicSaaS-Operators");
    assert_eq!(event.detail("group_name"), "SonicSaaS-Ops");
    let again = post_json(&adam, routes::MAPPING_USE_NAME, &[("id", id)]).await;
    assert_eq!(
        (again.status, &again.json()["role"]),
        (200, &serde_json::json!("operator"))
    );
    assert_eq!(
        app.events().await.len(),
        before + 1,
        "what is done is not done again"
    );
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn who_may_act_is_given_actions_an_auditor_reads_and_others_are_told_nothing() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    test_connection(&adam).await;
    app.emulator
        .control()
        .remove_group(CONTOSO, VIEWERS)
        .expect("a group");
    test_connection(&adam).await;
    assert_eq!(
        overview(&adam).await.actions(),
        ["Review mapping of SonicSaaS-Viewers"]
    );

    let ines = overview(&app.signed_in("ines@contoso.com").await).await;
    assert_eq!(ines.items().len(), 1);
    assert_eq!(ines.actions(), Vec::<String>::new());
    for person in ["dana@contoso.com", "vic@contoso.com"] {
        let browser = app.signed_in(person).await;
        let page = overview(&browser).await;
        assert!(!page.is_told(), "{person}");
        let data = browser.call(routes::OVERVIEW_VIEW).await;
        assert!(!data.body.contains("no longer exists"), "{person}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_credential_that_ends_or_is_rejected_comes_first_with_a_message_to_pass_on() {
    let expires = |date: &str| Setup {
        environment: vec![("MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES", date.to_owned())],
        ..Setup::default()
    };
    // 31 days before is too early to be told here; 30 is not.
    for (date, said) in [
        ("2026-04-04", None),
        (
            "2026-03-30",
            Some(
                "The Entra app credential expires on 30 Mar 2026. Sign-ins fail after that. Ask the platform \
                 administrator to set a new client secret.",
            ),
        ),
    ] {
        let app = App::with(expires(date)).await;
        app.northwind().await;
        let adam = app.signed_in(ADAM).await;
        let page = overview(&adam).await;
        assert_eq!(page.items().first().map(String::as_str), said, "{date}");
        app.stop().await;
    }

    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    test_connection(&adam).await;
    app.emulator
        .control()
        .remove_group(CONTOSO, VIEWERS)
        .expect("a group");
    test_connection(&adam).await;
    app.emulator
        .control()
        .with_registration(|registration| registration.secrets.clear());
    test_connection(&adam).await;
    let page = overview(&adam).await;
    let items = page.items();
    assert_eq!(items.len(), 2, "{items:?}");
    assert_eq!(
        items[0],
        "Microsoft rejects the Entra app credential. Nobody can sign in with Microsoft until the platform administrator \
         sets a new client secret."
    );
    assert_eq!(page.actions()[0], "Copy message for the platform administrator");
    let message = &page.each("#credential-message")[0];
    assert!(
        message.contains(&app.url) && message.contains(crate::app::CLIENT_ID),
        "{message}"
    );
    assert!(!page.0.contains(crate::app::CLIENT_SECRET));
    app.stop().await;
}

#[tokio::test]
async fn priorities_that_tie_name_who_wins() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    crate::mapping::map(&adam, crate::mapping::TECHNICIANS, "auditor", "50").await;
    test_connection(&adam).await;
    app.advance(MINUTE);
    let page = overview(&adam).await;
    let items = page.items();
    assert_eq!(items.len(), 1, "{items:?}");
    assert!(
        items[0].contains("both have priority 50. For someone in both, Auditor wins."),
        "{items:?}"
    );
    assert!(page.actions()[0].starts_with("Review mapping of "));
    app.stop().await;
}
