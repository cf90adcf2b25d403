//! The double's events: signed anew at each try, tried again a few times.

use aws_lc_rs::hmac;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use super::TestCheckout;
use super::session::Session;
use crate::chance;

/// The version of the API whose form the double has.
const API_VERSION: &str = "2026-09-30.endive";

/// How events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deliveries {
    /// Each once, in their order.
    InOrder,
    /// Each twice.
    Twice,
    /// Each once, the newest first.
    Reversed,
    /// Not at all. They are gone.
    Dropped,
}

/// What became of the events that were waiting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivered {
    /// The statuses that the webhook answered, each try.
    pub statuses: Vec<u16>,
    /// Events that were given up.
    pub given_up: u64,
}

/// An event that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    body: String,
}

impl Event {
    pub(super) fn about(session: &Session, kind: &'static str, now: u64) -> Self {
        let body = json!({
            "id": format!("evt_{}", chance::letters(24)), "object": "event", "api_version": API_VERSION, "created": now,
            "livemode": false, "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null},
            "type": kind, "data": {"object": session.to_json(false)},
        });
        Self { body: body.to_string() }
    }
}

/// Returns the header with which a body is sent at a time.
pub(super) fn signature<'a>(body: &str, secrets: impl IntoIterator<Item = &'a str>, now: u64) -> String {
    let signed = format!("{now}.{body}");
    let sign = |secret: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, signed.as_bytes());
        tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let signatures = secrets.into_iter().map(|secret| format!(",v1={}", sign(secret)));
    format!("t={now}{}", signatures.collect::<String>())
}

impl TestCheckout {
    /// Sends the events that wait, one after the other.
    pub async fn deliver(&self) -> Delivered {
        let (events, deliveries) = {
            let mut state = self.state();
            (std::mem::take(&mut state.events), state.deliveries)
        };
        let events: Vec<Event> = match deliveries {
            Deliveries::InOrder => events.into(),
            Deliveries::Twice => events.into_iter().flat_map(|event| [event.clone(), event]).collect(),
            Deliveries::Reversed => events.into_iter().rev().collect(),
            Deliveries::Dropped => Vec::new(),
        };
        let mut delivered = Delivered::default();
        for event in events {
            if !self.send(&event, &mut delivered.statuses).await {
                tracing::warn!("an event of the test checkout is given up");
                delivered.given_up += 1;
            }
        }
        delivered
    }

    /// Sends events as they come, for ever.
    pub(crate) async fn keep_delivering(&self) {
        loop {
            self.0.news.notified().await;
            self.deliver().await;
        }
    }

    async fn send(&self, event: &Event, statuses: &mut Vec<u16>) -> bool {
        let mut waits = self.0.settings.waits.iter();
        loop {
            let status = self.try_to_send(event).await;
            statuses.extend(status);
            if status.is_some_and(|status| (200..300).contains(&status)) {
                return true;
            }
            let Some(wait) = waits.next() else { return false };
            tokio::time::sleep(*wait).await;
        }
    }

    async fn try_to_send(&self, event: &Event) -> Option<u16> {
        let settings = &self.0.settings;
        let secrets = settings.webhook_secrets.iter().map(|secret| secret.as_str());
        let header = signature(&event.body, secrets, settings.clock.now().seconds());
        let request = self.0.http.post(&settings.webhook).header(CONTENT_TYPE, "application/json; charset=utf-8");
        let sent = request.header("stripe-signature", header).body(event.body.clone()).send().await;
        sent.ok().map(|answer| answer.status().as_u16())
    }
}
