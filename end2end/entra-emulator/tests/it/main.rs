//! The emulator as its clients meet it: over HTTP, one test for each thing it must reproduce.
//!
//! Numbers in the tests' comments are the points of section 12 of the protocol notes.

mod admin_consent;
mod app_only;
mod assertions;
mod authorize;
mod browse;
mod claims;
mod client;
mod cloud;
mod consent;
mod control;
mod crowds;
mod discovery;
mod graph;
mod groups;
mod logout;
mod members;
mod membership;
mod mutations;
mod network;
mod pages;
mod paging;
mod people;
mod process;
mod prompt;
mod start;
mod throttling;
mod token;
