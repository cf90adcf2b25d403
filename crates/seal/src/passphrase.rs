//! Passphrases: what a person types to open a vault, and what is reckoned from it.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::cipher::KEY_BYTES;
use crate::slot::SlotKey;

/// The most bytes of a passphrase, in the form that is reckoned with.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;
/// The fewest characters of a passphrase that is chosen.
pub const PASSPHRASE_CHARACTERS_MIN: usize = 12;

/// Says why a text is no passphrase. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Nothing was typed.
    #[error("no passphrase was typed")]
    Empty,
    /// Longer than [`PASSPHRASE_BYTES_MAX`].
    #[error("this is longer than a passphrase can be ({PASSPHRASE_BYTES_MAX} bytes)")]
    TooLong,
    /// Shorter than [`PASSPHRASE_CHARACTERS_MIN`].
    #[error(
        "a passphrase needs at least {PASSPHRASE_CHARACTERS_MIN} characters. Whoever gets a copy of the vault can try short ones \
         one after the other, without this computer and without anybody noticing. Take a few words that nobody would guess"
    )]
    TooShort,
}

/// A passphrase as it was typed: in Unicode NFKC, not trimmed.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed to open a vault.
    ///
    /// # Errors
    /// [`PassphraseError::Empty`], [`PassphraseError::TooLong`].
    pub fn typed(text: &str) -> Result<Self, PassphraseError> {
        // So much at once, so that no copy of a smaller buffer stays behind in memory.
        let mut normal = Zeroizing::new(String::with_capacity(PASSPHRASE_BYTES_MAX));
        for character in text.nfkc() {
            if normal.len() + character.len_utf8() > PASSPHRASE_BYTES_MAX {
                return Err(PassphraseError::TooLong);
            }
            normal.push(character);
        }
        if normal.is_empty() { Err(PassphraseError::Empty) } else { Ok(Self(normal)) }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// A passphrase that may be set: long enough not to be tried out.
#[derive(Debug)]
pub struct ChosenPassphrase(Passphrase);

impl ChosenPassphrase {
    /// Takes what a person chose. Characters are Unicode scalar values, counted in NFKC.
    ///
    /// # Errors
    /// [`PassphraseError`].
    pub fn new(text: &str) -> Result<Self, PassphraseError> {
        let passphrase = Passphrase::typed(text)?;
        let characters = passphrase.0.chars().count();
        if characters < PASSPHRASE_CHARACTERS_MIN { Err(PassphraseError::TooShort) } else { Ok(Self(passphrase)) }
    }

    /// Returns it as one that opens.
    #[must_use]
    pub const fn as_typed(&self) -> &Passphrase {
        &self.0
    }
}

/// What one guess of a passphrase costs: parameters of Argon2id (RFC 9106), version 19.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuessCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes. They are reckoned one after the other.
    pub lanes: u32,
}

impl GuessCost {
    /// What a new passphrase gets: 64 MiB, 3 passes, 1 lane. About a sixth of a second on a computer of 2026.
    pub const NEW: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Tells whether it is one that a reader computes: not so low that a passphrase is guessed, not so high that a file from
    /// elsewhere stops the computer.
    #[must_use]
    pub fn is_within_bounds(&self) -> bool {
        (8 * 1024..=1024 * 1024).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=8).contains(&self.lanes)
    }
}

/// Says why no key was derived from a passphrase. It may be the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// The parameters are out of bounds.
    #[error("the passphrase's parameters are none that Satchel computes")]
    Cost,
    /// There is not so much memory.
    #[error("this computer has not enough free memory to check the passphrase. Close other programs, then try again")]
    Memory,
}

