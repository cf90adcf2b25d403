//! A disk whose power can be cut: ext4 on a loop device, which writes nothing by itself before five minutes.
//!
//! The cut is the shutdown that file systems offer to their tests (`EXT4_IOC_SHUTDOWN` without flushing): from then on nothing
//! reaches the device, whatever the writer does, and what was not there is gone with the memory when the disk is unmounted. Mounting
//! it again plays the file system's own journal, as after a real power cut. What a device loses of its own cache is not simulated.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::command::{must, output};

/// Bytes of the disk, as far as they are used.
const IMAGE_BYTES: u64 = 256 * 1024 * 1024;
/// Cuts the power once it is told to; the number is that of the call on all common machines, and 2 says that nothing is flushed.
const SHUTDOWN: &str = "import fcntl, os, struct, sys\n\
                        disk = os.open(sys.argv[1], os.O_RDONLY)\n\
                        print('ready', flush=True)\n\
                        if sys.stdin.readline(): fcntl.ioctl(disk, 0x8004587D, struct.pack('I', 2))";

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
        disk.switch()?.off()?;
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

    /// Makes ready to cut the power, which then takes no time.
    pub(crate) fn switch(&self) -> anyhow::Result<Switch> {
        let mut script = Command::new("python3");
        script.args(["-c", SHUTDOWN]).arg(&self.mounted).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = script.spawn().context("cannot start python3")?;
        let mut ready = String::new();
        let output = script.stdout.take().context("the output is piped")?;
        BufReader::new(output).read_line(&mut ready)?;
        ensure!(ready == "ready\n", "the script that cuts the power does not answer");
        Ok(Switch(script))
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

/// What cuts the power of a disk.
#[derive(Debug)]
pub(crate) struct Switch(Child);

impl Switch {
    /// Cuts it.
    pub(crate) fn off(mut self) -> anyhow::Result<()> {
        self.0.stdin.take().context("the input is piped")?.write_all(b"off\n")?;
        let status = self.0.wait()?;
        ensure!(status.success(), "the file system was not stopped: {status}");
        Ok(())
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        // One that was not used holds the disk.
        self.0.stdin.take();
        self.0.wait().ok();
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
