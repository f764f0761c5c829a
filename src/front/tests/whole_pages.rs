//! Notices, themes and the pages about what went wrong.

use super::*;
use crate::routes;

#[test]
fn notices_stand_in_the_status() {
    let notices = [
        (
            Notice::SignedOut,
            "You were signed out. Sign in to continue.".to_owned(),
        ),
        (
            Notice::Broken(REFERENCE.to_owned()),
            format!(
                "There is a problem on our side. Try again, or contact the platform administrator with reference \
                 {REFERENCE}."
            ),
        ),
    ];
    for (notice, said) in notices {
        let notice = Some(notice);
        let document = read(&login(&frame(), &Login { notice, ..page() }));
        assert_eq!(words(one(&document, "main > output.banner")), said);
    }
}

#[test]
fn who_is_signed_in_already_may_go_on() {
    let continue_as = Some(("Zoë <b>".to_owned(), "Northwind & Sons".to_owned()));
    let document = read(&login(
        &frame(),
        &Login {
            continue_as,
            ..refused(Refusal::Cancelled)
        },
    ));
    let link = one(&document, "main > p > a");
    assert_eq!(words(link), "Continue to Northwind & Sons as Zoë <b>");
    assert_eq!(link.attr("href"), Some("/dashboard"));
}

#[test]
fn the_theme_is_there_before_any_style() {
    for (theme, attribute, scheme) in [
        (Theme::System, None, "light dark"),
        (Theme::Light, Some("light"), "light"),
        (Theme::Dark, Some("dark"), "dark"),
    ] {
        let document = read(&login(&Frame { theme, ..frame() }, &page()));
        assert_eq!(one(&document, "html").attr("data-theme"), attribute);
        assert_eq!(
            one(&document, "meta[name=color-scheme]").attr("content"),
            Some(scheme)
        );
    }
}

#[test]
fn problems_say_what_happened_and_lead_on() {
    let reference = || REFERENCE.to_owned();
    let team_name = "Northwind <MSP>".to_owned();
    let pages = [
        (Problem::NotFound, 404, "Page not found", "a[href='/dashboard']"),
        (Problem::Forbidden, 403, "You can't open this page", "p"),
        (
            Problem::SignedOut {
                next: LocalPath::parse(routes::ENTRA).expect("a page"),
                form: None,
            },
            401,
            "You were signed out",
            "a[href='/login?next=/dashboard/integrations/entra']",
        ),
        (
            Problem::Unreadable {
                next: LocalPath::parse(routes::ENTRA).expect("a page"),
            },
            400,
            "There is a problem with this page",
            "a[href='/dashboard/integrations/entra']",
        ),
        (
            Problem::NoLongerMember { team_name },
            403,
            "You're no longer a member of Northwind <MSP>",
            "form[method=post][action='/logout'] > button",
        ),
        (
            Problem::WrongHost,
            421,
            "This isn't the address of SonicSaaS",
            "p",
        ),
        (Problem::TooLarge, 413, "That was too much at once", "p"),
        (
            Problem::TimedOut {
                reference: reference(),
            },
            503,
            "There is a problem with this page",
            "form[method=get][action='/'] > button",
        ),
        (
            Problem::Busy {
                reference: reference(),
            },
            503,
            "There is a problem with this page",
            "form[method=get][action='/'] > button",
        ),
        (
            Problem::Internal {
                reference: reference(),
            },
            500,
            "There is a problem with this page",
            "form[method=get][action='/'] > button",
        ),
    ];
    for (page, status, heading, way_on) in pages {
        assert_eq!(page.status(), status);
        let document = read(&problem(&frame(), &page));
        assert_eq!(words(one(&document, "h1")), heading);
        assert_eq!(all(&document, &format!("main {way_on}")).len(), 1, "{page:?}");
        let expected = usize::from(status >= 500);
        assert_eq!(
            all(&document, "main .reference #reference").len(),
            expected,
            "{page:?}"
        );
    }
}

#[test]
fn the_tested_headings_are_the_catalogue() {
    let catalogue = text::<refusals::Refusals>();
    for &(code, heading, _) in REFUSALS {
        let refusal: Refusal = code.parse().expect("one of the fixed codes");
        assert_eq!((catalogue.heading)(refusal), heading);
    }
}
