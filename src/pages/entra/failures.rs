//! Refused sign-ins of the last days: who, why, and the reference that the person saw.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{
        copy::{CopyButton, Look},
        element::Moment,
        rail::{Detail, Details, DetailsButton},
    },
    text::{self, text},
    wire::tenant::FailedSignIn,
};

/// What is open in `?open=`, and the `id` of what that shows: one for each row.
const DETAILS: [(&str, &str); 10] = [
    ("failure-1", "failure-details-1"),
    ("failure-2", "failure-details-2"),
    ("failure-3", "failure-details-3"),
    ("failure-4", "failure-details-4"),
    ("failure-5", "failure-details-5"),
    ("failure-6", "failure-details-6"),
    ("failure-7", "failure-details-7"),
    ("failure-8", "failure-details-8"),
    ("failure-9", "failure-details-9"),
    ("failure-10", "failure-details-10"),
];

/// The region with the table.
#[component]
pub fn Failures(
    /// The rows, the last one first.
    list: Vec<FailedSignIn>,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let body = if list.is_empty() {
        Either::Left(view! { <p>{words.no_failures}</p> })
    } else {
        Either::Right(view! { <Table list /> })
    };
    view! {
        <section class="section section-wide" aria-labelledby="failures">
            <div class="section-head">
                <h2 id="failures">{words.failures}</h2>
            </div>
            <div class="section-body stack">
                {body} <p class="muted small">{words.failures_note}</p>
            </div>
        </section>
    }
}

#[component]
fn Table(list: Vec<FailedSignIn>) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let head = format!(
        "<tr role=\"row\"><th role=\"columnheader\" scope=\"col\" class=\"when\">{}</th>\
         <th role=\"columnheader\" scope=\"col\">{}</th><th role=\"columnheader\" scope=\"col\">{}</th>\
         <th role=\"columnheader\" scope=\"col\" class=\"fit\">{}</th></tr>",
        words.time, words.who, words.reason, words.correlation_id
    );
    let rows: Vec<_> = list
        .into_iter()
        .zip(DETAILS)
        .map(|(failure, (name, controls))| view! { <Row failure of=Detail { name, controls } /> })
        .collect();
    view! {
        <div class="table-box stretch">
            <table class="table stack-table failures" role="table">
                <caption class="visually-hidden">{words.failures}</caption>
                <thead role="rowgroup" inner_html=head></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(failure: FailedSignIn, of: Detail) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let id = format!("{}-reference", of.name);
    let rows: Vec<_> = failure
        .details
        .into_iter()
        .map(|(label, value)| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd class="id">{value}</dd>
                </div>
            }
        })
        .collect();
    let about = failure.reference.clone();
    view! {
        <tr role="row">
            <td role="cell" class="when" data-label=words.time>
                <Moment at=failure.at />
            </td>
            <th role="rowheader" scope="row">
                {failure.who}
                {failure.email.map(|email| view! { <span class="sub">{email}</span> })}
            </th>
            <td role="cell" data-label=words.reason>
                {failure.reason}
                <code class="sub">{failure.code}</code>
                <span class="sub">{failure.next}</span>
                <DetailsButton of about />
                <Details of>{rows}</Details>
            </td>
            <td role="cell" class="fit" data-label=words.correlation_id>
                <span class="ref">
                    <span class="id" id=id.clone()>
                        {failure.reference}
                    </span>
                    <CopyButton of=id thing=words.correlation_id look=Look::Picture />
                </span>
            </td>
        </tr>
    }
}
