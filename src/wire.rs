//! Everything that travels between browser and server.
//!
//! The rule of the folder: serialisable, no secret, no sentence. Words belong to [`crate::text`].

pub mod fault;
pub mod loading;
pub mod preferences;
pub mod session;
