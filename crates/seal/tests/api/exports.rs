//! Exports as a stream: what was written comes back, and whatever happens to the chunks is found before anything is handed on.

use std::collections::BTreeSet;

use satchel_seal::{
    EXPORT_CHUNK_BYTES, ExportId, ExportKey, ExportReadError, ExportReader, ExportSlotKey, ExportWriter, GuessCost,
    Passphrase, RecoveryWords, SlotKey,
};
use satchel_terms::VaultId;

use crate::support::{Outcome, pattern, rng};

const HEADER: &[u8] = b"a header";
const SEALED_CHUNK: usize = EXPORT_CHUNK_BYTES + 16;
const LEAST: GuessCost = GuessCost { memory_kib: 8 * 1024, passes: 1, lanes: 1 };

fn sealed(key: &ExportKey, contents: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut writer = ExportWriter::begin(key, HEADER, Vec::new())?;
    // In pieces that fit no chunk.
    contents.chunks(10_007).try_for_each(|piece| writer.write_all(piece))?;
    Ok(writer.finish()?)
}

/// Returns what was handed on, and how it ended.
fn read(key: &ExportKey, header: &[u8], sealed: &[u8]) -> (Vec<u8>, Result<(), ExportReadError>) {
    let mut handed = Vec::new();
    let mut reader = match ExportReader::begin(key, header, sealed) {
        Ok(reader) => reader,
        Err(error) => return (handed, Err(error)),
    };
    let mut piece = [0; 7_001];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return (handed, Ok(())),
            Ok(count) => handed.extend_from_slice(&piece[..count]),
            Err(error) => {
                assert!(reader.read(&mut piece).is_err(), "refused once, refused for ever");
                return (handed, Err(error));
            }
        }
    }
}

#[test]
fn what_was_written_comes_back() -> Outcome {
    let key = ExportKey::make(&mut rng());
    for length in [1, 15, 16, 17, SEALED_CHUNK, 3 * EXPORT_CHUNK_BYTES + 5].into_iter().chain(
        (1..=3).flat_map(|chunks| [-1, 0, 1].map(|more| (chunks * EXPORT_CHUNK_BYTES).wrapping_add_signed(more))),
    ) {
        let contents = pattern(length);
        let file = sealed(&key, &contents)?;
        assert_eq!(file.len(), length + 16 * length.div_ceil(EXPORT_CHUNK_BYTES), "{length}");
        let (handed, ended) = read(&key, HEADER, &file);
        assert!(ended.is_ok() && handed == contents, "{length}: {ended:?}");
    }
    assert!(sealed(&key, b"").is_err(), "there is always something in an export");
    assert!(read(&key, HEADER, b"").1.is_err());
    Ok(())
}

#[test]
fn every_flipped_bit_is_found_and_hands_nothing_of_its_chunk_on() -> Outcome {
    let key = ExportKey::make(&mut rng());
    let contents = b"sealed words of a small export";
    let file = sealed(&key, contents)?;
    for at in 0..file.len() * 8 {
        let mut damaged = file.clone();
        damaged[at / 8] ^= 1 << (at % 8);
        let (handed, ended) = read(&key, HEADER, &damaged);
        assert!(handed.is_empty() && matches!(ended, Err(ExportReadError::NotAuthentic)), "bit {at}");
    }
    for at in 0..HEADER.len() * 8 {
        let mut header = HEADER.to_vec();
        header[at / 8] ^= 1 << (at % 8);
        assert!(read(&key, &header, &file).1.is_err(), "bit {at} of the header");
    }
    assert!(read(&ExportKey::make(&mut rng()), HEADER, &file).1.is_err(), "another key");
    Ok(())
}

#[test]
fn cuts_and_added_bytes_at_every_boundary_are_found() -> Outcome {
    let key = ExportKey::make(&mut rng());
    let contents = pattern(3 * EXPORT_CHUNK_BYTES);
    let file = sealed(&key, &contents)?;
    let around = (0..=3).flat_map(|chunk| [-17, -16, -1, 0, 1, 16, 17].map(move |more| (chunk * SEALED_CHUNK, more)));
    let lengths: BTreeSet<usize> = around.filter_map(|(at, more)| at.checked_add_signed(more)).collect();
    for length in lengths.into_iter().filter(|length| *length < file.len()) {
        let (handed, ended) = read(&key, HEADER, &file[..length]);
        assert!(ended.is_err() && contents.starts_with(&handed), "cut to {length}");
        assert!(handed.len() < contents.len() && handed.len().is_multiple_of(EXPORT_CHUNK_BYTES), "cut to {length}");
    }
    for more in [1, 16, 17, SEALED_CHUNK] {
        let longer = [&file[..], &vec![0; more]].concat();
        assert!(read(&key, HEADER, &longer).1.is_err(), "{more} bytes more");
    }
    Ok(())
}

