//! What commands print.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use serde_json::{Value, json};

use crate::{config::Problem, domain::audit::RecordedEvent, service::ServiceError};

/// One JSON object on a line of standard output.
pub(super) fn print_json(value: &Value) -> Result<(), ServiceError> {
    line(&value.to_string()).map_err(|cause| ServiceError::Operator(format!("cannot write: {cause}")))
}

/// One line of standard output.
pub(super) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// One line of standard error. Nobody can be told when even that fails.
pub(super) fn notice(text: &str) {
    drop(writeln!(io::stderr().lock(), "sonicsaas: {text}"));
}

/// Everything that is wrong with the environment, one line each.
pub(super) fn problems(found: &[Problem]) {
    for problem in found {
        notice(&problem.to_string());
    }
}

/// Says what stopped the command.
pub(super) fn fail(error: &dyn std::error::Error) -> ExitCode {
    notice(&error.to_string());
    ExitCode::FAILURE
}

/// An event in its fixed outer form.
pub(super) fn recorded_event(event: &RecordedEvent) -> Value {
    let target = event
        .target_kind
        .as_ref()
        .map(|kind| json!({ "kind": kind, "id": event.target_id }));
    let details: Value = serde_json::from_str(&event.details).unwrap_or(Value::Null);
    json!({
        "id": event.id.to_string(),
        "at": event.at.to_string(),
        "team_id": event.team.map(|team| team.to_string()),
        "sequence": event.sequence,
        "actor": {
            "kind": event.actor_kind,
            "id": event.actor_id.map(|id| id.to_string()),
            "email": event.actor_email,
        },
        "action": event.action,
        "outcome": event.outcome,
        "reason": event.reason,
        "target": target,
        "ip": event.ip,
        "details": details,
    })
}
