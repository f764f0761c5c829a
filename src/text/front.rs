//! The sign-in page.

use super::{PRODUCT, words};

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
    /// Nobody can sign in on this server.
    pub not_set_up: &'static str,
    /// A session ended.
    pub signed_out: &'static str,
    /// Microsoft's approval page was left, approved.
    pub approval_finished: &'static str,
    /// The same, declined.
    pub approval_declined: &'static str,
    /// The attempt failed on our side.
    pub broken: fn(reference: &str) -> String,
    /// The way back for somebody who is signed in already.
    pub continue_as: fn(name: &str, team: &str) -> String,
    /// For the administrator of the person's organization: what to approve and how. `address` is where to sign in.
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
    not_set_up: "Sign-in isn't set up on this server. Ask the platform administrator.",
    signed_out: "You were signed out. Sign in to continue.",
    approval_finished: "Microsoft reports that approval finished. Whoever manages SonicSaaS can now select Test \
                        Connection.",
    approval_declined: "Microsoft reports that approval was declined.",
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
             Microsoft lists what {PRODUCT} may read; select Consent on behalf of your organization, then Accept."
        )
    },
    message: "message",
};
