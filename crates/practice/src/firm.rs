//! The sample firm, and the provider that onboards it: it makes the firm's wrapping key and containers, and signs its bundle.

use std::sync::Arc;

use rand_core::CryptoRng;
use satchel_cloud::local::LocalStore;
use satchel_cloud::{Clock, CloudError, ContainerName, NameError};
use satchel_seal::PrivateWrappingKey;
use satchel_server::{Firm, FirmConflict, FirmList, make_containers};
use satchel_sign::{Bundle, Containers, OperatorKey, ServiceUrl, Signed, VerifyError, WrappingKeyEntry};
use satchel_terms::{FirmId, INTEGER_MAX, PersonId, TenantId, Thumbprint, Timestamp, V1, parse, write};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::chance;
use crate::folder::{Folder, FolderError};
use crate::keys::Keys;

/// The provider's name in all bundles.
pub(crate) const PROVIDER: &str = "Example Legal Support";
/// The sample firm's name.
pub(crate) const FIRM: &str = "Hartwell & Ames LLP";
/// Who signs in.
pub(crate) const PERSON: &str = "Dana Whitfield";
/// Who works the orders.
pub(crate) const OPERATOR: &str = "Maria Delgado";
/// The provider's own container.
pub(crate) const PROVIDER_CONTAINER: &str = "practice-provider";

const SAMPLE_FIRM: &str = "firm.json";
const SAMPLE_FIRM_BYTES_MAX: usize = 4 * 1024;
const PEM_BYTES_MAX: u64 = 16 * 1024;
const BUNDLE_BYTES_MAX: u64 = 512 * 1024;
/// How long a bundle is used.
const BUNDLE_SECONDS: u64 = 30 * 24 * 60 * 60;
/// How long before its end a bundle is signed anew.
const RENEW_SECONDS: u64 = 15 * 24 * 60 * 60;

/// The firm that this provider has as a client, by its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SampleFirm {
    version: V1,
    /// The firm.
    pub(crate) firm: FirmId,
    /// Its tenant.
    pub(crate) tenant: TenantId,
    /// The one person who signs in.
    pub(crate) person: PersonId,
    /// Since when it is a client.
    pub(crate) made_at: Timestamp,
}

