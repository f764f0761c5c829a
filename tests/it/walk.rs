//! A walk over every route: as nobody, as a viewer, and as somebody of another team.
//!
//! The routes are read from `src/routes.rs`, so a route that this table does not know fails the test on the day it is
//! written.

use http::Method;
use sonicsaas::routes;

use crate::{
    app::{App, FABRIKAM},
    browser::{Browser, Reply},
};

/// What a route answers to `GET`.
struct Stop {
    path: &'static str,
    nobody: u16,
    /// Whoever is signed in; a viewer may do the least.
    viewer: u16,
    /// Whether `POST` is one of its methods.
    takes_form: bool,
}

const fn stop(path: &'static str, nobody: u16, viewer: u16, takes_form: bool) -> Stop {
    Stop {
        path,
        nobody,
        viewer,
        takes_form,
    }
}

const WALK: &[Stop] = &[
    // Before the way out, since somebody must be signed in for these.
    stop(routes::TENANT_SAVE, 401, 405, true),
    stop(routes::TENANT_TEST, 401, 405, true),
    stop(routes::TENANT_CONFIRM, 401, 405, true),
    stop(routes::TENANT_DISCONNECT, 401, 405, true),
    stop(routes::TENANT_CONSENT, 401, 403, false),
    stop(routes::TENANT_VERIFY, 401, 403, false),
    stop(routes::MAPPING_PREVIEW, 401, 405, true),
    stop(routes::MAPPING_CREATE, 401, 405, true),
    stop(routes::MAPPING_UPDATE, 401, 405, true),
    stop(routes::MAPPING_USE_NAME, 401, 405, true),
    stop(routes::MAPPING_DELETE, 401, 405, true),
    stop(routes::MAPPING_EXPLAIN, 401, 405, true),
    stop(routes::INVITATION_START, 401, 405, true),
    stop(routes::INVITATION_PROGRESS, 401, 403, false),
    stop(routes::INVITATION_RESULTS, 401, 403, false),
    stop(routes::INVITATION_LINKS, 401, 405, true),
    stop(routes::INVITATION_FILE, 401, 403, false),
    stop(routes::INVITATION_STOP, 401, 405, true),
    stop(routes::INVITATION_RETRY, 401, 405, true),
    stop(routes::INVITATION_CREATE, 401, 405, true),
    stop(routes::INVITATION_RESEND, 401, 405, true),
    stop(routes::INVITATION_REVOKE, 401, 405, true),
    stop(routes::ROOT, 303, 303, false),
    stop(routes::LOGIN, 200, 303, true),
    stop(routes::LOGOUT, 405, 405, true),
    stop(routes::SIGN_IN, 302, 302, false),
    // A return without a state is a refused sign-in; whoever is signed in stays so.
    stop(routes::CALLBACK, 303, 303, false),
    stop(routes::FRONT_CHANNEL_LOGOUT, 200, 200, false),
    stop(routes::VIEWER, 401, 200, false),
    stop(routes::ACCESS, 401, 200, false),
    stop(routes::OVERVIEW_VIEW, 401, 200, false),
    stop(routes::INTEGRATION_LIST, 401, 200, false),
    stop(routes::GROUP_SEARCH, 401, 403, false),
    stop(routes::MAPPING_LIST, 401, 200, false),
    stop(routes::MAPPING_MEMBER_LIST, 401, 403, false),
    stop(routes::MAPPING_MEMBERS_VIEW, 401, 403, false),
    stop(routes::MAPPING_VIEW, 401, 200, false),
    stop(routes::TENANT_PAGE, 401, 200, false),
    stop(routes::TENANT_VIEW, 401, 200, false),
    stop(routes::PREFERENCES, 405, 405, true),
    stop(routes::PERMISSIONS, 200, 200, false),
    stop(routes::DASHBOARD, 303, 200, false),
    stop(routes::INTEGRATIONS, 303, 200, false),
    stop(routes::ENTRA, 303, 200, false),
    stop(routes::MAPPINGS, 303, 200, false),
    stop(routes::MAPPING_MEMBERS, 303, 403, false),
    // The braces are no link that was ever made, and every such one looks the same.
    stop(routes::RECOVER, 404, 404, true),
    stop(routes::INVITE, 404, 404, true),
    stop(routes::INVITED, 404, 404, true),
    stop(routes::HEALTH, 200, 200, false),
    stop(routes::READY, 200, 200, false),
];

/// Files of the built site, which need not lie there in a test.
const FILES: [&str; 4] = [
    routes::FRONT_SCRIPT,
    routes::ICONS,
    routes::ROBOTS,
    routes::FAVICON,
];

/// Every path that `src/routes.rs` names.
fn named_paths() -> Vec<String> {
    let source = include_str!("../../src/routes.rs");
    source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const "))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|path| path.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_walk_misses_no_route() {
    let mut walked: Vec<_> = WALK.iter().map(|stop| stop.path.to_owned()).collect();
    walked.extend(FILES.map(str::to_owned));
    let mut named = named_paths();
    walked.sort();
    named.sort();
    assert!(named.len() > 10, "the file was read");
    assert_eq!(walked, named);
}

