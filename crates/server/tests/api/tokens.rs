//! Whose requests count: those with a token that the sign-in signed, for this server, now.

use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, encode};
use satchel_wire::{ErrorCode, Recipient, Route, paths};
use serde_json::{Value, json};

use crate::log::write;
use crate::support::{Bench, Claims, NOW, Reply, TestJwks, TestOrder, authority, encoding_key, other_encoding_key};

const ROLES: &[&str] = &["orderer", "approver", "firm-admin"];

/// A request to each route that would be answered, and have its effect, if it had a token. A new route does not compile here
/// until it has a row.
fn row(route: Route, bench: &Bench, order: &TestOrder) -> (Method, String, Option<Value>) {
    let one = 1.try_into().expect("from 1");
    let next = bench.firm.next_roster(&bench.firm.first_roster(), |_| ());
    let next = bench.firm.admin.sign(next).expect("a roster");
    match route {
        Route::Bundle => (Method::GET, paths::BUNDLE.to_owned(), None),
        Route::NewestRoster => (Method::GET, paths::NEWEST_ROSTER.to_owned(), None),
        Route::Roster => (Method::GET, paths::roster(one), None),
        Route::PutRoster => {
            let two = 2.try_into().expect("from 1");
            (Method::PUT, paths::roster(two), Some(json!({"roster": next.compact()})))
        }
        Route::WorkspaceKey => (Method::GET, paths::workspace_key(one, Recipient::Recovery), None),
        Route::PutWorkspaceKey => {
            let wrapped = BASE64_URL_SAFE_NO_PAD.encode([1; 113]);
            (Method::PUT, paths::workspace_key(one, Recipient::Recovery), Some(json!({"wrapped": wrapped})))
        }
        Route::Tickets => (Method::POST, paths::tickets(order.order, order.revision), Some(order.body())),
        Route::Commit => (Method::POST, paths::commit(order.order, order.revision), Some(order.body())),
        Route::Order => (Method::GET, paths::order(order.order), None),
        Route::Log => (Method::GET, paths::log(order.order, 0), None),
        Route::Returned => (Method::GET, paths::returned(order.order, one), None),
        Route::Checkout => (Method::POST, paths::checkout(order.order), None),
        Route::Feed => (Method::GET, paths::feed(0), None),
    }
}

fn without_token(method: &Method, path: &str, body: Option<&Value>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).expect("a request")
}

#[track_caller]
fn assert_unauthenticated(reply: &Reply) {
    assert!(reply.refused(ErrorCode::Unauthenticated).blobs().is_empty());
    assert_eq!(reply.headers.get("www-authenticate").expect("it is there"), "Bearer");
    assert_eq!(reply.headers.get("cache-control").expect("it is there"), "no-store");
}

#[tokio::test]
async fn no_route_answers_without_a_token() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    write(&bench, &bench.firm, &format!("orders/{}/returns/1", order.order), b"sealed".to_vec(), [].into()).await;
    let before = bench.stored().await;
    for route in Route::ALL {
        let (method, path, body) = row(*route, &bench, &order);
        assert_unauthenticated(&bench.send(without_token(&method, &path, body.as_ref())).await);
        let other = if method == Method::GET { Method::DELETE } else { Method::GET };
        let reply = bench.send(without_token(&other, &path, None)).await;
        assert!(matches!(reply.status, 401 | 404 | 405), "{route:?} by {other}: {}", reply.status);
    }
    assert_eq!(bench.stored().await, before, "nothing was written");
    // The rows are real: with a token each of them is answered, the writing ones first.
    let mut routes = Route::ALL.to_vec();
    routes.sort_by_key(|route| !matches!(route, Route::PutWorkspaceKey | Route::PutRoster | Route::Commit));
    for route in routes {
        let (method, path, body) = row(route, &bench, &order);
        let reply = bench.send(Bench::request(method, &path, &bench.firm.staff(), body.as_ref())).await;
        if route == Route::Checkout {
            // `payments/` has a checkout; what answers here has none.
            reply.refused(ErrorCode::PaymentsUnavailable);
        } else {
            assert!(matches!(reply.status, 200 | 204), "{route:?}: {}", reply.text());
        }
    }
    assert_ne!(bench.stored().await, before);
}

