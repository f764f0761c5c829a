//! Which team a tenant belongs to.

mod setup;

use sqlx::FromRow;

pub use self::setup::{Displaced, PeopleOfTenant, RegistrationNotes, Setup};
use super::{
    InTeam, ProvenTenant, SigningIn, Store, StoreError, Work, dialect::locked, on, read, row, work::Tx,
};
use crate::domain::{
    audit::{Action, Actor, Event},
    id::{RegistrationId, TeamId},
    tenant::{Prover, Registration, TenantId, Verification, VerificationPolicy},
    time::Timestamp,
};

/// What a save stores.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationDraft {
    /// The tenant.
    pub tenant: TenantId,
    /// Whether its people can sign in.
    pub enabled: bool,
    /// Whether its guests can.
    pub allow_guests: bool,
    /// Whether ownership is proven.
    pub verification: Verification,
}

#[derive(Debug, FromRow)]
pub(in crate::storage) struct RegistrationRow {
    id: RegistrationId,
    team_id: TeamId,
    tenant_id: TenantId,
    enabled: bool,
    allow_guests: bool,
    verified_by: Option<String>,
    verified_at: Option<Timestamp>,
    domain: Option<String>,
    version: i64,
}

#[derive(Debug, FromRow)]
struct SigningInRow {
    team_name: String,
    delegated_groups: Option<bool>,
    delegated_groups_at: Option<Timestamp>,
    #[sqlx(flatten)]
    row: RegistrationRow,
}

impl RegistrationRow {
    /// Every registration, with its team; for the platform's operator.
    pub(in crate::storage) async fn list_all(
        store: &Store,
    ) -> Result<Vec<(TeamId, Registration)>, StoreError> {
        let list =
            "select id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, domain, version
                    from tenant_registration";
        let rows: Vec<Self> = read!(store, |pool| sqlx::query_as(list).fetch_all(pool).await)?;
        let of_team = |row: Self| Ok((row.team_id, row.registration()?));
        rows.into_iter().map(of_team).collect()
    }

    async fn find_of(store: &Store, team: TeamId) -> Result<Option<Registration>, StoreError> {
        let find =
            "select id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, domain, version
                    from tenant_registration
                    where team_id = $1";
        let found: Option<Self> = read!(store, |pool| sqlx::query_as(find)
            .bind(team)
            .fetch_optional(pool)
            .await)?;
        found.map(Self::registration).transpose()
    }

    pub(super) fn registration(self) -> Result<Registration, StoreError> {
        let verification = match (self.verified_by.as_deref(), self.verified_at) {
            (None, _) | (_, None) => Verification::Unverified,
            (Some(by), Some(at)) => Verification::Proven {
                by: row::word("tenant_registration", "verified_by", self.id, Prover::parse(by))?,
                at,
            },
        };
        Ok(Registration {
            id: self.id,
            tenant: self.tenant_id,
            enabled: self.enabled,
            allow_guests: self.allow_guests,
            verification,
            domain: self.domain,
            version: self.version,
        })
    }
}

impl Store {
    /// Whether any team expects people of this tenant, whatever it allows them now.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn is_expected(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let find = "select id from tenant_registration where tenant_id = $1";
        let found: Option<(RegistrationId,)> = read!(self, |pool| sqlx::query_as(find)
            .bind(tenant)
            .fetch_optional(pool)
            .await)?;
        Ok(found.is_some())
    }

    /// The team that expects people of this tenant. The tenant must be that of a validated token.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_signing_in(&self, tenant: TenantId) -> Result<Option<SigningIn>, StoreError> {
        let find =
            "select r.id, r.team_id, r.tenant_id, r.enabled, r.allow_guests, r.verified_by, r.verified_at,
                        r.domain, r.version, r.delegated_groups, r.delegated_groups_at, t.name as team_name
                    from tenant_registration r
                    join team t on t.id = r.team_id
                    where r.tenant_id = $1";
        let found: Option<SigningInRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(tenant)
            .fetch_optional(pool)
            .await)?;
        let proof = |found: SigningInRow| {
            Ok(SigningIn {
                team: found.row.team_id,
                team_name: found.team_name,
                delegated_groups: found.delegated_groups.zip(found.delegated_groups_at),
                registration: found.row.registration()?,
            })
        };
        found.map(proof).transpose()
    }

    /// The team's registration.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_registration(&self, proof: &impl InTeam) -> Result<Option<Registration>, StoreError> {
        RegistrationRow::find_of(self, proof.team()).await
    }

    /// The proof that the team may have its tenant's directory read; `None` without a registration, and while ownership
    /// is not proven, unless this server's policy is not to wait for that. Whether sign-in is enabled does not matter.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn prove_tenant(
        &self,
        proof: &impl InTeam,
        policy: VerificationPolicy,
    ) -> Result<Option<ProvenTenant>, StoreError> {
        let team = proof.team();
        let registration = RegistrationRow::find_of(self, team).await?;
        let proven = registration.filter(|registration| registration.opens_directory(policy));
        Ok(proven.map(|registration| ProvenTenant {
            team,
            tenant: registration.tenant,
        }))
    }
}

