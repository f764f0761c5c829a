//! The document around a page without WebAssembly.

use leptos::{prelude::*, tachys::view::RenderHtml};

use super::Frame;
use crate::{
    components::{
        layout::{Brand, SkipLink, TeamBrand},
        theme::{color_scheme, data_theme},
    },
    routes,
    text::Locale,
};

/// The sheet that a page stands on.
#[derive(Debug)]
pub(super) enum Sheet {
    /// A small one, as for signing in.
    Door,
    /// A wide one, to be read and printed; for a reader of this team, when one is known.
    Document(Option<String>),
}

/// The whole document: head, header, and `content` inside `<main>`.
pub(super) fn render<V: IntoView + 'static>(
    frame: &Frame,
    title: String,
    content: impl FnOnce() -> V,
) -> String {
    render_on(Sheet::Door, frame, title, content)
}

/// The same, on that sheet.
///
/// The view is drawn inside an owner of its own, which is gone when the text is there.
pub(super) fn render_on<V: IntoView + 'static>(
    sheet: Sheet,
    frame: &Frame,
    title: String,
    content: impl FnOnce() -> V,
) -> String {
    let (class, team) = match sheet {
        Sheet::Door => ("door", None),
        Sheet::Document(team) => ("document", team),
    };
    let Frame { theme, assets } = frame.clone();
    let body = Owner::new().with(|| {
        view! {
            <html lang=Locale::default().tag() data-theme=data_theme(theme)>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content=color_scheme(theme) />
                    <title>{title}</title>
                    <link rel="icon" href=routes::FAVICON type="image/svg+xml" />
                    <link rel="stylesheet" href=assets.stylesheet />
                    <script src=routes::FRONT_SCRIPT defer></script>
                </head>
                <body class="plain">
                    <SkipLink />
                    <header class="top">
                        {match team {
                            Some(team) => view! { <TeamBrand team=Some(team) /> }.into_any(),
                            None => view! { <Brand /> }.into_any(),
                        }}
                    </header>
                    <main id="main" class=class tabindex="-1">
                        {content()}
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    // Marks for hydration, which nothing here waits for. Text and values are escaped, so these are the marks only.
    let body = body.replace("<!>", "");
    format!("<!DOCTYPE html>\n{body}\n")
}
