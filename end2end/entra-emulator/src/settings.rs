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

/// The cloud the emulator stands for. Its addresses are always those under which it is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    /// The global one, GCC included.
    #[default]
    Global,
    /// US Government L4, GCC High.
    UsGovernment,
    /// US Government L5, of the Department of Defense.
    UsGovernmentDod,
    /// China, operated by 21Vianet.
    China,
}

impl Cloud {
    /// `cloud_instance_name`.
    pub(crate) fn instance_name(self) -> &'static str {
        match self {
            Self::Global => "microsoftonline.com",
            Self::UsGovernment | Self::UsGovernmentDod => "microsoftonline.us",
            Self::China => "partner.microsoftonline.cn",
        }
    }

    /// `msgraph_host`. The two of the US Government share everything else.
    pub(crate) fn graph_host(self) -> &'static str {
        match self {
            Self::Global => "graph.microsoft.com",
            Self::UsGovernment => "graph.microsoft.us",
            Self::UsGovernmentDod => "dod-graph.microsoft.us",
            Self::China => "microsoftgraph.chinacloudapi.cn",
        }
    }

    /// `cloud_graph_host_name`: of the retired Azure AD Graph.
    pub(crate) fn retired_graph_host(self) -> &'static str {
        match self {
            Self::Global => "graph.windows.net",
            Self::UsGovernment | Self::UsGovernmentDod => "graph.microsoftazure.us",
            Self::China => "graph.chinacloudapi.cn",
        }
    }
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
    /// The cloud: names in the discovery document, Graph's host in scopes, the signing key.
    pub cloud: Cloud,
    /// Origin of issuers in discovery, key sets and tokens instead of our own, such as `https://login.microsoftonline.us`.
    pub issuer_origin: Option<String>,
    /// Where 50105 (not assigned), 53003 (blocked) and 90094 (an administrator must consent) appear.
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
    /// Seconds by which advanced queries of Graph lag behind the directory.
    pub index_lag: i64,
    /// Whether the parts of a batch are answered in the order they were asked in.
    pub batch_in_order: bool,
    /// Whether a federated credential that does not match says 70021, as until 2022.
    pub old_federation_error: bool,
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
    /// Whether `User.ReadBasic.All` shows `userPrincipalName`: its description does not name it.
    pub basic_profile_principal_name: bool,
    /// Resource units an application may use in one tenant within ten seconds before it is throttled; 0 for no limit.
    pub resource_unit_limit: u32,
    /// Whether front-channel logout carries `iss` beside `sid`.
    pub front_channel_issuer: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            error_tail: ErrorTail::default(),
            error_uri: true,
            cloud: Cloud::default(),
            issuer_origin: None,
            refusal_place: RefusalPlace::default(),
            overage_host: "graph.windows.net".to_owned(),
            group_limit: 200,
            front_channel_group_limit: 5,
            identity_propagation: 0,
            roles_propagation: 0,
            index_lag: 0,
            batch_in_order: false,
            old_federation_error: false,
            concrete_key_issuers: false,
            single_sign_on: true,
            member_groups_with_user_read: true,
            member_result_limit: 11_000,
            largest_graph_page: 999,
            basic_profile_principal_name: false,
            resource_unit_limit: 0,
            front_channel_issuer: false,
        }
    }
}

impl Settings {
    /// The origin of issuers: where we are called, unless a test moved them elsewhere.
    pub(crate) fn issuer_origin<'a>(&'a self, base: &'a str) -> &'a str {
        self.issuer_origin.as_deref().unwrap_or(base)
    }
}
