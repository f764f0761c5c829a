//! The pages as a browser reads them: through an HTML parser.

mod form;
mod permissions;
mod whole_pages;

use scraper::{ElementRef, Html, Selector};

use super::*;
use crate::{
    domain::{session::LocalPath, sign_in::Refusal},
    text::{refusals, text},
};

const REFERENCE: &str = "01JNGZ8K4T6Q2V9XW3M5R7YB1C";

fn frame() -> Frame {
    Frame {
        theme: Theme::System,
        assets: Assets {
            stylesheet: "/pkg/sonicsaas.css".to_owned(),
        },
    }
}

fn page() -> Login {
    Login {
        microsoft: true,
        password: false,
        next: LocalPath::dashboard(),
        origin: "https://sonicsaas.example".to_owned(),
        refusal: None,
        notice: None,
        typed: Typed::default(),
        continue_as: None,
    }
}

fn refused(refusal: Refusal) -> Login {
    Login {
        refusal: Some(Refused {
            refusal,
            reference: Some(REFERENCE.to_owned()),
        }),
        ..page()
    }
}

/// Reads a document, and checks what holds for every one of them.
fn read(html: &str) -> Html {
    assert!(html.starts_with("<!DOCTYPE html>\n<html"), "{html}");
    assert!(
        !html.contains("<!--") && !html.contains("<!>"),
        "only what a reader needs: {html}"
    );
    let document = Html::parse_document(html);
    assert_eq!(document.errors, Vec::<std::borrow::Cow<str>>::new());
    assert_eq!(all(&document, "h1").len(), 1);
    assert_eq!(
        all(&document, "[style], style, script:not([src]), [onclick]").len(),
        0
    );
    assert_eq!(all(&document, "main#main[tabindex='-1'] > output").len(), 1);
    assert_eq!(all(&document, "body > a.skip[href='#main']").len(), 1);
    let script = one(&document, "script");
    assert_eq!(
        (script.attr("src"), script.attr("defer")),
        (Some("/front.js"), Some(""))
    );
    let stylesheet = one(&document, "link[rel=stylesheet]");
    assert_eq!(stylesheet.attr("href"), Some("/pkg/sonicsaas.css"));
    assert_eq!(one(&document, "html").attr("lang"), Some("en"));
    let heading = words(one(&document, "h1"));
    assert_eq!(words(one(&document, "title")), format!("{heading} – SonicSaaS"));
    let ids: Vec<_> = all(&document, "[id]").iter().map(|it| it.attr("id")).collect();
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
    for button in all(&document, "[data-copy]") {
        let of = button.attr("data-copy").unwrap_or_default();
        assert_eq!(all(&document, &format!("#{of}")).len(), 1, "{of}");
        assert_eq!(button.attr("hidden"), Some(""), "a script shows it");
        let next = button.next_siblings().find_map(ElementRef::wrap);
        assert_eq!(next.map(|it| it.value().name()), Some("output"));
    }
    document
}

fn all<'document>(document: &'document Html, selector: &str) -> Vec<ElementRef<'document>> {
    let selector = Selector::parse(selector).expect("a selector of this file");
    document.select(&selector).collect()
}

fn one<'document>(document: &'document Html, selector: &str) -> ElementRef<'document> {
    let found = all(document, selector);
    assert_eq!(found.len(), 1, "{selector} in {}", document.html());
    found[0]
}

