//! The table of mappings. In a narrow container its rows are cards, and what can be done about each folds into a button.

use leptos::{either::Either, prelude::*};

use super::{Actions, Members, Row, Sort, Table};
use crate::{
    components::{
        copy::{CopyButton, Look},
        element::{Icon, Moment, Picture, RoleName},
        state::StateWord,
    },
    text::{self, text},
};

/// The `id` of the form that sorts.
const SORT: &str = "sort";

/// The table, and what is said about all of it.
#[component]
pub fn MappingTable(
    /// What stands in it.
    table: Table,
) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let Table {
        sort,
        note,
        kept,
        none,
        rows,
        default,
        nested,
        open,
    } = table;
    let columns = [
        (Sort::Group, words.group, "ascending", None),
        (Sort::Role, words.role, "descending", None),
        (Sort::Priority, words.priority, "descending", Some("num")),
    ];
    let sorts = columns.map(|(by, name, order, class)| {
        let is_sorted = by == sort;
        view! {
            <th role="columnheader" scope="col" class=class aria-sort=is_sorted.then_some(order)>
                <button class="sort" name="sort" value=by.name() form=SORT>
                    {name}
                    {is_sorted.then(|| view! { <Icon picture=Picture::Sort /> })}
                </button>
            </th>
        }
    });
    view! {
        {none.map(|words| view! { <p class="none">{words}</p> })}
        {note.map(|words| view! { <p class="muted small">{words}</p> })}
        <form method="get" id=SORT hidden>
            {kept
                .into_iter()
                .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                .collect::<Vec<_>>()}
        </form>
        <div class="table-box">
            <table class="table stack-table mappings" role="table">
                <caption class="visually-hidden">{words.table}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {sorts} <th role="columnheader" scope="col" class="members">
                            {words.members}
                        </th> <th role="columnheader" scope="col">
                            {words.status}
                        </th> <th role="columnheader" scope="col" class="when">
                            {words.last_checked}
                        </th> <th role="columnheader" scope="col" class="acts">
                            <span class="visually-hidden">{words.actions}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {rows
                        .into_iter()
                        .map(|row| {
                            let open = open.as_deref() == Some(row.id.to_string().as_str());
                            view! { <MappingRow row open /> }
                        })
                        .collect::<Vec<_>>()} <tr role="row" class="everyone">
                        <th role="rowheader" scope="row">
                            {words.everyone}
                        </th>
                        <td role="cell" data-label=words.role>
                            <RoleName role=default />
                        </td>
                        <td role="cell" colspan="5" class="whole muted">
                            {words.everyone_why}
                        </td>
                    </tr>
                </tbody>
            </table>
        </div>
        {nested.map(|words| view! { <p class="muted small nested">{words}</p> })}
    }
}

#[component]
fn MappingRow(row: Row, open: bool) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let called = row.called().to_owned();
    let (id, reference) = (row.id, format!("object-{}", row.id));
    let states: Vec<_> = row
        .states
        .into_iter()
        .map(|said| view! { <StateWord said /> })
        .collect();
    let because: Vec<_> = row
        .because
        .into_iter()
        .map(|words| view! { <span class="sub">{words}</span> })
        .collect();
    let checked = match row.checked {
        Some(at) => Either::Left(view! { <Moment at /> }),
        None => Either::Right(words.never),
    };
    let copies = format!("{}{called}", words.object_id_of);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                {row.name.unwrap_or_else(|| words.no_name.to_owned())}
                <span class="ref">
                    <span class="id" id=reference.clone()>
                        {row.object_id}
                    </span>
                    <CopyButton of=reference thing=copies look=Look::Picture />
                </span>
            </th>
            <td role="cell" data-label=words.role>
                <RoleName role=row.role />
            </td>
            <td role="cell" class="num" data-label=words.priority>
                {row.priority}
            </td>
            <td role="cell" class="members" data-label=words.members>
                <MembersCell members=row.members />
            </td>
            <td role="cell" data-label=words.status>
                <span class="states">{states} {because}</span>
            </td>
            <td role="cell" class="when" data-label=words.last_checked>
                {checked}
            </td>
            <td role="cell" class="acts">
                {row.actions.map(|actions| view! { <RowActions actions called id=id.to_string() open /> })}
            </td>
        </tr>
    }
}

#[component]
fn MembersCell(members: Option<Members>) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    match members {
        None => Either::Left(view! { <span class="muted">{words.not_read}</span> }),
        Some(members) => {
            let meter =
                members
                    .signed_up
                    .filter(|(people, ..)| *people > 0)
                    .map(|(people, signed_up, said)| {
                        let (most, value) = (people.to_string(), signed_up.to_string());
                        view! {
                            <meter min="0" max=most value=value aria-label=said.clone()></meter>
                            <span aria-hidden="true">{said}</span>
                        }
                    });
            Either::Right(view! { <div class="meter">{members.words} {meter}</div> })
        }
    }
}

/// What can be done about a mapping. On a narrow screen a button shows it.
#[component]
fn RowActions(actions: Actions, called: String, id: String, open: bool) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let controls = format!("actions-{id}");
    let (of, name) = (format!("{}{called}", words.of), format!(" {called}"));
    let actions_for = format!("{}{called}", words.actions_for);
    view! {
        <form method="get" class="fold">
            <button
                class="button button-small"
                name=(!open).then_some("open")
                value=(!open).then_some(id)
                aria-expanded=if open { "true" } else { "false" }
                aria-controls=controls.clone()
            >
                <span hidden=open>
                    <Icon picture=Picture::Down class="icon chev" />
                </span>
                <span hidden=!open>
                    <Icon picture=Picture::Up class="icon chev" />
                </span>
                {words.actions}
                <span class="visually-hidden">{actions_for}</span>
            </button>
        </form>
        <form method="get" action=actions.members class="row-actions" id=controls data-fold=if open { "open" } else { "closed" }>
            <button class="link">
                {words.view_members} <span class="visually-hidden">{of}</span>
            </button>
            <a class="link" href=actions.edit>
                {words.edit}
                <span class="visually-hidden">{name.clone()}</span>
            </a>
            <a class="link" href=actions.remove>
                {words.remove}
                <span class="visually-hidden">{name}</span>
            </a>
            {actions
                .pick_another
                .map(|link| {
                    view! {
                        <a class="link" href=link.to>
                            {link.words}
                        </a>
                    }
                })}
        </form>
    }
}
