//! The page of a recovery link.

use leptos::{prelude::*, tachys::view::RenderHtml};

use super::{Frame, document};
use crate::{
    components::element::{Icon, Picture},
    domain::time::Timestamp,
    text::{front::Front, shell::Shell, text},
};

/// What the page of a recovery link shows.
#[derive(Clone, Debug)]
pub enum Recover {
    /// The link works.
    Offered {
        /// Where its form goes: the page's own path.
        action: String,
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
            Recover::Offered {
                action,
                person,
                until,
            } => view! {
                <p>{(words.recovery_for)(&person, until)}</p>
                <form method="post" action=action data-sending=words.signing_in>
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
    let said = text::<Front>().recovered;
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
