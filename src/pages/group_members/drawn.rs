//! The page as the server draws it.
//!
//! The browser loads none of this, so nothing here may need it: no handlers, nothing that changes later, nothing of the
//! router. What a script does with the text, it finds by `id`s and `data-` attributes.

use leptos::{either::Either, prelude::*};

use super::{Body, List, Page, Prompt, Row, Way};
use crate::{
    components::{
        code::CodeBlock,
        element::{Icon, Moment, RoleName},
        state::{StateWord, look},
    },
    routes,
    text::{group_member_words::GroupMemberWords, text},
    wire::drawn::Drawn,
};

/// Draws the page.
pub fn draw(page: Page) -> Drawn {
    let title = page.heading.clone();
    let markup = Owner::new().with(|| view! { <Whole page /> }.to_html());
    Drawn {
        title: Some(title),
        // Marks for hydration, which nothing here waits for. Text and values are escaped, so these are the marks only.
        markup: markup.replace("<!>", ""),
        unsaved: false,
        first: None,
    }
}

#[component]
fn Whole(page: Page) -> impl IntoView {
    let Page {
        heading,
        summary,
        prompt,
        body,
    } = page;
    let body = match body {
        Body::List(list) => view! { <Listed list=*list /> }.into_any(),
        Body::Said(said, way) => {
            let (class, picture) = look(said.tone);
            view! {
                <ul class="list attention">
                    <li class=class>
                        <Icon picture />
                        <div class="stack stack-s">
                            <p>{said.words}</p>
                            {way.map(|way| view! { <Onward way /> })}
                        </div>
                    </li>
                </ul>
            }
            .into_any()
        }
        Body::Nothing => ().into_any(),
    };
    view! {
        <output></output>
        <div class="page-head">
            <h1 tabindex="-1">{heading}</h1>
            {summary.map(|words| view! { <p>{words}</p> })}
        </div>
        {prompt.map(|prompt| view! { <Missing prompt /> })}
        {body}
    }
}

/// `Admin consent needed`.
#[component]
fn Missing(prompt: Prompt) -> impl IntoView {
    let words = text::<GroupMemberWords>();
    view! {
        <section class="section" aria-labelledby="consent">
            <div class="section-head">
                <h2 id="consent">{words.consent}</h2>
            </div>
            <div class="section-body stack">
                <p>{prompt.words}</p>
                <a class="button" href=routes::TENANT_CONSENT rel="external">
                    {words.grant}
                </a>
                {prompt
                    .address
                    .map(|address| {
                        view! { <CodeBlock id="consent-address" text=address thing=words.address /> }
                    })}
                <p class="muted small">{words.not_listed}</p>
            </div>
        </section>
    }
}

#[component]
fn Onward(way: Way) -> impl IntoView {
    match way {
        Way::Page(link) => Either::Left(view! {
            <a class="link" href=link.to>
                {link.words}
            </a>
        }),
        Way::Again(words, kept) => Either::Right(view! {
            <form method="get">
                {kept
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                    .collect::<Vec<_>>()}
                <button class="button button-small">{words}</button>
            </form>
        }),
    }
}

#[component]
fn Listed(list: List) -> impl IntoView {
    let words = text::<GroupMemberWords>();
    let List {
        filters,
        rows,
        none,
        shown,
        stopped,
        pages,
    } = list;
    let filters: Vec<_> = filters
        .into_iter()
        .map(|choice| {
            view! {
                <li>
                    <a href=choice.link.to aria-current=choice.current.then_some("page")>
                        {choice.link.words}
                    </a>
                </li>
            }
        })
        .collect();
    let table = (!rows.is_empty()).then(|| view! { <People rows /> });
    view! {
        <section class="section section-wide section-last" aria-label=words.section>
            <div class="section-body stack">
                <div class="toolbar stretch">
                    <nav aria-label=words.filters_name>
                        <ul class="filters">{filters}</ul>
                    </nav>
                </div>
                {none
                    .map(|(said, link)| {
                        view! {
                            <p>{said}</p>
                            {link.map(|link| view! { <Onward way=Way::Page(link) /> })}
                        }
                    })}
                <div class="stretch">{table}</div>
                {stopped.map(|said| view! { <p>{said}</p> })}
                <div class="cluster pager">
                    {shown.map(|said| view! { <p class="muted small">{said}</p> })}
                    {pages
                        .into_iter()
                        .map(|link| view! { <Onward way=Way::Page(link) /> })
                        .collect::<Vec<_>>()}
                </div>
                <p class="muted small">{words.nested}</p>
            </div>
        </section>
    }
}

#[component]
fn People(rows: Vec<Row>) -> impl IntoView {
    let words = text::<GroupMemberWords>();
    let caption = words.section;
    view! {
        <div class="table-box">
            <table class="table stack-table people" role="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">
                            {words.name}
                        </th>
                        <th role="columnheader" scope="col">
                            {words.status}
                        </th>
                        <th role="columnheader" scope="col">
                            {words.role}
                        </th>
                        <th role="columnheader" scope="col" class="when">
                            {words.last_sign_in}
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {rows.into_iter().map(|row| view! { <Person row /> }).collect::<Vec<_>>()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Person(row: Row) -> impl IntoView {
    let words = text::<GroupMemberWords>();
    let role = match row.role {
        Some((role, from)) => Either::Left(view! {
            <RoleName role />
            {from.map(|from| view! { <span class="sub">{from}</span> })}
        }),
        None => Either::Right(view! { <span class="muted">"–"</span> }),
    };
    let last = match row.last_sign_in {
        Some(at) => Either::Left(view! { <Moment at /> }),
        None => Either::Right(view! { <span class="muted">{words.never}</span> }),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                {row.name.unwrap_or_else(|| words.no_name.to_owned())}
                <span class="sub">{row.sub}</span>
            </th>
            <td role="cell" data-label=words.status>
                <StateWord said=row.status />
            </td>
            <td role="cell" data-label=words.role>
                {role}
            </td>
            <td role="cell" class="when" data-label=words.last_sign_in>
                {last}
            </td>
        </tr>
    }
}
