//! The forms: what is searched, chosen, previewed, refused and kept, and that none of it stands in an address.

use sonicsaas::routes;

use super::{Page, mapping_of};
use crate::{app::App, mapping::OPERATORS};

const TECHNICIANS: &str = "b96cc65d-21da-4197-877f-15a3de836a00";
const VIEWERS: &str = "86db12bb-89d6-4221-bf84-934e09ee1846";

/// A group of the demo that nobody is in.
const NOBODYS: &str = "8329bf5f-2912-4f3e-8b06-a97011e21eac";

#[tokio::test]
async fn a_group_is_searched_chosen_previewed_and_mapped() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    let query = "query=msp&group_id=&object_id=&role=auditor&priority=70";
    let page = Page::open(&adam, &format!("{}?{query}", routes::MAPPINGS)).await;
    assert!(page.word("#found").ends_with("found"), "{}", page.word("#found"));
    let choices = page.words("#found-groups label");
    assert!(
        choices
            .iter()
            .any(|choice| choice == "MSP-Technicians, security group"),
        "{choices:?}"
    );
    assert_eq!(page.value("#priority", "value"), "70");
    assert_eq!(page.word("#role option[selected]"), "Auditor");
    assert_eq!(page.value("#group", "value"), "msp");

    let form = [
        ("query", "msp"),
        ("group_id", TECHNICIANS),
        ("object_id", ""),
        ("role", "auditor"),
        ("priority", "70"),
    ];
    let (location, page) = Page::after(&adam, routes::MAPPING_PREVIEW, &form).await;
    assert!(
        !location.contains("auditor") && !location.contains(TECHNICIANS),
        "{location}"
    );
    assert_eq!(page.word("#chosen strong"), "MSP-Technicians");
    assert_eq!(page.value("#group-id", "value"), TECHNICIANS);
    assert_eq!(page.value("#priority", "value"), "70");
    let told = page.word("#preview-body");
    assert!(told.contains("changes role at their next sign-in:"), "{told}");
    assert!(told.contains("Dana Reyes, Operator → Auditor"), "{told}");
    assert!(!told.contains("no account yet"), "both have one: {told}");

    let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
    assert_eq!(page.word("output.banner"), "Mapping added.");
    assert_eq!(
        page.column("td[data-label=Priority]"),
        ["90", "70", "50", "40", "20", "10"]
    );
    assert_eq!(page.value("#priority", "value"), "", "the form begins again");

    let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
    assert_eq!(
        page.word("[role=alert] p"),
        "MSP-Technicians is already mapped to Auditor. Edit that mapping instead."
    );
    assert_eq!(page.words("[role=alert] a"), ["Edit that mapping"]);
    assert_eq!(page.value("#priority", "value"), "70");
    app.stop().await;
}

