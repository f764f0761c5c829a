//! The frame of the dashboard: header, menu, theme, and the page inside it.

use leptos::{html, prelude::*, task::tick, web_sys};
use leptos_router::{components::Outlet, hooks::use_location};
use web_sys::wasm_bindgen::JsCast as _;

use crate::{
    api,
    components::{
        disclosure::{Disclosure, DisclosureButton},
        element::{Icon, Picture, RoleName, initials},
        layout::{Brand, SkipLink},
        theme::ThemeChoice,
    },
    routes,
    text::{self, text},
    wire::{fault::Fault, preferences::Theme, session::Viewer},
};

/// Who is signed in: loaded once by the frame, and shared with the pages inside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CurrentViewer(Resource<Result<Viewer, Fault>>);

impl CurrentViewer {
    /// Waits for the answer.
    pub(super) async fn load(self) -> Result<Viewer, Fault> {
        self.0.await
    }
}

/// How one came to the page in front of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival(StoredValue<bool>);

impl Arrival {
    /// Whether the page was reached inside the browser. The first page of a visit is not: there the browser itself
    /// decides where the focus is.
    pub(super) fn by_navigation(self) -> bool {
        self.0
            .try_update_value(|visited| std::mem::replace(visited, true))
            == Some(true)
    }
}

const ACCOUNT_MENU: &str = "account-menu";
const SIDE: &str = "side";

/// The frame, with the page of the current route inside.
#[component]
pub fn Shell() -> impl IntoView {
    let viewer = Resource::new(|| (), |()| api::session::viewer());
    provide_context(CurrentViewer(viewer));
    provide_context(Arrival(StoredValue::new(false)));
    let theme = SharedValue::new(|| use_context::<Theme>().unwrap_or_default()).into_inner();
    let menu = Disclosure::new("menu");
    let account = Disclosure::new("account");
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        pathname.track();
        if before.is_some() {
            menu.close();
            account.close();
        }
    });
    view! {
        <SkipLink />
        <Suspense>
            {move || Suspend::new(async move {
                let viewer = viewer.await.ok();
                view! { <Header viewer menu account /> }
            })}
        </Suspense>
        <Side menu theme />
        <main id="main" class="sheet" tabindex="-1">
            <output></output>
            <Outlet />
        </main>
    }
}

#[component]
fn Header(viewer: Option<Viewer>, menu: Disclosure, account: Disclosure) -> impl IntoView {
    let words = text::<text::shell::Shell>();
    let team = viewer.as_ref().map(|viewer| viewer.team_name.clone());
    view! {
        <header class="top">
            <Brand team />
            <nav class="crumbs" aria-label=words.breadcrumb>
                <ol>
                    <li>
                        <span aria-current="page">{heading_here}</span>
                    </li>
                </ol>
            </nav>
            <div class="top-links">
                {viewer.map(|viewer| view! { <Account viewer disclosure=account /> })}
                <DisclosureButton of=menu controls=SIDE form_class="narrow-only" class="top-item">
                    <Icon picture=Picture::Menu />
                    {words.menu}
                </DisclosureButton>
            </div>
        </header>
    }
}

/// The heading of the page in front, for the breadcrumb.
fn heading_here() -> &'static str {
    if use_location().pathname.get() == routes::DASHBOARD {
        text::<text::overview::Overview>().heading
    } else {
        text::<text::faults::Faults>().not_found
    }
}

/// Who one is here, and the way out.
#[component]
fn Account(viewer: Viewer, disclosure: Disclosure) -> impl IntoView {
    let words = text::<text::shell::Shell>();
    let inside = NodeRef::<html::Div>::new();
    disclosure.close_outside(inside);
    let Viewer {
        name, email, role, ..
    } = viewer;
    let (shown, heard) = (name.clone(), name.clone());
    let initials = initials(&name);
    view! {
        <div class="account" node_ref=inside on:keydown=move |event| disclosure.on_key(&event)>
            <DisclosureButton of=disclosure controls=ACCOUNT_MENU class="top-item">
                <span class="avatar" aria-hidden="true">
                    {initials}
                </span>
                <span class="visually-hidden">{words.account}</span>
                <span class="name wide-only">{shown}</span>
                <span class="visually-hidden narrow-only">{heard}</span>
                <Icon picture=Picture::Down class="icon wide-only chev" />
            </DisclosureButton>
            <ul class="pop" id=ACCOUNT_MENU hidden=move || !disclosure.is_open()>
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
fn Side(menu: Disclosure, theme: Theme) -> impl IntoView {
    let words = text::<text::shell::Shell>();
    let overview = text::<text::overview::Overview>().heading;
    let side = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<bool>| {
        let open = menu.is_open();
        if open && before == Some(false) {
            leptos::task::spawn_local(async move {
                // A hidden element takes no focus, so the page is drawn first.
                tick().await;
                focus_first_link(side);
            });
        }
        open
    });
    view! {
        <div
            class="side"
            id=SIDE
            data-open=move || menu.is_open().then_some("")
            node_ref=side
            on:keydown=move |event| menu.on_key(&event)
        >
            <nav aria-label=words.main_menu>
                <ul class="menu">
                    <Entry to=routes::DASHBOARD picture=Picture::Overview name=overview />
                </ul>
            </nav>
            <footer>
                <ThemeChoice theme />
            </footer>
        </div>
    }
}

fn focus_first_link(side: NodeRef<html::Div>) {
    let first = side
        .get_untracked()
        .and_then(|side| side.query_selector("a").ok().flatten())
        .and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = first {
        // A link that is gone again by now needs no focus.
        let _ = link.focus();
    }
}

/// One page in the main menu.
#[component]
fn Entry(to: &'static str, picture: Picture, name: &'static str) -> impl IntoView {
    let pathname = use_location().pathname;
    view! {
        <li>
            <a href=to aria-current=move || (pathname.get() == to).then_some("page")>
                <Icon picture />
                {name}
            </a>
        </li>
    }
}
