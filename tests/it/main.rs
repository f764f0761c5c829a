//! The product from outside, on `SQLite`, or on `PostgreSQL` when `TEST_POSTGRES_URL` names a server.

mod anonymous;
mod app;
mod architecture;
mod browser;
mod calls;
mod cases;
mod cli;
mod database;
mod deployment;
mod entra;
mod event;
mod limits;
mod modes;
mod moves;
mod pages;
mod password;
mod recovery;
mod returns;
mod schema;
mod sessions;
mod sign_in;
mod storage;
mod web;
