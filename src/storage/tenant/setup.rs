//! What is known around a registration: who saved and who proved it, what was approved, whom it concerns.

use sqlx::FromRow;

use super::RegistrationRow;
use crate::{
    domain::{
        audit::Action,
        connection_test::Consent,
        tenant::{Prover, Registration, TenantId},
        time::Timestamp,
    },
    storage::{
        Administrator, InTeam, SigningIn, Store, StoreError, Upkeep, Work, on, read, row,
        session::writing,
        work::{Tx, chain_of},
    },
};

/// A registration and what is known around it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The registration.
    pub registration: Registration,
    /// The name of whoever proved it.
    pub verified_by: Option<String>,
    /// What was approved, as the newest look found it.
    pub consent: Option<Consent>,
    /// Whether the newest sign-in came with delegated permission to read all of one's own groups, and when.
    pub delegated_groups: Option<(bool, Timestamp)>,
    /// When somebody of the tenant last signed in with Microsoft.
    pub last_sign_in: Option<Timestamp>,
    /// The name of whoever saved it; the command line has none.
    pub saved_by: Option<String>,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// Labels of a registration; what is none stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegistrationNotes<'text> {
    /// Who saved it.
    pub saved_by: Option<&'text str>,
    /// Who proved it.
    pub verified_by: Option<&'text str>,
    /// A verified domain of the tenant.
    pub domain: Option<&'text str>,
}

/// The people of a team who sign in from one tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleOfTenant {
    /// How many there are.
    pub all: u64,
    /// How many of them have no password.
    pub without_password: u64,
    /// The names of the first of these.
    pub names: Vec<String>,
    /// How many sessions they have now.
    pub sessions: u64,
}

/// How many names are listed.
const MOST_NAMES: i64 = 50;

/// A tenant that another team took by proving it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Displaced {
    /// Which.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
}

#[derive(Debug, FromRow)]
struct SetupRow {
    #[sqlx(flatten)]
    row: RegistrationRow,
    verified_by_name: Option<String>,
    consent: Option<String>,
    delegated_groups: Option<bool>,
    delegated_groups_at: Option<Timestamp>,
    last_sign_in: Option<Timestamp>,
    saved_by_name: Option<String>,
    saved_at: Timestamp,
}

impl SetupRow {
    fn setup(self) -> Result<Setup, StoreError> {
        let consent = self.consent.as_deref().map(|name| {
            row::word(
                "tenant_registration",
                "consent",
                self.row.team_id,
                Consent::parse(name),
            )
        });
        Ok(Setup {
            consent: consent.transpose()?,
            registration: self.row.registration()?,
            verified_by: self.verified_by_name,
            delegated_groups: self.delegated_groups.zip(self.delegated_groups_at),
            last_sign_in: self.last_sign_in,
            saved_by: self.saved_by_name,
            saved_at: self.saved_at,
        })
    }
}

impl Store {
    /// The team's registration and what is known around it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_setup(&self, proof: &impl InTeam) -> Result<Option<Setup>, StoreError> {
        let find = "select id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, domain, version,
                        verified_by_name, consent, delegated_groups, delegated_groups_at, last_sign_in, saved_by_name,
                        saved_at
                    from tenant_registration
                    where team_id = $1";
        let found: Option<SetupRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .fetch_optional(pool)
            .await)?;
        found.map(SetupRow::setup).transpose()
    }

    /// The people of the team who sign in from this tenant.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn people_of_tenant(
        &self,
        proof: &Administrator,
        tenant: TenantId,
    ) -> Result<PeopleOfTenant, StoreError> {
        let count = "select
                         (select count(*) from identity i
                          join member m on m.team_id = i.team_id and m.user_id = i.user_id
                          where i.team_id = $1 and i.tid = $2),
                         (select count(*) from identity i
                          join member m on m.team_id = i.team_id and m.user_id = i.user_id
                          left join credential c on c.team_id = i.team_id and c.user_id = i.user_id
                          where i.team_id = $1 and i.tid = $2 and c.user_id is null),
                         (select count(*) from session s
                          where s.team_id = $1 and s.tid = $2)";
        let list = "select u.name
                    from identity i
                    join member m on m.team_id = i.team_id and m.user_id = i.user_id
                    join user_account u on u.team_id = i.team_id and u.id = i.user_id
                    left join credential c on c.team_id = i.team_id and c.user_id = i.user_id
                    where i.team_id = $1 and i.tid = $2 and c.user_id is null
                    order by u.name, u.id
                    limit $3";
        let (all, without_password, sessions): (i64, i64, i64) = read!(self, |pool| sqlx::query_as(count)
            .bind(proof.team())
            .bind(tenant)
            .fetch_one(pool)
            .await)?;
        let names: Vec<(String,)> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .bind(tenant)
            .bind(MOST_NAMES)
            .fetch_all(pool)
            .await)?;
        let number = |count: i64| u64::try_from(count).unwrap_or_default();
        Ok(PeopleOfTenant {
            all: number(all),
            without_password: number(without_password),
            names: names.into_iter().map(|(name,)| name).collect(),
            sessions: number(sessions),
        })
    }

    /// Whether this person of the team signs in from that tenant, as none of its guests.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn has_identity_of(&self, proof: &Administrator, tenant: TenantId) -> Result<bool, StoreError> {
        let find = "select i.user_id
                    from identity i
                    join member m on m.team_id = i.team_id and m.user_id = i.user_id
                    where i.team_id = $1 and i.user_id = $2 and i.tid = $3 and not m.guest";
        let found: Option<(crate::domain::id::UserId,)> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(proof.person().user())
            .bind(tenant)
            .fetch_optional(pool)
            .await)?;
        Ok(found.is_some())
    }

    /// Another team's claim on this tenant, as far as anybody else may know of it: whose proof there is, if any. `None`
    /// when no other team has it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_claim_of_another(
        &self,
        proof: &Administrator,
        tenant: TenantId,
    ) -> Result<Option<Option<Prover>>, StoreError> {
        let find = "select verified_by from tenant_registration where tenant_id = $1 and team_id <> $2";
        let found: Option<(Option<String>,)> = read!(self, |pool| sqlx::query_as(find)
            .bind(tenant)
            .bind(proof.team())
            .fetch_optional(pool)
            .await)?;
        Ok(found.map(|(by,)| by.as_deref().and_then(Prover::parse)))
    }

    /// How many groups the team has mapped.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_mappings(&self, proof: &impl InTeam) -> Result<u64, StoreError> {
        let count = "select count(*) from group_mapping where team_id = $1";
        let (count,): (i64,) = read!(self, |pool| sqlx::query_as(count)
            .bind(proof.team())
            .fetch_one(pool)
            .await)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The tenant that another team took, if that is the last that happened to the team's registration.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_displaced(&self, proof: &impl InTeam) -> Result<Option<Displaced>, StoreError> {
        let find = "select action, target_id, at
                    from audit_event
                    where chain = $1 and outcome = 'success'
                        and action in ('tenant.displaced', 'tenant.saved', 'tenant.verified', 'tenant.disconnected')
                    order by sequence desc
                    limit 1";
        let found: Option<(String, Option<String>, Timestamp)> = read!(self, |pool| sqlx::query_as(find)
            .bind(chain_of(Some(proof.team())))
            .fetch_optional(pool)
            .await)?;
        let displaced = found.filter(|(action, ..)| action == Action::TenantDisplaced.name());
        Ok(displaced.and_then(|(_, tenant, at)| {
            let tenant = tenant?.parse().ok()?;
            Some(Displaced { tenant, at })
        }))
    }
}

