//! The page of an invitation, and what the results of a bulk invite say.

use super::{roles, times, words};
use crate::domain::{
    invitation::{Outcome, Reason},
    role::Role,
    time::Timestamp,
};

/// The words about invitations.
pub struct Invitations {
    /// Heading of the page.
    pub join: fn(team: &str) -> String,
    /// Label: who invites.
    pub invited_by: &'static str,
    /// Who invites when it is the platform's operator.
    pub operator: &'static str,
    /// Label of the role.
    pub role: &'static str,
    /// Label of the address.
    pub email: &'static str,
    /// Label of the name, where there is no address.
    pub name: &'static str,
    /// Label of the end.
    pub expires: &'static str,
    /// The role may follow groups.
    pub may_change: &'static str,
    /// The invitation needs Microsoft, which is off here; whom to ask.
    pub needs_microsoft: fn(by: Option<&str>) -> String,
    /// Heading: its time is over.
    pub expired: &'static str,
    /// Until when it was valid, and whom to ask.
    pub expired_at: fn(at: Timestamp, by: Option<&str>) -> String,
    /// Heading: it was used.
    pub used: &'static str,
    /// What to do if that was oneself; the link follows.
    pub used_by_you: &'static str,
    /// The link there.
    pub sign_in: &'static str,
    /// Heading: revoked, or never made.
    pub unavailable: &'static str,
    /// What to do then.
    pub ask: &'static str,
    /// Somebody else is signed in.
    pub other_account: fn(signed_in: &str, invited: &str) -> String,
    /// The very person is signed in, and in the team.
    pub member_already: fn(signed_in: &str, team: &str) -> String,
    /// The way from there.
    pub to_overview: &'static str,
    /// The button there.
    pub sign_out: &'static str,
    /// An account of another organization was used.
    pub other_tenant: fn(team: &str) -> String,
    /// Another account was used.
    pub other_identity: &'static str,
    /// On the dashboard afterwards.
    pub joined: fn(team: &str, role: Role) -> String,
    /// Columns of the results.
    pub columns: [&'static str; 6],
    /// How it went with one person. `mailed` is false where links are made and not sent.
    pub outcome: fn(outcome: Outcome, mailed: bool) -> &'static str,
    /// Why.
    pub reason: fn(reason: Reason) -> &'static str,
}

words!(Invitations);

/// English.
pub static EN: Invitations = Invitations {
    join: |team| format!("Join {team}"),
    invited_by: "Invited by",
    operator: "The platform administrator",
    role: "Role",
    email: "Email",
    name: "Name",
    expires: "Expires",
    may_change: "Your role may change to match your Microsoft groups when you sign in.",
    needs_microsoft: |by| {
        format!(
            "This invitation needs Microsoft sign-in, which is off on this server. Ask {}.",
            asked(by)
        )
    },
    expired: "This invitation has expired",
    expired_at: |at, by| {
        format!(
            "It was valid until {}. Ask {} to send a new one.",
            (times::EN.day)(at),
            asked(by)
        )
    },
    used: "This invitation has already been used",
    used_by_you: "If that was you, sign in.",
    sign_in: "Sign in",
    unavailable: "This invitation isn't available",
    ask: "Ask the person who invited you for a new link.",
    other_account: |signed_in, invited| {
        format!("You're signed in as {signed_in}. This invitation is for {invited}.")
    },
    member_already: |signed_in, team| {
        format!("You're signed in as {signed_in}, and already a member of {team}. There's nothing to accept.")
    },
    to_overview: "Go to the overview",
    sign_out: "Sign out and continue",
    other_tenant: |team| {
        format!("This invitation can only be accepted with a Microsoft account of {team}'s own organization.")
    },
    other_identity: "This invitation is for one Microsoft account, and you signed in with a different one. Use a \
                     different Microsoft account.",
    joined: |team, role| format!("You've joined {team} as {}.", (roles::EN.name)(role)),
    columns: [
        "Person",
        "Email address",
        "Object ID",
        "Result",
        "Reason",
        "Invitation link",
    ],
    outcome: |outcome, mailed| match outcome {
        Outcome::Waiting => "Waiting",
        Outcome::Sending => "Sending",
        Outcome::Sent if mailed => "Sent",
        Outcome::Sent => "Created",
        Outcome::Failed => "Failed",
        Outcome::Skipped => "Skipped",
    },
    reason: |reason| match reason {
        Reason::AlreadyMember => "Already a member",
        Reason::AlreadyInvited => "Already invited",
        Reason::NoAddress => "No email address in Microsoft Entra ID",
        Reason::Disabled => "Disabled in Microsoft Entra ID",
        Reason::Guest => "Guest, and Allow guests is off",
        Reason::Unreadable => "Microsoft doesn't show who this is",
        Reason::NotInGroup => "Not in the group any more",
        Reason::Stopped => "Stopped before sending",
        Reason::MappingGone => "The mapping was removed",
        Reason::TenantGone => "The Microsoft tenant isn't connected or verified any more",
        Reason::NotAllowed => "Whoever started this may no longer invite people",
        Reason::Revoked => "The invitation was revoked",
        Reason::AddressRejected => "Mail server rejected the address",
        Reason::MailRejected => "Mail server rejected the mail",
        Reason::MailDeferred => "Mail server asked to try again later",
        Reason::MailUnavailable => "Mail server didn't answer",
    },
};

/// Whom to ask.
fn asked(by: Option<&str>) -> &str {
    by.unwrap_or("the platform administrator")
}
