//! All integrations: how each stands, and what to do next.

use leptos::{either::Either, prelude::*};
use leptos_router::{LazyRoute, lazy_route};

use super::{head::PageHead, place::Place};
use crate::{
    api,
    components::{
        element::Moment,
        feedback::FaultView,
        hydrated::{Loaded, waiting},
        state::StateWord,
        whole::Whole,
    },
    text::{self, text},
    wire::{
        loading::{Loading, load},
        tenant::{self as wire, IntegrationCard},
    },
};

/// `/dashboard/integrations`.
#[derive(Debug)]
pub struct Integrations {
    list: Loading<wire::Integrations>,
}

#[lazy_route]
impl LazyRoute for Integrations {
    fn data() -> Self {
        Self {
            list: load(api::integration::List {}),
        }
    }

    fn view(this: Self) -> AnyView {
        Whole(view! { <IntegrationsPage list=this.list /> }).into_any()
    }
}

#[component]
fn IntegrationsPage(list: Loading<wire::Integrations>) -> impl IntoView {
    let words = text::<text::integrations::Integrations>();
    let cards = waiting(move || async move {
        match list.answer().await {
            Ok(list) => Either::Left(view! { <Entra card=list.entra /> }),
            Err(fault) => {
                let again = Box::new(move || list.again());
                Either::Right(view! { <FaultView fault what=words.data again /> })
            }
        }
    });
    view! {
        <PageHead heading=words.heading />
        <Loaded view=cards />
    }
}

/// Microsoft Entra ID.
#[component]
fn Entra(card: IntegrationCard) -> impl IntoView {
    let words = text::<text::integrations::Integrations>();
    let tested = match card.last_tested {
        Some(at) => Either::Left(view! { <Moment at /> }),
        None => Either::Right(words.never),
    };
    view! {
        <article class="section section-last" aria-labelledby="entra">
            <div class="section-head">
                <h2 id="entra">
                    <a href=Place::Entra.path()>{Place::Entra.heading()}</a>
                </h2>
                <p>{words.entra}</p>
            </div>
            <div class="section-body stack">
                <div class="stack stack-s">
                    <StateWord said=card.status />
                    {card.reason.map(|reason| view! { <p>{reason}</p> })}
                </div>
                <dl class="facts-rows stretch">
                    <div>
                        <dt>{words.last_tested}</dt>
                        <dd>{tested}</dd>
                    </div>
                    <div>
                        <dt>{words.mappings}</dt>
                        <dd>{card.mappings}</dd>
                    </div>
                </dl>
                {card
                    .action
                    .map(|action| {
                        view! {
                            <a class="button" href=action.to>
                                {action.words}
                            </a>
                        }
                    })}
                {card.who_may.map(|who_may| view! { <p class="muted">{who_may}</p> })}
            </div>
        </article>
    }
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml as _;
    use scraper::{Html, Selector};

    use super::*;
    use crate::{
        domain::time::Timestamp,
        wire::tenant::{Link, Said, Tone},
    };

    fn card() -> IntegrationCard {
        IntegrationCard {
            status: Said {
                tone: Tone::Fail,
                words: "Needs attention".to_owned(),
            },
            reason: Some("The last test failed.".to_owned()),
            last_tested: Timestamp::parse("2026-03-04T14:02:11Z"),
            mappings: "4 group mappings".to_owned(),
            action: Some(Link {
                words: "Fix connection".to_owned(),
                to: "/dashboard/integrations/entra#test".to_owned(),
            }),
            who_may: None,
        }
    }

    fn words(card: IntegrationCard, selector: &str) -> Vec<String> {
        let html = Owner::new().with(|| view! { <Entra card /> }.to_html());
        let selector = Selector::parse(selector).expect("a selector");
        let document = Html::parse_fragment(&html);
        document
            .select(&selector)
            .map(|found| found.text().collect::<String>().trim().to_owned())
            .collect()
    }

    #[test]
    fn a_card_has_one_name_one_state_and_one_next_action() {
        assert_eq!(
            words(card(), "article[aria-labelledby=entra] h2 a"),
            ["Microsoft Entra ID"]
        );
        assert_eq!(words(card(), ".state"), ["Needs attention"]);
        assert_eq!(words(card(), "dd"), ["4 Mar 2026, 14:02 UTC", "4 group mappings"]);
        assert_eq!(words(card(), "a.button"), ["Fix connection"]);
    }

    #[test]
    fn who_may_not_change_it_reads_who_may() {
        let who_may = "Only owners and admins can change this.";
        let card = IntegrationCard {
            action: None,
            who_may: Some(who_may.to_owned()),
            last_tested: None,
            ..card()
        };
        assert_eq!(words(card.clone(), "a.button"), Vec::<String>::new());
        assert_eq!(words(card.clone(), "p.muted"), [who_may]);
        assert_eq!(words(card, "dd"), ["Never", "4 group mappings"]);
    }
}
