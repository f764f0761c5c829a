//! What a form about a mapping sends.

use crate::domain::mapping::MappingForm;

/// What a form about a mapping sends, as it came.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// `id`; empty for a new one.
    pub id: String,
    /// `query`.
    pub query: String,
    /// `group_id`.
    pub group_id: String,
    /// `object_id`.
    pub object_id: String,
    /// `role`.
    pub role: String,
    /// `priority`.
    pub priority: String,
    /// `version`; absent is not compared.
    pub version: Option<String>,
}

impl Sent {
    /// What was typed; `None` when it names a mapping or a version that cannot be read.
    pub(super) fn read(self) -> Option<MappingForm> {
        let id = match self.id.trim() {
            "" => None,
            id => Some(id.parse().ok()?),
        };
        let version = match self.version.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(text.parse().ok()?),
        };
        Some(MappingForm {
            id,
            query: self.query,
            group_id: self.group_id,
            object_id: self.object_id,
            role: self.role,
            priority: self.priority,
            version,
        })
    }
}
