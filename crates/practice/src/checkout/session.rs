//! A Checkout Session of the double, and the JSON that Stripe would answer of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A line of the payment page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) quantity: u64,
    pub(super) unit: u64,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    Open,
    /// A bank payment was made, and the bank says nothing yet.
    Processing,
    Paid,
    /// The bank refused.
    Refused,
    Expired,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Session {
    pub(super) id: String,
    /// The address of the checkout that made it.
    pub(super) base: String,
    pub(super) created: u64,
    pub(super) expires_at: u64,
    pub(super) amount: u64,
    pub(super) lines: Vec<Line>,
    pub(super) reference: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) success_url: String,
    pub(super) cancel_url: Option<String>,
    pub(super) stage: Stage,
}

/// A payment whose money would have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The session.
    pub session: String,
    /// What the session is for: the order's id.
    pub reference: Option<String>,
    /// How much.
    pub cents: u64,
}

/// What somebody does on the payment page; the bank's two are what happens days later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Pays at once.
    Pay,
    /// Pays by a bank transfer that takes days.
    Bank,
    /// Is declined; the page stays open.
    Decline,
    /// The bank transfer arrives.
    BankConfirms,
    /// The bank transfer comes back.
    BankRefuses,
}

const COMPLETED: &str = "checkout.session.completed";
const SUCCEEDED: &str = "checkout.session.async_payment_succeeded";
const FAILED: &str = "checkout.session.async_payment_failed";
const EXPIRED: &str = "checkout.session.expired";

impl Session {
    /// Closes a page whose time has come. Returns the event that follows.
    pub(super) fn age(&mut self, now: u64) -> Option<&'static str> {
        if self.stage == Stage::Open && now >= self.expires_at { self.close().1 } else { None }
    }

    /// Closes an open page. Answers whether it was one, and the event that follows.
    pub(super) fn close(&mut self) -> (bool, Option<&'static str>) {
        if self.stage != Stage::Open {
            return (false, None);
        }
        self.stage = Stage::Expired;
        (true, Some(EXPIRED))
    }

    /// Answers whether it takes a choice, and the event that follows.
    pub(super) fn choose(&mut self, choice: Choice) -> (bool, Option<&'static str>) {
        let (stage, event) = match (self.stage, choice) {
            (Stage::Open, Choice::Pay) => (Stage::Paid, Some(COMPLETED)),
            (Stage::Open, Choice::Bank) => (Stage::Processing, Some(COMPLETED)),
            (Stage::Open, Choice::Decline) => (Stage::Open, None),
            (Stage::Processing, Choice::BankConfirms) => (Stage::Paid, Some(SUCCEEDED)),
            (Stage::Processing, Choice::BankRefuses) => (Stage::Refused, Some(FAILED)),
            (Stage::Open | Stage::Processing | Stage::Paid | Stage::Refused | Stage::Expired, _) => {
                return (false, None);
            }
        };
        self.stage = stage;
        (true, event)
    }

    pub(super) fn charge(&self) -> Option<Charge> {
        let paid = self.stage == Stage::Paid;
        let charge = || Charge { session: self.id.clone(), reference: self.reference.clone(), cents: self.amount };
        paid.then(charge)
    }

    /// Tells whether nothing more happens to it.
    pub(super) const fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Paid | Stage::Refused | Stage::Expired)
    }

    /// The session as Stripe's API answers it.
    pub(super) fn to_json(&self, expand_payment: bool) -> Value {
        let status = match self.stage {
            Stage::Open => "open",
            Stage::Processing | Stage::Paid | Stage::Refused => "complete",
            Stage::Expired => "expired",
        };
        let url = (self.stage == Stage::Open).then(|| format!("{}/checkout/pay/{}", self.base, self.id));
        json!({
            "id": self.id, "object": "checkout.session", "livemode": false, "created": self.created,
            "expires_at": self.expires_at, "mode": "payment", "status": status,
            "payment_status": if self.stage == Stage::Paid { "paid" } else { "unpaid" },
            "amount_subtotal": self.amount, "amount_total": self.amount, "currency": "usd",
            "client_reference_id": self.reference, "metadata": self.metadata,
            "success_url": self.success_url, "cancel_url": self.cancel_url, "url": url,
            "payment_intent": self.payment(expand_payment),
            "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
            "custom_fields": [], "custom_text": {}, "payment_method_types": ["card", "us_bank_account"],
            "shipping_options": [],
        })
    }

    fn payment(&self, expand: bool) -> Value {
        let (status, received) = match self.stage {
            Stage::Open | Stage::Expired => return Value::Null,
            Stage::Processing => ("processing", 0),
            Stage::Paid => ("succeeded", self.amount),
            Stage::Refused => ("requires_payment_method", 0),
        };
        let id = self.id.replacen("cs_test_", "pi_", 1);
        if !expand {
            return json!(id);
        }
        json!({
            "id": id, "object": "payment_intent", "livemode": false, "created": self.created, "amount": self.amount,
            "amount_capturable": 0, "amount_received": received, "currency": "usd", "status": status,
            "capture_method": "automatic", "confirmation_method": "automatic", "metadata": self.metadata,
            "payment_method_types": ["card", "us_bank_account"],
        })
    }
}
