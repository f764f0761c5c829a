//! What a form or a step held, from the request that answers with a redirect to the page that follows.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    domain::{
        id::KeptFormId,
        tenant::{Notice, Prover, SaveRefused, TenantForm, TenantId},
    },
    service::{ServiceError, Services},
    storage::{SignedIn, StoreError, Work},
};

/// So long a page can still say what happened, with everything that was typed.
pub(super) const MESSAGE_FOR: Duration = Duration::from_mins(10);
/// So long a step waits for its decision.
const STEP_FOR: Duration = Duration::from_mins(15);

/// What can be kept for one session. Each page has its own kind, and finds nothing under the id of another one's.
pub trait Kept: Serialize + DeserializeOwned {
    /// For how long.
    fn lasts(&self) -> Duration;

    /// Reads what was kept. Another version, or another page, may have written it; then it is as if it had expired.
    fn read(content: &str) -> Option<Self> {
        serde_json::from_str(content).ok()
    }
}

/// What the page of Microsoft Entra ID keeps for one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptForm {
    /// What was typed, and why nothing came of it.
    Refused {
        /// What was typed.
        typed: TenantForm,
        /// Why.
        refused: SaveRefused,
    },
    /// What happened; with what is typed and not saved, where it is.
    Said {
        /// What happened.
        notice: Notice,
        /// What is typed and not saved.
        typed: Option<TenantForm>,
    },
    /// A change with consequences, which waits to be confirmed; with the domain by which its tenant was typed, if it was.
    Change(TenantForm, Option<String>),
    /// A proof of ownership, which waits to be confirmed.
    Proof(Proof),
}

/// That somebody signed in to a tenant and is no guest there: proven by a validated ID token, never by a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The tenant.
    pub tenant: TenantId,
    /// A verified domain of it, where Microsoft told it.
    pub domain: Option<String>,
    /// How strong the proof is.
    pub prover: Prover,
    /// The user name that signed in, as a label.
    pub account: Option<String>,
    /// Whether the sign-in came with delegated permission to read all of one's own groups; `None` without a sign-in.
    pub delegated_groups: Option<bool>,
    /// What is saved with it, when the tenant is not the team's yet.
    pub form: Option<TenantForm>,
    /// Whether an approval came just before, so that a test follows.
    pub approved: bool,
}

impl Kept for KeptForm {
    fn lasts(&self) -> Duration {
        match self {
            Self::Refused { .. } | Self::Said { .. } => MESSAGE_FOR,
            Self::Change(..) | Self::Proof(_) => STEP_FOR,
        }
    }
}

/// Keeps it for the person's session.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn keep(
    services: &Services,
    person: &SignedIn,
    form: &impl Kept,
) -> Result<KeptFormId, ServiceError> {
    let content = serde_json::to_string(form).unwrap_or_default();
    let until = services.now().plus(form.lasts());
    Ok(services.store.upkeep().keep_form(person, &content, until).await?)
}

/// What is kept under this id for the person's session.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn find<K: Kept>(
    services: &Services,
    person: &SignedIn,
    id: KeptFormId,
) -> Result<Option<K>, ServiceError> {
    let content = services.store.find_kept_form(person, id).await?;
    Ok(content.as_deref().and_then(K::read))
}

/// Takes what is kept under this id, for what is shown once.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn take_to_show<K: Kept>(
    services: &Services,
    person: &SignedIn,
    id: KeptFormId,
) -> Result<Option<K>, ServiceError> {
    let upkeep = services.store.upkeep();
    let content = upkeep.take_kept_form(person, id, services.now()).await?;
    Ok(content.as_deref().and_then(K::read))
}

/// Takes it, so that nobody can use it again.
pub(super) async fn take(
    work: &mut Work,
    person: &SignedIn,
    id: KeptFormId,
) -> Result<Option<KeptForm>, StoreError> {
    let content = work.take_kept_form(person, id).await?;
    Ok(content.as_deref().and_then(KeptForm::read))
}
