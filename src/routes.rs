//! Every path of the product, as a constant or a builder. Links, redirects and tests use these and no literals.

use crate::domain::{
    id::{InvitationJobId, KeptFormId, MappingId, Token},
    role::Role,
    session::LocalPath,
};

/// The start page: redirects to the dashboard or to the sign-in page.
pub const ROOT: &str = "/";
/// The sign-in page.
pub const LOGIN: &str = "/login";
/// Ends the session (POST).
pub const LOGOUT: &str = "/logout";
/// Starts a sign-in with Microsoft.
pub const SIGN_IN: &str = "/api/auth/signin/microsoft-entra-id";
/// Where Microsoft sends the browser back: the registered redirect URI's path.
pub const CALLBACK: &str = "/api/auth/callback/microsoft-entra-id";
/// Where Microsoft tells us, in a hidden frame, that somebody has signed out there.
pub const FRONT_CHANNEL_LOGOUT: &str = "/api/auth/frontchannel-logout/microsoft-entra-id";
/// Who is signed in.
pub const VIEWER: &str = "/api/session/viewer";
/// Why the viewer has this role.
pub const ACCESS: &str = "/api/session/access";
/// The overview, drawn.
pub const OVERVIEW_VIEW: &str = "/api/overview/view";
/// All integrations, as data.
pub const INTEGRATION_LIST: &str = "/api/integrations/list";
/// The page of Microsoft Entra ID, as data.
pub const TENANT_PAGE: &str = "/api/tenant/page";
/// The page of Microsoft Entra ID, drawn.
pub const TENANT_VIEW: &str = "/api/tenant/view";
/// Saves the team's tenant (POST).
pub const TENANT_SAVE: &str = "/api/tenant/save";
/// Tests a tenant (POST).
pub const TENANT_TEST: &str = "/api/tenant/test";
/// Disconnects the team's tenant (POST).
pub const TENANT_DISCONNECT: &str = "/api/tenant/disconnect";
/// Confirms a proof of ownership (POST).
pub const TENANT_CONFIRM: &str = "/api/tenant/confirm";
/// Starts the consent of an administrator at Microsoft.
pub const TENANT_CONSENT: &str = "/api/tenant/consent";
/// Starts the proof that a tenant is the team's own.
pub const TENANT_VERIFY: &str = "/api/tenant/verify";
/// Finds groups of the team's tenant.
pub const GROUP_SEARCH: &str = "/api/groups/search";
/// All mappings, as data.
pub const MAPPING_LIST: &str = "/api/mappings/list";
/// The page of the mappings, drawn.
pub const MAPPING_VIEW: &str = "/api/mappings/view";
/// The people of a mapping's group, as data.
pub const MAPPING_MEMBER_LIST: &str = "/api/mappings/members";
/// The page of the people of a mapping's group, drawn.
pub const MAPPING_MEMBERS_VIEW: &str = "/api/mappings/members-view";
/// What a change of the mappings will do (POST).
pub const MAPPING_PREVIEW: &str = "/api/mappings/preview";
/// Maps a group to a role (POST).
pub const MAPPING_CREATE: &str = "/api/mappings/create";
/// Changes a mapping (POST).
pub const MAPPING_UPDATE: &str = "/api/mappings/update";
/// Takes over the new name of a mapped group (POST).
pub const MAPPING_USE_NAME: &str = "/api/mappings/use-name";
/// Removes a mapping (POST).
pub const MAPPING_DELETE: &str = "/api/mappings/delete";
/// Explains which access somebody would have (POST).
pub const MAPPING_EXPLAIN: &str = "/api/mappings/explain";
/// All integrations.
pub const INTEGRATIONS: &str = "/dashboard/integrations";
/// The page of Microsoft Entra ID.
pub const ENTRA: &str = "/dashboard/integrations/entra";
/// The mappings of groups to roles.
pub const MAPPINGS: &str = "/dashboard/security/group-mappings";
/// The people of a mapping's group.
pub const MAPPING_MEMBERS: &str = "/dashboard/security/group-mappings/{mapping}/members";
/// Permissions We Request.
pub const PERMISSIONS: &str = "/permissions";
/// Stores theme and other preferences (POST).
pub const PREFERENCES: &str = "/preferences";
/// The page of a recovery link; the token follows.
pub const RECOVER: &str = "/recover/{token}";
/// Invites people of a group (POST).
pub const INVITATION_START: &str = "/api/invitations/start";
/// How far such an action is.
pub const INVITATION_PROGRESS: &str = "/api/invitations/progress";
/// How it went with each person.
pub const INVITATION_RESULTS: &str = "/api/invitations/results";
/// The links that are shown once (POST).
pub const INVITATION_LINKS: &str = "/api/invitations/links";
/// The same as a file, for a spreadsheet.
pub const INVITATION_FILE: &str = "/api/invitations/results.csv";
/// Stops such an action (POST).
pub const INVITATION_STOP: &str = "/api/invitations/stop";
/// Lets those have another turn for whom it failed (POST).
pub const INVITATION_RETRY: &str = "/api/invitations/retry";
/// Invites one person by an address (POST).
pub const INVITATION_CREATE: &str = "/api/invitations/create";
/// Sends an invitation again (POST).
pub const INVITATION_RESEND: &str = "/api/invitations/resend";
/// Takes an invitation back (POST).
pub const INVITATION_REVOKE: &str = "/api/invitations/revoke";
/// The page of an invitation; the token follows.
pub const INVITE: &str = "/invite/{token}";
/// The same page after a way to Microsoft that did not end there, for whoever keeps a sealed note of it.
pub const INVITED: &str = "/invite";
/// The overview.
pub const DASHBOARD: &str = "/dashboard";
/// Liveness: the process answers.
pub const HEALTH: &str = "/healthz";
/// Readiness: the database answers.
pub const READY: &str = "/readyz";
/// The one script of the pages without WebAssembly.
pub const FRONT_SCRIPT: &str = "/front.js";
/// The icon sprite.
pub const ICONS: &str = "/icons.svg";
/// What crawlers may read: nothing.
pub const ROBOTS: &str = "/robots.txt";
/// The site's icon.
pub const FAVICON: &str = "/favicon.svg";

