//! `SonicSaaS` for Microsoft Entra ID: sign in with Microsoft, with roles from Entra security groups.
//!
//! One crate in layers with one direction of imports (`docs/architecture.md` shows the house, and a test holds the
//! code to it). The modules without a gate exist in both halves, server and browser; the others are the server's.

// Views are deeply nested types.
#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod components;
pub mod domain;
pub mod pages;
pub mod routes;
pub mod text;
pub mod wire;

#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod entra;
#[cfg(feature = "ssr")]
pub mod front;
#[cfg(feature = "ssr")]
pub mod host;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod seal;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod storage;

/// Takes over the page that the server rendered. The browser calls it once.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    pages::leaving::hear_first();
    leptos::mount::hydrate_lazy(app::App);
}
