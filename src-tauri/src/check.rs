//! What is looked at behind the open window: the part of the journal that opening did not read, and the sealed files.

use std::sync::Arc;
use std::thread;

use satchel_store::journal_file::Verification;
use satchel_store::{AttachmentFolder, RecordId, Table, Vault};

use crate::events::Events;
use crate::lists::AttachmentSummary;
use crate::state::VaultPlace;
use crate::view::files::ShellEvent;

/// What is to be looked at.
pub(crate) struct Check {
    journal: Option<Verification>,
    folder: AttachmentFolder,
    /// Sealed files, with the bytes that each was given.
    files: Vec<(RecordId, u64)>,
}

impl Check {
    /// Takes what a vault that was just opened leaves to be looked at.
    pub(crate) fn of(vault: &mut Vault) -> Self {
        let files = vault.summaries(Table::Attachments);
        let files = files.filter_map(|(id, bytes)| Some((id, AttachmentSummary::from_bytes(bytes)?.sealed_length)));
        Self { files: files.collect(), folder: vault.attachments(), journal: vault.take_verification() }
    }

    /// Looks, and tells what is not as it should be.
    pub(crate) fn start(self, vault: Arc<VaultPlace>, events: Arc<Events>) {
        thread::spawn(move || {
            if let Some(finding) = self.changed_files() {
                events.tell_surely(ShellEvent::Found { finding });
            }
            // A journal that cannot be read now is read at the next opening.
            let gaps = self.journal.and_then(|journal| journal.run(|| true).ok()).unwrap_or_default();
            if let Ok(mut place) = vault.lock()
                && let Ok(vault) = place.open()
            {
                if gaps.is_empty() {
                    vault.keep_snapshot_if_worth();
                } else {
                    vault.forget_snapshot().ok();
                }
            }
            if !gaps.is_empty() {
                events.tell_surely(ShellEvent::Found { finding: JOURNAL_DAMAGED.to_owned() });
            }
        });
    }

    fn changed_files(&self) -> Option<String> {
        // One that is gone, opening the vault has found.
        let length = |id| self.folder.sealed_file(id).and_then(|file| file.metadata()).map(|metadata| metadata.len());
        let changed =
            self.files.iter().filter(|(id, sealed)| length(*id).is_ok_and(|length| length != *sealed)).count();
        (changed > 0).then(|| changed_files_found(changed))
    }
}

const JOURNAL_DAMAGED: &str = "The vault's journal was damaged on disk. What is shown can be worked on and is saved as always. \
    Close Satchel and start it again: it keeps the damaged file, saves everything that can be read, and says what is missing";

/// Says that sealed files were changed behind Satchel's back.
fn changed_files_found(count: usize) -> String {
    let were = if count == 1 { "1 attached file was".to_owned() } else { format!("{count} attached files were") };
    format!(
        "{were} cut short or added to in Satchel's folder since being sealed. The rest is there. Attach the \
         files again, or ask your IT to restore the folder from a backup"
    )
}
