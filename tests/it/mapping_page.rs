//! The page of group mappings without a script: what it shows to whom, and what its forms keep.

use scraper::{Html, Selector};
use sonicsaas::{
    domain::{id::MappingId, role::Role},
    routes,
};

use crate::{app::App, browser::Browser, mapping::OPERATORS};

mod explain;
mod forms;
mod states;

/// A page as a browser without a script has it.
struct Page {
    status: u16,
    html: Html,
}

impl Page {
    async fn open(browser: &Browser, target: &str) -> Self {
        let reply = browser.get(target).await;
        Self {
            status: reply.status,
            html: Html::parse_document(&reply.body),
        }
    }

    /// Posts a form and opens the page that follows.
    async fn after(browser: &Browser, path: &str, form: &[(&str, &str)]) -> (String, Self) {
        let left = browser.post(path, form).await;
        assert_eq!(left.status, 303, "{}", left.body);
        let location = left.location().to_owned();
        let page = Self::open(browser, &location).await;
        (location, page)
    }

    /// The words of everything that the selector finds.
    fn words(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        let words = |element: scraper::ElementRef<'_>| {
            let text: String = element.text().collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        self.html.select(&selector).map(words).collect()
    }

    /// The words of the one thing that the selector finds.
    fn word(&self, selector: &str) -> String {
        let mut found = self.words(selector);
        assert_eq!(found.len(), 1, "{selector}: {found:?} in {}", self.html.html());
        found.remove(0)
    }

    fn count(&self, selector: &str) -> usize {
        self.words(selector).len()
    }

    /// The value of an attribute of the first thing that the selector finds.
    fn value(&self, selector: &str, name: &str) -> String {
        let parsed = Selector::parse(selector).expect("a selector");
        let found = self.html.select(&parsed).next();
        let element = found.unwrap_or_else(|| panic!("{selector} is not there"));
        element.attr(name).unwrap_or_default().to_owned()
    }

    /// The rows by what the selector finds in each.
    fn column(&self, cell: &str) -> Vec<String> {
        self.words(&format!("table.mappings tbody {cell}"))
    }
}

/// The mapping of a group, as the page links to it.
async fn mapping_of(app: &App, group: &str) -> MappingId {
    let adam = app.signed_in("adam@contoso.com").await;
    let list = adam.call(routes::MAPPING_LIST).await.json();
    let rows = list.as_array().expect("a list");
    let row = rows.iter().find(|row| row["group_id"] == group);
    let id = row.and_then(|row| row["id"].as_str()).expect("mapped");
    id.parse().expect("an ID")
}

#[tokio::test]
async fn an_administrator_reads_every_mapping_and_what_everybody_else_becomes() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let page = Page::open(&adam, routes::MAPPINGS).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.word("h1"), "SSO Group Mappings");
    assert_eq!(
        page.word("title"),
        "SSO Group Mappings – Northwind MSP – SonicSaaS"
    );
    assert_eq!(
        page.words("nav[aria-label=Main] a"),
        ["Overview", "Integrations", "SSO Group Mappings"]
    );
    assert_eq!(
        page.word("nav[aria-label=Main] a[aria-current=page]"),
        "SSO Group Mappings"
    );
    assert_eq!(
        page.words("nav[aria-label=Breadcrumb] li"),
        ["Security", "SSO Group Mappings"]
    );
    assert!(
        page.word(".page-head p")
            .contains("People in no mapped group become Member, the default role.")
    );
    let names: Vec<_> = page
        .column("th")
        .into_iter()
        .map(|cell| cell.chars().take(14).collect::<String>())
        .collect();
    assert_eq!(
        names,
        [
            "SonicSaaS-Admi",
            "SonicSaaS-Oper",
            "SonicSaaS-Memb",
            "SonicSaaS-Audi",
            "SonicSaaS-View",
            "Everyone else"
        ]
    );
    assert_eq!(
        page.column("td[data-label=Role]"),
        ["Admin", "Operator", "Member", "Auditor", "Viewer", "Member"]
    );
    assert_eq!(
        page.column("td[data-label=Priority]"),
        ["90", "50", "40", "20", "10"]
    );
    assert!(
        page.column("td[data-label=Members]")
            .iter()
            .all(|cell| cell.contains("member"))
    );
    assert_eq!(page.count("meter"), 5);
    assert_eq!(
        page.column("td[data-label='Last checked']")[0],
        "4 Mar 2026, 14:02 UTC"
    );
    assert_eq!(page.word("caption"), "SSO group mappings");
    assert_eq!(
        page.words("section[aria-labelledby] > .section-head h2"),
        ["Add mapping", "Test another account"]
    );
    app.stop().await;
}

