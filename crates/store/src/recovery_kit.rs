//! Recovery words, in two steps: they are shown, and they count once some were typed back.

use std::fmt;

use rand_core::CryptoRng;
use satchel_seal::{RECOVERY_WORDS, RecoveryWords};

use crate::protection::ProtectionError;
use crate::vault::Vault;

/// How many words are to be typed back.
pub const ASKED_BACK: usize = 2;

/// New recovery words, which open nothing before [`Vault::keep_recovery_kit`]. Dropping it forgets them.
pub struct RecoveryKit {
    words: RecoveryWords,
    asked: [usize; ASKED_BACK],
}

impl RecoveryKit {
    /// Makes new words, and chooses which are to be typed back.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let words = RecoveryWords::make(rng);
        let mut bytes = [0; 8];
        rng.fill_bytes(&mut bytes);
        let drawn = u64::from_le_bytes(bytes);
        let below = |number: u64, count: usize| usize::try_from(number % count as u64).unwrap_or_default();
        let first = below(drawn, RECOVERY_WORDS);
        let second = (first + 1 + below(drawn / RECOVERY_WORDS as u64, RECOVERY_WORDS - 1)) % RECOVERY_WORDS;
        Self { words, asked: [first.min(second) + 1, first.max(second) + 1] }
    }

    /// Returns the words, to be shown and printed.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        self.words.words()
    }

    /// Returns the numbers of the words that are to be typed back, from 1, the lower one first.
    #[must_use]
    pub const fn asked(&self) -> [usize; ASKED_BACK] {
        self.asked
    }

    fn check(&self, typed: [&str; ASKED_BACK]) -> Result<(), ProtectionError> {
        let words = self.words();
        for (number, typed) in self.asked.into_iter().zip(typed) {
            let word = words.get(number - 1);
            if !word.is_some_and(|word| typed.trim().eq_ignore_ascii_case(word)) {
                return Err(ProtectionError::TypedBackWrongly(number));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKit(..)")
    }
}

impl Vault {
    /// Lets recovery words open the vault from now on, in place of earlier ones. `typed` are the words that the kit asks for, in
    /// its order.
    ///
    /// # Errors
    /// [`ProtectionError`]; [`ProtectionError::TypedBackWrongly`] where the next try may succeed.
    pub fn keep_recovery_kit(&mut self, kit: &RecoveryKit, typed: [&str; ASKED_BACK]) -> Result<(), ProtectionError> {
        kit.check(typed)?;
        let slot = self.access.wrapping().for_words(&kit.words, &mut self.random)?;
        let file = self.access.file.with(slot)?;
        self.put_key_file(file)
    }
}
