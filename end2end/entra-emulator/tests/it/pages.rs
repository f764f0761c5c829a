//! What people see.

use crate::{
    client::get,
    start::{CONTOSO, Running},
};

/// The visible text of a button, as assistive technology reads it.
fn button_texts(page: &str) -> Vec<String> {
    let buttons = page
        .split("<button")
        .skip(1)
        .filter_map(|rest| rest.split_once("</button>"));
    buttons
        .map(|(button, _)| {
            let inner = button.split_once('>').map_or("", |(_, inner)| inner);
            let without_initials = match inner.split_once("</span>") {
                Some((start, rest)) if start.contains("aria-hidden") => rest,
                _ => inner,
            };
            let mut text = String::new();
            let mut inside = false;
            for letter in without_initials.chars() {
                match letter {
                    '<' => inside = true,
                    '>' => inside = false,
                    letter if !inside => text.push(letter),
                    _ => {}
                }
            }
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[tokio::test]
async fn a_button_is_named_by_person_address_and_groups() {
    let running = Running::start().await;
    let page = get(&running.authorize_url("organizations", &[])).await.body;
    let texts = button_texts(&page);
    let expected = [
        "Dana Reyes dana@contoso.com 3 groups",
        "Zoë Ångström zoe@contoso.com 0 groups",
        "李小龍 xiaolong@contoso.com 1 group",
        "Renée O&#39;Brien &quot;Ren&quot; renee@contoso.com 2 groups",
        "Noor Haddad noor@contoso.com 1 group No mail",
        "Leo Blanc leo@contoso.com 1 group Disabled",
        "Olga Many olga@contoso.com 201 groups Overage",
        "Tom Edge tom@contoso.com 199 groups",
        "Dana Reyes dana.reyes@fabrikam.com 1 group",
        "Sam Hill sam@litware.example 1 group Guest in Contoso",
        "Cancel",
    ];
    for name in expected {
        assert!(
            texts.iter().any(|text| text == name),
            "{name} is not in {texts:?}"
        );
    }
    assert_eq!(
        texts.len(),
        23,
        "nobody made up, no guests, nobody personal: {texts:?}"
    );
    for heading in ["Contoso", "Fabrikam", "Litware"] {
        assert!(page.contains(&format!("<h2>{heading} ")), "{heading}");
    }
    assert!(page.contains("Local emulator of Microsoft Entra ID"));
}

#[tokio::test]
async fn one_tenant_shows_its_own_people_and_guests_first() {
    let running = Running::start().await;
    let page = get(&running.authorize_url(CONTOSO, &[])).await.body;
    let (own, others) = page.split_once("<details>").expect("others are folded away");
    assert!(button_texts(own).contains(&"Sam Hill sam@litware.example 1 group Guest".to_owned()));
    assert!(!own.contains("Fabrikam") && others.contains("Omar Diaz"));
    let hinted = get(&running.authorize_url("organizations", &[("domain_hint", "fabrikam.com")]))
        .await
        .body;
    assert!(hinted.contains("Omar Diaz") && !hinted.contains("Adam Cole"));
}

/// Nothing is loaded from anywhere, and no script is needed.
#[tokio::test]
async fn pages_stand_alone() {
    let running = Running::start().await;
    let trouble = running.authorize_url("organizations", &[("client_id", "")]);
    let pages = [
        running.authorize_url("common", &[]),
        trouble,
        running.at("common/oauth2/v2.0/logout"),
    ];
    for address in pages {
        let page = get(&address).await;
        assert!(
            page.header("content-type")
                .starts_with("text/html; charset=utf-8")
        );
        assert_eq!(page.body.matches("<h1>").count(), 1, "{address}");
        for forbidden in [
            "<script",
            "http-equiv",
            "@import",
            "url(",
            "<img",
            "<link rel=\"stylesheet\"",
        ] {
            assert!(!page.body.contains(forbidden), "{forbidden} in {address}");
        }
        assert!(page.body.contains("lang=\"en\"") && page.body.contains("<main>"));
    }
}

#[tokio::test]
async fn markup_in_a_name_stays_text() {
    let running = Running::start().await;
    let hostile = "<script>alert(1)</script>";
    running
        .control
        .with_user("contoso.com", "dana@contoso.com", |user| {
            hostile.clone_into(&mut user.name);
        })
        .unwrap();
    let page = get(&running.authorize_url("organizations", &[("login_hint", "\"><script>")]))
        .await
        .body;
    assert!(!page.contains("<script"), "escaped everywhere");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}