/// Signs with something other than the sign-in's key, or says something else.
fn forgeries(bench: &Bench) -> Vec<(&'static str, String)> {
    let good = || Claims::of(&bench.firm, ROLES);
    let mut unsigned = good().signed();
    let payload = unsigned.split('.').nth(1).expect("a payload").to_owned();
    unsigned.truncate(unsigned.rfind('.').expect("a signature") + 1);
    let header = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let none = format!("{}.{payload}.", header(r#"{"alg":"none","typ":"JWT","kid":"one"}"#));

    // The public key as if it were a shared secret, in the two forms that libraries took for one.
    let modulus = TestJwks::set_of(&[("one", &encoding_key())])["keys"][0]["n"].as_str().expect("a text").to_owned();
    let mut symmetric = good();
    symmetric.header.alg = Algorithm::HS256;
    let confused = |secret: &[u8]| encode(&symmetric.header, &symmetric.claims, &EncodingKey::from_secret(secret));

    let mut by_other = good();
    by_other.header.kid = Some("one".to_owned());
    let mut brings_key = good();
    brings_key.header.jku = Some("https://attacker.example/keys".to_owned());
    let mut critical = good();
    critical.header.crit = Some(vec!["b64".to_owned()]);
    let mut other_rsa = good();
    other_rsa.header.alg = Algorithm::PS256;
    let mut no_kid = good();
    no_kid.header.kid = None;

    let (own, elsewhere) = (good().signed(), good().with("tid", json!(bench.other.tenant)).signed());
    let part = |token: &str, n: usize| token.split('.').nth(n).expect("three parts").to_owned();
    let swapped = format!("{}.{}.{}", part(&elsewhere, 0), part(&elsewhere, 1), part(&own, 2));
    vec![
        ("alg none", none),
        ("no signature", unsigned),
        ("HS256 with the modulus", confused(modulus.as_bytes()).expect("a token")),
        ("HS256 with the key file", confused(include_bytes!("keys/test-only-token.pem")).expect("a token")),
        ("another key under the same id", by_other.signed_by(&other_encoding_key())),
        ("a key of its own", brings_key.signed()),
        ("a critical header", critical.signed()),
        ("PS256", other_rsa.signed()),
        ("no key id", no_kid.signed()),
        ("claims of another token", swapped),
        ("no token at all", "not-a-token".to_owned()),
        ("two dots", "..".to_owned()),
        ("nothing", String::new()),
        ("a long one", "a".repeat(20_000)),
    ]
}

/// Says something that does not count, in a token that is signed as it should be.
fn wrong_claims(bench: &Bench) -> Vec<(&'static str, String)> {
    let good = || Claims::of(&bench.firm, ROLES);
    let issuer = |text: String| good().with("iss", json!(text)).signed();
    let tenant = bench.firm.tenant;
    vec![
        ("expired", good().with("exp", json!(NOW - 60)).signed()),
        ("not yet valid", good().with("nbf", json!(NOW + 61)).signed()),
        ("no end", good().without("exp").signed()),
        ("no beginning", good().without("nbf").signed()),
        ("an end as text", good().with("exp", json!("4000000000")).signed()),
        ("another audience", good().with("aud", json!("api://other")).signed()),
        ("two audiences", good().with("aud", json!([crate::support::AUDIENCE, "api://other"])).signed()),
        ("no audience", good().without("aud").signed()),
        ("another sign-in", issuer(format!("https://attacker.example/{tenant}/v2.0"))),
        ("the first version's issuer", issuer(format!("{}/{tenant}/", authority()))),
        ("another tenant's issuer", issuer(format!("{}/{}/v2.0", authority(), bench.other.tenant))),
        ("an issuer that goes on", issuer(format!("{}/{tenant}/v2.0/", authority()))),
        ("no issuer", good().without("iss").signed()),
        ("no tenant", good().without("tid").signed()),
        ("no person", good().without("oid").signed()),
        ("a person that is no id", good().with("oid", json!("dana")).signed()),
    ]
}

#[tokio::test]
async fn a_token_that_does_not_count_has_no_effect() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    let before = bench.stored().await;
    for (what, token) in forgeries(&bench).into_iter().chain(wrong_claims(&bench)) {
        let path = paths::commit(order.order, order.revision);
        let reply = bench.post(&path, &token, &order.body()).await;
        assert_eq!(reply.status, 401, "{what}: {}", reply.text());
        assert_unauthenticated(&reply);
        assert_unauthenticated(&bench.get(paths::BUNDLE, &token).await);
    }
    assert_eq!(bench.stored().await, before, "nothing was written");
}

#[tokio::test]
async fn a_token_counts_to_the_second() {
    let bench = Bench::open().await;
    for claims in [
        Claims::of(&bench.firm, ROLES).with("exp", json!(NOW - 59)),
        Claims::of(&bench.firm, ROLES).with("nbf", json!(NOW + 60)),
    ] {
        bench.get(paths::BUNDLE, &claims.signed()).await.ok();
    }
}

#[tokio::test]
async fn the_header_has_one_form() {
    let bench = Bench::open().await;
    let token = bench.firm.staff();
    for value in [format!("Basic {token}"), token.clone(), format!("Bearer  {token}"), "Bearer".to_owned()] {
        let request = Request::get(paths::BUNDLE).header("authorization", value);
        assert_unauthenticated(&bench.send(request.body(Body::empty()).expect("a request")).await);
    }
    let twice = Request::get(paths::BUNDLE).header("authorization", format!("Bearer {token}"));
    let twice = twice.header("authorization", format!("Bearer {token}"));
    assert_unauthenticated(&bench.send(twice.body(Body::empty()).expect("a request")).await);
}

#[tokio::test]
async fn an_unknown_key_is_asked_for_once_a_minute() {
    let bench = Bench::open().await;
    let mut claims = Claims::of(&bench.firm, ROLES);
    claims.header.kid = Some("two".to_owned());
    let token = claims.signed_by(&other_encoding_key());
    assert_eq!(bench.jwks.times_fetched(), 1);
    // The last fetch was a moment ago, so nobody asks again.
    assert_unauthenticated(&bench.get(paths::BUNDLE, &token).await);
    assert_eq!(bench.jwks.times_fetched(), 1);
    // The sign-in changes its keys; a minute later the new one is found, and the old one no longer counts.
    bench.jwks.change(Some(TestJwks::set_of(&[("two", &other_encoding_key())])));
    bench.clock.set(NOW + 60);
    bench.get(paths::BUNDLE, &token).await.ok();
    assert_eq!(bench.jwks.times_fetched(), 2);
    for _ in 0..3 {
        assert_unauthenticated(&bench.get(paths::BUNDLE, &bench.firm.staff()).await);
    }
    assert_eq!(bench.jwks.times_fetched(), 2);
}

#[tokio::test]
async fn where_the_keys_cannot_be_fetched_the_known_ones_count_for_a_day() {
    let bench = Bench::open().await;
    bench.jwks.change(None);
    let long = Claims::of(&bench.firm, ROLES).with("exp", json!(NOW + 200_000)).signed();
    bench.clock.set(NOW + 24 * 3_600 - 1);
    bench.get(paths::BUNDLE, &long).await.ok();
    assert_eq!(bench.jwks.times_fetched(), 2, "after half a day it was tried");
    bench.clock.set(NOW + 24 * 3_600 + 60);
    let reply = bench.get(paths::BUNDLE, &long).await;
    reply.refused(ErrorCode::Unavailable);
    assert!(reply.headers.contains_key("retry-after"));
    // It was tried a moment ago.
    bench.get(paths::BUNDLE, &long).await.refused(ErrorCode::Unavailable);
    assert_eq!(bench.jwks.times_fetched(), 3);
    bench.jwks.change(Some(json!({"keys": "none"})));
    bench.clock.set(NOW + 24 * 3_600 + 120);
    bench.get(paths::BUNDLE, &long).await.refused(ErrorCode::Unavailable);
}

/// A key set with a symmetric key, or with an RSA key for something else, gives no key that verifies.
#[tokio::test]
async fn only_signing_rsa_keys_of_the_set_count() {
    for (name, value) in [("use", json!("enc")), ("alg", json!("RS512")), ("kty", json!("oct"))] {
        let bench = Bench::without_rosters("http://127.0.0.1:4870/blobs/").await;
        let mut set = TestJwks::set_of(&[("one", &encoding_key())]);
        set["keys"][0][name] = value;
        set["keys"][0]["k"] = json!("c2VjcmV0");
        bench.jwks.change(Some(set));
        assert_unauthenticated(&bench.get(paths::BUNDLE, &bench.firm.staff()).await);
    }
}

#[tokio::test]
async fn one_person_cannot_ask_for_ever() {
    let bench = Bench::open().await;
    let token = bench.firm.staff();
    for _ in 1..600 {
        bench.get(paths::BUNDLE, &token).await.ok();
    }
    let reply = bench.get(paths::BUNDLE, &token).await;
    reply.refused(ErrorCode::RateLimited);
    let wait: u64 = reply.headers["retry-after"].to_str().expect("a number").parse().expect("a number");
    assert_eq!(wait, 60 - NOW % 60);
    bench.get(paths::BUNDLE, &bench.other.staff()).await.ok();
    bench.clock.set(NOW + wait);
    bench.get(paths::BUNDLE, &token).await.ok();
}
