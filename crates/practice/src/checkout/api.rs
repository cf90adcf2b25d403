//! The API: make, retrieve, expire.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::TestCheckout;
use super::form::{self, Parameters};
use super::kept::Answer;
use super::session::{Session, Stage};
use crate::chance;

const CREATE: &str = "/v1/checkout/sessions";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const KEY_CHARS_MAX: usize = 255;
/// How soon, and how late, a page may close, in seconds from now.
const PAGE_SECONDS: (u64, u64) = (30 * 60, 24 * 60 * 60);
/// The least and the most that Stripe takes.
const CENTS: (u64, u64) = (50, 99_999_999);

/// A refusal in Stripe's form.
pub(super) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    message: String,
    code: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, kind: "invalid_request_error", message: message.into(), code: None }
    }

    fn body(&self) -> Value {
        json!({"error": {"type": self.kind, "message": self.message, "code": self.code}})
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}

/// Lets the one test key in. A live key is told so, and goes no further.
fn admit(checkout: &TestCheckout, headers: &HeaderMap) -> Result<(), Refusal> {
    let key = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let key = key.unwrap_or_default();
    if key.starts_with("sk_live_") || key.starts_with("rk_live_") {
        let message = "This is the test checkout of a practice provider. It takes no live keys; no money moves here.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, message));
    }
    if bool::from(key.as_bytes().ct_eq(checkout.0.settings.secret_key.as_bytes())) {
        Ok(())
    } else {
        Err(Refusal::new(StatusCode::UNAUTHORIZED, "Invalid API Key provided."))
    }
}

fn no_session() -> Refusal {
    Refusal { code: Some("resource_missing"), ..Refusal::new(StatusCode::NOT_FOUND, "No such checkout.session.") }
}

/// `POST /v1/checkout/sessions`
pub(super) async fn create(
    State(checkout): State<TestCheckout>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    admit(&checkout, &headers)?;
    let malformed = |what: &str| Refusal::new(StatusCode::BAD_REQUEST, format!("Invalid {what}."));
    let parameters = form::read(&body).ok_or_else(|| malformed("body"))?;
    let key = headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().map(str::to_owned));
    let key = key.transpose().map_err(|_| malformed("idempotency key"))?;
    if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > KEY_CHARS_MAX) {
        return Err(malformed("idempotency key"));
    }
    let now = checkout.0.settings.clock.now().seconds();
    let mut state = checkout.state();
    state.asked += 1;
    if let Some(answer) = state.kept.answers.iter().find(|answer| Some(&answer.key) == key.as_ref()) {
        return replayed(answer, &parameters);
    }
    let (status, body) = match state.failures.pop_front() {
        Some(status) => (status, json!({"error": {"type": "api_error", "message": "An error, as a test asked for."}})),
        None => match made(&checkout.0.settings.base, &parameters, now) {
            Ok(session) => {
                let body = session.to_json(false);
                if !state.kept.add(session) {
                    return Err(Refusal::new(StatusCode::BAD_REQUEST, "There are too many open sessions."));
                }
                (StatusCode::OK, body)
            }
            // What is refused before anything is done is not kept under the key.
            Err(refusal) => return Err(refusal),
        },
    };
    if let Some(key) = key {
        let (path, status, body) = (CREATE.to_owned(), status.as_u16(), body.clone());
        state.kept.remember(Answer { key, path, parameters, status, body });
    }
    checkout.keep(&state);
    Ok((status, Json(body)).into_response())
}

/// Answers what was answered before, or refuses where the same key asks for something else.
fn replayed(answer: &Answer, parameters: &Parameters) -> Result<Response, Refusal> {
    if (answer.path.as_str(), &answer.parameters) != (CREATE, parameters) {
        let message = "Keys for idempotent requests can only be used with the parameters they were first used with.";
        return Err(Refusal { kind: "idempotency_error", ..Refusal::new(StatusCode::BAD_REQUEST, message) });
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Ok((status, [(REPLAYED, "true")], Json(answer.body.clone())).into_response())
}

fn made(base: &str, parameters: &Parameters, now: u64) -> Result<Session, Refusal> {
    let invalid = |name: &str| Refusal::new(StatusCode::BAD_REQUEST, format!("Invalid or missing: {name}"));
    if let Some(name) = form::unknown(parameters) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, format!("Received unknown parameter: {name}")));
    }
    let value = |name: &str| parameters.get(name).cloned();
    if value("mode").as_deref() != Some("payment") {
        return Err(invalid("mode"));
    }
    let lines = form::lines(parameters).map_err(|name| invalid(&name))?;
    let amounts = lines.iter().map(|line| line.unit.checked_mul(line.quantity));
    let amount = amounts.sum::<Option<u64>>().filter(|amount| (CENTS.0..=CENTS.1).contains(amount));
    let expires_at = match value("expires_at") {
        Some(text) => text.parse().ok(),
        None => now.checked_add(PAGE_SECONDS.1),
    };
    let expires_at = expires_at.filter(|at: &u64| {
        at.checked_sub(now).is_some_and(|seconds| (PAGE_SECONDS.0..=PAGE_SECONDS.1).contains(&seconds))
    });
    Ok(Session {
        id: format!("cs_test_{}", chance::letters(58)),
        base: base.to_owned(),
        created: now,
        expires_at: expires_at.ok_or_else(|| invalid("expires_at"))?,
        amount: amount.ok_or_else(|| invalid("line_items"))?,
        lines,
        reference: value("client_reference_id"),
        metadata: form::metadata(parameters).ok_or_else(|| invalid("metadata"))?,
        success_url: value("success_url").ok_or_else(|| invalid("success_url"))?,
        cancel_url: value("cancel_url"),
        stage: Stage::Open,
    })
}

/// `GET /v1/checkout/sessions/{session}`
pub(super) async fn retrieve(
    State(checkout): State<TestCheckout>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&checkout, &headers)?;
    let expand = form::read(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let expand = expand.iter().any(|(name, what)| name.starts_with("expand[") && what == "payment_intent");
    let session = checkout.change(&id, |session| (session.to_json(expand), None));
    session.map(Json).ok_or_else(no_session)
}

/// `POST /v1/checkout/sessions/{session}/expire`
pub(super) async fn expire(
    State(checkout): State<TestCheckout>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&checkout, &headers)?;
    let closed = checkout.change(&id, |session| {
        let (closed, event) = session.close();
        (closed.then(|| session.to_json(false)), event)
    });
    let message = "Only Checkout Sessions with a status of open can be expired.";
    closed.ok_or_else(no_session)?.map(Json).ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, message))
}
