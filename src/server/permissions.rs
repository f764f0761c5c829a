//! `/permissions`: what is asked of Microsoft, for everybody, and how one's own tenant stands, for those who may change it.

use axum::{extract::State, response::Response};
use http::{HeaderMap, header};

use super::{login, reply, state::AppState};
use crate::{
    domain::{graph_permission::approvals, role::Permission},
    front::{self, Permissions, Reader, Standing},
    service::{ServiceError, Services},
    storage::SignedIn,
};

/// `GET /permissions`. Microsoft's approval page leads here too when it was opened without us (`reply.rs`): what it
/// reported is said once, and changes nothing.
pub(super) async fn page(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let cookies = state.site.cookies;
    let approval = cookies
        .message(&headers, &state.services.sealer)
        .and_then(|message| message.approval());
    let reader = match login::signed_in(&state, &headers).await {
        Some(person) => Some(reader(&state.services, &person).await),
        None => None,
    };
    let page = Permissions { reader, approval };
    let frame = reply::frame(&state, &headers);
    let mut response = reply::html(200, front::permissions(&frame, &page));
    if approval.is_some() {
        response
            .headers_mut()
            .append(header::SET_COOKIE, cookies.clear_message());
    }
    response
}

/// Who reads the page, and how the team's tenant stands for owners and admins.
async fn reader(services: &Services, person: &SignedIn) -> Reader {
    let standing = if person.role().may(Permission::Manage) {
        // The list is worth reading also while the database does not answer.
        let found = standing(services, person).await.unwrap_or_else(|error| {
            tracing::error!(?error, "how a tenant stands could not be read");
            Standing::Unknown
        });
        Some(found)
    } else {
        None
    };
    Reader {
        team_name: person.team_name().to_owned(),
        standing,
    }
}

/// How the tenant of this person's team stands with the permissions.
async fn standing(services: &Services, person: &SignedIn) -> Result<Standing, ServiceError> {
    let setup = services.store.find_setup(person).await?;
    let Some(setup) = setup.filter(|_| services.entra.is_some()) else {
        return Ok(Standing::NotConnected);
    };
    let test = services.store.find_test(person).await?;
    let test = test.filter(|kept| kept.test.tenant == Some(setup.registration.tenant));
    Ok(test.map_or(Standing::Unknown, |kept| {
        let delegated = setup.delegated_groups.map(|(seen, _)| seen);
        Standing::Known(approvals(&kept.test, delegated))
    }))
}