/// Says why the firm cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FirmError {
    /// The folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The firm has another admin. Nothing was changed.
    #[error("the sample firm has been set up by another desktop; stop the provider and start it with --reset-firm")]
    OtherAdmin,
    /// A key could not be made, or a bundle not be signed.
    #[error("the firm's keys cannot be signed")]
    Sign(#[source] VerifyError),
    /// No wrapping key could be made.
    #[error("this computer's generator makes no usable keys")]
    Make,
    /// The address is none that a bundle names.
    #[error("the provider's address is none that a bundle names")]
    Address,
    /// What the bundle names cannot be.
    #[error("the firm's containers have names that cannot be")]
    Names(#[from] NameError),
    /// The store fails.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The server has a newer bundle.
    #[error("the server does not take the firm's bundle")]
    Listed(#[from] FirmConflict),
}

impl SampleFirm {
    /// Makes a new firm, which from now on is the one.
    pub(crate) fn make(folder: &Folder, now: Timestamp, rng: &mut impl CryptoRng) -> Result<Self, FirmError> {
        let mut id = || FirmId::make(rng).to_string();
        let damaged = || folder.damaged(SAMPLE_FIRM);
        let (tenant, person) = (id().parse(), id().parse());
        let (tenant, person) = (tenant.map_err(|_| damaged())?, person.map_err(|_| damaged())?);
        let firm = Self { version: V1, firm: FirmId::make(rng), tenant, person, made_at: now };
        folder.write(SAMPLE_FIRM, &write(&firm).map_err(|_| damaged())?)?;
        Ok(firm)
    }

    /// Reads which firm is the one. Nothing: none was made yet.
    pub(crate) fn load(folder: &Folder) -> Result<Option<Self>, FirmError> {
        let Some(text) = folder.read(SAMPLE_FIRM, SAMPLE_FIRM_BYTES_MAX as u64)? else { return Ok(None) };
        let firm = parse(&text, SAMPLE_FIRM_BYTES_MAX).map_err(|_| folder.damaged(SAMPLE_FIRM))?;
        Ok(Some(firm))
    }

    fn file(&self, name: &str) -> String {
        format!("firms/{}/{name}", self.firm)
    }

    /// Returns the name of the firm's wrapping key, as Key Vault would name it.
    fn wrapping_key_id(&self) -> String {
        format!("https://keys.example.com/keys/{}/1", self.firm)
    }

    /// Reads the firm's wrapping key. Nothing: none was made yet.
    pub(crate) fn wrapping_key(&self, folder: &Folder) -> Result<Option<PrivateWrappingKey>, FirmError> {
        let name = self.file("wrapping-key.pem");
        let Some(pem) = folder.read(&name, PEM_BYTES_MAX)? else { return Ok(None) };
        let damaged = || folder.damaged(&name);
        let pem = str::from_utf8(&pem).map_err(|_| damaged())?;
        Ok(Some(PrivateWrappingKey::from_pem(self.wrapping_key_id(), pem).map_err(|_| damaged())?))
    }

    fn make_wrapping_key(&self, folder: &Folder) -> Result<PrivateWrappingKey, FirmError> {
        let made = PrivateWrappingKey::make(self.wrapping_key_id(), &mut chance::rng());
        let made = made.map_err(|_| FirmError::Make)?;
        let pem = made.to_pem().map_err(|_| FirmError::Make)?;
        folder.write(&self.file("wrapping-key.pem"), pem.as_bytes())?;
        Ok(made)
    }

    /// Reads the firm's newest bundle, with its wrapping key. Nothing: the firm was not onboarded yet.
    pub(crate) fn bundle(&self, folder: &Folder, keys: &Keys) -> Result<Option<Signed<Bundle>>, FirmError> {
        let name = self.file("bundle.jws");
        let Some(compact) = folder.read(&name, BUNDLE_BYTES_MAX)? else { return Ok(None) };
        let damaged = || folder.damaged(&name);
        let compact = str::from_utf8(&compact).map_err(|_| damaged())?;
        let identity = [keys.identity.public(), keys.spare.public()];
        let bundle = Signed::<Bundle>::verify(compact, identity).map_err(|_| damaged())?;
        let own = (bundle.statement().firm, bundle.statement().tenant) == (self.firm, self.tenant);
        if own { Ok(Some(bundle)) } else { Err(damaged().into()) }
    }
}

/// Plays the provider's people, who onboard a firm.
#[derive(Debug)]
pub(crate) struct Provider {
    folder: Folder,
    keys: Arc<Keys>,
    sample: SampleFirm,
    /// Where this server answers, without a slash at its end.
    base: String,
    store: LocalStore,
    firms: Arc<FirmList>,
    clock: Arc<dyn Clock>,
    /// Bundles are signed one after the other.
    turn: Mutex<()>,
}

impl Provider {
    pub(crate) fn new(
        (folder, keys, sample): (Folder, Arc<Keys>, SampleFirm),
        base: String,
        (store, firms): (LocalStore, Arc<FirmList>),
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { folder, keys, sample, base, store, firms, clock, turn: Mutex::default() }
    }

    /// Lists the firm with the server, if it was onboarded before; with a new bundle, where the old one ends soon or names
    /// another address.
    pub(crate) async fn renew(&self) -> Result<(), FirmError> {
        let _turn = self.turn.lock().await;
        let Some(bundle) = self.sample.bundle(&self.folder, &self.keys)? else { return Ok(()) };
        let stated = bundle.statement();
        let now = self.clock.now();
        let ends_soon = stated.not_after.seconds().saturating_sub(RENEW_SECONDS) <= now.seconds();
        let moved = stated.checkout_origin.as_str() != self.base;
        // Whoever cannot unwrap must not take orders.
        let key = self.sample.wrapping_key(&self.folder)?;
        let key = key.ok_or_else(|| self.folder.damaged(&self.sample.file("wrapping-key.pem")))?;
        if ends_soon || moved {
            self.sign(stated.admin_fingerprint, &key, stated.sequence.saturating_add(1)).await?;
        } else {
            self.firms.put(Firm::new(bundle)?)?;
        }
        Ok(())
    }

    /// Onboards the firm for the desktop whose admin key has this fingerprint. The same desktop gets the same bundle.
    pub(crate) async fn onboard(&self, admin: Thumbprint) -> Result<Signed<Bundle>, FirmError> {
        let _turn = self.turn.lock().await;
        if let Some(bundle) = self.sample.bundle(&self.folder, &self.keys)? {
            let same = bundle.statement().admin_fingerprint == admin;
            return if same { Ok(bundle) } else { Err(FirmError::OtherAdmin) };
        }
        // Without a bundle nobody has seen a key that a crash may have left, so it is as good as a new one.
        let (folder, sample) = (self.folder.clone(), self.sample);
        let key = spawn_blocking(move || match sample.wrapping_key(&folder)? {
            Some(key) => Ok(key),
            None => sample.make_wrapping_key(&folder),
        });
        let key = key.await.map_err(|_| FirmError::Make)??;
        self.sign(admin, &key, 1).await
    }

    /// Signs a bundle, and keeps it before anybody sees it.
    async fn sign(
        &self,
        admin_fingerprint: Thumbprint,
        key: &PrivateWrappingKey,
        sequence: u64,
    ) -> Result<Signed<Bundle>, FirmError> {
        let bundle = self.keys.identity.sign(self.statement(admin_fingerprint, key, sequence)?);
        let bundle = bundle.map_err(FirmError::Sign)?;
        let firm = Firm::new(bundle.clone())?;
        make_containers(&self.store, &provider_container()?, &firm).await?;
        self.folder.write(&self.sample.file("bundle.jws"), bundle.compact().as_bytes())?;
        self.firms.put(firm)?;
        Ok(bundle)
    }

    fn statement(
        &self,
        admin_fingerprint: Thumbprint,
        key: &PrivateWrappingKey,
        sequence: u64,
    ) -> Result<Bundle, FirmError> {
        let SampleFirm { firm, tenant, made_at, .. } = self.sample;
        let now = self.clock.now();
        let address = |text: String| ServiceUrl::try_from(text).map_err(|_| FirmError::Address);
        let key_id = address(self.sample.wrapping_key_id())?;
        let not_after = now.seconds().saturating_add(BUNDLE_SECONDS).min(INTEGER_MAX);
        Ok(Bundle {
            version: V1,
            provider: PROVIDER.to_owned(),
            firm,
            firm_name: FIRM.to_owned(),
            tenant,
            containers: Containers { sealed: format!("sealed-{firm}"), live: format!("live-{firm}") },
            blob_endpoint: address(format!("{}/blobs", self.base))?,
            checkout_origin: address(self.base.clone())?,
            wrapping_keys: vec![WrappingKeyEntry { key_id, key: key.public().map_err(|_| FirmError::Make)? }],
            admin_fingerprint,
            receipt_keys: vec![self.keys.receipts.public().clone()],
            operators: vec![OperatorKey {
                name: OPERATOR.to_owned(),
                key: self.keys.operator.public().clone(),
                not_before: made_at,
                not_after: None,
            }],
            sequence,
            issued_at: now,
            not_after: Timestamp::try_from(not_after).unwrap_or(now),
        })
    }
}

/// Returns the provider's own container.
pub(crate) fn provider_container() -> Result<ContainerName, NameError> {
    PROVIDER_CONTAINER.parse()
}
