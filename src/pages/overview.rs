//! The overview: what one may do here and why, and what needs attention. The server draws it; here is what the browser does
//! with it.

pub mod drawn;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::{
    drawn::say_once,
    head::{PageHead, arrive},
};
use crate::{
    api,
    components::{
        drawn::{on_click, reveal},
        feedback::FaultView,
        hydrated::{Loaded, in_browser, waiting},
        whole::Whole,
    },
    text::{self, text},
    wire::{
        drawn::Drawn,
        loading::{Loading, load_here},
    },
};

/// `/dashboard`.
#[derive(Debug)]
pub struct Overview {
    page: Loading<Drawn>,
}

#[lazy_route]
impl LazyRoute for Overview {
    fn data() -> Self {
        Self {
            page: load_here(api::overview::View {}),
        }
    }

    fn view(this: Self) -> AnyView {
        Whole(view! { <OverviewPage page=this.page /> }).into_any()
    }
}

#[component]
fn OverviewPage(page: Loading<Drawn>) -> impl IntoView {
    let drawn = waiting(move || async move {
        match page.answer().await {
            Ok(answer) => Whole(view! { <Answered markup=answer.markup /> }).into_any(),
            Err(fault) => {
                let words = text::<text::overview::Overview>();
                let again = Box::new(move || page.again());
                Whole(view! {
                    <PageHead heading=words.heading />
                    <FaultView fault what=words.data again />
                })
                .into_any()
            }
        }
    });
    view! {
        <div>
            <Loaded view=drawn />
        </div>
    }
}

/// The page as the server drew it. Its forms are sent as without a script.
#[component]
fn Answered(markup: String) -> impl IntoView {
    in_browser(|| {
        // The effect runs before the markup stands in the document.
        request_animation_frame(|| {
            reveal();
            say_once();
            arrive();
        });
    });
    view! { <div inner_html=markup on:click=|event| on_click(&event)></div> }
}
