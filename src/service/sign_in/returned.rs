//! What stands in the query of a return from Microsoft.

use super::refuse::Failing;
use crate::{
    domain::{
        sign_in::{Check, Refusal},
        tenant::TenantId,
    },
    entra::{AuthorizationCode, Entra},
};

/// The parameters of a return, in the order sent. Built from the raw query, since a doubled parameter must be seen.
#[derive(Debug)]
pub struct Returned(Vec<(String, String)>);

/// Parameters that mean something; each may come once.
const PROTOCOL: [&str; 10] = [
    "code",
    "state",
    "session_state",
    "error",
    "error_description",
    "error_subcode",
    "error_uri",
    "iss",
    "admin_consent",
    "tenant",
];

impl Returned {
    /// From the raw query of the request.
    pub fn from_query(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn has_duplicates(&self) -> bool {
        PROTOCOL
            .iter()
            .any(|name| self.0.iter().filter(|(key, _)| key == name).count() > 1)
    }

    pub(super) fn state(&self) -> Option<&str> {
        self.get("state").filter(|state| !state.is_empty())
    }

    /// RFC 9207.
    pub(in crate::service) fn issuer(&self) -> Option<&str> {
        self.get("iss")
    }

    /// The id that front-channel logout names, where the ID token holds none.
    pub(super) fn session_state(&self) -> Option<&str> {
        self.get("session_state")
            .filter(|state| !state.is_empty() && state.len() <= 128)
    }

    /// What Microsoft's error is called, as far as it is a plain word.
    pub(in crate::service) fn error(&self) -> Option<String> {
        let error = self.get("error")?;
        let word = error.len() <= 64
            && error
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        Some(if word { error } else { "unreadable" }.to_owned())
    }

    /// Whether the return of an approval names another tenant than this one; anybody could have written what it names.
    pub(in crate::service) fn names_another_than(&self, tenant: TenantId) -> bool {
        let named = self.get("tenant");
        named.is_some_and(|named| named.parse() != Ok(tenant))
    }

    /// Whether it says that the approval was given; `None` when it says nothing of an approval.
    pub(in crate::service) fn approved(&self) -> Option<bool> {
        let given = self.get("admin_consent")?;
        Some(given.eq_ignore_ascii_case("true"))
    }

    /// Whether this is the return of an approval that did not begin here: no state, no code, and a mark of the
    /// consent page or of its refusal. `Some(true)` when Microsoft reports that it was given. The mark alone says
    /// nothing: Microsoft sends `admin_consent=True` with a refusal too.
    pub(super) fn consent_without_state(&self) -> Option<bool> {
        let about_consent = ["admin_consent", "tenant", "error"]
            .iter()
            .any(|name| self.get(name).is_some());
        let begun_here = self.get("state").is_some() || self.get("code").is_some();
        (about_consent && !begun_here && !self.has_duplicates())
            .then(|| self.get("error").is_none() && self.approved() == Some(true))
    }

    /// The authorization code, or why there is none. A wrong issuer is found first: then even the error is a
    /// stranger's.
    pub(in crate::service) fn code(
        &self,
        entra: &Entra,
        tenant: Option<TenantId>,
    ) -> Result<AuthorizationCode, Failing> {
        entra.check_issuer_parameter(self.issuer(), tenant)?;
        if self.get("error").is_some() {
            return Err(Entra::provider_error(&self.0).into());
        }
        match self.get("code") {
            Some(code) => Ok(AuthorizationCode::parse(code)?),
            None => Err(Failing::refused(
                Refusal::ExchangeFailed,
                Some(Check::CodeMissing),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returned(query: &str) -> Returned {
        Returned::from_query(query)
    }

    #[test]
    fn doubled_parameters_are_seen() {
        assert!(returned("state=a&state=b&code=c").has_duplicates());
        assert!(returned("state=a&st%61te=b").has_duplicates());
        assert!(!returned("state=a&code=c&unknown=1&unknown=2").has_duplicates());
    }

    #[test]
    fn a_consent_return_is_told_from_a_sign_in() {
        assert_eq!(
            returned("admin_consent=True&tenant=x").consent_without_state(),
            Some(true)
        );
        assert_eq!(
            returned("admin_consent=True&error=consent_required").consent_without_state(),
            Some(false)
        );
        assert_eq!(
            returned("error=access_denied&error_subcode=cancel").consent_without_state(),
            Some(false)
        );
        assert_eq!(
            returned("admin_consent=True&state=s").consent_without_state(),
            None
        );
        assert_eq!(
            returned("admin_consent=True&code=c").consent_without_state(),
            None
        );
        assert_eq!(returned("").consent_without_state(), None);
    }
}
