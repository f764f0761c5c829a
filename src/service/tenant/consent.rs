//! The approval of the application in a team's tenant.
//!
//! What comes back from Microsoft's consent page is unsigned text that passed through a browser: it proves nothing and
//! binds nothing. It only makes us look again, and the test decides. `admin_consent=True` stands on refusals too.
//! <https://learn.microsoft.com/entra/identity-platform/v2-admin-consent>

use url::Url;

use super::{
    By, named,
    proof::{self, Way},
};
use crate::{
    domain::{
        audit::{Action, Outcome},
        session::LocalPath,
        tenant::{Notice, VerificationPolicy},
    },
    service::{
        Origin, ServiceError, Services, connection_test,
        kept_form::{self, KeptForm},
        sign_in::{Attempt, Purpose, Returned, Starter},
    },
    storage::{Administrator, StoreError},
};

/// Sends an administrator to the consent page of the team's saved tenant; `None` before the first save.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` on a server without Microsoft sign-in.
pub async fn begin(
    services: &Services,
    admin: &Administrator,
) -> Result<Option<(Attempt, Url)>, ServiceError> {
    let entra = services.entra.as_ref().ok_or(StoreError::Missing)?;
    let Some(registration) = services.store.find_registration(admin).await? else {
        return Ok(None);
    };
    let started = entra.consent(registration.tenant);
    let attempt = Attempt {
        id: services.ids.next(),
        state: started.state,
        nonce: services.ids.token(),
        verifier: services.ids.token(),
        next: LocalPath::dashboard(),
        tenant: Some(registration.tenant),
        purpose: Purpose::Consent(Starter {
            session: admin.person().session(),
            form: None,
            approved: true,
        }),
        began: services.now(),
    };
    Ok(Some((attempt, started.url)))
}

/// Finishes the return of a consent.
pub(in crate::service) async fn returned(
    services: &Services,
    admin: &Administrator,
    attempt: &Attempt,
    returned: &Returned,
    origin: Origin,
) -> Result<Way, ServiceError> {
    let registration = services.store.find_registration(admin).await?;
    let registration = registration.filter(|registration| Some(registration.tenant) == attempt.tenant);
    let Some(registration) = registration else {
        // The team's tenant is another one by now: what was approved is not ours to look at.
        return Ok(Way::Plain);
    };
    let tenant = registration.tenant;
    let by = By::administrator(admin, origin);
    let recorded = |outcome| by.ended(Action::TenantConsented, outcome).on("tenant", tenant);
    let (event, notice) = if let Some(error) = returned.error() {
        let event = recorded(Outcome::Refused)
            .because("declined")
            .with("microsoft_error", error);
        (event, Some(Notice::ApprovalDeclined))
    } else if returned.names_another_than(tenant) {
        let event = recorded(Outcome::Refused).because("tenant_mismatch");
        (event, Some(Notice::ApprovedElsewhere(named(&registration))))
    } else if returned.approved() != Some(true) {
        // A code, or nothing at all, is no answer of the consent page.
        let event = recorded(Outcome::Refused).because("tx_purpose_mismatch");
        (event, Some(Notice::NothingChanged))
    } else {
        (recorded(Outcome::Success), None)
    };
    services.store.begin(admin).await?.commit(event).await?;
    if let Some(notice) = notice {
        return said(services, admin, notice).await;
    }
    // A token from before does not know of the approval.
    if let Some(entra) = &services.entra {
        entra.forget_application_token(tenant).await;
    }
    if !registration.is_proven() && services.rules.verification != VerificationPolicy::Off {
        match proof::begin(services, admin, None, true).await? {
            Way::Plain => {}
            way => return Ok(way),
        }
    }
    let test = connection_test::run_and_keep(services, admin, &tenant.to_string(), origin).await?;
    said(services, admin, Notice::Approved(Some(test.verdict()))).await
}

async fn said(services: &Services, admin: &Administrator, notice: Notice) -> Result<Way, ServiceError> {
    let said = KeptForm::Said { notice, typed: None };
    Ok(Way::Page(kept_form::keep(services, admin.person(), &said).await?))
}
