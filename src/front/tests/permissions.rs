//! The page that lists what is asked of Microsoft.

use super::*;
use crate::domain::graph_permission::Approval::{Approved, Missing, Unknown};

fn public() -> Permissions {
    Permissions {
        reader: None,
        approval: None,
    }
}

/// As an owner or admin reads it.
fn managed(standing: Standing) -> Html {
    let reader = Reader {
        team_name: "Northwind <MSP>".to_owned(),
        standing: Some(standing),
    };
    let html = permissions(
        &frame(),
        &Permissions {
            reader: Some(reader),
            ..public()
        },
    );
    let title = "Permissions We Request – Northwind &lt;MSP&gt; – SonicSaaS</title>";
    assert!(html.contains(title), "{html}");
    // What holds for every document holds here too, but for the team in the title.
    read(&html.replace(" – Northwind &lt;MSP&gt;", ""))
}

/// The cells of the table with this caption, row by row.
fn table(document: &Html, caption: &str) -> Vec<Vec<String>> {
    let found: Vec<_> = all(document, "table")
        .into_iter()
        .filter(|table| words(one_in(*table, "caption")) == caption)
        .collect();
    assert_eq!(found.len(), 1, "{caption}");
    inside(found[0], "tr")
        .into_iter()
        .map(|row| inside(row, "th, td").into_iter().map(words).collect())
        .collect()
}

fn inside<'document>(element: ElementRef<'document>, selector: &str) -> Vec<ElementRef<'document>> {
    let selector = Selector::parse(selector).expect("a selector of this file");
    element.select(&selector).collect()
}

fn one_in<'document>(element: ElementRef<'document>, selector: &str) -> ElementRef<'document> {
    let found = inside(element, selector);
    assert_eq!(found.len(), 1, "{selector}");
    found[0]
}

#[test]
fn everybody_reads_what_is_asked_for_and_why() {
    let document = read(&permissions(&frame(), &public()));
    assert_eq!(words(one(&document, "h1")), "Permissions We Request");
    assert_eq!(
        words(one(&document, "main > .lead")),
        "SonicSaaS reads groups, their members and their names. It asks for no permission to change anything in your \
         Microsoft tenant."
    );
    let expected = [
        [
            "Permission",
            "Type",
            "What SonicSaaS does with it",
            "Needed for",
            "Without it",
        ],
        [
            "Group.Read.All",
            "Application",
            "find groups by name, show their names",
            "searching groups in SSO Group Mappings",
            "enter Group Object IDs by hand",
        ],
        [
            "User.Read.All",
            "Application",
            "read names and email of group members",
            "View members, group invitations (optional)",
            "View members shows the admin-consent prompt",
        ],
        [
            "GroupMember.Read.All",
            "Application",
            "read who is in a mapped group",
            "View members, group invitations (optional)",
            "View members shows the admin-consent prompt",
        ],
        [
            "GroupMember.Read.All",
            "Delegated",
            "read the signed-in person's own groups",
            "people in more than 150 groups (optional)",
            "they may be refused",
        ],
    ];
    assert_eq!(table(&document, "Microsoft Graph permissions"), expected);
    let scopes = table(&document, "Sign-in permissions");
    let names: Vec<_> = scopes.iter().skip(1).map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["openid", "profile", "email", "User.Read"]);
    assert_eq!(
        words(one(&document, ".note")),
        "Group.Read.All is wider than what we use: Microsoft also lets it read conversations of Microsoft 365 groups. \
         SonicSaaS calls only the group list and group names with it."
    );
    let headings: Vec<_> = all(&document, "h2").into_iter().map(words).collect();
    assert_eq!(
        headings,
        [
            "Microsoft Graph permissions",
            "Sign-in permissions",
            "What we store",
            "What we never do",
            "How to remove access",
            "Changes"
        ]
    );
    let last_step = words(one(&document, "ol > li:last-child"));
    assert!(
        last_step.ends_with("Microsoft Entra admin center > Enterprise applications > SonicSaaS."),
        "{last_step}"
    );
    assert!(!all(&document, "dl > div > dt > time[datetime] ").is_empty());
    assert_eq!(words(one(&document, "main output:not(.small)")), "");
    assert_eq!(all(&document, "main a").len(), 0, "nothing to do for a stranger");
}

