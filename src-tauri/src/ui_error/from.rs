//! Errors of our own packages as the window reads them.

use std::io;

use satchel_order::entry::EntryError;
use satchel_order::inert::InertError;
use satchel_seal::{ExportSlotKind, PassphraseError, WordsError};
use satchel_store::journal::HeaderError;
use satchel_store::journal_file::AppendError;
use satchel_store::key_file::KeyFileError;
use satchel_store::{
    AttachError, CreateVaultError, DraftsFault, ExportError, ImportError, KeyringError, OpenVaultError,
    ProtectionError, ReadError, RecordRuleError, RestoreError, RotateError, UnlockError, WriteError,
};
use satchel_sync::drive::Unanswered;
use satchel_sync::plan::Why;
use satchel_wire::ErrorCode;

use super::{UiError, UiErrorCode, sentence};

impl From<EntryError> for UiError {
    fn from(error: EntryError) -> Self {
        let code = match &error {
            EntryError::Text { source: InertError::TooLong { .. } | InertError::TooLarge { .. }, .. } => {
                UiErrorCode::TooLong
            }
            EntryError::Text { .. } => UiErrorCode::Refused,
            EntryError::TooManyChosen => UiErrorCode::TooLong,
            EntryError::WrongShape | EntryError::NotAnOption | EntryError::NotAPart => UiErrorCode::Internal,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<Unanswered> for UiError {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::Later(Why::Untrusted) => Self::untrusted(),
            Unanswered::Later(_) => Self::offline(),
            Unanswered::SignIn => Self::new(UiErrorCode::ProviderRefused, ErrorCode::Unauthenticated.message()),
            Unanswered::Refused(code) => Self::new(UiErrorCode::ProviderRefused, code.message()),
        }
    }
}

impl From<KeyringError> for UiError {
    fn from(error: KeyringError) -> Self {
        let code = match &error {
            KeyringError::NoService(_) | KeyringError::NotKept => UiErrorCode::KeyringMissing,
            KeyringError::Locked(_) | KeyringError::Denied(_) => UiErrorCode::KeyringLocked,
            KeyringError::NoEntry | KeyringError::Form | KeyringError::Exists => UiErrorCode::KeyringEmpty,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<OpenVaultError> for UiError {
    fn from(error: OpenVaultError) -> Self {
        let code = match error {
            OpenVaultError::Keyring(error) => return error.into(),
            OpenVaultError::Unlock(error) => return error.into(),
            OpenVaultError::InUse => UiErrorCode::VaultInUse,
            OpenVaultError::KeyFile(KeyFileError::Form(_)) | OpenVaultError::Journal(HeaderError::Newer) => {
                UiErrorCode::VaultNewer
            }
            OpenVaultError::Missing
            | OpenVaultError::KeyFileMissing
            | OpenVaultError::KeyFile(_)
            | OpenVaultError::OtherKey
            | OpenVaultError::OtherRotation
            | OpenVaultError::BeforeRelease
            | OpenVaultError::BeingErased
            | OpenVaultError::JournalMissing
            | OpenVaultError::Journal(_) => UiErrorCode::VaultDamaged,
            OpenVaultError::Io(_) | OpenVaultError::OwnRecord(_) => UiErrorCode::VaultUnreachable,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<UnlockError> for UiError {
    fn from(error: UnlockError) -> Self {
        let code = match error {
            UnlockError::NotByKeyring => UiErrorCode::PassphraseNeeded,
            UnlockError::NoPassphrase | UnlockError::WrongPassphrase | UnlockError::Derive(_) => {
                UiErrorCode::WrongPassphrase
            }
            UnlockError::NoRecoveryWords | UnlockError::WrongRecoveryWords => UiErrorCode::WrongWords,
            UnlockError::NoFirmRecovery | UnlockError::WrongFirmKey => UiErrorCode::Refused,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<PassphraseError> for UiError {
    fn from(error: PassphraseError) -> Self {
        Self::new(UiErrorCode::WrongPassphrase, sentence(&error))
    }
}

impl From<WordsError> for UiError {
    fn from(error: WordsError) -> Self {
        Self::new(UiErrorCode::WrongWords, sentence(&error))
    }
}

impl From<ProtectionError> for UiError {
    fn from(error: ProtectionError) -> Self {
        let code = match error {
            ProtectionError::Unlock(error) => return error.into(),
            ProtectionError::Keyring(error) => return error.into(),
            ProtectionError::Read(error) => return error.into(),
            ProtectionError::TypedBackWrongly(_) => UiErrorCode::WrongWords,
            ProtectionError::HasPassphrase | ProtectionError::FirmKey(_) => UiErrorCode::Refused,
            ProtectionError::Derive(_)
            | ProtectionError::Slot(_)
            | ProtectionError::KeyFile(_)
            | ProtectionError::NotWritten(_)
            | ProtectionError::Uncertain(_) => UiErrorCode::VaultUnreachable,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<RotateError> for UiError {
    fn from(error: RotateError) -> Self {
        let code = match error {
            RotateError::Unlock(error) => return error.into(),
            RotateError::Keyring(error) => return error.into(),
            RotateError::OtherKey => UiErrorCode::KeyringEmpty,
            RotateError::WouldFallAway(_)
            | RotateError::NoWayLeft
            | RotateError::FirmKey(_)
            | RotateError::TooOften => UiErrorCode::Refused,
            RotateError::Derive(_)
            | RotateError::Prepare(_)
            | RotateError::Journal(_)
            | RotateError::NotWritten(_)
            | RotateError::Uncertain(_) => UiErrorCode::VaultUnreachable,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<ExportError> for UiError {
    fn from(error: ExportError) -> Self {
        let code = match error {
            ExportError::Record(error) => return error.into(),
            ExportError::Cancelled => UiErrorCode::Cancelled,
            ExportError::NoSuchDraft => UiErrorCode::Gone,
            ExportError::NoKeys | ExportError::InUse | ExportError::FileMissing(_) | ExportError::InsideVault => {
                UiErrorCode::Refused
            }
            ExportError::Derive(_) | ExportError::Slot(_) | ExportError::Keys(_) => UiErrorCode::Internal,
            ExportError::File(_)
            | ExportError::DiskFull(_)
            | ExportError::NotWritten(_)
            | ExportError::NotConfirmed(_) => UiErrorCode::NotSaved,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<ImportError> for UiError {
    fn from(error: ImportError) -> Self {
        let code = match error {
            ImportError::WrongSecret(ExportSlotKind::Passphrase) | ImportError::Derive(_) => {
                UiErrorCode::WrongPassphrase
            }
            ImportError::WrongSecret(ExportSlotKind::RecoveryWords) => UiErrorCode::WrongWords,
            ImportError::NotAnExport
            | ImportError::Newer
            | ImportError::Damaged
            | ImportError::Rule(_)
            | ImportError::NoSuchWay(_) => UiErrorCode::FileRefused,
            ImportError::Read(_) => UiErrorCode::VaultUnreachable,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<DraftsFault> for UiError {
    fn from(fault: DraftsFault) -> Self {
        let code = match fault {
            DraftsFault::Import(error) => return error.into(),
            DraftsFault::Write(error) => return error.into(),
            DraftsFault::Locked => UiErrorCode::PassphraseNeeded,
            DraftsFault::NotWritten(_) => UiErrorCode::NotSaved,
            DraftsFault::Cancelled => UiErrorCode::Cancelled,
        };
        Self::new(code, sentence(&fault))
    }
}

impl From<RestoreError> for UiError {
    fn from(error: RestoreError) -> Self {
        let code = match error {
            RestoreError::Import(error) => return error.into(),
            RestoreError::Create(error) => return error.into(),
            RestoreError::Cancelled => UiErrorCode::Cancelled,
            RestoreError::OneDraft => UiErrorCode::Refused,
            RestoreError::DiskFull(_) => UiErrorCode::NotSaved,
            RestoreError::Keys(_) => UiErrorCode::Internal,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<CreateVaultError> for UiError {
    fn from(error: CreateVaultError) -> Self {
        let code = match error {
            CreateVaultError::Keyring(error) => return error.into(),
            CreateVaultError::Open(error) => return error.into(),
            CreateVaultError::InUse => UiErrorCode::VaultInUse,
            CreateVaultError::Exists => UiErrorCode::VaultDamaged,
            CreateVaultError::Derive(_) | CreateVaultError::Io(_) => UiErrorCode::VaultUnreachable,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<ReadError> for UiError {
    fn from(error: ReadError) -> Self {
        let code = match &error {
            ReadError::Io(_) => UiErrorCode::VaultUnreachable,
            ReadError::Damaged => UiErrorCode::VaultDamaged,
            ReadError::Form(_) => UiErrorCode::VaultNewer,
        };
        Self::new(code, sentence(&error))
    }
}

impl From<WriteError> for UiError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Missing => Self::gone(),
            WriteError::Rule(RecordRuleError::TooLong) | WriteError::Journal(AppendError::TooLong(_)) => Self::new(
                UiErrorCode::TooLong,
                "This order is larger than the vault can hold in one piece. The last change was not saved; everything before it \
                 was. Shorten the text, or put some of it into a file.",
            ),
            WriteError::Journal(AppendError::NotWritten(_)) => Self::new(
                UiErrorCode::NotSaved,
                "The last change is not on disk: the disk may be full. Everything before it is safe. Make room; Satchel keeps \
                 trying.",
            ),
            WriteError::Journal(AppendError::Broken(_)) => Self::new(
                UiErrorCode::NotSaved,
                "The last change is not on disk, and the disk does not answer as it should. Everything before it is safe. Copy \
                 what you typed, close Satchel and open it again.",
            ),
            WriteError::Read(error) => error.into(),
            WriteError::Rule(_) => Self::internal(),
        }
    }
}

impl From<AttachError> for UiError {
    fn from(error: AttachError) -> Self {
        Self::new(UiErrorCode::FileRefused, sentence(&error))
    }
}

impl From<io::Error> for UiError {
    fn from(_: io::Error) -> Self {
        let message = "Satchel's folder cannot be read or written. Nothing was changed. Check that the disk is there and has room.";
        Self::new(UiErrorCode::VaultUnreachable, message)
    }
}
