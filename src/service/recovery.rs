//! Recovery links: the operator's way in for one person, once, in every mode of the server.
//!
//! The operator hands the printed address over. Looking at the page uses nothing up; the button does, and of two presses
//! one wins. Used, expired and unknown links, and links of people who may not sign in, look the same.

use std::time::Duration;

use crate::{
    domain::{
        audit::{Action, Actor, Event, Outcome},
        id::{Token, UserId},
        member::Standing,
        sign_in::Refusal,
        time::Timestamp,
    },
    seal,
    service::{Origin, ServiceError, Services, session},
    storage::{Account, HostOperator, RecoveryLink},
};

/// How long a link works.
pub const LIFETIME: Duration = Duration::from_mins(15);

/// Whom the operator means.
#[derive(Clone, Debug)]
pub enum Person {
    /// Whoever has this address, in canonical form.
    Email(String),
    /// This user.
    User(UserId),
}

/// A link was made.
#[derive(Debug)]
pub struct Made {
    /// What its address ends in. Only its hash is stored.
    pub token: Token,
    /// Until when it works.
    pub expires: Timestamp,
    /// The person is suspended: until that is lifted, the link lets nobody in.
    pub suspended: bool,
}

/// Makes a link. An earlier one of the same person stops working.
///
/// # Errors
/// [`ServiceError::Operator`] when nobody or more than one person is meant.
pub async fn create(
    services: &Services,
    operator: &HostOperator,
    person: &Person,
) -> Result<Made, ServiceError> {
    let account = the_one(services, operator, person).await?;
    let Some(proof) = services.store.operate_on(operator, account.team).await? else {
        return Err(nobody());
    };
    let token = services.ids.token();
    let expires = services.now().plus(LIFETIME);
    let mut work = services.store.begin(&proof).await?;
    let link = work
        .insert_recovery_link(account.user, seal::sha256(token.expose().as_bytes()), expires)
        .await?;
    let event = Event::success(Actor::System, Action::RecoveryLinkCreated)
        .on("member", account.user)
        .with("link", link.to_string())
        .with("email", account.email.unwrap_or_default())
        .with("expires_at", expires.to_string());
    work.commit(event).await?;
    Ok(Made {
        token,
        expires,
        suspended: account.standing == Standing::Suspended,
    })
}

async fn the_one(
    services: &Services,
    operator: &HostOperator,
    person: &Person,
) -> Result<Account, ServiceError> {
    let (email, user) = match person {
        Person::Email(email) => (Some(email.as_str()), None),
        Person::User(user) => (None, Some(*user)),
    };
    let mut found = services.store.find_accounts(operator, email, user).await?;
    match (found.pop(), found.is_empty()) {
        (Some(account), true) => Ok(account),
        (Some(last), false) => {
            found.push(last);
            let lines: Vec<_> = found
                .iter()
                .map(|it| format!("  --user {}  {}, {}", it.user, it.name, it.team_name))
                .collect();
            Err(ServiceError::Operator(format!(
                "several accounts have this address; choose one:\n{}",
                lines.join("\n")
            )))
        }
        (None, _) => Err(nobody()),
    }
}

fn nobody() -> ServiceError {
    ServiceError::Operator("there is no such account".to_owned())
}

/// The live link with this token. Uses nothing up.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn find(services: &Services, token: &Token) -> Result<Option<RecoveryLink>, ServiceError> {
    let hash = seal::sha256(token.expose().as_bytes());
    Ok(services.store.find_recovery_link(&hash, services.now()).await?)
}

/// Uses the link up and signs its person in; `None`, and recorded, when it is not available.
///
/// # Errors
/// [`ServiceError::Store`]; then nothing is used up.
pub async fn enter(
    services: &Services,
    token: Option<&Token>,
    origin: Origin,
) -> Result<Option<Token>, ServiceError> {
    let found = match token {
        Some(token) => find(services, token).await?,
        None => None,
    };
    if let Some(RecoveryLink { id, claimant, .. }) = found {
        let mut work = services.store.begin(&claimant).await?;
        if work.use_recovery_link(id).await?
            && work.admit_member(claimant.user(), services.now()).await? == Some(Standing::Active)
        {
            let (token, event) = session::open(services, &mut work, &claimant, "recovery", origin).await?;
            work.commit(event.with("link", id.to_string())).await?;
            return Ok(Some(token));
        }
    }
    let event = Event::new(Actor::Anonymous, Action::SignIn, Outcome::Refused)
        .because(Refusal::BadCredentials.code())
        .from(origin.ip)
        .with("method", "recovery")
        .with("correlation_id", origin.reference.code());
    services.store.begin_platform().await?.commit(event).await?;
    Ok(None)
}
