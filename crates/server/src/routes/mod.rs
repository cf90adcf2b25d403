//! The routes: one file each, mounted from the list in `wire`.

mod bundle;
mod checkout;
mod commit;
mod edge;
mod extract;
mod feed;
mod log;
mod newest_roster;
mod order;
mod put_roster;
mod put_workspace_key;
mod returned;
mod roster;
mod stripe_webhook;
mod tickets;
mod workspace_key;

use std::convert::Infallible;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{MethodRouter, get, post, put};
use satchel_wire::limits::{MANIFEST_BODY_BYTES_MAX, ROSTER_BODY_BYTES_MAX, WORKSPACE_KEY_BODY_BYTES_MAX};
use satchel_wire::{ErrorCode, Method, Route};
use tower_http::catch_panic::CatchPanicLayer;

use crate::auth::{Role, admit};
use crate::error::HttpError;
use crate::payments::{STRIPE_EVENT_BYTES_MAX, STRIPE_WEBHOOK_PATH};
use crate::server::{Deps, Server};

/// Makes the server's HTTP side.
pub fn app(deps: Deps) -> Router {
    let server = Server::new(deps);
    let mut router = Router::new();
    for route in Route::ALL {
        let one = mounted(*route)
            .layer::<_, Infallible>(from_fn_with_state((server.clone(), *route), admit))
            .layer(DefaultBodyLimit::max(body_bytes_max(*route)));
        router = router.route(route.template(), one);
    }
    let events = post(stripe_webhook::stripe_webhook).layer(DefaultBodyLimit::max(STRIPE_EVENT_BYTES_MAX));
    router
        .route(STRIPE_WEBHOOK_PATH, events)
        .fallback(async || HttpError::from(ErrorCode::NotFound))
        .method_not_allowed_fallback(async || HttpError::from(ErrorCode::MethodNotAllowed))
        .layer(from_fn_with_state(server.clone(), edge::within_time))
        .layer(CatchPanicLayer::custom(edge::after_panic))
        .layer(map_response(edge::never_cached))
        .layer(from_fn_with_state(server.clone(), edge::recorded))
        .with_state(server)
}

/// The handler of each route. A new route does not compile until it has one.
fn mounted(route: Route) -> MethodRouter<Server> {
    match route {
        Route::Bundle => by(route, bundle::bundle),
        Route::NewestRoster => by(route, newest_roster::newest_roster),
        Route::Roster => by(route, roster::roster),
        Route::PutRoster => by(route, put_roster::put_roster),
        Route::WorkspaceKey => by(route, workspace_key::workspace_key),
        Route::PutWorkspaceKey => by(route, put_workspace_key::put_workspace_key),
        Route::Tickets => by(route, tickets::tickets),
        Route::Commit => by(route, commit::commit),
        Route::Order => by(route, order::order),
        Route::Log => by(route, log::log),
        Route::Returned => by(route, returned::returned),
        Route::Checkout => by(route, checkout::checkout),
        Route::Feed => by(route, feed::feed),
    }
}

fn by<H: Handler<T, Server>, T: 'static>(route: Route, handler: H) -> MethodRouter<Server> {
    match route.method() {
        Method::Get => get(handler),
        Method::Put => put(handler),
        Method::Post => post(handler),
    }
}

/// Who may use a route.
pub(crate) const fn roles(route: Route) -> &'static [Role] {
    match route {
        Route::Bundle
        | Route::NewestRoster
        | Route::Roster
        | Route::WorkspaceKey
        | Route::Order
        | Route::Log
        | Route::Returned
        | Route::Feed => Role::ANY,
        Route::PutRoster | Route::PutWorkspaceKey => Role::ADMITTING,
        Route::Tickets | Route::Commit => Role::ORDERING,
        Route::Checkout => Role::PAYING,
    }
}

/// The most bytes of a route's request.
const fn body_bytes_max(route: Route) -> usize {
    match route {
        Route::Bundle
        | Route::NewestRoster
        | Route::Roster
        | Route::WorkspaceKey
        | Route::Order
        | Route::Log
        | Route::Returned
        | Route::Checkout
        | Route::Feed => 0,
        Route::PutRoster => ROSTER_BODY_BYTES_MAX,
        Route::PutWorkspaceKey => WORKSPACE_KEY_BODY_BYTES_MAX,
        Route::Tickets | Route::Commit => MANIFEST_BODY_BYTES_MAX,
    }
}
