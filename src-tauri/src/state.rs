//! What the commands share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use satchel_order::catalogue::DefinitionError;
use satchel_store::{Finding, Generation, Keyring, KeyringError, OsKeyring, Table, UnlockError, Vault, Way, erasing};
use satchel_terms::OrderId;
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, DragDropEvent, Manager as _, Runtime};

use crate::attach::Attachments;
use crate::catalogue::Catalogue;
use crate::check::Check;
use crate::clipboard::Copied;
use crate::draft::{self, OpenDraft};
use crate::events::Events;
use crate::following::{self, Following};
use crate::lists::{Lists, Summarizer};
use crate::locking::Locking;
use crate::moving::{Moving, settle_beside};
use crate::policy::{Owner, Policies};
use crate::revoking::Revoked;
use crate::rng;
use crate::sending::{self, OrderRecord, OutboxRecord, Sending};
use crate::ui_error::UiError;
use crate::view::files::{FileView, ShellEvent};
use crate::view::review::ReviewView;
use crate::view::vault::VaultView;

/// Where an administrator of Linux puts policies.
const POLICIES: &str = "/etc/satchel/policies/managed";
/// How long an app that ends waits for its vault to be closed.
const CLOSING: Duration = Duration::from_secs(2);

/// The two edges that a build can have; the code between them is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Mode {
    /// A sample firm on this computer; nothing leaves it.
    Practice,
    /// A firm's provider on Azure.
    Azure,
}

impl Mode {
    /// The mode of this build. It is compiled in, so no setting can make a release a practice build.
    pub const BUILT: Mode = if cfg!(feature = "practice") { Mode::Practice } else { Mode::Azure };
}

/// Makes the keyring, told the identifier of the app. Asked again after a failure, since the keyring may have come.
pub type ConnectKeyring = Box<dyn Fn(&str) -> Result<Box<dyn Keyring>, KeyringError> + Send + Sync>;

/// Opens an address in the browser of the system.
pub type Browse = Box<dyn Fn(&str) -> std::io::Result<()> + Send + Sync>;

/// Where a shell keeps its vault, and what it finds the key with.
pub struct Places {
    /// The folder of the vault; the app's own data folder where there is none.
    pub vault: Option<PathBuf>,
    /// The keyring.
    pub keyring: ConnectKeyring,
    /// A file of paths that answers instead of the dialog that picks files; for tests.
    pub picked: Option<PathBuf>,
    /// The browser.
    pub browse: Browse,
    /// The folder of the organization's policies; of a practice build, its own one where there is none.
    pub policies: Option<PathBuf>,
}

impl Places {
    /// The folder and the keyring that the operating system gives this app.
    #[must_use]
    pub fn of_this_computer() -> Self {
        let connect = |service: &str| OsKeyring::connect(service).map(|keyring| Box::new(keyring) as Box<dyn Keyring>);
        let browse = |address: &str| open::that_detached(address);
        let managed = cfg!(target_os = "linux") && Mode::BUILT == Mode::Azure;
        let policies = managed.then(|| PathBuf::from(POLICIES));
        Self { vault: None, keyring: Box::new(connect), picked: None, browse: Box::new(browse), policies }
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Places").field("vault", &self.vault).finish_non_exhaustive()
    }
}

/// The running app as its commands see it.
pub struct Shell {
    started: Instant,
    vault_folder: Option<PathBuf>,
    connect_keyring: Arc<ConnectKeyring>,
    /// Held by whoever reads an entry of the keyring and writes it back, so that no key is written over by an older one.
    keyring_turn: Arc<Mutex<()>>,
    /// The name under which the keyring has the keys of this app, once a vault was opened.
    service: OnceLock<String>,
    picked: Option<PathBuf>,
    catalogue: Arc<Catalogue>,
    vault: Arc<VaultPlace>,
    following: Arc<Following>,
    sending: Arc<Sending>,
    attachments: Attachments,
    events: Arc<Events>,
    locking: Locking,
    copied: Copied,
    policies: Arc<Policies>,
    revoked: Revoked,
    moving: Moving,
    /// The draft that takes files which are dropped onto the window.
    drops: Mutex<Option<OrderId>>,
    /// Whether the window was asked to close and has not answered.
    closing: AtomicBool,
}

impl std::fmt::Debug for Shell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").field("started", &self.started).finish_non_exhaustive()
    }
}

