//! Every path of the product, as a constant or a builder. Links, redirects and tests use these and no literals.

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
/// Who is signed in.
pub const VIEWER: &str = "/api/session/viewer";
/// Why the viewer has this role.
pub const ACCESS: &str = "/api/session/access";
/// Stores theme and other preferences (POST).
pub const PREFERENCES: &str = "/preferences";
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
/// The site's icon.
pub const FAVICON: &str = "/favicon.svg";

/// The sign-in page that says why a sign-in was refused; `code` is one of the fixed codes.
pub fn login_refused(code: &str) -> String {
    format!("{LOGIN}?error={code}")
}
