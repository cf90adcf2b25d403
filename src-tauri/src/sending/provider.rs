//! The provider, by the pins of this build: who signs in, and how a firm begins.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use satchel_sign::{Bundle, BundleRefused, Edges, Signed};
use satchel_sync::drive::{AccessToken, Account, NoToken, Remote, RemoteError, Unanswered};
use satchel_terms::{EcPublicKey, Thumbprint, Timestamp};

use super::firm::Firm;
use super::keys::DeviceKeys;
use super::pins::{Pins, is_of_this_computer};
use crate::state::Mode;

/// Which addresses this build talks to.
pub(super) const EDGES: Edges = match Mode::BUILT {
    Mode::Practice => Edges::Practice,
    Mode::Azure => Edges::Production,
};

/// Says why this computer is not bound to a firm.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotBound {
    /// The other side does not answer now.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// No connection can be made from this computer.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// What it said does not hold.
    #[error(transparent)]
    Bundle(#[from] BundleRefused),
    /// The firm cannot be used.
    #[error(transparent)]
    Firm(#[from] super::firm::FirmError),
    /// This build has no way to sign in yet.
    #[cfg(not(feature = "practice"))]
    #[error("this version of Satchel cannot sign in yet")]
    NoSignIn,
}

/// Begins the firm: the provider signs a bundle that names this computer's admin key, and this computer the first roster.
#[cfg(feature = "practice")]
pub(super) async fn begin(pins: &Pins, keys: &DeviceKeys, now: Timestamp) -> Result<Firm, NotBound> {
    let provider = practice(pins)?;
    let person = provider.token().await?.person;
    let bundle = provider.onboard(keys.admin.public().thumbprint()).await?;
    let bundle = Signed::<Bundle>::accept(&bundle, &pins.identity_keys, None, now, EDGES)?;
    Ok(Firm::begin(bundle, keys, Some(person), now)?)
}

/// Begins the firm. Signing in is not built yet.
#[cfg(not(feature = "practice"))]
pub(super) async fn begin(_: &Pins, _: &DeviceKeys, _: Timestamp) -> Result<Firm, NotBound> {
    Err(NotBound::NoSignIn)
}

#[cfg(feature = "practice")]
fn practice(pins: &Pins) -> Result<satchel_sync::drive::PracticeProvider, RemoteError> {
    satchel_sync::drive::PracticeProvider::new(&pins.server, pins.token.clone(), pins.onboarding.clone())
}

/// Connects with the provider of a firm.
pub(super) fn remote(pins: &Pins, firm: &Firm) -> Result<Remote, RemoteError> {
    let storage = &firm.bundle.statement().blob_endpoint;
    if Mode::BUILT == Mode::Practice && !is_of_this_computer(storage) {
        return Err(RemoteError::Address);
    }
    Remote::new(&pins.server, storage, EDGES)
}

/// Asks for a newer bundle, and takes it if it is the provider's and follows the one that is known.
pub(super) async fn newer_bundle(
    remote: &Remote,
    account: &dyn Account,
    pins: &Pins,
    known: &Signed<Bundle>,
    now: Timestamp,
) -> Result<Signed<Bundle>, NotBound> {
    let offered = remote.bundle(account).await?;
    Ok(Signed::<Bundle>::accept(&offered, &pins.identity_keys, Some(known), now, EDGES)?)
}

/// Who sends orders: whoever is signed in, and which receipts count.
pub(crate) struct SignedIn {
    #[cfg_attr(not(feature = "practice"), expect(dead_code, reason = "signing in is not built yet"))]
    pins: Pins,
    receipt_keys: Mutex<Arc<[EcPublicKey]>>,
}

impl SignedIn {
    pub(super) fn new(pins: Pins, firm: &Firm) -> Self {
        Self { pins, receipt_keys: Mutex::new(receipt_keys(&firm.bundle)) }
    }

    /// Takes the receipt keys of a newer bundle.
    pub(super) fn renew(&self, bundle: &Signed<Bundle>) {
        *self.receipt_keys.lock().unwrap_or_else(PoisonError::into_inner) = receipt_keys(bundle);
    }
}

fn receipt_keys(bundle: &Signed<Bundle>) -> Arc<[EcPublicKey]> {
    bundle.statement().receipt_keys.clone().into()
}

#[async_trait]
impl Account for SignedIn {
    /// A practice provider signs the sample person in whenever it is asked.
    #[cfg(feature = "practice")]
    async fn token(&self) -> Result<AccessToken, NoToken> {
        let provider = practice(&self.pins).map_err(|_| NoToken::Offline)?;
        provider.token().await.map(|answer| answer.token).map_err(|_| NoToken::Offline)
    }

    #[cfg(not(feature = "practice"))]
    async fn token(&self) -> Result<AccessToken, NoToken> {
        Err(NoToken::SignIn)
    }

    fn token_refused(&self, _: &AccessToken) {
        // None is kept, so none is handed out again.
    }

    fn receipt_keys(&self) -> Arc<[EcPublicKey]> {
        Arc::clone(&self.receipt_keys.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes a fingerprint in groups of four, as a person compares it.
pub(super) fn grouped(fingerprint: Thumbprint) -> String {
    let text = fingerprint.to_string();
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(" ")
}
