//! `sonicsaas entra setup`: the app registration of this deployment, as steps, as a script for the Azure CLI, or as the
//! manifest's fragment.
//!
//! It asks nobody and changes nothing, and works before there is a client ID or a database. Whatever comes from the
//! configuration enters the script in single quotes or not at all.

use std::process::ExitCode;

use serde_json::{Value, json};
use url::Url;

use super::{
    arguments::SetupFormat,
    output::{fail, line, notice, problems},
};
use crate::{
    config::Deployment,
    domain::{
        graph_permission::{GRAPH_PERMISSIONS, Holder, MICROSOFT_GRAPH, sign_in_scopes},
        sign_in::AuthMode,
    },
    routes,
    text::{
        PRODUCT,
        setup::{Registration, SECRET, Setup},
        text,
    },
};

/// Prints the registration in that form.
pub(super) fn print(format: SetupFormat) -> ExitCode {
    let deployment = match Deployment::from_process() {
        Ok(deployment) => deployment,
        Err(found) => {
            problems(&found);
            return ExitCode::from(2);
        }
    };
    let words = text::<Setup>();
    let addresses = Addresses::of(&deployment.public_url);
    let registration = addresses.registration(&deployment);
    let printed = match format {
        SetupFormat::Steps => (words.steps)(registration),
        SetupFormat::Az => script(registration, &deployment.graph),
        SetupFormat::Manifest => {
            notice(words.manifest);
            format!("{:#}\n", manifest(registration))
        }
    };
    // The steps say it themselves.
    if deployment.public_url.scheme() == "http" && !matches!(format, SetupFormat::Steps) {
        notice(&(words.only_here)(registration));
    }
    match line(printed.trim_end_matches('\n')) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => fail(&cause),
    }
}

/// The addresses that Microsoft is told.
struct Addresses {
    public: String,
    redirect: String,
    logout: Option<String>,
}

impl Addresses {
    fn of(public: &Url) -> Self {
        let origin = public.origin().ascii_serialization();
        let at = |path| format!("{origin}{path}");
        Self {
            redirect: at(routes::CALLBACK),
            logout: (public.scheme() == "https").then(|| at(routes::FRONT_CHANNEL_LOGOUT)),
            public: origin,
        }
    }

    fn registration(&self, deployment: &Deployment) -> Registration<'_> {
        let auth_mode = AuthMode::ALL
            .into_iter()
            .find(|(mode, _)| *mode == deployment.auth_mode)
            .map_or("hybrid", |(_, name)| name);
        Registration {
            public_url: &self.public,
            redirect_uri: &self.redirect,
            logout_uri: self.logout.as_deref(),
            auth_mode,
            default_role: deployment.default_role.role().name(),
        }
    }
}

/// The groups claim that roles come from, and claims of the ID token that are useful and not needed.
fn optional_claims() -> Value {
    let claims = ["groups", "acct", "auth_time", "login_hint"]
        .map(|name| json!({ "name": name, "source": null, "essential": false, "additionalProperties": [] }));
    json!({ "idToken": claims, "accessToken": [], "saml2Token": [] })
}

/// Every permission, with its id.
fn permissions() -> Value {
    let scopes = sign_in_scopes().map(|scope| (scope.id, Holder::Delegated));
    let asked = GRAPH_PERMISSIONS.map(|permission| (permission.id, permission.holder));
    let access: Vec<_> = scopes
        .chain(asked)
        .map(|(id, holder)| json!({ "id": id.to_string(), "type": holder.resource_access_type() }))
        .collect();
    json!([{ "resourceAppId": MICROSOFT_GRAPH.to_string(), "resourceAccess": access }])
}

/// Other tenants cannot add credentials to their copy of the app.
/// <https://learn.microsoft.com/entra/identity-platform/howto-configure-app-instance-property-locks>
fn lock() -> Value {
    json!({ "isEnabled": true, "allProperties": true })
}

/// The manifest's fragment, in the format of Microsoft Graph.
/// <https://learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest>
fn manifest(registration: Registration<'_>) -> Value {
    json!({
        "displayName": PRODUCT,
        "signInAudience": "AzureADMultipleOrgs",
        "web": {
            "redirectUris": [registration.redirect_uri],
            "logoutUrl": registration.logout_uri,
        },
        "groupMembershipClaims": "SecurityGroup",
        "optionalClaims": optional_claims(),
        "requiredResourceAccess": permissions(),
        "servicePrincipalLockConfiguration": lock(),
    })
}

/// The script for the Azure CLI.
fn script(registration: Registration<'_>, graph: &Url) -> String {
    let words = text::<Setup>();
    let mut properties = json!({ "servicePrincipalLockConfiguration": lock() });
    if let Some(address) = registration.logout_uri {
        properties["web"] = json!({ "logoutUrl": address });
    }
    let graph = graph.origin().ascii_serialization();
    let values = [
        ("name", PRODUCT),
        ("secret_name", SECRET),
        ("public_url", registration.public_url),
        ("redirect_uri", registration.redirect_uri),
        ("graph", &graph),
        ("auth_mode", registration.auth_mode),
        ("default_role", registration.default_role),
        ("optional_claims", &optional_claims().to_string()),
        ("permissions", &permissions().to_string()),
        ("properties", &properties.to_string()),
    ];
    let mut script = words.script_head.to_owned();
    for (name, value) in values {
        script.extend(["  ", name, "=", &quoted(value), "\n"]);
    }
    script.push_str(words.script);
    script
}

/// One word of the shell that means exactly this text (POSIX, Shell Command Language 2.2.2).
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
