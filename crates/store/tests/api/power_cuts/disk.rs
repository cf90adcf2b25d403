//! A disk in memory that does what a vault did to the real one, and tells what a power cut may leave of it.
//!
//! It promises no more than a file system must. Bytes of a file are on it after the file was synced, names after their folder was.
//! Of what was done since, each write and each change of a name may be there or not, whatever came before or after it; a write
//! may be cut short, be there as zeros, or be there in some of its sectors. A rename is there as a whole or not at all.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use satchel_store::DiskStep;

/// Bytes that a disk writes as a whole.
const SECTOR_BYTES: usize = 512;

/// Files with their bytes, and folders with nothing, by their paths below the root; parents come first.
pub(crate) type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// What a power cut keeps of what was not synced. Changes are named by the number of their step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Nothing.
    Nothing,
    /// Everything: what a kill leaves.
    Everything,
    /// Names, but no bytes.
    Names,
    /// Bytes, but no names.
    Bytes,
    /// Names, and zeros for bytes.
    Zeros,
    /// Names, and the first half of each write.
    Halves,
    /// One change.
    Only(usize),
    /// All changes but one.
    AllBut(usize),
    /// What the dice say of each change.
    Chance(u64),
}

/// What is kept of one write.
enum Kept {
    Nothing,
    Whole,
    Start(usize),
    Zeros,
    Sectors(u64),
}

enum Change {
    Wrote { offset: usize, bytes: Vec<u8> },
    LengthSet(usize),
}

enum NameChange {
    Linked(OsString, usize),
    Unlinked(OsString),
    Renamed { from: OsString, to: OsString, node: usize },
}

type Names = BTreeMap<OsString, usize>;

enum Node {
    File { on_disk: Vec<u8>, since: Vec<(usize, Change)>, now: Vec<u8> },
    Folder { on_disk: Names, since: Vec<(usize, NameChange)>, now: Names },
}

impl Node {
    fn folder() -> Self {
        Self::Folder { on_disk: Names::new(), since: Vec::new(), now: Names::new() }
    }

    fn file(bytes: Vec<u8>) -> Self {
        Self::File { on_disk: bytes.clone(), since: Vec::new(), now: bytes }
    }
}

/// The disk below a folder.
pub(crate) struct Disk {
    root: PathBuf,
    nodes: Vec<Node>,
    handles: BTreeMap<usize, usize>,
    steps: usize,
}

impl Disk {
    /// Makes a disk that holds this, all of it synced.
    pub(crate) fn with(root: &Path, tree: &Tree) -> anyhow::Result<Self> {
        let mut disk = Self { root: root.to_owned(), nodes: vec![Node::folder()], handles: BTreeMap::new(), steps: 0 };
        for (path, bytes) in tree {
            let node = disk.add(bytes.as_ref().map_or_else(Node::folder, |bytes| Node::file(bytes.clone())));
            let (folder, name) = disk.parent(&disk.root.join(path))?;
            if let Some(Node::Folder { on_disk, now, .. }) = disk.nodes.get_mut(folder) {
                on_disk.insert(name.clone(), node);
                now.insert(name, node);
            }
        }
        Ok(disk)
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn node(&self, path: &Path) -> anyhow::Result<usize> {
        let mut at = 0;
        for name in path.strip_prefix(&self.root)?.iter() {
            let Some(Node::Folder { now, .. }) = self.nodes.get(at) else { anyhow::bail!("{path:?} is below a file") };
            at = *now.get(name).ok_or_else(|| anyhow::anyhow!("{path:?} was never made"))?;
        }
        Ok(at)
    }

    fn parent(&self, path: &Path) -> anyhow::Result<(usize, OsString)> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { anyhow::bail!("{path:?}") };
        Ok((self.node(parent)?, name.to_owned()))
    }

    /// Does one step.
    pub(crate) fn step(&mut self, step: &DiskStep) -> anyhow::Result<()> {
        self.steps += 1;
        match step {
            DiskStep::FolderMade(path) => {
                let node = self.add(Node::folder());
                self.change_names(path, |name| NameChange::Linked(name, node))?;
            }
            DiskStep::FileOpened { path, handle, made } => {
                if *made {
                    let node = self.add(Node::file(Vec::new()));
                    self.change_names(path, |name| NameChange::Linked(name, node))?;
                }
                self.handles.insert(*handle, self.node(path)?);
            }
            DiskStep::Wrote { handle, offset, bytes } => {
                let offset = usize::try_from(*offset)?;
                self.change_bytes(*handle, Change::Wrote { offset, bytes: bytes.clone() })?;
            }
            DiskStep::LengthSet { handle, length } => {
                self.change_bytes(*handle, Change::LengthSet(usize::try_from(*length)?))?;
            }
            DiskStep::FileSynced { handle, .. } => {
                let node = self.handles.get(handle).and_then(|node| self.nodes.get_mut(*node));
                let Some(Node::File { on_disk, since, now }) = node else { anyhow::bail!("no file {handle}") };
                since.clear();
                on_disk.clone_from(now);
            }
            DiskStep::FolderSynced { path, .. } => {
                // What lies above the root is there already.
                if path.starts_with(&self.root) {
                    let node = self.node(path)?;
                    let Some(Node::Folder { on_disk, since, now }) = self.nodes.get_mut(node) else {
                        anyhow::bail!("{path:?} is no folder")
                    };
                    since.clear();
                    on_disk.clone_from(now);
                }
            }
            DiskStep::Renamed { from, to } => {
                let (node, (folder, to)) = (self.node(from)?, self.parent(to)?);
                anyhow::ensure!(self.parent(from)?.0 == folder, "{from:?} goes to another folder");
                self.change_names(from, |from| NameChange::Renamed { from, to, node })?;
            }
            DiskStep::Removed(path) => self.change_names(path, NameChange::Unlinked)?,
        }
        Ok(())
    }

