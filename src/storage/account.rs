//! The accounts of a team that belong to people of its own tenant.

use sqlx::FromRow;

use super::{InTeam, Store, StoreError, member, read, row};
use crate::domain::{
    id::{MappingId, UserId},
    member::Standing,
    role::HeldRole,
    tenant::ObjectId,
};

/// An account whose person signs in from the team's tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOfTenant {
    /// The account.
    pub user: UserId,
    /// The person in the tenant.
    pub object: ObjectId,
    /// Display name.
    pub name: String,
    /// Address, where one is known.
    pub email: Option<String>,
    /// Role and source.
    pub held: HeldRole,
    /// Whether the person may sign in.
    pub standing: Standing,
    /// The mappings that matched when groups were last read at a sign-in.
    pub matched: Vec<MappingId>,
}

#[derive(Debug, FromRow)]
struct AccountRow {
    user_id: UserId,
    oid: ObjectId,
    name: String,
    email: Option<String>,
    role: String,
    role_source: String,
    standing: String,
    matched: Option<String>,
}

impl AccountRow {
    fn account(self) -> Result<AccountOfTenant, StoreError> {
        let standing = Standing::parse(&self.standing);
        let matched = self.matched.unwrap_or_default();
        Ok(AccountOfTenant {
            held: member::held(self.user_id, &self.role, &self.role_source)?,
            standing: row::word("member", "standing", self.user_id, standing)?,
            // A mapping that is no id any more matches nothing.
            matched: matched.split(',').filter_map(|id| id.parse().ok()).collect(),
            user: self.user_id,
            object: self.oid,
            name: self.name,
            email: self.email,
        })
    }
}

impl Store {
    /// All accounts of people of the team's own tenant, in the order of their object IDs.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_accounts_of_tenant(
        &self,
        proof: &impl InTeam,
    ) -> Result<Vec<AccountOfTenant>, StoreError> {
        let list = "select i.user_id, i.oid, u.name, u.email, m.role, m.role_source, m.standing, g.matched
                    from tenant_registration r
                    join identity i on i.team_id = r.team_id and i.tid = r.tenant_id
                    join user_account u on u.team_id = i.team_id and u.id = i.user_id
                    join member m on m.team_id = i.team_id and m.user_id = i.user_id
                    left join member_groups g on g.team_id = i.team_id and g.user_id = i.user_id
                    where r.team_id = $1
                    order by i.oid";
        let rows: Vec<AccountRow> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(AccountRow::account).collect()
    }
}
