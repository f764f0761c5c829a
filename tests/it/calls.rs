//! One valid sample call for each server function. A new function without a sample fails three tests on the day it
//! is written.

use http::Method;

use crate::browser::{Browser, Reply};

/// A call with valid arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// Whether it answers people who are not signed in.
    pub public: bool,
    /// Whether it answers owners and admins only.
    pub managers: bool,
}

impl Call {
    /// Sends it as a script of a page does.
    pub(crate) async fn send(&self, browser: &Browser) -> Reply {
        if self.method == "GET" {
            return browser.call(self.path).await;
        }
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        browser
            .send(Method::POST, self.path, &headers, Some(String::new()))
            .await
    }
}

/// The calls that only read, and that answer everybody who is signed in.
pub(crate) fn reads() -> impl Iterator<Item = &'static Call> {
    ALL.iter()
        .filter(|call| call.method == "GET" && !call.public && !call.managers)
}

/// Every call.
pub(crate) const ALL: [Call; 31] = [
    Call {
        method: "GET",
        path: sonicsaas::routes::VIEWER,
        public: false,
        managers: false,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::ACCESS,
        public: false,
        managers: false,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::OVERVIEW_VIEW,
        public: false,
        managers: false,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::INTEGRATION_LIST,
        public: false,
        managers: false,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::GROUP_SEARCH,
        public: false,
        managers: true,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::MAPPING_LIST,
        public: false,
        managers: false,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::MAPPING_VIEW,
        public: false,
        managers: false,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::MAPPING_EXPLAIN,
        public: false,
        managers: true,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::MAPPING_MEMBER_LIST,
        public: false,
        managers: true,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::MAPPING_MEMBERS_VIEW,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::MAPPING_PREVIEW,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::MAPPING_CREATE,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::MAPPING_UPDATE,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::MAPPING_USE_NAME,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::MAPPING_DELETE,
        public: false,
        managers: true,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::TENANT_PAGE,
        public: false,
        managers: false,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::TENANT_VIEW,
        public: false,
        managers: false,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::TENANT_SAVE,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::TENANT_TEST,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::TENANT_CONFIRM,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::INVITATION_START,
        public: false,
        managers: true,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::INVITATION_PROGRESS,
        public: false,
        managers: true,
    },
    Call {
        method: "GET",
        path: sonicsaas::routes::INVITATION_RESULTS,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::INVITATION_LINKS,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::INVITATION_STOP,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::INVITATION_RETRY,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::INVITATION_CREATE,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::INVITATION_RESEND,
        public: false,
        managers: true,
    },
    Call {
        method: "POST",
        path: sonicsaas::routes::INVITATION_REVOKE,
        public: false,
        managers: true,
    },
    // It ends sessions, so nothing that needs one comes after it.
    Call {
        method: "POST",
        path: sonicsaas::routes::TENANT_DISCONNECT,
        public: false,
        managers: true,
    },
    // The return from Microsoft is protected by its sealed attempt.
    Call {
        method: "GET",
        path: sonicsaas::routes::CALLBACK,
        public: true,
        managers: false,
    },
];

#[test]
fn the_samples_are_exactly_the_registered_functions() {
    let mut registered: Vec<(String, String)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method): (&str, Method)| (method.to_string(), path.to_owned()))
        .collect();
    registered.sort();
    let mut samples: Vec<_> = ALL
        .iter()
        .map(|call| (call.method.to_owned(), call.path.to_owned()))
        .collect();
    samples.sort();
    assert_eq!(registered, samples);
}

#[test]
fn nothing_but_the_callback_changes_anything_by_get() {
    let reads = [
        sonicsaas::routes::VIEWER,
        sonicsaas::routes::ACCESS,
        sonicsaas::routes::OVERVIEW_VIEW,
        sonicsaas::routes::INTEGRATION_LIST,
        sonicsaas::routes::GROUP_SEARCH,
        sonicsaas::routes::MAPPING_LIST,
        sonicsaas::routes::MAPPING_VIEW,
        sonicsaas::routes::MAPPING_MEMBER_LIST,
        sonicsaas::routes::MAPPING_MEMBERS_VIEW,
        sonicsaas::routes::TENANT_PAGE,
        sonicsaas::routes::TENANT_VIEW,
        sonicsaas::routes::INVITATION_PROGRESS,
        sonicsaas::routes::INVITATION_RESULTS,
        sonicsaas::routes::CALLBACK,
    ];
    for call in ALL {
        assert!(
            call.method != "GET" || reads.contains(&call.path),
            "{}",
            call.path
        );
    }
}
