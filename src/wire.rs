//! Everything that travels between browser and server.
//!
//! The rule of the folder: serialisable, no secret, no sentence. Words belong to [`crate::text`]; what [`tenant`] tells is
//! written from there on the server, because the tables it is picked from are larger than the page that shows it.

pub mod drawn;
pub mod fault;
pub mod group_member;
pub mod invitation;
pub mod loading;
pub mod mapping;
pub mod preferences;
pub mod session;
pub mod tenant;
