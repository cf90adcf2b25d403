//! Payments on Stripe's page. One order, one price, one session at a time.
//!
//! `checkout` answers a page to a desktop, `webhook` hears from Stripe that something happened, `reconcile` looks after what
//! nobody told of. All three end in `take_in`, which reckons from a session that was just retrieved from Stripe. What an
//! event or a browser says only tells which session to look at.
//!
//! The order of the writes is what makes it safe. First the attempt, with its price and the end of its session, into the
//! order's state: from then on everybody who asks Stripe asks for the same session, under the same idempotency key. Then the
//! session's binding, create-only, in the provider's container: it leads an event to its firm. Then the session into the
//! state. Only after that is anybody told of the page.
//!
//! **Invariant.** The price is that of the manifest that the firm's device signed; no number of a request, an event or a
//! session is ever asked for (`tests/api/payments/`).
//!
//! **Invariant.** A new session is made only where the one before has ended at Stripe, or nobody was told of its page, so an
//! order is not charged twice (`tests/api/payments/interleavings.rs`).
//!
//! Not here yet: refunds, disputes, on account.

mod checkout;
mod price;
mod reconcile;
mod settings;
mod stripe;
mod take_in;
mod webhook;

use std::fmt;

use satchel_wire::ErrorCode;

pub(crate) use checkout::{Page, page};
pub use reconcile::{ReconcileError, Reconciled, reconcile};
pub use settings::{Invoices, PaymentsSettings, PaymentsSettingsError, RETRY_WAIT};
pub(crate) use stripe::StripeSession;
pub(crate) use webhook::hear;

use self::settings::Secrets;
use self::stripe::{Stripe, StripeFailure};
use crate::error::HttpError;
use crate::storage::StorageError;

/// The path that Stripe sends its events to.
pub const STRIPE_WEBHOOK_PATH: &str = "/v1/stripe/webhook";
/// The most bytes of an event. Those of sessions have a few KiB.
pub const STRIPE_EVENT_BYTES_MAX: usize = 256 * 1024;

/// What is needed to be paid.
pub struct Payments {
    stripe: Stripe,
    webhook_secrets: Secrets,
}

impl Payments {
    /// Takes the settings.
    ///
    /// # Errors
    /// [`PaymentsSettingsError`].
    pub fn new(settings: PaymentsSettings) -> Result<Self, PaymentsSettingsError> {
        let webhook_secrets = Secrets::new(&settings.webhook_secrets)?;
        Ok(Self { stripe: Stripe::new(settings)?, webhook_secrets })
    }
}

impl fmt::Debug for Payments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payments(..)")
    }
}

/// Says why something could not be found out or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentError {
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Stripe failed, or refused.
    #[error(transparent)]
    Stripe(#[from] StripeFailure),
}

impl From<PaymentError> for HttpError {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::Storage(error) => error.into(),
            PaymentError::Stripe(StripeFailure::Unavailable | StripeFailure::Failed(_)) => {
                Self::new(ErrorCode::Unavailable, error)
            }
            PaymentError::Stripe(StripeFailure::Refused(_) | StripeFailure::NoSession | StripeFailure::Answer) => {
                Self::internal(error)
            }
        }
    }
}
