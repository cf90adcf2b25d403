//! Paying: the page is Stripe's, in the system's browser. Card numbers never pass through Satchel.

use satchel_store::Table;
use satchel_terms::OrderId;
use serde_json::json;

use super::record::OpenedPage;
use super::{Following, PAYING_MS};
use crate::clock::Now;
use crate::ui_error::UiError;
use crate::view::files::ShellEvent;

impl Following {
    /// Opens the payment page of a received order. However often it is asked for, there is one page, so nothing is paid twice.
    pub(crate) async fn pay(&self, order: OrderId) -> Result<(), UiError> {
        self.exists(order)?;
        let link = self.link()?;
        let answer = link.remote.checkout(&*link.account, order).await?;
        // A hostile server would like to open a page of its own, or anything else that a browser opens.
        if !answer.url.is_on(link.checkout_origin()) {
            return Err(UiError::page_elsewhere());
        }
        (self.browse)(answer.url.expose()).map_err(|_| UiError::no_browser())?;
        let now_ms = Now::read().ms;
        let page = OpenedPage { opened_at_ms: now_ms, ends_at: answer.expires_at };
        // The page is open, whether that can be written down or not.
        let opened = json!({ "followed": { "page": page } });
        self.with_vault(|vault| Ok(vault.change(Table::Orders, order, &opened)?)).ok();
        self.known().paying_until_ms = now_ms.saturating_add(PAYING_MS);
        self.wake();
        self.events.tell(ShellEvent::Order { order: order.to_string() });
        Ok(())
    }
}
