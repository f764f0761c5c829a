//! What the page draws: names, order, what stands where without a script and what waits for one.

use scraper::{ElementRef, Html, Selector};

use super::{drawn::draw, *};
use crate::{
    domain::{id::MappingId, time::Timestamp},
    wire::tenant::Tone,
};

mod fields;

const OPERATORS: &str = "8d1f4a2c-6e30-49b7-8c5d-f20a1be977c0";

fn said(tone: Tone, words: &str) -> Said {
    Said {
        tone,
        words: words.to_owned(),
    }
}

fn link(words: &str, to: &str) -> Link {
    Link {
        words: words.to_owned(),
        to: to.to_owned(),
    }
}

fn row(name: Option<&str>, role: Role, priority: u8, number: u128) -> Row {
    Row {
        id: MappingId::from(uuid::Uuid::from_u128(number)),
        name: name.map(str::to_owned),
        object_id: OPERATORS.to_owned(),
        role,
        priority,
        members: Some(Members {
            words: "18 members".to_owned(),
            signed_up: Some((18, 14, "14 of 18 signed up".to_owned())),
        }),
        states: vec![said(Tone::Ok, "OK")],
        because: Vec::new(),
        checked: Timestamp::parse("2026-03-04T14:02:11Z"),
        actions: Some(Actions {
            members: "/members".to_owned(),
            edit: "?edit=1".to_owned(),
            remove: "?remove=1".to_owned(),
            pick_another: None,
        }),
    }
}

/// The form of a new mapping.
fn form(finder: Finder) -> Form {
    Form {
        kind: Kind::Add(Box::new(finder)),
        role: String::new(),
        priority: String::new(),
        role_error: None,
        priority_error: None,
        preview: Preview::Waits("Not yet"),
    }
}

/// The page of an administrator.
fn page() -> Page {
    Page {
        intro: "What mappings do.".to_owned(),
        notice: None,
        problem: None,
        step: None,
        who_may: None,
        remarks: Vec::new(),
        table: Table {
            sort: Sort::Priority,
            note: None,
            kept: Vec::new(),
            none: None,
            rows: vec![
                row(Some("SonicSaaS-<Admins>"), Role::Admin, 90, 1),
                row(None, Role::Operator, 50, 2),
            ],
            default: Role::Member,
            nested: None,
            open: None,
        },
        form: Some(form(Finder::default())),
        explain: Some(Explain::default()),
    }
}

fn parsed(page: Page) -> Html {
    Html::parse_fragment(&draw(page).markup)
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).collect()
}

