//! The kit of which pages are made. It draws what it is given: it loads no data and calls no server function.
//!
//! The pages without WebAssembly use it too, so nothing here needs a script to be complete: what only a script can do
//! is served hidden.

pub mod code;
pub mod combobox;
pub mod copy;
pub mod disclosure;
pub mod drawn;
pub mod element;
pub mod feedback;
pub mod form;
pub mod hydrated;
pub mod in_place;
pub mod latest;
pub mod layout;
pub mod rail;
pub mod state;
pub mod step;
pub mod theme;
pub mod whole;
