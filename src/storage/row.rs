//! The database's form of domain types, so that the domain does not know the database.

use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};
use uuid::Uuid;

use super::StoreError;
use crate::domain::{
    id::{
        AttemptId, EventId, InvitationId, InvitationJobId, KeptFormId, LeaseId, MappingId, RecoveryLinkId,
        RegistrationId, SessionId, TeamId, UserId,
    },
    tenant::{ObjectId, TenantId},
    time::Timestamp,
};

/// Stores a type as another one that it converts to and from.
macro_rules! stored_as {
    ($inner:ty, $to:expr, $from:expr, $($outer:ty),+ $(,)?) => {$(
        impl<DB: Database> Type<DB> for $outer where $inner: Type<DB> {
            fn type_info() -> DB::TypeInfo {
                <$inner as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <$inner as Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $outer where $inner: Encode<'q, DB> {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let inner: $inner = $to(*self);
                <$inner as Encode<'q, DB>>::encode(inner, buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $outer where $inner: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                <$inner as Decode<'r, DB>>::decode(value).map($from)
            }
        }
    )+};
}

stored_as!(
    Uuid,
    Uuid::from,
    Into::into,
    TeamId,
    UserId,
    RegistrationId,
    MappingId,
    SessionId,
    EventId,
    AttemptId,
    KeptFormId,
    InvitationId,
    InvitationJobId,
    LeaseId,
    RecoveryLinkId,
    TenantId,
    ObjectId,
);
stored_as!(i64, Timestamp::as_micros, Timestamp::from_micros, Timestamp);

/// A stored word as the value it stands for.
pub(super) fn word<T>(
    table: &'static str,
    column: &'static str,
    row: impl ToString,
    parsed: Option<T>,
) -> Result<T, StoreError> {
    parsed.ok_or_else(|| StoreError::Inconsistent {
        table,
        column,
        row: row.to_string(),
    })
}

/// Text without U+0000, which `PostgreSQL` cannot hold.
pub(super) fn text(text: &str) -> String {
    text.replace('\0', "")
}

/// That a statement has met the one row it was about.
pub(super) const fn one(affected: u64) -> Result<(), StoreError> {
    if affected == 1 {
        Ok(())
    } else {
        Err(StoreError::Missing)
    }
}