impl Shell {
    /// Starts with the moment at which the process began.
    ///
    /// # Errors
    /// None: a test reads the definitions that are built in.
    pub fn new(started: Instant, places: Places) -> Result<Self, DefinitionError> {
        let (vault, events) = (Arc::<VaultPlace>::default(), Arc::<Events>::default());
        let owner = if cfg!(test) || Mode::BUILT == Mode::Practice { Owner::OrUser } else { Owner::Administrator };
        let policies = Arc::new(Policies::in_folder(places.policies.map(|folder| (folder, owner))));
        let attachments = Attachments::new(Arc::clone(&vault), Arc::clone(&events), Arc::clone(&policies));
        let catalogue = Arc::new(Catalogue::built_in()?);
        let following = Arc::new(Following::new(Arc::clone(&vault), Arc::clone(&events), places.browse));
        let moving = Moving::new(Arc::clone(&events));
        let (own_vault, own_events) = (Arc::clone(&vault), Arc::clone(&events));
        let sending = Sending::new(own_vault, own_events, Arc::clone(&catalogue), Arc::clone(&following));
        Ok(Self {
            started,
            vault_folder: places.vault,
            connect_keyring: Arc::new(places.keyring),
            keyring_turn: Arc::default(),
            service: OnceLock::new(),
            picked: places.picked,
            catalogue,
            following,
            sending: Arc::new(sending),
            vault,
            attachments,
            events,
            locking: Locking::new(),
            copied: Copied::default(),
            policies,
            revoked: Revoked::default(),
            moving,
            drops: Mutex::default(),
            closing: AtomicBool::new(false),
        })
    }

    /// Returns how long the process has run.
    #[must_use]
    pub fn running_for(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) fn sending(&self) -> &Arc<Sending> {
        &self.sending
    }

    pub(crate) fn following(&self) -> &Following {
        &self.following
    }

    pub(crate) fn locking(&self) -> &Locking {
        &self.locking
    }

    pub(crate) fn copied(&self) -> &Copied {
        &self.copied
    }

    pub(crate) fn revoked(&self) -> &Revoked {
        &self.revoked
    }

    pub(crate) fn moving(&self) -> &Moving {
        &self.moving
    }

    /// Returns the place of the vault, for whoever holds it a moment at a time.
    pub(crate) fn place(&self) -> &VaultPlace {
        &self.vault
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.policies
    }

    pub(crate) fn attachments(&self) -> &Attachments {
        &self.attachments
    }

    /// Opens the vault by the keyring, or makes it where there is none. A vault that is open stays as it is, and one that was locked
    /// waits to be unlocked.
    pub(crate) fn open_vault<R: Runtime>(&self, app: &AppHandle<R>) -> Result<VaultView, UiError> {
        if self.locking.is_locked() {
            return Err(UiError::locked());
        }
        let folder = self.vault_folder(app)?;
        let asks_passphrase = self.read_policy(app)?.require_passphrase;
        self.opened(app, &folder, || {
            if Vault::is_in(&folder)? {
                return self.open_by_keyring(app, &folder);
            }
            if asks_passphrase {
                return Err(UiError::passphrase_asked());
            }
            Ok((Vault::create(&folder, &*self.keyring(app)?, rng())?, Vec::new()))
        })
    }

