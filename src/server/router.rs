//! Routes, layers and their order.

use axum::{
    Router,
    extract::{Request, State},
    middleware,
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use tower_http::{
    compression::{CompressionLayer, Predicate as _, predicate::SizeAbove},
    services::{ServeDir, ServeFile},
};

use super::{
    again, invitation, invite, layers, login, ops, password, permissions, recovery, reply, sso, state,
    state::AppState, tenant,
};
use crate::{app, front::Problem, routes};

/// The whole server.
pub(super) fn router(state: AppState, session_ring: bool) -> Router {
    let options = state.leptos().clone();
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let pages = generate_route_list(app::App);
    let pages = Router::new()
        .leptos_routes_with_context(&state, pages, state::contexts(&state), shell)
        .layer(middleware::from_fn_with_state(state.clone(), recovery::say_once));
    let mut own = Router::new()
        .route(routes::ROOT, get(login::root))
        .route(routes::LOGIN, get(login::page).post(password::sign_in))
        .route(routes::PERMISSIONS, get(permissions::page))
        .route(routes::RECOVER, get(recovery::page).post(recovery::sign_in))
        .route(routes::INVITE, get(invite::page).post(invite::post))
        .route(routes::INVITED, get(invite::again).post(invite::post_again))
        .route(routes::INVITATION_FILE, get(invitation::download))
        .route(routes::LOGOUT, post(login::sign_out))
        .route(routes::PREFERENCES, post(login::preferences))
        .route(routes::SIGN_IN, get(sso::start))
        .route(routes::TENANT_CONSENT, get(tenant::start_consent))
        .route(routes::TENANT_VERIFY, get(tenant::start_verify))
        .route(routes::FRONT_CHANNEL_LOGOUT, get(sso::front_channel_logout))
        .merge(pages);
    if session_ring {
        own = own.layer(middleware::from_fn_with_state(
            state.clone(),
            layers::session_ring,
        ));
    }
    let own = own
        .layer(middleware::from_fn_with_state(state.clone(), again::answer))
        .layer(middleware::from_fn_with_state(state.clone(), layers::door))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(512).and(IsText)));

    let site = options.site_root.as_ref();
    let file = |path: &str| {
        ServeFile::new(format!("{site}{path}"))
            .precompressed_br()
            .precompressed_gzip()
    };
    let package = ServeDir::new(format!("{site}/{}", options.site_pkg_dir))
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(false);
    let files = Router::new()
        .nest_service(&format!("/{}", options.site_pkg_dir), package)
        .route_service(routes::FRONT_SCRIPT, file(routes::FRONT_SCRIPT))
        .route_service(routes::ICONS, file(routes::ICONS))
        .route_service(routes::FAVICON, file(routes::FAVICON))
        .route_service(routes::ROBOTS, file(routes::ROBOTS))
        .route(routes::HEALTH, get(ops::health))
        .route(routes::READY, get(ops::ready));

    Router::new()
        .merge(own)
        .merge(files)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(state.clone(), layers::gate))
        .layer(middleware::from_fn_with_state(state.clone(), layers::headers))
        .layer(middleware::from_fn_with_state(state.clone(), layers::arrive))
        .with_state(state)
}

/// Pages and data; the files of the site are compressed when it is built.
#[derive(Clone, Copy, Debug)]
struct IsText;

impl tower_http::compression::Predicate for IsText {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &http::Response<B>) -> bool {
        let kind = response
            .headers()
            .get(http::header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        kind.is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
    }
}

async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let fault = crate::wire::fault::Fault::Missing;
    let mut response = reply::refuse(&state, request.headers(), is_api, "", fault, &Problem::NotFound);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
