//! Sending: what was submitted is signed and sealed once the provider's keys are verified, and sent when there is a
//! connection. Being offline is a state; whoever works in the window waits for none of it.

mod commanded;
mod firm;
mod frozen;
mod items;
mod keys;
mod ledger;
mod link;
mod outbox;
mod pins;
mod provider;
mod records;
#[cfg(test)]
pub(crate) mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use satchel_sign::{Bundle, Signed};
use satchel_sync::drive::{Driver, Outbox, drive};
use satchel_sync::{Clock, Moment, Progress};
use satchel_terms::{Timestamp, VaultId};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::catalogue::Catalogue;
use crate::clock::Now;
use crate::events::Events;
use crate::following::Following;
use crate::rng;
use crate::state::VaultPlace;
use crate::view::files::ShellEvent;
use crate::view::outbox::ConnectionView;

use firm::Firm;
use items::Waiting;
use keys::DeviceKeys;
use ledger::VaultLedger;
use outbox::Moving;
use pins::Pins;
use provider::{NotBound, SignedIn};

pub(crate) use commanded::commanded;
pub(crate) use firm::belongs_to_firm;
pub(crate) use frozen::Frozen;
pub(crate) use link::Link;
pub(crate) use outbox::{finish, items as outbox_items, submit, take_back};
pub(crate) use records::{OrderRecord, OutboxRecord, is_submitted, payload};

/// How long it takes until a provider is looked for again. Pins are a small file in the app's own folder.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// How long it takes until the provider's keys are asked for again after it did not answer.
const ASK_AGAIN: Duration = Duration::from_secs(15);
/// How long it takes until they are asked for again after it did: they end, and new ones come.
const ASK_FOR_NEWER: Duration = Duration::from_secs(60 * 60);
/// How long it takes until an order that could not be sealed is tried again.
const SEAL_AGAIN: Duration = Duration::from_secs(10);
/// The most wishes that wait; one more of the same changes nothing.
const WISHES_MAX: usize = 64;

/// What the sender is asked for.
#[derive(Debug)]
enum Wish {
    /// Orders came into the outbox.
    Look,
    /// What waits is to be tried now.
    Try,
    /// An order left the outbox: begin anew with those that are there.
    BeginAnew,
    /// The provider's keys were checked.
    Checked(Box<Signed<Bundle>>),
}

/// The sender of a vault's orders.
#[derive(Debug)]
pub(crate) struct Sending {
    vault: Arc<VaultPlace>,
    events: Arc<Events>,
    catalogue: Arc<Catalogue>,
    following: Arc<Following>,
    moving: Mutex<Moving>,
    connection: Mutex<ConnectionView>,
    wishes: Mutex<Option<Sender<Wish>>>,
    /// Counts the starts, so that one that ends late does not end what came after it.
    runs: AtomicU64,
}

/// What orders are sealed and sent with.
struct Bound {
    /// The vault that they belong to. Another one may be open by the time that something is to be kept.
    vault: VaultId,
    pins: Pins,
    keys: DeviceKeys,
    firm: Firm,
}

/// A vault's id and keys, and its firm as it was verified before.
type Known = (VaultId, DeviceKeys, Result<Option<Firm>, firm::FirmError>);

impl Sending {
    pub(crate) fn new(
        vault: Arc<VaultPlace>,
        events: Arc<Events>,
        catalogue: Arc<Catalogue>,
        following: Arc<Following>,
    ) -> Self {
        let connection = Mutex::new(ConnectionView::NoProvider);
        let (moving, wishes, runs) = (Mutex::default(), Mutex::default(), AtomicU64::new(0));
        Self { vault, events, catalogue, following, moving, connection, wishes, runs }
    }

    /// Begins to send, once the vault is open. `folder` is the app's own, where the pins are.
    pub(crate) fn start(self: &Arc<Self>, folder: PathBuf) {
        let (sender, wishes) = channel(WISHES_MAX);
        *self.wishes.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        tauri::async_runtime::spawn(Arc::clone(self).run(folder, wishes, run));
    }

