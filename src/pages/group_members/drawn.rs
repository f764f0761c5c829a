//! The page as the server draws it.
//!
//! The browser loads none of this, so nothing here may need it: no handlers, nothing that changes later, nothing of the
//! router. What a script does with the text, it finds by `id`s and `data-` attributes.

use leptos::{either::Either, prelude::*};

use super::{Body, Invite, List, Page, Prompt, Row, RowAction, Way, job::JobRegion, review::ReviewPage};
use crate::{
    components::{
        code::CodeBlock,
        copy::{CopyButton, Look},
        element::{Icon, Moment, RoleName},
        state::{Notice, StateWord, look},
        step::LEAST,
    },
    routes,
    text::{bulk_invite::BulkInvite, group_member_words::GroupMemberWords, text},
    wire::drawn::Drawn,
};

/// Draws the page.
pub fn draw(page: Page) -> Drawn {
    let review = page.review.as_ref().map(|review| review.heading.clone());
    let first = review.is_some().then(|| LEAST.to_owned());
    let title = review.unwrap_or_else(|| page.heading.clone());
    let markup = Owner::new().with(|| view! { <Whole page /> }.to_html());
    Drawn {
        title: Some(title),
        // Marks for hydration, which nothing here waits for. Text and values are escaped, so these are the marks only.
        markup: markup.replace("<!>", ""),
        unsaved: false,
        first,
    }
}

#[component]
fn Whole(page: Page) -> impl IntoView {
    let Page {
        notice,
        link,
        review,
        job,
        heading,
        summary,
        prompt,
        body,
    } = page;
    if let Some(review) = review {
        return Either::Left(view! {
            <Notice said=notice />
            <ReviewPage review=*review />
        });
    }
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
    Either::Right(view! {
        <Notice said=notice />
        <div class="page-head">
            <h1 tabindex="-1">{heading}</h1>
            {summary.map(|words| view! { <p>{words}</p> })}
        </div>
        {link.map(|(person, link)| view! { <OneLink person link /> })}
        {job.map(|job| view! { <JobRegion job=*job /> })}
        {prompt.map(|prompt| view! { <Missing prompt /> })}
        {body}
    })
}

/// The link of one invitation, where no mail is sent.
#[component]
fn OneLink(person: String, link: String) -> impl IntoView {
    let words = text::<BulkInvite>();
    view! {
        <section class="section" aria-label=(words.link_for)(&person)>
            <div class="section-body stack stack-s">
                <p>{words.once_one}</p>
                <code class="ref" id="invitation-link">
                    {link}
                </code>
                <CopyButton of="invitation-link" thing=(words.link_for)(&person) look=Look::Whole />
            </div>
        </section>
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
        page,
        caption,
        filters,
        invite,
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
    let selectable = invite.as_ref().is_some_and(|invite| invite.selectable);
    let table = (!rows.is_empty()).then(|| view! { <People caption rows selectable page /> });
    view! {
        <section class="section section-wide section-last" aria-label=words.section>
            <div class="section-body stack">
                <div class="toolbar stretch">
                    <nav aria-label=words.filters_name>
                        <ul class="filters">{filters}</ul>
                    </nav>
                    {invite.map(|invite| view! { <InviteBar invite /> })}
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

/// The buttons above the table. They lead to the question, and change nothing.
#[component]
fn InviteBar(invite: Invite) -> impl IntoView {
    let words = text::<BulkInvite>();
    let selected = invite.selectable.then(|| {
        view! {
            <button class="button button-small" id="invite-selected" name="review" value="selected">
                {words.selected}
            </button>
        }
    });
    let all = invite.all.map(|label| {
        view! {
            <button class="button button-small" name="review" value="all">
                {label}
            </button>
        }
    });
    view! {
        <form class="cluster cluster-s" id="invite" method="get">
            {selected}
            {all}
        </form>
    }
}

#[component]
fn People(caption: String, rows: Vec<Row>, selectable: bool, page: String) -> impl IntoView {
    let words = text::<GroupMemberWords>();
    let invite = text::<BulkInvite>();
    let acts = rows.iter().any(|row| row.action.is_some());
    let tick = selectable.then(|| {
        view! {
            <th role="columnheader" scope="col" class="fit tick">
                <label hidden id="select-all">
                    <input class="checkbox" type="checkbox" autocomplete="off" />
                    <span class="visually-hidden">{invite.select_all}</span>
                </label>
            </th>
        }
    });
    let act = acts.then(|| {
        view! {
            <th role="columnheader" scope="col" class="act">
                <span class="visually-hidden">{invite.action}</span>
            </th>
        }
    });
    view! {
        <div class="table-box">
            <table class="table stack-table people" role="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {tick} <th role="columnheader" scope="col">
                            {words.name}
                        </th> <th role="columnheader" scope="col">
                            {words.status}
                        </th> <th role="columnheader" scope="col">
                            {words.role}
                        </th> <th role="columnheader" scope="col" class="when">
                            {words.last_sign_in}
                        </th> {act}
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {rows
                        .into_iter()
                        .map(|row| view! { <Person row selectable acts page=page.clone() /> })
                        .collect::<Vec<_>>()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Person(row: Row, selectable: bool, acts: bool, page: String) -> impl IntoView {
    let words = text::<GroupMemberWords>();
    let invite = text::<BulkInvite>();
    let name = row.name.unwrap_or_else(|| words.no_name.to_owned());
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
    let tick = selectable.then(|| {
        let choose = match &row.action {
            Some(RowAction::Invite(id)) => Some(view! {
                <label>
                    <input
                        class="checkbox"
                        type="checkbox"
                        form="invite"
                        name="person"
                        value=id.clone()
                        autocomplete="off"
                    />
                    <span class="visually-hidden">{(invite.select)(&name)}</span>
                </label>
            }),
            _ => None,
        };
        view! {
            <td role="cell" class="fit tick">
                {choose}
            </td>
        }
    });
    let act = acts.then(|| {
        view! {
            <td role="cell" class="act">
                {row.action.map(|action| view! { <Act action name=name.clone() page /> })}
            </td>
        }
    });
    view! {
        <tr role="row">
            {tick} <th role="rowheader" scope="row">
                {name.clone()}
                <span class="sub">{row.sub}</span>
            </th> <td role="cell" data-label=words.status>
                <StateWord said=row.status />
            </td> <td role="cell" data-label=words.role>
                {role}
            </td> <td role="cell" class="when" data-label=words.last_sign_in>
                {last}
            </td> {act}
        </tr>
    }
}

/// What can be done for one person. Inviting asks first; sending again does not, for it takes the older link's place.
#[component]
fn Act(action: RowAction, name: String, page: String) -> impl IntoView {
    let words = text::<BulkInvite>();
    match action {
        RowAction::Invite(id) => {
            let [invite, between] = words.invite;
            Either::Left(view! {
                <button class="link small" form="invite" name="only" value=id>
                    {invite}
                    <span class="visually-hidden">{between}{name}</span>
                </button>
            })
        }
        RowAction::Resend(id) => {
            let [resend, between] = words.resend;
            Either::Right(view! {
                <form method="post" action=routes::INVITATION_RESEND>
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="next" value=page />
                    <button class="link small" id=format!("resend-{id}")>
                        {resend}
                        <span class="visually-hidden">{between}{name}</span>
                    </button>
                </form>
            })
        }
    }
}
