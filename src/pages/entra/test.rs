//! The connection test: its six steps, what each found and what to do about it.

use leptos::{either::Either, prelude::*};

use super::settings::TEST;
use crate::{
    components::{
        copy::{CopyButton, Look},
        element::Moment,
        rail::{Detail, Details, DetailsButton, RailStep},
    },
    domain::session::LocalPath,
    routes,
    text::{self, text},
    wire::tenant::{ConnectionTest, Outcome, TestDetails, TestStep, Tone},
};

/// The `id` of the report.
const REPORT: &str = "report";

/// What is open in `?open=`, and the `id` of what that shows: one for each step.
const DETAILS: [(&str, &str); 6] = [
    ("step-1", "details-1"),
    ("step-2", "details-2"),
    ("step-3", "details-3"),
    ("step-4", "details-4"),
    ("step-5", "details-5"),
    ("step-6", "details-6"),
];

/// The last result, or the test that runs now.
#[component]
pub fn TestRegion(
    /// The last result.
    test: ConnectionTest,
    /// Whether the viewer may test.
    can_change: bool,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let steps: Vec<_> = test.steps.into_iter().zip(DETAILS).collect();
    let has_run = !steps.is_empty();
    let back = LocalPath::parse(routes::ENTRA).unwrap_or_else(|_| LocalPath::dashboard());
    let try_address = routes::sign_in_as_another(&back);
    view! {
        <section class="section" aria-labelledby="test">
            <div class="section-head">
                <h2 id="test">{words.test}</h2>
                {test
                    .at
                    .map(|at| {
                        view! {
                            <p>
                                {words.last_tested}
                                <Moment at />
                                {format!(" {}", test.verdict)}
                            </p>
                        }
                    })}
                {test.note.map(|note| view! { <p>{note}</p> })}
            </div>
            <div class="section-body stack">
                // What is said while a test runs stands in a status that is there from the first.
                <output class="visually-hidden">
                    <span data-while=TEST hidden>
                        {words.test_began}
                    </span>
                </output>
                {can_change.then(|| view! { <Running names=test.names /> })}
                <ol
                    class="rail rail-numbered stretch"
                    aria-label=words.steps
                    data-unless=has_run.then_some(TEST)
                    hidden=!has_run
                >
                    {steps
                        .into_iter()
                        .map(|(step, (name, controls))| view! { <Step step of=Detail { name, controls } /> })
                        .collect::<Vec<_>>()}
                </ol>
                {(has_run && can_change)
                    .then(|| {
                        view! {
                            <div data-unless=TEST>
                                <pre id=REPORT class="report" hidden>
                                    {test.report}
                                </pre>
                                <CopyButton of=REPORT thing=words.report look=Look::Whole />
                            </div>
                        }
                    })}
                {can_change
                    .then(|| {
                        view! {
                            <div class="stack test-note">
                                <p class="muted small">{words.test_note}</p>
                                <a class="link small" href=try_address rel="external">
                                    {words.try_sign_in}
                                </a>
                            </div>
                        }
                    })}
            </div>
        </section>
    }
}

/// The list while a test runs: nothing is known of any step before the answer.
#[component]
fn Running(names: Vec<String>) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    view! {
        <div class="stack stretch" data-while=TEST hidden>
            <progress aria-label=words.test></progress>
            <ol class="rail rail-numbered stretch" aria-label=words.steps>
                {names
                    .into_iter()
                    .map(|title| {
                        view! {
                            <RailStep tone=Tone::Busy title result=words.checking>
                                {None::<()>}
                            </RailStep>
                        }
                    })
                    .collect::<Vec<_>>()}
            </ol>
            <button type="button" class="button button-small" data-cancel>
                {words.cancel_test}
            </button>
        </div>
    }
}

/// A sentence whose permissions are set as names: `Group.Read.All`.
fn with_names(sentence: &str) -> Vec<Either<String, AnyView>> {
    let is_name = |word: &str| {
        let mut parts = word.split('.');
        parts.clone().count() > 2
            && parts.all(|part| {
                part.starts_with(|first: char| first.is_ascii_uppercase())
                    && part.chars().all(|letter| letter.is_ascii_alphanumeric())
            })
    };
    let words = sentence.split_inclusive(' ').map(|word| {
        let name = word.trim_end_matches([' ', '.', ',', ':', ';']);
        if is_name(name) {
            let rest = word[name.len()..].to_owned();
            Either::Right(view! { <code>{name.to_owned()}</code> {rest} }.into_any())
        } else {
            Either::Left(word.to_owned())
        }
    });
    words.collect()
}

#[component]
fn Step(step: TestStep, of: Detail) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let (tone, result) = match step.outcome {
        Outcome::Passed => (Tone::Ok, words.passed),
        Outcome::Failed => (Tone::Fail, words.failed),
        Outcome::Warning => (Tone::Warn, words.warning),
        Outcome::NotRun => (Tone::Skip, words.not_run),
    };
    let about = step.name.clone();
    let more = (!step.hint.is_empty() || step.details.is_some()).then(|| {
        view! {
            <div class="more">
                <p>{with_names(&step.hint)}</p>
                {step.details.map(|details| view! { <StepDetails details about of /> })}
            </div>
        }
    });
    view! {
        <RailStep tone title=step.name result>
            {more}
        </RailStep>
    }
}

/// What Microsoft said about a step, for support.
#[component]
fn StepDetails(details: TestDetails, about: String, of: Detail) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let id = |label: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd class="id">{value}</dd>
                </div>
            }
        })
    };
    let number = details.number.map(|number| {
        let number = format!("AADSTS{number}");
        let explained = match details.explained_at {
            Some(address) => Either::Left(view! {
                <a href=address rel="external">
                    {number}
                </a>
            }),
            None => Either::Right(number),
        };
        view! {
            <div>
                <dt>{words.aadsts_number}</dt>
                <dd>{explained}</dd>
            </div>
        }
    });
    view! {
        <DetailsButton of about />
        <Details of>
            <div>
                <dt>{words.time}</dt>
                <dd>
                    <Moment at=details.at />
                </dd>
            </div>
            {id(words.http_status, details.status.map(|status| status.to_string()))}
            {id("request-id", details.request_id)}
            {id("correlation_id", details.correlation_id)}
            {number}
            {id(words.reference, Some(details.reference))}
        </Details>
    }
}
