//! Microsoft Entra ID: the team's tenant, whether it works, which step of the connection fails, and the exact fix.
//!
//! The server says all that was found out, in words; the page arranges it. What the page alone decides is what happens
//! while something is typed or on its way.

pub mod failures;
pub mod leaving;
pub mod regions;
pub mod settings;
pub mod step;
pub mod test;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{LazyRoute, lazy_route};

use self::{
    failures::Failures,
    leaving::Draft,
    regions::{ConditionalAccess, ConsentRegion, Disconnect, GuestsRegion, OwnershipRegion, Status},
    settings::{FIELD, SettingsForm, SettingsRead},
    step::StepPage,
    test::TestRegion,
};
use super::{
    head::{PageHead, arrive, call_page},
    shell::CurrentViewer,
};
use crate::{
    api,
    components::element::Icon,
    components::{
        feedback::FaultView,
        form::{ErrorSummary, SendFailure},
        hydrated::{Changing, Loaded, focus, in_browser, waiting},
        in_place::InPlace,
        state::{Notice, look},
        whole::Whole,
    },
    routes,
    text::{self, form::Form, text},
    wire::{
        loading::{Loading, load_here},
        tenant::{EntraPage, Problem, Said},
    },
};

/// `/dashboard/integrations/entra`.
#[derive(Debug)]
pub struct Entra {
    page: Loading<EntraPage>,
}

#[lazy_route]
impl LazyRoute for Entra {
    fn data() -> Self {
        Self {
            page: load_here(api::tenant::Page {}),
        }
    }

    fn view(this: Self) -> AnyView {
        Whole(view! { <EntraView page=this.page /> }).into_any()
    }
}

/// The parts of the page that outlive an answer.
#[derive(Clone, Copy, Debug)]
pub struct Desk {
    in_place: InPlace,
    draft: Draft,
    /// Whether an answer was drawn already.
    shown: StoredValue<bool>,
}

#[component]
fn EntraView(page: Loading<EntraPage>) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let desk = Desk {
        in_place: InPlace::default(),
        draft: Draft::default(),
        shown: StoredValue::new(false),
    };
    desk.draft.guard(words.leave);
    let busy = RwSignal::new(false);
    let viewer = use_context::<CurrentViewer>();
    let drawn = waiting(move || async move {
        busy.set(true);
        let viewer = match viewer {
            Some(viewer) => viewer.load().await.ok(),
            None => None,
        };
        let answer = page.answer().await;
        busy.set(false);
        let name = answer.as_ref().ok().and_then(own_name);
        call_page(name, viewer.as_ref().map(|viewer| viewer.team_name.as_str()));
        match answer {
            Ok(page) => Whole(view! { <Answered page desk /> }).into_any(),
            Err(fault) => {
                let again = Box::new(move || page.again());
                Whole(view! {
                    <PageHead heading=words.heading />
                    <FaultView fault what=words.data again />
                })
                .into_any()
            }
        }
    });
    let submit = move |event: SubmitEvent| {
        if !desk.in_place.on_submit(&event, move || page.again()) {
            desk.draft.let_go();
        }
    };
    view! {
        <div aria-busy=Changing::derive(move || busy.get().then_some("true")) on:submit=submit>
            <SendFailure by=desk.in_place />
            <Loaded view=drawn />
        </div>
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

/// The page as the server answered it.
#[component]
fn Answered(page: EntraPage, desk: Desk) -> impl IntoView {
    let first = if page.problem.is_some() {
        Some("#problem")
    } else if page.step.is_some() {
        Some(step::LEAST)
    } else {
        None
    };
    let unsaved = page.settings.unsaved && page.step.is_none();
    in_browser(move || {
        let again = desk.shown.get_value();
        desk.shown.set_value(true);
        desk.in_place.done();
        desk.draft.begin(unsaved, again);
        if again {
            focus_after(first);
        } else {
            arrive();
        }
    });
    let EntraPage {
        notice,
        problem,
        step,
        ..
    } = &page;
    let above = view! {
        <Notice said=notice.clone() />
        {problem.clone().map(|problem| view! { <Refused problem /> })}
    };
    let below = match step.clone() {
        Some(step) => Whole(view! { <StepPage step desk /> }).into_any(),
        None => Whole(view! { <Regions page desk /> }).into_any(),
    };
    (above, below)
}

/// After an answer the focus stays on what sent it, unless something must be read first or that is gone.
fn focus_after(first: Option<&'static str>) {
    if let Some(first) = first {
        focus(first.to_owned());
        return;
    }
    request_animation_frame(|| {
        let lost = document()
            .active_element()
            .is_none_or(|element| element.tag_name() == "BODY");
        if lost {
            focus("h1".to_owned());
        }
    });
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
        <ErrorSummary words=said field=at_tenant_id.then_some(FIELD)>
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
fn Regions(page: EntraPage, desk: Desk) -> impl IntoView {
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
        return Whole(view! {
            {head}
            <p>{why}</p>
        })
        .into_any();
    }
    let error = page
        .problem
        .filter(|problem| problem.at_tenant_id)
        .map(|problem| problem.words);
    let settings = match page.who_may {
        None => Whole(view! { <SettingsForm settings=page.settings error desk /> }).into_any(),
        Some(who_may) => Whole(view! { <SettingsRead settings=page.settings who_may /> }).into_any(),
    };
    Whole(view! {
        {head}
        <Status status=page.status />
        {settings}
        <TestRegion test=page.test can_change in_place=desk.in_place />
        <OwnershipRegion ownership=page.ownership />
        <ConsentRegion consent=page.consent />
        <GuestsRegion guests=page.guests />
        {page.conditional_access.then(|| view! { <ConditionalAccess /> })}
        {page.failures.map(|list| view! { <Failures list /> })}
        {page.can_disconnect.then(|| view! { <Disconnect /> })}
    })
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

#[cfg(test)]
mod tests;
