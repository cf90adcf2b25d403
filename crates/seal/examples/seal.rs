//! Seals a file as Satchel does: `seal IN OUT.sealed OUT.json PUBLIC_PEM KEY_ID`.
//!
//! OUT.json is the `encryptiondata` metadata of the blob. Both outputs appear only when they are whole.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rand_core::UnwrapErr;
use satchel_seal::{Metadata, NoProgress, WrappingKey, seal_blob};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [plaintext, sealed, metadata, public_key, key_id] = arguments.as_slice() else {
        bail!("usage: seal IN OUT.sealed OUT.json PUBLIC_PEM KEY_ID");
    };
    let pem = fs::read_to_string(public_key).with_context(|| format!("cannot read {}", public_key.display()))?;
    let key = WrappingKey::from_pem(key_id.to_string_lossy().into_owned(), &pem)?;
    let part = part_of(sealed);
    let done = seal_file(plaintext, &part, &key);
    let json = match done {
        Ok(json) => json,
        Err(error) => {
            fs::remove_file(&part).ok();
            return Err(error);
        }
    };
    fs::rename(&part, sealed).with_context(|| format!("cannot write {}", sealed.display()))?;
    fs::write(metadata, json).with_context(|| format!("cannot write {}", metadata.display()))
}

fn seal_file(plaintext: &Path, sealed: &Path, key: &WrappingKey) -> anyhow::Result<String> {
    let mut rng = UnwrapErr(getrandom::SysRng);
    let mut input = File::open(plaintext).with_context(|| format!("cannot open {}", plaintext.display()))?;
    let output = File::create(sealed).with_context(|| format!("cannot create {}", sealed.display()))?;
    let mut output = BufWriter::new(output);
    let blob = seal_blob(&mut input, &mut output, &mut rng, &mut NoProgress)?;
    output.get_ref().sync_data().with_context(|| format!("cannot write {}", sealed.display()))?;
    let wrapped_key = key.wrap(&blob.content_key, &mut rng)?;
    Ok(Metadata { wrapped_key }.to_json()?)
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}
