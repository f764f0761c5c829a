//! The vocabulary of the product and its pure rules: no IO, no async, no Leptos.
//!
//! A **team** is a customer of the platform: a managed service provider's crew. A **user** belongs to exactly one
//! team and is a **member** of it with one **role**. A team registers its Microsoft **tenant**; whoever signs in
//! from that home tenant is routed to the team. **Group mappings** say which Entra security group gives which role.
//! A **session** is a signed-in browser. Whatever happens leaves an **audit event**.
//!
//! Time and randomness are parameters here, so every rule can be tested at any o'clock.

pub mod access;
pub mod audit;
pub mod connection_test;
pub mod credential;
pub mod graph_permission;
pub mod id;
pub mod input;
pub mod invitation;
pub mod kept;
pub mod mapping;
pub mod member;
pub mod password;
pub mod role;
pub mod session;
pub mod sign_in;
pub mod tenant;
pub mod time;