#[tokio::test]
async fn other_roles_read_the_table_and_find_nothing_to_press() {
    let app = App::start().await;
    app.northwind().await;
    for person in [
        "dana@contoso.com",
        "mia@contoso.com",
        "ines@contoso.com",
        "vic@contoso.com",
    ] {
        let browser = app.signed_in(person).await;
        let page = Page::open(&browser, routes::MAPPINGS).await;
        assert_eq!(page.status, 200, "{person}");
        assert!(
            page.word(".who-may")
                .starts_with("Only owners and admins can change mappings."),
            "{person}"
        );
        assert_eq!(page.column("td[data-label=Role]").len(), 6);
        assert_eq!(
            page.count("main form[method=post], main tbody a, main tbody form"),
            0
        );
        let id = mapping_of(&app, OPERATORS).await;
        for target in [routes::mapping_edit(id), routes::mapping_remove(id)] {
            let page = Page::open(&browser, &target).await;
            assert_eq!(page.word("h1"), "SSO Group Mappings", "{person} {target}");
            assert_eq!(page.count("main form[method=post]"), 0, "{person} {target}");
        }
        // What they send is refused, and the page says who may.
        let form = [("group_id", OPERATORS), ("role", "viewer"), ("priority", "1")];
        let left = browser.post(routes::MAPPING_CREATE, &form).await;
        assert_eq!(left.status, 303, "{person}");
    }
    app.stop().await;
}

#[tokio::test]
async fn another_column_sorts_and_priority_still_decides() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let sorted = |by: &'static str| {
        let adam = adam.copy();
        async move { Page::open(&adam, &format!("{}?sort={by}", routes::MAPPINGS)).await }
    };
    let by_group = sorted("group").await;
    assert_eq!(
        by_group.column("td[data-label=Role]"),
        ["Admin", "Auditor", "Member", "Operator", "Viewer", "Member"]
    );
    assert_eq!(by_group.word("th[aria-sort=ascending]"), "Group");
    assert_eq!(
        by_group.words("main > div p.muted.small")[0],
        "Sorted by group. Priority still decides."
    );
    let by_role = sorted("role").await;
    assert_eq!(
        by_role.column("td[data-label=Role]"),
        ["Admin", "Operator", "Member", "Auditor", "Viewer", "Member"]
    );
    let by_priority = sorted("priority").await;
    assert_eq!(by_priority.word("th[aria-sort]"), "Priority");
    app.stop().await;
}

#[tokio::test]
async fn the_same_page_is_drawn_for_a_script() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let drawn = adam
        .call(&format!("{}?sort=group", routes::MAPPING_VIEW))
        .await
        .json();
    let page = adam.get(&format!("{}?sort=group", routes::MAPPINGS)).await.body;
    let markup = drawn["markup"].as_str().expect("markup");
    assert!(
        page.contains(markup),
        "with a script and without one the same text"
    );
    let id = mapping_of(&app, OPERATORS).await;
    let query = routes::mapping_remove(id);
    let query = query.strip_prefix(routes::MAPPINGS).expect("the page");
    let step = adam
        .call(&format!("{}{query}", routes::MAPPING_VIEW))
        .await
        .json();
    assert_eq!(step["title"], "Remove the mapping of SonicSaaS-Operators?");
    assert_eq!(step["first"], "#step-cancel");
    let like = routes::mapping_like(Role::Viewer, 7);
    let page = Page::open(&adam, &like).await;
    assert_eq!(page.value("#priority", "value"), "7");
    assert_eq!(page.word("#role option[selected]"), "Viewer");
    app.stop().await;
}
