//! The product from outside, on `SQLite`, or on `PostgreSQL` when `TEST_POSTGRES_URL` names a server.

mod anonymous;
mod app;
mod architecture;
mod browser;
mod calls;
mod database;
mod pages;
mod schema;
mod sign_in;
mod storage;
mod web;
