//! Cases that do not run, each with the reason or the feature it waits for. The one place that says so.

/// Why this case does not run, if it does not.
pub(crate) fn reason(id: &str) -> Option<&'static str> {
    WAITING
        .iter()
        .find(|(ids, _)| ids.contains(&id))
        .map(|(_, reason)| *reason)
}

/// Numbers and the reason.
pub(crate) const WAITING: &[(&[&str], &str)] = &[];
