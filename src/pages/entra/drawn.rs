//! The page as the server draws it: with a script and without one the same text.
//!
//! The browser loads none of this, so nothing here may need it: no handlers, nothing that changes later, nothing of the
//! router. What a script does with the text, it finds by `id`s and `data-` attributes.

use leptos::prelude::*;

use super::{
    failures::Failures,
    regions::{ConditionalAccess, ConsentRegion, Disconnect, GuestsRegion, OwnershipRegion, Status},
    settings::{FIELD, SettingsForm, SettingsRead},
    test::TestRegion,
};
use crate::{
    components::{
        element::Icon,
        form::ErrorSummary,
        rail::Asked,
        state::{Notice, look},
        step::{LEAST, StepPage},
    },
    routes,
    text::{self, form::Form, text},
    wire::{
        drawn::Drawn,
        tenant::{EntraPage, Problem, Said},
    },
};

/// Draws the page; `asked` is what its address says about details.
pub fn draw(page: EntraPage, asked: Asked) -> Drawn {
    let first = if page.problem.is_some() {
        Some("#problem")
    } else {
        page.step.as_ref().map(|_| LEAST)
    };
    let title = own_name(&page);
    let unsaved = page.settings.unsaved && page.step.is_none();
    let markup = Owner::new().with(|| {
        provide_context(asked);
        view! { <Page page /> }.to_html()
    });
    Drawn {
        title,
        // Marks for hydration, which nothing here waits for. Text and values are escaped, so these are the marks only.
        markup: markup.replace("<!>", ""),
        unsaved,
        first: first.map(str::to_owned),
    }
}

/// What the page is called when it is not called by its place.
fn own_name(page: &EntraPage) -> Option<String> {
    let place = text::<text::entra::Entra>().heading;
    match (&page.step, &page.problem) {
        (Some(step), _) => Some(step.heading.clone()),
        (None, Some(_)) => Some((text::<Form>().title_with_problem)(place)),
        (None, None) => None,
    }
}

#[component]
fn Page(mut page: EntraPage) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let above = view! {
        <Notice said=page.notice.take() />
        {page.problem.clone().map(|problem| view! { <Refused problem /> })}
    };
    let below = match page.step.take() {
        Some(step) => {
            view! { <StepPage step back=routes::ENTRA cancel=words.cancel sending=words.working /> }
                .into_any()
        }
        None => view! { <Regions page /> }.into_any(),
    };
    (above, below)
}

/// What was typed and refused, or what somebody else saved meanwhile.
#[component]
fn Refused(problem: Problem) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let Problem {
        words: said,
        at_tenant_id,
        verify,
        theirs,
    } = problem;
    view! {
        <ErrorSummary errors=vec![(said, at_tenant_id.then_some(FIELD))]>
            {(!theirs.is_empty())
                .then(|| {
                    view! {
                        <h3>{words.theirs}</h3>
                        <ul>
                            {theirs
                                .into_iter()
                                .map(|(label, value)| view! { <li>{format!("{label}: {value}")}</li> })
                                .collect::<Vec<_>>()}
                        </ul>
                    }
                })}
            {verify
                .map(|form| {
                    view! {
                        <form method="get" action=routes::TENANT_VERIFY>
                            <input type="hidden" name="form" value=form />
                            <button class="button button-small">{words.verify}</button>
                        </form>
                    }
                })}
        </ErrorSummary>
    }
}

/// Everything about the tenant, in the order in which it is set up.
#[component]
fn Regions(page: EntraPage) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let can_change = page.who_may.is_none();
    let head = view! {
        <div class="page-head">
            <h1 tabindex="-1">{words.heading}</h1>
            <a class="page-side" href=routes::PERMISSIONS rel="external">
                {words.permissions}
            </a>
        </div>
        <Attention list=page.attention />
    };
    if let Some(why) = page.unavailable {
        return view! {
            {head}
            <p>{why}</p>
        }
        .into_any();
    }
    let error = page
        .problem
        .filter(|problem| problem.at_tenant_id)
        .map(|problem| problem.words);
    let settings = match page.who_may {
        None => view! { <SettingsForm settings=page.settings error /> }.into_any(),
        Some(who_may) => view! { <SettingsRead settings=page.settings who_may /> }.into_any(),
    };
    view! {
        {head}
        <Status status=page.status />
        {settings}
        <TestRegion test=page.test can_change />
        <OwnershipRegion ownership=page.ownership />
        <ConsentRegion consent=page.consent />
        <GuestsRegion guests=page.guests />
        {page.conditional_access.then(|| view! { <ConditionalAccess /> })}
        {page.failures.map(|list| view! { <Failures list /> })}
        {page.can_disconnect.then(|| view! { <Disconnect /> })}
    }
    .into_any()
}

/// What is wrong whatever one does here.
#[component]
fn Attention(list: Vec<Said>) -> impl IntoView {
    (!list.is_empty()).then(|| {
        view! {
            <ul class="list attention">
                {list
                    .into_iter()
                    .map(|said| {
                        let (class, picture) = look(said.tone);
                        view! {
                            <li class=class>
                                <Icon picture />
                                <p>{said.words}</p>
                            </li>
                        }
                    })
                    .collect::<Vec<_>>()}
            </ul>
        }
    })
}
