//! Signed statements (docs/FORMATS.md): compact JWS with ES256 over exact bytes, what each statement says, and chains.
//!
//! Everyone may verify. A [`Signed`] exists only if its signature verified under a key that the caller allowed, and its
//! statement obeys every rule that needs nothing but itself. Keys have roles in their types: a [`SigningKey`] of a device
//! cannot sign a bundle, and no type can sign what is not a [`Statement`].
//!
//! **Invariant.** A key in the payload of a statement verifies that same statement only where a fingerprint from outside
//! pins it (the first roster). Keys in a header are refused (`tests/api/jws.rs`).

mod jws;
mod key;
mod statement;
mod statements;
mod unsigned;

pub use jws::{COMPACT_BYTES_MAX, VerifyError};
pub use key::{Admin, Device, Identity, Operator, Receipts, Role, SigningKey, SigningKeyError, Signs};
pub use statement::{Signed, Statement, StatementError};
pub use statements::bundle::{Bundle, BundleRefused, Containers, Edges, OperatorKey, ServiceUrl, WrappingKeyEntry};
pub use statements::device_command::{CommandRefused, DeviceAction, DeviceCommand};
pub use statements::log_entry::{LogChain, LogEntry, LogEvent, LogRefused, WorkStatus};
pub use statements::manifest::{ClientMatter, Manifest, ManifestBlob};
pub use statements::receipt::{Receipt, ReceiptBlob, ReceiptRefused, block_list_sha256, verify_receipt};
pub use statements::roster::{FirmRoster, Roster, RosterDevice, RosterRefused, WorkspaceKeyCheck};
pub use unsigned::Unsigned;