/// The sign-in page that says why a sign-in was refused; `code` is one of the fixed codes.
pub fn login_refused(code: &str) -> String {
    format!("{LOGIN}?error={code}")
}

/// The sign-in page that leads back to `next`.
pub fn login_for(next: &LocalPath) -> String {
    format!("{LOGIN}?next={}", query_value(next.as_str()))
}

/// The start of a sign-in with Microsoft that offers the list of accounts first and leads to `next`.
pub fn sign_in_as_another(next: &LocalPath) -> String {
    format!(
        "{SIGN_IN}?prompt=select_account&next={}",
        query_value(next.as_str())
    )
}

/// The page of Microsoft Entra ID, saying what is kept under this id.
pub fn entra_said(id: KeptFormId) -> String {
    format!("{ENTRA}?form={id}")
}

/// The page of Microsoft Entra ID after a connection test.
pub fn entra_test(id: KeptFormId) -> String {
    format!("{ENTRA}?test={id}")
}

/// The step of Microsoft Entra ID that waits under this id.
pub fn entra_confirm(id: KeptFormId) -> String {
    format!("{ENTRA}?confirm={id}")
}

/// The question before the tenant is disconnected.
pub fn entra_disconnect() -> String {
    format!("{ENTRA}?confirm=disconnect")
}

/// The overview, saying what is kept under this id.
pub fn overview_said(id: KeptFormId) -> String {
    format!("{DASHBOARD}?form={id}")
}

/// The page of the mappings, saying what is kept under this id.
pub fn mappings_said(id: KeptFormId) -> String {
    format!("{MAPPINGS}?form={id}")
}

/// The form of one mapping.
pub fn mapping_edit(mapping: MappingId) -> String {
    format!("{MAPPINGS}?edit={mapping}")
}

/// The form of one mapping, saying what is kept under this id.
pub fn mapping_edit_said(mapping: MappingId, id: KeptFormId) -> String {
    format!("{MAPPINGS}?edit={mapping}&form={id}")
}

