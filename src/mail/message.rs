//! A letter as a message: headers, a plain part, an HTML part.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{
    domain::{id::InvitationId, input, time::Timestamp},
    text::{
        invitation_mail::{InvitationMail, Invite},
        text,
    },
};

/// An invitation on its way to somebody.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'text> {
    /// Which invitation. The message is named after it, so that a mail that was sent twice is known as one.
    pub invitation: InvitationId,
    /// To which address.
    pub to: &'text str,
    /// Whose address that is.
    pub name: Option<&'text str>,
    /// What it says.
    pub invite: Invite<'text>,
    /// When it is written.
    pub at: Timestamp,
}

/// An address that no mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no mail can be sent to this address")]
pub struct Unsendable;

/// What goes over the wire.
pub(super) struct Composed {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

/// Writes the message. Names are cleaned of everything that could end a line, and encoded where they are not plain; the
/// address is parsed, so that nothing in it can be taken for a command.
pub(super) fn compose(letter: &Letter<'_>, from: &Mailbox, host: &str) -> Result<Composed, Unsendable> {
    let to: Address = letter.to.parse().map_err(|_| Unsendable)?;
    let name = letter.name.map(input::label).filter(|name| !name.is_empty());
    let (team, by) = (
        input::label(letter.invite.team),
        letter.invite.by.map(input::label).filter(|by| !by.is_empty()),
    );
    let invite = Invite {
        team: &team,
        by: by.as_deref(),
        ..letter.invite
    };
    let words = text::<InvitationMail>();
    let seconds = u64::try_from(letter.at.as_seconds()).unwrap_or_default();
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, to))
        .subject(input::label(&(words.subject)(&invite)))
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{}@{host}>", letter.invitation)))
        // RFC 3834 section 5: so that nobody's absence is answered to us.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(MultiPart::alternative_plain_html(
            words.plain(&invite),
            words.html(&invite),
        ))
        .map_err(|_| Unsendable)?;
    Ok(Composed {
        envelope: message.envelope().clone(),
        bytes: message.formatted(),
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::role::Role;

    fn composed(to: &str, name: &str, team: &str) -> Result<String, Unsendable> {
        let at = Timestamp::parse("2026-03-04T14:02:11Z").expect("a time");
        let letter = Letter {
            invitation: InvitationId::from(Uuid::from_u128(7)),
            to,
            name: Some(name),
            invite: Invite {
                team,
                by: Some("Priya Shah"),
                role: Role::Viewer,
                pinned: true,
                link: "https://sonicsaas.example/invite/0a",
                until: at,
            },
            at,
        };
        let from = "SonicSaaS <no-reply@example.com>".parse().expect("an address");
        let composed = compose(&letter, &from, "sonicsaas.example")?;
        Ok(String::from_utf8(composed.bytes).expect("a mail is ASCII"))
    }

    /// The lines of the head, folded ones joined.
    fn head(message: &str) -> Vec<String> {
        let (head, _) = message.split_once("\r\n\r\n").expect("a head and a body");
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_message_has_the_documented_head() {
        let message = composed("dana@contoso.com", "Dana Reyes", "Northwind MSP").expect("sendable");
        let lines = head(&message);
        for line in [
            "From: SonicSaaS <no-reply@example.com>",
            "To: \"Dana Reyes\" <dana@contoso.com>",
            "Subject: Priya Shah invited you to Northwind MSP",
            "Date: Wed, 04 Mar 2026 14:02:11 +0000",
            "Message-ID: <00000000-0000-0000-0000-000000000007@sonicsaas.example>",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(lines.iter().any(|it| it == line), "{line}: {lines:#?}");
        }
        assert!(message.contains("multipart/alternative"), "{message}");
    }

    #[test]
    fn no_name_adds_a_header_or_a_recipient() {
        let evil = "Dana\r\nBcc: eve@evil.example\r\n\r\n<script>";
        let message = composed("dana@contoso.com", evil, evil).expect("sendable");
        let lines = head(&message);
        assert!(
            !lines.iter().any(|line| line.to_lowercase().starts_with("bcc")),
            "{lines:#?}"
        );
        for name in ["To", "Subject", "From"] {
            let start = format!("{name}: ");
            assert_eq!(lines.iter().filter(|line| line.starts_with(&start)).count(), 1);
        }
        for address in [
            "dana@contoso.com\r\nRCPT TO:<eve@evil.example>",
            "dana",
            "",
            "a b@contoso.com",
        ] {
            assert_eq!(
                composed(address, "Dana", "Team").err(),
                Some(Unsendable),
                "{address:?}"
            );
        }
    }
}
