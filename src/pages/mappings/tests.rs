//! What the page draws: names, order, what stands where without a script and what waits for one.

use scraper::{ElementRef, Html, Selector};

use super::{drawn::draw, *};
use crate::{
    domain::{id::MappingId, time::Timestamp},
    wire::tenant::Tone,
};

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
fn without_a_script_the_form_has_every_field_and_two_ways_to_ask() {
    let page = parsed(page());
    let names: Vec<_> = all(&page, "#mapping-form [name]")
        .iter()
        .map(|field| field.attr("name").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names, ["group_id", "query", "object_id", "role", "priority"]);
    assert_eq!(
        words(&page, "#role option"),
        [
            "Select a role",
            "Admin",
            "Operator",
            "Member",
            "Auditor",
            "Viewer"
        ]
    );
    assert_eq!(
        words(&page, "#mapping-form button:not([hidden])"),
        ["Change group", "Search groups", "Add mapping", "Preview changes"]
    );
    // The first of them that belongs to the form, and so the one that Enter presses in its fields.
    assert_eq!(
        words(&page, "#mapping-form button:not([form], [type=button])")[0],
        "Search groups"
    );
    assert_eq!(
        all(
            &page,
            "button[formmethod=get][formaction='/dashboard/security/group-mappings']"
        )
        .len(),
        1
    );
    assert_eq!(
        all(
            &page,
            "#chosen[hidden], #groups[hidden], #by-id[hidden], #by-name[hidden]"
        )
        .len(),
        4
    );
    // What a script makes of the field is not there before it runs.
    assert_eq!(all(&page, "#group[role], #group[aria-expanded]").len(), 0);
}

#[test]
fn what_was_found_is_a_choice_of_one_and_says_what_cannot_be_chosen() {
    let choice = |name: &str, why_not: Option<&str>| Choice {
        id: format!("id of {name}"),
        name: Some(name.to_owned()),
        parts: vec![("Sonic".to_owned(), true), ("-rest".to_owned(), false)],
        kind: Some("security group"),
        why_not: why_not.map(str::to_owned),
    };
    let results = Results {
        said: "2 groups found".to_owned(),
        groups: vec![choice("A", None), choice("B", Some("already mapped to Operator"))],
    };
    let options = Html::parse_fragment(&super::drawn::options(&results));
    assert_eq!(
        words(&options, "li[role=option]"),
        [
            "Sonic-rest, security group",
            "Sonic-rest, security groupalready mapped to Operator"
        ]
    );
    assert_eq!(all(&options, "[aria-disabled=true][data-id='id of B']").len(), 1);
    assert_eq!(words(&options, "mark"), ["Sonic", "Sonic"]);

    let mut found = page();
    found.form = Some(form(Finder {
        query: "sonic".to_owned(),
        results: Some(results),
        ..Finder::default()
    }));
    let found = parsed(found);
    assert_eq!(words(&found, "#found"), ["2 groups found"]);
    assert_eq!(all(&found, "input[type=radio][name=group_id]").len(), 2);
    assert_eq!(
        all(&found, "input[type=radio][disabled][value='id of B']").len(),
        1
    );
    // Two fields of one name would be sent.
    assert_eq!(all(&found, "#group-id[disabled]").len(), 1);
}

#[test]
fn a_chosen_group_is_told_and_can_be_changed() {
    let mut chosen = page();
    chosen.form = Some(form(Finder {
        query: "sonic".to_owned(),
        chosen: Some(Chosen {
            id: OPERATORS.to_owned(),
            name: Some("SonicSaaS-Operators".to_owned()),
            kind: Some("security group"),
        }),
        ..Finder::default()
    }));
    let chosen = parsed(chosen);
    assert_eq!(all(&chosen, &format!("#group-id[value='{OPERATORS}']")).len(), 1);
    assert_eq!(
        words(&chosen, "#chosen"),
        [format!(
            "GroupSonicSaaS-Operators, security group{OPERATORS}Change group"
        )]
    );
    assert_eq!(all(&chosen, "#finder[hidden]").len(), 1);
    assert_eq!(
        all(&chosen, "#change-form input[name=query][value=sonic]").len(),
        1
    );
}

