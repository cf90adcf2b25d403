//! Writing an export: settled in a moment, written while work goes on.

use std::path::PathBuf;

use satchel_store::{ExportError, ExportKeys, ExportScope, ExportStamp};
use satchel_terms::Timestamp;
use tauri::{AppHandle, Runtime};

use super::{EXTENSION, FileKeys};
use crate::clock::Now;
use crate::picker;
use crate::rng;
use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::moving::ExportedView;

impl Shell {
    /// Lets the user say where an export goes, and writes it there; nothing where none was picked.
    pub(crate) fn export<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        scope: ExportScope,
        keys: FileKeys,
    ) -> Result<Option<ExportedView>, UiError> {
        let mut moving = self.moving().begin()?;
        {
            // Before anything is picked.
            let mut place = self.vault()?;
            let vault = place.open()?;
            keys.words.as_ref().map_or(Ok(()), |words| vault.has_words(words))?;
        }
        if keys.are_none() {
            return Err(ExportError::NoKeys.into());
        }
        let now = Now::read();
        let what = match scope {
            ExportScope::Vault => "Satchel",
            ExportScope::Draft(_) => "Satchel draft",
        };
        // No name of anybody: others see the names of files.
        let name = format!("{what} {}.{EXTENSION}", now.today);
        // A lock forgets what opens the file while its user says where.
        *self.moving().keys() = Some(keys);
        let target = picker::pick_target(app, self.picked(), "Export", &name);
        let keys = self.moving().keys().take().ok_or_else(UiError::locked)?;
        let Some(picked) = target else { return Ok(None) };
        let target = with_extension(picked.clone());
        if target != picked && target.exists() {
            return Err(UiError::export_is_there());
        }
        let export = self.vault()?.open()?.begin_export(scope)?;
        let stamp = ExportStamp { made_at: Timestamp::from_millis(now.ms), satchel: env!("CARGO_PKG_VERSION") };
        let keys = ExportKeys { passphrase: keys.passphrase.as_ref(), recovery_words: keys.words.as_ref() };
        let exported = export.write(&target, &keys, &stamp, &mut rng(), &mut |progress| moving.progressed(progress))?;
        let counts = exported.about.counts;
        // An order on its way, or received and not tidied up yet, has its draft still.
        Ok(Some(ExportedView {
            path: target.display().to_string(),
            bytes: exported.bytes,
            orders: counts.drafts.max(counts.under_way).saturating_add(counts.orders),
            files: counts.attachments.saturating_sub(exported.missing.len() as u64),
            missing: exported.missing.len() as u64,
        }))
    }
}

/// Puts the extension behind a name that has another one or none, so that the file is found again.
fn with_extension(target: PathBuf) -> PathBuf {
    if target.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION)) {
        return target;
    }
    let mut name = target.into_os_string();
    name.push(format!(".{EXTENSION}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_name_ends_in_the_extension_once() {
        for (typed, expected) in [
            ("/a/b.satchel", "/a/b.satchel"),
            ("/a/b.SATCHEL", "/a/b.SATCHEL"),
            ("/a/b", "/a/b.satchel"),
            ("/a/b.v2", "/a/b.v2.satchel"),
        ] {
            assert_eq!(with_extension(typed.into()), Path::new(expected));
        }
    }
}
