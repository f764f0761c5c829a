//! The document of the dashboard, and its routes.

pub mod route;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title};
use leptos_router::components::{Router, Routes};

use self::route::Pages;
use crate::{
    components::theme::{Document, color_scheme, data_theme},
    routes,
    text::Locale,
    wire::preferences::Theme,
};

/// The document around [`App`]: rendered on the server only.
///
/// The server provides the [`Theme`] as a context, so that the first paint has the right colours.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Theme>().unwrap_or_default();
    provide_context(Document { theme, write_title });
    view! {
        <!DOCTYPE html>
        <html lang=Locale::default().tag() data-theme=data_theme(theme)>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content=color_scheme(theme) />
                <link rel="icon" href=routes::FAVICON type="image/svg+xml" />
                <HashedStylesheet options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body class="shell">
                <App />
            </body>
        </html>
    }
}

/// Puts the title among what goes into the head. It goes there as it is, and a team may be called anything.
fn write_title(title: String) {
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    drop(view! { <Title text=title /> });
}

/// Everything inside `<body>`, in both halves.
///
/// It also runs once when the server starts, with an empty request and without any context, to list the routes.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            // Every address the server gives to this app lies under the dashboard, so nothing falls through.
            <Routes fallback=|| ()>
                <Pages />
            </Routes>
        </Router>
    }
}
