//! The connection test: its six steps, what each can find, and what follows for the team.
//!
//! Passed or failed is decided by what happened. Microsoft's numbers choose a better hint and never the verdict. That
//! Microsoft could not be asked says nothing about the tenant: it is a test that could not be made, never a failure.

mod consent;

use serde::{Deserialize, Serialize};

pub use self::consent::{Consent, Permitted, Reads};

use super::{
    tenant::{NotATenant, TenantId},
    time::Timestamp,
};

/// One step of the test, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Check the Tenant ID.
    CheckTenantId,
    /// Find the tenant at Microsoft.
    FindTenant,
    /// Get an access token.
    GetToken,
    /// Search groups.
    SearchGroups,
    /// List group members.
    ListMembers,
    /// Read groups when there are too many.
    ManyGroups,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [
        Self::CheckTenantId,
        Self::FindTenant,
        Self::GetToken,
        Self::SearchGroups,
        Self::ListMembers,
        Self::ManyGroups,
    ];

    /// Its number, from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It works.
    Passed,
    /// It does not.
    Failed,
    /// Something does not work that sign-in does not need, or it could not be tested.
    Warning,
    /// It was not tried.
    NotRun,
}

/// What a step found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The Tenant ID has the right form.
    Readable,
    /// It has not.
    NotATenant(NotATenant),
    /// It is our own application's.
    OwnClientId,
    /// The tenant exists.
    Found,
    /// It exists, in the cloud for the US Government.
    Government,
    /// Microsoft knows no such tenant.
    Unknown,
    /// It belongs to a cloud that this server does not use.
    OtherCloud,
    /// Another team has registered it.
    Taken,
    /// Microsoft gave a token.
    TokenReceived,
    /// Microsoft gave a token that opens more than we ask for: the permissions beyond.
    TokenTooStrong(Vec<String>),
    /// The application is not known in the tenant: nobody has approved it.
    NotApproved,
    /// Somebody in the tenant has switched the application off.
    SwitchedOff,
    /// A policy of the tenant keeps the application out.
    BlockedByPolicy,
    /// Microsoft does not accept this server's credential.
    CredentialRejected,
    /// This server's client secret or certificate has expired.
    CredentialExpired,
    /// The token is another tenant's.
    OtherTenant,
    /// Everything that the feature needs is approved and was read.
    Works,
    /// Everything that the feature needs is approved; it was not read.
    Approved,
    /// Approved; reading waits for the proof of ownership, or for the first save.
    WaitsForProof,
    /// Nobody can tell from the token what is approved, and reading waits for the proof of ownership.
    UnseenBeforeProof,
    /// The same, by a permission for the whole directory that stands in for what the feature needs.
    WorksByDirectory,
    /// These permissions are missing.
    Missing(Vec<String>),
    /// Approved a moment ago, and not in force everywhere yet.
    NotYetInForce,
    /// The names of members cannot be read, although the token says so.
    NamesUnreadable,
    /// Delegated permission was there at a sign-in of that time.
    DelegatedSeen(Timestamp),
    /// It was not.
    DelegatedMissing,
    /// Nobody has signed in yet, and no other way can see it.
    NotSeenYet,
    /// Microsoft did not answer in time.
    NoAnswer,
    /// Microsoft could not be reached, or the connection broke.
    Unreachable,
    /// Microsoft asked to be asked later.
    SlowDown(Option<Timestamp>),
    /// Microsoft reported a problem of its own, or answered what nobody can read.
    MicrosoftTrouble,
    /// Microsoft refused, for a reason that has no words of its own.
    Refused,
    /// Microsoft refused, by a number that it gives to troubles that pass.
    RefusedForNow,
    /// A step before it ended the test.
    Skipped,
}

