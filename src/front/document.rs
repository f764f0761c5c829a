//! The document around a page without WebAssembly.

use leptos::{prelude::*, tachys::view::RenderHtml};

use super::Frame;
use crate::{
    components::{
        layout::{Brand, SkipLink},
        theme::{color_scheme, data_theme},
    },
    routes,
    text::Locale,
};

/// The whole document: head, header, and `content` inside `<main>`.
///
/// The view is drawn inside an owner of its own, which is gone when the text is there.
pub(super) fn render<V: IntoView + 'static>(
    frame: &Frame,
    title: String,
    content: impl FnOnce() -> V,
) -> String {
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
                        <Brand />
                    </header>
                    <main id="main" class="door" tabindex="-1">
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
