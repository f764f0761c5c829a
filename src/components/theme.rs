//! The choice of a theme. It acts at once where a script runs; elsewhere a button sends it.

use leptos::{
    prelude::*,
    web_sys::{RequestInit, RequestRedirect, UrlSearchParams, js_sys::futures::JsFuture},
};

use super::feedback::here;
use crate::{
    routes,
    text::{shell::Shell, text},
    wire::preferences::Theme,
};

/// The radios, with the theme that is in force chosen.
#[component]
pub fn ThemeChoice(
    /// The theme this page was drawn in.
    theme: Theme,
) -> impl IntoView {
    const LEGEND: &str = "theme";
    let words = text::<Shell>();
    let options = Theme::ALL
        .map(|offered| {
            let name = match offered {
                Theme::System => words.system,
                Theme::Light => words.light,
                Theme::Dark => words.dark,
            };
            view! {
                <label>
                    <input
                        type="radio"
                        name="theme"
                        value=offered.name()
                        checked=offered == theme
                        on:change=move |_| choose(offered)
                    />
                    {name}
                </label>
            }
        })
        .collect_view();
    // A browser that runs scripts reads what is inside <noscript> as text, so it must not be taken for elements.
    let apply = format!(r#"<button class="button button-small">{}</button>"#, words.apply);
    view! {
        <form method="post" action=routes::PREFERENCES>
            <input type="hidden" name="next" value=move || here().to_string() />
            <fieldset class="segmented" role="radiogroup" aria-labelledby=LEGEND>
                <legend id=LEGEND>{words.theme}</legend>
                <div class="options">{options}</div>
            </fieldset>
            <noscript inner_html=apply></noscript>
        </form>
    }
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
