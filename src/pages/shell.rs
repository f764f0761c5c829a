//! The frame of the dashboard: header, menu, theme, and the page inside it.

mod sending;

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};

use self::sending::Sending;
use super::{
    head::{OwnTitle, keep_title, title},
    place::Place,
};
use crate::{
    api,
    components::{
        disclosure::{Disclosure, DisclosureButton},
        element::{Icon, Picture, RoleName, initials},
        hydrated::{Loaded, focus, in_browser, present, waiting},
        layout::{SkipLink, TeamBrand},
        theme::ThemeChoice,
    },
    routes,
    text::{self, text},
    wire::{
        fault::Fault,
        loading::{Loading, load},
        session::Viewer,
    },
};

/// Who is signed in: loaded once by the frame, and shared with the pages inside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CurrentViewer(Loading<Viewer>);

impl CurrentViewer {
    /// Waits for the answer.
    pub(super) async fn load(self) -> Result<Viewer, Fault> {
        self.0.answer().await
    }
}

const ACCOUNT_MENU: &str = "account-menu";
const SIDE: &str = "side";

/// The frame, with the page of the current route inside.
#[component]
pub fn Shell() -> impl IntoView {
    let viewer = load(api::session::Viewer {});
    provide_context(CurrentViewer(viewer));
    provide_context(OwnTitle::default());
    let menu = Disclosure::new("menu", SIDE);
    let account = Disclosure::new("account", ACCOUNT_MENU);
    let pathname = use_location().pathname;
    let before = RefCell::new(pathname.get_untracked());
    in_browser(move || {
        let now = pathname.get();
        if before.replace(now.clone()) != now {
            menu.close();
            account.close();
        }
    });
    let sending = Sending::follow();
    let header = waiting(move || async move {
        let viewer = viewer.answer().await.ok();
        sending.show(viewer.as_ref());
        view! { <Header viewer sending menu account /> }
    });
    view! {
        <SkipLink />
        <Loaded view=header />
        <Side menu />
        <main id="main" class="sheet" tabindex="-1">
            <output></output>
            <Outlet />
        </main>
    }
}

#[component]
fn Header(viewer: Option<Viewer>, sending: Sending, menu: Disclosure, account: Disclosure) -> impl IntoView {
    let words = text::<text::shell::Shell>();
    let team = viewer.as_ref().map(|viewer| viewer.team_name.clone());
    let pathname = use_location().pathname;
    let own_title = use_context::<OwnTitle>();
    keep_title({
        let team = team.clone();
        move || {
            let own = own_title.and_then(|OwnTitle(own)| own.get());
            let heading = Place::at(&pathname.get()).heading();
            title(own.as_deref().unwrap_or(heading), team.as_deref())
        }
    });
    view! {
        <header class="top">
            <TeamBrand team />
            <nav class="crumbs" aria-label=words.breadcrumb>
                <ol inner_html=move || trail(&pathname.get())></ol>
            </nav>
            <div class="top-links">
                <span inner_html=move || sending.link()></span>
                {viewer.map(|viewer| view! { <Account viewer disclosure=account /> })}
                <DisclosureButton of=menu form_class="narrow-only" class="top-item">
                    <Icon picture=Picture::Menu />
                    {words.menu}
                </DisclosureButton>
            </div>
        </header>
    }
}

/// The way to the page in front. It holds nothing that somebody typed, and as text it weighs less than as elements.
fn trail(path: &str) -> String {
    let place = Place::at(path);
    let security = if place.is_security() {
        format!("<li>{}</li>", text::<text::shell::Shell>().security)
    } else {
        String::new()
    };
    let above = place.parent().map_or_else(String::new, |parent| {
        format!(r#"<li><a href="{}">{}</a></li>"#, parent.path(), parent.heading())
    });
    format!(
        r#"{security}{above}<li><span aria-current="page">{}</span></li>"#,
        place.heading()
    )
}

/// Who one is here, and the way out.
#[component]
fn Account(viewer: Viewer, disclosure: Disclosure) -> impl IntoView {
    let words = text::<text::shell::Shell>();
    disclosure.close_outside(".account");
    let Viewer {
        name, email, role, ..
    } = viewer;
    let (shown, heard) = (name.clone(), name.clone());
    let initials = initials(&name);
    view! {
        <div class="account" on:keydown=move |event| disclosure.on_key(&event)>
            <DisclosureButton of=disclosure class="top-item">
                <span class="avatar" aria-hidden="true">
                    {initials}
                </span>
                <span class="visually-hidden">{words.account}</span>
                <span class="name wide-only">{shown}</span>
                <span class="visually-hidden narrow-only">{heard}</span>
                <Icon picture=Picture::Down class="icon wide-only chev" />
            </DisclosureButton>
            <ul class="pop" id=ACCOUNT_MENU hidden=present(move || !disclosure.is_open())>
                <li class="who">
                    <strong>{name}</strong>
                    {email.map(|email| view! { <span class="muted small">{email}</span> })}
                    <RoleName role />
                </li>
                <li class="rule">
                    <form method="post" action=routes::LOGOUT>
                        <button>{words.sign_out}</button>
                    </form>
                </li>
            </ul>
        </div>
    }
}

/// The sidebar, which on a phone is the menu behind a button.
#[component]
fn Side(menu: Disclosure) -> impl IntoView {
    let words = text::<text::shell::Shell>();
    let pathname = use_location().pathname;
    let was_open = Cell::new(true);
    in_browser(move || {
        let open = menu.is_open();
        if open && !was_open.replace(open) {
            focus(format!("#{SIDE} a"));
        }
        was_open.set(open);
    });
    view! {
        <div
            class="side"
            id=SIDE
            data-open=present(move || menu.is_open())
            on:keydown=move |event| menu.on_key(&event)
        >
            <nav aria-label=words.main_menu>
                <ul class="menu" inner_html=move || entries(&pathname.get())></ul>
            </nav>
            <footer>
                <ThemeChoice />
            </footer>
        </div>
    }
}

/// The main menu, as text for the same reason as the [`trail`]. A page is the current one on the pages below it too.
fn entries(path: &str) -> String {
    let here = Place::at(path);
    let entry = |place: Place, picture: &str| {
        let current = if here == place || here.parent() == Some(place) {
            r#" aria-current="page""#
        } else {
            ""
        };
        let (path, name) = (place.path(), place.heading());
        format!(r#"<li><a href="{path}"{current}>{picture}{name}</a></li>"#)
    };
    format!(
        r#"{}{}<li><span class="menu-group">{}{}</span><ul>{}</ul></li>"#,
        entry(Place::Overview, &Picture::Overview.markup()),
        entry(Place::Integrations, &Picture::Plug.markup()),
        Picture::Shield.markup(),
        text::<text::shell::Shell>().security,
        entry(Place::Mappings, ""),
    )
}
