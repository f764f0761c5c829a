//! A running emulator and the steps every test takes with it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use entra_emulator::{Control, Emulator, Options};
use serde_json::Value;

use crate::client::{Answer, encoded, parameter, post_form};

pub(crate) const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
pub(crate) const SECRET: &str = "emulator-secret-value";
pub(crate) const REDIRECT: &str = "http://localhost:3000/api/auth/callback/microsoft-entra-id";
pub(crate) const CONTOSO: &str = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70";
pub(crate) const FABRIKAM: &str = "8d2f6b0c-51e3-4a7b-b3c9-6e0f1a2d4c58";
pub(crate) const LITWARE: &str = "c51e7d92-0a4f-4e68-8b37-f2a6904d1e35";
pub(crate) const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
pub(crate) const SCOPE: &str = "openid profile email User.Read";

/// An emulator on a free port.
pub(crate) struct Running {
    pub(crate) emulator: Emulator,
    pub(crate) control: Control,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let emulator = Emulator::start(options).await.expect("the emulator starts");
        let control = emulator.control();
        Self { emulator, control }
    }

    /// An address of the authority.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.emulator.authority())
    }

    /// An address of Graph.
    pub(crate) fn graph(&self, path: &str) -> String {
        format!("{}/v1.0/{path}", self.emulator.graph())
    }

    /// A flawless request for a code, with changes: an empty value leaves a parameter out.
    pub(crate) fn authorize_url(&self, tenant: &str, changes: &[(&str, &str)]) -> String {
        let mut fields = vec![
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", SCOPE),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        self.at(&format!("{tenant}/oauth2/v2.0/authorize?{}", encoded(&fields)))
    }

    /// The code somebody comes back with.
    pub(crate) fn code(&self, tenant: &str, person: &str, changes: &[(&str, &str)]) -> String {
        let location = self
            .control
            .sign_in(&self.authorize_url(tenant, changes), person)
            .expect("a redirect");
        parameter(&location, "code").unwrap_or_else(|| panic!("no code in {location}"))
    }

    /// Redeems a code, with changes.
    pub(crate) async fn redeem(&self, tenant: &str, code: &str, changes: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("redirect_uri", REDIRECT),
            ("code", code),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        post_form(&self.at(&format!("{tenant}/oauth2/v2.0/token")), &fields).await
    }

    /// The whole way: the token endpoint's answer for somebody.
    pub(crate) async fn tokens(&self, tenant: &str, person: &str, changes: &[(&str, &str)]) -> Value {
        let code = self.code(tenant, person, changes);
        let answer = self.redeem(tenant, &code, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// The claims of somebody's ID token.
    pub(crate) async fn id_claims(&self, tenant: &str, person: &str) -> Value {
        payload(&self.tokens(tenant, person, &[]).await["id_token"])
    }

    /// A token for Graph in somebody's name.
    pub(crate) async fn delegated(&self, tenant: &str, person: &str) -> String {
        text(&self.tokens(tenant, person, &[]).await["access_token"])
    }

    /// Asks for an app-only token, with changes.
    pub(crate) async fn app_only(&self, tenant: &str, changes: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        post_form(&self.at(&format!("{tenant}/oauth2/v2.0/token")), &fields).await
    }

    /// An app-only token for Graph.
    pub(crate) async fn app_token(&self, tenant: &str) -> String {
        let answer = self.app_only(tenant, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        text(&answer.json()["access_token"])
    }
}

#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

/// A part of a token: 0 the header, 1 the payload.
#[track_caller]
pub(crate) fn part(token: &Value, index: usize) -> Value {
    let token = text(token);
    let part = token.split('.').nth(index).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

#[track_caller]
pub(crate) fn payload(token: &Value) -> Value {
    part(token, 1)
}

/// The names of an object's members, sorted.
#[track_caller]
pub(crate) fn names(object: &Value) -> Vec<&str> {
    let mut names = object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>();
    names.sort_unstable();
    names
}
