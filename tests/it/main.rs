//! The product from outside, on `SQLite`, or on `PostgreSQL` when `TEST_POSTGRES_URL` names a server.

mod anonymous;
mod app;
mod architecture;
mod browser;
mod calls;
mod cli;
mod crash;
mod database;
mod deployment;
mod entra;
mod event;
mod front_channel;
mod modes;
mod moves;
mod overage;
mod pages;
mod proxy;
mod returns;
mod schema;
mod sessions;
mod sign_in;
mod slow;
mod storage;
mod two_servers;
mod walk;
mod web;
