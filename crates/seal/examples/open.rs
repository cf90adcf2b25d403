//! Opens a sealed file: `open IN.sealed IN.json OUT PRIVATE_PEM`.
//!
//! It knows nothing but the blob and its metadata, so it cannot tell whether whole regions are missing at the end; intake
//! compares with the signed order. OUT appears only when every region is authentic.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rand_core::UnwrapErr;
use satchel_seal::{ContentKey, Metadata, NoProgress, PrivateWrappingKey, open_unlisted_blob};
use satchel_terms::sealed_length::plaintext_of;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [sealed, metadata, plaintext, private_key] = arguments.as_slice() else {
        bail!("usage: open IN.sealed IN.json OUT PRIVATE_PEM");
    };
    let json = fs::read_to_string(metadata).with_context(|| format!("cannot read {}", metadata.display()))?;
    let wrapped = Metadata::from_json(&json)?.wrapped_key;
    let pem = fs::read_to_string(private_key).with_context(|| format!("cannot read {}", private_key.display()))?;
    let key = PrivateWrappingKey::from_pem(wrapped.key_id.clone(), &pem)?;
    let content_key = key.unwrap_content_key(&wrapped, &mut UnwrapErr(getrandom::SysRng))?;
    let part = part_of(plaintext);
    if let Err(error) = open_file(sealed, &content_key, &part) {
        fs::remove_file(&part).ok();
        return Err(error);
    }
    fs::rename(&part, plaintext).with_context(|| format!("cannot write {}", plaintext.display()))
}

fn open_file(sealed: &Path, content_key: &ContentKey, plaintext: &Path) -> anyhow::Result<()> {
    let mut input = File::open(sealed).with_context(|| format!("cannot open {}", sealed.display()))?;
    let sealed_length = input.metadata()?.len();
    let length = plaintext_of(sealed_length).context("the file has a length that no sealed file has")?;
    let output = File::create(plaintext).with_context(|| format!("cannot create {}", plaintext.display()))?;
    let mut output = BufWriter::new(output);
    open_unlisted_blob(&mut input, content_key, length, &mut output, &mut NoProgress)?;
    output.get_ref().sync_data().with_context(|| format!("cannot write {}", plaintext.display()))
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}
