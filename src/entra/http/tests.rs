//! The way out against a host that misbehaves in every way.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::HeaderValue;

use super::*;
use crate::entra::testing::{Host, NOW, Says, ids, impatient};

const WHAT: &str = "a test";

fn now() -> Timestamp {
    Timestamp::from_micros(NOW * 1_000_000)
}

async fn get(host: &Host) -> Result<Answer, EntraError> {
    let zone = Zone::new(&host.url, impatient()).expect("loopback");
    zone.get(WHAT, host.url.clone(), 1000, &ids().0).await
}

#[tokio::test]
async fn an_answer_is_read_whole() {
    let host = Host::start(|_| Says::text(200, "text/plain", &"x".repeat(1000))).await;
    let answer = get(&host).await.expect("answered");
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 1000));
}

#[tokio::test]
async fn no_redirect_is_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Host::start(|_| Says::text(200, "text/plain", "stolen")).await;
        let target = elsewhere.url.to_string();
        let host = Host::start(move |_| Says::status(status, "location", &target)).await;
        let answer = get(&host).await.expect("answered");
        assert_eq!(answer.status.as_u16(), status);
        assert!(elsewhere.asked().is_empty(), "DSC-005");
    }
}

#[tokio::test]
async fn a_body_is_read_only_to_its_limit() {
    let announced = Host::start(|_| Says::text(200, "text/plain", &"x".repeat(1001))).await;
    assert!(matches!(
        get(&announced).await,
        Err(EntraError::TooLarge { limit: 1000, .. })
    ));
    let endless = Host::start(|_| Says::Flood).await;
    assert!(matches!(
        get(&endless).await,
        Err(EntraError::TooLarge { limit: 1000, .. })
    ));
}

#[tokio::test]
async fn nothing_is_unpacked() {
    let host = Host::start(|asked| {
        assert!(
            !asked.headers.contains_key("accept-encoding"),
            "nothing packed is asked for"
        );
        Says::This(
            200,
            vec![("content-encoding", "gzip".to_owned())],
            b"\x1f\x8b".to_vec(),
        )
    })
    .await;
    assert_eq!(get(&host).await.expect("answered").body, b"\x1f\x8b");
}

#[tokio::test]
async fn every_wait_has_an_end() {
    for says in [Says::Silence, Says::Drip] {
        let limits = Limits {
            request: Duration::from_millis(100),
            ..impatient()
        };
        let host = Host::start(move |_| says.clone()).await;
        let zone = Zone::new(&host.url, limits).expect("loopback");
        let failed = zone.get(WHAT, host.url.clone(), 1_000_000, &ids().0).await;
        assert!(matches!(failed, Err(EntraError::TimedOut { .. })), "{failed:?}");
        assert_eq!(host.asked().len(), 1, "what took too long is not asked again");
    }
}

#[tokio::test]
async fn a_broken_connection_is_an_error_without_an_address() {
    let host = Host::start(|_| Says::Hangup).await;
    let failed = get(&host).await.expect_err("closed");
    assert!(matches!(failed, EntraError::Unreachable { .. }));
    assert!(!format!("{failed:?}").contains("127.0.0.1"), "{failed:?}");
}

#[tokio::test]
async fn trouble_passes_when_it_is_short() {
    let count = AtomicUsize::new(0);
    let host = Host::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Says::status(429, "retry-after", "0.01"),
        1 => Says::status(503, "retry-after", "0"),
        _ => Says::text(200, "text/plain", "well"),
    })
    .await;
    assert_eq!(get(&host).await.expect("the third time").body, b"well");
    assert_eq!(host.asked().len(), 3);
}

#[tokio::test]
async fn trouble_that_stays_is_an_error() {
    let host = Host::start(|_| Says::status(429, "retry-after", "0.01")).await;
    assert!(matches!(
        get(&host).await,
        Err(EntraError::Unavailable { status: 429, .. })
    ));
    assert_eq!(host.asked().len(), 3);
    let host = Host::start(|_| Says::status(503, "retry-after", "60")).await;
    let Err(EntraError::Unavailable {
        status, retry_after, ..
    }) = get(&host).await
    else {
        panic!("unavailable")
    };
    assert_eq!((status, retry_after), (503, Some(Duration::from_mins(1))));
    assert_eq!(host.asked().len(), 1, "longer than a sign-in may take");
}

#[tokio::test]
async fn refusals_are_not_repeated() {
    let host = Host::start(|_| Says::status(403, "retry-after", "0")).await;
    assert_eq!(get(&host).await.expect("answered").status.as_u16(), 403);
    assert_eq!(host.asked().len(), 1);
}

#[test]
fn only_encrypted_or_loopback_hosts_are_asked() {
    for host in [
        "http://login.example",
        "http://127.0.0.1.evil.example",
        "ftp://localhost",
        "data:x",
    ] {
        let url = Url::parse(host).expect("an address");
        assert!(
            matches!(
                Zone::new(&url, Limits::default()),
                Err(EntraError::Configuration(_))
            ),
            "{host}"
        );
    }
    for host in [
        "https://login.example",
        "http://localhost:1",
        "http://127.0.0.1:1",
        "http://[::1]:1",
    ] {
        let url = Url::parse(host).expect("an address");
        assert!(origin_of(&url).is_ok(), "{host}");
    }
}

#[test]
fn retry_after_is_read_in_all_its_forms() {
    let wait = |value: &str, date: Option<&str>| {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(value).expect("a header"));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).expect("a header"));
        }
        retry_after(&headers, Some(now()))
    };
    assert_eq!(wait("10", None), Some(Duration::from_secs(10)));
    assert_eq!(wait(" 2.128 ", None), Some(Duration::from_millis(2128)));
    assert_eq!(wait("-1", None), Some(Duration::ZERO));
    assert_eq!(
        wait("Wed, 04 Mar 2026 14:02:31 GMT", None),
        Some(Duration::from_secs(20))
    );
    let (later, theirs) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:30 GMT");
    assert_eq!(
        wait(later, Some(theirs)),
        Some(Duration::from_secs(7)),
        "by their own clock"
    );
    assert_eq!(wait(theirs, Some(later)), Some(Duration::ZERO));
    for nonsense in [
        "",
        "soon",
        "NaN",
        "inf",
        "1e300",
        "Sun, 06 Nov 1994",
        "Sun, 06 Xxx 1994 08:49:37 GMT",
    ] {
        assert_eq!(wait(nonsense, None), None, "{nonsense}");
    }
    assert_eq!(retry_after(&HeaderMap::new(), Some(now())), None);
}
