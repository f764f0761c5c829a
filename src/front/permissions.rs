//! The page that lists what is asked of Microsoft. Public: a customer's IT reads it before approving, and prints it.
//!
//! Its rows are the constants that also build the sign-in's scopes and the printed app registration. It names no tenant,
//! and shows a status to those alone who may do something about it.

use leptos::prelude::*;

use super::{
    Frame,
    document::{self, Sheet},
};
use crate::{
    components::element::{Icon, Picture},
    domain::graph_permission::{
        Approval, COUNT, Feature, GRAPH_PERMISSIONS, GraphPermission, SignInScope, sign_in_scopes,
    },
    routes,
    text::{permissions::Permissions as Words, shell::Shell, text},
};

/// What the permissions page shows beside what it shows everybody.
#[derive(Clone, Debug)]
pub struct Permissions {
    /// Who reads it, when somebody is signed in.
    pub reader: Option<Reader>,
    /// What Microsoft reported of an approval that did not begin here: whether it was given.
    pub approval: Option<bool>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The name of the team.
    pub team_name: String,
    /// How the team's tenant stands; none for those who could do nothing about it.
    pub standing: Option<Standing>,
}

/// How a team's tenant stands with the permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The team has no tenant, or this server no app registration.
    NotConnected,
    /// Nobody has asked Microsoft, or Microsoft did not answer.
    Unknown,
    /// What the last test found, in the order of [`GRAPH_PERMISSIONS`].
    Known([Approval; COUNT]),
}

/// The whole document of `/permissions`.
pub fn permissions(frame: &Frame, page: &Permissions) -> String {
    const LIST: &str = "permission-list";
    let (words, shell) = (text::<Words>(), text::<Shell>());
    let approval = page.approval;
    let (team, standing) = match page.reader.clone() {
        Some(reader) => (Some(reader.team_name), reader.standing),
        None => (None, None),
    };
    let title = match &team {
        Some(team) => (shell.title)(words.heading, team),
        None => (shell.title_outside)(words.heading),
    };
    let back = team.clone();
    document::render_on(Sheet::Document(team), frame, title, move || {
        view! {
            {back.map(way_back)}
            {status(approval)}
            <h1>{words.heading}</h1>
            <p class="lead">{words.summary}</p>
            <div class="cluster">
                {copy_button(LIST)}
                {standing.map(way_on)}
            </div>
            <div id=LIST class="list">
                {graph_table(standing)}
                {sign_in_table()}
            </div>
            <section aria-labelledby="store">
                <h2 id="store">{words.store}</h2>
                <p>{words.stored}</p>
            </section>
            <section aria-labelledby="never">
                <h2 id="never">{words.never}</h2>
                <p>{words.never_done}</p>
            </section>
            <section aria-labelledby="remove">
                <h2 id="remove">{words.remove}</h2>
                <ol class="numbered">
                    {words.removing.iter().map(|step| view! { <li>{*step}</li> }).collect_view()}
                </ol>
            </section>
            <section aria-labelledby="changes">
                <h2 id="changes">{words.changes}</h2>
                <dl class="facts-rows">
                    {words.changed.iter().map(|change| view! { {change_row(*change)} }).collect_view()}
                </dl>
            </section>
        }
    })
}

/// The page's status: there from the first, and empty most of the time.
fn status(approval: Option<bool>) -> impl IntoView {
    let words = text::<Words>();
    let Some(approved) = approval else {
        return view! { <output></output> }.into_any();
    };
    let said = if approved {
        words.approval_finished
    } else {
        words.approval_declined
    };
    view! {
        <output class="banner">
            <Icon picture=Picture::Info />
            <span class="text">{said}</span>
        </output>
    }
    .into_any()
}

/// The way back to the pages of the team, for whoever is signed in.
fn way_back(team: String) -> impl IntoView {
    view! {
        <a class="link way-back" href=routes::DASHBOARD>
            {(text::<Words>().back)(&team)}
        </a>
    }
}

/// Copies the two tables. `public/front.js` shows the button and writes into the status that follows it.
fn copy_button(of: &'static str) -> impl IntoView {
    let (words, shell) = (text::<Words>(), text::<Shell>());
    view! {
        <button
            type="button"
            class="button button-small"
            hidden
            data-copy=of
            data-copied=(shell.copied)(words.list)
            data-failed=(shell.not_copied)(words.list)
        >
            <Icon picture=Picture::Copy />
            {format!("{} {}", shell.copy, words.list)}
        </button>
        <output class="small"></output>
    }
}

/// Where somebody who may do something about it does it.
fn way_on(standing: Standing) -> impl IntoView {
    let words = text::<Words>();
    // Without a tenant there is nowhere to approve.
    let (to, named) = match standing {
        Standing::NotConnected => (routes::ENTRA, words.set_up),
        Standing::Unknown | Standing::Known(_) => (routes::TENANT_CONSENT, words.grant),
    };
    view! {
        <a class="link" href=to>
            {named}
        </a>
    }
}

