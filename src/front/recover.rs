//! The page of a recovery link.

use leptos::{prelude::*, tachys::view::RenderHtml};

use super::{Frame, document};
use crate::{
    components::element::{Icon, Picture},
    domain::{role::Role, time::Timestamp},
    text::{front::Front, invitation::Invitations, shell::Shell, text},
};

/// What the page of a recovery link shows.
#[derive(Clone, Debug)]
pub enum Recover {
    /// The link works.
    Offered {
        /// For whom it was made: the address, or the name where there is none.
        person: String,
        /// Until when it works.
        until: Timestamp,
    },
    /// Used, expired or never made: the three look the same.
    Unavailable,
}

/// The whole document of `/recover/{token}`.
pub fn recover(frame: &Frame, page: &Recover) -> String {
    let words = text::<Front>();
    let heading = match page {
        Recover::Offered { .. } => words.recovery,
        Recover::Unavailable => words.link_unavailable,
    };
    let title = (text::<Shell>().title_outside)(heading);
    let page = page.clone();
    document::render(frame, title, move || {
        let content = match page {
            Recover::Offered { person, until } => view! {
                <p>{(words.recovery_for)(&person, until)}</p>
                // It goes to the page's own address, and so the page need not hold the link's secret.
                <form method="post" data-sending=words.signing_in>
                    <button class="button button-primary">{words.sign_in_button}</button>
                </form>
            }
            .into_any(),
            Recover::Unavailable => view! { <p>{words.link_ask}</p> }.into_any(),
        };
        view! {
            <output></output>
            <h1>{heading}</h1>
            {content}
        }
    })
}

/// A page's status that says how its person came in.
pub fn recovered() -> String {
    status(text::<Front>().recovered.to_owned())
}

/// A page's status that says that its person has joined.
pub fn joined(team: &str, role: Role) -> String {
    status((text::<Invitations>().joined)(team, role))
}

fn status(said: String) -> String {
    let status = Owner::new().with(|| {
        view! {
            <output class="banner">
                <Icon picture=Picture::Info />
                <span class="text">{said}</span>
            </output>
        }
        .to_html()
    });
    status.replace("<!>", "")
}
