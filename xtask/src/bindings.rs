//! `cargo xtask bindings`: the TypeScript types of the commands.

use crate::command::{cargo, must};

/// Writes ui/src/lib/bindings anew. The same test compares the files when it is not told to write.
pub(crate) fn write() -> anyhow::Result<()> {
    must(cargo().args(["test", "--package", "satchel", "--lib", "bindings"]).env("SATCHEL_BINDINGS", "write"))
}
