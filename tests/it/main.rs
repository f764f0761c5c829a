//! The product from outside, on `SQLite`, or on `PostgreSQL` when `TEST_POSTGRES_URL` names a server.

mod anonymous;
mod app;
mod architecture;
mod browser;
mod calls;
mod canary;

mod cli;
mod database;
mod deployment;
mod entra;
mod metrics;
mod modes;
mod moves;
mod pages;
mod process;
mod returns;
mod schema;
mod sessions;
mod sign_in;
mod storage;
mod telemetry;
mod web;
