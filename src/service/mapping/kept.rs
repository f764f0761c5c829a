//! What the form of a mapping held, for the page that follows.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    domain::mapping::{MappingForm, MappingNotice, MappingRefused},
    service::kept_form::{Kept, MESSAGE_FOR},
};

/// What is kept for one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptMapping {
    /// What was typed, and why nothing came of it.
    #[serde(rename = "mapping_refused")]
    Refused {
        /// What was typed.
        typed: MappingForm,
        /// Why.
        refused: MappingRefused,
    },
    /// What happened; with what is typed and not saved, where it is.
    #[serde(rename = "mapping_said")]
    Said {
        /// What happened.
        notice: MappingNotice,
        /// What is typed and not saved.
        typed: Option<MappingForm>,
    },
    /// What was typed, to see what it will change.
    #[serde(rename = "mapping_preview")]
    Preview(MappingForm),
    /// Whose access is to be explained.
    #[serde(rename = "mapping_explain")]
    Explain(String),
}

impl Kept for KeptMapping {
    fn lasts(&self) -> Duration {
        MESSAGE_FOR
    }
}
