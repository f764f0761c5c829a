//! What needs attention in words, with what each reader may do about it.

use crate::{
    domain::id::MappingId,
    pages::overview::drawn::{Action, Attention, Item},
    routes,
    server::{
        guard::Call,
        say::{link, said},
    },
    service::{
        ServiceError, Services,
        attention::{self, Cause},
    },
    storage::SignedIn,
    text::{attention::Attention as Words, text},
    wire::tenant::Tone,
};

/// The region; `None` for people whose role is not told.
pub(super) async fn region(call: &Call<SignedIn>) -> Result<Option<Attention>, ServiceError> {
    let services = call.services();
    let Some(found) = attention::attention(services, &call.proof).await? else {
        return Ok(None);
    };
    let may = call.proof.clone().administrator().is_ok();
    let origin = &call.arrival.state.site.origin;
    let item = |cause| {
        let item = item(services, origin, cause);
        Item {
            action: item.action.filter(|_| may),
            ..item
        }
    };
    Ok(Some(Attention {
        items: found.causes.into_iter().map(item).collect(),
        checked: found.checked,
    }))
}

fn item(services: &Services, origin: &str, cause: Cause) -> Item {
    let words = text::<Words>();
    let about_credential = |tone, problem: String| {
        let client_id = services.entra.as_ref().map(crate::entra::Entra::client_id);
        let message = (words.message)(&problem, origin, client_id.unwrap_or_default());
        Item {
            said: said(tone, problem),
            action: Some(Action::Copy(message)),
        }
    };
    let to = |words: &str, to: &str| Some(Action::Go(link(words, to), None));
    let review = |id: MappingId, group: &str| {
        Some(Action::Go(
            link(words.review, routes::mapping_edit(id)),
            Some((words.review_of)(group)),
        ))
    };
    match cause {
        Cause::CredentialRejected(expired) => about_credential(Tone::Fail, (words.rejected)(expired)),
        Cause::CredentialExpired(at) => about_credential(Tone::Fail, (words.expires)(at, true)),
        Cause::CredentialExpiring(at) => about_credential(Tone::Warn, (words.expires)(at, false)),
        Cause::ConsentWithdrawn(feature, at) => Item {
            said: said(Tone::Fail, (words.withdrawn)(feature, at)),
            action: Some(Action::Leave(link(words.grant, routes::TENANT_CONSENT))),
        },
        Cause::TenantLost(lost) => Item {
            said: said(Tone::Fail, (words.lost)(lost.tenant, lost.at)),
            action: to(words.view, routes::ENTRA),
        },
        Cause::Unproven(tenant, waits) => Item {
            said: said(Tone::Warn, (words.unproven)(&tenant, waits)),
            action: to(words.verify, &format!("{}#ownership", routes::ENTRA)),
        },
        Cause::GroupGone(id, group) => Item {
            said: said(Tone::Fail, (words.gone)(&group)),
            action: review(id, &group),
        },
        Cause::GroupRenamed { id, before, now } => Item {
            said: said(Tone::Info, (words.renamed)(&before, &now)),
            action: Some(Action::UseName(id, (words.use_name_of)(&now))),
        },
        Cause::RoleKept {
            name,
            role,
            kept,
            over,
        } => Item {
            said: said(Tone::Warn, (words.kept)(&name, role, kept, over)),
            action: None,
        },
        Cause::Tie {
            id,
            groups,
            priority,
            winner,
        } => Item {
            said: said(Tone::Warn, (words.tie)(&groups, priority, winner)),
            action: review(id, groups.first().map_or("", String::as_str)),
        },
    }
}
