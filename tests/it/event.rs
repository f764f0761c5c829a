//! An audit event, as a test compares it.

use sonicsaas::domain::{audit::RecordedEvent, id::TeamId};

/// An event in its outer form.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Whose log.
    pub team: Option<TeamId>,
    /// What happened.
    pub action: String,
    /// How it ended.
    pub outcome: String,
    /// The fixed word for a refusal.
    pub reason: Option<String>,
    /// To what.
    pub target: Option<String>,
    /// The address of who did it.
    pub actor_email: Option<String>,
    /// The facts.
    pub details: serde_json::Value,
}

impl From<RecordedEvent> for Event {
    fn from(event: RecordedEvent) -> Self {
        Self {
            team: event.team,
            action: event.action,
            outcome: event.outcome,
            reason: event.reason,
            target: event.target_id,
            actor_email: event.actor_email,
            details: serde_json::from_str(&event.details).expect("details are JSON"),
        }
    }
}

impl Event {
    /// A fact as text, empty when absent.
    pub(crate) fn detail(&self, name: &str) -> &str {
        self.details
            .get(name)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    }
}