/// The page of the mappings with a role and a priority for a group that is still to be found.
pub fn mapping_like(role: Role, priority: u8) -> String {
    format!("{MAPPINGS}?role={role}&priority={priority}")
}

/// The people of a mapping's group.
pub fn mapping_members(mapping: MappingId) -> String {
    format!("{MAPPINGS}/{mapping}{MEMBERS_END}")
}

/// Those of them whom a filter takes, from a place in the list on.
pub fn mapping_members_at(mapping: MappingId, filter: &str, cursor: Option<&str>) -> String {
    let mut address = format!("{}?filter={filter}", mapping_members(mapping));
    if let Some(cursor) = cursor {
        address.push_str("&cursor=");
        address.push_str(&query_value(cursor));
    }
    address
}

/// The mapping whose people a path shows, as it stands there; `None` for every other path.
pub fn mapping_of_members(path: &str) -> Option<&str> {
    let mapping = path
        .strip_prefix(MAPPINGS)?
        .strip_prefix('/')?
        .strip_suffix(MEMBERS_END)?;
    (!mapping.is_empty() && !mapping.contains('/')).then_some(mapping)
}

const MEMBERS_END: &str = "/members";

/// The people of a mapping's group, with how far an action is that invites some of them.
pub fn mapping_members_job(mapping: MappingId, job: InvitationJobId) -> String {
    format!("{}?job={job}", mapping_members(mapping))
}

/// The same page, saying what is kept under this id.
pub fn mapping_members_said(mapping: MappingId, id: KeptFormId) -> String {
    format!("{}?form={id}", mapping_members(mapping))
}

/// The question before a mapping is removed.
pub fn mapping_remove(mapping: MappingId) -> String {
    format!("{MAPPINGS}?remove={mapping}")
}

/// A page of the dashboard, saying what is kept under this id.
pub fn said_on(page: &LocalPath, id: KeptFormId) -> String {
    let page = page.as_str().split('#').next().unwrap_or(DASHBOARD);
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let mut address = format!("{path}?");
    for pair in query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("form="))
    {
        address.push_str(pair);
        address.push('&');
    }
    format!("{address}form={id}")
}

/// How far an action is, as a script asks.
pub fn invitation_progress(job: InvitationJobId) -> String {
    format!("{INVITATION_PROGRESS}?job={job}")
}

/// The results of an action as a file.
pub fn invitation_file(job: InvitationJobId) -> String {
    format!("{INVITATION_FILE}?job={job}")
}

/// The page of the recovery link with this token.
pub fn recover(token: &Token) -> String {
    format!("{}{}", RECOVER_STEM, token.expose())
}

const RECOVER_STEM: &str = "/recover/";

/// The page of the invitation with this token.
pub fn invite(token: &Token) -> String {
    format!("{INVITE_STEM}{}", token.expose())
}

/// The same, with the list of Microsoft's accounts offered first: somebody was signed in with another one.
pub fn invite_choosing(token: &Token) -> String {
    format!("{}?prompt=select_account", invite(token))
}

const INVITE_STEM: &str = "/invite/";

/// A path as it may stand in a log: without the token that some pages are called by.
pub fn without_token(path: &str) -> &str {
    if path.starts_with(RECOVER_STEM) {
        RECOVER
    } else if path.starts_with(INVITE_STEM) {
        INVITE
    } else {
        path
    }
}

/// Escapes a value for a query (RFC 3986 section 3.4); a slash may stay as it is there.
fn query_value(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            escaped.push('%');
            escaped.push(char::from(DIGITS[usize::from(byte >> 4)]));
            escaped.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_path_stays_one_value() {
        let next = LocalPath::parse("/dashboard?open=menu&x=%2F#top").expect("a page");
        assert_eq!(
            login_for(&next),
            "/login?next=/dashboard%3Fopen%3Dmenu%26x%3D%252F%23top"
        );
        assert_eq!(
            sign_in_as_another(&LocalPath::dashboard()),
            "/api/auth/signin/microsoft-entra-id?prompt=select_account&next=/dashboard"
        );
    }
}
