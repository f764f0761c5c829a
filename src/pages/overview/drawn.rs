//! The overview as the server draws it.
//!
//! The browser loads none of this, so nothing here may need it: no handlers, nothing that changes later, nothing of the
//! router. What a script does with the text, it finds by `id`s and `data-` attributes.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{
        copy::{CopyButton, Look},
        element::{Icon, Moment, RoleName},
        state::{Notice, look},
    },
    domain::{id::MappingId, kept::KEPT_FOR, time::Timestamp},
    routes,
    text::{self, text},
    wire::{
        drawn::Drawn,
        session::{Access, AccessSource},
        tenant::{Link, Said},
    },
};

/// Everything on the page.
#[derive(Debug)]
pub struct Page {
    /// What just happened.
    pub notice: Option<Said>,
    /// `Your access`.
    pub access: Access,
    /// `Needs attention`; none for people whose role is not told.
    pub attention: Option<Attention>,
}

/// `Needs attention`.
#[derive(Debug)]
pub struct Attention {
    /// The most urgent first.
    pub items: Vec<Item>,
    /// The newest look; none if there never was one.
    pub checked: Option<Timestamp>,
}

/// Something that needs attention.
#[derive(Debug)]
pub struct Item {
    /// What.
    pub said: Said,
    /// What the reader can do about it; none for people who may not.
    pub action: Option<Action>,
}

/// What can be done.
#[derive(Debug)]
pub enum Action {
    /// A link to a page of ours, with what follows its words for whoever hears a list of links.
    Go(Link, Option<String>),
    /// A link that leads to Microsoft.
    Leave(Link),
    /// A message to copy.
    Copy(String),
    /// Taking over the new name of a group, with what follows the words of the button.
    UseName(MappingId, String),
}

/// Draws the page.
pub fn draw(page: Page) -> Drawn {
    let markup = Owner::new().with(|| view! { <Whole page /> }.to_html());
    Drawn {
        title: None,
        // Marks for hydration, which nothing here waits for. Text and values are escaped, so these are the marks only.
        markup: markup.replace("<!>", ""),
        unsaved: false,
        first: None,
    }
}

#[component]
fn Whole(page: Page) -> impl IntoView {
    let words = text::<text::overview::Overview>();
    let is_last = page.attention.is_none();
    view! {
        <Notice said=page.notice />
        <div class="page-head">
            <h1 tabindex="-1">{words.heading}</h1>
        </div>
        <section class=if is_last { "section section-last" } else { "section" } aria-labelledby="access">
            <div class="section-head">
                <h2 id="access">{words.your_access}</h2>
            </div>
            <div class="section-body stack">
                <YourAccess access=page.access />
            </div>
        </section>
        {page.attention.map(|attention| view! { <NeedsAttention attention /> })}
    }
}

#[component]
fn NeedsAttention(attention: Attention) -> impl IntoView {
    let words = text::<text::attention::Attention>();
    let body = if attention.items.is_empty() {
        let checked = attention.checked.map(|at| {
            view! {
                <p class="muted">
                    {words.checked}" "
                    <Moment at />
                </p>
            }
        });
        Either::Left(view! {
            <p>{words.nothing}</p>
            {checked}
        })
    } else {
        let items: Vec<_> = attention
            .items
            .into_iter()
            .map(|item| view! { <OfList item /> })
            .collect();
        Either::Right(view! { <ul class="list attention stretch">{items}</ul> })
    };
    view! {
        <section class="section section-last" aria-labelledby="attention">
            <div class="section-head">
                <h2 id="attention">{words.heading}</h2>
            </div>
            <div class="section-body stack">{body}</div>
        </section>
    }
}

#[component]
fn OfList(item: Item) -> impl IntoView {
    let (class, picture) = look(item.said.tone);
    view! {
        <li class=class>
            <Icon picture />
            <div class="stack stack-s">
                <p>{item.said.words}</p>
                {item.action.map(|action| view! { <ToDo action /> })}
            </div>
        </li>
    }
}

#[component]
fn ToDo(action: Action) -> impl IntoView {
    const MESSAGE: &str = "credential-message";
    let words = text::<text::attention::Attention>();
    match action {
        Action::Go(link, of) => view! {
            <a class="link" href=link.to>
                {link.words}
                {of.map(|of| view! { <span class="visually-hidden">{of}</span> })}
            </a>
        }
        .into_any(),
        Action::Leave(link) => view! {
            <a class="link" href=link.to rel="external">
                {link.words}
            </a>
        }
        .into_any(),
        Action::Copy(message) => view! {
            <p class="muted small" id=MESSAGE>
                {message}
            </p>
            <div>
                <CopyButton of=MESSAGE thing=words.copied look=Look::Whole />
            </div>
        }
        .into_any(),
        Action::UseName(id, of) => view! {
            <form method="post" action=routes::MAPPING_USE_NAME>
                <input type="hidden" name="id" value=id.to_string() />
                <button class="button button-small">
                    {words.use_name} <span class="visually-hidden">{of}</span>
                </button>
            </form>
        }
        .into_any(),
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
