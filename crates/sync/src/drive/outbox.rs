//! How items come to the driver.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::item::OutboxItem;

/// The most items that wait for the driver to take them. It takes each at once, so more wait only while it is busy.
pub const OUTBOX_ITEMS_MAX: usize = 64;

/// Says that the driver has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("orders are not being sent any more; this one is sent when Satchel starts again")]
pub struct ItemRefused;

/// The caller's end: adds items and nudges the driver.
#[derive(Debug, Clone)]
pub struct Outbox {
    items: mpsc::Sender<OutboxItem>,
    nudge: Arc<Notify>,
}

/// The driver's end.
#[derive(Debug)]
pub struct Inbox {
    pub(super) items: mpsc::Receiver<OutboxItem>,
    pub(super) nudge: Arc<Notify>,
}

/// Makes both ends. The driver ends when every [`Outbox`] is dropped and every item has ended.
#[must_use]
pub fn outbox() -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(OUTBOX_ITEMS_MAX);
    let nudge = Arc::new(Notify::new());
    (Outbox { items: sender, nudge: Arc::clone(&nudge) }, Inbox { items: receiver, nudge })
}

impl Outbox {
    /// Adds an item, which the caller keeps until it has ended. Adding the same revision again changes nothing.
    ///
    /// # Errors
    /// [`ItemRefused`] where the driver has ended.
    pub async fn add(&self, item: OutboxItem) -> Result<(), ItemRefused> {
        self.items.send(item).await.map_err(|_| ItemRefused)
    }

    /// Says that something changed: a connection came, somebody signed in, or will not wait. What waits goes on, but for
    /// what the other side asked to wait.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }
}
