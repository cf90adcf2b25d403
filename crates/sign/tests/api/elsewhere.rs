//! Signing by a key that is elsewhere.

use p256::ecdsa::Signature;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use rand_core::UnwrapErr;
use satchel_sign::{Manifest, Receipt, Receipts, Signed, SigningKey, Statement, Unsigned, VerifyError, verify_receipt};
use satchel_terms::Hash;
use serde::Deserialize;

use crate::vectors::{Key, keys, list};

#[derive(Deserialize)]
struct ReceiptVector {
    manifest: String,
    receipt: String,
    refused: Option<String>,
}

/// What Key Vault does: it signs a digest, whatever that is of.
fn sign_elsewhere(key: &SigningKey<Receipts>, digest: Hash) -> [u8; 64] {
    let key = p256::ecdsa::SigningKey::from_slice(key.expose().as_slice()).expect("a key");
    let signature: Signature = key.sign_prehash(digest.as_bytes()).expect("a signature");
    signature.to_bytes().into()
}

fn key() -> SigningKey<Receipts> {
    SigningKey::make(&mut UnwrapErr(getrandom::SysRng)).expect("a key")
}

/// A receipt of the vectors, with the manifest that it is for.
fn receipt() -> (Receipt, Signed<Manifest>) {
    let known = keys("statements.json");
    let signers = || known.values().map(|key: &Key| &key.jwk);
    let vectors = list::<ReceiptVector>("statements.json", "receipts");
    let good = vectors.iter().find(|vector| vector.refused.is_none()).expect("one is good");
    let receipt = Signed::<Receipt>::verify(&good.receipt, signers()).expect("a receipt");
    let payload = receipt.statement().to_payload().expect("it writes");
    (Receipt::from_payload(&payload).expect("it reads"), Signed::verify(&good.manifest, signers()).expect("a manifest"))
}

#[test]
fn a_signature_from_elsewhere_counts_as_one_from_here() {
    let ((receipt, manifest), key) = (receipt(), key());
    let unsigned = Unsigned::<Receipts, _>::prepare(receipt.clone(), key.public()).expect("it keeps the rules");
    let signature = sign_elsewhere(&key, unsigned.digest());
    let signed = unsigned.complete(&signature).expect("the key's own");
    assert_eq!(signed.signer(), key.public().thumbprint());
    assert_eq!(signed.hash(), key.sign(receipt).expect("it keeps the rules").hash());
    assert_eq!(verify_receipt(signed.compact(), [key.public()], &manifest), Ok(signed));
}

#[test]
fn a_signature_of_another_key_or_digest_makes_nothing() {
    let ((receipt, _), own, other) = (receipt(), key(), key());
    let digest = Unsigned::<Receipts, _>::prepare(receipt.clone(), own.public()).expect("prepared").digest();
    let mut flipped = sign_elsewhere(&own, digest);
    flipped[40] ^= 1;
    for signature in
        [sign_elsewhere(&other, digest), sign_elsewhere(&own, Hash::of(b"other")), flipped, [0; 64], [255; 64]]
    {
        let unsigned = Unsigned::<Receipts, _>::prepare(receipt.clone(), own.public()).expect("prepared");
        assert_eq!(unsigned.complete(&signature).err(), Some(VerifyError::Signature));
    }
}

#[test]
fn what_breaks_a_rule_is_not_prepared() {
    let (mut receipt, _) = receipt();
    receipt.order_number = String::new();
    let prepared = Unsigned::<Receipts, _>::prepare(receipt, key().public());
    assert_eq!(prepared.map(|_| ()), Err(VerifyError::Statement));
}

#[test]
fn what_is_to_be_signed_is_not_printed() {
    let ((receipt, _), key) = (receipt(), key());
    let number = receipt.order_number.clone();
    let printed = format!("{:?}", Unsigned::<Receipts, _>::prepare(receipt, key.public()).expect("prepared"));
    assert!(printed.contains("receipts") && !printed.contains(&number), "{printed}");
}
