use satchel_terms::Hash;
use serde::Deserialize;

use super::{Outcome, hex, hex32, holds, pattern, vectors};
use crate::{EXPORT_CHUNK_BYTES, ExportId, ExportKey, ExportReadError, ExportReader, ExportWriter};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exports {
    export_id: String,
    export_key: String,
    check: String,
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stream {
    name: String,
    header: String,
    sealed_under: String,
    length: u64,
    order: Vec<usize>,
    chunk_bytes: usize,
    tail: String,
    sealed_sha256: String,
    sealed: Option<String>,
    refused: Option<String>,
}

/// Puts a vector's chunks together as it says, sealed here; those that no writer of ours makes stand in the vector.
fn put_together(key: &ExportKey, vector: &Stream) -> anyhow::Result<Vec<u8>> {
    if vector.chunk_bytes != EXPORT_CHUNK_BYTES || vector.length == 0 {
        return hex(vector.sealed.as_deref().unwrap_or_default());
    }
    let mut contents = Vec::new();
    std::io::Read::read_to_end(&mut pattern(vector.length), &mut contents)?;
    let mut writer = ExportWriter::begin(key, &hex(&vector.sealed_under)?, Vec::new())?;
    writer.write_all(&contents)?;
    let sealed = writer.finish()?;
    let chunks: Vec<&[u8]> = sealed.chunks(EXPORT_CHUNK_BYTES + 16).collect();
    let mut together = Vec::new();
    for number in &vector.order {
        together.extend_from_slice(chunks.get(*number).ok_or_else(|| anyhow::anyhow!("there is such a chunk"))?);
    }
    together.extend(hex(&vector.tail)?);
    Ok(together)
}

fn opened(key: &ExportKey, header: &[u8], sealed: &[u8]) -> Result<Vec<u8>, ExportReadError> {
    let mut reader = ExportReader::begin(key, header, sealed)?;
    let (mut contents, mut piece) = (Vec::new(), [0; 10_000]);
    loop {
        match reader.read(&mut piece)? {
            0 => return Ok(contents),
            count => contents.extend(piece.iter().take(count)),
        }
    }
}

#[test]
fn streams_of_exports_are_sealed_and_opened_as_in_the_vectors() -> Outcome {
    let exports: Exports = vectors("export.json")?;
    let key = ExportKey::from_bytes(&hex32(&exports.export_key)?);
    let id = ExportId(hex(&exports.export_id)?.as_slice().try_into()?);
    assert_eq!(key.derive_check(id)?, hex32(&exports.check)?);
    for vector in &exports.streams {
        let sealed = put_together(&key, vector)?;
        assert_eq!(Hash::of(&sealed).to_hex(), vector.sealed_sha256, "{}", vector.name);
        let opened = opened(&key, &hex(&vector.header)?, &sealed);
        holds(&vector.name, vector.refused.as_deref(), &opened);
        if let Ok(contents) = opened {
            let mut expected = Vec::new();
            std::io::Read::read_to_end(&mut pattern(vector.length), &mut expected)?;
            assert!(contents == expected, "{}", vector.name);
        }
    }
    Ok(())
}