#[test]
fn every_mistake_is_a_link_to_its_field_and_stands_beside_it() {
    let mut wrong = page();
    wrong.problem = Some(Problem {
        errors: vec![
            ("Select a group".to_owned(), Some("group")),
            ("Select a role".to_owned(), Some("role")),
            ("Enter a priority".to_owned(), Some("priority")),
        ],
        link: None,
        theirs: Vec::new(),
    });
    let mut fields = form(Finder {
        error: Some("Select a group".to_owned()),
        ..Finder::default()
    });
    fields.role_error = Some("Select a role".to_owned());
    fields.priority_error = Some("Enter a priority".to_owned());
    fields.priority = "1.5".to_owned();
    wrong.form = Some(fields);
    let drawn = draw(wrong.clone());
    assert_eq!(drawn.title.as_deref(), Some("Error: SSO Group Mappings"));
    assert_eq!(drawn.first.as_deref(), Some("#problem"));
    let page = parsed(wrong);
    assert_eq!(all(&page, "[role=alert][tabindex='-1'][autofocus]").len(), 1);
    for (field, said) in [
        ("group", "Select a group"),
        ("role", "Select a role"),
        ("priority", "Enter a priority"),
    ] {
        assert_eq!(words(&page, &format!("[role=alert] a[href='#{field}']")), [said]);
        assert_eq!(words(&page, &format!("#{field}-error")), [said]);
        let described = format!("#{field}[aria-invalid=true][aria-describedby~='{field}-error']");
        assert_eq!(all(&page, &described).len(), 1, "{field}");
    }
    assert_eq!(all(&page, "#priority[value='1.5']").len(), 1);
}

#[test]
fn a_conflict_leads_on_and_shows_what_somebody_else_saved() {
    let mut stale = page();
    stale.problem = Some(Problem {
        errors: vec![("Priya Shah changed this at 14:01 UTC.".to_owned(), None)],
        link: Some(link("Edit that mapping", "?edit=1")),
        theirs: vec![("Role".to_owned(), "Viewer".to_owned())],
    });
    let stale = parsed(stale);
    assert_eq!(words(&stale, "[role=alert] li"), ["Role: Viewer"]);
    assert_eq!(
        words(&stale, "[role=alert] a[href='?edit=1']"),
        ["Edit that mapping"]
    );
}

#[test]
fn a_mapping_is_edited_in_the_place_of_a_new_one() {
    let mut edited = page();
    edited.form = Some(Form {
        kind: Kind::Edit {
            id: MappingId::from(uuid::Uuid::from_u128(1)),
            version: 3,
            group: Chosen {
                id: OPERATORS.to_owned(),
                name: Some("SonicSaaS-Operators".to_owned()),
                kind: None,
            },
        },
        role: "operator".to_owned(),
        priority: "50".to_owned(),
        role_error: None,
        priority_error: None,
        preview: Preview::Told(Told {
            first: "1 person changes role at their next sign-in:".to_owned(),
            people: vec!["Dana <Reyes>, Viewer → Operator".to_owned()],
            more: vec!["2 people stay as they are.".to_owned()],
            warnings: vec!["Warning: a tie.".to_owned()],
        }),
    });
    let drawn = draw(edited.clone());
    assert_eq!(drawn.first.as_deref(), Some("#mapping"));
    let page = parsed(edited);
    assert_eq!(words(&page, "#mapping"), ["Edit mapping"]);
    assert_eq!(
        all(
            &page,
            "form[action='/api/mappings/update'] input[name=version][value='3']"
        )
        .len(),
        1
    );
    assert_eq!(
        all(
            &page,
            "#mapping-form input[name=query], #mapping-form [name=group_id]"
        )
        .len(),
        0
    );
    assert_eq!(words(&page, "#mapping-form a"), ["Cancel"]);
    assert_eq!(
        words(&page, "#mapping-form button"),
        ["Save mapping", "Preview changes"]
    );
    assert_eq!(words(&page, "#preview h3"), ["What will change"]);
    assert_eq!(words(&page, "#preview li"), ["Dana <Reyes>, Viewer → Operator"]);
    assert_eq!(words(&page, "#preview .state.warn"), ["Warning: a tie."]);
    assert_eq!(words(&page, "#role-hint"), ["Day-to-day device operations"]);
    assert_eq!(all(&page, "#roles[hidden]").len(), 1);
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
