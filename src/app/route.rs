//! The route table of the dashboard: the frame, and one page inside it.
//!
//! The router compiles its machinery once for each type of match at each level. Written as one element per route, every
//! page would add three kilobytes to the download of all others. So here all routes and both levels are one type, and
//! what a page adds is an arm of a `match`. Nothing else may be said here: what a page shows belongs to the page.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use leptos::prelude::*;
use leptos_router::{
    ChooseView, GeneratedRouteData, LazyRoute, MatchInterface, MatchNestedRoutes, MatchParams, Method,
    PathSegment, RouteMatchId, SsrMode,
};

use crate::{
    components::whole::Whole,
    pages::{Drawn, Integrations, NotFound, Overview, Shell, place::Place},
    routes,
};

/// All routes. Each has a number of its own, by which the router sees that the page is another one.
#[derive(Clone, Debug)]
pub struct Table {
    frame: RouteMatchId,
    pages: [RouteMatchId; Place::ALL.len() + 1],
}

/// All routes, in the place of one element for each.
#[component(transparent)]
pub fn Pages() -> Table {
    Table {
        frame: RouteMatchId::new_from_route_id(),
        pages: std::array::from_fn(|_| RouteMatchId::new_from_route_id()),
    }
}

impl MatchNestedRoutes for Table {
    type Data = ();
    type Match = Found;

    fn optional(&self) -> bool {
        false
    }

    fn match_nested<'a>(&'a self, path: &'a str) -> (Option<(RouteMatchId, Found)>, &'a str) {
        let place = Place::at(path);
        let found = Found {
            id: self.frame,
            matched: routes::DASHBOARD,
            shown: Shown {
                page: None,
                begun: Arc::default(),
            },
            inside: Some((place, self.pages[place as usize])),
        };
        (Some((self.frame, found)), "")
    }

    fn generate_routes(&self) -> impl IntoIterator<Item = GeneratedRouteData> + '_ {
        let of = |place: Place| match place {
            Place::GroupMembers => vec![
                PathSegment::Static(routes::MAPPINGS.into()),
                PathSegment::Param("mapping".into()),
                PathSegment::Static("members".into()),
            ],
            _ => vec![PathSegment::Static(place.path().into())],
        };
        let route = |segments| GeneratedRouteData {
            segments,
            ssr_mode: SsrMode::Async,
            methods: [Method::Get].into(),
            regenerate: Vec::new(),
        };
        let missing = vec![
            PathSegment::Static(routes::DASHBOARD.into()),
            PathSegment::Splat("any".into()),
        ];
        Place::ALL.map(of).into_iter().chain([missing]).map(route)
    }
}

/// What an address means: the frame with a page inside it, or that page.
#[derive(Clone, Debug)]
pub struct Found {
    id: RouteMatchId,
    matched: &'static str,
    shown: Shown,
    inside: Option<(Place, RouteMatchId)>,
}

impl MatchParams for Found {
    fn to_params(&self) -> Vec<(Cow<'static, str>, String)> {
        Vec::new()
    }
}

impl MatchInterface for Found {
    type Child = Self;

    fn as_id(&self) -> RouteMatchId {
        self.id
    }

    fn as_matched(&self) -> &str {
        self.matched
    }

    fn into_view_and_child(self) -> (impl ChooseView, Option<Self>) {
        let inside = self.inside.map(|(place, id)| Self {
            id,
            matched: place.path().strip_prefix(routes::DASHBOARD).unwrap_or_default(),
            shown: Shown {
                page: Some(place),
                begun: Arc::default(),
            },
            inside: None,
        });
        (self.shown, inside)
    }
}

/// The frame, or a page with what it has begun to load while its code was on the way.
#[derive(Clone, Debug)]
struct Shown {
    page: Option<Place>,
    begun: Arc<Mutex<Option<Begun>>>,
}

impl Shown {
    fn begun(&self) -> std::sync::MutexGuard<'_, Option<Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChooseView for Shown {
    async fn choose(self) -> AnyView {
        let Some(place) = self.page else {
            return Whole(Shell()).into_any();
        };
        let begun = self.begun().take();
        begun.unwrap_or_else(|| Begun::at(place)).view().await
    }

    async fn preload(&self) {
        let Some(place) = self.page else { return };
        *self.begun() = Some(Begun::at(place));
        match place {
            Place::Overview => Overview::preload().await,
            Place::Integrations => Integrations::preload().await,
            Place::Entra | Place::Mappings | Place::GroupMembers => Drawn::preload().await,
            Place::Missing => {}
        }
    }
}

/// A page whose data is asked for.
#[derive(Debug)]
enum Begun {
    Overview(Overview),
    Integrations(Integrations),
    Drawn(Drawn),
    Missing,
}

impl Begun {
    fn at(place: Place) -> Self {
        match place {
            Place::Overview => Self::Overview(Overview::data()),
            Place::Integrations => Self::Integrations(Integrations::data()),
            Place::Entra | Place::Mappings | Place::GroupMembers => Self::Drawn(Drawn::data()),
            Place::Missing => Self::Missing,
        }
    }

    async fn view(self) -> AnyView {
        match self {
            Self::Overview(page) => Overview::view(page).await,
            Self::Integrations(page) => Integrations::view(page).await,
            Self::Drawn(page) => Drawn::view(page).await,
            Self::Missing => Whole(NotFound()).into_any(),
        }
    }
}
