//! The only file that talks to Stripe, through async-stripe.

use std::collections::HashMap;
use std::time::Duration;

use satchel_terms::{Cents, Timestamp};
use satchel_wire::CheckoutUrl;
use satchel_wire::stored::SessionId;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest as _};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAutomaticTax, CreateCheckoutSessionInvoiceCreation,
    CreateCheckoutSessionInvoiceCreationInvoiceData, CreateCheckoutSessionInvoiceCreationInvoiceDataCustomFields,
    CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData,
    ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_shared::{
    CheckoutSession, CheckoutSessionMode, CheckoutSessionPaymentStatus, CheckoutSessionStatus, PaymentIntentStatus,
};
use stripe_types::Currency;

use super::price::Bill;
use super::settings::{Invoices, Mode, PaymentsSettings, PaymentsSettingsError};

/// The longest that one request to Stripe takes.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(10);
/// How often the same session is asked for in one go.
const TRIES_MAX: u32 = 3;
const CLIENT_MATTER: &str = "Client-matter no.";

/// Says why Stripe did not do what it was asked for. What it says in words is kept out of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StripeFailure {
    /// It did not answer, or asks to come later. It may have done what it was asked for.
    #[error("Stripe does not answer")]
    Unavailable,
    /// It failed, and answers the same to the same idempotency key.
    #[error("Stripe failed with {0}")]
    Failed(u16),
    /// It refused.
    #[error("Stripe refused with {0}")]
    Refused(u16),
    /// It has no such session.
    #[error("Stripe has no such session")]
    NoSession,
    /// Its answer is none that is understood.
    #[error("Stripe's answer is not understood")]
    Answer,
}

impl From<StripeError> for StripeFailure {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Timeout | StripeError::ClientError(_) => Self::Unavailable,
            // Another request with the same idempotency key is under way, or there were too many.
            StripeError::Stripe(_, 409 | 429) => Self::Unavailable,
            StripeError::Stripe(_, 404) => Self::NoSession,
            StripeError::Stripe(_, status @ 500..) => Self::Failed(status),
            StripeError::Stripe(_, status) => Self::Refused(status),
            StripeError::JSONDeserialize(_) | StripeError::ConfigError(_) => Self::Answer,
        }
    }
}

/// Stripe, with our key.
pub(super) struct Stripe {
    client: Client,
    mode: Mode,
    success_url: String,
    cancel_url: String,
    invoices: Invoices,
    retry_wait: Duration,
}

/// A session as Stripe's API answered it to our key. Nothing else makes one: no event, no request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StripeSession {
    id: SessionId,
    status: Status,
    reference: Option<String>,
    amount: Option<u64>,
    in_dollars: bool,
    expires_at: Timestamp,
    url: Option<CheckoutUrl>,
    own_mode: bool,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// The page is open.
    Open,
    /// Paid by a way that takes days.
    Processing,
    /// Paid.
    Paid,
    /// The bank refused.
    Failed,
    /// The page closed.
    Expired,
    /// Something that cannot be for a session of ours.
    Odd,
}

impl StripeSession {
    pub(crate) const fn id(&self) -> &SessionId {
        &self.id
    }

    pub(crate) const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    pub(super) const fn status(&self) -> Status {
        self.status
    }

    pub(super) fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    pub(super) const fn url(&self) -> Option<&CheckoutUrl> {
        self.url.as_ref()
    }

    /// Tells whether it is about this sum, in US dollars, and of test or real money as our key is.
    pub(super) fn is_about(&self, amount: Cents) -> bool {
        self.amount == Some(amount.cents()) && self.in_dollars && self.own_mode
    }

    fn read(session: CheckoutSession, mode: Mode) -> Result<Self, StripeFailure> {
        let own_mode = session.livemode == (mode == Mode::Live);
        let status = status(&session);
        let expires_at = u64::try_from(session.expires_at).ok().and_then(|seconds| seconds.try_into().ok());
        Ok(Self {
            id: session.id.to_string().try_into().map_err(|_| StripeFailure::Answer)?,
            status,
            reference: session.client_reference_id,
            amount: session.amount_total.and_then(|amount| amount.try_into().ok()),
            in_dollars: session.currency == Some(Currency::USD),
            expires_at: expires_at.ok_or(StripeFailure::Answer)?,
            url: session.url.and_then(|url| url.try_into().ok()),
            own_mode,
        })
    }
}

fn status(session: &CheckoutSession) -> Status {
    let intent = session.payment_intent.as_ref().and_then(|intent| intent.as_object());
    // A bank payment that came back leaves its session as it was; the payment itself says so.
    let refused = intent.is_some_and(|intent| {
        matches!(intent.status, PaymentIntentStatus::RequiresPaymentMethod | PaymentIntentStatus::Canceled)
    });
    match (session.status.as_ref(), &session.payment_status) {
        (Some(CheckoutSessionStatus::Complete), CheckoutSessionPaymentStatus::Paid) => Status::Paid,
        (Some(CheckoutSessionStatus::Complete), CheckoutSessionPaymentStatus::Unpaid) if refused => Status::Failed,
        (Some(CheckoutSessionStatus::Complete), CheckoutSessionPaymentStatus::Unpaid) => Status::Processing,
        (Some(CheckoutSessionStatus::Open), CheckoutSessionPaymentStatus::Unpaid) => Status::Open,
        (Some(CheckoutSessionStatus::Expired), CheckoutSessionPaymentStatus::Unpaid) => Status::Expired,
        (Some(_) | None, _) => Status::Odd,
    }
}

