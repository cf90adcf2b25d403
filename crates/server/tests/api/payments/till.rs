//! A server that is paid through a test checkout.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Method;
use reqwest::header::LOCATION;
use satchel_cloud::BlobStore;
use satchel_practice::checkout::{CheckoutSettings, TestCheckout};
use satchel_server::{Deps, Invoices, Payments, PaymentsSettings, STRIPE_WEBHOOK_PATH, app};
use satchel_terms::OrderId;
use satchel_wire::paths;
use serde_json::Value;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::support::{Bench, NOW, Reply, TestClock, TestFirm, TestOrder};

pub(crate) const KEY: &str = "sk_test_till";
pub(crate) const SECRETS: [&str; 2] = ["whsec_new", "whsec_old"];

pub(crate) struct Till {
    pub(crate) bench: Bench,
    pub(crate) checkout: TestCheckout,
    /// Where the checkout answers.
    pub(crate) base: String,
    /// Where the server hears events.
    pub(crate) webhook: String,
    pub(crate) deps: Deps,
    pub(crate) http: reqwest::Client,
}

pub(crate) async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, base)
}

fn secret(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

/// Settings for a checkout at this address.
pub(crate) fn payments(base: &str) -> PaymentsSettings {
    PaymentsSettings {
        secret_key: secret(KEY),
        api_base: format!("{base}/"),
        webhook_secrets: SECRETS.map(secret).into(),
        success_url: "https://provider.example/paid".to_owned(),
        cancel_url: "https://provider.example/not-paid".to_owned(),
        invoices: Invoices::Yes,
        retry_wait: Duration::ZERO,
    }
}

impl Till {
    pub(crate) async fn open() -> Self {
        // Events are signed with the older of the server's two secrets.
        Self::signing_with(&SECRETS[1..]).await
    }

    pub(crate) async fn signing_with(secrets: &[&str]) -> Self {
        let mut bench = Bench::open().await;
        // Days pass in these tests, and nobody signs in again.
        bench.firm.tokens_end = NOW + 365 * 24 * 3_600;
        let ((for_checkout, base), (for_server, own)) = (listener().await, listener().await);
        let webhook = format!("{own}{STRIPE_WEBHOOK_PATH}");
        let checkout = TestCheckout::in_memory(CheckoutSettings {
            base: base.clone(),
            webhook: webhook.clone(),
            secret_key: secret(KEY),
            webhook_secrets: secrets.iter().map(|text| secret(text)).collect(),
            waits: vec![Duration::ZERO],
            clock: Arc::<TestClock>::clone(&bench.clock),
        });
        let checkout = checkout.expect("a checkout");
        let payments = Payments::new(payments(&base)).expect("settings");
        let deps = Deps { payments: Some(Arc::new(payments)), ..bench.deps.clone() };
        tokio::spawn(axum::serve(for_checkout, checkout.router()).into_future());
        tokio::spawn(axum::serve(for_server, app(deps.clone())).into_future());
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(redirect).build().expect("a client");
        Self { bench, checkout, base, webhook, deps, http }
    }

    /// An order that was received.
    pub(crate) async fn order(&self) -> TestOrder {
        let order = TestOrder::small(&self.bench.firm);
        self.send(&order).await;
        order
    }

    pub(crate) async fn send(&self, order: &TestOrder) {
        order.upload(&self.bench, &self.bench.firm).await;
        order.commit(&self.bench, &self.bench.firm).await.ok();
    }

    /// A server of its own on the same blobs, or others.
    pub(crate) fn app(&self, blobs: Option<Arc<dyn BlobStore>>) -> Router {
        app(Deps { blobs: blobs.unwrap_or_else(|| Arc::clone(&self.deps.blobs)), ..self.deps.clone() })
    }

    /// Asks a server for an order's page.
    pub(crate) async fn ask_of(&self, app: &Router, firm: &TestFirm, order: OrderId) -> Reply {
        let request = Bench::request(Method::POST, &paths::checkout(order), &firm.token(&["payer"]), None);
        Bench::send_to(app, request).await
    }

    pub(crate) async fn ask(&self, order: OrderId) -> Reply {
        self.ask_of(&self.app(None), &self.bench.firm, order).await
    }

    /// Returns the page that is answered.
    pub(crate) async fn page(&self, order: OrderId) -> String {
        self.ask(order).await.ok()["url"].as_str().expect("an address").to_owned()
    }

    /// Returns an order as the server tells of it.
    pub(crate) async fn known(&self, order: OrderId) -> Value {
        let request = Bench::request(Method::GET, &paths::order(order), &self.bench.firm.staff(), None);
        Bench::send_to(&self.app(None), request).await.ok()
    }

    pub(crate) async fn payment(&self, order: OrderId) -> String {
        self.known(order).await["payment"].as_str().expect("a text").to_owned()
    }

    /// Presses a button of a page, as a browser without script does. Returns the status and where it leads.
    pub(crate) async fn press(&self, page: &str, button: &str) -> (u16, Option<String>) {
        let request = self.http.post(page).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(format!("do={button}")).send().await.expect("an answer");
        let to = answer.headers().get(LOCATION).map(|to| to.to_str().expect("a text").to_owned());
        (answer.status().as_u16(), to)
    }

    pub(crate) async fn pay(&self, page: &str) {
        let (status, to) = self.press(page, "pay").await;
        assert_eq!((status, to.as_deref()), (303, Some("https://provider.example/paid")));
    }

    /// Returns the id in a page's address.
    pub(crate) fn session(page: &str) -> String {
        page.rsplit('/').next().expect("an id").to_owned()
    }
}
