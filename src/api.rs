//! The public surface: server functions, one file per noun, each in three steps: guard, service, answer.

pub mod group;
pub mod integration;
pub mod invitation;
pub mod mapping;
pub mod overview;
pub mod session;
pub mod sign_in;
pub mod tenant;
