//! The form for email and password, and the page of a recovery link.

use super::*;
use crate::domain::time::Timestamp;

const UNTIL: &str = "2026-03-04T14:24:30Z";

fn with(email: &str, problems: &[FormProblem]) -> Html {
    let typed = Typed {
        email: email.to_owned(),
        problems: problems.to_vec(),
    };
    let password = true;
    let html = login(
        &frame(),
        &Login {
            password,
            typed,
            ..page()
        },
    );
    let heading = "<title>Error: ";
    // What holds for every document holds here too, but for the word that the title begins with.
    assert_eq!(html.contains(heading), !problems.is_empty());
    read(&html.replace(heading, "<title>"))
}

#[test]
fn the_form_stands_below_microsoft_and_by_itself() {
    let document = with("", &[]);
    let order: Vec<_> = all(&document, "main > form, main > .or")
        .iter()
        .map(|it| it.attr("method").map_or_else(|| words(*it), str::to_owned))
        .collect();
    assert_eq!(order, ["get", "or", "post"]);
    let form = one(&document, "form[method=post]");
    assert_eq!(
        (form.attr("action"), form.attr("novalidate")),
        (Some("/login"), Some(""))
    );
    assert_eq!(
        all(&document, "[role=alert], [autofocus], [aria-invalid], .error").len(),
        0
    );
    assert_eq!(one(&document, "#email").attr("autocomplete"), Some("username"));
    let show = one(&document, "button[data-show=password]");
    assert_eq!(
        (show.attr("hidden"), show.attr("type"), show.attr("aria-pressed")),
        (Some(""), Some("button"), Some("false"))
    );

    let alone = Login {
        microsoft: false,
        password: true,
        ..page()
    };
    let document = read(&login(&frame(), &alone));
    assert_eq!(all(&document, "form").len(), 1);
    assert_eq!(all(&document, ".or").len(), 0);
}

#[test]
fn each_problem_is_said_twice_and_leads_to_its_field() {
    for (problem, said, field) in [
        (FormProblem::NoEmail, "Enter your email address", "email"),
        (
            FormProblem::EmailFormat,
            "Enter an email address in the correct format, like name@example.com",
            "email",
        ),
        (FormProblem::NoPassword, "Enter your password", "password"),
        (
            FormProblem::BadCredentials,
            "Email address or password is incorrect. Check both and try again.",
            "email",
        ),
    ] {
        let document = with("<i>\"@x", &[problem]);
        let alert = one(&document, "[role=alert]");
        assert_eq!(
            (alert.attr("tabindex"), alert.attr("autofocus")),
            (Some("-1"), Some(""))
        );
        assert_eq!(words(one(&document, "[role=alert] h2")), "There is a problem");
        let link = one(&document, "[role=alert] a");
        assert_eq!(
            (words(link).as_str(), link.attr("href")),
            (said, Some(format!("#{field}").as_str()))
        );
        let input = one(&document, "[aria-invalid=true]");
        assert_eq!(input.attr("id"), Some(field));
        let error = input.attr("aria-describedby").expect("described");
        assert_eq!(words(one(&document, &format!("#{error}"))), said);
        assert_eq!(one(&document, "#email").attr("value"), Some("<i>\"@x"));
        assert_eq!(one(&document, "#password").attr("value"), None);
    }
}

#[test]
fn who_has_to_wait_reads_until_when() {
    let until = Timestamp::parse(UNTIL).expect("a time");
    let document = with("priya@contoso.com", &[FormProblem::Throttled(until)]);
    assert_eq!(
        words(one(&document, "[role=alert] li")),
        "Too many attempts. Try again after 14:25 UTC."
    );
    assert_eq!(
        all(&document, "[role=alert] a, [aria-invalid]").len(),
        0,
        "no field is wrong"
    );

    let page = Problem::Throttled { until };
    assert_eq!(page.status(), 429);
    let document = read(&problem(&frame(), &page));
    assert_eq!(
        words(one(&document, "main > p")),
        "Too many requests. Try again after 14:25 UTC."
    );
}

#[test]
fn a_recovery_link_says_for_whom_and_until_when() {
    let offered = Recover::Offered {
        action: "/recover/0".to_owned(),
        person: "<b>@contoso.com".to_owned(),
        until: Timestamp::parse(UNTIL).expect("a time"),
    };
    let document = read(&recover(&frame(), &offered));
    assert_eq!(
        words(one(&document, "main > p")),
        "Made by the platform administrator for <b>@contoso.com. It works once, until 14:24 UTC."
    );
    let form = one(&document, "form");
    assert_eq!(
        (form.attr("method"), form.attr("action")),
        (Some("post"), Some("/recover/0"))
    );
    assert_eq!(words(one(&document, "form button")), "Sign in");

    let document = read(&recover(&frame(), &Recover::Unavailable));
    assert_eq!(words(one(&document, "h1")), "This link isn't available");
    assert_eq!(
        words(one(&document, "main > p")),
        "Ask the platform administrator for a new one."
    );
    assert_eq!(all(&document, "form").len(), 0);
}

#[test]
fn the_dashboard_is_told_in_its_own_status() {
    let status = Html::parse_fragment(&recovered());
    assert_eq!(
        words(one(&status, "output.banner")),
        "You signed in with a recovery link. This was recorded."
    );
}
