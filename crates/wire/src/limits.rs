//! The bounds of what crosses HTTP.

/// The most bytes of a compact manifest or receipt: a payload of 256 KiB in base64url, with header and signature.
pub const MANIFEST_COMPACT_BYTES_MAX: usize = 352 * 1024;
/// The most bytes of a compact bundle; its payload has the limit of a manifest's.
pub const BUNDLE_COMPACT_BYTES_MAX: usize = MANIFEST_COMPACT_BYTES_MAX;
/// The most bytes of a compact roster: what a store writes in one piece, enough for 10,000 devices.
pub const ROSTER_COMPACT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What the braces and the name of the only member add to a compact text, with room for white space.
const BODY_FRAME_BYTES: usize = 1024;

/// The most bytes of a request to the routes that take a manifest.
pub const MANIFEST_BODY_BYTES_MAX: usize = MANIFEST_COMPACT_BYTES_MAX + BODY_FRAME_BYTES;
/// The most bytes of a request that brings a roster.
pub const ROSTER_BODY_BYTES_MAX: usize = ROSTER_COMPACT_BYTES_MAX + BODY_FRAME_BYTES;
/// The most bytes of a request that brings a wrapped workspace key.
pub const WORKSPACE_KEY_BODY_BYTES_MAX: usize = 4 * 1024;
/// The most bytes of any answer. The longest is that of tickets, with a block list of each blob.
pub const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The most bytes of a refusal.
pub const ERROR_BYTES_MAX: usize = 64 * 1024;

/// The most entries of one answer of the feed.
pub const FEED_ENTRIES_MAX: usize = 1_000;
/// The most entries of one answer of an order's log.
pub const LOG_ENTRIES_MAX: usize = 64;
/// The most sealed bytes of one answer of an order's log, all entries together.
pub const LOG_SEALED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most bytes of one sealed log entry: a payload of 1 MiB in base64url, with header, signature and what sealing adds.
pub const SEALED_ENTRY_BYTES_MAX: usize = 1_408 * 1024;
/// The most bytes of the `encryptiondata` of a sealed blob.
pub const ENCRYPTION_DATA_BYTES_MAX: usize = 8 * 1024;
/// How long a ticket to read a returned document opens it, in seconds: whoever asked for it begins at once.
pub const RETURN_TICKET_SECONDS: u64 = 10 * 60;
/// The longest that a ticket opens anything, in seconds.
pub const TICKET_SECONDS_MAX: u64 = 60 * 60;
/// The most bytes of a ticket's URL.
pub const TICKET_URL_BYTES_MAX: usize = 4 * 1024;
/// The most bytes of the address of a payment page. Stripe's have 1 to 2 KiB.
pub const CHECKOUT_URL_BYTES_MAX: usize = 4 * 1024;
/// Bytes of a wrapped workspace key: an encapsulated key on P-256, 32 bytes of ciphertext and a tag.
pub const WRAPPED_WORKSPACE_KEY_BYTES: usize = 65 + 32 + 16;
/// The most bytes of an `Authorization` header. Entra ID's tokens have 1 to 3 KiB.
pub const AUTHORIZATION_BYTES_MAX: usize = 16 * 1024;
