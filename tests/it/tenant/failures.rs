//! Test Connection against a Microsoft that fails in every way it can: which step says what, what to do, and what a save
//! of the same tenant does.
//!
//! Each row is one failure. Whatever it is, the later steps are not run where the rule says so, nothing was asked that
//! must not be asked, a Microsoft that gave no answer is never called a failure, one event tells the result, and no
//! secret and no token stands anywhere.

use entra_emulator::{ClockSetting, Control, Fault};
use serde_json::{Value, json};
use sonicsaas::{domain::time::Clock as _, routes};

use self::faults::{merged, refusal, silences, token_with};
use super::{owner_of_new_team, page_at, post_json, submit};
use crate::{
    app::{App, CLIENT_SECRET, CONTOSO, Setup},
    browser::Browser,
};

mod directory;
mod faults;
mod find;
mod hang;
mod token;
mod typed;

const UNKNOWN: &str =
    "Microsoft has no tenant with this ID. Copy it again from Overview in the Microsoft Entra admin center.";
const OTHER_CLOUD: &str = "This tenant belongs to another Microsoft cloud. This server uses {host}.";
const OTHER_TENANT: &str = "Microsoft answered for another tenant, and nothing of it was used. Test again; if it happens again, contact the \
     platform administrator.";
const NO_ANSWER: &str = "Microsoft didn't answer within 10 seconds. This says nothing about your settings: test again in a few minutes.";
const UNREACHABLE: &str = "Microsoft couldn't be reached from this server, or the connection broke. This says nothing about your settings: \
     test again in a few minutes.";
const TROUBLE: &str = "Microsoft reported a problem. Test again in a few minutes.";
const SLOW_DOWN: &str = "Microsoft asked us to slow down. Test again in a few minutes.";
const SLOW_DOWN_UNTIL: &str = "Microsoft asked us to slow down. Test again after 14:28 UTC.";
const PROPAGATING: &str =
    "Approved, but Microsoft hasn't applied it everywhere yet. Test again in a few minutes.";
const REFUSED: &str = "Microsoft refused this request. Open Details for Microsoft's own explanation, or send the diagnostic report to the \
     platform administrator.";

/// What a save of the same tenant does.
#[derive(Clone, Copy, Debug)]
enum Saved {
    /// It says nothing of a problem.
    Plainly,
    /// It warns, with the same step and hint.
    Warned,
    /// It warns that the tenant could not be looked at.
    Unchecked,
    /// It is refused, with these words.
    Refused(&'static str),
}

/// One failure.
struct Row {
    /// Its name in a failed assertion.
    what: &'static str,
    /// What is typed.
    typed: &'static str,
    /// Makes Microsoft fail.
    arrange: Box<dyn Fn(&Control)>,
    /// How the six steps end: passed, warning, failed, not run.
    ends: &'static str,
    /// Step, code and hint; the first one decides the result.
    found: Vec<(usize, &'static str, &'static str)>,
    /// The number in the details of that step.
    number: Option<u32>,
    /// What a save does.
    saved: Saved,
}

impl Row {
    fn new(
        what: &'static str,
        arrange: impl Fn(&Control) + 'static,
        ends: &'static str,
        found: (usize, &'static str, &'static str),
    ) -> Self {
        Self {
            what,
            typed: CONTOSO,
            arrange: Box::new(arrange),
            ends,
            found: vec![found],
            number: None,
            saved: Saved::Warned,
        }
    }

    fn typed(self, typed: &'static str) -> Self {
        Self { typed, ..self }
    }

    fn also(mut self, step: usize, code: &'static str, hint: &'static str) -> Self {
        self.found.push((step, code, hint));
        self
    }

    fn number(self, number: u32) -> Self {
        let number = Some(number);
        Self { number, ..self }
    }

    fn saved(self, saved: Saved) -> Self {
        Self { saved, ..self }
    }

