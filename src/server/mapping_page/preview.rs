//! What a change of the mappings does, in words.

use super::words;
use crate::{
    domain::role::{Role, RoleSource},
    pages::mappings::Told,
    service::mapping::{Mappings, Preview, Unknown, called},
    text::{
        mapping_words::{Became, Changes},
        text,
    },
};

/// So many people are named.
const SHOWN: usize = 20;

/// What adding or changing a mapping does. `priority` is that of the mapping then.
pub fn told(preview: &Preview, priority: crate::domain::mapping::Priority, is_edit: bool) -> Told {
    let changes = text::<Changes>();
    let mut told = Told::default();
    if matches!(preview.unknown, Some(Unknown::Members(_))) {
        let unknown = if is_edit {
            changes.unknown_edit
        } else {
            changes.unknown_add
        };
        unknown.clone_into(&mut told.first);
    } else {
        let count = preview.changes.len();
        told.first = (changes.people)(count, count > 0);
        told.people = named(preview);
    }
    told.more.extend(shown(preview));
    if preview.unaffected > 0 {
        told.more.push((changes.unaffected)(preview.unaffected));
    }
    if let Some(people) = preview.without_account.filter(|people| *people > 0) {
        told.more.push((changes.without_account)(people));
    }
    told.more.extend(not_now(preview));
    let administrators = preview.new_administrators();
    if administrators > 0 {
        told.warnings.push((changes.administrators)(administrators));
    }
    if let Some(winner) = preview.winner {
        let ties: Vec<_> = preview.ties.iter().map(called).collect();
        told.warnings.push((changes.tie)(&ties, priority, winner));
    }
    told
}

/// What removing a mapping does.
#[derive(Debug)]
pub(super) struct Removal {
    pub(super) words: Vec<String>,
    pub(super) people: Vec<String>,
    pub(super) shown: Option<String>,
}

pub(super) fn removal(preview: &Preview, mappings: &Mappings) -> Removal {
    let changes = text::<Changes>();
    let mut sentences = Vec::new();
    if matches!(preview.unknown, Some(Unknown::Members(_))) {
        sentences.push(changes.unknown_remove.to_owned());
    } else {
        let became = became(preview, mappings);
        sentences.push((changes.become_)(preview.changes.len(), &became));
    }
    if preview.unaffected > 0 {
        sentences.push((changes.unaffected)(preview.unaffected));
    }
    if preview.invitations > 0 {
        sentences.push((changes.invitations)(preview.invitations));
    }
    sentences.extend(not_now(preview));
    Removal {
        words: sentences,
        people: named(preview),
        shown: shown(preview),
    }
}

fn named(preview: &Preview) -> Vec<String> {
    let one = text::<Changes>().one;
    preview
        .changes
        .iter()
        .take(SHOWN)
        .map(|change| one(&change.name, change.from.role, change.to.role))
        .collect()
}

fn shown(preview: &Preview) -> Option<String> {
    let all = preview.changes.len();
    (all > SHOWN).then(|| (text::<Changes>().shown)(SHOWN, all))
}

/// That some of it is not as of now.
fn not_now(preview: &Preview) -> Option<String> {
    let changes = text::<Changes>();
    match preview.unknown {
        Some(Unknown::MembersNow(_)) => Some(changes.not_now.to_owned()),
        Some(Unknown::OtherGroups(_)) => Some(changes.others_not_now.to_owned()),
        Some(Unknown::Members(_)) | None => None,
    }
}

/// How many people become what and why, the most first.
fn became(preview: &Preview, mappings: &Mappings) -> Vec<Became> {
    let mut all: Vec<(Role, RoleSource, usize)> = Vec::new();
    for change in &preview.changes {
        let (role, source) = (change.to.role, change.to.source);
        match all.iter_mut().find(|group| (group.0, group.1) == (role, source)) {
            Some(group) => group.2 += 1,
            None => all.push((role, source, 1)),
        }
    }
    all.sort_by_key(|(role, _, people)| std::cmp::Reverse((*people, *role)));
    let from = |source| match source {
        RoleSource::Group(id) => mappings
            .rows
            .iter()
            .find(|row| row.mapping.id == id)
            .map_or_else(|| words().other_group.to_owned(), |row| called(&row.mapping)),
        RoleSource::Invitation => words().invitation.to_owned(),
        RoleSource::Default | RoleSource::Owner | RoleSource::Manual => words().default_role.to_owned(),
    };
    all.into_iter()
        .map(|(role, source, people)| Became {
            people,
            role,
            from: from(source),
        })
        .collect()
}
