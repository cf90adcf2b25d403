//! How many requests are worked on at once, and for how long.

use std::sync::Arc;

use axum::http::Method;
use satchel_server::{Deps, app};
use satchel_wire::{ErrorCode, paths};

use crate::support::{Bench, Fault, FaultyStore};

const AT_ONCE: u64 = 256;
/// Of one firm.
const OF_A_FIRM: u64 = AT_ONCE / 2;

#[tokio::test]
async fn requests_at_once_stop_at_the_limit_and_end_in_time() {
    let bench = Bench::open().await;
    let store = FaultyStore::new(&bench.store, Fault::Hangs, 1);
    let app = app(Deps { blobs: Arc::<FaultyStore>::clone(&store), ..bench.deps.clone() });
    let tokens = [bench.firm.staff(), bench.other.staff()];
    let [token, other] = &tokens;
    let request = |token: &str| Bench::request(Method::GET, &paths::feed(0), token, None);
    // From here on time passes only where all wait for it.
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let mut hanging = Vec::new();
    for (token, calls) in [(token, OF_A_FIRM), (other, AT_ONCE)] {
        while (hanging.len() as u64) < calls {
            let (app, request) = (app.clone(), request(token));
            hanging.push(tokio::spawn(async move { Bench::send_to(&app, request).await }));
        }
        while store.calls() < calls {
            tokio::task::yield_now().await;
        }
        // One firm cannot take the room of the other.
        Bench::send_to(&app, request(token)).await.refused(ErrorCode::Unavailable);
    }
    let reply = Bench::send_to(&app, request(token)).await;
    reply.refused(ErrorCode::Unavailable);
    assert!(reply.headers.contains_key("retry-after"));
    assert_eq!(store.calls(), AT_ONCE, "the one too many did nothing");
    // A store that never answers holds nobody for longer than a minute.
    for reply in hanging {
        reply.await.expect("it ends").refused(ErrorCode::Unavailable);
    }
    assert_eq!(started.elapsed().as_secs(), 60);
    // There is room again.
    let request = request(token);
    let one_more = tokio::spawn(async move { Bench::send_to(&app, request).await });
    while store.calls() == AT_ONCE {
        tokio::task::yield_now().await;
    }
    one_more.abort();
}
