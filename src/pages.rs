//! The dashboard's pages, one file per route. Each is complete without a script, and hydrated where there is one.
//!
//! Server and browser must draw the same: no clock, no randomness, no locale and no `window()` in a view; what only the
//! browser can do stands in an `Effect`.

pub mod drawn;
pub mod entra;
pub mod group_members;
pub mod head;
pub mod integrations;
pub mod leaving;
pub mod mappings;
pub mod no_permission;
pub mod not_found;
pub mod overview;
pub mod place;
pub mod shell;

pub use drawn::Drawn;
pub use integrations::Integrations;
pub use no_permission::NoPermission;
pub use not_found::NotFound;
pub use overview::Overview;
pub use shell::Shell;
