//! The forms about mappings of groups to roles, and what other tools ask about them.

mod sent;

pub use self::sent::Sent;

use super::{guard::Call, mapping_page, reply};
use crate::{
    domain::{
        id::{KeptFormId, MappingId},
        mapping::{
            Change, Mapping, MappingDraft, MappingForm, MappingNotice, MappingRefused, Mistake, Priority,
            Wanted,
        },
    },
    pages::mappings::drawn,
    routes,
    service::{
        ServiceError,
        access::{self, Explained},
        kept_form,
        mapping::{
            self, Candidate, Changed, KeptMapping, Preview, Reading, Search, Unknown, called, statuses,
        },
    },
    storage::{Administrator, MappedGroup, SignedIn, StoreError},
    wire::{
        fault::Fault,
        mapping::{AccessExplained, Group, GroupsFound, MappingPreview, MappingRow, RoleChange},
    },
};

/// All mappings.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn list(call: &Call<SignedIn>) -> Result<Vec<MappingRow>, ServiceError> {
    let mappings = mapping::list(call.services(), &call.proof).await?;
    let row = |row: &MappedGroup| line(row, &mappings.ties_of(&row.mapping));
    Ok(mappings.rows.iter().map(row).collect())
}

fn line(row: &MappedGroup, ties: &[Mapping]) -> MappingRow {
    let statuses = statuses(row, ties);
    MappingRow {
        kind: row.kind,
        status: statuses
            .first()
            .map(|status| status.code().to_owned())
            .unwrap_or_default(),
        people: row.members.map(|members| members.people),
        signed_up: row.members.and_then(|members| members.signed_up),
        last_checked: row.checked.map(|(at, _)| at),
        ..plain(&row.mapping)
    }
}

pub(super) fn plain(mapping: &Mapping) -> MappingRow {
    MappingRow {
        id: mapping.id,
        group_id: mapping.group.to_string(),
        group_name: mapping.group_name.clone(),
        kind: None,
        role: mapping.role.role(),
        priority: mapping.priority.into(),
        status: String::new(),
        people: None,
        signed_up: None,
        last_checked: None,
        version: mapping.version,
    }
}

/// Finds groups.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn search(call: &Call<Administrator>, query: &str) -> Result<GroupsFound, ServiceError> {
    let group = |candidate: Candidate| Group {
        id: candidate.id.to_string(),
        name: candidate.name,
        kind: candidate.kind,
        mapped: candidate.mapped.map(|(_, role)| role.role()),
    };
    let search = mapping::search(call.services(), &call.proof, query).await?;
    let domain = mapping::domain(call.services(), &call.proof).await?;
    let results = mapping_page::results(&search, query, domain.as_deref());
    let (groups, more, closed) = match search {
        Search::Found { groups, more, .. } => (groups, more, None),
        Search::Closed { why, by_id } => (by_id.into_iter().collect(), false, Some(code(&why).to_owned())),
    };
    Ok(GroupsFound {
        groups: groups.into_iter().map(group).collect(),
        more,
        closed,
        markup: drawn::options(&results),
        said: results.said,
    })
}

/// The fixed word for a directory that cannot be read.
const fn code(why: &Reading) -> &'static str {
    match why {
        Reading::Open => "open",
        Reading::Unavailable => "unavailable",
        Reading::NotConfigured => "not_configured",
        Reading::Unproven => "unproven",
        Reading::NotPermitted(_) => "not_permitted",
        Reading::Unreachable => "unreachable",
    }
}

/// What a change will do. A form without a script gets it on the page.
///
/// # Errors
/// `422` for what is typed wrong, `404` for a mapping that is not there.
pub async fn preview(call: &Call<Administrator>, sent: Sent) -> Result<MappingPreview, Fault> {
    let Some(form) = sent.read() else {
        return Err(unreadable(call));
    };
    let change = match change(&form) {
        Ok(change) => change,
        Err(mistakes) => return Err(refused(call, form, MappingRefused::Mistakes(mistakes)).await),
    };
    if reply::is_form(&call.arrival) {
        leave(call, &KeptMapping::Preview(form)).await;
        return Ok(MappingPreview::default());
    }
    match mapping::preview(call.services(), &call.proof, &change).await {
        Ok(preview) => Ok(told(preview, &form)),
        Err(error) => Err(broke(call, &error, Some(form)).await),
    }
}

