//! Inviting people of a mapped group: the question before, how far it is, and how it went. Written on the server.

use super::words;
use crate::domain::invitation::Reason;

/// What became of an action, or how far it is.
#[derive(Clone, Copy, Debug)]
pub struct Went {
    /// How many people it is about.
    pub total: i64,
    /// Were invited.
    pub sent: i64,
    /// It did not work.
    pub failed: i64,
    /// Were not to be invited.
    pub skipped: i64,
    /// Whether invitations are mailed; otherwise links are made.
    pub mailed: bool,
}

/// The words about it.
pub struct BulkInvite {
    /// Invites those who are chosen.
    pub selected: &'static str,
    /// Invites all who are not invited, with their number where it is known.
    pub all: fn(Option<&str>) -> String,
    /// Chooses everybody on the page who can be invited.
    pub select_all: &'static str,
    /// Chooses one person.
    pub select: fn(name: &str) -> String,
    /// Invites one person; the name follows for a screen reader.
    pub invite: [&'static str; 2],
    /// Sends an invitation again; `to` and the name follow for a screen reader.
    pub resend: [&'static str; 2],
    /// Column of those.
    pub action: &'static str,
    /// The question.
    pub heading: fn(people: usize, mailed: bool) -> String,
    /// The heading when nobody can be invited.
    pub nobody: &'static str,
    /// Label: the role.
    pub role: &'static str,
    /// Label: until when it can be accepted.
    pub expires: &'static str,
    /// Label: who is invited.
    pub people: &'static str,
    /// Label: who is not, and why.
    pub skipped: &'static str,
    /// Label: what the mail looks like.
    pub preview: &'static str,
    /// So many of so many are named.
    pub some: fn(shown: usize, of: usize) -> String,
    /// Whom an invitation is for.
    pub pinned: &'static str,
    /// What cannot be undone, and what can, where mails are sent.
    pub no_way_back: &'static str,
    /// Where no mails are sent.
    pub no_mail: &'static str,
    /// The button.
    pub send: fn(people: usize, mailed: bool) -> String,
    /// What it says while it is on its way.
    pub sending: &'static str,
    /// Leaves everything as it is.
    pub cancel: &'static str,
    /// Name of the bar.
    pub bar: &'static str,
    /// How far it is.
    pub progress: fn(Went) -> String,
    /// How many wait for another try.
    pub delayed: fn(i64) -> String,
    /// What follows from leaving.
    pub goes_on: &'static str,
    /// Stops it.
    pub stop: &'static str,
    /// What that button says meanwhile.
    pub stopping: &'static str,
    /// Shows how far it is now, without a script.
    pub check: &'static str,
    /// It is over.
    pub ended: fn(Went, stopped: bool) -> String,
    /// Caption of the results.
    pub results: &'static str,
    /// Columns: person, result, reason, link.
    pub columns: [&'static str; 4],
    /// The link was shown, and is not any more.
    pub link_shown: &'static str,
    /// What is copied: the link for a person.
    pub link_for: fn(name: &str) -> String,
    /// So many results are shown; all are in the file.
    pub some_results: fn(shown: usize, of: i64) -> String,
    /// Another turn for those who failed.
    pub retry: fn(i64) -> String,
    /// What that button says meanwhile.
    pub retrying: &'static str,
    /// The file.
    pub download: &'static str,
    /// Links are shown once.
    pub once: &'static str,
    /// One link is shown once.
    pub once_one: &'static str,
    /// One person was invited by mail.
    pub sent_to: fn(person: &str) -> String,
    /// One person's link was made.
    pub made_for: fn(person: &str) -> String,
    /// One person's mail was not taken.
    pub not_sent: fn(person: &str, why: &str) -> String,
    /// An invitation was taken back.
    pub revoked: &'static str,
    /// Nothing came of it; the code says why.
    pub refused: fn(code: &str) -> &'static str,
    /// In the review: why somebody is skipped.
    pub skipped_for: fn(reason: Reason, people: &[String], more: usize) -> String,
    /// The action is not there.
    pub no_job: &'static str,
}

words!(BulkInvite);

fn invitations(count: i64) -> String {
    match count {
        1 => "1 invitation".to_owned(),
        count => format!("{count} invitations"),
    }
}

fn people(count: usize) -> String {
    invitations(i64::try_from(count).unwrap_or(i64::MAX))
}

/// English.
pub static EN: BulkInvite = BulkInvite {
    selected: "Invite selected",
    all: |count| match count {
        Some(count) => format!("Invite all not invited ({count})"),
        None => "Invite all not invited".to_owned(),
    },
    select_all: "Select all not invited",
    select: |name| format!("Select {name}"),
    invite: ["Invite", " "],
    resend: ["Resend invitation", " to "],
    action: "Action",
    heading: |count, mailed| {
        let what = if mailed { "Send" } else { "Create" };
        format!("{what} {}?", people(count))
    },
    nobody: "Nobody to invite",
    role: "Role",
    expires: "Expires",
    people: "People",
    skipped: "Skipped",
    preview: "Mail preview",
    some: |shown, of| format!("Showing {shown} of {of}."),
    pinned: "Each invitation works for that person's Microsoft account only.",
    no_way_back: "You can't unsend a mail. You can revoke an invitation.",
    no_mail: "Mail isn't set up on this server. You get a link for each person, which is shown once.",
    send: |count, mailed| {
        let what = if mailed { "Send" } else { "Create" };
        format!("{what} {}", people(count))
    },
    sending: "Starting",
    cancel: "Cancel",
    bar: "Invitations sent",
    progress: |went| {
        let Went {
            total,
            sent,
            failed,
            skipped,
            ..
        } = went;
        let done = sent + failed + skipped;
        let word = if went.mailed { "sent" } else { "created" };
        format!("{done} of {total} processed: {sent} {word}, {failed} failed, {skipped} skipped")
    },
    delayed: |count| match count {
        1 => "1 mail waits for another try: the mail server didn't take it so far.".to_owned(),
        count => format!("{count} mails wait for another try: the mail server didn't take them so far."),
    },
    goes_on: "You can leave this page. Sending continues.",
    stop: "Stop sending",
    stopping: "Stopping",
    check: "Check progress",
    ended: |went, stopped| {
        let word = if went.mailed { "sent" } else { "created" };
        let failed = if went.failed > 0 {
            format!(", {} failed", went.failed)
        } else {
            String::new()
        };
        let skipped = if went.skipped > 0 {
            format!(", {} skipped", went.skipped)
        } else {
            String::new()
        };
        let begins = if stopped { "Sending stopped. " } else { "" };
        format!("{begins}{} {word}{failed}{skipped}.", invitations(went.sent))
    },
    results: "Invitation results",
    columns: ["Person", "Result", "Reason", "Invitation link"],
    link_shown: "Shown before",
    link_for: |name| format!("invitation link for {name}"),
    some_results: |shown, of| format!("Showing {shown} of {of} results. The file has all of them."),
    retry: |count| match count {
        1 => "Retry 1 failed invitation".to_owned(),
        count => format!("Retry {count} failed invitations"),
    },
    retrying: "Starting again",
    download: "Download results (CSV)",
    once: "Mail isn't set up on this server. These links are shown once.",
    once_one: "This link is in no mail, and it is shown once.",
    sent_to: |person| format!("Invitation sent to {person}."),
    made_for: |person| format!("Invitation for {person} created."),
    not_sent: |person, why| {
        format!(
            "The invitation for {person} was not mailed: {why}. Hand over the link below, or select Resend invitation to \
             try again."
        )
    },
    revoked: "Invitation revoked.",
    refused: |code| match code {
        "nobody" => "Select at least one person to invite.",
        "nobody_left" => "Everybody in this group is a member or invited already.",
        "key" => "This page was open for too long. Select people again.",
        "unproven" => "Nobody was invited: member lists wait until ownership is verified.",
        "not_configured" => "Nobody was invited: Microsoft sign-in isn't set up on this server.",
        "not_permitted" => {
            "Nobody was invited: Microsoft doesn't let SonicSaaS read this group's members. Grant admin consent first."
        }
        "no_group" => "Nobody was invited: the group was deleted in Microsoft Entra ID.",
        "microsoft" => {
            "Nobody was invited: we couldn't read the members from Microsoft. Try again in a minute."
        }
        "mapping_gone" => {
            "The mapping that this invitation was made from was removed, so it can't be sent again."
        }
        "forbidden" => "Nobody was invited: only owners and admins can invite people.",
        "busy" => "Nobody was invited: SonicSaaS is busy. Try again in a minute.",
        "already_member" => "This person is already a member.",
        "already_invited" => "This person is invited already.",
        "revoked" => "This invitation was taken back, or a newer one took its place. Nothing was sent.",
        "accepted" => "This invitation was accepted already.",
        "missing" => "This invitation isn't there any more.",
        _ => {
            "Nobody was invited. There's a problem on our side. Try again, or contact the platform administrator."
        }
    },
    skipped_for: |reason, names, more| {
        let mut text = names.join(", ");
        if more > 0 {
            use std::fmt::Write as _;
            let _ = write!(text, " and {more} more");
        }
        format!("{text}: {}", (super::invitation::EN.reason)(reason))
    },
    no_job: "These invitations aren't there any more.",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn went(sent: i64, failed: i64, skipped: i64) -> Went {
        Went {
            total: 3,
            sent,
            failed,
            skipped,
            mailed: true,
        }
    }

    #[test]
    fn what_happened_is_said_in_a_sentence() {
        assert_eq!((EN.ended)(went(3, 0, 0), false), "3 invitations sent.");
        assert_eq!((EN.ended)(went(2, 1, 0), false), "2 invitations sent, 1 failed.");
        assert_eq!(
            (EN.ended)(went(1, 0, 2), true),
            "Sending stopped. 1 invitation sent, 2 skipped."
        );
        assert_eq!(
            (EN.progress)(went(2, 0, 0)),
            "2 of 3 processed: 2 sent, 0 failed, 0 skipped"
        );
    }

    #[test]
    fn the_question_counts_people() {
        assert_eq!((EN.heading)(1, true), "Send 1 invitation?");
        assert_eq!((EN.send)(3, false), "Create 3 invitations");
        assert_eq!(
            (EN.skipped_for)(Reason::AlreadyMember, &["Dana Reyes".to_owned()], 2),
            "Dana Reyes and 2 more: Already a member"
        );
    }
}
