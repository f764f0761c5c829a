//! What went wrong, in words, and the whole pages about it.

use super::words;

/// The words of faults.
pub struct Faults {
    /// No session, or it ended.
    pub signed_out: &'static str,
    /// The link of that sentence.
    pub sign_in: &'static str,
    /// Something is gone.
    pub missing: &'static str,
    /// Too much at once.
    pub busy: &'static str,
    /// A region's data did not come; `what` as in `your access`.
    pub not_loaded: fn(what: &str) -> String,
    /// The same, when it is our fault and the log knows more.
    pub not_loaded_because_of_us: fn(what: &str, reference: &str) -> String,
    /// Asks again.
    pub try_again: &'static str,
    /// Stands before a reference; ends in a space.
    pub reference: &'static str,
    /// The thing that `Copy` copies.
    pub reference_thing: &'static str,
    /// Heading: the role does not allow the page.
    pub forbidden: &'static str,
    /// The role, and whom to ask.
    pub role_and_owners: fn(role: &str, owners: &[String]) -> String,
    /// Heading: no such page.
    pub not_found: &'static str,
    /// Text of it, before the link to the overview.
    pub not_found_before: &'static str,
    /// Text of it, after the link.
    pub not_found_after: &'static str,
    /// Heading: something failed on our side.
    pub broken: &'static str,
    /// Heading: the person left the team.
    pub no_longer_member: fn(team: &str) -> String,
    /// Heading: a form was posted without a session.
    pub signed_out_heading: &'static str,
    /// After that, on a page that keeps what is typed.
    pub kept_here: &'static str,
    /// The link that signs in in another tab.
    pub sign_in_elsewhere: &'static str,
    /// Before the button that posts once more what was posted without a session.
    pub still_here: &'static str,
    /// That button.
    pub send_again: &'static str,
    /// Of a form that cannot be read, before the link to its page; ends in a space.
    pub unreadable_before: &'static str,
    /// That link.
    pub unreadable_page: &'static str,
    /// After it.
    pub unreadable_after: &'static str,
    /// Text: a request that came from another site, or is not for this account.
    pub not_yours: &'static str,
    /// Heading: the request came under a foreign name.
    pub wrong_host: &'static str,
    /// Text of it.
    pub wrong_host_text: &'static str,
    /// Heading: the request did not come over https.
    pub not_secure: &'static str,
    /// Text of it.
    pub not_secure_text: &'static str,
    /// Heading: what was sent did not arrive in time.
    pub too_slow: &'static str,
    /// Text of it.
    pub too_slow_text: &'static str,
    /// Heading: more was sent than the server reads.
    pub too_large: &'static str,
    /// Text of it.
    pub too_large_text: &'static str,
}

words!(Faults);

/// English.
pub static EN: Faults = Faults {
    signed_out: "You were signed out. Sign in to continue.",
    sign_in: "Sign in",
    missing: "This no longer exists. It may have been removed by someone else.",
    busy: "SonicSaaS is busy. Try again in a moment.",
    not_loaded: |what| format!("Couldn't load {what}. Try again."),
    not_loaded_because_of_us: |what, reference| {
        format!(
            "Couldn't load {what}. There's a problem on our side. Try again, or contact the platform administrator \
             with reference {reference}."
        )
    },
    try_again: "Try again",
    reference: "Reference: ",
    reference_thing: "reference",
    forbidden: "You can't open this page",
    role_and_owners: |role, owners| {
        if owners.is_empty() {
            format!("Your role is {role}.")
        } else {
            format!("Your role is {role}. Owners: {}.", owners.join(", "))
        }
    },
    not_found: "Page not found",
    not_found_before: "Check the address, or go to ",
    not_found_after: ".",
    broken: "There is a problem with this page",
    no_longer_member: |team| format!("You're no longer a member of {team}"),
    signed_out_heading: "You were signed out",
    kept_here: "What you typed stays here, and nothing of it was saved.",
    sign_in_elsewhere: "Sign in (opens a new tab)",
    still_here: "What you sent is still on this page, and nothing of it was saved. Sign in in another tab, then send it \
                 again from here.",
    send_again: "Send again",
    unreadable_before: "The form held something that can't be read. Nothing was changed. Open ",
    unreadable_page: "the page",
    unreadable_after: " again, then send the form once more.",
    not_yours: "This page or action isn't for your account, or it was opened from another site. Nothing was changed.",
    wrong_host: "This isn't the address of SonicSaaS",
    wrong_host_text: "This server answers under its own address only. The platform administrator checks PUBLIC_URL, and \
                      that the proxy passes the Host header on.",
    not_secure: "SonicSaaS is reached over https only",
    not_secure_text: "The platform administrator checks that the proxy sets X-Forwarded-Proto, and that TRUSTED_PROXIES \
                      names the proxy unless it runs on the same machine.",
    too_slow: "That took too long to arrive",
    too_slow_text: "Nothing was changed. Check your connection, go back and send it again.",
    too_large: "That was too much at once",
    too_large_text: "Nothing was changed. Go back and send less.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owners_are_named_when_there_are_any() {
        let owners = ["Priya Shah", "Adam Cole"].map(str::to_owned);
        assert_eq!((EN.role_and_owners)("Viewer", &[]), "Your role is Viewer.");
        assert_eq!(
            (EN.role_and_owners)("Viewer", &owners[..1]),
            "Your role is Viewer. Owners: Priya Shah."
        );
        assert_eq!(
            (EN.role_and_owners)("Viewer", &owners),
            "Your role is Viewer. Owners: Priya Shah, Adam Cole."
        );
    }
}