impl Stripe {
    pub(super) fn new(settings: PaymentsSettings) -> Result<Self, PaymentsSettingsError> {
        let mode = settings.mode()?;
        let client = ClientBuilder::new(settings.secret_key.as_str()).url(&settings.api_base).timeout(REQUEST_TIME_MAX);
        let client = client.request_strategy(RequestStrategy::Once).build().map_err(|_| PaymentsSettingsError::Base)?;
        let PaymentsSettings { success_url, cancel_url, invoices, retry_wait, .. } = settings;
        Ok(Self { client, mode, success_url, cancel_url, invoices, retry_wait })
    }

    /// Makes the session of an attempt, or finds the one that was made for it before.
    pub(super) async fn create(&self, bill: &Bill) -> Result<StripeSession, StripeFailure> {
        let request = self.request(bill)?;
        // Ids of orders are made by firms, so two firms may have the same one.
        let key = format!("{}:{}:attempt-{}", bill.firm, bill.order, bill.attempt.number);
        let (mut tries, mut wait) = (0, self.retry_wait);
        loop {
            let key = IdempotencyKey::new(&key).map_err(|_| StripeFailure::Answer)?;
            let strategy = RequestStrategy::Idempotent(key);
            let sent = request.customize().request_strategy(strategy).send(&self.client).await;
            tries += 1;
            match sent.map_err(StripeFailure::from) {
                Ok(session) => return StripeSession::read(session, self.mode),
                Err(StripeFailure::Unavailable | StripeFailure::Failed(_)) if tries < TRIES_MAX => {
                    tokio::time::sleep(wait).await;
                    wait = wait.saturating_mul(2);
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Asks how far a session is.
    pub(super) async fn retrieve(&self, session: &SessionId) -> Result<StripeSession, StripeFailure> {
        let request = RetrieveCheckoutSession::new(session.as_str()).expand(vec!["payment_intent".to_owned()]);
        StripeSession::read(request.send(&self.client).await?, self.mode)
    }

    /// Closes a page, and returns how far its session is then: somebody may have paid first.
    pub(super) async fn expire(&self, session: &SessionId) -> Result<StripeSession, StripeFailure> {
        match ExpireCheckoutSession::new(session.as_str()).send(&self.client).await.map_err(StripeFailure::from) {
            Ok(_) | Err(StripeFailure::Refused(_)) => self.retrieve(session).await,
            Err(failure) => Err(failure),
        }
    }

    fn request(&self, bill: &Bill) -> Result<CreateCheckoutSession, StripeFailure> {
        let matter = bill.client_matter.as_deref();
        let items: Result<Vec<_>, _> = bill.lines.iter().map(|line| item(line, matter)).collect();
        let mut metadata = HashMap::from([
            ("firm".to_owned(), bill.firm.to_string()),
            ("order".to_owned(), bill.order.to_string()),
            ("attempt".to_owned(), bill.attempt.number.to_string()),
        ]);
        metadata.extend(matter.map(|matter| ("client_matter".to_owned(), matter.to_owned())));
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.metadata = Some(metadata.clone());
        payment.description = Some(match matter {
            Some(matter) => format!("Order {}, {CLIENT_MATTER} {matter}", bill.order_number),
            None => format!("Order {}", bill.order_number),
        });
        let expires_at = i64::try_from(bill.attempt.expires_at.seconds()).map_err(|_| StripeFailure::Answer)?;
        let request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .automatic_tax(CreateCheckoutSessionAutomaticTax::new(false))
            .client_reference_id(bill.order.to_string())
            .line_items(items?)
            .metadata(metadata)
            .payment_intent_data(payment)
            .success_url(&self.success_url)
            .cancel_url(&self.cancel_url)
            .expires_at(expires_at);
        Ok(match self.invoices {
            Invoices::No => request,
            Invoices::Yes => request.invoice_creation(invoice(matter)),
        })
    }
}

fn item(line: &super::price::Line, matter: Option<&str>) -> Result<CreateCheckoutSessionLineItems, StripeFailure> {
    let mut product = ProductData::new(&line.name);
    product.description = matter.map(|matter| format!("{CLIENT_MATTER} {matter}"));
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(Currency::USD);
    price.unit_amount = Some(i64::try_from(line.unit.cents()).map_err(|_| StripeFailure::Answer)?);
    price.product_data = Some(product);
    let mut item = CreateCheckoutSessionLineItems::new();
    item.quantity = Some(line.quantity);
    item.price_data = Some(price);
    Ok(item)
}

fn invoice(matter: Option<&str>) -> CreateCheckoutSessionInvoiceCreation {
    let mut data = CreateCheckoutSessionInvoiceCreationInvoiceData::new();
    let field = |matter| CreateCheckoutSessionInvoiceCreationInvoiceDataCustomFields::new(CLIENT_MATTER, matter);
    data.custom_fields = matter.map(|matter| vec![field(matter)]);
    let mut invoice = CreateCheckoutSessionInvoiceCreation::new(true);
    invoice.invoice_data = Some(data);
    invoice
}
