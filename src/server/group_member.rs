//! The members of a mapped group: for other tools as data, for the browser as a page in words.

mod job;
mod kept;
mod review;

use std::collections::HashMap;

pub(super) use self::job::{delayed, went};

use super::{
    guard::Call,
    query::Query,
    reply,
    say::{link, said},
};
use crate::{
    domain::{
        id::MappingId,
        invitation::Reason,
        role::{Role, RoleSource},
        sign_in::AuthMode,
    },
    pages::group_members::{Body, Choice, Invite, Job, List, Page, Prompt, Row, RowAction, Way, drawn},
    routes,
    service::{
        ServiceError, Services,
        group_member::{self, Count, Filter, GroupMembers, Outcome, Person, Status},
        mapping::{Reading, called},
    },
    storage::{Administrator, StoreError},
    text::{
        bulk_invite::BulkInvite, faults::Faults, group_member_words::GroupMemberWords,
        mapping_words::MappingWords, tenant::TenantWords, text,
    },
    wire::{
        drawn::Drawn,
        fault::Fault,
        group_member::{MemberCounts, MemberOfGroup, MembersOfGroup},
        tenant::{Said, Tone},
    },
};

fn words() -> &'static GroupMemberWords {
    text::<GroupMemberWords>()
}

/// What stands in an address is a mapping, or is not there.
fn mapping_id(text: &str) -> Result<MappingId, ServiceError> {
    Ok(text.parse().map_err(|_| StoreError::Missing)?)
}

/// One page as data.
///
/// # Errors
/// `404` for a mapping that is not there, `422` for a cursor of another list, `502` when Microsoft does not give the list.
pub async fn list(
    call: &Call<Administrator>,
    id: &str,
    filter: &str,
    cursor: &str,
) -> Result<MembersOfGroup, Fault> {
    let cursor = Some(cursor).filter(|cursor| !cursor.is_empty());
    let read = async {
        let id = mapping_id(id)?;
        group_member::list(call.services(), &call.proof, id, Filter::of(Some(filter)), cursor).await
    };
    let members = reply::answer(&call.arrival, read.await)?;
    let missing = members.missing.iter().map(|name| (*name).to_owned()).collect();
    let closed = |why: &str| MembersOfGroup {
        members: Vec::new(),
        counts: None,
        missing,
        closed: Some(why.to_owned()),
        next: None,
    };
    match members.outcome {
        Outcome::List(list) => Ok(MembersOfGroup {
            members: list.people.iter().map(line).collect(),
            counts: counts(&list.count),
            missing: members.missing.iter().map(|name| (*name).to_owned()).collect(),
            closed: None,
            next: list.next,
        }),
        Outcome::Closed(Reading::Unavailable) => Ok(closed("unavailable")),
        Outcome::Closed(Reading::NotConfigured) => Ok(closed("not_configured")),
        Outcome::Closed(Reading::Unproven) => Ok(closed("unproven")),
        Outcome::Closed(Reading::NotPermitted(_)) | Outcome::NotPermitted => Ok(closed("not_permitted")),
        Outcome::Gone => Ok(closed("not_found")),
        Outcome::NoPlace => Err(reply::refused(Fault::Invalid("cursor".to_owned()))),
        Outcome::Failed | Outcome::Closed(Reading::Open | Reading::Unreachable) => {
            Err(reply::refused(Fault::Microsoft))
        }
    }
}

fn line(person: &Person) -> MemberOfGroup {
    MemberOfGroup {
        object_id: person.id.to_string(),
        name: person.name.clone(),
        email: person.email.clone(),
        status: match &person.status {
            Status::SignedUp(_) => "signed_up",
            Status::Invited(_) => "invited",
            Status::NotInvited => "not_invited",
            Status::Cannot(why) => why.name(),
        }
        .to_owned(),
    }
}

fn counts(count: &Count) -> Option<MemberCounts> {
    let none = |members, exact| MemberCounts {
        members,
        exact,
        signed_up: None,
        invited: None,
        not_invited: None,
        cannot_be_invited: None,
    };
    match count {
        Count::Exact([all, signed_up, invited, not_invited, cannot]) => Some(MemberCounts {
            signed_up: Some(*signed_up),
            invited: Some(*invited),
            not_invited: Some(*not_invited),
            cannot_be_invited: Some(*cannot),
            ..none(*all, true)
        }),
        Count::About(about) => Some(none(*about, false)),
        Count::Unknown => None,
    }
}