#[test]
fn rearranged_chunks_are_found() -> Outcome {
    let key = ExportKey::make(&mut rng());
    let file = sealed(&key, &pattern(4 * EXPORT_CHUNK_BYTES))?;
    let other = sealed(&ExportKey::make(&mut rng()), &pattern(4 * EXPORT_CHUNK_BYTES))?;
    let chunks: Vec<&[u8]> = file.chunks(SEALED_CHUNK).chain(other.chunks(SEALED_CHUNK)).collect();
    for order in [
        &[1, 0, 2, 3][..],
        &[0, 1, 3, 2],
        &[0, 2, 3],
        &[1, 2, 3],
        &[0, 1, 2],
        &[0, 0, 1, 2, 3],
        &[0, 1, 2, 3, 3],
        &[3],
        &[0, 1, 2, 7],
        &[0, 5, 2, 3],
        &[4, 5, 6, 7],
    ] {
        let rearranged = order.iter().map(|number| chunks[*number]).collect::<Vec<_>>().concat();
        assert!(matches!(read(&key, HEADER, &rearranged).1, Err(ExportReadError::NotAuthentic)), "{order:?}");
    }
    Ok(())
}

#[test]
fn a_slot_opens_by_its_secret_for_its_export_and_nothing_else() -> Outcome {
    let (id, other) = (ExportId::make(&mut rng()), ExportId::make(&mut rng()));
    let key = ExportKey::make(&mut rng());
    let (passphrase, wrong) = (Passphrase::typed("a long passphrase")?, Passphrase::typed("a long passphrasf")?);
    let words = RecoveryWords::make(&mut rng());
    let by_passphrase = |passphrase, salt, id| ExportSlotKey::derive_from_passphrase(passphrase, LEAST, &salt, id);
    let slot = by_passphrase(&passphrase, [1; 16], id)?;
    let wrapped = slot.wrap(&key, &mut rng())?;
    let check = key.derive_check(id)?;
    assert!(slot.unwrap_export_key(&wrapped)?.has_check(id, &check) && !key.has_check(other, &check));
    let by_words = ExportSlotKey::derive_from_words(&words, id)?;
    for (name, slot) in [
        ("another passphrase", by_passphrase(&wrong, [1; 16], id)?),
        ("another salt", by_passphrase(&passphrase, [2; 16], id)?),
        ("another export", by_passphrase(&passphrase, [1; 16], other)?),
        ("words", ExportSlotKey::derive_from_words(&words, id)?),
    ] {
        assert!(slot.unwrap_export_key(&wrapped).is_err(), "{name}");
    }
    let of_words = by_words.wrap(&key, &mut rng())?;
    assert!(by_words.unwrap_export_key(&of_words)?.has_check(id, &check));
    assert!(ExportSlotKey::derive_from_words(&words, other)?.unwrap_export_key(&of_words).is_err());
    assert!(by_words.unwrap_export_key(&of_words[..of_words.len() - 1]).is_err());
    for shown in [format!("{key:?}"), format!("{slot:?}")] {
        assert!(shown.ends_with("..)"), "{shown}");
    }
    Ok(())
}

/// The same secret and the same 16 bytes as id and salt: a vault's slot and an export's have nothing in common.
#[test]
fn no_slot_of_a_vault_is_one_of_an_export() -> Outcome {
    let vault = VaultId::make(&mut rng());
    let id = ExportId(*vault.as_bytes());
    let (passphrase, words) = (Passphrase::typed("a long passphrase")?, RecoveryWords::make(&mut rng()));
    let key = ExportKey::make(&mut rng());
    let binding = |kind| satchel_seal::SlotBinding { vault, rotation: 1, kind };
    for (export, vault_slot, kind) in [
        (
            ExportSlotKey::derive_from_words(&words, id)?,
            SlotKey::derive_from_words(&words, vault)?,
            satchel_seal::SlotKind::RecoveryWords,
        ),
        (
            ExportSlotKey::derive_from_passphrase(&passphrase, LEAST, &[3; 16], id)?,
            SlotKey::derive_from_passphrase(&passphrase, LEAST, &[3; 16])?,
            satchel_seal::SlotKind::Passphrase,
        ),
    ] {
        let wrapped = export.wrap(&key, &mut rng())?;
        assert!(vault_slot.unwrap_vault_key(&wrapped, &binding(kind)).is_err());
        let vault_key = satchel_seal::VaultKey::make(&mut rng());
        let wrapped = vault_slot.wrap(&vault_key, &binding(kind), &mut rng())?;
        assert!(export.unwrap_export_key(&wrapped).is_err());
    }
    Ok(())
}
