//! The state of the vault's folder: its size, who may read it, and whether the disk below is encrypted.

mod disk;

use std::fs;
use std::path::Path;

use crate::view::diagnostics::{DiagnosticsView, DiskView};

/// How deep the folder of a vault may be; nothing of ours is deeper.
const DEPTH_MAX: usize = 4;

/// Looks at the folder of a vault. What is not there counts nothing.
pub(crate) fn of(folder: &Path) -> DiagnosticsView {
    let mut view = DiagnosticsView {
        folder: folder.display().to_string(),
        journal_bytes: 0,
        cache_bytes: 0,
        attachments_bytes: 0,
        is_private: own(folder),
        disk: disk_of(folder),
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let bytes = bytes_in(&entry.path(), DEPTH_MAX);
        let name = name.to_string_lossy();
        let part = if name.starts_with("journal.") {
            &mut view.journal_bytes
        } else if name == "attachments" {
            &mut view.attachments_bytes
        } else if name.starts_with("cache") || name.starts_with("snapshot") {
            &mut view.cache_bytes
        } else {
            continue;
        };
        *part += bytes;
    }
    view
}

/// Returns the bytes of everything in the folder of a vault.
pub(crate) fn bytes_of(folder: &Path) -> u64 {
    bytes_in(folder, DEPTH_MAX)
}

fn bytes_in(path: &Path, depth: usize) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    if !metadata.is_dir() || depth == 0 {
        return if metadata.is_file() { metadata.len() } else { 0 };
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| bytes_in(&entry.path(), depth - 1)).sum()
}

/// Tells whether a folder is its owner's alone, where the platform says it so. Then nobody else reaches what is in it.
#[cfg(unix)]
fn own(folder: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(fs::metadata(folder).ok()?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn own(_: &Path) -> Option<bool> {
    None
}

fn disk_of(folder: &Path) -> DiskView {
    if !cfg!(target_os = "linux") {
        return DiskView::Unknown;
    }
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    fs::canonicalize(folder).map_or(DiskView::Unknown, |folder| disk::state_of(&folder, &mounts, Path::new("/sys")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_measured_by_its_parts() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, bytes: usize| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it can be made");
            fs::write(path, vec![0; bytes]).expect("it can be written");
        };
        for (name, bytes) in [
            ("journal.satchel", 100),
            ("journal.damaged-1", 20),
            ("cache/db", 7),
            ("cache/blobs/1", 5),
            ("snapshot.satchel", 3),
            ("attachments/a.sealed", 1_000),
            ("vault.keys", 50),
        ] {
            write(name, bytes);
        }
        let view = of(folder.path());
        assert_eq!((view.journal_bytes, view.cache_bytes, view.attachments_bytes), (120, 15, 1_000));
        let nowhere = of(&folder.path().join("none"));
        assert_eq!((nowhere.journal_bytes, nowhere.is_private, nowhere.disk), (0, None, DiskView::Unknown));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_read_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        for (mode, is_private) in [(0o700, true), (0o750, false), (0o701, false)] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).expect("it can be set");
            assert_eq!(of(folder.path()).is_private, Some(is_private), "{mode:o}");
        }
    }
}
