//! What a form about invitations left for the page of the group that follows it, in words.

use super::job::is_looked_at;
use crate::{
    domain::invitation::Reason,
    server::{guard::Call, query::Query, say::said},
    service::{ServiceError, invitation::KeptInvite, kept_form},
    storage::Administrator,
    text::{bulk_invite::BulkInvite, invitation::Invitations, text},
    wire::tenant::{Said, Tone},
};

/// What is said, and the link that is shown with it: for whom, and itself.
pub(super) type Told = (Said, Option<(String, String)>);

/// What was left under the address's `form`.
pub(super) async fn find(call: &Call<Administrator>, query: &Query) -> Result<Option<Told>, ServiceError> {
    let Some(id) = query.first("form").and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    let (services, person) = (call.services(), call.proof.person());
    let mut kept = kept_form::find::<KeptInvite>(services, person, id).await?;
    if kept.as_ref().is_some_and(KeptInvite::has_link) {
        kept = if is_looked_at(call) {
            kept_form::take_to_show(services, person, id).await?
        } else {
            None
        };
    }
    Ok(kept.map(|kept| told(call, &kept)))
}

/// Why nobody was invited.
pub(super) fn refused(code: &str) -> Said {
    said(Tone::Warn, (text::<BulkInvite>().refused)(code))
}

fn told(call: &Call<Administrator>, kept: &KeptInvite) -> Told {
    let words = text::<BulkInvite>();
    match kept {
        KeptInvite::NotStarted { code } | KeptInvite::NotMade { code, .. } => (refused(code), None),
        KeptInvite::Revoked => (said(Tone::Ok, words.revoked), None),
        KeptInvite::Made {
            person, mailed: true, ..
        } => (said(Tone::Ok, (words.sent_to)(person)), None),
        KeptInvite::Made { person, reason, .. } => {
            let link = kept.link(call.services());
            let link = link.map(|link| (person.clone(), link));
            let said = match reason {
                Some(reason) => {
                    let why = Reason::parse(reason).map(text::<Invitations>().reason);
                    said(Tone::Fail, (words.not_sent)(person, why.unwrap_or_default()))
                }
                None => said(Tone::Ok, (words.made_for)(person)),
            };
            (said, link)
        }
    }
}
