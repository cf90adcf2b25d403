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

#[cfg(test)]
mod tests {
    use satchel_terms::OrderId;
    use tauri::Manager as _;

    use crate::clock::Now;
    use crate::desk::{Desk, until};
    use crate::draft::OpenDraft;
    use crate::rng;
    use crate::state::Shell;

    /// A vault with so many drafts, closed, so that it has a snapshot.
    fn filled(desk: &Desk) {
        let app = desk.start();
        let shell = app.state::<Shell>();
        let definition = shell.catalogue().services().next().expect("a service");
        for _ in 0..300 {
            let order = OrderId::make(&mut rng());
            let mut place = shell.vault().expect("the place");
            OpenDraft::start(place.open().expect("it is open"), definition, order, Now::read()).expect("it starts");
        }
        shell.close_vault();
    }

    #[test]
    fn closing_keeps_a_snapshot_and_damage_before_it_is_told_behind_the_window() {
        let desk = Desk::new();
        filled(&desk);
        let (snapshot, journal) = (desk.vault().join("snapshot.satchel"), desk.vault().join("journal.satchel"));
        assert!(snapshot.exists(), "it opens quickly next time");
        let mut bytes = std::fs::read(&journal).expect("the journal");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&journal, bytes).expect("it is written");
        let app = desk.start();
        assert!(desk.hears("journal was damaged"));
        assert!(until(|| !snapshot.exists()), "the next opening reads everything");
        app.state::<Shell>().close_vault();
    }

    #[test]
    fn a_sealed_file_of_another_length_is_told() {
        let desk = Desk::new();
        let paper = desk.folder.path().join("Complaint.pdf");
        std::fs::write(&paper, b"three pages").expect("it is written");
        {
            let app = desk.start();
            let shell = app.state::<Shell>();
            let definition = shell.catalogue().services().next().expect("a service");
            let order = OrderId::make(&mut rng());
            OpenDraft::start(shell.vault().expect("the place").open().expect("open"), definition, order, Now::read())
                .expect("it starts");
            shell.attachments().attach(order, &[paper]).expect("it is attached");
            assert!(until(|| shell.attachments().to_submit(order).is_ok_and(|files| files.len() == 1)));
            shell.close_vault();
        }
        let sealed = std::fs::read_dir(desk.vault().join("attachments")).expect("the folder").next();
        let sealed = sealed.expect("a file").expect("it is listed").path();
        let whole = std::fs::read(&sealed).expect("it is read");
        for changed in [&whole[..whole.len() - 1], &[&whole[..], &[0]].concat()] {
            std::fs::write(&sealed, changed).expect("it is written");
            desk.forget_told();
            let app = desk.start();
            assert!(desk.hears("1 attached file was cut short or added to"));
            app.state::<Shell>().close_vault();
        }
    }
}
