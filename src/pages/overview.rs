//! The overview: what one may do here, and why.

use leptos::{either::Either, prelude::*};
use leptos_router::{LazyRoute, lazy_route};

use super::head::PageHead;
use crate::{
    api,
    components::{
        element::{Moment, RoleName},
        feedback::FaultView,
        hydrated::{Loaded, waiting},
        whole::Whole,
    },
    domain::{kept::KEPT_FOR, time::Timestamp},
    text::{self, text},
    wire::{
        loading::{Loading, load},
        session::{Access, AccessSource},
    },
};

/// `/dashboard`.
#[derive(Debug)]
pub struct Overview {
    access: Loading<Access>,
}

#[lazy_route]
impl LazyRoute for Overview {
    fn data() -> Self {
        Self {
            access: load(api::session::Access {}),
        }
    }

    fn view(this: Self) -> AnyView {
        Whole(view! { <OverviewPage access=this.access /> }).into_any()
    }
}

#[component]
fn OverviewPage(access: Loading<Access>) -> impl IntoView {
    let words = text::<text::overview::Overview>();
    let your_access = waiting(move || async move {
        match access.answer().await {
            Ok(access) => Either::Left(view! { <YourAccess access /> }),
            Err(fault) => {
                let again = Box::new(move || access.again());
                Either::Right(view! { <FaultView fault what=words.your_access_data again /> })
            }
        }
    });
    view! {
        <PageHead heading=words.heading />
        <section class="section section-last" aria-labelledby="access">
            <div class="section-head">
                <h2 id="access">{words.your_access}</h2>
            </div>
            <div class="section-body stack">
                <Loaded view=your_access />
            </div>
        </section>
    }
}

/// The role in a sentence, and where it comes from.
#[component]
fn YourAccess(access: Access) -> impl IntoView {
    let words = text::<text::overview::Overview>();
    let roles = text::<text::roles::Roles>();
    let Access {
        role,
        team_name,
        source,
        kept_since,
        last_sign_in,
    } = access;
    view! {
        <div class="answer">
            <p class="lead">{(words.you_are)(role, &team_name)}</p>
        </div>
        <dl class="facts-rows stretch">
            <div>
                <dt>{words.role}</dt>
                <dd>
                    <RoleName role />
                    <small>{(roles.description)(role)}</small>
                </dd>
            </div>
            <div>
                <dt>{words.source}</dt>
                <dd>{in_words(source, kept_since)}</dd>
            </div>
            <div>
                <dt>{words.last_sign_in}</dt>
                <dd>
                    {match last_sign_in {
                        Some(at) => Either::Left(view! { <Moment at /> }),
                        None => Either::Right(words.never),
                    }}
                </dd>
            </div>
        </dl>
    }
}

/// Where a role comes from, and until when it is kept without the groups it came from.
fn in_words(source: AccessSource, kept_since: Option<Timestamp>) -> String {
    let roles = text::<text::roles::Roles>();
    let source = match source {
        AccessSource::Owner => roles.from_owner.to_owned(),
        AccessSource::Manual => roles.from_hand.to_owned(),
        AccessSource::Group(group) => {
            let name = group.name.as_deref().unwrap_or(&group.group_id);
            (roles.from_group_at)(name, group.priority)
        }
        AccessSource::RemovedGroup => roles.from_removed_mapping.to_owned(),
        AccessSource::Default => roles.from_default.to_owned(),
        AccessSource::Invitation => roles.from_invitation.to_owned(),
    };
    let Some(since) = kept_since else { return source };
    let moment = text::<text::times::Times>().moment;
    (text::<text::overview::Overview>().kept)(&source, &moment(since), &moment(since.plus(KEPT_FOR)))
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml;
    use scraper::{Html, Selector};

    use super::*;
    use crate::{domain::role::Role, wire::session::GroupSource};

    /// The sentence and the facts about one's access, as read from the page.
    fn facts(source: AccessSource, last_sign_in: Option<Timestamp>) -> Vec<String> {
        facts_of(source, None, last_sign_in)
    }

    fn facts_of(
        source: AccessSource,
        kept_since: Option<Timestamp>,
        last_sign_in: Option<Timestamp>,
    ) -> Vec<String> {
        let access = Access {
            role: Role::Operator,
            team_name: "Northwind <MSP>".to_owned(),
            source,
            kept_since,
            last_sign_in,
        };
        let html = Owner::new().with(|| view! { <YourAccess access /> }.to_html());
        let document = Html::parse_fragment(&html);
        let selector = Selector::parse(".lead, dd").expect("a selector");
        document.select(&selector).map(|it| it.text().collect()).collect()
    }

    fn group(name: Option<&str>) -> AccessSource {
        AccessSource::Group(GroupSource {
            name: name.map(str::to_owned),
            group_id: "5b1f0a3c-9d2e-4c67-8f10-2a7b3c4d5e6f".to_owned(),
            priority: 50,
        })
    }

    #[test]
    fn the_role_is_explained_by_its_source() {
        let sources = [
            (AccessSource::Owner, "Owner"),
            (AccessSource::Manual, "Set by hand (pinned)"),
            (
                group(Some("SonicSaaS-Operators")),
                "Group: SonicSaaS-Operators, priority 50",
            ),
            (
                group(None),
                "Group: 5b1f0a3c-9d2e-4c67-8f10-2a7b3c4d5e6f, priority 50",
            ),
            (AccessSource::RemovedGroup, "Group: a mapping that was removed"),
            (AccessSource::Default, "Default role"),
            (AccessSource::Invitation, "Invitation"),
        ];
        let at = Timestamp::parse("2026-03-04T14:02:11Z");
        for (source, said) in sources {
            assert_eq!(
                facts(source, at),
                [
                    "You are an Operator of Northwind <MSP>.",
                    "OperatorDay-to-day device operations",
                    said,
                    "4 Mar 2026, 14:02 UTC"
                ]
            );
        }
    }

    #[test]
    fn a_kept_role_says_until_when_and_why() {
        let read = Timestamp::parse("2026-03-04T14:02:11Z").expect("a time");
        let said = facts_of(group(Some("SonicSaaS-Operators")), Some(read), None);
        assert_eq!(
            said[2],
            "Group: SonicSaaS-Operators, priority 50. Kept from 4 Mar 2026, 14:02 UTC until 5 Mar 2026, 14:02 UTC, \
             because Microsoft didn't give us your groups"
        );
    }

    #[test]
    fn who_never_signed_in_reads_so() {
        assert_eq!(
            facts(AccessSource::Default, None).last().map(String::as_str),
            Some("Never")
        );
    }
}
