//! A page that the server drew, as the browser shows it.

use serde::{Deserialize, Serialize};

/// The answer of every `GET /api/…/view`: a page of the dashboard for its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// What the page is called; none when it is called by its place.
    pub title: Option<String>,
    /// Everything below the failures of sending, as HTML.
    pub markup: String,
    /// Whether the form shows values that are not the saved ones.
    pub unsaved: bool,
    /// A selector of what takes the focus, where something must be read or decided first.
    pub first: Option<String>,
}