/// The page, drawn for its address.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such mapping.
pub async fn view(call: &Call<Administrator>, id: &str) -> Result<Drawn, ServiceError> {
    let query = Query::parse(call.arrival.parts.uri.query());
    let id = mapping_id(id)?;
    let services = call.services();
    let mut notice = None;
    let mut link = None;
    if let Some((said, shown_once)) = kept::find(call, &query).await? {
        (notice, link) = (Some(said), shown_once);
    }
    if let Some(wanted) = review::wanted(&query) {
        match review::ask(call, id, &wanted).await? {
            Ok(review) => return Ok(drawn::draw(Page::of_review(review))),
            Err(code) => notice = Some(kept::refused(&code)),
        }
    }
    let filter = Filter::of(query.first("filter"));
    let cursor = query.first("cursor").filter(|cursor| !cursor.is_empty());
    let asked = query.first("job");
    let listed = group_member::list(services, &call.proof, id, filter, cursor).await;
    let members = match listed {
        Err(ServiceError::Store(StoreError::Missing)) => None,
        listed => Some(listed?),
    };
    let address = match services.store.find_registration(&call.proof).await? {
        Some(registration) => services
            .entra
            .as_ref()
            .map(|entra| entra.consent_address(registration.tenant).to_string()),
        None => None,
    };
    // Links that are shown once are taken when nothing else can go wrong any more.
    let shown = match asked.map(str::parse) {
        Some(Ok(asked)) => job::show(call, id, asked).await?,
        Some(Err(_)) | None => None,
    };
    match &shown {
        Some((_, ended)) => notice = ended.clone().or(notice),
        None if asked.is_some() => notice = Some(said(Tone::Warn, text::<BulkInvite>().no_job)),
        None => {}
    }
    let Some(members) = members else {
        let (job, _) = shown.ok_or(StoreError::Missing)?;
        return Ok(drawn::draw(of_removed(job, notice)));
    };
    let shows_prompt = !members.missing.is_empty() && !matches!(members.outcome, Outcome::Closed(_));
    let prompt = shows_prompt.then(|| Prompt {
        words: (words().approve)(&members.missing),
        address,
    });
    let summary = match &members.outcome {
        Outcome::List(list) => match list.count {
            Count::Exact([all, signed_up, invited, not_invited, _]) => {
                Some((words().summary)([all, signed_up, invited, not_invited]))
            }
            Count::About(about) => Some((words().about)(about)),
            Count::Unknown => None,
        },
        _ => None,
    };
    let heading = (words().heading)(&called(&members.mapped.mapping));
    Ok(drawn::draw(Page {
        notice,
        link,
        review: None,
        job: shown.map(|(job, _)| Box::new(job)),
        heading,
        summary,
        prompt,
        body: body(services, id, filter, cursor, members),
    }))
}

/// An action whose mapping was removed since: how it went is still there.
fn of_removed(job: Job, notice: Option<Said>) -> Page {
    let [why, back] = words().removed;
    let way = Way::Page(link(back, routes::MAPPINGS));
    Page {
        notice,
        link: None,
        review: None,
        heading: (words().heading)(&job.group),
        job: Some(Box::new(job)),
        summary: None,
        prompt: None,
        body: Body::Said(said(Tone::Info, why), Some(way)),
    }
}

fn body(
    services: &Services,
    id: MappingId,
    filter: Filter,
    cursor: Option<&str>,
    members: GroupMembers,
) -> Body {
    let mapping = text::<MappingWords>();
    let to_page = |link| Some(Way::Page(link));
    match members.outcome.clone() {
        Outcome::List(list) => Body::List(Box::new(self::listed(id, filter, cursor, &members, list))),
        Outcome::Closed(Reading::Unavailable) => {
            let tenant = text::<TenantWords>();
            let why = if services.rules.auth_mode == AuthMode::LocalOnly {
                tenant.local_only
            } else {
                tenant.no_credentials
            };
            Body::Said(said(Tone::Warn, why), None)
        }
        Outcome::Closed(Reading::NotConfigured) => {
            let [why, set_up] = mapping.not_configured;
            Body::Said(said(Tone::Info, why), to_page(link(set_up, routes::ENTRA)))
        }
        Outcome::Closed(Reading::Unproven) => Body::Said(
            said(Tone::Warn, words().unproven),
            to_page(link(mapping.unproven[1], routes::ENTRA)),
        ),
        Outcome::Gone => {
            let [why, back] = words().gone;
            Body::Said(said(Tone::Fail, why), to_page(link(back, routes::MAPPINGS)))
        }
        Outcome::NoPlace => Body::Said(
            said(Tone::Warn, words().no_place),
            to_page(link(
                words().first,
                routes::mapping_members_at(id, filter.name(), None),
            )),
        ),
        Outcome::NotPermitted | Outcome::Closed(Reading::NotPermitted(_)) => Body::Nothing,
        Outcome::Failed | Outcome::Closed(Reading::Open | Reading::Unreachable) => {
            let mut kept = vec![("filter", filter.name().to_owned())];
            kept.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
            let again = Way::Again(text::<Faults>().try_again, kept);
            Body::Said(said(Tone::Fail, words().failed), Some(again))
        }
    }
}

