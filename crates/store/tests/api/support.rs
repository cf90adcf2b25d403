//! A desk with a vault, and children that can be killed.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rand_core::UnwrapErr;
use satchel_store::{
    CACHED_DELTAS_MIN, Finding, InMemoryKeyring, Keyring, KeyringError, OpenVaultError, RecordId, Table, Vault,
};
use satchel_terms::VaultId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

pub(crate) type Outcome = anyhow::Result<()>;

pub(crate) fn random() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// What the tests store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    pub(crate) title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
}

impl Draft {
    pub(crate) fn titled(title: &str) -> Self {
        Self { title: title.to_owned(), note: None, count: None }
    }
}

/// Changes a draft to what it is already, so often that the cache holds it.
pub(crate) fn change_until_cached(vault: &mut Vault, id: RecordId) -> anyhow::Result<()> {
    for _ in 0..CACHED_DELTAS_MIN {
        vault.change(Table::Drafts, id, &json!({ "count": 1 }))?;
    }
    Ok(())
}

/// A folder for a vault, and the keyring that opens it.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) place: tempfile::TempDir,
    pub(crate) keyring: InMemoryKeyring,
}

impl Desk {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self { place: tempfile::tempdir()?, keyring: InMemoryKeyring::new() })
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.place.path().join("vault")
    }

    pub(crate) fn create(&self) -> anyhow::Result<Vault> {
        Ok(Vault::create(&self.folder(), &self.keyring, random())?)
    }

    pub(crate) fn try_open(&self) -> Result<(Vault, Vec<Finding>), OpenVaultError> {
        Vault::open(&self.folder(), &self.keyring, random())
    }

    /// Opens a vault at which there is nothing to find.
    pub(crate) fn open(&self) -> anyhow::Result<Vault> {
        let (vault, findings) = self.try_open()?;
        anyhow::ensure!(findings.is_empty(), "{findings:?}");
        Ok(vault)
    }
}

/// All files below a folder.
pub(crate) fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    Ok(files)
}

pub(crate) fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    for file in files_below(from)? {
        let copy = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(copy.parent().ok_or_else(|| anyhow::anyhow!("a file is in a folder"))?)?;
        fs::copy(file, copy)?;
    }
    Ok(())
}

/// Reads hexadecimal digits.
pub(crate) fn hex(digits: &str) -> anyhow::Result<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
}

/// A double of the keyring whose secrets are files, so that a child and its parent share them.
#[derive(Debug)]
pub(crate) struct KeyringInFolder(pub(crate) PathBuf);

impl Keyring for KeyringInFolder {
    fn read(&self, vault: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        match fs::read(self.0.join(vault.to_string())) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(KeyringError::NoEntry),
            other => other.map(Zeroizing::new).map_err(|error| KeyringError::NoService(error.into())),
        }
    }

    fn write(&self, vault: VaultId, secret: &[u8]) -> Result<(), KeyringError> {
        let write = || {
            fs::create_dir_all(&self.0)?;
            let new = self.0.join(format!("{vault}.new"));
            fs::write(&new, secret)?;
            fs::rename(new, self.0.join(vault.to_string()))
        };
        write().map_err(|error| KeyringError::NoService(error.into()))
    }

    fn delete(&self, vault: VaultId) -> Result<(), KeyringError> {
        match fs::remove_file(self.0.join(vault.to_string())) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(KeyringError::NoEntry),
            other => other.map_err(|error| KeyringError::NoService(error.into())),
        }
    }
}

/// Names the folder that a child works in. Without it a child's test does nothing.
const CHILD_FOLDER: &str = "SATCHEL_STORE_TEST_FOLDER";

/// Returns where this process is to work as a child; nothing in a run of all tests.
#[expect(
    clippy::disallowed_methods,
    reason = "a child is told so by its parent, and libtest takes no arguments of ours"
)]
pub(crate) fn child_folder() -> Option<PathBuf> {
    std::env::var_os(CHILD_FOLDER).map(PathBuf::from)
}

/// A test of this binary in a process of its own, which reports line by line.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

/// Builds the call of one test of this binary that works in a folder.
pub(crate) fn child_command(test: &str, folder: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD_FOLDER, folder);
    Ok(command)
}

impl Process {
    pub(crate) fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| anyhow::anyhow!("the output is piped"))?;
        Ok(Self { child, output: BufReader::new(output) })
    }

    /// Waits for the next line of the child that starts so, and returns its rest; nothing when the child has ended.
    pub(crate) fn next(&mut self, start: &str) -> anyhow::Result<Option<String>> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            // A line without its end was cut by the kill, and was never said.
            if let Some(rest) = line.trim_end_matches('\n').strip_prefix(start).filter(|_| line.ends_with('\n')) {
                return Ok(Some(rest.to_owned()));
            }
            line.clear();
        }
        Ok(None)
    }

    /// Kills the child with SIGKILL and returns what it had said since, as far as it is whole.
    pub(crate) fn kill(mut self, start: &str) -> anyhow::Result<Vec<String>> {
        self.child.kill()?;
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        self.child.wait()?;
        let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
        Ok(whole.lines().filter_map(|line| line.strip_prefix(start)).map(str::to_owned).collect())
    }

    /// Waits for the end and tells whether all went well.
    pub(crate) fn finish(mut self) -> anyhow::Result<bool> {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        Ok(self.child.wait()?.success())
    }
}
