//! Recovery words: 12 words of BIP-39 (English) that stand for 16 random bytes and a checksum.

use std::fmt;

use bip39::{Error, Language, Mnemonic};
use rand_core::CryptoRng;
use satchel_terms::VaultId;
use zeroize::Zeroizing;

use crate::slot::{SlotError, SlotKey};

/// How many recovery words there are.
pub const RECOVERY_WORDS: usize = 12;
/// Bytes that they stand for.
const ENTROPY_BYTES: usize = 16;
/// The most bytes that are looked at: far more than 12 words with wide spaces.
const TYPED_BYTES_MAX: usize = 4096;

/// Says why what was typed are no recovery words. No word is repeated: it may be a right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// There are more or fewer.
    #[error("there are {RECOVERY_WORDS} recovery words, and {0} were typed. Type them all, with a space between them")]
    Count(usize),
    /// Far longer than 12 words.
    #[error("this is far longer than {RECOVERY_WORDS} recovery words. Type them all, with a space between them")]
    TooLong,
    /// A word is not in the list. It is named by its number, from 1.
    #[error("word {0} is not a word that recovery words are taken from. Compare it with your sheet, letter by letter")]
    Unknown(usize),
    /// All are in the list, and do not belong together.
    #[error(
        "each of these words could be right, but together they are not: one of them is another, or their order is. Compare them \
         with your sheet one by one"
    )]
    Checksum,
}

/// The recovery words of a vault.
pub struct RecoveryWords(Zeroizing<[u8; ENTROPY_BYTES]>);

impl RecoveryWords {
    /// Makes new ones.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut entropy = Zeroizing::new([0; ENTROPY_BYTES]);
        rng.fill_bytes(entropy.as_mut_slice());
        Self(entropy)
    }

    /// Takes what was typed: in upper or lower case, with any white space between, before and behind the words.
    ///
    /// # Errors
    /// [`WordsError`].
    pub fn typed(text: &str) -> Result<Self, WordsError> {
        if text.len() > TYPED_BYTES_MAX {
            return Err(WordsError::TooLong);
        }
        let count = text.split_whitespace().count();
        if count != RECOVERY_WORDS {
            return Err(WordsError::Count(count));
        }
        let mut lower = Zeroizing::new(String::with_capacity(text.len()));
        lower.push_str(text);
        lower.make_ascii_lowercase();
        let words = Mnemonic::parse_in_normalized(Language::English, &lower).map_err(|error| match error {
            Error::UnknownWord(index) => WordsError::Unknown(index + 1),
            Error::BadWordCount(count) => WordsError::Count(count),
            Error::InvalidChecksum | Error::BadEntropyBitCount(_) | Error::AmbiguousLanguages(_) => {
                WordsError::Checksum
            }
        })?;
        let (bytes, length) = words.to_entropy_array();
        let bytes = Zeroizing::new(bytes);
        let entropy = bytes.first_chunk().filter(|_| length == ENTROPY_BYTES).ok_or(WordsError::Count(count))?;
        Ok(Self(Zeroizing::new(*entropy)))
    }

    pub(crate) fn entropy(&self) -> &[u8; ENTROPY_BYTES] {
        &self.0
    }

    /// Returns the words, to be shown and printed. They are text of this program; which they are is the secret.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        let mnemonic = Mnemonic::from_entropy_in(Language::English, self.0.as_slice());
        mnemonic.map(|mnemonic| mnemonic.words().collect()).unwrap_or_default()
    }
}

impl fmt::Debug for RecoveryWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryWords(..)")
    }
}

impl SlotKey {
    /// Derives the slot key of recovery words.
    ///
    /// # Errors
    /// None that recovery words can cause.
    pub fn derive_from_words(words: &RecoveryWords, vault: VaultId) -> Result<Self, SlotError> {
        Self::derive_from_entropy(&words.0, vault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the test vectors of BIP-39 by its authors.
    const KNOWN: [(&str, &str); 4] = [
        (
            "00000000000000000000000000000000",
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        ),
        (
            "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
            "legal winner thank year wave sausage worth useful legal winner thank yellow",
        ),
        (
            "80808080808080808080808080808080",
            "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
        ),
        ("ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"),
    ];

    fn hex(words: &RecoveryWords) -> String {
        words.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn words_are_those_of_bip_39() {
        for (entropy, text) in KNOWN {
            let words = RecoveryWords::typed(text).expect(text);
            assert_eq!(hex(&words), entropy);
            assert_eq!(words.words().join(" "), text);
        }
    }

    #[test]
    fn words_may_be_typed_in_any_case_and_with_any_space() {
        let (entropy, text) = KNOWN[1];
        for typed in [
            text.to_uppercase(),
            format!("\n  {}\t", text.replace(' ', "\r\n ")),
            text.replace(' ', "\u{a0}\u{3000}"),
            text.replace("legal", "Legal"),
        ] {
            assert_eq!(RecoveryWords::typed(&typed).map(|words| hex(&words)), Ok(entropy.to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_number_and_never_repeated() {
        let (_, text) = KNOWN[1];
        let with = |number: usize, word: &str| {
            let mut words: Vec<_> = text.split(' ').collect();
            words[number - 1] = word;
            words.join(" ")
        };
        let eleven = text.rsplit_once(' ').map_or("", |(eleven, _)| eleven);
        for (typed, expected) in [
            (String::new(), WordsError::Count(0)),
            (eleven.to_owned(), WordsError::Count(11)),
            (format!("{text} {text}"), WordsError::Count(24)),
            (with(1, "legai"), WordsError::Unknown(1)),
            (with(12, "yelow"), WordsError::Unknown(12)),
            (with(7, "w\u{f6}rth"), WordsError::Unknown(7)),
            // Four letters tell the words of the list apart, but half a word is none.
            (with(4, "wint"), WordsError::Unknown(4)),
            (with(2, "thank"), WordsError::Checksum),
            (
                "winner legal thank year wave sausage worth useful legal winner thank yellow".to_owned(),
                WordsError::Checksum,
            ),
            (" ".repeat(TYPED_BYTES_MAX) + text, WordsError::TooLong),
        ] {
            assert_eq!(RecoveryWords::typed(&typed).map(|words| hex(&words)), Err(expected), "{typed}");
        }
        for typed in ["legai", "w\u{f6}rth"] {
            let told =
                RecoveryWords::typed(&with(7, typed)).map(|_| ()).expect_err("it is not in the list").to_string();
            assert!(told.contains("word 7") && !told.contains(typed), "{told}");
        }
    }

    #[test]
    fn made_words_read_as_they_were_made_and_differ() {
        struct Counting(u8);
        impl rand_core::TryRng for Counting {
            type Error = std::convert::Infallible;
            fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
                Ok(0)
            }
            fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
                Ok(0)
            }
            fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
                bytes.iter_mut().for_each(|byte| {
                    self.0 = self.0.wrapping_mul(5).wrapping_add(13);
                    *byte = self.0;
                });
                Ok(())
            }
        }
        impl rand_core::TryCryptoRng for Counting {}
        let mut rng = Counting(1);
        let (one, other) = (RecoveryWords::make(&mut rng), RecoveryWords::make(&mut rng));
        assert_eq!(RecoveryWords::typed(&one.words().join(" ")).map(|words| hex(&words)), Ok(hex(&one)));
        assert_eq!(one.words().len(), RECOVERY_WORDS);
        assert_ne!(hex(&one), hex(&other));
        assert_eq!(format!("{one:?}"), "RecoveryWords(..)");
    }
}