impl Finding {
    /// The fixed word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::NotATenant(_) => "not_a_tenant",
            Self::OwnClientId => "own_client_id",
            Self::Found => "found",
            Self::Government => "government_cloud",
            Self::Unknown => "tenant_unknown",
            Self::OtherCloud => "other_cloud",
            Self::Taken => "tenant_taken",
            Self::TokenReceived => "token_received",
            Self::TokenTooStrong(_) => "over_privileged",
            Self::NotApproved => "consent_missing",
            Self::SwitchedOff => "application_disabled",
            Self::BlockedByPolicy => "blocked_by_policy",
            Self::CredentialRejected => "credential_rejected",
            Self::CredentialExpired => "credential_expired",
            Self::OtherTenant => "tenant_mismatch",
            Self::Works => "works",
            Self::WorksByDirectory => "works_by_directory",
            Self::Approved => "approved",
            Self::WaitsForProof => "waits_for_proof",
            Self::UnseenBeforeProof => "unseen_before_proof",
            Self::Missing(_) => "permission_missing",
            Self::NotYetInForce => "consent_propagating",
            Self::NamesUnreadable => "names_unreadable",
            Self::DelegatedSeen(_) => "delegated_seen",
            Self::DelegatedMissing => "delegated_missing",
            Self::NotSeenYet => "not_seen_yet",
            Self::NoAnswer => "no_answer",
            Self::Unreachable => "unreachable",
            Self::SlowDown(_) => "slow_down",
            Self::MicrosoftTrouble => "microsoft_trouble",
            Self::Refused => "refused",
            Self::RefusedForNow => "refused_for_now",
            Self::Skipped => "skipped",
        }
    }

    /// How the step ended.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Readable
            | Self::Found
            | Self::TokenReceived
            | Self::Works
            | Self::WorksByDirectory
            | Self::Approved
            | Self::DelegatedSeen(_) => Outcome::Passed,
            Self::NotATenant(_)
            | Self::OwnClientId
            | Self::Unknown
            | Self::OtherCloud
            | Self::Taken
            | Self::NotApproved
            | Self::SwitchedOff
            | Self::BlockedByPolicy
            | Self::CredentialRejected
            | Self::CredentialExpired
            | Self::OtherTenant
            | Self::Refused
            | Self::RefusedForNow => Outcome::Failed,
            Self::Government
            | Self::TokenTooStrong(_)
            | Self::WaitsForProof
            | Self::UnseenBeforeProof
            | Self::Missing(_)
            | Self::NotYetInForce
            | Self::NamesUnreadable
            | Self::DelegatedMissing
            | Self::NoAnswer
            | Self::Unreachable
            | Self::SlowDown(_)
            | Self::MicrosoftTrouble => Outcome::Warning,
            Self::NotSeenYet | Self::Skipped => Outcome::NotRun,
        }
    }

    /// Whether the step could not be made at all, because Microsoft gave no answer to judge by.
    pub const fn is_untested(&self) -> bool {
        matches!(
            self,
            Self::NoAnswer | Self::Unreachable | Self::SlowDown(_) | Self::MicrosoftTrouble
        )
    }
}

/// What Microsoft said about a step, for support. Never a token or a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Graph's `request-id`, or the token endpoint's trace ID.
    pub request_id: Option<String>,
    /// Microsoft's correlation ID.
    pub correlation_id: Option<String>,
    /// The number of an `AADSTS…` code.
    pub number: Option<u32>,
}

/// One step that was made, or was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// Which.
    pub step: Step,
    /// What it found.
    pub finding: Finding,
    /// When.
    pub at: Timestamp,
    /// What Microsoft said, where it said something worth keeping.
    pub evidence: Option<Evidence>,
}

impl StepResult {
    /// How it ended.
    pub const fn outcome(&self) -> Outcome {
        self.finding.outcome()
    }
}

/// A test from its first step to its last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionTest {
    /// The tenant: the one whose ID was typed, or the one that the typed domain belongs to, where it was found.
    pub tenant: Option<TenantId>,
    /// Its domain, where one is known.
    pub domain: Option<String>,
    /// All six steps, in order.
    pub steps: Vec<StepResult>,
    /// What the token itself says of the consent, where it can be read.
    #[serde(default)]
    pub by_token: Option<Consent>,
}

/// How the whole test ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every step passed, or was not there to be run yet: so many passed.
    Passed(usize),
    /// These steps have a concern.
    Warnings(Vec<Step>),
    /// Microsoft gave no answer at this step.
    Untested(Step),
    /// This step failed.
    Failed(Step),
}

impl ConnectionTest {
    /// The result of one step.
    pub fn result(&self, step: Step) -> Option<&StepResult> {
        self.steps.iter().find(|result| result.step == step)
    }

    /// The tenant, when Microsoft has it.
    pub fn found(&self) -> Option<TenantId> {
        let found = &self.result(Step::FindTenant)?.finding;
        let exists = matches!(found, Finding::Found | Finding::Government | Finding::Taken);
        self.tenant.filter(|_| exists)
    }

    /// How it ended.
    pub fn verdict(&self) -> Verdict {
        if let Some(failed) = self.steps.iter().find(|step| step.outcome() == Outcome::Failed) {
            return Verdict::Failed(failed.step);
        }
        if let Some(untested) = self.steps.iter().find(|step| step.finding.is_untested()) {
            return Verdict::Untested(untested.step);
        }
        let warnings: Vec<_> = self
            .steps
            .iter()
            .filter(|step| step.outcome() == Outcome::Warning)
            .map(|step| step.step)
            .collect();
        if warnings.is_empty() {
            let passed = self.steps.iter().filter(|step| step.outcome() == Outcome::Passed);
            Verdict::Passed(passed.count())
        } else {
            Verdict::Warnings(warnings)
        }
    }
}

#[cfg(test)]
mod tests;
