//! What a test shows of the consent: what is approved, and what can be read by it.

use serde::{Deserialize, Serialize};

use super::{ConnectionTest, Finding, Step};

impl ConnectionTest {
    /// What it says about the tenant's consent; `None` when it says nothing. What Microsoft has not put in force shows no
    /// permission yet.
    pub fn consent(&self) -> Option<Consent> {
        let token = self.result(Step::GetToken)?;
        match token.finding {
            Finding::NotApproved => return Some(Consent::Missing),
            Finding::TokenReceived | Finding::TokenTooStrong(_) => {}
            _ => return None,
        }
        let of_directory = [Step::SearchGroups, Step::ListMembers].map(|step| self.result(step));
        let mut approved = Some(Consent::Approved);
        for result in of_directory {
            match result.map(|result| &result.finding) {
                Some(Finding::Missing(_)) => return Some(Consent::Partly),
                Some(
                    Finding::Works | Finding::WorksByDirectory | Finding::Approved | Finding::WaitsForProof,
                ) => {}
                // A directory that could not be read afterwards takes nothing back of what the token showed.
                Some(finding) if finding.is_untested() || *finding == Finding::Skipped => {
                    approved = approved.and(self.by_token);
                }
                _ => approved = None,
            }
        }
        approved
    }

    /// What it says of the permissions that the feature of this step needs; `None` when it says nothing.
    pub fn permitted(&self, step: Step) -> Option<Permitted> {
        if self.result(Step::GetToken)?.finding == Finding::NotApproved {
            return Some(Permitted::Refused);
        }
        match self.result(step)?.finding {
            Finding::Works | Finding::WorksByDirectory => Some(Permitted::Read),
            Finding::Approved | Finding::WaitsForProof => Some(Permitted::Approved),
            Finding::Missing(_) | Finding::NamesUnreadable => Some(Permitted::Refused),
            _ => None,
        }
    }

    /// Whether a token came: then the application is approved, in whole or in part.
    pub fn token_came(&self) -> bool {
        let token = self.result(Step::GetToken).map(|result| &result.finding);
        matches!(token, Some(Finding::TokenReceived | Finding::TokenTooStrong(_)))
    }

    /// What of the directory can be read, as far as the test saw it.
    pub fn reads(&self) -> Option<Reads> {
        let works = |step| match &self.result(step)?.finding {
            Finding::Works | Finding::WorksByDirectory | Finding::Approved | Finding::WaitsForProof => {
                Some(true)
            }
            Finding::Missing(_) | Finding::NamesUnreadable => Some(false),
            _ => None,
        };
        if self.result(Step::GetToken)?.finding == Finding::NotApproved {
            return Some(Reads::default());
        }
        Some(Reads {
            groups: works(Step::SearchGroups)?,
            members: works(Step::ListMembers)?,
        })
    }
}

/// What a look found of a feature's permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permitted {
    /// What they allow was read.
    Read,
    /// They are approved; nothing was read.
    Approved,
    /// One is missing.
    Refused,
}

/// What of a directory can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reads {
    /// Groups and their names.
    pub groups: bool,
    /// The members of groups.
    pub members: bool,
}

/// What the tenant's administrators have approved, as far as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Everything that is asked for.
    Approved,
    /// A token comes, but a permission is missing.
    Partly,
    /// Nothing.
    Missing,
}

impl Consent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Approved, Self::Partly, Self::Missing];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Partly => "partly",
            Self::Missing => "missing",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|consent| consent.name() == name)
    }
}
