//! How the app registration of a deployment is made at Microsoft: as steps for a person, and as a script for the Azure
//! CLI. Said on the command line only.
//!
//! Permissions and their ids come from `domain/graph_permission.rs`. No value ever becomes part of the script's code: the
//! values stand in a block of quoted assignments, and the rest of the script is always the same.

use super::{PRODUCT, permissions, words};
use crate::domain::graph_permission::{GRAPH_PERMISSIONS, GraphPermission, Holder, sign_in_scopes};

/// Name of the client secret, as product documentation suggests it.
pub const SECRET: &str = "SonicSaaS Auth";

/// What a registration depends on, as it is printed.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'text> {
    /// The one origin users see, without a trailing slash.
    pub public_url: &'text str,
    /// Where Microsoft sends the browser back.
    pub redirect_uri: &'text str,
    /// Where Microsoft tells that somebody signed out there; it takes only https.
    pub logout_uri: Option<&'text str>,
    /// `AUTH_MODE`.
    pub auth_mode: &'text str,
    /// `ENTRA_DEFAULT_ROLE`.
    pub default_role: &'text str,
}

/// The words of the set-up.
pub struct Setup {
    /// The steps, to be read.
    pub steps: fn(Registration<'_>) -> String,
    /// Said beside any form when users do not come over https.
    pub only_here: fn(Registration<'_>) -> String,
    /// What to do with the manifest's fragment.
    pub manifest: &'static str,
    /// The script up to the block of values.
    pub script_head: &'static str,
    /// The script from the block of values on.
    pub script: &'static str,
}

words!(Setup);

/// English.
pub static EN: Setup = Setup {
    steps,
    only_here: |registration| {
        let Registration { public_url, .. } = registration;
        let mut said = format!(
            "Microsoft accepts http only for localhost: a registration for {public_url} is for trying things out on this \
             machine. For people, set PUBLIC_URL to the https address that they use."
        );
        if !public_url.starts_with("http://localhost") {
            said.push_str(" The portal takes http://localhost and no other name of this machine.");
        }
        said
    },
    manifest: "In the Azure Portal open Microsoft Entra ID > App registrations > SonicSaaS > Manifest (Microsoft Graph App \
               Manifest), give these properties these values, and select Save. Then create the client secret: sonicsaas \
               entra setup says how.",
    script_head: include_str!("setup/head.sh"),
    script: include_str!("setup/body.sh"),
};

fn steps(registration: Registration<'_>) -> String {
    let Registration {
        public_url,
        redirect_uri,
        logout_uri,
        auth_mode,
        default_role,
    } = registration;
    let note = if public_url.starts_with("http:") {
        format!("\nNote: {}\n", (EN.only_here)(registration))
    } else {
        String::new()
    };
    let logout = logout_uri.map_or_else(String::new, |address| {
        format!("- Go to Authentication and set Front-channel logout URL to:\n    {address}\n")
    });
    let needed = listed(|permission| !permission.optional);
    let members = listed(|permission| permission.optional && permission.holder == Holder::Application);
    let delegated = listed(|permission| permission.optional && permission.holder == Holder::Delegated);
    let scopes = sign_in_scopes()
        .map(|scope| format!("    {:<22}{}", scope.name, scope.id))
        .collect::<Vec<_>>()
        .join("\n");
    format!(
        "\
{PRODUCT} at {public_url}: platform setup (one-time, in the tenant that shall own the app)
{note}
1.1 Register a Multi-Tenant Azure App
- Go to Azure Portal > Microsoft Entra ID > App registrations
- Click New registration
- Configure:
    Name: {PRODUCT}
    Supported account types: Accounts in any organizational directory (Any Microsoft Entra ID tenant - Multitenant)
    Redirect URI: Web -
    {redirect_uri}
- Click Register
- Note the Application (client) ID - you'll need it in step 1.4
{logout}
1.2 Create a Client Secret
- Go to Certificates & secrets > Client secrets
- Click New client secret
- Set a description ({SECRET}) and expiration
- Copy the Value immediately - it won't be shown again

1.3 Enable Group Claims
- Go to your app > Manifest and set \"groupMembershipClaims\" to \"SecurityGroup\"
- Go to Token configuration > Add groups claim > select Security groups > check Group ID for the ID token
- (Optional) Go to Token configuration > Add optional claim > ID > add acct, auth_time and login_hint
- Leave \"acceptMappedClaims\" in the manifest as it is: with true, other tenants could rewrite claims
- (Optional) Go to Authentication > App instance property lock > enable it for all properties, so that other tenants can't
  add credentials to their copy of the app
- Go to API permissions > Add a permission > Microsoft Graph > Delegated permissions > add
{scopes}
- Go to API permissions > Add a permission > Microsoft Graph > Application permissions > add
{needed}
  > click Grant admin consent. Without it, you can still create mappings by entering Group Object IDs manually.
- (Optional, for the bulk-invite flow) Also add as Application permissions, and grant admin consent
{members}
  Without them, the View members button shows an admin-consent prompt.
- (Optional, overage fallback only) Also add as a Delegated permission, and grant admin consent
{delegated}

1.4 Set {PRODUCT} Environment Variables
Add these to .env.production (or your deployment's env config):

MICROSOFT_ENTRA_ID_CLIENT_ID=<application-client-id-from-1.1>
MICROSOFT_ENTRA_ID_CLIENT_SECRET=<client-secret-value-from-1.2>
AUTH_MODE={auth_mode} # hybrid | entra-only | local-only
ENTRA_DEFAULT_ROLE={default_role} # optional - role assigned when no group mapping matches
PUBLIC_URL={public_url}

Restart {PRODUCT} after setting these variables; sonicsaas doctor checks them, and the secret itself as soon as a team
has registered its tenant. The permissions and what each one is used for are listed at {public_url}/permissions
"
    )
}

/// The permissions of one kind, a line each: name, id, and what it is needed for.
fn listed(wanted: fn(&GraphPermission) -> bool) -> String {
    let line = |permission: &GraphPermission| {
        let GraphPermission {
            name, id, feature, ..
        } = permission;
        format!(
            "    {name:<22}{id}  for {}",
            (permissions::EN.feature)(*feature, false)
        )
    };
    GRAPH_PERMISSIONS
        .iter()
        .filter(|permission| wanted(permission))
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}