impl Work {
    /// The team's registration, locked until the end of this work. Before there is one, there is no row to lock, so the
    /// team's own row stands for it: of two first saves at once, the second sees what the first has saved.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_registration(&mut self) -> Result<Option<Registration>, StoreError> {
        let team = self.team()?;
        // Rows that refer to the team may still be added meanwhile.
        let lock = locked!(self.tx, "select id from team where id = $1", "for no key update");
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(lock).bind(team).fetch_optional(&mut **tx).await?;
        });
        let find = locked!(
            self.tx,
            "select id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, domain, version
             from tenant_registration
             where team_id = $1",
            "for update"
        );
        self.registration_by(find).await
    }

    /// The team's registration as it is now, which nobody changes until the end of this work. Other sign-ins may read
    /// it at the same time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn hold_registration(&mut self) -> Result<Option<Registration>, StoreError> {
        let find = locked!(
            self.tx,
            "select id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, domain, version
             from tenant_registration
             where team_id = $1",
            "for share"
        );
        self.registration_by(find).await
    }

    async fn registration_by(&mut self, find: &'static str) -> Result<Option<Registration>, StoreError> {
        let team = self.team()?;
        let found: Option<RegistrationRow> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find).bind(team).fetch_optional(&mut **tx).await?
        });
        found.map(RegistrationRow::registration).transpose()
    }

    /// Stores the team's one registration.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another team has this tenant.
    pub async fn save_registration(&mut self, draft: RegistrationDraft) -> Result<Registration, StoreError> {
        let team = self.team()?;
        let (by, at) = match draft.verification {
            Verification::Unverified => (None, None),
            Verification::Proven { by, at } => (Some(by.name()), Some(at)),
        };
        let (id, now): (RegistrationId, _) = (self.ids.next(), self.ids.now());
        let count = "update team
                     set tenant_version = tenant_version + 1
                     where id = $1
                     returning tenant_version";
        let save = "insert into tenant_registration (
                        id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, saved_at, version)
                    values ($2, $1, $3, $4, $5, $6, $7, $8, $9)
                    on conflict (team_id) do update
                    set tenant_id = excluded.tenant_id,
                        enabled = excluded.enabled,
                        allow_guests = excluded.allow_guests,
                        verified_by = excluded.verified_by,
                        verified_at = excluded.verified_at,
                        verified_by_name = case when tenant_registration.verified_at = excluded.verified_at
                            then tenant_registration.verified_by_name end,
                        -- what was learnt of one tenant says nothing about another
                        domain = case when tenant_registration.tenant_id = excluded.tenant_id
                            then tenant_registration.domain end,
                        consent = case when tenant_registration.tenant_id = excluded.tenant_id
                            then tenant_registration.consent end,
                        consent_at = case when tenant_registration.tenant_id = excluded.tenant_id
                            then tenant_registration.consent_at end,
                        delegated_groups = case when tenant_registration.tenant_id = excluded.tenant_id
                            then tenant_registration.delegated_groups end,
                        delegated_groups_at = case when tenant_registration.tenant_id = excluded.tenant_id
                            then tenant_registration.delegated_groups_at end,
                        last_sign_in = case when tenant_registration.tenant_id = excluded.tenant_id
                            then tenant_registration.last_sign_in end,
                        saved_by_name = null,
                        saved_at = excluded.saved_at,
                        version = excluded.version
                    returning id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, domain,
                        version";
        let saved: RegistrationRow = on!(Tx, &mut self.tx, |tx| {
            let (version,): (i64,) = sqlx::query_as(count).bind(team).fetch_one(&mut **tx).await?;
            sqlx::query_as(save)
                .bind(team)
                .bind(id)
                .bind(draft.tenant)
                .bind(draft.enabled)
                .bind(draft.allow_guests)
                .bind(by)
                .bind(at)
                .bind(now)
                .bind(version)
                .fetch_one(&mut **tx)
                .await?
        });
        saved.registration()
    }

    /// Removes the team's registration.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none.
    pub async fn delete_registration(&mut self) -> Result<(), StoreError> {
        let team = self.team()?;
        let delete = "delete from tenant_registration
                      where team_id = $1";
        let gone = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(delete)
                .bind(team)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        if gone == 1 {
            Ok(())
        } else {
            Err(StoreError::Missing)
        }
    }

    /// Takes the tenant from another team that has it, when its claim gives way to `challenger`: its registration
    /// and its people's sessions end, and its own log says so. Whether anything was displaced.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the other team's proof is as strong.
    pub async fn displace_registration(
        &mut self,
        tenant: TenantId,
        challenger: Prover,
    ) -> Result<bool, StoreError> {
        let team = self.team()?;
        let find = locked!(
            self.tx,
            "select id, team_id, tenant_id, enabled, allow_guests, verified_by, verified_at, domain, version
             from tenant_registration
             where tenant_id = $1",
            "for update"
        );
        let found: Option<RegistrationRow> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(tenant)
                .fetch_optional(&mut **tx)
                .await?
        });
        let Some(other) = found.filter(|found| found.team_id != team) else {
            return Ok(false);
        };
        let loser = other.team_id;
        // The operator settles disputes, whatever was proven before.
        let settles = challenger == Prover::PlatformAdministrator;
        if !settles && !other.registration()?.gives_way_to(challenger) {
            return Err(StoreError::Conflict);
        }
        let remove = "delete from tenant_registration
                      where team_id = $1 and tenant_id = $2";
        let end = "delete from session
                   where team_id = $1 and tid = $2";
        let ended = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(remove)
                .bind(loser)
                .bind(tenant)
                .execute(&mut **tx)
                .await?;
            sqlx::query(end)
                .bind(loser)
                .bind(tenant)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        let event = Event::success(Actor::System, Action::TenantDisplaced)
            .on("tenant", tenant)
            .with("by", challenger.name())
            .with("sessions_ended", i64::try_from(ended).unwrap_or(i64::MAX));
        self.append(Some(loser), event).await?;
        Ok(true)
    }
}
