//! Why a store did not do what it was asked.

use std::error::Error;
use std::time::Duration;

use crate::MetadataError;

/// Says why a store, or a key's place, did not do what it was asked. No variant holds what a blob holds, or a ticket.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// It did not answer, or is too busy. The same request may succeed later.
    #[error("the store does not answer")]
    Unavailable {
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
        /// What happened underneath.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// It does not let this process do that: a role is missing, or the credential is not taken.
    #[error("the store refuses access (status {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// This process got no token: the identity is missing, or whoever issues tokens does not answer.
    #[error("this process got no token for the store")]
    Credential {
        /// What happened underneath.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no such container.
    #[error("there is no such container")]
    NoContainer,
    /// There is no such key.
    #[error("there is no such key")]
    NoKey,
    /// The blob is of another kind: appended to, where one in blocks is wanted, or the other way round.
    #[error("the blob is of another kind")]
    Kind,
    /// What is stored has more bytes than the caller takes.
    #[error("the blob has more than {bytes_max} bytes")]
    TooLarge {
        /// The most that were asked for.
        bytes_max: u64,
    },
    /// What was given to be written has more bytes than one write takes.
    #[error("one write has at most {bytes_max} bytes")]
    WriteTooLarge {
        /// The most that one write takes.
        bytes_max: usize,
    },
    /// Nothing was given to be appended.
    #[error("nothing was given to be written")]
    WriteEmpty,
    /// The metadata cannot be stored as it is.
    #[error("the metadata is refused")]
    Metadata(#[from] MetadataError),
    /// A ticket lives a second at least and an hour at most.
    #[error("a ticket lives 1 to 3,600 seconds")]
    Lifetime,
    /// The prefix, the continuation or the count of a listing is none.
    #[error("the listing was asked for what there is not")]
    Listing,
    /// It answered what its interface does not allow, or holds what nothing of ours wrote.
    #[error("the store gave an answer that makes no sense: {what}")]
    Answer {
        /// Which part of the answer.
        what: &'static str,
    },
    /// It refused with a status and a code that nothing here expects.
    #[error("the store refuses with status {status} ({code})")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The store's code: letters and digits.
        code: String,
    },
    /// The disk under a local store does not do what it should.
    #[error("the disk of the local store fails")]
    Disk(#[from] std::io::Error),
    /// A signature that the key's place answered is not the key's.
    #[error("the signature is not the key's")]
    Signature,
}

/// Says why a blob was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is a blob already. It is as it was.
    #[error("there is a blob already")]
    Exists,
    /// Anything else.
    #[error(transparent)]
    Cloud(#[from] CloudError),
}

/// Says why a blob was not swapped.
#[derive(Debug, thiserror::Error)]
pub enum SwapError {
    /// It is not in the expected state, or is gone. It is as it was.
    #[error("the blob has changed")]
    Changed,
    /// Anything else.
    #[error(transparent)]
    Cloud(#[from] CloudError),
}

/// Says why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The blob does not end where the caller thought. Read [`crate::BlobStore::properties`] for its end.
    #[error("the blob ends elsewhere")]
    Moved,
    /// It took as many appends as a blob takes.
    #[error("the blob takes no more appends")]
    Full,
    /// Anything else.
    #[error(transparent)]
    Cloud(#[from] CloudError),
}