/// Calls are made by scripts, everything else by people.
fn accept(path: &str) -> &'static str {
    match path {
        routes::VIEWER
        | routes::ACCESS
        | routes::OVERVIEW_VIEW
        | routes::INTEGRATION_LIST
        | routes::GROUP_SEARCH
        | routes::MAPPING_VIEW
        | routes::MAPPING_LIST
        | routes::MAPPING_MEMBER_LIST
        | routes::MAPPING_MEMBERS_VIEW
        | routes::TENANT_PAGE
        | routes::TENANT_VIEW
        | routes::INVITATION_PROGRESS
        | routes::INVITATION_RESULTS => "application/json",
        _ => "text/html",
    }
}

/// What holds for every answer.
fn proper(reply: &Reply, path: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(reply.header(name), value, "{path}");
    }
    assert_eq!(reply.header("cache-control"), "no-store", "{path}");
    assert!(reply.headers.get("server").is_none(), "{path}");
    assert!(
        reply.headers.get("access-control-allow-origin").is_none(),
        "{path}"
    );
    assert_ne!(reply.status / 100, 5, "{path}");
    // A link whose page has no form to post (here: a dead one) tells nobody where it was.
    let referrer = if [routes::CALLBACK, routes::RECOVER, routes::INVITE, routes::INVITED].contains(&path) {
        "no-referrer"
    } else {
        "same-origin"
    };
    assert_eq!(reply.header("referrer-policy"), referrer, "{path}");
}

async fn walk(browser: &Browser, strange: &[&str], status: impl Fn(&Stop) -> u16) {
    for stop in WALK {
        let reply = browser
            .send(Method::GET, stop.path, &[("accept", accept(stop.path))], None)
            .await;
        assert_eq!(reply.status, status(stop), "GET {}", stop.path);
        proper(&reply, stop.path);
        for word in strange {
            assert!(!reply.body.contains(word), "{} tells {word}", stop.path);
        }
        let refused = [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS];
        for method in refused {
            let reply = browser.send(method.clone(), stop.path, &[], None).await;
            assert_eq!(reply.status, 405, "{method} {}", stop.path);
            proper(&reply, stop.path);
        }
        // A form of another site, and one that says nothing about where it came from.
        for headers in [vec![("origin", "https://evil.example")], vec![]] {
            let reply = browser.send(Method::POST, stop.path, &headers, None).await;
            let probe = matches!(stop.path, routes::HEALTH | routes::READY);
            assert_eq!(reply.status, if probe { 405 } else { 403 }, "POST {}", stop.path);
            proper(&reply, stop.path);
        }
    }
}

#[tokio::test]
async fn every_route_answers_each_as_it_should() {
    let app = App::start().await;
    let ours = app.northwind().await;
    let theirs = app.team("Fabrikam Field Services", FABRIKAM).await;
    let (ours, theirs) = (ours.to_string(), theirs.to_string());
    let dana = app.signed_in("dana@contoso.com").await;
    let vic = app.signed_in("vic@contoso.com").await;
    let other = app.signed_in("omar@fabrikam.com").await;
    let before = app.events().await.len();

    let nobody = app.browser();
    let strange = ["Northwind MSP", "Fabrikam", "Dana Reyes", &ours, &theirs];
    walk(&nobody, &strange, |stop| stop.nobody).await;
    let of_theirs = ["Fabrikam", theirs.as_str()];
    walk(&vic, &of_theirs, |stop| stop.viewer).await;
    let of_ours = ["Northwind MSP", "Dana Reyes", "26826e3d", ours.as_str()];
    walk(&other, &of_ours, |stop| stop.viewer).await;

    // Nothing has happened but the refused returns of the three.
    let events = app.events().await;
    assert_eq!(events.len(), before + 3);
    for event in &events[before..] {
        assert_eq!(event.reason.as_deref(), Some("state_invalid"));
    }
    for browser in [&dana, &vic, &other] {
        assert_eq!(browser.call(routes::VIEWER).await.status, 200);
    }
    // The positive control: a form of our own is taken where there is one.
    for stop in WALK.iter().filter(|stop| stop.takes_form) {
        let expected = match stop.path {
            routes::LOGIN => 422,
            routes::RECOVER | routes::INVITE => 404,
            _ => 303,
        };
        assert_eq!(vic.post(stop.path, &[]).await.status, expected, "{}", stop.path);
    }
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let app = App::start().await;
    app.northwind().await;
    let vic = app.signed_in("vic@contoso.com").await;
    for stop in WALK {
        let reply = vic
            .send(Method::HEAD, stop.path, &[("accept", accept(stop.path))], None)
            .await;
        let changes = matches!(
            stop.path,
            routes::CALLBACK | routes::FRONT_CHANNEL_LOGOUT | routes::INVITATION_FILE
        );
        let expected = if changes { 405 } else { stop.viewer };
        assert_eq!(reply.status, expected, "HEAD {}", stop.path);
        assert_eq!(reply.body, "");
    }
    app.stop().await;
}