/// The permissions that an administrator approves.
///
/// The roles are written out, since a table that becomes cards would lose them.
fn graph_table(standing: Option<Standing>) -> impl IntoView {
    let words = text::<Words>();
    let columns = [
        words.permission,
        words.holder,
        words.purpose,
        words.needed_for,
        words.without,
    ];
    let columns = columns.into_iter().chain(standing.map(|_| words.status));
    view! {
        <section aria-labelledby="graph">
            <h2 id="graph">{words.graph}</h2>
            <div class="table-box">
                <table class="table stack-table" role="table" aria-labelledby="graph">
                    <caption class="visually-hidden">{words.graph}</caption>
                    {head(columns)}
                    <tbody role="rowgroup">
                        {rows(standing)
                            .into_iter()
                            .map(|(permission, status)| {
                                view! {
                                    <tr role="row">
                                        {row_header(permission.name)}
                                        {cell(words.holder, (words.held_by)(permission.holder))}
                                        {cell(words.purpose, (words.done)(permission.purpose))}
                                        {cell(
                                            words.needed_for,
                                            (words.feature)(permission.feature, permission.optional),
                                        )}
                                        {cell(words.without, (words.instead)(permission.feature))}
                                        {status.map(|status| cell(words.status, status.view()))}
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
            <p class="muted note">{words.wider}</p>
        </section>
    }
}

/// The scopes of a sign-in.
fn sign_in_table() -> impl IntoView {
    let words = text::<Words>();
    view! {
        <section aria-labelledby="scopes">
            <h2 id="scopes">{words.sign_in}</h2>
            <div class="table-box">
                <table class="table stack-table scopes" role="table" aria-labelledby="scopes">
                    <caption class="visually-hidden">{words.sign_in}</caption>
                    {head([words.permission, words.purpose])}
                    <tbody role="rowgroup">
                        {sign_in_scopes()
                            .map(|SignInScope { name, reading, .. }| {
                                view! {
                                    <tr role="row">
                                        {row_header(name)} {cell(words.purpose, (words.reading)(reading))}
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn head(columns: impl IntoIterator<Item = &'static str>) -> impl IntoView {
    let columns = columns.into_iter().map(|column| {
        view! {
            <th role="columnheader" scope="col">
                {column}
            </th>
        }
    });
    view! {
        <thead role="rowgroup">
            <tr role="row">{columns.collect_view()}</tr>
        </thead>
    }
}

fn row_header(name: &'static str) -> impl IntoView {
    view! {
        <th role="rowheader" scope="row">
            <code>{name}</code>
        </th>
    }
}

/// A cell, with the name of its column for when the row is a card.
fn cell(column: &'static str, content: impl IntoView) -> impl IntoView {
    view! {
        <td role="cell" data-label=column>
            {content}
        </td>
    }
}

fn change_row((day, written, what): (&'static str, &'static str, &'static str)) -> impl IntoView {
    view! {
        <div>
            <dt>
                <time datetime=day>{written}</time>
            </dt>
            <dd>{what}</dd>
        </div>
    }
}

/// What stands in the status of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    NotConnected,
    Unknown,
    Tested(Approval, Feature),
}

impl Status {
    const fn is_missing(self) -> bool {
        matches!(self, Self::Tested(Approval::Missing, _))
    }

    fn view(self) -> impl IntoView {
        let words = text::<Words>();
        let (class, picture, said) = match self {
            Self::NotConnected => ("state off", Picture::Open, words.not_connected.to_owned()),
            Self::Unknown => ("state off", Picture::Open, words.status_unknown.to_owned()),
            Self::Tested(approval, feature) => {
                let (class, picture) = match approval {
                    Approval::Approved => ("state ok", Picture::Ok),
                    Approval::Missing => ("state warn", Picture::Warn),
                    Approval::Unknown => ("state off", Picture::Open),
                };
                (class, picture, (words.approval)(approval, feature))
            }
        };
        view! {
            <span class=class>
                <Icon picture=picture />
                <span>{said}</span>
            </span>
        }
    }
}

/// The rows with their status. What is missing stands first.
fn rows(standing: Option<Standing>) -> Vec<(GraphPermission, Option<Status>)> {
    let mut rows: Vec<_> = GRAPH_PERMISSIONS
        .into_iter()
        .enumerate()
        .map(|(place, permission)| {
            let status = standing.map(|standing| match standing {
                Standing::NotConnected => Status::NotConnected,
                Standing::Unknown => Status::Unknown,
                Standing::Known(approvals) => Status::Tested(approvals[place], permission.feature),
            });
            (permission, status)
        })
        .collect();
    rows.sort_by_key(|(_, status)| !status.is_some_and(Status::is_missing));
    rows
}