#[tokio::test]
async fn everything_wrong_is_said_at_its_field_and_what_was_typed_is_kept() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let (location, page) = Page::after(
        &adam,
        routes::MAPPING_CREATE,
        &[("query", "opps"), ("priority", "1.5")],
    )
    .await;
    assert!(!location.contains("opps"), "{location}");
    assert!(page.word("title").starts_with("Error: "));
    assert_eq!(
        page.words("[role=alert] a"),
        [
            "Select a group, or enter its Object ID",
            "Select a role",
            "Enter a priority from 0 to 100"
        ]
    );
    assert_eq!(page.word("#role-error"), "Select a role");
    assert_eq!(page.word("#priority-error"), "Enter a priority from 0 to 100");
    assert_eq!(page.value("#priority", "value"), "1.5");
    assert_eq!(page.value("#group", "value"), "opps");
    assert_eq!(
        page.word("#found"),
        "No groups match \"opps\". Check the spelling, or paste the Object ID."
    );
    for (typed, said) in [
        ("abc", "Object ID must be 32 letters and numbers with hyphens"),
        (
            "00000000-0000-4000-8000-000000000000",
            "No group has this Object ID in your tenant",
        ),
    ] {
        let form = [("object_id", typed), ("role", "viewer"), ("priority", "5")];
        let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
        assert_eq!(page.word("#object-id-error"), said);
        assert_eq!(page.word("[role=alert] a[href='#object-id']"), said);
        assert_eq!(page.value("#object-id", "value"), typed);
        assert_eq!(page.word("#role option[selected]"), "Viewer");
    }
    let people = adam.call(&format!("{}?query=x", routes::GROUP_SEARCH)).await;
    assert_eq!(people.status, 200);
    let form = [("group_id", TECHNICIANS), ("role", "owner"), ("priority", "5")];
    let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
    assert_eq!(
        page.word("#role-error"),
        "Owner can't be given by a group. Make someone an owner on the Members page."
    );
    assert_eq!(page.count("#role option[selected]"), 0);
    for priority in ["", "-1", "101"] {
        let form = [
            ("group_id", TECHNICIANS),
            ("role", "viewer"),
            ("priority", priority),
        ];
        let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
        assert_eq!(
            page.word("#priority-error"),
            "Enter a priority from 0 to 100",
            "{priority:?}"
        );
        assert_eq!(
            page.value("#group-id", "value"),
            TECHNICIANS,
            "the group stays chosen"
        );
    }
    // A group in which the administrator is not, who would lose the right to remove it.
    for priority in ["0", "100"] {
        let form = [("group_id", NOBODYS), ("role", "viewer"), ("priority", priority)];
        let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
        assert_eq!(page.word("output.banner"), "Mapping added.", "{priority}");
        let id = mapping_of(&app, NOBODYS).await.to_string();
        let (_, page) = Page::after(&adam, routes::MAPPING_DELETE, &[("id", id.as_str())]).await;
        assert_eq!(page.word("output.banner"), "Mapping removed.");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_mapping_is_edited_beside_what_somebody_else_saved() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let id = mapping_of(&app, VIEWERS).await;
    let page = Page::open(&adam, &routes::mapping_edit(id)).await;
    assert_eq!(page.word("#mapping"), "Edit mapping");
    assert_eq!(page.word("#chosen-name"), "SonicSaaS-Viewers");
    assert_eq!(
        page.word("#preview-body"),
        "Change the role or the priority to see who changes role."
    );
    let version = page.value("input[name=version]", "value");
    let (written, version) = (id.to_string(), version.as_str());
    let form = |priority: &'static str| {
        [
            ("id", written.as_str()),
            ("version", version),
            ("role", "auditor"),
            ("priority", priority),
        ]
    };
    let (location, page) = Page::after(&adam, routes::MAPPING_PREVIEW, &form("60")).await;
    assert!(
        location.contains("edit=") && !location.contains("auditor"),
        "{location}"
    );
    assert_eq!(page.word("#mapping"), "Edit mapping");
    assert_eq!(page.value("#priority", "value"), "60");
    assert!(
        page.word("#preview-body").contains("at their next sign-in"),
        "{}",
        page.word("#preview-body")
    );

    let (location, page) = Page::after(&adam, routes::MAPPING_UPDATE, &form("20")).await;
    assert!(location.contains("form="));
    assert_eq!(page.word("output.banner"), "Mapping saved.");
    assert_eq!(page.word("#mapping"), "Add mapping");
    let same = [("id", written.as_str()), ("role", "auditor"), ("priority", "20")];
    let (_, page) = Page::after(&adam, routes::MAPPING_UPDATE, &same).await;
    let said = page.word("output.banner");
    assert!(
        said.starts_with("Nothing was changed: the mapping of ")
            && said.ends_with(" had this role and priority already."),
        "{said}"
    );

    let (_, page) = Page::after(&adam, routes::MAPPING_UPDATE, &form("61")).await;
    assert!(
        page.word("[role=alert] p")
            .starts_with("Adam Cole changed this at 14:0"),
        "{}",
        page.word("[role=alert] p")
    );
    assert_eq!(page.words("[role=alert] li"), ["Role: Auditor", "Priority: 20"]);
    assert_eq!(page.value("#priority", "value"), "61", "what was typed");
    assert_eq!(
        page.value("input[name=version]", "value"),
        "3",
        "and can be saved now"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_removal_says_first_what_people_become() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    app.signed_in("theo@contoso.com").await;
    let id = mapping_of(&app, OPERATORS).await;
    let page = Page::open(&adam, &routes::mapping_remove(id)).await;
    assert_eq!(page.word("h1"), "Remove the mapping of SonicSaaS-Operators?");
    assert!(
        page.word("title")
            .starts_with("Remove the mapping of SonicSaaS-Operators?")
    );
    let said = page.words(".step-page > p").join(" ");
    assert!(
        said.contains("2 people change role at their next sign-in:"),
        "{said}"
    );
    assert!(said.contains("become"), "{said}");
    assert!(said.contains("(SonicSaaS-Viewers)"), "{said}");
    assert!(
        page.words(".people-list li")
            .contains(&"Theo Lund, Operator → Viewer".to_owned())
    );
    assert_eq!(
        page.words(".decide a, .decide button"),
        ["Keep mapping", "Remove mapping"]
    );
    let fields = [
        ("id", page.value("input[name=id]", "value")),
        ("version", page.value("input[name=version]", "value")),
    ];
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let (_, page) = Page::after(&adam, routes::MAPPING_DELETE, &fields).await;
    assert_eq!(page.word("output.banner"), "Mapping removed.");
    assert_eq!(page.column("td[data-label=Priority]"), ["90", "40", "20", "10"]);
    // The same link leads nowhere any more, and says so.
    let page = Page::open(&adam, &routes::mapping_remove(id)).await;
    assert_eq!(page.word("h1"), "SSO Group Mappings");
    assert_eq!(
        page.word("output.banner"),
        "This no longer exists. It may have been removed by someone else."
    );
    let (_, page) = Page::after(&adam, routes::MAPPING_DELETE, &fields).await;
    assert_eq!(
        page.word("[role=alert] p"),
        "This no longer exists. It may have been removed by someone else."
    );
    app.stop().await;
}

#[tokio::test]
async fn what_a_form_held_is_for_its_session_alone() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let again = app.signed_in("adam@contoso.com").await;
    let form = [("query", "typed by Adam"), ("role", "viewer"), ("priority", "5")];
    let (location, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
    assert_eq!(page.value("#group", "value"), "typed by Adam");
    let other = Page::open(&again, &location).await;
    assert_eq!(other.count("[role=alert]"), 0);
    assert_eq!(other.value("#group", "value"), "");
    // An answer of the page of Microsoft Entra ID is none of this one.
    let id = location.split("form=").nth(1).expect("an id");
    let entra = Page::open(&adam, &format!("{}?form={id}", routes::ENTRA)).await;
    assert_eq!(entra.count("[role=alert]"), 0);
    app.stop().await;
}