/// What a form asks for, as a change.
pub(super) fn change(form: &MappingForm) -> Result<Change, Vec<Mistake>> {
    let Wanted {
        group,
        role,
        priority,
    } = form.read()?;
    match (form.id, group) {
        (Some(id), _) => Ok(Change::Edit { id, role, priority }),
        (None, Some(group)) => Ok(Change::Add(MappingDraft {
            group,
            group_name: None,
            role,
            priority,
        })),
        (None, None) => Err(vec![Mistake::NoGroup]),
    }
}

fn told(preview: Preview, form: &MappingForm) -> MappingPreview {
    let priority = form.priority().unwrap_or(Priority::LOWEST);
    let in_words = mapping_page::told(&preview, priority, form.id.is_some());
    let change = |change: mapping::RoleChange| RoleChange {
        user_id: change.user.to_string(),
        name: change.name,
        email: change.email,
        from: change.from.role,
        to: change.to.role,
    };
    MappingPreview {
        changes: preview.changes.into_iter().map(change).collect(),
        unaffected: preview.unaffected,
        without_account: preview.without_account,
        ties: preview.ties.iter().map(called).collect(),
        unknown: preview.unknown.map(|unknown| {
            match unknown {
                Unknown::Members(_) => "members",
                Unknown::MembersNow(_) => "members_now",
                Unknown::OtherGroups(_) => "other_groups",
            }
            .to_owned()
        }),
        said: in_words.first.clone(),
        markup: drawn::told(in_words),
    }
}

/// Maps a group.
///
/// # Errors
/// `422` for what is typed wrong, `409` for a group that is mapped already.
pub async fn create(call: &Call<Administrator>, sent: Sent) -> Result<MappingRow, Fault> {
    let Some(form) = sent.read() else {
        return Err(unreadable(call));
    };
    let origin = call.arrival.facts.origin();
    match mapping::create(call.services(), &call.proof, &form, origin).await {
        Ok(Ok(changed)) => {
            let notice = MappingNotice::Added {
                group: called(&changed.mapping),
                priority: changed.mapping.priority,
                unchecked: changed.unchecked,
                ties: changed.tie(),
            };
            Ok(done(call, &changed, notice).await)
        }
        Ok(Err(refusal)) => Err(refused(call, form, refusal).await),
        Err(error) => Err(broke(call, &error, Some(form)).await),
    }
}

/// Changes a mapping.
///
/// # Errors
/// `422` for what is typed wrong, `409` for a stale version, `404`.
pub async fn update(call: &Call<Administrator>, sent: Sent) -> Result<MappingRow, Fault> {
    let Some((form, id)) = sent.read().and_then(|form| form.id.map(|id| (form, id))) else {
        return Err(unreadable(call));
    };
    let origin = call.arrival.facts.origin();
    match mapping::update(call.services(), &call.proof, id, &form, origin).await {
        Ok(Ok(changed)) => {
            let group = called(&changed.mapping);
            let notice = if changed.unchanged {
                MappingNotice::Unchanged { group }
            } else {
                MappingNotice::Saved {
                    group,
                    priority: changed.mapping.priority,
                    ties: changed.tie(),
                }
            };
            Ok(done(call, &changed, notice).await)
        }
        Ok(Err(refusal)) => Err(refused(call, form, refusal).await),
        Err(error) => Err(broke(call, &error, Some(form)).await),
    }
}

/// Removes a mapping.
///
/// # Errors
/// `409` for a stale version, `404`.
pub async fn delete(call: &Call<Administrator>, sent: Sent) -> Result<MappingRow, Fault> {
    let Some((form, id)) = sent.read().and_then(|form| form.id.map(|id| (form, id))) else {
        return Err(unreadable(call));
    };
    let origin = call.arrival.facts.origin();
    match mapping::delete(call.services(), &call.proof, id, form.version, origin).await {
        Ok(Ok(mapping)) => {
            leave(call, &said(MappingNotice::Removed, None)).await;
            Ok(plain(&mapping))
        }
        Ok(Err(refusal)) => Err(refused(call, form, refusal).await),
        Err(error) => Err(broke(call, &error, None).await),
    }
}

/// Explains somebody's access. A form gets it on the page.
///
/// # Errors
/// `422` for what is typed wrong or names nobody, `502` when the directory cannot be read.
pub async fn explain(call: &Call<Administrator>, who: String) -> Result<AccessExplained, Fault> {
    if reply::is_form(&call.arrival) {
        leave(call, &KeptMapping::Explain(who)).await;
        return Ok(AccessExplained::default());
    }
    let explained = reply::answer(
        &call.arrival,
        access::explain(call.services(), &call.proof, &who).await,
    )?;
    match (&explained, mapping_page::code(&explained)) {
        (Explained::Found(answer), _) => Ok(mapping_page::plain(answer)),
        (_, Some(code)) => Err(reply::refused(Fault::Invalid(code.to_owned()))),
        // What stands in the way here, and not at Microsoft.
        (
            Explained::Closed(
                why @ (Reading::NotPermitted(_)
                | Reading::Unproven
                | Reading::NotConfigured
                | Reading::Unavailable),
            ),
            None,
        ) => Err(reply::refused(Fault::Conflict(code(why).to_owned()))),
        (_, None) => Err(reply::refused(Fault::Microsoft)),
    }
}

