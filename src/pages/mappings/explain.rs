//! `Test another account`: which access somebody would have, rule by rule.

use leptos::prelude::*;

use super::{Access, Explain, drawn::Onward};
use crate::{
    components::{
        form::{FieldError, SendButton},
        rail::RailStep,
        state::StateWord,
    },
    routes,
    text::{self, text},
    wire::tenant::Tone,
};

/// The region.
#[component]
pub fn ExplainRegion(
    /// What stands in it.
    explain: Explain,
) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let Explain {
        who,
        error,
        closed,
        answer,
    } = explain;
    view! {
        <section class="section section-wide section-last" aria-labelledby="explain">
            <div class="section-head">
                <h2 id="explain">{words.explain}</h2>
            </div>
            <div class="section-body stack stack-l">
                <form
                    class="inline-form stretch"
                    method="post"
                    action=routes::MAPPING_EXPLAIN
                    aria-labelledby="explain"
                    novalidate
                >
                    <div class="field stretch">
                        <label for="who">{words.who}</label>
                        {error.clone().map(|words| view! { <FieldError id="who-error" words /> })}
                        <input
                            class="input"
                            id="who"
                            name="who"
                            value=who
                            autocomplete="off"
                            spellcheck="false"
                            aria-invalid=error.is_some().then_some("true")
                            aria-describedby=error.is_some().then_some("who-error")
                        />
                    </div>
                    <SendButton
                        id="explain-button"
                        class="button"
                        label=words.explain_button
                        sending=words.explaining
                    />
                </form>
                {closed
                    .map(|remark| {
                        view! {
                            <div class="stack stack-s" id="explained" tabindex="-1">
                                <StateWord said=remark.said />
                                {remark.way.map(|way| view! { <Onward way /> })}
                            </div>
                        }
                    })}
                {answer.map(|answer| view! { <Answer answer /> })}
            </div>
        </section>
    }
}

#[component]
fn Answer(answer: Access) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let rules: Vec<_> = answer
        .rules
        .into_iter()
        .map(|rule| {
            let tone = if rule.decides { Tone::Busy } else { Tone::Skip };
            let tie = rule.tie.map(|words| {
                view! {
                    <div class="more">
                        <p>{words}</p>
                    </div>
                }
            });
            view! {
                <RailStep tone title=rule.title result=rule.result current=rule.decides>
                    {tie}
                </RailStep>
            }
        })
        .collect();
    view! {
        <div class="stack stack-s stretch explained">
            <h3 id="explained" tabindex="-1">
                {answer.heading}
            </h3>
            <ol class="rail stretch" aria-label=words.how>
                {rules}
            </ol>
            <p class="muted small">{answer.read}</p>
        </div>
    }
}
