//! The team's Microsoft tenant, as pages and other tools see it.
//!
//! What the server found out about a tenant is told in sentences that depend on a dozen facts. They are written on the
//! server, from [`crate::text`], and travel as words: their tables would be most of what the browser loads for the page.

use serde::{Deserialize, Serialize};

pub use crate::domain::connection_test::Outcome;
use crate::domain::{role::Role, time::Timestamp};

/// How something stands; it decides the picture beside the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// As it should be.
    Ok,
    /// It works, with a concern.
    Warn,
    /// It does not work.
    Fail,
    /// Something to know.
    Info,
    /// Off, or not run: nothing to see yet.
    Skip,
    /// Being looked at.
    Busy,
}

/// A few words and how they are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// How they are meant.
    pub tone: Tone,
    /// The words.
    pub words: String,
}

/// The answer of `GET /api/integrations/list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrations {
    /// Microsoft Entra ID.
    pub entra: IntegrationCard,
}

/// One integration on the overview of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationCard {
    /// How it stands, such as `On`.
    pub status: Said,
    /// Why, where that takes more words than the status.
    pub reason: Option<String>,
    /// When the connection was last tested.
    pub last_tested: Option<Timestamp>,
    /// `4 group mappings`.
    pub mappings: String,
    /// What to do next and where; none for people who may not.
    pub action: Option<Link>,
    /// Who may, for people who may not.
    pub who_may: Option<String>,
}

/// A link to a page of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its words.
    pub words: String,
    /// Its path, with query and fragment.
    pub to: String,
}

/// The answer of `GET /api/tenant/page`: all of the page of Microsoft Entra ID, for the query of its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntraPage {
    /// Why there is nothing to set up on this server: then only `attention` stands beside it.
    pub unavailable: Option<String>,
    /// Who may change this, for people who may not; then all values are text.
    pub who_may: Option<String>,
    /// What just happened.
    pub notice: Option<Said>,
    /// What was typed and refused.
    pub problem: Option<Problem>,
    /// What is wrong whatever one does here.
    pub attention: Vec<Said>,
    /// A step that replaces the page.
    pub step: Option<Step>,
    /// `Connection status`.
    pub status: ConnectionStatus,
    /// The form's fields.
    pub settings: Settings,
    /// `Connection test`.
    pub test: ConnectionTest,
    /// `Ownership`.
    pub ownership: Ownership,
    /// `Admin consent`.
    pub consent: Consent,
    /// `Guest sign-in`.
    pub guests: Guests,
    /// Whether the region `Conditional Access` is shown.
    pub conditional_access: bool,
    /// `Recent sign-in failures`; none for people who may not read them.
    pub failures: Option<Vec<FailedSignIn>>,
    /// Whether there is something to disconnect, and the viewer may.
    pub can_disconnect: bool,
}

/// What was typed and refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What happened and how to fix it; concerns the field `Tenant ID` unless it is a conflict.
    pub words: String,
    /// Whether the field `Tenant ID` is what has to be fixed.
    pub at_tenant_id: bool,
    /// What to send to `GET /api/tenant/verify` as `form`, to prove ownership of what was typed.
    pub verify: Option<String>,
    /// The values that somebody else saved meanwhile, for a conflict: label and value.
    pub theirs: Vec<(String, String)>,
}

/// `Connection status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionStatus {
    /// `Microsoft sign-in`.
    pub sign_in: Said,
    /// `Ownership`.
    pub ownership: Said,
    /// `Admin consent`.
    pub consent: Said,
    /// `Last test`.
    pub last_test: Option<Timestamp>,
    /// `Last sign-in`.
    pub last_sign_in: Option<Timestamp>,
    /// `Sign-in mode`.
    pub mode: String,
    /// `Default role`.
    pub default_role: Role,
    /// `People in no mapped group become Member. Set by the platform administrator.`
    pub default_role_note: String,
}

/// The form's fields, as they were typed, saved, or are proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// `Tenant ID`.
    pub tenant_id: String,
    /// `Tenant found: contoso.com (3f2a9c1e-…-6f70)`.
    pub found: Option<String>,
    /// `Enabled`.
    pub enabled: bool,
    /// `Allow guests`.
    pub allow_guests: bool,
    /// The version of the saved values that these were typed beside, to be sent along; 0 before the first save.
    pub version: i64,
    /// Whether these values are not the saved ones.
    pub unsaved: bool,
}