    fn change_names(&mut self, path: &Path, change: impl FnOnce(OsString) -> NameChange) -> anyhow::Result<()> {
        let (folder, name) = self.parent(path)?;
        let Some(Node::Folder { since, now, .. }) = self.nodes.get_mut(folder) else { anyhow::bail!("{path:?}") };
        let change = change(name);
        change.apply(now);
        since.push((self.steps, change));
        Ok(())
    }

    fn change_bytes(&mut self, handle: usize, change: Change) -> anyhow::Result<()> {
        let node = self.handles.get(&handle).and_then(|node| self.nodes.get_mut(*node));
        let Some(Node::File { since, now, .. }) = node else { anyhow::bail!("no file {handle}") };
        change.apply(now, &Kept::Whole);
        since.push((self.steps, change));
        Ok(())
    }

    /// Returns the steps whose changes a power cut may take away.
    pub(crate) fn unsynced(&self) -> Vec<usize> {
        let mut steps: Vec<usize> = self
            .nodes
            .iter()
            .flat_map(|node| match node {
                Node::File { since, .. } => since.iter().map(|(step, _)| *step).collect::<Vec<_>>(),
                Node::Folder { since, .. } => since.iter().map(|(step, _)| *step).collect(),
            })
            .collect();
        steps.sort_unstable();
        steps
    }

    /// Returns what is there now.
    pub(crate) fn now(&self) -> Tree {
        self.after(Cut::Everything)
    }

    /// Returns what is there after a power cut.
    pub(crate) fn after(&self, cut: Cut) -> Tree {
        let mut tree = Tree::new();
        self.collect(0, Path::new(""), cut, &mut tree);
        tree
    }

    fn collect(&self, node: usize, path: &Path, cut: Cut, tree: &mut Tree) {
        match self.nodes.get(node) {
            Some(Node::File { on_disk, since, .. }) => {
                let mut bytes = on_disk.clone();
                for (step, change) in since {
                    change.apply(&mut bytes, &cut.of_bytes(*step, change));
                }
                tree.insert(path.to_owned(), Some(bytes));
            }
            Some(Node::Folder { on_disk, since, .. }) => {
                if node != 0 {
                    tree.insert(path.to_owned(), None);
                }
                let mut names = on_disk.clone();
                since.iter().filter(|(step, _)| cut.keeps_name(*step)).for_each(|(_, change)| change.apply(&mut names));
                for (name, node) in names {
                    self.collect(node, &path.join(name), cut, tree);
                }
            }
            None => {}
        }
    }
}

impl NameChange {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Linked(name, node) => {
                names.insert(name.clone(), *node);
            }
            Self::Unlinked(name) => {
                names.remove(name);
            }
            Self::Renamed { from, to, node } => {
                names.remove(from);
                names.insert(to.clone(), *node);
            }
        }
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>, kept: &Kept) {
        match (self, kept) {
            (_, Kept::Nothing) => {}
            (Self::LengthSet(length), _) => file.resize(*length, 0),
            (Self::Wrote { offset, bytes }, kept) => {
                let count = if let Kept::Start(count) = kept { *count } else { bytes.len() };
                if file.len() < offset + count {
                    file.resize(offset + count, 0);
                }
                for (at, byte) in (*offset..).zip(bytes.iter().take(count)) {
                    let is_kept = match kept {
                        Kept::Zeros => false,
                        Kept::Sectors(seed) => dice(*seed, at / SECTOR_BYTES).is_multiple_of(2),
                        Kept::Whole | Kept::Start(_) | Kept::Nothing => true,
                    };
                    if let Some(place) = file.get_mut(at).filter(|_| is_kept) {
                        *place = *byte;
                    }
                }
            }
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Wrote { bytes, .. } => bytes.len(),
            Self::LengthSet(_) => 0,
        }
    }
}

impl Cut {
    fn keeps_name(self, step: usize) -> bool {
        match self {
            Self::Nothing | Self::Bytes => false,
            Self::Everything | Self::Names | Self::Zeros | Self::Halves => true,
            Self::Only(only) => step == only,
            Self::AllBut(one) => step != one,
            Self::Chance(seed) => dice(seed, step).is_multiple_of(2),
        }
    }

    fn of_bytes(self, step: usize, change: &Change) -> Kept {
        match self {
            Self::Nothing | Self::Names => Kept::Nothing,
            Self::Everything | Self::Bytes => Kept::Whole,
            Self::Zeros => Kept::Zeros,
            Self::Halves => Kept::Start(change.bytes() / 2),
            Self::Only(only) if step == only => Kept::Whole,
            Self::Only(_) => Kept::Nothing,
            Self::AllBut(one) if step == one => Kept::Nothing,
            Self::AllBut(_) => Kept::Whole,
            Self::Chance(seed) => match dice(seed, step) % 6 {
                0 => Kept::Nothing,
                1 => Kept::Whole,
                2 => Kept::Zeros,
                3 => Kept::Start(dice(seed + 1, step) % (change.bytes() + 1)),
                _ => Kept::Sectors(seed),
            },
        }
    }
}

/// Returns the same number for the same seed and thing each time (the finalizer of `SplitMix64`).
pub(crate) fn dice(seed: u64, thing: usize) -> usize {
    let mut mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(thing as u64 + 1);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or(0)
}
