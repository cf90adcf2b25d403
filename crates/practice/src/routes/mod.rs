//! The routes that exist in practice only, and what stands around all routes.

mod blobs;
mod edge;
mod onboarding;
mod refusal;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, post};
use satchel_cloud::Clock;
use satchel_cloud::local::LocalTickets;
use satchel_server::{Deps, app};
use tokio::sync::Semaphore;

use crate::checkout::TestCheckout;
use crate::firm::{Provider, SampleFirm};
use crate::keys::Keys;
use crate::request_log::RequestLog;

/// The path of [`token`].
pub(crate) const TOKEN: &str = "/practice/token";
/// The path of [`onboarding`].
pub(crate) const ONBOARDING: &str = "/practice/onboarding";
/// What the paths of tickets begin with.
pub(crate) const BLOBS: &str = "/blobs";
/// The most requests with tickets that are in memory at once; others wait.
const UPLOADS_AT_ONCE_MAX: usize = 16;

/// What the practice routes share.
#[derive(Debug)]
pub(crate) struct Practice {
    pub(crate) keys: Arc<Keys>,
    pub(crate) sample: SampleFirm,
    /// Where this server answers, without a slash at its end.
    pub(crate) base: String,
    pub(crate) provider: Arc<Provider>,
    pub(crate) tickets: LocalTickets,
    pub(crate) log: RequestLog,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) uploads: Semaphore,
}

/// Returns room for uploads.
pub(crate) fn room_for_uploads() -> Semaphore {
    Semaphore::new(UPLOADS_AT_ONCE_MAX)
}

/// Puts the server's routes, those of tickets and the practice ones together.
pub(crate) fn router(deps: Deps, practice: Arc<Practice>, checkout: &TestCheckout) -> Router {
    let own = Router::new()
        .route(TOKEN, post(token::token))
        .route(ONBOARDING, post(onboarding::onboarding))
        .layer(from_fn(edge::no_web_page))
        .route(&format!("{BLOBS}/{{*path}}"), any(blobs::blob))
        .with_state(Arc::clone(&practice));
    app(deps)
        .merge(own)
        .merge(checkout.router())
        .layer(from_fn_with_state(Arc::clone(&practice), edge::own_host))
        .layer(from_fn_with_state(practice, edge::recorded))
}
