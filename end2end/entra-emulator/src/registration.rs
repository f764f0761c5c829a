//! The app registration: what its owner configured in the portal.
//!
//! One registration is enough, because the product is one application in many tenants. Whatever a customer's tenant
//! decides about it (consent, assignment) is not here but in [`crate::Installation`].

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who may sign in, by the manifest's `signInAudience`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Only people of the tenant that owns the registration.
    #[serde(rename = "AzureADMyOrg")]
    OneTenant,
    /// Work and school accounts of any tenant.
    #[default]
    #[serde(rename = "AzureADMultipleOrgs")]
    ManyTenants,
    /// These and personal Microsoft accounts.
    #[serde(rename = "AzureADandPersonalMicrosoftAccount")]
    ManyTenantsAndPersonal,
}

/// A client secret and the second of Unix time at which it expires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// The secret itself.
    pub value: String,
    /// When it stops working; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
}

/// A certificate whose key may sign the client's assertions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientCertificate {
    /// PEM text, or DER in standard base64. Its validity is its own.
    pub certificate: String,
    /// Revoked: 7000214.
    pub revoked: bool,
}

/// A public key of a foreign issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssuerKey {
    /// Key id; a key without one fits every header.
    pub kid: Option<String>,
    /// Modulus, base64url.
    pub n: String,
    /// Exponent, base64url.
    pub e: String,
}

/// A federated identity credential: whose tokens count as the client's own. All three texts match exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FederatedCredential {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `aud`.
    pub audience: String,
    /// The issuer's keys; the emulator fetches none.
    pub keys: Vec<IssuerKey>,
}

impl Default for FederatedCredential {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            subject: String::new(),
            audience: "api://AzureADTokenExchange".to_owned(),
            keys: Vec::new(),
        }
    }
}

/// What the app registration says. The default is the product's documented one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one property of a registration"
)]
pub struct Registration {
    /// Application (client) id.
    pub client_id: Uuid,
    /// Display name, shown on the consent page and in errors.
    pub name: String,
    /// Client secrets, any of which works until it expires.
    pub secrets: Vec<Secret>,
    /// Certificates for client assertions.
    pub certificates: Vec<ClientCertificate>,
    /// Federated identity credentials; only the first twenty count.
    pub federated_credentials: Vec<FederatedCredential>,
    /// Registered redirect URIs, compared exactly; on localhost the port does not count.
    pub redirect_uris: Vec<String>,
    /// Who may sign in.
    pub audience: Audience,
    /// The tenant that owns the registration; only [`Audience::OneTenant`] asks.
    pub home_tenant: Option<Uuid>,
    /// `groupMembershipClaims`: `None`, `SecurityGroup`, `DirectoryRole`, `ApplicationGroup`, `All`, or several with commas.
    pub group_membership_claims: String,
    /// `emit_as_roles` of the groups claim: groups stand in `roles` and app roles vanish.
    pub emit_groups_as_roles: bool,
    /// Optional claims of the ID token: `acct`, `auth_time`, `login_hint`, `xms_edov`, `upn`, `given_name`, `family_name`.
    pub optional_claims: Vec<String>,
    /// Whether `sid` stands in ID tokens, as it does by default since 2025.
    pub session_id_claim: bool,
    /// Write `xms_edov` as the string `"1"` instead of `true`.
    pub domain_verified_as_text: bool,
    /// `removeUnverifiedEmailClaim`: an address of a domain the tenant has not verified is left out.
    pub remove_unverified_email: bool,
    /// The "ID tokens" switch for `/authorize`.
    pub implicit_id_token: bool,
    /// Front-channel logout URL.
    pub front_channel_logout: Option<String>,
    /// Delegated Microsoft Graph permissions the registration lists.
    pub required_delegated: Vec<String>,
    /// Application permissions of Microsoft Graph the registration lists.
    pub required_application: Vec<String>,
}

impl Default for Registration {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
        Self {
            client_id: Uuid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_2222_2222_2222),
            name: "SonicSaaS".to_owned(),
            secrets: vec![Secret {
                value: "emulator-secret-value".to_owned(),
                expires: None,
            }],
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
            redirect_uris: words(&["http://localhost/api/auth/callback/microsoft-entra-id"]),
            audience: Audience::default(),
            home_tenant: None,
            group_membership_claims: "SecurityGroup".to_owned(),
            emit_groups_as_roles: false,
            optional_claims: Vec::new(),
            session_id_claim: true,
            domain_verified_as_text: false,
            remove_unverified_email: true,
            implicit_id_token: false,
            front_channel_logout: None,
            required_delegated: words(&["openid", "profile", "email", "User.Read", "GroupMember.Read.All"]),
            required_application: words(&["Group.Read.All", "GroupMember.Read.All", "User.Read.All"]),
        }
    }
}

impl Registration {
    pub(crate) fn has_optional_claim(&self, name: &str) -> bool {
        self.optional_claims.iter().any(|claim| claim == name)
    }

    /// Whether `groupMembershipClaims` names this value.
    pub(crate) fn claims_groups(&self, value: &str) -> bool {
        self.group_membership_claims
            .split(',')
            .any(|part| part.trim() == value)
    }

    /// Whether a redirect URI is registered: byte for byte, except for the port of a loopback host.
    pub(crate) fn accepts_redirect(&self, address: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|known| known == address || without_port(known) == without_port(address))
    }
}

/// The address without its port when its host is `localhost` or `127.0.0.1`; otherwise itself.
fn without_port(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.split_once(':') {
        Some((host @ ("localhost" | "127.0.0.1"), port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{scheme}://{host}{path}")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_loopback_port_is_ignored() {
        let mut registration = Registration::default();
        assert!(registration.accepts_redirect("http://localhost:3000/api/auth/callback/microsoft-entra-id"));
        assert!(!registration.accepts_redirect("http://localhost:3000/API/auth/callback/microsoft-entra-id"));
        assert!(
            !registration.accepts_redirect("http://localhost:3000/api/auth/callback/microsoft-entra-id/")
        );
        assert!(
            !registration.accepts_redirect("http://localhost:3000@evil/api/auth/callback/microsoft-entra-id")
        );
        assert!(
            !registration.accepts_redirect("https://localhost:3000/api/auth/callback/microsoft-entra-id")
        );
        registration.redirect_uris = vec!["https://app.example/back".to_owned()];
        assert!(registration.accepts_redirect("https://app.example/back"));
        assert!(!registration.accepts_redirect("https://app.example:444/back"));
        assert!(!registration.accepts_redirect("http://localhost/back"));
    }
}
