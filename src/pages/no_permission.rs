//! A page that one's role does not open. Nothing went wrong, so it does not look like an error.

use leptos::prelude::*;

use super::{head::PageHead, shell::CurrentViewer};
use crate::{
    components::hydrated::{Loaded, waiting},
    text::{self, text},
};

/// Says whose page it is, and whom to ask.
#[component]
pub fn NoPermission(
    /// Who may open it, as a sentence.
    who_may: &'static str,
) -> impl IntoView {
    let words = text::<text::faults::Faults>();
    let roles = text::<text::roles::Roles>();
    let viewer = use_context::<CurrentViewer>();
    let whom_to_ask = waiting(move || async move {
        let viewer = match viewer {
            Some(viewer) => viewer.load().await.ok(),
            None => None,
        };
        viewer.map(|viewer| {
            let role = (roles.name)(viewer.role);
            view! { <p>{(words.role_and_owners)(role, &viewer.owners)}</p> }
        })
    });
    view! {
        <PageHead heading=words.forbidden />
        <div class="stack stack-s">
            <p>{who_may}</p>
            <Loaded view=whom_to_ask />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml as _;
    use scraper::{Html, Selector};

    use super::*;

    #[test]
    fn it_names_whose_page_it_is_and_is_no_error() {
        let who_may = "Only owners, admins and auditors can read the audit log.";
        let html = Owner::new().with(|| view! { <NoPermission who_may /> }.to_html());
        let document = Html::parse_fragment(&html);
        let words = |selector: &str| {
            let selector = Selector::parse(selector).expect("a selector");
            document
                .select(&selector)
                .map(|found| found.text().collect::<String>())
                .collect::<Vec<_>>()
        };
        assert_eq!(words("h1"), ["You can't open this page"]);
        assert_eq!(words("p")[0], who_may);
        assert_eq!(words("[role=alert]"), Vec::<String>::new());
    }
}
