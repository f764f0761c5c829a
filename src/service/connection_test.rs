//! Test Connection: six steps against Microsoft, for the tenant that is typed, within a fixed time.
//!
//! It changes nothing but what is known: the newest result, and what it shows of the consent. No connection to the
//! database is held while Microsoft is asked, and whoever hangs up stops it. Reading the directory takes the proof of
//! ownership, here as everywhere.

mod keep;
mod read;

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

pub use self::keep::run_and_keep;
pub(in crate::service) use self::keep::{note_consent, note_permitted};

use crate::{
    domain::{
        connection_test::{ConnectionTest, Evidence, Finding, Outcome, Step, StepResult},
        credential::CredentialFault,
        tenant::{TenantId, TenantName},
    },
    entra::{EntraError, FindTenantError, MicrosoftError},
    service::{ServiceError, Services},
    storage::{Administrator, StoreError},
};

/// How much is tested, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The first three steps and what the token says, before a save.
    Save,
    /// All six.
    Full,
}

impl Depth {
    /// So long in all.
    const fn budget(self) -> Duration {
        match self {
            Self::Save => Duration::from_secs(5),
            Self::Full => Duration::from_secs(15),
        }
    }
}

/// Tests what is typed.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` on a server without Microsoft sign-in.
pub async fn run(
    services: &Services,
    admin: &Administrator,
    typed: &str,
    depth: Depth,
) -> Result<ConnectionTest, ServiceError> {
    let mut run = Run {
        services,
        deadline: deadline(depth),
        test: ConnectionTest {
            tenant: None,
            domain: None,
            steps: Vec::with_capacity(Step::ALL.len()),
            by_token: None,
        },
    };
    run.all(admin, typed, depth).await?;
    let done = run.test.steps.len();
    for step in Step::ALL.into_iter().skip(done) {
        run.note(step, Finding::Skipped, None);
    }
    Ok(run.test)
}

/// It runs by the machine's own clock: nobody else's time matters to somebody who waits.
fn deadline(depth: Depth) -> Instant {
    Instant::now() + depth.budget()
}

/// A test under way.
struct Run<'services> {
    services: &'services Services,
    deadline: Instant,
    test: ConnectionTest,
}

