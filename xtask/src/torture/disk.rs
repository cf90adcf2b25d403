//! A disk whose power can be cut: ext4 on a loop device, which writes nothing by itself before five minutes.
//!
//! The cut is the shutdown that file systems offer to their tests (`EXT4_IOC_SHUTDOWN` without flushing): from then on nothing
//! reaches the device, whatever the writer does, and what was not there is gone with the memory when the disk is unmounted. Mounting
//! it again plays the file system's own journal, as after a real power cut. What a device loses of its own cache is not simulated.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::command::{must, output};

/// Bytes of the disk, as far as they are used.
const IMAGE_BYTES: u64 = 256 * 1024 * 1024;
/// Cuts the power; the number is that of the call on all common machines, and 2 says that nothing is to be flushed.
const SHUTDOWN: &str = "import fcntl, os, struct, sys\n\
                        fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";

/// The disk. It is unmounted when dropped.
#[derive(Debug)]
pub(crate) struct Disk {
    image: PathBuf,
    mounted: PathBuf,
    is_mounted: bool,
}

impl Disk {
    /// Makes the disk, and cuts its power once to see that this is allowed.
    pub(crate) fn make(folder: &Path) -> anyhow::Result<Self> {
        let mounted = folder.join("power-cut");
        fs::create_dir_all(&mounted)?;
        // In memory, so that the real disk does not matter.
        let memory = Path::new("/dev/shm");
        let images = if memory.is_dir() { memory } else { folder };
        let image = images.join(format!("satchel-torture-{}.img", std::process::id()));
        let mut disk = Self { image, mounted, is_mounted: false };
        disk.format()?;
        disk.cut()?;
        disk.bring_back()?;
        Ok(disk)
    }

    /// Returns where it is mounted.
    pub(crate) fn mounted(&self) -> &Path {
        &self.mounted
    }

    /// Begins with an empty file system.
    pub(crate) fn format(&mut self) -> anyhow::Result<()> {
        self.unmount()?;
        let image = fs::File::create(&self.image)?;
        image.set_len(IMAGE_BYTES)?;
        drop(image);
        let at_once = "lazy_itable_init=0,lazy_journal_init=0";
        quiet(Command::new("mkfs.ext4").args(["-q", "-F", "-E", at_once]).arg(&self.image))?;
        self.mount()
    }

    fn mount(&mut self) -> anyhow::Result<()> {
        quiet(Command::new("mount").args(["-o", "loop,commit=300"]).args([&self.image, &self.mounted]))?;
        self.is_mounted = true;
        Ok(())
    }

    fn unmount(&mut self) -> anyhow::Result<()> {
        if self.is_mounted {
            quiet(Command::new("umount").arg(&self.mounted))?;
            self.is_mounted = false;
        }
        Ok(())
    }

    /// Cuts the power.
    pub(crate) fn cut(&self) -> anyhow::Result<()> {
        quiet(Command::new("python3").args(["-c", SHUTDOWN]).arg(&self.mounted))
    }

    /// Mounts what the cut left.
    pub(crate) fn bring_back(&mut self) -> anyhow::Result<()> {
        self.unmount()?;
        self.mount()
    }

    /// Copies what is on it.
    pub(crate) fn keep(&self, to: &Path) -> anyhow::Result<()> {
        must(Command::new("cp").arg("-r").args([&self.mounted, &to.join("disk")]))
    }
}

fn quiet(command: &mut Command) -> anyhow::Result<()> {
    output(command).map(drop).context("the disk")
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What cannot be unmounted is told by the next run, which finds it in its way.
        self.unmount().ok();
        fs::remove_file(&self.image).ok();
    }
}
