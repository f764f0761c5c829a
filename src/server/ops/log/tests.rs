//! Lines as they are written, from events as they happen.

use std::sync::{Arc, Mutex};

use tracing::{info, info_span};
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::domain::{
    id::Randomness,
    time::{FixedClock, Timestamp},
};

#[derive(Debug)]
struct Zeros;

impl Randomness for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// What `work` logs in this form with this `RUST_LOG`.
fn logged(format: LogFormat, directives: &str, work: impl FnOnce()) -> String {
    let clock = FixedClock::at(Timestamp::parse("2026-03-04T14:02:11Z").expect("a time"));
    let ids = Ids::new(Arc::new(clock), Arc::new(Zeros));
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink: Sink = {
        let written = Arc::clone(&written);
        Arc::new(move |line| written.lock().expect("unbroken").extend_from_slice(line))
    };
    let lines = Lines::new(format, false, ids, sink).with_filter(filter(directives));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
    let written = written.lock().expect("unbroken").clone();
    String::from_utf8(written).expect("text")
}

fn one_json(text: &str) -> serde_json::Value {
    assert_eq!(text.matches('\n').count(), 1, "{text:?}");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_json_line_carries_the_fields_of_its_spans_flat() {
    let text = logged(LogFormat::Json, "info", || {
        let request = info_span!(
            "request",
            otel.kind = "server",
            correlation_id = "01REF",
            http.request.method = "GET",
            http.route = "/login",
            http.response.status_code = tracing::field::Empty
        );
        let _request = request.enter();
        let _step = info_span!("redeem").entered();
        request.record("http.response.status_code", 200_u16);
        info!(duration_ms = 1.5, "answered");
    });
    assert_eq!(
        one_json(&text),
        serde_json::json!({
            "timestamp": "2026-03-04T14:02:11.000000Z", "level": "INFO", "target": module_path!(),
            "message": "answered", "correlation_id": "01REF", "method": "GET", "route": "/login", "status": 200,
            "duration_ms": 1.5
        })
    );
}

#[test]
fn a_text_line_says_the_same() {
    let text = logged(LogFormat::Text, "info", || {
        let _request = info_span!("request", correlation_id = "01REF").entered();
        info!(status = 200, why = "two words", "answered");
    });
    assert_eq!(
        text,
        format!(
            "2026-03-04T14:02:11.000000Z  INFO {}: answered correlation_id=01REF status=200 why=\"two words\"\n",
            module_path!()
        )
    );
}

#[test]
fn the_reference_stands_on_lines_that_a_narrow_filter_lets_through() {
    for directives in ["warn", "error", "error,hyper=debug"] {
        let text = logged(LogFormat::Json, directives, || {
            let _request = info_span!("request", correlation_id = "01REF").entered();
            info!("not let through");
            tracing::error!("broken");
        });
        let line = one_json(&text);
        assert_eq!(
            (line["message"].as_str(), line["correlation_id"].as_str()),
            (Some("broken"), Some("01REF")),
            "{directives}"
        );
    }
    assert_eq!(logged(LogFormat::Json, "off", || info!("nothing")), "");
}

/// INP-005: what an outsider can bring into a value.
const HOSTILE: [&str; 8] = [
    "Mallory\r\n2026-03-04T14:02:11.000000Z  INFO sonicsaas: all is well",
    "\n{\"level\":\"INFO\",\"message\":\"all is well\"}",
    "\",\"level\":\"ERROR\",\"x\":\"",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m C1",
    "\u{2028}line\u{2029}paragraph\u{85}next",
    "\u{202e}drawkcab\u{2066}",
    "back\\slash \"quote\" = x=y",
];

#[test]
fn nothing_forges_a_line() {
    for hostile in HOSTILE {
        for format in [LogFormat::Json, LogFormat::Text] {
            let text = logged(format, "info", || {
                let _request = info_span!("request", correlation_id = hostile).entered();
                info!(name = hostile, shown = %hostile, debug = ?hostile, "hello {hostile}");
            });
            let line = text.strip_suffix('\n').expect("a line end");
            assert!(!line.chars().any(acts), "{hostile:?}: {line:?}");
            if format == LogFormat::Json {
                let read = one_json(&text);
                assert_eq!(read["name"], hostile, "nothing is lost");
                assert_eq!(read["level"], "INFO");
                assert_eq!(read["message"], format!("hello {hostile}"));
            }
        }
    }
}

#[test]
fn a_text_value_cannot_leave_its_quotes() {
    let text = logged(LogFormat::Text, "info", || {
        info!(name = "a\" status=\"500", "hello");
    });
    assert!(text.ends_with("hello name=\"a\\\" status=\\\"500\"\n"), "{text}");
}

#[test]
fn a_field_cannot_replace_what_every_line_has() {
    let text = logged(LogFormat::Json, "info", || {
        info!(level = "FAKE", target = "fake", timestamp = "never", "real");
    });
    let line = one_json(&text);
    assert_eq!(
        (line["level"].as_str(), line["field.level"].as_str()),
        (Some("INFO"), Some("FAKE"))
    );
    assert_eq!(line["message"], "real");
}

#[test]
fn an_error_comes_with_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);
    let text = logged(LogFormat::Json, "info", || {
        let error: Box<dyn Error> = Box::new(Outer(std::io::Error::other("inner")));
        info!(error = &*error, "broken");
    });
    assert_eq!(one_json(&text)["error"], "outer: inner");
}
