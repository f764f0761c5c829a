//! "Permissions requested", and the page for those who may not grant them.

use super::{document, escape, hidden};

/// What both pages need.
pub(crate) struct Form<'a> {
    pub(crate) application: &'a str,
    pub(crate) organization: &'a str,
    pub(crate) action: String,
    pub(crate) request: String,
    pub(crate) person: &'a str,
    pub(crate) account: &'a str,
}

/// Asks for consent. An administrator may give it for everybody.
pub(crate) fn request(form: &Form<'_>, permissions: &[&str], administrator: bool) -> String {
    let list = permissions
        .iter()
        .map(|words| format!("<li>{}</li>", escape(words)))
        .collect::<Vec<_>>()
        .concat();
    let everybody = if administrator {
        r#"<p><label><input type="checkbox" name="organization"> Consent on behalf of your organization</label></p>"#
    } else {
        ""
    };
    page(
        form,
        "Permissions requested",
        &format!(
            r#"<p class="lead"><strong>{application}</strong> would like to:</p>
<ul class="permissions">{list}</ul>
{everybody}
<p class="actions"><button class="plain" name="consent" value="decline">Cancel</button> <button class="strong" name="consent" value="accept">Accept</button></p>"#,
            application = escape(form.application),
        ),
    )
}

/// Says that an administrator must approve.
pub(crate) fn approval_needed(form: &Form<'_>) -> String {
    page(
        form,
        "Need admin approval",
        &format!(
            r#"<p><strong>{application}</strong> needs permission to access resources in {organization} that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
<p class="small">AADSTS90094: The grant requires admin permission.</p>
<p class="actions"><button class="strong" name="consent" value="back">Return to the application without granting consent</button></p>"#,
            application = escape(form.application),
            organization = escape(form.organization),
        ),
    )
}

fn page(form: &Form<'_>, heading: &str, inner: &str) -> String {
    let main = format!(
        r#"<form class="card narrow" method="post" action="{action}">
{hidden}
<p class="account">{account}</p>
<h1>{heading}</h1>
{inner}
</form>"#,
        action = escape(&form.action),
        hidden = hidden(&[("request", &form.request), ("person", form.person)]),
        account = escape(form.account),
    );
    document(heading, &main)
}
