//! The table of mappings in words.

use super::{Asked, link, said, sort, words};
use crate::{
    domain::role::Role,
    pages::mappings::{Actions, Members, Row, Sort, Table},
    routes,
    service::mapping::{Mappings, Status, statuses},
    storage::MappedGroup,
    text::{mappings, text},
    wire::tenant::{Said, Tone},
};

pub(super) fn table(mappings: &Mappings, asked: &Asked, default: Role, may: bool) -> Table {
    let labels = text::<mappings::Mappings>();
    let sort = sort(asked);
    let mut rows: Vec<_> = mappings
        .rows
        .iter()
        .map(|group| row(group, mappings, may))
        .collect();
    match sort {
        Sort::Group => rows.sort_by_cached_key(|row| row.called().to_lowercase()),
        // Equals stay in the order of priority.
        Sort::Role => rows.sort_by_key(|row| std::cmp::Reverse(row.role)),
        Sort::Priority => {}
    }
    let column = match sort {
        Sort::Group => Some(labels.group),
        Sort::Role => Some(labels.role),
        Sort::Priority => None,
    };
    let kept = ["edit", "form", "query", "object_id", "role", "priority"]
        .into_iter()
        .filter_map(|name| Some((name, asked.query.first(name)?.to_owned())))
        .collect();
    Table {
        sort,
        note: column.map(words().sorted),
        kept,
        none: rows.is_empty().then(|| (words().none)(default)),
        default,
        nested: rows
            .iter()
            .any(|row| row.members.is_some())
            .then_some(words().nested),
        rows,
        open: asked.query.first("open").map(str::to_owned),
    }
}

fn row(group: &MappedGroup, mappings: &Mappings, may: bool) -> Row {
    let mapping = &group.mapping;
    let statuses = statuses(group, &mappings.ties_of(mapping));
    let priority = mapping.priority.into();
    let gone = statuses.contains(&Status::NotFound);
    let actions = may.then(|| Actions {
        members: routes::mapping_members(mapping.id),
        edit: routes::mapping_edit(mapping.id),
        remove: routes::mapping_remove(mapping.id),
        pick_another: gone.then(|| {
            link(
                words().pick_another,
                routes::mapping_like(mapping.role.role(), priority),
            )
        }),
    });
    Row {
        id: mapping.id,
        name: mapping.group_name.clone(),
        object_id: mapping.group.to_string(),
        role: mapping.role.role(),
        priority,
        members: group.members.map(|members| Members {
            words: (words().members)(members.people),
            signed_up: members.signed_up.map(|signed_up| {
                let said = (words().signed_up)(signed_up, members.people);
                (members.people, signed_up, said)
            }),
        }),
        states: statuses.iter().map(state).collect(),
        because: statuses.iter().filter_map(because).collect(),
        checked: group.checked.map(|(at, _)| at),
        actions,
    }
}

fn state(status: &Status) -> Said {
    match status {
        Status::NotFound => said(Tone::Fail, words().not_found[0]),
        Status::NotSecurity => said(Tone::Fail, words().not_security[0]),
        Status::Tie(others) => said(Tone::Warn, (words().tie)(others)),
        Status::NoEffect(_) => said(Tone::Warn, words().no_effect),
        Status::Empty => said(Tone::Info, words().empty),
        Status::Renamed(before) => said(Tone::Info, (words().renamed)(before)),
        Status::NotChecked => said(Tone::Skip, words().not_checked),
        Status::Ok => said(Tone::Ok, words().ok),
    }
}

fn because(status: &Status) -> Option<String> {
    match status {
        Status::NotFound => Some(words().not_found[1].to_owned()),
        Status::NotSecurity => Some(words().not_security[1].to_owned()),
        Status::NoEffect(people) => Some((words().no_effect_why)(*people)),
        _ => None,
    }
}
