//! The page as the server draws it, and its parts that a script asks for by themselves.
//!
//! The browser loads none of this, so nothing here may need it: no handlers, nothing that changes later, nothing of the
//! router. What a script does with the text, it finds by `id`s and `data-` attributes.

use leptos::prelude::*;

use super::{
    Explain, Page, Problem, Remark, Results, Told, Way, explain::ExplainRegion, form::FormRegion,
    preview::Body, results::Options, table::MappingTable,
};
use crate::{
    components::{
        element::Icon,
        form::ErrorSummary,
        state::{Notice, look},
        step::{LEAST, StepPage},
    },
    routes,
    text::{self, form::Form, text},
    wire::drawn::Drawn,
};

/// Draws the page.
pub fn draw(page: Page) -> Drawn {
    let edits = page.form.as_ref().is_some_and(super::Form::is_edit);
    let first = if page.problem.is_some() {
        Some("#problem")
    } else if page.step.is_some() {
        Some(LEAST)
    } else if page.explain.as_ref().is_some_and(Explain::is_answered) {
        Some("#explained")
    } else {
        (edits && page.notice.is_none()).then_some("#mapping")
    };
    let place = text::<text::mappings::Mappings>().heading;
    let title = match (&page.step, &page.problem) {
        (Some(step), _) => Some(step.heading.clone()),
        (None, Some(_)) => Some((text::<Form>().title_with_problem)(place)),
        (None, None) => None,
    };
    Drawn {
        title,
        markup: written(|| view! { <Whole page /> }),
        unsaved: false,
        first: first.map(str::to_owned),
    }
}

impl Explain {
    fn is_answered(&self) -> bool {
        self.answer.is_some() || self.closed.is_some()
    }
}

/// What a search found, as the options of the list.
pub fn options(results: &Results) -> String {
    let groups = results.groups.clone();
    written(|| view! { <Options groups /> })
}

/// What a change will do.
pub fn told(told: Told) -> String {
    written(|| view! { <Body told /> })
}

fn written<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let markup = Owner::new().with(|| view().into_view().to_html());
    // Marks for hydration, which nothing here waits for. Text and values are escaped, so these are the marks only.
    markup.replace("<!>", "")
}

#[component]
fn Whole(page: Page) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let Page {
        intro,
        notice,
        problem,
        step,
        who_may,
        remarks,
        table,
        form,
        explain,
    } = page;
    let above = view! {
        <Notice said=notice />
        {problem.map(|problem| view! { <Refused problem /> })}
    };
    let below = match step {
        Some(step) => {
            view! { <StepPage step back=routes::MAPPINGS cancel=words.keep sending=words.removing /> }
                .into_any()
        }
        None => view! {
            <div class="page-head">
                <h1 tabindex="-1">{words.heading}</h1>
                <p>{intro}</p>
            </div>
            <Remarks list=remarks />
            {who_may.map(|words| view! { <p class="who-may">{words}</p> })}
            <MappingTable table />
            {form.map(|form| view! { <FormRegion form /> })}
            {explain.map(|explain| view! { <ExplainRegion explain /> })}
        }
        .into_any(),
    };
    (above, below)
}

/// What was typed and refused, or what somebody else saved meanwhile.
#[component]
fn Refused(problem: Problem) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    view! {
        <ErrorSummary errors=problem.errors>
            {(!problem.theirs.is_empty())
                .then(|| {
                    view! {
                        <h3>{words.theirs}</h3>
                        <ul>
                            {problem
                                .theirs
                                .into_iter()
                                .map(|(label, value)| view! { <li>{format!("{label}: {value}")}</li> })
                                .collect::<Vec<_>>()}
                        </ul>
                    }
                })}
            {problem
                .link
                .map(|link| {
                    view! {
                        <a class="link" href=link.to>
                            {link.words}
                        </a>
                    }
                })}
        </ErrorSummary>
    }
}

/// What limits all mappings.
#[component]
fn Remarks(list: Vec<Remark>) -> impl IntoView {
    (!list.is_empty()).then(|| {
        view! {
            <ul class="list attention">
                {list
                    .into_iter()
                    .map(|Remark { said, way }| {
                        let (class, picture) = look(said.tone);
                        view! {
                            <li class=class>
                                <Icon picture />
                                <div class="stack stack-s">
                                    <p>{said.words}</p>
                                    {way.map(|way| view! { <Onward way /> })}
                                </div>
                            </li>
                        }
                    })
                    .collect::<Vec<_>>()}
            </ul>
        }
    })
}

/// What helps.
#[component]
pub fn Onward(
    /// Which way.
    way: Way,
) -> impl IntoView {
    match way {
        Way::Page(link) => view! {
            <a class="link" href=link.to>
                {link.words}
            </a>
        }
        .into_any(),
        Way::Away(link) => view! {
            <a class="link" href=link.to rel="external">
                {link.words}
            </a>
        }
        .into_any(),
        Way::Again(words) => view! {
            <form method="get">
                <button class="button button-small">{words}</button>
            </form>
        }
        .into_any(),
    }
}
