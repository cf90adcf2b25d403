//! The way to the provider of a firm, for whoever asks it something.

use std::sync::Arc;

use satchel_sign::{Bundle, OperatorKey, Signed};
use satchel_sync::drive::Remote;
use satchel_terms::EcPublicKey;

use super::now;
use super::pins::Pins;
use super::provider::{NotBound, SignedIn, newer_bundle};

/// The provider's server and storage, who is signed in, and what is verified of the provider.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) remote: Remote,
    pub(crate) account: Arc<SignedIn>,
    pub(super) pins: Pins,
    pub(super) bundle: Arc<Signed<Bundle>>,
    pub(super) device: EcPublicKey,
}

impl Link {
    /// Returns the key that this computer signs orders with.
    pub(crate) fn device(&self) -> &EcPublicKey {
        &self.device
    }

    /// Returns the operators whose entries count.
    pub(crate) fn operators(&self) -> Vec<OperatorKey> {
        self.bundle.statement().operators.clone()
    }

    /// Returns where payment pages are. None elsewhere is opened.
    pub(crate) fn checkout_origin(&self) -> &str {
        self.bundle.statement().checkout_origin.as_str()
    }

    /// Asks for the newest bundle, and takes it if it is the provider's and follows the one that is known.
    pub(crate) async fn newest_bundle(&self) -> Result<Signed<Bundle>, NotBound> {
        newer_bundle(&self.remote, &*self.account, &self.pins, &self.bundle, now()).await
    }
}
