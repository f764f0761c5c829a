//! The document of the dashboard and its routes.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};

use crate::wire::preferences::Theme;

/// The document around [`App`]: rendered on the server only.
///
/// The server provides the [`Theme`] as a context, so that the first paint has the right colours.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Theme>().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.name()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <HashedStylesheet options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body class="shell">
                <App />
            </body>
        </html>
    }
}

/// Everything inside `<body>`, in both halves.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
}