/// The text of an element with white space as a browser shows it.
fn words(element: ElementRef<'_>) -> String {
    element
        .text()
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_sign_in_page_offers_microsoft_and_nothing_else() {
    let document = read(&login(&frame(), &page()));
    assert_eq!(words(one(&document, "h1")), "Sign in to SonicSaaS");
    let form = one(&document, "form");
    assert_eq!(
        (
            form.attr("method"),
            form.attr("action"),
            form.attr("data-sending")
        ),
        (
            Some("get"),
            Some("/api/auth/signin/microsoft-entra-id"),
            Some("Signing in…")
        )
    );
    assert_eq!(
        one(&document, "input[type=hidden][name=next]").attr("value"),
        Some("/dashboard")
    );
    let button = one(&document, "form button");
    assert_eq!(words(button), "Sign in with Microsoft");
    assert!(
        button.last_child().is_some_and(|last| last.value().is_text()),
        "front.js swaps the label"
    );
    assert_eq!(
        words(one(&document, ".under p")),
        "Use your work or school account."
    );
    let other = one(&document, ".under a");
    assert_eq!(words(other), "Use a different Microsoft account");
    assert_eq!(
        other.attr("href"),
        Some("/api/auth/signin/microsoft-entra-id?prompt=select_account&next=/dashboard")
    );
    assert_eq!(
        all(&document, "[role=alert], [autofocus], .or, input[type=password]").len(),
        0
    );
    assert_eq!(words(one(&document, "main output")), "");
    let said = words(one(&document, "body")).to_lowercase();
    for unknown in ["azure", "active directory", "entra"] {
        assert!(!said.contains(unknown), "people don't know {unknown}");
    }
}

#[test]
fn the_way_back_is_kept_and_cannot_break_out() {
    let next = LocalPath::parse("/dashboard?x=\"><b>&open=menu").expect("local");
    let document = read(&login(&frame(), &Login { next, ..page() }));
    assert_eq!(
        one(&document, "input[name=next]").attr("value"),
        Some("/dashboard?x=\"><b>&open=menu")
    );
    assert_eq!(
        one(&document, ".under a").attr("href"),
        Some(
            "/api/auth/signin/microsoft-entra-id?prompt=select_account&next=/dashboard%3Fx%3D%22%3E%3Cb%3E%26open%3Dmenu"
        )
    );
    assert_eq!(all(&document, "b").len(), 0);
}

/// Heading and text of every refusal, as the person reads them on a server without password sign-in.
const REFUSALS: &[(&str, &str, &str)] = &[
    (
        "tenant_not_registered",
        "Your organization hasn't been set up for SSO yet",
        "Ask the person who manages SonicSaaS at your company to register your organization's tenant, or use a \
         different account.",
    ),
    (
        "tenant_disabled",
        "Microsoft sign-in is turned off for your team",
        "Ask an owner or admin of your team.",
    ),
    (
        "tenant_unverified",
        "Your team hasn't finished setting up Microsoft sign-in",
        "Ask an owner or admin of your team to verify ownership.",
    ),
    (
        "guest_refused",
        "Guests can't sign in to this team",
        "Use an account of the organization itself, or ask an owner or admin to allow guests.",
    ),
    (
        "personal_account",
        "Personal Microsoft accounts can't be used",
        "Use your work or school account.",
    ),
    ("cancelled", "Microsoft sign-in was cancelled", "Try again."),
    (
        "consent_required",
        "Your organization hasn't approved SonicSaaS yet",
        "Send this to your Microsoft 365 administrator:",
    ),
    (
        "not_assigned",
        "Your account isn't assigned to SonicSaaS",
        "Ask your Microsoft 365 administrator to assign you or your group.",
    ),
    (
        "blocked_by_policy",
        "Your organization's sign-in policy stopped this sign-in",
        "Follow Microsoft's instructions for your device or network, or ask your administrator.",
    ),
    (
        "provider_error",
        "Microsoft reported a problem",
        "Try again in a few minutes.",
    ),
    (
        "provider_unreachable",
        "We can't reach Microsoft right now",
        "Try again in a few minutes.",
    ),
    (
        "state_invalid",
        "That sign-in expired or was opened in another tab",
        "Start again.",
    ),
    (
        "exchange_failed",
        "We couldn't finish signing you in",
        "Try again. If it keeps happening, send the reference to the person who manages SonicSaaS.",
    ),
    (
        "token_invalid",
        "We couldn't finish signing you in",
        "Try again. If it keeps happening, send the reference to the person who manages SonicSaaS.",
    ),
    (
        "groups_unavailable",
        "We couldn't read your groups from Microsoft",
        "You are in more groups than Microsoft puts in a sign-in, and it didn't give us the list. Try again later, or \
         send the reference to your administrator.",
    ),
    (
        "suspended",
        "Your SonicSaaS account is suspended",
        "Ask an owner or admin of your team.",
    ),
    (
        "sso_disabled",
        "Microsoft sign-in is turned off on this server",
        "",
    ),
    (
        "password_disabled",
        "Password sign-in is turned off on this server",
        "Use Sign in with Microsoft.",
    ),
    (
        "bad_credentials",
        "There is a problem",
        "Email address or password is incorrect. Check both and try again.",
    ),
    (
        "bad_code",
        "There is a problem",
        "That code didn't match. Wait for a new code, and check that your phone sets its time automatically.",
    ),
    (
        "throttled",
        "There is a problem",
        "Too many attempts. Try again later.",
    ),
];

#[test]
fn every_refusal_says_what_happened_and_what_to_do() {
    assert_eq!(REFUSALS.len(), Refusal::ALL.len());
    for &(code, heading, advice) in REFUSALS {
        let refusal: Refusal = code.parse().expect("one of the fixed codes");
        let document = read(&login(&frame(), &refused(refusal)));
        let alert = one(&document, "main > .banner.bad[role=alert][tabindex='-1']");
        assert_eq!(words(one(&document, "[role=alert] h2")), heading, "{code}");
        let first = all(&document, "[role=alert] .text > p:not(.reference)")
            .first()
            .map(|it| words(*it));
        assert_eq!(first.unwrap_or_default(), advice, "{code}");
        assert_eq!(
            alert
                .next_siblings()
                .find_map(ElementRef::wrap)
                .map(|it| it.value().name()),
            Some("h1"),
            "the alert stands above the heading"
        );
    }
}

#[test]
fn a_reference_can_be_copied_except_for_the_password_form() {
    for &refusal in Refusal::ALL {
        let document = read(&login(&frame(), &refused(refusal)));
        let lines: Vec<_> = all(&document, ".reference").into_iter().map(words).collect();
        let of_the_form = ["bad_credentials", "bad_code", "throttled"].contains(&refusal.code());
        if of_the_form {
            assert_eq!(lines, Vec::<String>::new(), "{refusal}");
        } else {
            assert_eq!(
                lines,
                [format!("Reference: {REFERENCE} Copy reference")],
                "{refusal}"
            );
            assert_eq!(words(one(&document, "#reference")), REFERENCE);
            let button = one(&document, "[data-copy=reference]");
            assert_eq!(button.attr("data-copied"), Some("Reference copied"));
        }
    }
}

#[test]
fn a_refusal_without_a_reference_shows_none() {
    let refusal = Some(Refused {
        refusal: Refusal::Cancelled,
        reference: None,
    });
    let document = read(&login(&frame(), &Login { refusal, ..page() }));
    assert_eq!(all(&document, "[role=alert]").len(), 1);
    assert_eq!(all(&document, ".reference").len(), 0);
}

#[test]
fn the_administrator_gets_a_message_that_says_what_to_do() {
    let document = read(&login(&frame(), &refused(Refusal::ConsentRequired)));
    let message = words(one(&document, "#message"));
    assert!(message.contains("SonicSaaS"), "{message}");
    assert!(
        message.contains("Open https://sonicsaas.example/login and"),
        "{message}"
    );
    // What is copied is text: the address must stand in it, and not only behind a word.
    assert!(
        message.ends_with(": https://sonicsaas.example/permissions"),
        "{message}"
    );
    assert_eq!(one(&document, "#message a").attr("href"), Some("/permissions"));
    assert_eq!(words(one(&document, "[data-copy=message]")), "Copy message");
    assert_eq!(
        one(&document, "[data-copy=message]").attr("data-copied"),
        Some("Message copied")
    );
    for &refusal in Refusal::ALL.iter().filter(|it| **it != Refusal::ConsentRequired) {
        assert_eq!(
            all(&read(&login(&frame(), &refused(refusal))), "#message").len(),
            0,
            "{refusal}"
        );
    }
}

#[test]
fn sentences_about_email_appear_with_the_password_form() {
    let with = Login {
        password: true,
        ..refused(Refusal::TenantDisabled)
    };
    let document = read(&login(&frame(), &with));
    assert_eq!(
        words(one(&document, "[role=alert] .text > p:not(.reference)")),
        "Sign in with email, or ask an owner or admin of your team."
    );
}

#[test]
fn a_server_without_any_sign_in_says_whom_to_ask() {
    let off = Login {
        microsoft: false,
        ..refused(Refusal::SsoDisabled)
    };
    let document = read(&login(&frame(), &off));
    assert_eq!(
        words(one(&document, "main > p")),
        "Sign-in isn't set up on this server. Ask the platform administrator."
    );
    assert_eq!(all(&document, "form, button:not(.copy)").len(), 0);
}
