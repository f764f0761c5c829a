//! What every form says.

use super::words;

/// The words of forms.
pub struct Form {
    /// Heading: what was typed is refused.
    pub problem: &'static str,
    /// The title of a page on which something was refused.
    pub title_with_problem: fn(heading: &str) -> String,
    /// A switch is on.
    pub on: &'static str,
    /// A switch is off.
    pub off: &'static str,
    /// What a form asked for was not done, and it is our fault.
    pub not_done_because_of_us: &'static str,
    /// A form was sent and no answer came.
    pub no_answer: &'static str,
    /// Somebody asks faster than the server lets anybody ask.
    pub too_fast: &'static str,
    /// Opens more about one thing.
    pub details: &'static str,
    /// Between that and the thing, for a screen reader; begins and ends in a space.
    pub details_for: &'static str,
}

words!(Form);

/// English.
pub static EN: Form = Form {
    problem: "There is a problem",
    title_with_problem: |heading| format!("Error: {heading}"),
    on: "On",
    off: "Off",
    not_done_because_of_us: "Not saved. There's a problem on our side. Try again, or contact the platform administrator.",
    no_answer: "SonicSaaS didn't answer. Check your connection, then try again.",
    too_fast: "That was very much in a short time. Wait a few seconds, then go on.",
    details: "Details",
    details_for: " for ",
};