/// The words of what the selector finds.
fn words(page: &Html, selector: &str) -> Vec<String> {
    all(page, selector)
        .into_iter()
        .map(|found| {
            let text: String = found.text().collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn intro_table_form_and_test_stand_in_this_order() {
    let page = parsed(page());
    assert_eq!(words(&page, "h1"), ["SSO Group Mappings"]);
    assert_eq!(words(&page, ".page-head > p"), ["What mappings do."]);
    assert_eq!(
        words(&page, "caption, section[aria-labelledby] > .section-head > h2"),
        ["SSO group mappings", "Add mapping", "Test another account"]
    );
    assert!(words(&page, "output").iter().all(String::is_empty));
}

#[test]
fn a_row_names_its_group_in_every_control() {
    let page = parsed(page());
    assert_eq!(
        words(&page, "tbody th"),
        [
            format!("SonicSaaS-<Admins>{OPERATORS} Copy Object ID of SonicSaaS-<Admins>"),
            format!("Name not known yet{OPERATORS} Copy Object ID of {OPERATORS}"),
            "Everyone else".to_owned()
        ]
    );
    assert_eq!(
        words(
            &page,
            "tbody tr:first-child .row-actions button, tbody tr:first-child .row-actions a"
        ),
        [
            "View members of SonicSaaS-<Admins>",
            "Edit SonicSaaS-<Admins>",
            "Remove SonicSaaS-<Admins>"
        ]
    );
    assert_eq!(
        words(&page, "tbody tr:first-child .fold button"),
        ["Actions for SonicSaaS-<Admins>"]
    );
    let meter = all(
        &page,
        "meter[max='18'][value='14'][aria-label='14 of 18 signed up']",
    );
    assert_eq!(meter.len(), 2);
    assert_eq!(
        words(&page, "tbody tr:last-child td"),
        ["Member", "Default role, set by the platform administrator"]
    );
}

#[test]
fn one_column_sorts_and_the_others_offer_to() {
    let sorted = |sort| {
        let mut page = page();
        page.table.sort = sort;
        page.table.kept = vec![("form", "kept \"here\"".to_owned())];
        let page = parsed(page);
        assert_eq!(all(&page, "button.sort[form=sort][name=sort]").len(), 3);
        assert_eq!(
            all(
                &page,
                "form#sort[method=get] input[name=form][value='kept \"here\"']"
            )
            .len(),
            1
        );
        let column = all(&page, "th[aria-sort]");
        assert_eq!(column.len(), 1, "exactly one");
        (
            words(&page, "th[aria-sort]").concat(),
            column[0].attr("aria-sort").map(str::to_owned),
        )
    };
    let by = |name: &str, order: &str| (name.to_owned(), Some(order.to_owned()));
    assert_eq!(sorted(Sort::Priority), by("Priority", "descending"));
    assert_eq!(sorted(Sort::Group), by("Group", "ascending"));
    assert_eq!(sorted(Sort::Role), by("Role", "descending"));
    for (name, sort) in [
        (None, Sort::Priority),
        (Some("group"), Sort::Group),
        (Some("role"), Sort::Role),
        (Some("<b>"), Sort::Priority),
    ] {
        assert_eq!(Sort::of(name), sort, "{name:?}");
    }
}

#[test]
fn people_who_may_not_change_anything_read_the_table_alone() {
    let mut read = page();
    read.who_may = Some("Only owners and admins can change mappings.".to_owned());
    read.form = None;
    read.explain = None;
    for row in &mut read.table.rows {
        row.actions = None;
    }
    let read = parsed(read);
    assert_eq!(
        words(&read, ".who-may"),
        ["Only owners and admins can change mappings."]
    );
    let controls = all(
        &read,
        "input:not([type=hidden]), select, tbody a, tbody form, form[method=post]",
    );
    assert_eq!(controls.len(), 0);
}

#[test]
fn a_limit_is_said_with_what_helps() {
    let mut limited = page();
    limited.remarks = vec![
        Remark {
            said: said(Tone::Warn, "Not approved."),
            way: Some(Way::Away(link("Grant admin consent", "/api/tenant/consent"))),
        },
        Remark {
            said: said(Tone::Warn, "Out of reach."),
            way: Some(Way::Again("Try again")),
        },
    ];
    let limited = parsed(limited);
    assert_eq!(
        words(&limited, ".attention li"),
        ["Not approved.Grant admin consent", "Out of reach.Try again"]
    );
    assert_eq!(all(&limited, ".attention a[rel=external]").len(), 1);
    assert_eq!(
        words(&limited, ".attention form[method=get] button"),
        ["Try again"]
    );
}

#[test]
fn an_answer_about_somebody_marks_the_rule_that_decides() {
    let mut asked = page();
    let rule = |title: &str, decides| Rule {
        title: title.to_owned(),
        result: if decides { "Decides the role" } else { "No" },
        decides,
        tie: None,
    };
    asked.explain = Some(Explain {
        who: "dana@contoso.com".to_owned(),
        error: None,
        closed: None,
        answer: Some(Access {
            heading: "If Dana Reyes signed in now: Operator".to_owned(),
            rules: vec![rule("Owner", false), rule("Priority 50", true)],
            read: "Groups read from Microsoft Graph at 14:02 UTC.".to_owned(),
        }),
    });
    assert_eq!(draw(asked.clone()).first.as_deref(), Some("#explained"));
    let asked = parsed(asked);
    assert_eq!(all(&asked, "#who[value='dana@contoso.com']").len(), 1);
    assert_eq!(
        words(
            &asked,
            "ol[aria-label='How the role was decided'] > li[aria-current=step]"
        ),
        ["Priority 50Decides the role"]
    );
    assert_eq!(
        words(&asked, "#explained"),
        ["If Dana Reyes signed in now: Operator"]
    );
}

#[test]
fn a_removal_is_asked_about_first_and_what_changes_nothing_comes_first() {
    let mut step = page();
    step.step = Some(Step {
        heading: "Remove the mapping of SonicSaaS-Operators?".to_owned(),
        words: vec!["14 people change role at their next sign-in.".to_owned()],
        people: vec!["Dana Reyes, Operator → Member".to_owned()],
        people_caption: None,
        takes_away: true,
        action: Some("/api/mappings/delete".to_owned()),
        button: "Remove mapping".to_owned(),
        fields: vec![("id".to_owned(), "1".to_owned())],
    });
    let drawn = draw(step.clone());
    assert_eq!(
        drawn.title.as_deref(),
        Some("Remove the mapping of SonicSaaS-Operators?")
    );
    let step = parsed(step);
    assert_eq!(words(&step, "a, button"), ["Keep mapping", "Remove mapping"]);
    assert_eq!(all(&step, "table").len(), 0);
}
