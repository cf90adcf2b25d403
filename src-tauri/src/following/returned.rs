//! Documents that come back. One is written where the user wants it, and has its name there only once all of it is verified.

use std::io::{self, Read};
use std::path::Path;

use bytes::{Buf as _, Bytes};
use satchel_seal::{ContentKey, Contents, NoProgress, open_blob};
use satchel_store::Table;
use satchel_sync::drive::{ReturnedBody, Unanswered};
use satchel_terms::sealed_length::of_plaintext;
use satchel_terms::{BlobName, FileEntry, OrderId};
use tokio::sync::mpsc::{Receiver, channel};

use super::Following;
use crate::sending::OrderRecord;
use crate::ui_error::UiError;

/// How many pieces of a download wait to be opened.
const PIECES_MAX: usize = 8;

impl Following {
    /// Returns what the log says of a returned document.
    pub(crate) fn listed(&self, order: OrderId, number: u32) -> Result<FileEntry, UiError> {
        let record = self.with_vault(|vault| {
            let record: Option<OrderRecord> = vault.read(Table::Orders, order)?;
            record.ok_or_else(UiError::gone)
        })?;
        let files = record.followed.log.values().filter_map(super::record::KeptEntry::read).flat_map(|entry| {
            let satchel_sign::LogEvent::Returns { files } = entry.event else { return Vec::new() };
            files
        });
        let is_it = |file: &FileEntry| matches!(file.blob, BlobName::Return(own) if own.get() == number);
        files.into_iter().find(is_it).ok_or_else(UiError::gone)
    }

    /// Fetches a returned document, verifies it, and writes it to `target`, which it replaces: the user named it.
    pub(crate) async fn save_returned(&self, order: OrderId, file: FileEntry, target: &Path) -> Result<(), UiError> {
        let link = self.link()?;
        let BlobName::Return(number) = file.blob else { return Err(UiError::gone()) };
        let bytes_max = of_plaintext(file.length).ok_or_else(UiError::not_as_signed)?;
        let mut body = link.remote.returned(&*link.account, order, number, bytes_max).await?;
        let folder = target.parent().ok_or_else(UiError::not_written)?;
        // Under a name that nobody looks at. It goes by itself unless all of it holds.
        let part = tempfile::Builder::new().prefix(".satchel-").suffix(".part").tempfile_in(folder);
        let mut part = part.map_err(|_| UiError::not_written())?;
        let (pieces, arriving) = channel(PIECES_MAX);
        let opening = tauri::async_runtime::spawn_blocking(move || {
            let key = ContentKey::from_document(&file.content_key);
            let listed = Contents { length: file.length, sha256: file.sha256 };
            let opened = open_blob(&mut Arriving::of(arriving), &key, &listed, part.as_file_mut(), &mut NoProgress);
            opened.map(|_| part)
        });
        let arrived = fetch(&mut body, &pieces).await;
        drop(pieces);
        let opened = opening.await.map_err(|_| UiError::internal())?;
        arrived?;
        let part = opened.map_err(|error| match error {
            satchel_seal::OpenError::Write(_) => UiError::not_written(),
            satchel_seal::OpenError::Read(_)
            | satchel_seal::OpenError::NotAuthentic
            | satchel_seal::OpenError::NotListed
            | satchel_seal::OpenError::Cancelled => UiError::not_as_signed(),
        })?;
        part.as_file().sync_all().map_err(|_| UiError::not_written())?;
        part.persist(target).map_err(|_| UiError::not_written())?;
        Ok(())
    }
}

/// Hands the pieces of a download on. Where nobody takes them any more, what arrived is not what was signed, and whoever stopped
/// says so.
async fn fetch(body: &mut ReturnedBody, pieces: &tokio::sync::mpsc::Sender<Bytes>) -> Result<(), Unanswered> {
    while let Some(piece) = body.next().await? {
        if pieces.send(piece).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// A download, read on a thread that may wait.
struct Arriving {
    pieces: Receiver<Bytes>,
    piece: Bytes,
}

impl Arriving {
    fn of(pieces: Receiver<Bytes>) -> Self {
        Self { pieces, piece: Bytes::new() }
    }
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.piece.has_remaining() && !buffer.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.remaining());
        self.piece.copy_to_slice(buffer.get_mut(..length).unwrap_or_default());
        Ok(length)
    }
}
