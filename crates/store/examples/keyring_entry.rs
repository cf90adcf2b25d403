//! Prints what the keyring of this desktop holds for a vault, in hexadecimal digits: `keyring_entry SERVICE FOLDER`.
//!
//! A test looks for it in the memory of a Satchel that is locked.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use satchel_store::key_file::KeyFile;
use satchel_store::{KEY_FILE, Keyring as _, OsKeyring};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [service, folder] = arguments.as_slice() else {
        bail!("usage: keyring_entry SERVICE FOLDER");
    };
    let key_file = std::fs::read_to_string(PathBuf::from(folder).join(KEY_FILE)).context("cannot read the key file")?;
    let secret = OsKeyring::connect(service)?.read(KeyFile::from_text_of_any(&key_file)?.vault())?;
    println!("{}", secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    Ok(())
}
