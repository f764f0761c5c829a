//! Microsoft Graph permissions and the scopes that name them.

use crate::settings::Cloud;

/// Microsoft Graph's own application id.
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// Scopes of OpenID Connect; Entra treats them as delegated permissions of Graph.
pub(crate) const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Delegated permissions, whether people may consent to them themselves, and how the consent page words them.
const DELEGATED: [(&str, bool, &str); 14] = [
    ("openid", true, "Sign you in"),
    ("profile", true, "View your basic profile"),
    ("email", true, "View your email address"),
    (
        "offline_access",
        true,
        "Maintain access to data you have given it access to",
    ),
    ("User.Read", true, "Sign you in and read your profile"),
    ("User.ReadBasic.All", true, "Read all users' basic profiles"),
    ("User.Read.All", false, "Read all users' full profiles"),
    ("Group.Read.All", false, "Read all groups"),
    ("GroupMember.Read.All", false, "Read group memberships"),
    ("Group.ReadBasic.All", false, "Read all groups' basic information"),
    (
        "GroupMember.ReadBasic.All",
        false,
        "Read all groups' basic memberships",
    ),
    ("Organization.Read.All", false, "Read organization information"),
    ("Directory.Read.All", false, "Read directory data"),
    ("Member.Read.Hidden", false, "Read hidden memberships"),
];

/// Whether Graph has a delegated permission of this name.
pub(crate) fn exists(name: &str) -> bool {
    DELEGATED.iter().any(|(known, ..)| *known == name)
}

/// Whether people may consent to it without an administrator.
pub(crate) fn is_user_consentable(name: &str) -> bool {
    DELEGATED
        .iter()
        .any(|(known, consentable, _)| *known == name && *consentable)
}

/// How the consent page words it.
pub(crate) fn wording(name: &str) -> &str {
    DELEGATED
        .iter()
        .find(|(known, ..)| *known == name)
        .map_or(name, |(.., words)| *words)
}

/// A scope as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A permission of Graph, or an OpenID Connect scope.
    Permission(String),
    /// Everything the registration lists.
    Default,
    /// Of some other resource.
    Foreign(String),
}

impl Scope {
    /// Reads one scope. Graph is known by its host in this cloud, by its id, and by the host under which the emulator stands.
    pub(crate) fn parse(text: &str, base: &str, cloud: Cloud) -> Self {
        let graph = format!("https://{}", cloud.graph_host());
        let resources = [graph.as_str(), GRAPH, base];
        let short = resources
            .iter()
            .find_map(|resource| text.strip_prefix(resource)?.strip_prefix('/'));
        match short.map(|name| name.trim_start_matches('/')) {
            Some(".default") => Self::Default,
            Some(name) => Self::Permission(name.to_owned()),
            None if text == ".default" => Self::Default,
            None if text.contains("://") || text.contains('/') => Self::Foreign(text.to_owned()),
            None => Self::Permission(text.to_owned()),
        }
    }
}

/// How Graph was written in a `scope` parameter; `None` when the permissions stood there by their short names.
pub(crate) fn written_resource(text: &str) -> Option<String> {
    text.split_whitespace().find_map(|scope| {
        let (resource, name) = scope.rsplit_once('/')?;
        (name == ".default" || exists(name)).then(|| resource.trim_end_matches('/').to_owned())
    })
}

/// The scopes of a `scope` parameter.
pub(crate) fn scopes(text: &str, base: &str, cloud: Cloud) -> Vec<Scope> {
    text.split_whitespace()
        .map(|part| Scope::parse(part, base, cloud))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_and_full_names_mean_the_same() {
        let base = "http://127.0.0.1:4400";
        for text in [
            "User.Read",
            "https://graph.microsoft.com/User.Read",
            "http://127.0.0.1:4400/User.Read",
        ] {
            assert_eq!(
                Scope::parse(text, base, Cloud::Global),
                Scope::Permission("User.Read".to_owned())
            );
        }
        assert_eq!(
            Scope::parse("https://graph.microsoft.com//.default", base, Cloud::Global),
            Scope::Default
        );
        assert_eq!(
            Scope::parse("api://other/read", base, Cloud::Global),
            Scope::Foreign("api://other/read".to_owned())
        );
    }
}
