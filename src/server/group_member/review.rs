//! The question before people of a group are invited, in words.

use std::collections::BTreeMap;

use crate::{
    domain::{
        id::MappingId,
        invitation::{LIFETIME, Planned, Wanted},
    },
    pages::group_members::Review,
    routes,
    server::{guard::Call, invitation, query::Query},
    service::{
        ServiceError,
        invitation::{NotStarted, Review as Reviewed, review},
    },
    storage::Administrator,
    text::{
        bulk_invite::BulkInvite,
        invitation_mail::{InvitationMail, Invite},
        text,
    },
};

/// People of a list that are named.
const NAMED: usize = 20;

/// Whom the address asks to invite; `None` when it asks for nobody.
pub(super) fn wanted(query: &Query) -> Option<Wanted> {
    if let Some(only) = query.first("only") {
        return Some(Wanted::These(only.parse().into_iter().collect()));
    }
    match query.first("review")? {
        "all" => Some(Wanted::All),
        _ => Some(Wanted::These(
            query.all("person").filter_map(|id| id.parse().ok()).collect(),
        )),
    }
}

/// The question, or as a fixed word why nobody can be invited.
pub(super) async fn ask(
    call: &Call<Administrator>,
    id: MappingId,
    wanted: &Wanted,
) -> Result<Result<Review, String>, ServiceError> {
    let nobody = matches!(wanted, Wanted::These(ids) if ids.is_empty());
    let reviewed = if nobody {
        Err(NotStarted::Nobody)
    } else {
        review(call.services(), &call.proof, id, wanted).await?
    };
    Ok(match reviewed {
        Ok(reviewed) => Ok(told(call, id, wanted, &reviewed)),
        // Nobody was left of all: that is no mistake of whoever asks.
        Err(NotStarted::Nobody) if *wanted == Wanted::All => Err("nobody_left".to_owned()),
        Err(why) => Err(invitation::code_of(&why)),
    })
}

fn told(call: &Call<Administrator>, id: MappingId, wanted: &Wanted, reviewed: &Reviewed) -> Review {
    let words = text::<BulkInvite>();
    let services = call.services();
    let (count, mailed) = (reviewed.invited(), reviewed.mailed);
    let role = reviewed.mapping.role.role();
    let expires = services.now().plus(LIFETIME);
    let invited = reviewed.people.iter().filter(|person| person.skipped.is_none());
    let people: Vec<_> = invited
        .take(NAMED)
        .map(|person| match &person.name {
            Some(name) => (name.clone(), person.email.clone()),
            None => (named(person), None),
        })
        .collect();
    let mail = mailed.then(|| {
        let mail = text::<InvitationMail>();
        let invite = Invite {
            team: call.proof.person().team_name(),
            by: Some(call.proof.person().name()),
            role,
            pinned: true,
            link: "",
            until: expires,
        };
        let first = (mail.paragraphs)(&invite).into_iter().next();
        [(mail.subject)(&invite), first.unwrap_or_default()]
    });
    let button = (count > 0).then(|| (words.send)(count, mailed));
    let mut remarks = Vec::new();
    if button.is_some() {
        remarks.push(words.pinned);
        remarks.push(if mailed { words.no_way_back } else { words.no_mail });
    }
    let mut fields = vec![
        ("mapping_id", id.to_string()),
        // Whoever sends this form twice invites once.
        ("key", services.ids.token().expose().to_owned()),
    ];
    match wanted {
        Wanted::All => fields.push(("all", "true".to_owned())),
        Wanted::These(ids) => fields.extend(ids.iter().map(|id| ("object_ids[]", id.to_string()))),
    }
    Review {
        heading: if count > 0 {
            (words.heading)(count, mailed)
        } else {
            words.nobody.to_owned()
        },
        role,
        expires,
        some: (people.len() < count).then(|| (words.some)(people.len(), count)),
        people,
        skipped: skipped(&reviewed.people),
        mail,
        words: remarks,
        button,
        fields,
        back: routes::mapping_members(id),
    }
}

/// Who is skipped, a line for each reason.
fn skipped(people: &[Planned]) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, (_, Vec<String>)> = BTreeMap::new();
    for person in people {
        if let Some(reason) = person.skipped {
            let (_, names) = by_reason
                .entry(reason.name())
                .or_insert_with(|| (reason, Vec::new()));
            names.push(named(person));
        }
    }
    by_reason
        .into_values()
        .map(|(reason, names)| {
            let shown = &names[..names.len().min(NAMED)];
            (text::<BulkInvite>().skipped_for)(reason, shown, names.len() - shown.len())
        })
        .collect()
}

fn named(person: &Planned) -> String {
    let known = person.name.as_ref().or(person.email.as_ref());
    known.cloned().unwrap_or_else(|| person.object.to_string())
}
