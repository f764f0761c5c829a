//! How far an action is that invites people, and how it went with each.

use leptos::{either::EitherOf3, prelude::*};

use super::{Job, Result, SharedLink};
use crate::{
    components::{
        copy::{CopyButton, Look},
        form::SendButton,
        state::StateWord,
    },
    routes,
    text::{bulk_invite::BulkInvite, text},
};

/// `Invitations sent`.
#[component]
pub fn JobRegion(
    /// The action.
    job: Job,
) -> impl IntoView {
    let words = text::<BulkInvite>();
    let id = job.id.to_string();
    let hidden = |value: String| view! { <input type="hidden" name="job" value=value /> };
    let stop = job.running.then(|| {
        view! {
            <div class="cluster">
                <form method="post" action=routes::INVITATION_STOP>
                    {hidden(id.clone())}
                    <SendButton
                        id="stop-sending"
                        class="button button-small"
                        label=words.stop
                        sending=words.stopping
                    />
                </form>
                <a class="link" id="check-progress" href=job.here rel="external">
                    {words.check}
                </a>
            </div>
        }
    });
    let goes_on = job
        .running
        .then(|| view! { <p class="muted small">{words.goes_on}</p> });
    let retry = job.retry.map(|label| {
        view! {
            <form method="post" action=routes::INVITATION_RETRY>
                {hidden(id.clone())}
                <SendButton id="retry-failed" class="button button-small" label sending=words.retrying />
            </form>
        }
    });
    let done = (!job.running).then(|| {
        view! {
            {job.once.map(|once| view! { <p>{once}</p> })}
            <div class="stretch">
                <Results list=job.results links=job.links />
            </div>
            {job.some.map(|some| view! { <p class="muted small">{some}</p> })}
            <div class="cluster">
                {retry}
                // A file is no page: the router leaves it to the browser.
                <a class="link" href=routes::invitation_file(job.id) rel="external" download>
                    {words.download}
                </a>
            </div>
        }
    });
    let progress = job.running.then(|| routes::invitation_progress(job.id));
    view! {
        <section class="section section-wide job" aria-labelledby="job">
            <div class="section-head">
                <h2 id="job">{words.bar}</h2>
            </div>
            <div class="section-body stack">
                <div class="job-bar stretch">
                <div class="meter">
                    <progress
                        id="job-bar"
                        max=job.total
                        value=job.done
                        aria-label=words.bar
                        data-progress=progress
                    ></progress>
                    <p id="job-words">{job.words}</p>
                    <p class="muted small" id="job-delayed">
                        {job.delayed}
                    </p>
                </div>
                {stop}
                </div>
                <output class="visually-hidden" id="job-said"></output>
                {goes_on}
                {done}
            </div>
        </section>
    }
}

#[component]
fn Results(list: Vec<Result>, links: bool) -> impl IntoView {
    let words = text::<BulkInvite>();
    let [person, result, reason, link] = words.columns;
    let column = |name: &'static str| {
        view! {
            <th role="columnheader" scope="col">
                {name}
            </th>
        }
    };
    let rows = list.into_iter().enumerate().map(|(place, row)| {
        let (name, sub) = row.person;
        let shared = links.then(|| {
            let shared = match row.link {
                SharedLink::Now(address) => {
                    let id = format!("link-{place}");
                    EitherOf3::A(view! {
                        <code class="ref" id=id.clone()>
                            {address}
                        </code>
                        <CopyButton of=id thing=(words.link_for)(&name) look=Look::Picture />
                    })
                }
                SharedLink::Before => EitherOf3::B(view! { <span class="muted">{words.link_shown}</span> }),
                SharedLink::None => EitherOf3::C(view! { <span class="muted">"–"</span> }),
            };
            view! {
                <td role="cell" data-label=link>
                    {shared}
                </td>
            }
        });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">
                    {name.clone()}
                    {sub.map(|sub| view! { <span class="sub">{sub}</span> })}
                </th>
                <td role="cell" data-label=result>
                    <StateWord said=row.outcome />
                </td>
                <td role="cell" data-label=reason>
                    {row.reason.unwrap_or("–")}
                </td>
                {shared}
            </tr>
        }
    });
    view! {
        <div class="table-box">
            <table class="table stack-table people" role="table">
                <caption class="visually-hidden">{words.results}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {column(person)} {column(result)} {column(reason)}
                        {links.then(|| column(link))}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
}
