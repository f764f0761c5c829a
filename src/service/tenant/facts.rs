//! Everything that the pages about a tenant tell, read at once.

use std::time::Duration;

use crate::{
    domain::{
        audit::RecordedEvent,
        connection_test::ConnectionTest,
        tenant::{Notice, TenantId},
        time::Timestamp,
    },
    service::{ServiceError, Services},
    storage::{Administrator, Displaced, KeptTest, PeopleOfTenant, Setup, SignedIn},
};

/// How far back failed sign-ins are shown.
const FAILURES_OF: Duration = Duration::from_hours(7 * 24);
/// How many of them.
const MOST_FAILURES: u32 = 10;

/// What is known of a team's tenant.
#[derive(Debug)]
pub struct Facts {
    /// The registration and what is known around it.
    pub setup: Option<Setup>,
    /// The newest test, of whichever tenant.
    pub test: Option<KeptTest>,
    /// How many groups are mapped.
    pub mappings: u64,
    /// When somebody of the tenant last signed in.
    pub last_sign_in: Option<Timestamp>,
    /// The tenant that another team took, while the team has none instead.
    pub displaced: Option<Displaced>,
}

/// Reads what the viewer's role may know.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn facts(services: &Services, person: &SignedIn) -> Result<Facts, ServiceError> {
    let store = &services.store;
    let setup = store.find_setup(person).await?;
    let displaced = match &setup {
        Some(_) => None,
        None => store.find_displaced(person).await?,
    };
    Ok(Facts {
        test: store.find_test(person).await?,
        mappings: store.count_mappings(person).await?,
        last_sign_in: setup.as_ref().and_then(|setup| setup.last_sign_in),
        setup,
        displaced,
    })
}

/// What to say of a proof that counts: what it opens, as far as the test after it or the newest one of the tenant saw.
pub(super) async fn verified(
    services: &Services,
    admin: &Administrator,
    tenant: TenantId,
    tested: Option<ConnectionTest>,
) -> Result<Notice, ServiceError> {
    let reads = if let Some(test) = &tested {
        test.reads()
    } else {
        let kept = services.store.find_test(admin).await?;
        let kept = kept.filter(|kept| kept.test.tenant == Some(tenant));
        kept.and_then(|kept| kept.test.reads())
    };
    Ok(Notice::Verified {
        tested: tested.map(|test| test.verdict()),
        reads,
    })
}

/// The newest failed sign-ins with Microsoft; `None` for people who may not read the audit log.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn failures(
    services: &Services,
    person: &SignedIn,
) -> Result<Option<Vec<RecordedEvent>>, ServiceError> {
    let Ok(reader) = person.clone().audit_reader() else {
        return Ok(None);
    };
    let since = services.now().minus(FAILURES_OF);
    let failures = services
        .store
        .failed_sign_ins(&reader, since, MOST_FAILURES)
        .await?;
    Ok(Some(failures))
}

/// The people who sign in from a tenant; `None` for people who may not change anything.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn people(
    services: &Services,
    person: &SignedIn,
    tenant: TenantId,
) -> Result<Option<PeopleOfTenant>, ServiceError> {
    let Ok(admin) = person.clone().administrator() else {
        return Ok(None);
    };
    Ok(Some(services.store.people_of_tenant(&admin, tenant).await?))
}
