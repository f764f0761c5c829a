//! The choice of a theme. It acts at once where a script runs; elsewhere a button sends it.

use leptos::{
    ev::Event,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{HtmlInputElement, RequestInit, RequestRedirect, UrlSearchParams, js_sys::futures::JsFuture},
};

use super::feedback::here;
use crate::{
    routes,
    text::{shell::Shell, text},
    wire::preferences::Theme,
};

/// What only the document around a page knows, and so only the server, as a context. The browser keeps what the server
/// wrote, and has none.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// The theme that is in force.
    pub theme: Theme,
    /// Writes the title into the head.
    pub write_title: fn(String),
}

/// The radios, with the theme that is in force chosen.
///
/// Their markup is text: it never changes and holds nothing that somebody typed, and as text it weighs a fraction of
/// what its elements would.
#[component]
pub fn ThemeChoice() -> impl IntoView {
    const LEGEND: &str = "theme";
    let choose = move |event: Event| {
        let chosen = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(theme) = chosen.and_then(|radio| radio.value().parse().ok()) {
            choose(theme);
        }
    };
    view! {
        <form method="post" action=routes::PREFERENCES on:change=choose>
            <input type="hidden" name="next" value=here().to_string() />
            <fieldset class="segmented" role="radiogroup" aria-labelledby=LEGEND inner_html=radios(LEGEND)></fieldset>
            <noscript inner_html=apply()></noscript>
        </form>
    }
}

/// Legend and radios. Which one is chosen is known on the server only, and the browser keeps what the server wrote.
fn radios(legend: &str) -> String {
    let words = text::<Shell>();
    let in_force = use_context::<Document>().map(|document| document.theme);
    let mut markup = format!(
        r#"<legend id="{legend}">{}</legend><div class="options">"#,
        words.theme
    );
    for theme in Theme::ALL {
        let word = match theme {
            Theme::System => words.system,
            Theme::Light => words.light,
            Theme::Dark => words.dark,
        };
        let value = theme.name();
        let checked = if Some(theme) == in_force { " checked" } else { "" };
        let radio = format!(r#"<input type="radio" name="theme" value="{value}"{checked}>"#);
        markup.extend(["<label>", &radio, word, "</label>"]);
    }
    markup.push_str("</div>");
    markup
}

/// The button that sends the choice. A browser that runs scripts reads it as text, so it must be no element here.
fn apply() -> String {
    format!(
        r#"<button class="button button-small">{}</button>"#,
        text::<Shell>().apply
    )
}

/// The value of `data-theme`; none leaves the choice to the operating system.
pub fn data_theme(theme: Theme) -> Option<&'static str> {
    (theme != Theme::System).then(|| theme.name())
}

/// What the browser may paint before it has the stylesheet.
pub fn color_scheme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "light dark",
        Theme::Light | Theme::Dark => theme.name(),
    }
}

/// Shows the theme at once and has the server remember it. If that fails, the theme lasts until the next page, and
/// choosing it again repairs it.
fn choose(theme: Theme) {
    if let Some(root) = document().document_element() {
        // The name of the attribute is one, so neither call can fail.
        let _ = match data_theme(theme) {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
    }
    leptos::task::spawn_local(async move {
        let Ok(fields) = UrlSearchParams::new() else {
            return;
        };
        fields.append("theme", theme.name());
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_body(&fields);
        // The answer leads back to this page, which is here already.
        request.set_redirect(RequestRedirect::Manual);
        let _ = JsFuture::from(window().fetch_with_str_and_init(routes::PREFERENCES, &request)).await;
    });
}
