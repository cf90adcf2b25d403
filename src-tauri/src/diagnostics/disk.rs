//! Whether a folder is on an encrypted disk, as Linux tells it: dm-crypt below the file system that holds the folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::view::diagnostics::DiskView;

/// How many devices may lie on each other, such as a volume on a group on an encrypted partition.
const LAYERS_MAX: usize = 8;
/// File systems that encrypt what they hold.
const ENCRYPT: [&str; 4] = ["ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs"];

/// Tells it of a folder, whose path has no links, from the text of /proc/self/mountinfo and from the folder /sys.
pub(super) fn state_of(folder: &Path, mounts: &str, sys: &Path) -> DiskView {
    let mounts = mounts.lines().filter_map(Mount::read);
    // The last of those that lie on each other is the one that is seen.
    let Some(mount) = mounts.filter(|mount| folder.starts_with(&mount.point)).max_by_key(|mount| mount.depth()) else {
        return DiskView::Unknown;
    };
    if ENCRYPT.contains(&mount.kind) {
        return DiskView::Encrypted;
    }
    match mount.device(sys) {
        None => DiskView::Unknown,
        Some(device) if is_encrypted(&device, LAYERS_MAX) => DiskView::Encrypted,
        Some(_) => DiskView::NotFound,
    }
}

/// A line of mountinfo.
struct Mount<'a> {
    number: &'a str,
    point: PathBuf,
    kind: &'a str,
    source: &'a str,
}

impl<'a> Mount<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (before, after) = line.split_once(" - ")?;
        let mut before = before.split(' ');
        let (number, point) = (before.nth(2)?, before.nth(1)?);
        let mut after = after.split(' ');
        Some(Self { number, point: unescaped(point), kind: after.next()?, source: after.next()? })
    }

    fn depth(&self) -> usize {
        self.point.components().count()
    }

    /// Returns the folder of the device in /sys; nothing where no block device is below, as for what is on a network.
    fn device(&self, sys: &Path) -> Option<PathBuf> {
        let by_number = sys.join("dev/block").join(self.number);
        if by_number.is_dir() {
            return Some(by_number);
        }
        // Some file systems have a number of their own and name their device.
        let name = fs::canonicalize(self.source.strip_prefix("/dev/").map(|_| self.source)?).ok()?;
        let by_name = sys.join("class/block").join(name.file_name()?);
        by_name.is_dir().then_some(by_name)
    }
}

/// Tells whether a device is encrypted, or all that it is made of.
fn is_encrypted(device: &Path, layers: usize) -> bool {
    let uuid = fs::read_to_string(device.join("dm/uuid")).unwrap_or_default();
    if uuid.starts_with("CRYPT-") {
        return true;
    }
    let below: Vec<_> = fs::read_dir(device.join("slaves")).into_iter().flatten().flatten().collect();
    layers > 0 && !below.is_empty() && below.iter().all(|one| is_encrypted(&one.path(), layers - 1))
}

/// Spaces and some others stand in mountinfo as a backslash and three octal digits.
fn unescaped(text: &str) -> PathBuf {
    let plain = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    plain.iter().fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A double of /sys: a partition, an encrypted device on it, and a volume on that; and a volume on both.
    fn sys() -> tempfile::TempDir {
        let sys = tempfile::tempdir().expect("a folder");
        let folder = |path: &str| fs::create_dir_all(sys.path().join(path)).expect("it can be made");
        let uuid = |device: &str, uuid: &str| {
            folder(&format!("{device}/dm"));
            fs::write(sys.path().join(device).join("dm/uuid"), uuid).expect("it can be written");
        };
        folder("dev/block/8:1");
        uuid("dev/block/253:0", "CRYPT-LUKS2-0123-root\n");
        uuid("dev/block/253:1", "LVM-abcd\n");
        uuid("dev/block/253:1/slaves/dm-0", "CRYPT-LUKS2-0123-root\n");
        uuid("dev/block/253:2", "LVM-efgh\n");
        uuid("dev/block/253:2/slaves/dm-0", "CRYPT-LUKS2-0123-root\n");
        folder("dev/block/253:2/slaves/sda1");
        sys
    }

    #[test]
    fn the_disk_below_the_folder_is_looked_at() {
        let mounts = "\
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            23 22 253:0 / /crypt rw - ext4 /dev/mapper/root rw\n\
            24 22 253:1 / /crypt/volume rw - xfs /dev/mapper/volume rw\n\
            25 22 253:2 / /half rw - ext4 /dev/mapper/half rw\n\
            26 22 0:40 / /net rw - nfs4 server:/x rw\n\
            27 22 0:41 / /pool rw - zfs pool/x rw\n\
            28 22 0:42 / /with\\040space rw - fuse.gocryptfs /plain rw\n\
            29 22 8:1 / /over rw - ext4 /dev/sda1 rw\n\
            30 29 253:0 / /over rw - ext4 /dev/mapper/root rw\n\
            not a line\n";
        let sys = sys();
        for (folder, state) in [
            ("/opt/vault", DiskView::NotFound),
            ("/crypt/vault", DiskView::Encrypted),
            ("/crypt/volume/vault", DiskView::Encrypted),
            ("/cryptic", DiskView::NotFound),
            ("/half/vault", DiskView::NotFound),
            ("/net/vault", DiskView::Unknown),
            ("/pool/vault", DiskView::Unknown),
            ("/with space/vault", DiskView::Encrypted),
            ("/over/vault", DiskView::Encrypted),
        ] {
            assert_eq!(state_of(Path::new(folder), mounts, sys.path()), state, "{folder}");
        }
        assert_eq!(state_of(Path::new("/opt"), "", sys.path()), DiskView::Unknown);
    }
}