#[test]
fn a_table_that_becomes_cards_stays_a_table() {
    let document = managed(Standing::Unknown);
    for section in all(&document, "section") {
        let label = section.attr("aria-labelledby").expect("a name");
        assert_eq!(all(&document, &format!("h2#{label}")).len(), 1);
    }
    for (plain, with_role) in [
        ("table", "table[role=table]"),
        ("thead, tbody", "[role=rowgroup]"),
        ("tr", "tr[role=row]"),
        ("th[scope=col]", "th[role=columnheader]"),
        ("th[scope=row]", "th[role=rowheader]"),
        ("td", "td[role=cell][data-label]"),
    ] {
        let found = all(&document, plain).len();
        assert!(found > 0 && found == all(&document, with_role).len(), "{plain}");
    }
    for table in all(&document, "table") {
        let columns: Vec<_> = inside(table, "th[scope=col]").into_iter().map(words).collect();
        for row in inside(table, "tbody tr") {
            let labels: Vec<_> = inside(row, "td")
                .iter()
                .map(|cell| cell.attr("data-label"))
                .collect();
            let expected: Vec<_> = columns[1..].iter().map(|column| Some(column.as_str())).collect();
            assert_eq!(labels, expected);
        }
    }
}

#[test]
fn the_list_is_copied_by_a_button_that_a_script_shows() {
    let document = read(&permissions(&frame(), &public()));
    let button = one(&document, "button");
    assert_eq!(words(button), "Copy permission list");
    assert_eq!(
        (button.attr("data-copied"), button.attr("data-failed")),
        (
            Some("Permission list copied"),
            Some("Couldn't copy. The permission list is selected: copy it from there.")
        )
    );
    let of = button.attr("data-copy").expect("what it copies");
    let copied = one(&document, &format!("#{of}"));
    assert_eq!(inside(copied, "table").len(), 2);
    assert_eq!(inside(copied, "h2").len(), 2, "and nothing else of the page");
}

#[test]
fn owners_and_admins_see_how_their_tenant_stands() {
    for (standing, said, way_on) in [
        (
            Standing::NotConnected,
            "Not connected",
            ("Set up Microsoft Entra ID", "/dashboard/integrations/entra"),
        ),
        (
            Standing::Unknown,
            "Status unknown",
            ("Grant admin consent", "/api/tenant/consent"),
        ),
        (
            Standing::Known([Approved; 4]),
            "Approved",
            ("Grant admin consent", "/api/tenant/consent"),
        ),
        (
            Standing::Known([Unknown; 4]),
            "Unknown",
            ("Grant admin consent", "/api/tenant/consent"),
        ),
    ] {
        let document = managed(standing);
        let rows = table(&document, "Microsoft Graph permissions");
        assert_eq!(rows[0].last().map(String::as_str), Some("Status"));
        for row in &rows[1..] {
            assert_eq!(row.last().map(String::as_str), Some(said), "{standing:?}");
        }
        let link = one(&document, "main .cluster a");
        assert_eq!(
            (words(link).as_str(), link.attr("href")),
            (way_on.0, Some(way_on.1))
        );
        assert_eq!(words(one(&document, "header .team")), "Northwind <MSP>");
    }
}

#[test]
fn what_is_missing_stands_first_and_says_what_is_off() {
    let names_and_status = |approvals| {
        table(
            &managed(Standing::Known(approvals)),
            "Microsoft Graph permissions",
        )
        .into_iter()
        .skip(1)
        .map(|row| format!("{} {}: {}", row[0], row[1], row[5]))
        .collect::<Vec<_>>()
    };
    assert_eq!(
        names_and_status([Missing, Approved, Approved, Unknown]),
        [
            "Group.Read.All Application: Missing. Group search is off.",
            "User.Read.All Application: Approved",
            "GroupMember.Read.All Application: Approved",
            "GroupMember.Read.All Delegated: Unknown",
        ]
    );
    assert_eq!(
        names_and_status([Approved, Missing, Approved, Missing]),
        [
            "User.Read.All Application: Missing. View members and group invitations are off.",
            "GroupMember.Read.All Delegated: Missing. People in more than 150 groups may be refused.",
            "Group.Read.All Application: Approved",
            "GroupMember.Read.All Application: Approved",
        ]
    );
}

#[test]
fn other_roles_read_what_everybody_reads() {
    let reader = Some(Reader {
        team_name: "Northwind".to_owned(),
        standing: None,
    });
    let html = permissions(&frame(), &Permissions { reader, ..public() });
    let document = read(&html.replace(" – Northwind –", " –"));
    assert_eq!(table(&document, "Microsoft Graph permissions")[0].len(), 5);
    let back = one(&document, "main a");
    assert_eq!(words(back), "Back to Northwind");
    assert_eq!(back.attr("href"), Some("/dashboard"));
    assert_eq!(all(&document, ".state").len(), 0);
}

#[test]
fn what_microsoft_reports_of_an_approval_stands_in_the_status() {
    for (approved, said) in [
        (
            true,
            "Microsoft reports that approval finished. Whoever manages SonicSaaS can now select Test Connection.",
        ),
        (false, "Microsoft reports that approval was declined."),
    ] {
        let page = Permissions {
            approval: Some(approved),
            ..public()
        };
        let document = read(&permissions(&frame(), &page));
        assert_eq!(words(one(&document, "main > output.banner")), said);
    }
}