    /// Opens a vault that is there by the keyring. One that has a passphrase does not ask for the keyring.
    pub(crate) fn open_by_keyring<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        folder: &Path,
    ) -> Result<(Vault, Vec<Finding>), UiError> {
        if Vault::ways(folder).is_ok_and(|ways| !ways.contains(&Way::Keyring)) {
            return Err(UnlockError::NotByKeyring.into());
        }
        Ok(Vault::open(folder, &*self.keyring(app)?, rng())?)
    }

    pub(crate) fn keyring<R: Runtime>(&self, app: &AppHandle<R>) -> Result<Box<dyn Keyring>, KeyringError> {
        (self.connect_keyring)(&app.config().identifier)
    }

    /// Opens the vault in a folder and begins what goes on while it is open.
    pub(crate) fn opened<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        folder: &Path,
        open: impl FnOnce() -> Result<(Vault, Vec<Finding>), UiError>,
    ) -> Result<VaultView, UiError> {
        self.revoked.check()?;
        let mut place = self.vault.lock()?;
        if place.is_open() {
            return Ok(VaultView { findings: Vec::new() });
        }
        if let Some(erasing) = erasing(folder)? {
            return Err(self.erase_on(app, folder, erasing));
        }
        if !self.moving.is_running() {
            settle_beside(folder)?;
        }
        let policy = self.read_policy(app)?;
        let (vault, findings) = {
            let _turn = self.keyring_turn();
            open()?
        };
        let mut vault = self.obey(app, folder, vault, &policy)?;
        // That it was restored is told until somebody looked, by the state of the vault.
        let told = findings.iter().filter(|finding| !matches!(finding, Finding::Restored(_)));
        let mut findings: Vec<_> = told.map(ToString::to_string).collect();
        vault.summarize(Summarizer(Arc::clone(&self.catalogue)));
        sending::finish(&mut vault);
        self.attachments.opened(&mut vault);
        findings.extend(self.follow_policy(&mut vault, &policy));
        findings.extend(self.moving.stopped());
        self.locking.opened(&mut vault);
        let check = Check::of(&mut vault);
        place.fill(vault);
        drop(place);
        self.service.get_or_init(|| app.config().identifier.clone());
        Self::lock_when_idle(app);
        check.start(Arc::clone(&self.vault), Arc::clone(&self.events));
        if let Some(own) = folder.parent() {
            self.sending.start(own.to_path_buf());
        }
        Ok(VaultView { findings })
    }

    /// Waits for the turn to change the keyring.
    pub(crate) fn keyring_turn(&self) -> MutexGuard<'_, ()> {
        self.keyring_turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the vault, so that another Satchel may open it. Everything that was shown as saved is on disk already.
    pub fn close_vault(&self) {
        let closed = self.vault.lock().ok().and_then(|mut place| place.empty());
        self.note(closed);
    }

    /// Notes in the keyring how far the vault has counted, so that a copy from before is noticed. Where that fails, nothing else does.
    fn note(&self, generation: Option<Generation>) {
        let (Some(generation), Some(service)) = (generation, self.service.get()) else { return };
        let _turn = self.keyring_turn();
        if let Ok(keyring) = (self.connect_keyring)(service) {
            generation.note(&*keyring).ok();
        }
    }

    /// As [`Self::note`], for whoever does not wait for a keyring that may ask its user.
    pub(crate) fn note_soon(&self, generation: Option<Generation>) {
        let (Some(generation), Some(service)) = (generation, self.service.get().cloned()) else { return };
        let (connect, turn) = (Arc::clone(&self.connect_keyring), Arc::clone(&self.keyring_turn));
        thread::spawn(move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            connect(&service).map(|keyring| generation.note(&*keyring))
        });
    }

    pub(crate) fn vault_folder<R: Runtime>(&self, app: &AppHandle<R>) -> Result<PathBuf, UiError> {
        match &self.vault_folder {
            Some(folder) => Ok(folder.clone()),
            None => Ok(app.path().app_local_data_dir().map_err(|_| UiError::vault_unreachable())?.join("vault")),
        }
    }

    /// Returns the file that answers instead of the dialog.
    pub(crate) fn picked(&self) -> Option<&Path> {
        self.picked.as_deref()
    }

    /// Waits for the vault.
    pub(crate) fn vault(&self) -> Result<VaultGuard<'_>, UiError> {
        self.vault.lock()
    }

    /// Does something with a draft.
    pub(crate) fn with_draft<T>(
        &self,
        order: &str,
        work: impl FnOnce(&mut OpenDraft<'_>) -> Result<T, UiError>,
    ) -> Result<T, UiError> {
        let order = order_id(order)?;
        let mut vault = self.vault()?;
        let mut draft = OpenDraft::find(vault.open()?, &self.catalogue, order)?;
        draft.buffers.clone_from(&self.policy().deadline_buffers);
        work(&mut draft)
    }

    pub(crate) fn files_of(&self, order: &str) -> Result<Vec<FileView>, UiError> {
        Ok(self.attachments.of(order_id(order)?))
    }

    /// Lays out an order that was submitted; nothing where it is a draft.
    pub(crate) fn submitted_sheet(&self, order: &str, files: &[FileView]) -> Result<Option<ReviewView>, UiError> {
        let id = order_id(order)?;
        let mut guard = self.vault()?;
        let vault = guard.open()?;
        let waiting = vault.read::<OutboxRecord>(Table::Outbox, id)?.map(|record| (record.frozen, None));
        let received = vault.read::<OrderRecord>(Table::Orders, id)?;
        let heard_at_ms = self.following.heard_at_ms(id);
        let received = received.map(|record| (following::received(&record, heard_at_ms), record.frozen));
        let received = received.map(|(view, frozen)| (frozen, view));
        let Some((frozen, received)) = received.or(waiting) else { return Ok(None) };
        let definition = self.catalogue.pinned(&frozen.catalogue).ok_or_else(UiError::gone)?;
        let sheet = draft::submitted(order.to_owned(), definition, &frozen, files.to_vec());
        Ok(Some(ReviewView { received, ..sheet }))
    }

    pub(crate) fn watched_by(&self, channel: Channel<ShellEvent>) {
        self.events.to(channel);
    }

    pub(crate) fn tell(&self, event: ShellEvent) {
        self.events.tell(event);
    }

    /// Tells the window that the lists are not what they were.
    pub(crate) fn lists_changed(&self) {
        self.events.tell(ShellEvent::Lists);
    }

    /// Hears that the window is to close, and tells whether it has to wait: what was typed last may not be on disk. Asked a second
    /// time, it closes; a window that does not answer cannot hold its user.
    pub(crate) fn holds_close(&self) -> bool {
        let holds = self.events.is_watched() && !self.closing.swap(true, Ordering::SeqCst);
        if holds {
            self.events.tell(ShellEvent::Closing);
        }
        holds
    }

    /// Hears that the user wants to stay.
    pub(crate) fn stays_open(&self) {
        self.closing.store(false, Ordering::SeqCst);
    }

    /// Says which draft takes dropped files.
    pub(crate) fn drops_go_to(&self, order: Option<OrderId>) {
        *self.drops.lock().unwrap_or_else(PoisonError::into_inner) = order;
    }

    /// Hears of files that are dragged over the window, or dropped onto it.
    pub(crate) fn dragged(&self, event: &DragDropEvent) {
        let order = *self.drops.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            DragDropEvent::Enter { .. } => self.events.tell(ShellEvent::Dragging { over: order.is_some() }),
            DragDropEvent::Leave => self.events.tell(ShellEvent::Dragging { over: false }),
            DragDropEvent::Drop { paths, .. } => {
                self.events.tell(ShellEvent::Dragging { over: false });
                if let Some(order) = order {
                    let told = self.attachments.attach(order, paths);
                    told.err().into_iter().for_each(|error| self.events.tell(ShellEvent::Refused { error }));
                }
            }
            DragDropEvent::Over { .. } | _ => {}
        }
    }
}

