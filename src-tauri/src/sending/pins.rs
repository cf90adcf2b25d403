//! Whom this build trusts and where it asks: the pins.
//!
//! A practice build reads them from `provider/practice.json` in its own folder, which a provider on loopback writes
//! (docs/PRACTICE.md).
//! A production build has none yet: they come with the firm's roll-out.

use std::path::Path;

use satchel_sign::ServiceUrl;
use satchel_terms::{EcPublicKey, V1, parse};
use serde::{Deserialize, Serialize};

use crate::state::Mode;

/// The file in a practice build's own folder.
const PINS: &str = "provider/practice.json";
/// The most bytes of the file.
const PINS_BYTES_MAX: u64 = 16 * 1024;

/// Whom this build trusts and where it asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pins {
    version: V1,
    /// Where the provider's server answers.
    pub(crate) server: ServiceUrl,
    /// The provider's identity keys: the active one and the spare one.
    pub(crate) identity_keys: [EcPublicKey; 2],
    /// Where a practice provider gives tokens.
    pub(crate) token: ServiceUrl,
    /// Where a practice provider onboards a firm.
    pub(crate) onboarding: ServiceUrl,
}

impl Pins {
    /// Reads the pins; nothing where there are none, or none that can be read: then there is no provider to talk to.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        if Mode::BUILT != Mode::Practice {
            return None;
        }
        let file = folder.join(PINS);
        if std::fs::metadata(&file).ok()?.len() > PINS_BYTES_MAX {
            return None;
        }
        let pins: Self = parse(&std::fs::read(file).ok()?, usize::try_from(PINS_BYTES_MAX).ok()?).ok()?;
        pins.are_of_this_computer().then_some(pins)
    }

    /// Tells whether all addresses are on loopback. Nothing of practice leaves this computer, whoever wrote the file.
    fn are_of_this_computer(&self) -> bool {
        [&self.server, &self.token, &self.onboarding].into_iter().all(is_of_this_computer)
    }
}

/// Tells whether an address is on loopback: without encryption none other can be named.
pub(super) fn is_of_this_computer(address: &ServiceUrl) -> bool {
    address.as_str().starts_with("http://")
}

#[cfg(test)]
mod tests {
    use satchel_sign::{Identity, SigningKey};

    use super::*;

    #[test]
    fn practice_asks_this_computer_only() {
        let key = || SigningKey::<Identity>::make(&mut crate::rng()).expect("a key").public().clone();
        let address = |text: &str| ServiceUrl::try_from(text.to_owned()).expect("an address");
        let (own, other) = (address("http://127.0.0.1:9"), address("https://provider.example.com"));
        for (server, token, onboarding, holds) in [
            (&own, &own, &own, true),
            (&other, &own, &own, false),
            (&own, &other, &own, false),
            (&own, &own, &other, false),
        ] {
            let pins = Pins {
                version: V1,
                server: server.clone(),
                identity_keys: [key(), key()],
                token: token.clone(),
                onboarding: onboarding.clone(),
            };
            assert_eq!(pins.are_of_this_computer(), holds, "{pins:?}");
        }
    }
}
