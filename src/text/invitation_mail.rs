//! The mail that brings an invitation: its subject, and the same words as plain text and as HTML.
//!
//! What people and directories call themselves stands in here, so everything is escaped for the HTML part, and nothing
//! in it is loaded from anywhere.

use std::fmt::Write as _;

use super::{PRODUCT, roles, times, words};
use crate::domain::{role::Role, time::Timestamp};

/// What a mail is made of.
#[derive(Clone, Copy, Debug)]
pub struct Invite<'text> {
    /// The team.
    pub team: &'text str,
    /// Who invites; nobody when it is the platform's operator.
    pub by: Option<&'text str>,
    /// As what.
    pub role: Role,
    /// Whether one Microsoft account alone can accept it.
    pub pinned: bool,
    /// The link.
    pub link: &'text str,
    /// Until when it works.
    pub until: Timestamp,
}

/// The words of the mail.
pub struct InvitationMail {
    /// The subject.
    pub subject: fn(&Invite<'_>) -> String,
    /// The paragraphs; the link stands after the first one.
    pub paragraphs: fn(&Invite<'_>) -> Vec<String>,
    /// What the link is called.
    pub link: fn(team: &str) -> String,
}

words!(InvitationMail);

/// English.
pub static EN: InvitationMail = InvitationMail {
    subject: |invite| match invite.by {
        Some(by) => format!("{by} invited you to {}", invite.team),
        None => format!("You are invited to {}", invite.team),
    },
    paragraphs: |invite| {
        let role = (roles::EN.one)(invite.role);
        let first = match invite.by {
            Some(by) => format!("{by} invited you to join {} on {PRODUCT} as {role}.", invite.team),
            None => format!("You are invited to join {} on {PRODUCT} as {role}.", invite.team),
        };
        let account = if invite.pinned {
            "The invitation works for your own work or school account at Microsoft only."
        } else {
            "Sign in with a work or school account of that organization."
        };
        vec![
            first,
            format!(
                "{account} It is valid until {}.",
                (times::EN.moment)(invite.until)
            ),
            "If you don't know what this is about, you need not do anything.".to_owned(),
        ]
    },
    link: |team| format!("Join {team}"),
};

impl InvitationMail {
    /// The plain text part.
    pub fn plain(&self, invite: &Invite<'_>) -> String {
        let mut text = String::new();
        for (place, paragraph) in (self.paragraphs)(invite).iter().enumerate() {
            let _ = write!(text, "{paragraph}\n\n");
            if place == 0 {
                let _ = write!(text, "{}:\n{}\n\n", (self.link)(invite.team), invite.link);
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    /// The HTML part: a whole small document.
    pub fn html(&self, invite: &Invite<'_>) -> String {
        let mut body = String::new();
        for (place, paragraph) in (self.paragraphs)(invite).iter().enumerate() {
            let _ = write!(body, "<p>{}</p>", escaped(paragraph));
            if place == 0 {
                let (link, name) = (escaped(invite.link), escaped(&(self.link)(invite.team)));
                let _ = write!(body, "<p><a href=\"{link}\">{name}</a></p><p>{link}</p>");
            }
        }
        let title = escaped(&(self.subject)(invite));
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
             <body>{body}</body></html>"
        )
    }
}

/// Text that may stand in HTML, in a double-quoted attribute too.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(team: &str) -> Invite<'_> {
        Invite {
            team,
            by: Some("Priya Shah"),
            role: Role::Operator,
            pinned: true,
            link: "https://sonicsaas.example/invite/0a",
            until: Timestamp::parse("2026-03-11T14:02:11Z").expect("a time"),
        }
    }

    #[test]
    fn both_parts_say_who_what_and_until_when() {
        let invite = invite("Northwind MSP");
        assert_eq!((EN.subject)(&invite), "Priya Shah invited you to Northwind MSP");
        let plain = EN.plain(&invite);
        let expected = "Priya Shah invited you to join Northwind MSP on SonicSaaS as an Operator.\n\n\
                        Join Northwind MSP:\nhttps://sonicsaas.example/invite/0a\n\n";
        assert!(plain.starts_with(expected), "{plain}");
        for part in [plain, EN.html(&invite)] {
            assert!(part.contains("valid until 11 Mar 2026, 14:02 UTC"), "{part}");
            assert!(part.contains("https://sonicsaas.example/invite/0a"), "{part}");
        }
    }

    #[test]
    fn a_name_is_no_markup() {
        let html = EN.html(&invite("<img src=x onerror=\"y\">"));
        assert!(!html.contains("<img"), "{html}");
        assert!(html.contains("&lt;img src=x onerror=&quot;y&quot;&gt;"), "{html}");
    }
}
