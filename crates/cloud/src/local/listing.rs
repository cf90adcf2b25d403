//! Listing a local store's blobs.

use std::collections::BTreeSet;

use super::disk::Disk;
use super::head::HEAD;
use super::layout::Purpose;
use crate::name::is_prefix;
use crate::{BlobPath, CloudError, ContainerName, PAGE_COUNT_MAX, Page};

impl Disk {
    /// Lists the blobs behind `next`, which is the last path of the page before.
    pub(crate) fn list(
        &self,
        container: &ContainerName,
        prefix: &str,
        next: Option<&str>,
        count_max: u32,
    ) -> Result<Page, CloudError> {
        let count = usize::try_from(count_max).ok().filter(|_| (1..=PAGE_COUNT_MAX).contains(&count_max));
        let count = count.filter(|_| is_prefix(prefix)).ok_or(CloudError::Listing)?;
        let after: Option<BlobPath> = next.map(str::parse).transpose().map_err(|_| CloudError::Listing)?;
        let locked = self.layout.lock(container, Purpose::Read)?;
        // One more than asked for says whether another page follows.
        let mut paths = BTreeSet::new();
        for path in locked.paths()? {
            let path = path?;
            let wanted = path.as_str().starts_with(prefix) && after.as_ref().is_none_or(|after| path > *after);
            let room = paths.len() <= count || paths.last().is_some_and(|last| path < *last);
            // Blocks that are staged for a blob do not make it one.
            if wanted && room && locked.blob(&path).join(HEAD).is_file() {
                paths.insert(path);
                if paths.len() > count.saturating_add(1) {
                    paths.pop_last();
                }
            }
        }
        let more = paths.len() > count;
        if more {
            paths.pop_last();
        }
        let last = paths.last().filter(|_| more).map(ToString::to_string);
        Ok(Page { paths: paths.into_iter().collect(), next: last })
    }
}
