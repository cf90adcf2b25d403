//! The peer of the vault, SQLCipher: a workspace of its own, which nothing but the bench builds.

use std::path::{Path, PathBuf};

use crate::command::{cargo, must};

const MANIFEST: &str = "xtask/peers/sqlcipher/Cargo.toml";

/// Builds the peer and returns the program.
pub(crate) fn build(target: &Path) -> anyhow::Result<PathBuf> {
    let folder = target.join("peers");
    let mut build = cargo();
    // What Debian's own SQLite has: without it every commit would write the file's times as well, and the peer be slower.
    build.env("LIBSQLITE3_FLAGS", "-DHAVE_FDATASYNC=1").env("CARGO_TARGET_DIR", &folder);
    must(build.args(["build", "--release", "--locked", "--manifest-path", MANIFEST]))?;
    Ok(folder.join("release/sqlcipher-peer"))
}
