//! The pages without WebAssembly: functions from data to a whole HTML document.
//!
//! The server loads the data and picks the status; these functions draw. What they draw is complete without a script,
//! holds no inline script and no inline style, and is the same each time.

mod document;
mod invite;
mod login;
mod permissions;
mod problem;
mod recover;

pub use invite::{Invite, Invitee, Mistaken, Open as OpenInvite, Way as InviteWay, invite};
pub use login::{FormProblem, Login, Notice, Refused, Typed, login};
pub use permissions::{Permissions, Reader, Standing, permissions};
pub use problem::{Problem, SentForm, problem};
pub use recover::{Recover, joined, recover, recovered};

use crate::wire::preferences::Theme;

/// What every document of this room needs beside its own data.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The theme this browser chose.
    pub theme: Theme,
    /// Where the document finds its files.
    pub assets: Assets,
}

/// Addresses of files whose names change with their content.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The stylesheet, as a path on this site.
    pub stylesheet: String,
}

#[cfg(test)]
mod tests;