/// `Connection test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionTest {
    /// When it last ran; none if never.
    pub at: Option<Timestamp>,
    /// `by Adam Cole. Passed.`: what follows the time.
    pub verdict: String,
    /// `Settings changed since this test. Test again.` or `Testing the values above, not the saved ones`.
    pub note: Option<String>,
    /// The six steps, in order; empty if it never ran.
    pub steps: Vec<TestStep>,
    /// All of it as text without a secret, for `Copy diagnostic report`.
    pub report: String,
    /// The names of the six steps, for the list while a test runs.
    pub names: Vec<String>,
}

/// One step of the test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestStep {
    /// Its name, such as `Get an access token`.
    pub name: String,
    /// `passed`, `failed`, `warning` or `not_run`.
    pub outcome: Outcome,
    /// The result in a fixed word, such as `consent_missing`.
    pub code: String,
    /// What it means and what to do.
    pub hint: String,
    /// What Microsoft said, for support; none where nothing was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<TestDetails>,
}

/// What Microsoft said about a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestDetails {
    /// When it was asked.
    pub at: Timestamp,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Graph's `request-id` or the token endpoint's trace ID.
    pub request_id: Option<String>,
    /// Microsoft's `correlation_id`.
    pub correlation_id: Option<String>,
    /// The number of an `AADSTS…` code.
    pub number: Option<u32>,
    /// Where Microsoft explains that number.
    pub explained_at: Option<String>,
    /// Our own reference.
    pub reference: String,
}

/// `Ownership`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ownership {
    /// The badge beside the heading; none while there is nothing to own.
    pub badge: Option<Said>,
    /// What it means; `Cannot start yet` before the first save.
    pub words: Vec<String>,
    /// Whether `Verify ownership` is offered.
    pub can_verify: bool,
}

/// `Admin consent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// `Save your Tenant ID first.`, in the place of everything else.
    pub wait: Option<String>,
    /// Whether `Grant admin consent` is offered.
    pub can_grant: bool,
    /// The documented address, for somebody else; for owners and admins only.
    pub address: Option<String>,
}

/// `Guest sign-in`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guests {
    /// What there is to say, such as `Cannot start yet`.
    pub words: String,
    /// The address for guests, while they are allowed.
    pub address: Option<String>,
}

/// One row of `Recent sign-in failures`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedSignIn {
    /// When.
    pub at: Timestamp,
    /// The name of a validated token, else `Unknown`.
    pub who: String,
    /// The address beside the name.
    pub email: Option<String>,
    /// The reason in words, for administrators.
    pub reason: String,
    /// The reason's fixed code.
    pub code: String,
    /// What to do about it.
    pub next: String,
    /// The reference that the person saw.
    pub reference: String,
    /// Everything else that is known, for `Details`: label and value.
    pub details: Vec<(String, String)>,
}

/// A step that replaces the page until it is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its title, such as `Turn off Microsoft sign-in?`.
    pub heading: String,
    /// What follows from it.
    pub words: Vec<String>,
    /// The people it concerns most, by name.
    pub people: Vec<String>,
    /// What the people in the list have in common.
    pub people_caption: Option<String>,
    /// Whether it takes something away, and the button says so in red.
    pub takes_away: bool,
    /// Where its form is posted; none when there is nothing to decide any more.
    pub action: Option<String>,
    /// The button.
    pub button: String,
    /// What the form sends: name and value.
    pub fields: Vec<(String, String)>,
}

/// The answer of `POST /api/tenant/save`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The tenant now.
    pub tenant_id: String,
    /// Whether its people can sign in.
    pub enabled: bool,
    /// Whether its guests can.
    pub allow_guests: bool,
    /// `verified` or `unverified`.
    pub verification: String,
    /// Grows with each change; a stale one is a conflict.
    pub version: i64,
    /// Whether the change waits for a confirmation, and nothing has changed yet.
    pub waits: bool,
}

/// The answer of `POST /api/tenant/test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// The six steps, in order.
    pub steps: Vec<TestStep>,
}
