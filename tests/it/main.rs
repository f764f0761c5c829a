//! Integration tests.

mod entra;
