//! Microsoft's bad days: for one tenant an endpoint is down, slow, dripping, bombed or redirecting. Its people are
//! refused in bounded time and for the right reason, people of other tenants notice nothing, and nobody who is signed in
//! loses the session.

use std::time::Duration;

use entra_emulator::{Drip, Fault};
use sonicsaas::routes;

use crate::app::{App, CONTOSO, FABRIKAM};

/// Longer than all waits of a sign-in together, and far shorter than a person's patience with a blank page.
const BOUND: Duration = Duration::from_secs(40);

/// What happens at one endpoint of Contoso, and how the sign-in of its people ends.
struct Outage {
    fault: Fault,
    reason: &'static str,
    check: &'static str,
}

fn at_contoso(route: &str, fault: Fault) -> Fault {
    Fault {
        route: route.to_owned(),
        containing: Some(CONTOSO.to_owned()),
        ..fault
    }
}

fn drip() -> Fault {
    Fault {
        body: Some("{".repeat(10)),
        drip: Some(Drip {
            bytes: 1,
            every_ms: 50,
            endless: true,
        }),
        ..Fault::default()
    }
}

/// Lets each outage happen while somebody is signed in and others sign in.
async fn live_through(route: &str, outages: Vec<Outage>) {
    let app = App::start().await;
    app.northwind().await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let control = app.emulator.control();
    // Whoever signs in at Contoso makes its keys known.
    let who_is_in = match route {
        "keys" => "omar@fabrikam.com",
        _ => "dana@contoso.com",
    };
    let pinned = format!("{}?tenant={CONTOSO}", routes::SIGN_IN);
    for outage in outages {
        // What is known of a tenant is believed for a day; after that its keys must be fetched anew.
        app.advance(Duration::from_hours(25));
        let live = app.signed_in(who_is_in).await;
        control.fault(at_contoso(route, outage.fault.clone()));
        control.clear_log();
        let browser = app.browser();
        let target = app.pick(&browser, "adam@contoso.com", &pinned).await;
        let affected = tokio::time::timeout(BOUND, browser.get(&target));
        let others = async {
            // Only once the affected sign-in stands before the broken endpoint.
            while app.emulator.control().log_of(route).is_empty() {
                tokio::task::yield_now().await;
            }
            for _ in 0..3 {
                app.signed_in("omar@fabrikam.com").await;
                assert_eq!(live.call(routes::VIEWER).await.status, 200);
            }
            app.events().await.len()
        };
        let (reply, seen) = tokio::join!(affected, others);
        let reply = reply.expect("an answer in bounded time");
        let event = app.refusal(&browser, &reply).await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some(outage.reason), outage.check),
            "{:?}",
            outage.fault
        );
        if outage.fault.hang || outage.fault.drip.is_some() {
            assert_eq!(
                app.events().await.len(),
                seen + 1,
                "the others were through before the affected one was refused"
            );
        }
        assert_eq!(
            live.call(routes::VIEWER).await.status,
            200,
            "nobody's session ends"
        );
        control.clear_faults();
        // Well again without a restart.
        app.advance(Duration::from_mins(6));
        app.signed_in("adam@contoso.com").await;
    }
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

const fn outage(fault: Fault, reason: &'static str, check: &'static str) -> Outage {
    Outage { fault, reason, check }
}

fn status(status: u16) -> Fault {
    Fault::status("", status)
}

fn filled() -> Fault {
    Fault {
        status: Some(200),
        fill: 50 << 20,
        ..Fault::default()
    }
}

fn redirected() -> Fault {
    Fault {
        redirect_to: Some("http://127.0.0.1:9/stolen".to_owned()),
        status: Some(307),
        ..Fault::default()
    }
}

fn hanging() -> Fault {
    Fault {
        hang: true,
        ..Fault::default()
    }
}

fn closing() -> Fault {
    Fault {
        close: true,
        ..Fault::default()
    }
}

const UNREACHABLE: &str = "provider_unreachable";

#[tokio::test]
async fn a_token_endpoint_that_is_down() {
    live_through(
        "token",
        vec![
            outage(status(503), UNREACHABLE, ""),
            outage(status(429), UNREACHABLE, ""),
            outage(closing(), UNREACHABLE, ""),
            outage(filled(), "token_invalid", "token_too_large"),
            outage(redirected(), "exchange_failed", "token_response_invalid"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_token_endpoint_that_never_answers() {
    live_through("token", vec![outage(hanging(), UNREACHABLE, "")]).await;
}

#[tokio::test]
async fn a_token_endpoint_that_drips() {
    live_through("token", vec![outage(drip(), UNREACHABLE, "")]).await;
}

#[tokio::test]
async fn keys_that_cannot_be_read() {
    live_through(
        "keys",
        vec![
            outage(status(503), UNREACHABLE, ""),
            outage(closing(), UNREACHABLE, ""),
            outage(filled(), UNREACHABLE, ""),
            outage(redirected(), "provider_error", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn keys_that_never_come() {
    live_through("keys", vec![outage(hanging(), UNREACHABLE, "")]).await;
}

#[tokio::test]
async fn keys_that_drip() {
    live_through("keys", vec![outage(drip(), UNREACHABLE, "")]).await;
}
