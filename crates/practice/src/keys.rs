//! The provider's keys, in files that only their owner reads. They are made once, all together.

use rand_core::CryptoRng;
use satchel_sign::{Identity, Operator, Receipts, Role, SigningKey};
use zeroize::Zeroizing;

use crate::folder::{Folder, FolderError};
use crate::token_key::{TOKEN_KEY_BYTES_MAX, TokenKey};

const KEYS: &str = "keys";
/// Where keys are while they are made. Nothing has used them before they are all there.
const UNFINISHED: &str = "keys.unfinished";
const KEY_BYTES: u64 = 32;

/// Says why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// No key could be made.
    #[error("this computer's generator makes no usable keys")]
    Make,
}

/// What a provider signs with.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Signs bundles.
    pub(crate) identity: SigningKey<Identity>,
    /// Pinned beside it, and never used here.
    pub(crate) spare: SigningKey<Identity>,
    /// Signs receipts.
    pub(crate) receipts: SigningKey<Receipts>,
    /// Signs log entries.
    pub(crate) operator: SigningKey<Operator>,
    /// Signs access tokens, in Entra ID's place.
    pub(crate) tokens: TokenKey,
    /// Signs tickets.
    pub(crate) tickets: Zeroizing<TicketBytes>,
}

/// The bytes of the key of tickets.
type TicketBytes = [u8; 32];

impl Keys {
    /// Tells whether they were made.
    pub(crate) fn exist(folder: &Folder) -> bool {
        folder.path(KEYS).exists()
    }

    /// Makes all keys, where there are none.
    pub(crate) fn make(folder: &Folder, rng: &mut impl CryptoRng) -> Result<(), KeysError> {
        folder.remove_unused(UNFINISHED)?;
        let unfinished = |name: &str| format!("{UNFINISHED}/{name}");
        folder.write(&unfinished("identity"), made::<Identity>(rng)?.as_slice())?;
        folder.write(&unfinished("identity-spare"), made::<Identity>(rng)?.as_slice())?;
        folder.write(&unfinished("receipts"), made::<Receipts>(rng)?.as_slice())?;
        folder.write(&unfinished("operator"), made::<Operator>(rng)?.as_slice())?;
        let mut tickets = Zeroizing::new(TicketBytes::default());
        rng.fill_bytes(tickets.as_mut_slice());
        folder.write(&unfinished("tickets"), tickets.as_slice())?;
        folder.write(&unfinished("tokens.der"), &TokenKey::make().ok_or(KeysError::Make)?)?;
        Ok(folder.rename(UNFINISHED, KEYS)?)
    }

    /// Reads all keys. One that is missing is not made again: others rely on its public half.
    pub(crate) fn load(folder: &Folder) -> Result<Self, KeysError> {
        let tokens = name("tokens.der");
        let der = folder.read(&tokens, TOKEN_KEY_BYTES_MAX)?.ok_or_else(|| folder.damaged(&tokens))?;
        Ok(Self {
            identity: signing(folder, "identity")?,
            spare: signing(folder, "identity-spare")?,
            receipts: signing(folder, "receipts")?,
            operator: signing(folder, "operator")?,
            tokens: TokenKey::from_der(&der).ok_or_else(|| folder.damaged(&tokens))?,
            tickets: scalar(folder, "tickets")?,
        })
    }
}

fn name(key: &str) -> String {
    format!("{KEYS}/{key}")
}

fn made<R: Role>(rng: &mut impl CryptoRng) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    Ok(SigningKey::<R>::make(rng).map_err(|_| KeysError::Make)?.expose())
}

fn signing<R: Role>(folder: &Folder, key: &str) -> Result<SigningKey<R>, KeysError> {
    let bytes = scalar(folder, key)?;
    SigningKey::from_bytes(&bytes).map_err(|_| folder.damaged(&name(key)).into())
}

fn scalar(folder: &Folder, key: &str) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let damaged = || folder.damaged(&name(key));
    let bytes = folder.read(&name(key), KEY_BYTES)?.ok_or_else(damaged)?;
    let mut scalar = Zeroizing::new([0; 32]);
    if bytes.len() != scalar.len() {
        return Err(damaged().into());
    }
    scalar.copy_from_slice(&bytes);
    Ok(scalar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance;

    fn folder() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(root.path().to_owned()).expect("opened");
        (root, folder)
    }

    #[test]
    fn keys_read_as_they_were_made() {
        let (_root, folder) = folder();
        assert!(!Keys::exist(&folder));
        Keys::make(&folder, &mut chance::rng()).expect("made");
        let (first, second) = (Keys::load(&folder).expect("read"), Keys::load(&folder).expect("read"));
        assert!(Keys::exist(&folder));
        assert_eq!(first.identity.public(), second.identity.public());
        assert!(first.tokens.key_set().is_some() && first.tokens.key_set() == second.tokens.key_set());
        let all = [first.identity.public(), first.spare.public(), first.receipts.public(), first.operator.public()];
        let different: std::collections::BTreeSet<_> = all.iter().map(|key| key.thumbprint()).collect();
        assert_eq!(different.len(), 4);
    }

    #[test]
    fn a_key_that_is_gone_or_damaged_is_not_made_again() {
        for key in ["identity", "identity-spare", "receipts", "operator", "tickets", "tokens.der"] {
            let (_root, folder) = folder();
            Keys::make(&folder, &mut chance::rng()).expect("made");
            std::fs::write(folder.path(&name(key)), [0; 31]).expect("written");
            assert!(matches!(Keys::load(&folder), Err(KeysError::Folder(FolderError::Damaged(_)))), "{key}");
            std::fs::remove_file(folder.path(&name(key))).expect("removed");
            assert!(matches!(Keys::load(&folder), Err(KeysError::Folder(FolderError::Damaged(_)))), "{key}");
            assert!(Keys::exist(&folder));
        }
    }

    #[test]
    fn keys_that_a_crash_cut_off_are_made_anew() {
        let (_root, folder) = folder();
        folder.write("keys.unfinished/identity", &[1; 32]).expect("written");
        assert!(!Keys::exist(&folder));
        Keys::make(&folder, &mut chance::rng()).expect("made");
        assert_ne!(Keys::load(&folder).expect("read").identity.expose().as_slice(), [1; 32]);
    }
}
