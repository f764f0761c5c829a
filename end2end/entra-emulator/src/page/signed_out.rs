//! "You signed out of your account", and the way back when there is a registered one.

use super::{document, escape};

/// The page. Front-channel addresses are opened in hidden frames, as Microsoft does; the way back is not taken before
/// they had their chance.
pub(crate) fn render(
    account: Option<&str>,
    frames: &[String],
    way_back: Option<&str>,
    refused: Option<&str>,
) -> String {
    let account = account
        .map(|name| format!(r#"<p class="account">{}</p>"#, escape(name)))
        .unwrap_or_default();
    let frame = |address: &String| {
        format!(
            r#"<iframe hidden title="Signing out of the application" src="{}"></iframe>"#,
            escape(address)
        )
    };
    let called = if frames.is_empty() {
        r#"<p class="small">No application registered a front-channel logout URL.</p>"#.to_owned()
    } else {
        let list = frames
            .iter()
            .map(|address| format!("<li><code>{}</code></li>", escape(address)));
        format!(
            r#"<p class="small">Applications told through the front channel:</p><ul class="small">{}</ul>{}"#,
            list.collect::<String>(),
            frames.iter().map(frame).collect::<String>()
        )
    };
    let way_back = way_back.map(|address| {
        format!(
            r#"<p class="actions"><a class="strong" href="{}">Continue</a></p>"#,
            escape(address)
        )
    });
    let refused = refused.map(|address| {
        format!(
            r#"<p class="small">The address <code>{}</code> is not registered for this application, so you stay here.</p>"#,
            escape(address)
        )
    });
    let main = format!(
        r#"<div class="card narrow">
{account}
<h1>You signed out of your account</h1>
<p>It’s a good idea to close all browser windows.</p>
{called}
{refused}
{way_back}
</div>"#,
        refused = refused.unwrap_or_default(),
        way_back = way_back.unwrap_or_default(),
    );
    document("Sign out", &main)
}
