//! The sign-in page and the page of a recovery link.

use super::{PRODUCT, minutes, words};
use crate::domain::time::Timestamp;

/// The words of the sign-in page.
pub struct Front {
    /// Heading of the sign-in page.
    pub sign_in: &'static str,
    /// The Microsoft button.
    pub with_microsoft: &'static str,
    /// What the Microsoft button becomes once pressed.
    pub signing_in: &'static str,
    /// Which account the button takes.
    pub which_account: &'static str,
    /// Offers Microsoft's list of accounts.
    pub other_account: &'static str,
    /// Between the two ways.
    pub or: &'static str,
    /// Name of the form.
    pub with_email: &'static str,
    /// Label of the address.
    pub email: &'static str,
    /// Label of the password.
    pub password: &'static str,
    /// Shows what was typed as a password.
    pub show_password: &'static str,
    /// The form's button, and that of a recovery link.
    pub sign_in_button: &'static str,
    /// Whom to ask for another password.
    pub forgotten: &'static str,
    /// Heading above what is wrong with a form.
    pub problem: &'static str,
    /// The title of a page whose form has something wrong.
    pub error_title: fn(title: &str) -> String,
    /// No address was typed.
    pub no_email: &'static str,
    /// What was typed is no address.
    pub email_format: &'static str,
    /// No password was typed.
    pub no_password: &'static str,
    /// Too many requests from one address; `until` is when the next one is answered.
    pub too_many_requests: fn(until: Timestamp) -> String,
    /// Heading of a recovery link's page.
    pub recovery: &'static str,
    /// For whom the link is, and until when.
    pub recovery_for: fn(person: &str, until: Timestamp) -> String,
    /// Heading: the link does not work, or does not any more.
    pub link_unavailable: &'static str,
    /// What to do then.
    pub link_ask: &'static str,
    /// On the dashboard, after a recovery link was used.
    pub recovered: &'static str,
    /// Nobody can sign in on this server.
    pub not_set_up: &'static str,
    /// Somebody ended their own session by what they did; that comes first.
    pub signed_out_by: fn(done: &str) -> String,
    /// A session ended.
    pub signed_out: &'static str,
    /// The attempt failed on our side.
    pub broken: fn(reference: &str) -> String,
    /// The way back for somebody who is signed in already.
    pub continue_as: fn(name: &str, team: &str) -> String,
    /// For the administrator of the person's organization: what to approve and how. `address` is where to sign in. The
    /// address of the permissions page follows.
    pub approve: fn(address: &str) -> String,
    /// The thing that is copied there, as in `Copy message`.
    pub message: &'static str,
}

words!(Front);

/// English.
pub static EN: Front = Front {
    sign_in: "Sign in to SonicSaaS",
    with_microsoft: "Sign in with Microsoft",
    signing_in: "Signing in…",
    which_account: "Use your work or school account.",
    other_account: "Use a different Microsoft account",
    or: "or",
    with_email: "Sign in with email",
    email: "Email address",
    password: "Password",
    show_password: "Show password",
    sign_in_button: "Sign in",
    forgotten: "Forgot your password? Ask the platform administrator for a recovery link.",
    problem: "There is a problem",
    error_title: |title| format!("Error: {title}"),
    no_email: "Enter your email address",
    email_format: "Enter an email address in the correct format, like name@example.com",
    no_password: "Enter your password",
    too_many_requests: |until| {
        format!(
            "Too many requests. Try again after {}.",
            (minutes::EN.after)(until)
        )
    },
    recovery: "Sign in with a recovery link",
    recovery_for: |person, until| {
        format!(
            "Made by the platform administrator for {person}. It works once, until {}.",
            (minutes::EN.of)(until)
        )
    },
    link_unavailable: "This link isn't available",
    link_ask: "Ask the platform administrator for a new one.",
    recovered: "You signed in with a recovery link. This was recorded.",
    not_set_up: "Sign-in isn't set up on this server. Ask the platform administrator.",
    signed_out_by: |done| format!("{done} That signed you out as well. Sign in to continue."),
    signed_out: "You were signed out. Sign in to continue.",
    broken: |reference| {
        format!(
            "There is a problem on our side. Try again, or contact the platform administrator with reference \
             {reference}."
        )
    },
    continue_as: |name, team| format!("Continue to {team} as {name}"),
    approve: |address| {
        format!(
            "People of our organization want to sign in to {PRODUCT} with their Microsoft work accounts, and \
             Microsoft asks an administrator to approve the app first. Open {address} and select Sign in with \
             Microsoft with an account that has the Global Administrator or Privileged Role Administrator role. \
             Microsoft lists what {PRODUCT} may read; select Consent on behalf of your organization, then Accept. \
             Every permission, and what it is used for:"
        )
    },
    message: "message",
};