impl SlotKey {
    /// Derives the slot key of a passphrase: Argon2id, 32 bytes out.
    ///
    /// # Errors
    /// [`DeriveError`].
    pub fn derive_from_passphrase(
        passphrase: &Passphrase,
        cost: GuessCost,
        salt: &[u8; 16],
    ) -> Result<Self, DeriveError> {
        if !cost.is_within_bounds() {
            return Err(DeriveError::Cost);
        }
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(KEY_BYTES));
        let params = params.map_err(|_| DeriveError::Cost)?;
        let mut memory = Zeroizing::new(Vec::new());
        memory.try_reserve_exact(params.block_count()).map_err(|_| DeriveError::Memory)?;
        memory.resize(params.block_count(), Block::default());
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let passphrase = passphrase.0.as_bytes();
        let done = argon2.hash_password_into_with_memory(passphrase, salt, key.as_mut_slice(), memory.as_mut_slice());
        // The library's copies on the stack are wiped by its own feature; the last block is what the key is hashed from.
        memory.as_mut_slice().iter_mut().for_each(|block| block.zeroize());
        done.map_err(|_| DeriveError::Cost)?;
        Ok(Self::from_keyring(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_normal_and_neither_empty_nor_too_long() {
        let long = |bytes| "x".repeat(bytes);
        for (text, expected) in [
            ("", Err(PassphraseError::Empty)),
            (" ", Ok(" ".to_owned())),
            (" not trimmed ", Ok(" not trimmed ".to_owned())),
            ("e\u{301}\u{fb01}\u{2116}", Ok("\u{e9}fiNo".to_owned())),
            (&long(PASSPHRASE_BYTES_MAX), Ok(long(PASSPHRASE_BYTES_MAX))),
            (&long(PASSPHRASE_BYTES_MAX + 1), Err(PassphraseError::TooLong)),
            // Three bytes each as they are typed, one in NFKC.
            (&"\u{ff21}".repeat(PASSPHRASE_BYTES_MAX), Ok("A".repeat(PASSPHRASE_BYTES_MAX))),
            // Eighteen characters in NFKC.
            (&"\u{fdfa}".repeat(100), Err(PassphraseError::TooLong)),
        ] {
            let typed = Passphrase::typed(text).map(|passphrase| passphrase.0.to_string());
            assert_eq!(typed, expected, "{} bytes", text.len());
        }
    }

    #[test]
    fn twelve_characters_may_be_chosen_and_eleven_not() {
        for (text, expected) in [
            ("", Some(PassphraseError::Empty)),
            ("elf letters", Some(PassphraseError::TooShort)),
            ("zwölf Zeiche", None),
            // Eleven characters of which one is typed as two.
            ("e\u{301}lf letters", Some(PassphraseError::TooShort)),
            ("\u{65e5}\u{672c}\u{8a9e}", Some(PassphraseError::TooShort)),
        ] {
            assert_eq!(ChosenPassphrase::new(text).err(), expected, "{text}");
        }
        assert!(PassphraseError::TooShort.to_string().contains("12 characters"));
    }

    #[test]
    fn bounds_of_the_cost_are_kept() {
        let least = GuessCost { memory_kib: 8 * 1024, passes: 1, lanes: 1 };
        let most = GuessCost { memory_kib: 1024 * 1024, passes: 16, lanes: 8 };
        assert!(least.is_within_bounds() && most.is_within_bounds() && GuessCost::NEW.is_within_bounds());
        let passphrase = Passphrase::typed("anything").expect("a passphrase");
        for cost in [
            GuessCost { memory_kib: least.memory_kib - 1, ..least },
            GuessCost { memory_kib: most.memory_kib + 1, ..least },
            GuessCost { passes: 0, ..least },
            GuessCost { passes: 17, ..least },
            GuessCost { lanes: 0, ..least },
            GuessCost { lanes: 9, ..least },
        ] {
            let refused = SlotKey::derive_from_passphrase(&passphrase, cost, &[0; 16]);
            assert_eq!(refused.err(), Some(DeriveError::Cost), "{cost:?}");
        }
    }

    /// As argon2-cffi reckons it.
    #[test]
    fn a_key_is_that_of_argon2id() {
        let passphrase = Passphrase::typed("correct horse battery staple").expect("a passphrase");
        let cost = GuessCost { memory_kib: 8 * 1024, passes: 2, lanes: 3 };
        let key = SlotKey::derive_from_passphrase(&passphrase, cost, &[7; 16]).expect("it is derived");
        let hex: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "eff27cebab8c807b254689ab4389e158912e5ee1c49208560782d700eef878fa");
    }
}
