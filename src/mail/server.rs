//! Which server mail goes to, from `SMTP_URL` and `MAIL_FROM`.

use std::fmt;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

/// A mail server and what we say there.
#[derive(Clone)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<(String, SecretString)>,
    pub(super) from: Mailbox,
}

/// How the connection is kept from being read or changed on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte (RFC 8314 section 3.3).
    FromTheStart,
    /// STARTTLS, and nothing is sent without it (RFC 3207): an invitation's link is a key.
    Required,
    /// STARTTLS where it is offered, for a server on this machine.
    WhereOffered,
}

/// Why a mail server cannot be used as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadServer {
    /// `SMTP_URL` is of another form.
    #[error(
        "must be an address such as smtps://user:password@mail.example.com or smtp://mail.example.com:587"
    )]
    Address,
    /// `SMTP_URL` says more than where and as whom.
    #[error("must end after the host and port")]
    TooLong,
    /// `SMTP_URL` has a name without a password, or the reverse.
    #[error("needs both a user name and a password, or neither")]
    HalfCredentials,
    /// `MAIL_FROM` is no address.
    #[error("must be an address such as SonicSaaS <no-reply@example.com>")]
    From,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.place())
    }
}

impl MailServer {
    /// Reads both variables.
    ///
    /// # Errors
    /// [`BadServer`], which never holds what was typed: the address may hold a password.
    pub fn parse(address: &SecretString, from: &str) -> Result<Self, BadServer> {
        let url = Url::parse(address.expose_secret()).map_err(|_| BadServer::Address)?;
        let host = url.host().ok_or(BadServer::Address)?;
        let here = match &host {
            // The parser knows hosts of the web only; in other addresses every host is a name.
            Host::Domain(name) => {
                *name == "localhost"
                    || name.ends_with(".localhost")
                    || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        let (security, port) = match url.scheme() {
            "smtps" => (Security::FromTheStart, 465),
            "smtp" if here => (Security::WhereOffered, 25),
            "smtp" => (Security::Required, 587),
            _ => return Err(BadServer::Address),
        };
        let nothing_more =
            matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if !nothing_more {
            return Err(BadServer::TooLong);
        }
        let decoded = |text: &str| percent_decoded(text).filter(|text| !text.chars().any(char::is_control));
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) | (_, None) => return Err(BadServer::HalfCredentials),
            (name, Some(password)) => Some((
                decoded(name).ok_or(BadServer::Address)?,
                SecretString::from(decoded(password).ok_or(BadServer::Address)?),
            )),
        };
        Ok(Self {
            host: match host {
                Host::Domain(name) => name.to_owned(),
                Host::Ipv4(ip) => ip.to_string(),
                Host::Ipv6(ip) => ip.to_string(),
            },
            port: url.port().unwrap_or(port),
            security,
            credentials,
            from: from.parse().map_err(|_| BadServer::From)?,
        })
    }

    /// Where it is, without what is secret.
    pub fn place(&self) -> String {
        let scheme = match self.security {
            Security::FromTheStart => "smtps",
            Security::Required | Security::WhereOffered => "smtp",
        };
        format!("{scheme}://{}:{} as {}", self.host, self.port, self.from.email)
    }
}

/// Percent-encoding undone (RFC 3986 section 2.1); nothing when what is encoded is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let (byte, left) = match (first, after) {
            (b'%', [high, low, left @ ..]) => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16);
                let value = digit(high)? * 16 + digit(low)?;
                (u8::try_from(value).ok()?, left)
            }
            (byte, left) => (*byte, left),
        };
        bytes.push(byte);
        rest = left;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<MailServer, BadServer> {
        MailServer::parse(&SecretString::from(address), "SonicSaaS <no-reply@example.com>")
    }

    #[test]
    fn the_scheme_says_how_the_way_is_guarded() {
        for (address, security, port) in [
            ("smtps://mail.example.com", Security::FromTheStart, 465),
            ("smtp://mail.example.com", Security::Required, 587),
            ("smtp://mail.example.com:2525/", Security::Required, 2525),
            ("smtp://127.0.0.1", Security::WhereOffered, 25),
            ("smtp://[::1]:1025", Security::WhereOffered, 1025),
            ("smtp://localhost:1025", Security::WhereOffered, 1025),
            ("smtps://localhost", Security::FromTheStart, 465),
            ("smtp://10.0.0.1", Security::Required, 587),
        ] {
            let server = parse(address).expect(address);
            assert_eq!((server.security, server.port), (security, port), "{address}");
        }
    }

    #[test]
    fn credentials_are_decoded_and_do_not_print() {
        let server = parse("smtps://apikey:p%40ss%3Aword%25@mail.example.com").expect("it parses");
        let (name, password) = server.credentials.clone().expect("both");
        assert_eq!(
            (name.as_str(), password.expose_secret()),
            ("apikey", "p@ss:word%")
        );
        assert!(!format!("{server:?}").contains("p@ss"));
        assert_eq!(
            server.place(),
            "smtps://mail.example.com:465 as no-reply@example.com"
        );
    }

    #[test]
    fn anything_else_is_a_problem_of_its_own() {
        for (address, problem) in [
            ("mail.example.com", BadServer::Address),
            ("https://mail.example.com", BadServer::Address),
            ("smtp://", BadServer::Address),
            ("smtp://mail.example.com/queue", BadServer::TooLong),
            ("smtp://mail.example.com?tls=no", BadServer::TooLong),
            ("smtp://user@mail.example.com", BadServer::HalfCredentials),
            ("smtp://user:pass%0d%0aword@mail.example.com", BadServer::Address),
        ] {
            assert_eq!(parse(address).err(), Some(problem), "{address}");
        }
        let address = SecretString::from("smtp://localhost");
        for from in ["", "nobody", "a@b@c", "a@example.com\r\nBcc: x@example.com"] {
            assert_eq!(
                MailServer::parse(&address, from).err(),
                Some(BadServer::From),
                "{from:?}"
            );
        }
    }
}
