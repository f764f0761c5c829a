//! The overview in words: one's own access, and what needs attention.

mod attention;

use super::{guard::Call, mapping, query::Query, reply, say::said};
use crate::{
    domain::{id::MappingId, mapping::MappingNotice, role::RoleSource},
    pages::overview::drawn::{self, Page},
    routes,
    service::{
        ServiceError, kept_form,
        mapping::{self as mappings, KeptMapping, called},
        session,
    },
    storage::{Administrator, SignedIn},
    text::{mapping_words::MappingWords, text},
    wire::{
        drawn::Drawn,
        fault::Fault,
        mapping::MappingRow,
        session::{Access, AccessSource, GroupSource},
        tenant::{Said, Tone},
    },
};

/// The page, drawn for the query of its address.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn view(call: &Call<SignedIn>) -> Result<Drawn, ServiceError> {
    Ok(drawn::draw(Page {
        notice: notice(call).await?,
        access: access(call).await?,
        attention: attention::region(call).await?,
    }))
}

/// Why the viewer has this role.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn access(call: &Call<SignedIn>) -> Result<Access, ServiceError> {
    let (services, person) = (call.services(), &call.proof);
    let mapping = session::deciding_mapping(services, person).await?;
    Ok(Access {
        role: person.role(),
        team_name: person.team_name().to_owned(),
        source: match (person.held().source, mapping) {
            (RoleSource::Owner, _) => AccessSource::Owner,
            (RoleSource::Manual, _) => AccessSource::Manual,
            (RoleSource::Default, _) => AccessSource::Default,
            (RoleSource::Invitation, _) => AccessSource::Invitation,
            (RoleSource::Group(_), None) => AccessSource::RemovedGroup,
            (RoleSource::Group(_), Some(mapping)) => AccessSource::Group(GroupSource {
                name: mapping.group_name,
                group_id: mapping.group.to_string(),
                priority: mapping.priority.into(),
            }),
        },
        kept_since: session::role_kept_since(services, person).await?,
        last_sign_in: person.last_sign_in(),
    })
}

/// What just happened.
async fn notice(call: &Call<SignedIn>) -> Result<Option<Said>, ServiceError> {
    let query = Query::parse(call.arrival.parts.uri.query());
    let Some(id) = query.first("form").and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    let kept = kept_form::find(call.services(), &call.proof, id).await?;
    Ok(match kept {
        Some(KeptMapping::Said {
            notice: notice @ MappingNotice::NewName { .. },
            ..
        }) => Some(said(Tone::Ok, (text::<MappingWords>().notice)(&notice))),
        _ => None,
    })
}

/// Takes over the new name of a mapped group. A form comes back to the overview.
///
/// # Errors
/// `404` for a mapping that is not there.
pub async fn use_new_name(call: &Call<Administrator>, id: &str) -> Result<MappingRow, Fault> {
    let Ok(id) = id.trim().parse::<MappingId>() else {
        return Err(mapping::unreadable(call));
    };
    let origin = call.arrival.facts.origin();
    match mappings::use_new_name(call.services(), &call.proof, id, origin).await {
        Ok(taken) => {
            if reply::is_form(&call.arrival) {
                let notice = MappingNotice::NewName {
                    group: called(&taken),
                };
                let kept = mapping::said(notice, None);
                let location = match kept_form::keep(call.services(), call.proof.person(), &kept).await {
                    Ok(id) => routes::overview_said(id),
                    Err(error) => {
                        tracing::error!(%error, "what a form did could not be kept");
                        routes::DASHBOARD.to_owned()
                    }
                };
                reply::leave(&call.arrival, &location);
            }
            Ok(mapping::plain(&taken))
        }
        Err(error) => Err(mapping::broke(call, &error, None).await),
    }
}
