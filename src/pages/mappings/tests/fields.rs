//! The form as the page draws it: fields and buttons without a script, what was found, chosen, refused and previewed.

use scraper::Html;

use super::{OPERATORS, all, form, link, page, parsed, words};
use crate::{
    domain::id::MappingId,
    pages::mappings::{
        Choice, Chosen, Finder, Form, Kind, Preview, Problem, Results, Told,
        drawn::{draw, options},
    },
};

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
    let options = Html::parse_fragment(&options(&results));
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