    /// Stops sending, until it is begun again. What the storage confirmed is in the vault.
    pub(crate) fn stop(&self) {
        // Nobody is left who could wish for something, so it ends.
        *self.wishes.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Hears that orders came into the outbox.
    pub(crate) fn look(&self) {
        self.wish(Wish::Look);
    }

    /// Tries what waits now.
    pub(crate) fn try_now(&self) {
        self.wish(Wish::Try);
    }

    /// Hears that an order left the outbox.
    pub(crate) fn begin_anew(&self) {
        self.wish(Wish::BeginAnew);
    }

    /// Tells whether there is a provider.
    pub(crate) fn connection(&self) -> ConnectionView {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn wish(&self, wish: Wish) {
        if let Some(wishes) = &*self.wishes.lock().unwrap_or_else(PoisonError::into_inner) {
            // Where so many wait, the sender will look at everything anyway.
            wishes.try_send(wish).ok();
        }
    }

    fn sender(&self) -> Option<Sender<Wish>> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn run(self: Arc<Self>, folder: PathBuf, mut wishes: Receiver<Wish>, run: u64) {
        loop {
            match self.bind(&folder).await {
                Ok(Some(bound)) => {
                    if self.send(bound, &mut wishes, run).await.is_break() {
                        return;
                    }
                }
                Ok(None) => self.tell(ConnectionView::NoProvider),
                Err(NotBound::Unanswered(_)) => self.tell(ConnectionView::Connecting),
                Err(refused) => self.tell(outbox::refused(&refused)),
            }
            tokio::select! {
                wish = wishes.recv() => if wish.is_none() { return },
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Finds the provider and the firm, as they were verified before, or begins the firm. Nothing where there are no pins.
    async fn bind(&self, folder: &std::path::Path) -> Result<Option<Bound>, NotBound> {
        let Some(pins) = Pins::read(folder) else { return Ok(None) };
        let Ok((own, keys, known)) = self.known(&pins) else { return Ok(None) };
        let firm = match known? {
            Some(firm) => firm,
            None => {
                let firm = provider::begin(&pins, &keys, now()).await?;
                // Nothing is sealed or told with a workspace key that the vault does not hold.
                let Ok(mut place) = self.vault.lock() else { return Ok(None) };
                let Ok(vault) = place.open() else { return Ok(None) };
                if vault.id() != own {
                    return Ok(None);
                }
                firm.keep(vault)?;
                firm
            }
        };
        Ok(Some(Bound { vault: own, pins, keys, firm }))
    }

    fn known(&self, pins: &Pins) -> Result<Known, keys::KeysError> {
        let mut place = self.vault.lock().map_err(|_| keys::KeysError::Damaged)?;
        let vault = place.open().map_err(|_| keys::KeysError::Damaged)?;
        let keys = DeviceKeys::of(vault)?;
        let known = Firm::known(vault, &keys, &pins.identity_keys);
        Ok((vault.id(), keys, known))
    }

    /// Sends until it has to begin anew; breaks when Satchel ends.
    async fn send(
        self: &Arc<Self>,
        mut bound: Bound,
        wishes: &mut Receiver<Wish>,
        run: u64,
    ) -> std::ops::ControlFlow<()> {
        let Ok(remote) = provider::remote(&bound.pins, &bound.firm) else {
            self.tell(outbox::unencrypted());
            return std::ops::ControlFlow::Continue(());
        };
        self.tell(outbox::bound(&bound.firm.bundle, None));
        let account = Arc::new(SignedIn::new(bound.pins.clone(), &bound.firm));
        let (orders, inbox) = satchel_sync::drive::outbox();
        let told = Arc::clone(self);
        let driver = Driver {
            remote: remote.clone(),
            account: account.clone(),
            clock: Arc::new(ShellClock),
            ledger: VaultLedger(Arc::clone(&self.vault)),
            rng: rng(),
            report: move |progress: Progress| told.moved(progress),
        };
        let mut link = Link {
            remote: remote.clone(),
            account: account.clone(),
            pins: bound.pins.clone(),
            bundle: Arc::new(bound.firm.bundle.clone()),
            device: bound.keys.signing.public().clone(),
        };
        self.following.connect(Some(link.clone()));
        let driving = tauri::async_runtime::spawn(drive(driver, inbox));
        let following = tauri::async_runtime::spawn(Arc::clone(&self.following).follow());
        let checking = tauri::async_runtime::spawn(Arc::clone(self).check(remote, account.clone(), bound.pins.clone()));
        let end = loop {
            let all_ready = self.add_waiting(&bound, &orders).await;
            let wish = tokio::select! {
                wish = wishes.recv() => wish,
                () = tokio::time::sleep(SEAL_AGAIN), if !all_ready => Some(Wish::Look),
            };
            match wish {
                Some(Wish::Look) => {}
                Some(Wish::Try) => orders.nudge(),
                Some(Wish::Checked(bundle)) => {
                    account.renew(&bundle);
                    self.tell(outbox::bound(&bundle, Some(Now::read().ms)));
                    link.bundle = Arc::new((*bundle).clone());
                    self.following.connect(Some(link.clone()));
                    bound.firm.renew(*bundle);
                    self.keep(bound.vault, &bound.firm);
                    orders.nudge();
                }
                Some(Wish::BeginAnew) => break std::ops::ControlFlow::Continue(()),
                None => break std::ops::ControlFlow::Break(()),
            }
        };
        if self.runs.load(Ordering::SeqCst) == run {
            self.following.connect(None);
        }
        driving.abort();
        checking.abort();
        following.abort();
        // The next driver begins when nothing of this one goes on.
        driving.await.map(drop).ok();
        checking.await.ok();
        following.await.ok();
        self.forget_moving();
        end
    }

    /// Gives the server what it needs to know of the firm, and asks it for the newest bundle, until it answered and again.
    async fn check(self: Arc<Self>, remote: satchel_sync::drive::Remote, account: Arc<SignedIn>, pins: Pins) {
        loop {
            let mut again = ASK_AGAIN;
            if let Ok(Some(firm)) = self.firm_again(&pins) {
                let (bundle, told) = items::checked(&remote, &*account, &pins, &firm).await;
                if let (Some(bundle), Some(wishes)) = (bundle, self.sender()) {
                    wishes.send(Wish::Checked(Box::new(bundle))).await.ok();
                }
                if told.is_ok() {
                    again = ASK_FOR_NEWER;
                }
            }
            tokio::time::sleep(again).await;
        }
    }

    fn firm_again(&self, pins: &Pins) -> Result<Option<Firm>, firm::FirmError> {
        self.known(pins).map_or(Ok(None), |(_, _, known)| known)
    }

    fn keep(&self, own: VaultId, firm: &Firm) {
        if let Ok(mut place) = self.vault.lock()
            && let Ok(vault) = place.open()
            && vault.id() == own
        {
            // What is not kept now is asked for again at the next start.
            firm.keep(vault).ok();
        }
    }

    /// Signs and seals what waits, and hands it to the driver, which has what it had already. Answers whether nothing is left that
    /// could not be sealed.
    async fn add_waiting(&self, bound: &Bound, orders: &Outbox) -> bool {
        let waiting =
            self.vault.lock().and_then(|mut place| Ok(items::sealed(place.open()?, &bound.keys, &bound.firm)));
        let Waiting { ready, not_ready } = waiting.unwrap_or_default();
        for item in ready {
            orders.add(item).await.ok();
        }
        let all_ready = not_ready.is_empty();
        self.are_not_ready(not_ready);
        all_ready
    }

    fn tell(&self, connection: ConnectionView) {
        let mut known = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != connection {
            *known = connection.clone();
            self.events.tell(ShellEvent::Connection { connection });
        }
    }
}

/// The clock of this computer, as the driver asks for it.
struct ShellClock;

impl Clock for ShellClock {
    fn now(&self) -> Moment {
        Moment::from_unix_ms(Now::read().ms)
    }
}

fn now() -> Timestamp {
    Timestamp::from_millis(Now::read().ms)
}