impl Run<'_> {
    fn note(&mut self, step: Step, finding: Finding, evidence: Option<Evidence>) {
        self.test.steps.push(StepResult {
            step,
            finding,
            at: self.services.now(),
            evidence,
        });
    }

    /// The steps, until one ends the test.
    async fn all(&mut self, admin: &Administrator, typed: &str, depth: Depth) -> Result<(), ServiceError> {
        let entra = self.services.entra.as_ref().ok_or(StoreError::Missing)?;
        let name = match TenantName::parse(typed) {
            Ok(TenantName::Id(id)) if id.to_string() == entra.client_id() => {
                self.note(Step::CheckTenantId, Finding::OwnClientId, None);
                return Ok(());
            }
            Ok(name) => name,
            Err(why) => {
                self.note(Step::CheckTenantId, Finding::NotATenant(why), None);
                return Ok(());
            }
        };
        // Also a Microsoft that says nothing was asked about this tenant.
        if let TenantName::Id(tenant) = name {
            self.test.tenant = Some(tenant);
        }
        self.note(Step::CheckTenantId, Finding::Readable, None);
        let Some(tenant) = self.find(&name).await else {
            return Ok(());
        };
        // Nothing is asked in the name of a tenant that another team has.
        let anothers = self.services.store.find_claim_of_another(admin, tenant).await?;
        if anothers.is_some() {
            if let Some(found) = self.test.steps.last_mut() {
                found.finding = Finding::Taken;
            }
            return Ok(());
        }
        let setup = self.services.store.find_setup(admin).await?;
        let setup = setup.filter(|setup| setup.registration.tenant == tenant);
        if self.test.domain.is_none() {
            self.test.domain = setup.as_ref().and_then(|setup| setup.registration.domain.clone());
        }
        let Some(access) = self.token(tenant).await else {
            return Ok(());
        };
        self.test.by_token = read::consent_in(&access);
        let proven = match depth {
            Depth::Full => {
                self.services
                    .store
                    .prove_tenant(admin, self.services.rules.verification)
                    .await?
            }
            Depth::Save => None,
        };
        let proven = proven.filter(|proven| proven.tenant() == tenant);
        self.read(proven.as_ref(), &access, depth == Depth::Full).await;
        let failed = |step: &StepResult| step.outcome() == Outcome::Failed;
        if self.test.steps.last().is_some_and(failed) {
            return Ok(());
        }
        self.many_groups(setup.and_then(|setup| setup.delegated_groups));
        Ok(())
    }

    /// Step 2. The tenant, if the test goes on.
    async fn find(&mut self, name: &TenantName) -> Option<TenantId> {
        let entra = self.services.entra.as_ref()?;
        let step = Step::FindTenant;
        let found = timeout_at(self.deadline, entra.find_tenant(name)).await;
        let Ok(found) = found else {
            self.note(step, Finding::NoAnswer, None);
            return None;
        };
        match found {
            Ok(found) => {
                let finding = if found.government {
                    Finding::Government
                } else {
                    Finding::Found
                };
                self.note(step, finding, None);
                self.test.tenant = Some(found.tenant);
                if let TenantName::Domain(domain) = name {
                    self.test.domain = Some(domain.to_string());
                }
                Some(found.tenant)
            }
            Err(error) => {
                let evidence = match &error {
                    FindTenantError::NotAnswered(cause) | FindTenantError::OtherCloud(cause) => {
                        evidence_of(cause)
                    }
                    _ => error.microsoft().map(|said| evidence(None, said)),
                };
                let finding = match &error {
                    FindTenantError::Unknown(_) | FindTenantError::Malformed(_) => Finding::Unknown,
                    FindTenantError::OtherCloud(_) => Finding::OtherCloud,
                    FindTenantError::PersonalAccounts => {
                        Finding::NotATenant(crate::domain::tenant::NotATenant::PersonalAccounts)
                    }
                    FindTenantError::NotAnswered(EntraError::ForeignTenant { .. }) => Finding::OtherTenant,
                    FindTenantError::NotAnswered(cause) => self.silence(cause),
                };
                self.note(step, finding, evidence);
                None
            }
        }
    }

    /// Step 3. What the application may do, if the test goes on.
    async fn token(&mut self, tenant: TenantId) -> Option<crate::entra::ApplicationAccess> {
        let entra = self.services.entra.as_ref()?;
        let step = Step::GetToken;
        let asked = timeout_at(self.deadline, entra.fresh_application_access(tenant)).await;
        let Ok(asked) = asked else {
            self.note(step, Finding::NoAnswer, None);
            return None;
        };
        match asked {
            Ok(access) => {
                let beyond = read::beyond_what_we_ask(access.roles.as_deref());
                let finding = if beyond.is_empty() {
                    Finding::TokenReceived
                } else {
                    Finding::TokenTooStrong(beyond)
                };
                self.note(step, finding, None);
                Some(access)
            }
            Err(error) => {
                let finding = self.refused_token(&error);
                let evidence = evidence_of(&error);
                self.note(step, finding, evidence);
                entra.forget_application_token(tenant).await;
                None
            }
        }
    }

    /// Why there is no token. That it was refused is decided by the kind of the answer and the protocol's own word for it;
    /// whichever refusal a number chooses, the step has failed.
    fn refused_token(&self, error: &EntraError) -> Finding {
        let said = match error {
            EntraError::Refused { error, .. } => error,
            EntraError::ForeignTenant { .. } => return Finding::OtherTenant,
            EntraError::Foreign { .. } => return Finding::OtherCloud,
            other => return self.silence(other),
        };
        match said.credential_fault() {
            Some(CredentialFault::Expired) => return Finding::CredentialExpired,
            Some(CredentialFault::Wrong | CredentialFault::Unusable) => return Finding::CredentialRejected,
            None => {}
        }
        match said.number {
            Some(7_000_229 | 700_016 | 501_051 | 65_001) => Finding::NotApproved,
            Some(7_000_112) => Finding::SwitchedOff,
            Some(53_003) => Finding::BlockedByPolicy,
            Some(90_002 | 900_021 | 900_023) => Finding::Unknown,
            Some(90_038 | 900_382 | 900_432) => Finding::OtherCloud,
            _ => match said.error.as_str() {
                "temporarily_unavailable" | "server_error" => Finding::MicrosoftTrouble,
                "unauthorized_client" | "consent_required" => Finding::NotApproved,
                "invalid_client" => Finding::CredentialRejected,
                _ if matches!(
                    said.number,
                    Some(90_033 | 90_024 | 90_006 | 90_012 | 50_033 | 90_055)
                ) =>
                {
                    Finding::RefusedForNow
                }
                _ => Finding::Refused,
            },
        }
    }

    /// Step 6, which only a sign-in can see.
    fn many_groups(&mut self, seen: Option<(bool, crate::domain::time::Timestamp)>) {
        let finding = match seen {
            Some((true, at)) => Finding::DelegatedSeen(at),
            Some((false, _)) => Finding::DelegatedMissing,
            None => Finding::NotSeenYet,
        };
        self.note(Step::ManyGroups, finding, None);
    }

    /// What it means that Microsoft gave no answer to judge by.
    fn silence(&self, error: &EntraError) -> Finding {
        match error {
            EntraError::Unreachable { .. } => Finding::Unreachable,
            EntraError::TimedOut { .. } => Finding::NoAnswer,
            EntraError::Unavailable {
                status: 429,
                retry_after,
                ..
            } => Finding::SlowDown(retry_after.map(|wait| self.services.now().plus(wait))),
            _ => Finding::MicrosoftTrouble,
        }
    }
}

/// What is kept of an error for support.
fn evidence_of(error: &EntraError) -> Option<Evidence> {
    let status = error.status();
    match error.microsoft() {
        Some(said) => Some(evidence(status, said)),
        None => status.map(|status| Evidence {
            status: Some(status),
            ..Evidence::default()
        }),
    }
}

fn evidence(status: Option<u16>, said: &MicrosoftError) -> Evidence {
    Evidence {
        status: status.or(Some(400)),
        request_id: said.trace_id.map(|id| id.to_string()),
        correlation_id: said.correlation_id.map(|id| id.to_string()),
        number: said.number,
    }
}
