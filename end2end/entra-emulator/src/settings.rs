//! Switches for the places where Microsoft's own behaviour varies or is not settled.
//!
//! A product must not depend on either side of such a switch, so a test runs it both ways. What a tenant or a
//! registration decides does not belong here.

use serde::{Deserialize, Serialize};

/// How an `error_description` ends: both forms were recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorTail {
    /// ` Trace ID: … Correlation ID: … Timestamp: …` on one line, as since 2024.
    #[default]
    Spaces,
    /// `\r\nTrace ID: …`, as until 2023.
    LineBreaks,
}

/// Where a refusal after sign-in appears: both were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalPlace {
    /// On Microsoft's own page; the application hears nothing.
    #[default]
    Page,
    /// As `access_denied` on the redirect.
    Redirect,
}

/// Switches of the emulator as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Settings {
    /// How error descriptions end.
    pub error_tail: ErrorTail,
    /// Whether errors carry `error_uri`.
    pub error_uri: bool,
    /// Where 50105 (not assigned) and 53003 (blocked) appear.
    pub refusal_place: RefusalPlace,
    /// Host of the endpoint in `_claim_sources`. It is never meant to be called.
    pub overage_host: String,
    /// Groups a token from the token endpoint holds before overage.
    pub group_limit: usize,
    /// Groups a token from `/authorize` holds before `hasgroups`.
    pub front_channel_group_limit: usize,
    /// Seconds after a consent during which app-only tokens have neither `oid` nor `roles`.
    pub identity_propagation: i64,
    /// Seconds after that during which they have no `roles`.
    pub roles_propagation: i64,
    /// Whether a tenant's own key set shows key issuers with its GUID instead of `{tenantid}`.
    pub concrete_key_issuers: bool,
    /// Whether somebody who is already signed in is picked again without being asked.
    pub single_sign_on: bool,
    /// Whether `checkMemberGroups` and `getMemberGroups` about oneself need no more than `User.Read`: sources disagree.
    pub member_groups_with_user_read: bool,
    /// More memberships than this and `getMemberObjects` and `getMemberGroups` give up.
    pub member_result_limit: usize,
    /// Objects on a page of Graph at most, whatever `$top` says: a page may hold fewer than asked.
    pub largest_graph_page: usize,
    /// Whether front-channel logout carries `iss` beside `sid`.
    pub front_channel_issuer: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            error_tail: ErrorTail::default(),
            error_uri: true,
            refusal_place: RefusalPlace::default(),
            overage_host: "graph.windows.net".to_owned(),
            group_limit: 200,
            front_channel_group_limit: 5,
            identity_propagation: 0,
            roles_propagation: 0,
            concrete_key_issuers: false,
            single_sign_on: true,
            member_groups_with_user_read: true,
            member_result_limit: 11_000,
            largest_graph_page: 999,
            front_channel_issuer: false,
        }
    }
}
