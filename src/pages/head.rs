//! The top of every page: its title and its heading.

use leptos::{html, prelude::*};
use leptos_meta::{ServerMetaContext, Title};

use super::shell::{Arrival, CurrentViewer};
use crate::text::{self, text};

/// Title and heading. After a navigation in the browser the heading takes the focus, so that a screen reader says where
/// one is.
#[component]
pub fn PageHead(
    /// The words of the heading, which begin the title too.
    heading: &'static str,
) -> impl IntoView {
    let element = NodeRef::<html::H1>::new();
    if let Some(arrival) = use_context::<Arrival>() {
        Effect::new(move |_| {
            if let Some(heading) = element.get()
                && arrival.by_navigation()
            {
                // The heading is in the page and can take the focus; if the browser has moved on, nothing is lost.
                let _ = heading.focus();
            }
        });
    }
    view! {
        <DocumentTitle heading />
        <div class="page-head">
            <h1 tabindex="-1" node_ref=element>
                {heading}
            </h1>
        </div>
    }
}

/// `{heading} – {team} – SonicSaaS`, or without the team while nobody is known to be signed in.
#[component]
fn DocumentTitle(heading: &'static str) -> impl IntoView {
    let words = text::<text::shell::Shell>();
    let viewer = use_context::<CurrentViewer>();
    // On the server the title is written into the head as it is, and a team may be called anything.
    let escaped = use_context::<ServerMetaContext>().is_some();
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let team = match viewer {
                    Some(viewer) => viewer.load().await.ok().map(|viewer| viewer.team_name),
                    None => None,
                };
                let title = match team {
                    Some(team) => (words.title)(heading, &team),
                    None => (words.title_outside)(heading),
                };
                let title = if escaped { escape(&title) } else { title };
                view! { <Title text=title /> }
            })}
        </Suspense>
    }
}

/// Escapes text for the content of a `<title>`.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_itself() {
        assert_eq!(
            escape("Overview – </title><b>&amp; – SonicSaaS"),
            "Overview – &lt;/title>&lt;b>&amp;amp; – SonicSaaS"
        );
    }
}
