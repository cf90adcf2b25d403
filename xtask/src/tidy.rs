//! What a reader may rely on in every file.

use std::path::PathBuf;

use crate::command::{at_root, output, root};

/// The most lines of a source file; data and vectors aside.
const LINES_MAX: usize = 500;
/// The most lines of a Svelte component.
const COMPONENT_LINES_MAX: usize = 250;
/// The most bytes of any file in the repository.
const BYTES_MAX: u64 = 1_500_000;

/// Returns the files that git knows or would take, with their text where they have any.
fn files() -> Vec<(PathBuf, Option<String>)> {
    let list = output(at_root("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]));
    let list = list.expect("git lists the files");
    let existing = list.lines().map(PathBuf::from).filter(|path| root().join(path).is_file());
    existing.map(|path| (path.clone(), std::fs::read_to_string(root().join(path)).ok())).collect()
}

fn is_source(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|e| ["rs", "ts", "mjs", "js", "svelte", "css", "py"].iter().any(|known| e == *known))
}

#[test]
fn source_files_are_of_a_readable_length() {
    for (path, text) in files() {
        let Some(text) = text.filter(|_| is_source(&path)) else {
            continue;
        };
        let lines = text.lines().count();
        let most = if path.extension().is_some_and(|e| e == "svelte") { COMPONENT_LINES_MAX } else { LINES_MAX };
        assert!(lines <= most, "{} has {lines} lines, {most} are the most", path.display());
    }
}

#[test]
fn no_file_is_large() {
    for (path, _) in files() {
        let bytes = std::fs::metadata(root().join(&path)).map_or(0, |metadata| metadata.len());
        assert!(bytes <= BYTES_MAX, "{} has {bytes} bytes, {BYTES_MAX} are the most", path.display());
    }
}

/// Marks of unfinished work, and of lints that were silenced without a reason.
#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not hold what it looks for.
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["#[ig", "nore"].concat(),
        ["#[al", "low("].concat(),
        ["#![al", "low("].concat(),
        ["@ts-", "ignore"].concat(),
    ];
    for (path, text) in files() {
        let Some(text) = text.filter(|_| is_source(&path)) else {
            continue;
        };
        for mark in &marks {
            let line = text.lines().position(|line| line.contains(mark.as_str()));
            assert!(line.is_none(), "{}:{} holds `{mark}`", path.display(), line.unwrap_or_default() + 1);
        }
    }
}

/// A lint that is silenced for a line says why.
#[test]
fn silenced_lints_have_a_reason() {
    let mark = ["eslint-", "disable"].concat();
    for (path, text) in files() {
        let Some(text) = text.filter(|_| is_source(&path)) else { continue };
        let silent = |line: &&str| line.contains(&mark) && !line.contains(" -- ");
        assert!(!text.lines().any(|line| silent(&line)), "{} silences a lint without a reason", path.display());
    }
}

/// Lock files name packages and checksums, never the host they came from; nothing names a developer's folders.
#[test]
fn no_machine_and_no_registry_is_named() {
    let marks = [["\"resol", "ved\": \"http"].concat(), ["/ro", "ot/"].concat(), ["/ho", "me/"].concat()];
    for (path, text) in files() {
        let Some(text) = text else { continue };
        for mark in &marks {
            let line = text.lines().position(|line| line.contains(mark.as_str()));
            assert!(line.is_none(), "{}:{} holds `{mark}`", path.display(), line.unwrap_or_default() + 1);
        }
    }
}

/// Every package takes the workspace's lints; one that does not would be checked by nobody.
#[test]
fn every_package_takes_the_lints() {
    for (path, text) in files() {
        let Some(text) = text.filter(|_| path.file_name().is_some_and(|name| name == "Cargo.toml")) else {
            continue;
        };
        let manifest: toml::Table = text.parse().expect("Cargo.toml is TOML");
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(lints.and_then(toml::Value::as_bool), Some(true), "{}", path.display());
    }
}

/// Decisions are numbered without a gap, and the index names each.
#[test]
fn decisions_are_numbered_and_listed() {
    let names: Vec<String> = files()
        .into_iter()
        .filter(|(path, _)| path.parent().is_some_and(|folder| folder == std::path::Path::new("docs/decisions")))
        .filter_map(|(path, _)| path.file_name().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    let index = std::fs::read_to_string(root().join("docs/decisions/README.md")).expect("the index can be read");
    let mut pages: Vec<_> = names.iter().filter(|name| *name != "README.md").collect();
    pages.sort();
    for (position, page) in pages.iter().enumerate() {
        assert!(page.starts_with(&format!("{:04}-", position + 1)), "{page} is not number {}", position + 1);
        assert!(index.contains(page.as_str()), "docs/decisions/README.md does not name {page}");
    }
}
