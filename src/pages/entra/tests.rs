//! What the page draws for an answer of the server: names, order, and what is left out.

use scraper::{ElementRef, Html, Selector};

use super::drawn::draw;
use crate::{
    components::rail::Asked,
    domain::{role::Role, time::Timestamp},
    wire::tenant::{
        ConnectionStatus, ConnectionTest, Consent, EntraPage, FailedSignIn, Guests, Outcome, Ownership,
        Problem, Said, Settings, Step, TestDetails, TestStep, Tone,
    },
};

const TENANT: &str = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70";
const REFERENCE: &str = "01JNGZ8K4T6Q2V9XW3M5R7YB1C";

fn said(tone: Tone, words: &str) -> Said {
    Said {
        tone,
        words: words.to_owned(),
    }
}

fn at() -> Timestamp {
    Timestamp::parse("2026-03-04T14:02:11Z").expect("a time")
}

fn step(name: &str, outcome: Outcome, details: bool) -> TestStep {
    TestStep {
        name: name.to_owned(),
        outcome,
        code: "consent_missing".to_owned(),
        hint: format!("Hint of {name}"),
        details: details.then(|| TestDetails {
            at: at(),
            status: Some(400),
            request_id: None,
            correlation_id: Some("c4d19a70-3b5e-4c08-9e62-7f1a8d0b6e25".to_owned()),
            number: Some(7_000_229),
            explained_at: Some("https://login.microsoftonline.com/error?code=7000229".to_owned()),
            reference: REFERENCE.to_owned(),
        }),
    }
}

/// The page of an administrator whose tenant is set up.
fn page() -> EntraPage {
    EntraPage {
        unavailable: None,
        who_may: None,
        notice: None,
        problem: None,
        attention: Vec::new(),
        step: None,
        status: ConnectionStatus {
            sign_in: said(Tone::Ok, "On"),
            ownership: said(Tone::Skip, "Unverified"),
            consent: said(Tone::Ok, "Approved"),
            last_test: Some(at()),
            last_sign_in: None,
            mode: "hybrid".to_owned(),
            default_role: Role::Member,
            default_role_note: "People in no mapped group become Member.".to_owned(),
        },
        settings: Settings {
            tenant_id: TENANT.to_owned(),
            found: Some("Tenant found: contoso.com (3f2a9c1e-…-6f70)".to_owned()),
            enabled: true,
            allow_guests: false,
            version: 3,
            unsaved: false,
        },
        test: ConnectionTest {
            at: Some(at()),
            verdict: "by Adam Cole. Failed at step 2.".to_owned(),
            note: None,
            steps: vec![
                step("First", Outcome::Passed, false),
                step("Second", Outcome::Failed, true),
                step("Third", Outcome::NotRun, false),
            ],
            report: "A report".to_owned(),
            names: ["First", "Second", "Third"].map(str::to_owned).to_vec(),
        },
        ownership: Ownership {
            badge: Some(said(Tone::Skip, "Unverified")),
            words: vec!["Sign in once to contoso.com to prove that this tenant is yours.".to_owned()],
            can_verify: true,
        },
        consent: Consent {
            wait: None,
            can_grant: true,
            address: Some("https://login.microsoftonline.com/x/adminconsent?client_id=y".to_owned()),
        },
        guests: Guests {
            words: "Guests can't sign in.".to_owned(),
            address: None,
        },
        conditional_access: false,
        failures: Some(vec![FailedSignIn {
            at: at(),
            who: "Sam <Hill>".to_owned(),
            email: Some("sam@other.example".to_owned()),
            reason: "Guest account, and Allow guests is off".to_owned(),
            code: "guest_refused".to_owned(),
            next: "Turn on Allow guests.".to_owned(),
            reference: REFERENCE.to_owned(),
            details: vec![("request-id".to_owned(), TENANT.to_owned())],
        }]),
        can_disconnect: true,
    }
}

/// The page as the server draws it for what its address says.
fn drawn_for(asked: Asked, page: EntraPage) -> Html {
    Html::parse_fragment(&draw(page, asked).markup)
}

