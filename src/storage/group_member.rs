//! What a team knows of people in a group: who has an account, and who has an invitation that can be accepted.
//!
//! Asked for a page of people at a time, by their identities at Microsoft and by nothing that somebody typed.

use std::collections::HashMap;

use sqlx::FromRow;
use uuid::Uuid;

use super::{InTeam, Pool, Store, StoreError, dialect, member};
use crate::domain::{
    id::{InvitationId, UserId},
    role::HeldRole,
    tenant::{ObjectId, TenantId},
    time::Timestamp,
};

/// Somebody's account in the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOfMember {
    /// The account.
    pub user: UserId,
    /// Role and source.
    pub held: HeldRole,
    /// When the person last signed in.
    pub last_sign_in: Option<Timestamp>,
}

/// Somebody's invitation that can be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Which.
    pub id: InvitationId,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it can be accepted.
    pub expires: Timestamp,
}

/// What a team knows of some people.
#[derive(Clone, Debug, Default)]
pub struct KnownPeople {
    /// Accounts by person.
    pub accounts: HashMap<ObjectId, AccountOfMember>,
    /// Invitations by person.
    pub invitations: HashMap<ObjectId, OpenInvitation>,
}

#[derive(Debug, FromRow)]
struct AccountRow {
    oid: ObjectId,
    user_id: UserId,
    role: String,
    role_source: String,
    last_sign_in: Option<Timestamp>,
}

#[derive(Debug, FromRow)]
struct InvitationRow {
    oid: ObjectId,
    id: InvitationId,
    made_at: Timestamp,
    expires_at: Timestamp,
}

impl Store {
    /// What the team knows of these people of a tenant at that time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn know_people(
        &self,
        proof: &impl InTeam,
        tenant: TenantId,
        people: &[ObjectId],
        now: Timestamp,
    ) -> Result<KnownPeople, StoreError> {
        if people.is_empty() {
            return Ok(KnownPeople::default());
        }
        let (accounts, invitations): (Vec<AccountRow>, Vec<InvitationRow>) = match &self.pool {
            Pool::Sqlite(pools) => {
                let people = dialect::array_of_hex(people.iter().copied());
                (
                    sqlx::query_as(dialect::ACCOUNTS_AMONG_SQLITE)
                        .bind(proof.team())
                        .bind(tenant)
                        .bind(&people)
                        .fetch_all(&pools.read)
                        .await?,
                    sqlx::query_as(dialect::OPEN_INVITATIONS_AMONG_SQLITE)
                        .bind(proof.team())
                        .bind(tenant)
                        .bind(&people)
                        .bind(now)
                        .fetch_all(&pools.read)
                        .await?,
                )
            }
            Pool::Postgres(pool) => {
                let people: Vec<Uuid> = people.iter().copied().map(Uuid::from).collect();
                (
                    sqlx::query_as(dialect::ACCOUNTS_AMONG_POSTGRES)
                        .bind(proof.team())
                        .bind(tenant)
                        .bind(&people)
                        .fetch_all(pool)
                        .await?,
                    sqlx::query_as(dialect::OPEN_INVITATIONS_AMONG_POSTGRES)
                        .bind(proof.team())
                        .bind(tenant)
                        .bind(&people)
                        .bind(now)
                        .fetch_all(pool)
                        .await?,
                )
            }
        };
        let account = |row: AccountRow| {
            let held = member::held(row.user_id, &row.role, &row.role_source)?;
            let account = AccountOfMember {
                user: row.user_id,
                held,
                last_sign_in: row.last_sign_in,
            };
            Ok((row.oid, account))
        };
        let invitation = |row: InvitationRow| {
            let open = OpenInvitation {
                id: row.id,
                made: row.made_at,
                expires: row.expires_at,
            };
            (row.oid, open)
        };
        Ok(KnownPeople {
            accounts: accounts
                .into_iter()
                .map(account)
                .collect::<Result<_, StoreError>>()?,
            invitations: invitations.into_iter().map(invitation).collect(),
        })
    }
}
