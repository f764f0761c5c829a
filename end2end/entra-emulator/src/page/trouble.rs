//! "Sorry, but we're having trouble signing you in": what the application never hears of.

use uuid::Uuid;

use super::{document, escape};

/// The page.
pub(crate) fn render(message: &str, request: Uuid, correlation: Uuid, timestamp: &str) -> String {
    let main = format!(
        r#"<div class="card narrow">
<h1>Sign in</h1>
<p class="lead">Sorry, but we’re having trouble signing you in.</p>
<p>{message}</p>
<details open><summary>Troubleshooting details</summary>
<dl>
<dt>Request Id</dt><dd>{request}</dd>
<dt>Correlation Id</dt><dd>{correlation}</dd>
<dt>Timestamp</dt><dd>{timestamp}</dd>
<dt>Message</dt><dd>{message}</dd>
</dl></details>
</div>"#,
        message = escape(message),
        timestamp = escape(timestamp),
    );
    document("Sign in to your account", &main)
}