fn drawn(page: EntraPage) -> Html {
    drawn_for(Asked::default(), page)
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
            found
                .text()
                .collect::<String>()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn the_regions_stand_in_the_order_in_which_they_are_set_up() {
    let page = drawn(page());
    assert_eq!(words(&page, "h1"), ["Microsoft Entra ID"]);
    assert_eq!(
        words(&page, "section[aria-labelledby] h2"),
        [
            "Connection status",
            "Microsoft Entra ID settings",
            "Connection test",
            "Ownership",
            "Admin consent",
            "Guest sign-in",
            "Recent sign-in failures",
            "Disconnect"
        ]
    );
    for section in all(&page, "section") {
        let id = section.value().attr("aria-labelledby").expect("a name");
        assert_eq!(all(&page, &format!("h2#{id}")).len(), 1, "{id}");
    }
}

#[test]
fn the_first_button_of_the_form_saves_and_the_second_tests_the_same_fields() {
    let page = drawn(page());
    let form = "form[action='/api/tenant/save'][method=post]";
    assert_eq!(
        words(&page, &format!("{form} button:not([type])")),
        ["Save", "Test Connection"]
    );
    let formaction: Vec<_> = all(&page, &format!("{form} button:not([type])"))
        .iter()
        .map(|button| button.value().attr("formaction"))
        .collect();
    assert_eq!(formaction, [None, Some("/api/tenant/test")]);
    let fields: Vec<_> = all(&page, &format!("{form} input"))
        .iter()
        .map(|field| {
            let field = field.value();
            (
                field.attr("name").unwrap_or_default(),
                field.attr("value"),
                field.attr("checked").is_some(),
            )
        })
        .collect();
    assert_eq!(
        fields,
        [
            ("tenant_id", Some(TENANT), false),
            ("enabled", Some("on"), true),
            ("allow_guests", Some("on"), false),
            ("confirm", Some("ask"), false),
            ("version", Some("3"), false),
        ]
    );
    assert_eq!(all(&page, ".save-bar.unsaved").len(), 0);
}

#[test]
fn what_is_typed_and_not_saved_says_so() {
    let mut unsaved = page();
    unsaved.settings.unsaved = true;
    let page = drawn(unsaved);
    assert_eq!(
        words(&page, ".save-bar.unsaved p:not([hidden])"),
        ["You have unsaved changes"]
    );
    assert_eq!(words(&page, ".save-bar a:not([hidden])"), ["Discard changes"]);
}

#[test]
fn a_refused_field_is_named_above_the_heading_and_at_the_field() {
    let mut refused = page();
    refused.problem = Some(Problem {
        words: "Enter your Tenant ID".to_owned(),
        at_tenant_id: true,
        verify: Some(REFERENCE.to_owned()),
        theirs: Vec::new(),
    });
    let page = drawn(refused);
    assert_eq!(words(&page, "[role=alert] h2"), ["There is a problem"]);
    assert_eq!(
        words(&page, "[role=alert] a[href='#tenant']"),
        ["Enter your Tenant ID"]
    );
    assert_eq!(
        words(&page, "[role=alert] form[action='/api/tenant/verify'] button"),
        ["Verify ownership"]
    );
    let field = all(&page, "#tenant[aria-invalid=true]")[0];
    assert_eq!(
        field.value().attr("aria-describedby"),
        Some("tenant-hint tenant-error")
    );
    assert_eq!(words(&page, "#tenant-error"), ["Enter your Tenant ID"]);
}

#[test]
fn a_conflict_lists_what_is_saved_now_and_blames_no_field() {
    let mut conflict = page();
    conflict.problem = Some(Problem {
        words: "Priya Shah changed this at 14:01 UTC. Review the new values, then save again.".to_owned(),
        at_tenant_id: false,
        verify: None,
        theirs: vec![("Enabled".to_owned(), "Off".to_owned())],
    });
    let page = drawn(conflict);
    assert_eq!(words(&page, "[role=alert] li"), ["Enabled: Off"]);
    assert_eq!(all(&page, "[aria-invalid], [role=alert] a").len(), 0);
}

#[test]
fn each_step_has_its_result_and_opens_its_own_details() {
    let list = ".section-body > ol[aria-label='Connection test steps']:not([hidden])";
    let closed = drawn(page());
    assert_eq!(
        words(&closed, &format!("{list} > li > .result")),
        ["Passed", "Failed", "Not run"]
    );
    assert_eq!(
        words(&closed, &format!("{list} button[aria-expanded=false]")),
        ["Details for Second"]
    );
    assert_eq!(all(&closed, "#details-2[hidden]").len(), 1);
    let running = "div[hidden] > ol[aria-label='Connection test steps'] > li";
    assert_eq!(
        words(&closed, running),
        ["FirstChecking", "SecondChecking", "ThirdChecking"]
    );
    let asked = Asked {
        open: Some("step-2".to_owned()),
        kept: Some(("test", "01X".to_owned())),
    };
    let open = drawn_for(asked, page());
    assert_eq!(
        words(&open, "#details-2:not([hidden]) dd:last-child a"),
        ["AADSTS7000229"]
    );
    assert!(words(&open, "#details-2 dd").contains(&REFERENCE.to_owned()));
    assert_eq!(
        all(&open, &format!("{list} form input[name=test][value='01X']")).len(),
        1
    );
}

#[test]
fn people_who_may_not_change_it_read_values_and_no_controls() {
    let mut read = page();
    read.who_may = Some("Only owners and admins can change this. Owners: Priya Shah.".to_owned());
    read.can_disconnect = false;
    read.ownership.can_verify = false;
    read.consent.can_grant = false;
    read.consent.address = None;
    read.failures = None;
    let page = drawn(read);
    assert_eq!(all(&page, "input[role=switch], form[method=post]").len(), 0);
    assert!(
        words(&page, "section p")
            .iter()
            .any(|words| words.starts_with("Only owners and admins"))
    );
    assert_eq!(words(&page, ".facts-rows.stretch dd"), [TENANT, "On", "Off"]);
    assert_eq!(words(&page, "button:not([aria-expanded])"), Vec::<String>::new());
    assert_eq!(all(&page, "table").len(), 0);
}

#[test]
fn a_server_without_microsoft_sign_in_has_nothing_to_set_up() {
    let mut none = page();
    none.unavailable = Some("Microsoft sign-in is off on this server: AUTH_MODE is local-only.".to_owned());
    let page = drawn(none);
    assert_eq!(all(&page, "form, section").len(), 0);
    assert!(
        words(&page, "p")
            .iter()
            .any(|words| words.contains("AUTH_MODE is local-only"))
    );
}

#[test]
fn a_step_replaces_the_page_and_what_changes_nothing_comes_first() {
    let mut asked = page();
    asked.step = Some(Step {
        heading: "Turn off Microsoft sign-in?".to_owned(),
        words: vec!["23 people sign in with Microsoft.".to_owned()],
        people: vec!["Dana <Reyes>".to_owned()],
        people_caption: Some("Without a password:".to_owned()),
        takes_away: true,
        action: Some("/api/tenant/save".to_owned()),
        button: "Turn off Microsoft sign-in".to_owned(),
        fields: vec![("confirm".to_owned(), "yes".to_owned())],
    });
    let page = drawn(asked);
    assert_eq!(words(&page, "h1"), ["Turn off Microsoft sign-in?"]);
    assert_eq!(words(&page, "li"), ["Dana <Reyes>"]);
    assert_eq!(
        words(&page, "a, button"),
        ["Cancel", "Turn off Microsoft sign-in"]
    );
    assert_eq!(
        all(
            &page,
            "form[action='/api/tenant/save'] input[name=confirm][value=yes]"
        )
        .len(),
        1
    );
    assert_eq!(all(&page, "button.button-danger").len(), 1);
}

#[test]
fn a_refused_sign_in_is_a_row_with_the_reference_that_the_person_saw() {
    let page = drawn(page());
    assert_eq!(words(&page, "table caption"), ["Recent sign-in failures"]);
    assert_eq!(
        words(&page, "thead th"),
        ["Time", "Who", "Reason", "Correlation ID"]
    );
    assert_eq!(words(&page, "tbody th"), ["Sam <Hill>sam@other.example"]);
    assert_eq!(words(&page, "#failure-1-reference"), [REFERENCE]);
    assert_eq!(
        words(&page, "tbody button[aria-expanded]"),
        [format!("Details for {REFERENCE}")]
    );
    let mut quiet = self::page();
    quiet.failures = Some(Vec::new());
    let quiet = drawn(quiet);
    assert_eq!(all(&quiet, "table").len(), 0);
    assert!(words(&quiet, "p").contains(&"No failed sign-ins in the last 7 days.".to_owned()));
}
