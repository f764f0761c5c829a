//! What the page of Microsoft Entra ID says after something was done there, and why a save was refused.
//!
//! These travel through the database from the request that did it to the page that follows, and become words there.

use serde::{Deserialize, Serialize};

use super::{NotATenant, Prover, TenantId};
use crate::domain::{
    connection_test::{Finding, Reads, Step, Verdict},
    time::Timestamp,
};

/// What was typed into the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantForm {
    /// `Tenant ID`, as it was typed.
    pub tenant_id: String,
    /// `Enabled`.
    pub enabled: bool,
    /// `Allow guests`.
    pub allow_guests: bool,
    /// The version that was on the page.
    pub version: Option<i64>,
}

/// A tenant as it is named in a sentence: by a domain where one is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The tenant.
    pub tenant: TenantId,
    /// A domain of it.
    pub domain: Option<String>,
}

/// Why nothing was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaveRefused {
    /// What was typed names no tenant.
    NotATenant(NotATenant),
    /// It is our own application's ID.
    OwnClientId,
    /// Microsoft knows no such tenant.
    Unknown(String),
    /// It belongs to another cloud than the one this server uses, whose login host stands here.
    OtherCloud(String),
    /// A domain was typed, and Microsoft could not be asked whose it is.
    CannotLookUp(String),
    /// Another team has registered it and not proven it.
    Taken,
    /// Another team has proven it.
    Proven {
        /// Whose proof that was.
        by: Prover,
    },
    /// A switch was sent that is neither on nor off, or a version that is none.
    Unreadable,
    /// Somebody else changed it meanwhile.
    Stale {
        /// Who.
        by: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// What was saved is not there any more.
    Gone {
        /// Another team proved that the tenant is its own; otherwise somebody of this team disconnected it.
        taken: bool,
    },
}

/// What has just happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The settings were saved.
    Saved {
        /// Whose people can sign in.
        tenant: Named,
        /// What follows for sign-in.
        effect: Effect,
        /// Whether they were so already.
        #[serde(default)]
        unchanged: bool,
        /// The first step of the test that has a concern.
        concern: Option<(Step, Finding)>,
    },
    /// The registration is gone.
    Disconnected {
        /// So many sessions ended.
        sessions: u64,
    },
    /// A test was made.
    Tested(Verdict),
    /// Microsoft says that it was approved; then the test's result.
    Approved(Option<Verdict>),
    /// Approval was declined.
    ApprovalDeclined,
    /// Approval came from another tenant.
    ApprovedElsewhere(Named),
    /// Ownership is verified.
    Verified {
        /// The result of the test after an approval.
        tested: Option<Verdict>,
        /// What can be read from now on, where that is known.
        reads: Option<Reads>,
    },
    /// A guest cannot prove ownership.
    ProofByGuest(Named),
    /// Somebody signed in to another tenant.
    ProofElsewhere {
        /// Where they signed in.
        signed_in_to: Named,
        /// Where they should have.
        wanted: Named,
    },
    /// Verification was cancelled at Microsoft.
    ProofCancelled,
    /// Another team's proof is as strong.
    ProvenByAnother,
    /// Microsoft refused or the token did not pass: the reference stands in the audit log.
    ProofFailed(String),
    /// Microsoft did not answer.
    ProofUnanswered,
    /// The step has expired or was used.
    ProofExpired,
    /// The return of an approval has expired or was used.
    ReturnExpired,
    /// Microsoft could not be asked.
    NothingChanged,
    /// Something of ours broke; the reference stands in the log.
    Broken(String),
    /// Microsoft was asked too often; when the next question is answered.
    TooOften(Timestamp),
}

/// What a save means for sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// People can sign in, and nothing waits.
    On,
    /// People can sign in; reading the directory waits for the proof.
    DirectoryWaits,
    /// Sign-in waits for the proof.
    SignInWaits,
    /// Sign-in is off, and so many sessions ended.
    Off(u64),
}