impl Work {
    /// Notes labels of the team's registration.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_registration(&mut self, notes: RegistrationNotes<'_>) -> Result<(), StoreError> {
        let team = self.team()?;
        let note = "update tenant_registration
                    set saved_by_name = coalesce($2, saved_by_name),
                        verified_by_name = coalesce($3, verified_by_name),
                        domain = coalesce($4, domain)
                    where team_id = $1";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(note)
                .bind(team)
                .bind(notes.saved_by.map(row::text))
                .bind(notes.verified_by.map(row::text))
                .bind(notes.domain.map(row::text))
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }

    /// Notes what was seen to be approved in this tenant, if it is still the team's.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_consent(&mut self, tenant: TenantId, consent: Consent) -> Result<(), StoreError> {
        let (team, now) = (self.team()?, self.ids.now());
        let note = "update tenant_registration
                    set consent = $3, consent_at = $4
                    where team_id = $1 and tenant_id = $2";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(note)
                .bind(team)
                .bind(tenant)
                .bind(consent.name())
                .bind(now)
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }

    /// Forgets that the approval was missing in this tenant: somebody has seen that it is not, and no more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_missing_consent(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        let team = self.team()?;
        let forget = "update tenant_registration
                      set consent = null, consent_at = null
                      where team_id = $1 and tenant_id = $2 and consent = 'missing'";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(forget)
                .bind(team)
                .bind(tenant)
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }

    /// Notes a verified domain of this tenant, if it is still the team's.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_domain(&mut self, tenant: TenantId, domain: &str) -> Result<(), StoreError> {
        let team = self.team()?;
        let note = "update tenant_registration
                    set domain = $3
                    where team_id = $1 and tenant_id = $2";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(note)
                .bind(team)
                .bind(tenant)
                .bind(row::text(domain))
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }

    /// Notes whether a sign-in to prove this tenant came with delegated permission to read all of one's own groups.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_delegated_groups(&mut self, tenant: TenantId, seen: bool) -> Result<(), StoreError> {
        let (team, now) = (self.team()?, self.ids.now());
        let note = "update tenant_registration
                    set delegated_groups = $3, delegated_groups_at = $4
                    where team_id = $1 and tenant_id = $2";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(note)
                .bind(team)
                .bind(tenant)
                .bind(seen)
                .bind(now)
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }
}

impl Upkeep<'_> {
    /// Notes that somebody has signed in from the tenant.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_sign_in(self, proof: &SigningIn) -> Result<(), StoreError> {
        let note = "update tenant_registration
                    set last_sign_in = $3
                    where team_id = $1 and tenant_id = $2";
        writing!(self, |pool| sqlx::query(note)
            .bind(proof.team())
            .bind(proof.registration().tenant)
            .bind(self.0.now())
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Notes whether a sign-in came with delegated permission to read all of one's own groups.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_delegated_groups(self, proof: &SigningIn, seen: bool) -> Result<(), StoreError> {
        let note = "update tenant_registration
                    set delegated_groups = $3, delegated_groups_at = $4
                    where team_id = $1 and tenant_id = $2";
        writing!(self, |pool| sqlx::query(note)
            .bind(proof.team())
            .bind(proof.registration().tenant)
            .bind(seen)
            .bind(self.0.now())
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }
}
