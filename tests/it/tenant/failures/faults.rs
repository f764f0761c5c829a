//! What goes wrong at Microsoft, as answers of its routes.

use entra_emulator::{Fault, MutatedToken, TokenMutation};
use serde_json::{Map, Value, json};

use super::{SLOW_DOWN, SLOW_DOWN_UNTIL, TROUBLE, UNREACHABLE};

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// An answer of the sign-in host with this error.
pub(super) fn refusal(route: &str, status: u16, error: &str, number: u32) -> Fault {
    let body = json!({
        "error": error,
        "error_description": format!("AADSTS{number}: said by Microsoft."),
        "error_codes": [number],
        "trace_id": "0b5d7a52-4d0a-4c36-b5a2-6c2a5a0f4d00",
        "correlation_id": "c0ffee00-4d0a-4c36-b5a2-6c2a5a0f4d00",
    });
    Fault {
        body: Some(body.to_string()),
        ..Fault::status(route, status)
    }
}

/// A change of the answer of a route.
pub(super) fn merged(route: &str, value: &Value) -> Fault {
    Fault {
        route: route.to_owned(),
        merge: members(value),
        ..Fault::default()
    }
}

/// The application's tokens are changed like this.
pub(super) fn token_with(name: &str, value: impl Into<Value>) -> TokenMutation {
    TokenMutation {
        token: MutatedToken::AccessToken,
        grant: Some("client_credentials".to_owned()),
        times: None,
        ..TokenMutation::claim(name, value)
    }
}

/// What is no answer, or none that can be read, and what is to be said of it: the same wherever it happens.
pub(super) fn silences(route: &'static str) -> Vec<(&'static str, Fault, &'static str, &'static str)> {
    let at = |fault: Fault| Fault {
        route: route.to_owned(),
        ..fault
    };
    let later = |text: &str| entra_emulator::RetryAfter::Text(text.to_owned());
    let busy = |after: entra_emulator::RetryAfter| Fault::throttled(route, Some(after));
    let body = |text: &str| Fault {
        body: Some(text.to_owned()),
        ..Fault::status(route, 200)
    };
    vec![
        (
            "busy, for whole seconds",
            busy(entra_emulator::RetryAfter::Seconds(1500)),
            "slow_down",
            SLOW_DOWN_UNTIL,
        ),
        (
            "busy, for a fraction",
            busy(later("1500.5")),
            "slow_down",
            SLOW_DOWN_UNTIL,
        ),
        (
            "busy, until a date",
            busy(entra_emulator::RetryAfter::DateIn(1500)),
            "slow_down",
            SLOW_DOWN_UNTIL,
        ),
        (
            "busy, for nobody knows how long",
            Fault::throttled(route, None),
            "slow_down",
            SLOW_DOWN,
        ),
        ("busy, and nonsense", busy(later("soon")), "slow_down", SLOW_DOWN),
        (
            "an error of theirs",
            Fault::status(route, 500),
            "microsoft_trouble",
            TROUBLE,
        ),
        (
            "unavailable",
            Fault::status(route, 503),
            "microsoft_trouble",
            TROUBLE,
        ),
        (
            "no connection",
            at(Fault {
                close: true,
                ..Fault::default()
            }),
            "unreachable",
            UNREACHABLE,
        ),
        (
            "cut off",
            at(Fault {
                cut_after: Some(20),
                ..Fault::default()
            }),
            "unreachable",
            UNREACHABLE,
        ),
        ("a page", body("<html>said</html>"), "microsoft_trouble", TROUBLE),
        ("half of it", body("{\"value\":["), "microsoft_trouble", TROUBLE),
        ("nothing", body(""), "microsoft_trouble", TROUBLE),
        ("no object", body("null"), "microsoft_trouble", TROUBLE),
        (
            "far too much",
            Fault {
                fill: 5 << 20,
                ..body("{")
            },
            "microsoft_trouble",
            TROUBLE,
        ),
    ]
}
