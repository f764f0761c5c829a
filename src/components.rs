//! The kit of which pages are made. It draws what it is given: it loads no data and calls no server function.
//!
//! The pages without WebAssembly use it too, so nothing here needs a script to be complete: what only a script can do
//! is served hidden.

pub mod disclosure;
pub mod element;
pub mod feedback;
pub mod hydrated;
pub mod layout;
pub mod theme;
pub mod whole;