fn listed(
    id: MappingId,
    filter: Filter,
    cursor: Option<&str>,
    members: &GroupMembers,
    list: group_member::List,
) -> List {
    let names: HashMap<MappingId, String> = members
        .mappings
        .iter()
        .map(|mapping| (mapping.id, called(mapping)))
        .collect();
    let at = |filter: Filter, cursor: Option<&str>| routes::mapping_members_at(id, filter.name(), cursor);
    let number = |place: usize| match list.count {
        Count::Exact(counts) => counts.get(place).map(|count| (words().number)(*count)),
        Count::About(about) if place == 0 => Some((words().about_number)(about)),
        _ => None,
    };
    let filters = Filter::EACH.into_iter().zip(words().filters).enumerate();
    let filters = filters.map(|(place, (each, name))| Choice {
        link: link(
            number(place).map_or_else(|| name.to_owned(), |number| (words().filter)(name, &number)),
            at(each, None),
        ),
        current: each == filter,
    });
    let place = Filter::EACH.iter().position(|each| *each == filter);
    let of = place.and_then(number);
    let shown = u64::try_from(list.people.len()).unwrap_or(u64::MAX);
    let [looked_at, go_on] = list
        .looked_at
        .map_or_else(Default::default, |count| (words().looked_at)(count, number(0)));
    let mut pages = Vec::new();
    if cursor.is_some() {
        pages.push(link(words().first, at(filter, None)));
    }
    if let Some(next) = &list.next {
        let name = if list.looked_at.is_some() {
            go_on
        } else {
            words().next.to_owned()
        };
        pages.push(link(name, at(filter, Some(next))));
    }
    let none = (list.people.is_empty() && list.next.is_none()).then(|| {
        let [no_match, show_all] = words().no_match;
        match filter {
            Filter::All => (words().empty, None),
            _ => (no_match, Some(link(show_all, at(Filter::All, None)))),
        }
    });
    let selectable = list
        .people
        .iter()
        .any(|person| person.status == Status::NotInvited);
    let count = match list.count {
        Count::Exact([_, _, _, count, _]) => Some(count),
        _ => None,
    };
    // Where nobody has counted there may be some on other pages.
    let all = (count != Some(0) && !(count.is_none() && list.people.is_empty()))
        .then(|| (text::<BulkInvite>().all)(count.map(words().number).as_deref()));
    let invite = (selectable || all.is_some()).then_some(Invite { selectable, all });
    List {
        page: at(filter, cursor),
        caption: (words().heading)(&called(&members.mapped.mapping)),
        invite,
        filters: filters.collect(),
        none,
        shown: (shown > 0).then(|| (words().shown)(list.before + 1, list.before + shown, of)),
        stopped: list.looked_at.map(|_| looked_at),
        pages,
        rows: list
            .people
            .into_iter()
            .map(|person| row(id, person, &names))
            .collect(),
    }
}

fn row(id: MappingId, person: Person, names: &HashMap<MappingId, String>) -> Row {
    let status = match &person.status {
        Status::SignedUp(_) => said(Tone::Ok, words().signed_up),
        Status::Invited(open) => said(Tone::Info, (words().invited)(open.made, open.expires)),
        Status::NotInvited => said(Tone::Skip, words().not_invited),
        Status::Cannot(why) => {
            let tone = if *why == Reason::Unreadable {
                Tone::Warn
            } else {
                Tone::Skip
            };
            said(tone, (words().cannot)(*why))
        }
    };
    let (role, last_sign_in): (Option<(Role, Option<String>)>, _) = match &person.status {
        Status::SignedUp(account) => {
            let from = match account.held.source {
                RoleSource::Group(other) if other != id => {
                    names.get(&other).map(|name| (words().from_group)(name))
                }
                _ => None,
            };
            (Some((account.held.role, from)), account.last_sign_in)
        }
        _ => (None, None),
    };
    let object_id = person.id.to_string();
    let action = match &person.status {
        Status::NotInvited => Some(RowAction::Invite(object_id.clone())),
        Status::Invited(open) => Some(RowAction::Resend(open.id)),
        Status::SignedUp(_) | Status::Cannot(_) => None,
    };
    Row {
        action,
        sub: person.email.or(person.principal).unwrap_or(object_id),
        name: person.name,
        status,
        role,
        last_sign_in,
    }
}