/// Closes the vault of an app that ends, and waits a moment for it. Whoever holds the vault, such as a keyring that asks its user, does
/// not keep Satchel from ending: nothing is lost by that, and the next opening takes longer.
pub(crate) fn close_soon<R: Runtime>(app: &AppHandle<R>) {
    let (closed, waits) = channel();
    let app = app.clone();
    thread::spawn(move || {
        app.state::<Shell>().close_vault();
        closed.send(()).ok();
    });
    waits.recv_timeout(CLOSING).ok();
}

/// Reads the id of an order as the window gives it back.
pub(crate) fn order_id(text: &str) -> Result<OrderId, UiError> {
    text.parse().map_err(|_| UiError::gone())
}

/// The place of the vault, empty until it is open.
#[derive(Debug, Default)]
pub(crate) struct VaultPlace(Mutex<Option<Opened>>);

/// An open vault, and what the lists show of it.
#[derive(Debug)]
struct Opened {
    vault: Vault,
    lists: Lists,
}

/// The vault, held by one command at a time.
pub(crate) struct VaultGuard<'a>(MutexGuard<'a, Option<Opened>>);

impl VaultPlace {
    /// Waits for the vault. Whoever panicked while holding it may have left it between two states: only opening it anew helps.
    pub(crate) fn lock(&self) -> Result<VaultGuard<'_>, UiError> {
        Ok(VaultGuard(self.0.lock().map_err(|_| UiError::internal())?))
    }
}

impl VaultGuard<'_> {
    pub(crate) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    fn fill(&mut self, mut vault: Vault) {
        let lists = Lists::of(&mut vault);
        *self.0 = Some(Opened { vault, lists });
    }

    /// Closes the vault, and returns how far it has counted; nothing where it was closed or could not count.
    pub(crate) fn empty(&mut self) -> Option<Generation> {
        let mut opened = self.0.take()?;
        let generation = opened.vault.advance().ok();
        opened.vault.close();
        generation
    }

    /// Returns the vault.
    pub(crate) fn open(&mut self) -> Result<&mut Vault, UiError> {
        self.0.as_mut().map(|opened| &mut opened.vault).ok_or_else(UiError::locked)
    }

    /// Returns the lists as they are now.
    pub(crate) fn lists(&mut self) -> Result<&mut Lists, UiError> {
        let Opened { vault, lists } = self.0.as_mut().ok_or_else(UiError::locked)?;
        lists.refresh(vault);
        Ok(lists)
    }
}