    /// The event's words for the whole.
    fn verdict(&self) -> (&'static str, &'static str) {
        let untested = ["no_answer", "unreachable", "slow_down", "microsoft_trouble"];
        if self.ends.contains('F') {
            ("failure", "failed")
        } else if self.found.iter().any(|(_, code, _)| untested.contains(code)) {
            ("failure", "not_tested")
        } else if self.ends.contains('W') {
            ("success", "passed_with_warnings")
        } else {
            ("success", "passed")
        }
    }
}

/// Runs each row on one team whose tenant is proven.
async fn run(rows: Vec<Row>) {
    run_at(|_| rows).await;
}

/// The same for rows that name the sign-in host.
async fn run_at(rows: impl FnOnce(&str) -> Vec<Row>) {
    let app = App::with(Setup {
        from_many_places: true,
        ..Setup::default()
    })
    .await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    for row in &rows(&app.emulator.authority()) {
        let control = app.emulator.control();
        control.reset();
        control.set_clock(ClockSetting::Fixed(app.clock.now().as_seconds()));
        (row.arrange)(&control);
        tests(&app, &owner, row).await;
        saves(&app, &owner, row).await;
    }
    let control = app.emulator.control();
    control.reset();
    control.set_clock(ClockSetting::Fixed(app.clock.now().as_seconds()));
    let well = Row::new("well again", |_| {}, "PPPPPN", (4, "works", GROUPS)).saved(Saved::Plainly);
    tests(&app, &owner, &well).await;
    saves(&app, &owner, &well).await;
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

const GROUPS: &str = "Group.Read.All approved; groups are readable";

fn host_in(app: &App, words: &str) -> String {
    let entra = app.services.entra.as_ref().expect("an app registration");
    words.replace("{host}", &entra.login_host())
}

async fn tests(app: &App, owner: &Browser, row: &Row) {
    let what = row.what;
    app.emulator.control().clear_log();
    let answer = post_json(owner, routes::TENANT_TEST, &[("tenant_id", row.typed)]).await;
    assert_eq!(answer.status, 200, "{what}: {}", answer.body);
    let steps = answer.json()["steps"].clone();
    let ends: String = (0..6).map(|step| letter(&steps[step]["outcome"])).collect();
    assert_eq!(ends, row.ends, "{what}: {steps:#}");
    for (step, code, hint) in &row.found {
        let result = &steps[step - 1];
        assert_eq!(result["code"], *code, "{what}");
        assert_eq!(result["hint"], host_in(app, hint), "{what}");
    }
    for (step, end) in ends.chars().enumerate() {
        if end == 'N' && step != 5 {
            assert_eq!(steps[step]["code"], "skipped", "{what}");
            assert_eq!(steps[step]["hint"], "", "{what}");
        }
    }
    let (decides, code, hint) = row.found[0];
    let details = &steps[decides - 1]["details"];
    if let Some(number) = row.number {
        assert_eq!(details["number"], number, "{what}: {details}");
        let explained = format!("https://login.microsoftonline.com/error?code={number}");
        assert_eq!(details["explained_at"], explained, "{what}");
        assert!(details["correlation_id"].is_string() && details["request_id"].is_string());
    }
    let control = app.emulator.control();
    for (step, route) in [(1, "discovery"), (2, "token"), (3, "graph")] {
        if ends.as_bytes()[step] == b'N' {
            assert!(
                control.log_of(route).is_empty(),
                "{what}: nothing is asked of {route}"
            );
        }
    }

    let event = app.last_event("tenant.tested").await;
    let (outcome, verdict) = row.verdict();
    assert_eq!(
        (event.outcome.as_str(), event.detail("verdict")),
        (outcome, verdict),
        "{what}"
    );
    if outcome == "success" {
        assert_eq!(event.reason, None, "{what}");
    } else {
        assert_eq!(event.reason.as_deref(), Some(code), "{what}");
        assert_eq!(event.details["step"], decides, "{what}");
    }
    if let Some(number) = row.number {
        assert_eq!(event.details["microsoft_number"], number, "{what}");
        assert_eq!(
            event.detail("microsoft_correlation_id"),
            details["correlation_id"],
            "{what}"
        );
    }
    assert!(!event.detail("correlation_id").is_empty());

    let page = page_at(owner, routes::ENTRA).await;
    assert_eq!(page["test"]["steps"], steps, "{what}: the page keeps the result");
    let said = match verdict {
        "failed" => format!("by Olivia Owner. Failed at step {decides}."),
        "not_tested" => format!("by Olivia Owner. Couldn't test step {decides}."),
        "passed" => "by Olivia Owner. Passed.".to_owned(),
        _ => "by Olivia Owner. Passed with warnings.".to_owned(),
    };
    assert_eq!(page["test"]["verdict"], said, "{what}");
    let report = page["test"]["report"].as_str().expect("a report");
    assert!(
        report.contains(&host_in(app, hint)) && report.contains(code),
        "{what}: {report}"
    );
    if let Some(number) = row.number {
        assert!(report.contains(&format!("AADSTS{number}")), "{what}: {report}");
    }
    let drawn = owner.get(routes::ENTRA).await;
    assert_eq!(drawn.status, 200, "{what}");
    for place in [
        &answer.body,
        &page.to_string(),
        &drawn.body,
        &event.details.to_string(),
    ] {
        assert!(!place.contains(CLIENT_SECRET), "{what}: a secret");
        for issued in control.tokens() {
            assert!(!place.contains(&issued.token), "{what}: a token");
        }
    }
    assert!(
        !page.to_string().contains("eyJ") && !answer.body.contains("eyJ"),
        "{what}: a token"
    );
}

async fn saves(app: &App, owner: &Browser, row: &Row) {
    let what = row.what;
    let settings = page_at(owner, routes::ENTRA).await["settings"].clone();
    let before = settings["version"].clone();
    // Each save changes something, so that it is said to be one.
    let guests = if settings["allow_guests"] == true {
        "off"
    } else {
        "on"
    };
    let form = [
        ("tenant_id", row.typed),
        ("enabled", "on"),
        ("allow_guests", guests),
    ];
    let page = submit(owner, routes::TENANT_SAVE, &form).await;
    let saved = "Microsoft Entra ID settings saved.";
    let (step, _, hint) = row.found[0];
    let warning = match row.saved {
        Saved::Refused(words) => {
            assert_eq!(page["problem"]["words"], host_in(app, words), "{what}");
            assert!(page["notice"].is_null(), "{what}");
            assert_eq!(page["settings"]["version"], before, "{what}: nothing was saved");
            return;
        }
        Saved::Plainly => None,
        Saved::Unchecked => {
            Some("Warning: we couldn't check this tenant with Microsoft. Test again later.".to_owned())
        }
        Saved::Warned => {
            let name = page["test"]["names"][step - 1].as_str().expect("a name");
            let hint = host_in(app, hint);
            let how = match row.ends.as_bytes()[step - 1] {
                b'F' => "doesn't pass yet",
                _ => "passes with a warning",
            };
            Some(format!("Warning: the connection test {how}. {name}: {hint}"))
        }
    };
    let said = page["notice"]["words"].as_str().unwrap_or_default();
    assert!(said.starts_with(saved), "{what}: {}", page["problem"]);
    assert_ne!(page["settings"]["version"], before, "{what}: it was saved");
    if let Some(warning) = warning {
        assert!(said.ends_with(&warning), "{what}: {said}");
        assert_eq!(page["notice"]["tone"], "warn", "{what}");
    } else {
        assert!(said.ends_with("can sign in now."), "{what}: {said}");
        assert_eq!(page["notice"]["tone"], "ok", "{what}");
    }
}

fn letter(outcome: &Value) -> char {
    match outcome.as_str() {
        Some("passed") => 'P',
        Some("warning") => 'W',
        Some("failed") => 'F',
        Some("not_run") => 'N',
        other => panic!("{other:?} is no outcome"),
    }
}
