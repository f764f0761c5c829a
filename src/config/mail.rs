//! Mail in the environment: a server and a sender, both or neither, and how fast.

use std::num::NonZeroU32;

use super::environment::Environment;
use crate::mail::{BadServer, MailServer};

const ADDRESS: &str = "SMTP_URL";
const FROM: &str = "MAIL_FROM";
const PACE: &str = "MAIL_PER_MINUTE";
/// Ten a second: what common providers take from a new sender without slowing it down.
const DEFAULT_PACE: NonZeroU32 = NonZeroU32::new(600).expect("more than none");

/// What the environment says about mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The server; `None` when invitations are not mailed.
    pub server: Option<MailServer>,
    /// `MAIL_PER_MINUTE`: no more than so many go out in a minute.
    pub per_minute: NonZeroU32,
}

impl Mail {
    pub(super) fn read(environment: &mut Environment) -> Self {
        let (address, from) = (environment.secret(ADDRESS), environment.plain(FROM));
        let server = match (address, from) {
            (None, None) => None,
            (Some(_), None) => {
                environment.problem(
                    FROM,
                    format!("is required with {ADDRESS}: the address that mail comes from"),
                );
                None
            }
            (None, Some(_)) => {
                environment.problem(ADDRESS, format!("is required with {FROM}: the mail server"));
                None
            }
            (Some(address), Some(from)) => MailServer::parse(&address, &from)
                .map_err(|bad| {
                    let variable = if bad == BadServer::From { FROM } else { ADDRESS };
                    environment.problem(variable, bad.to_string());
                })
                .ok(),
        };
        let per_minute = environment.parsed(PACE, "a whole number from 1, such as 600");
        Self {
            server,
            per_minute: per_minute.unwrap_or(DEFAULT_PACE),
        }
    }
}