async fn done(call: &Call<Administrator>, changed: &Changed, notice: MappingNotice) -> MappingRow {
    leave(call, &said(notice, None)).await;
    MappingRow {
        status: if changed.ties.is_empty() { "ok" } else { "tie" }.to_owned(),
        ..plain(&changed.mapping)
    }
}

pub(super) const fn said(notice: MappingNotice, typed: Option<MappingForm>) -> KeptMapping {
    KeptMapping::Said { notice, typed }
}

/// A form that no page of ours sends.
pub(super) fn unreadable(call: &Call<Administrator>) -> Fault {
    reply::leave(&call.arrival, routes::MAPPINGS);
    reply::refused(Fault::Unreadable)
}

/// Ends a form that was refused: what was typed and why wait for the page.
async fn refused(call: &Call<Administrator>, typed: MappingForm, refused: MappingRefused) -> Fault {
    let fault = fault(&refused);
    leave(call, &KeptMapping::Refused { typed, refused }).await;
    reply::refused(fault)
}

fn fault(refused: &MappingRefused) -> Fault {
    let invalid = |code: &str| Fault::Invalid(code.to_owned());
    match refused {
        MappingRefused::Mistakes(mistakes) => invalid(match mistakes.first() {
            None | Some(Mistake::NoGroup) => "no_group",
            Some(Mistake::BadObjectId) => "bad_object_id",
            Some(Mistake::TwoGroups) => "two_groups",
            Some(Mistake::NotAGroup(_)) => "not_a_group",
            Some(Mistake::NotSecurity) => "not_security",
            Some(Mistake::UnknownGroup) => "unknown_group",
            Some(Mistake::NoRole) => "no_role",
            Some(Mistake::OwnerRole) => "owner_role",
            Some(Mistake::BadPriority) => "bad_priority",
        }),
        MappingRefused::NotConfigured => invalid("not_configured"),
        MappingRefused::Mapped { .. } => Fault::Conflict("mapped".to_owned()),
        MappingRefused::Stale { .. } => Fault::Conflict("stale".to_owned()),
        MappingRefused::Gone => Fault::Missing,
    }
}

/// Sends a form's browser to the page, which says what is kept: to the form of the mapping where it must be sent again.
async fn leave(call: &Call<Administrator>, kept: &KeptMapping) {
    if !reply::is_form(&call.arrival) {
        return;
    }
    let location = match kept_form::keep(call.services(), call.proof.person(), kept).await {
        Ok(id) => address(kept, id),
        Err(error) => {
            tracing::error!(%error, "what a form held could not be kept");
            let done = matches!(kept, KeptMapping::Said { typed: None, .. });
            if !done {
                return reply::unkept(&call.arrival);
            }
            routes::MAPPINGS.to_owned()
        }
    };
    reply::leave(&call.arrival, &location);
}

fn address(kept: &KeptMapping, id: KeptFormId) -> String {
    let edited: Option<MappingId> = match kept {
        KeptMapping::Explain(_)
        | KeptMapping::Refused {
            refused: MappingRefused::Gone,
            ..
        } => None,
        KeptMapping::Refused { typed, .. } | KeptMapping::Preview(typed) => typed.id,
        KeptMapping::Said { typed, .. } => typed.as_ref().and_then(|typed| typed.id),
    };
    match edited {
        Some(mapping) => routes::mapping_edit_said(mapping, id),
        None => routes::mappings_said(id),
    }
}

/// Ends a form that broke on our side: nothing typed is lost.
pub(super) async fn broke(
    call: &Call<Administrator>,
    error: &ServiceError,
    typed: Option<MappingForm>,
) -> Fault {
    if matches!(error, ServiceError::Store(StoreError::Missing)) {
        let typed = typed.unwrap_or_default();
        return refused(call, typed, MappingRefused::Gone).await;
    }
    let (fault, _) = reply::broken(error, call.arrival.facts.reference);
    if fault == Fault::Busy {
        reply::unkept(&call.arrival);
    } else {
        let notice = MappingNotice::Broken(call.arrival.facts.reference.code());
        leave(call, &said(notice, typed)).await;
    }
    reply::refused(fault)
}
