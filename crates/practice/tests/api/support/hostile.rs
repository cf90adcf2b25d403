//! An operator's desk over storages that do not mean well: the provider's own blobs, behind doubles.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use satchel_cloud::local::{LocalStore, SoftwareKey};
use satchel_cloud::{
    AppendError, BlobAddress, BlobStore, Blocks, Clock, CloudError, ContainerName, CreateError, ETag, Metadata, Page,
    Properties, ReadBlob, Stored, SwapError, Ticket,
};
use satchel_intake::{Download, Operator, Places, Unwrap, Upload};
use satchel_order::catalogue::built_in;
use satchel_seal::{ContentKey, PrivateWrappingKey, UnwrapError, WrappedKey};
use satchel_sign::{Bundle, Operator as OperatorRole, Signed, SigningKey};

use super::{Desk, TestClock, rng};

/// What a storage does that it should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trick {
    /// Nothing.
    None,
    /// It keeps other bytes than were sent.
    ChangesBytes,
    /// It keeps fewer bytes than were sent.
    CutsBytes,
    /// It keeps another key beside them.
    ChangesKey,
    /// It forgets blobs that it acknowledged.
    Forgets,
    /// It lists nothing under this part of a path.
    Hides(&'static str),
    /// It fails when something is created under this part of a path.
    FailsAt(&'static str),
    /// It says that there is a blob already, whatever is sent in blocks.
    SaysTaken,
}

/// A storage with a trick.
#[derive(Debug)]
pub(crate) struct Storage {
    store: LocalStore,
    trick: Trick,
    staged: Mutex<BTreeMap<(String, u32), Vec<u8>>>,
    /// What was sent in blocks and made a blob.
    pub(crate) commits: Mutex<Vec<String>>,
}

impl Storage {
    pub(crate) fn new(desk: &Desk, trick: Trick) -> Arc<Self> {
        Arc::new(Self { store: desk.store(), trick, staged: Mutex::default(), commits: Mutex::default() })
    }

    /// Fails where the trick says so.
    fn check(&self, at: &BlobAddress) -> Result<(), CloudError> {
        let fails = matches!(self.trick, Trick::FailsAt(part) if at.to_string().contains(part));
        if fails { Err(CloudError::Unavailable { retry_after: None, source: None }) } else { Ok(()) }
    }

    /// The operator's desk over this storage.
    pub(crate) fn desk(self: &Arc<Self>, desk: &Desk, bundle: &Signed<Bundle>) -> satchel_intake::Desk {
        let folder = desk.folder.path();
        let stated = bundle.statement();
        let operator = std::fs::read(folder.join("keys/operator")).expect("the key");
        let operator = SigningKey::<OperatorRole>::from_bytes(&operator.try_into().expect("32 bytes")).expect("a key");
        let pem = std::fs::read_to_string(folder.join(format!("firms/{}/wrapping-key.pem", stated.firm)));
        let key_id = stated.wrapping_keys[0].key_id.as_str().to_owned();
        let unwrap = PrivateWrappingKey::from_pem(key_id, &pem.expect("the key")).expect("a key");
        let operator = Operator {
            who: "Maria Delgado".to_owned(),
            key: Arc::new(SoftwareKey::new(&operator.expose()).expect("a key")),
            unwrap: Arc::new(SoftwareUnwrap(unwrap)),
        };
        let places = Places {
            blobs: Arc::<Self>::clone(self),
            download: Arc::<Self>::clone(self),
            upload: Arc::<Self>::clone(self),
            provider: "practice-provider".parse().expect("a name"),
        };
        let catalogue = built_in().expect("definitions").into();
        let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(&desk.clock);
        satchel_intake::Desk::new(bundle.clone(), places, operator, catalogue, clock).expect("a desk")
    }
}

#[derive(Debug)]
struct SoftwareUnwrap(PrivateWrappingKey);

#[async_trait]
impl Unwrap for SoftwareUnwrap {
    async fn unwrap_content_key(&self, wrapped: &WrappedKey) -> Result<ContentKey, UnwrapError> {
        self.0.unwrap_content_key(wrapped, &mut rng())
    }
}

#[async_trait]
impl Download for Storage {
    async fn part(&self, at: &BlobAddress, state: &ETag, from: u64, length: u64) -> Result<Vec<u8>, CloudError> {
        let blob = self.store.read(at, 64 << 20).await?.filter(|blob| blob.etag == *state);
        let range = usize::try_from(from).expect("fits")..usize::try_from(from + length).expect("fits");
        let part = blob.and_then(|blob| blob.bytes.get(range).map(<[u8]>::to_vec));
        part.ok_or(CloudError::Answer { what: "a part of a blob" })
    }
}

#[async_trait]
impl Upload for Storage {
    async fn block(&self, at: &BlobAddress, number: u32, bytes: Vec<u8>) -> Result<(), CloudError> {
        let mut staged = self.staged.lock().unwrap_or_else(PoisonError::into_inner);
        staged.insert((at.to_string(), number), bytes);
        Ok(())
    }

    async fn commit(&self, at: &BlobAddress, count: u32, mut metadata: Metadata) -> Result<(), CreateError> {
        let mut bytes = Vec::new();
        {
            let mut staged = self.staged.lock().unwrap_or_else(PoisonError::into_inner);
            for number in 0..count {
                bytes.extend(staged.remove(&(at.to_string(), number)).expect("it was staged"));
            }
        }
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).push(at.to_string());
        match self.trick {
            Trick::ChangesBytes => *bytes.last_mut().expect("a byte") ^= 1,
            Trick::CutsBytes => bytes.truncate(bytes.len() - 1),
            Trick::ChangesKey => {
                let key = metadata.get_mut("encryptiondata").expect("it is there");
                *key = key.replacen("\"EncryptedKey\":\"B", "\"EncryptedKey\":\"C", 1);
            }
            Trick::Forgets => return Ok(()),
            Trick::SaysTaken => return Err(CreateError::Exists),
            Trick::None | Trick::Hides(_) | Trick::FailsAt(_) => {}
        }
        self.store.create(at, bytes, metadata).await.map(|_| ())
    }
}

#[async_trait]
impl BlobStore for Storage {
    async fn make_container(&self, container: &ContainerName) -> Result<(), CloudError> {
        self.store.make_container(container).await
    }

    async fn read(&self, at: &BlobAddress, bytes_max: u64) -> Result<Option<ReadBlob>, CloudError> {
        self.store.read(at, bytes_max).await
    }

    async fn properties(&self, at: &BlobAddress) -> Result<Option<Properties>, CloudError> {
        self.store.properties(at).await
    }

    async fn blocks(&self, at: &BlobAddress) -> Result<Option<Blocks>, CloudError> {
        self.store.blocks(at).await
    }

    async fn create(&self, at: &BlobAddress, bytes: Vec<u8>, metadata: Metadata) -> Result<Stored, CreateError> {
        self.check(at)?;
        self.store.create(at, bytes, metadata).await
    }

    async fn swap(&self, at: &BlobAddress, bytes: Vec<u8>, expected: &ETag) -> Result<Stored, SwapError> {
        self.check(at)?;
        self.store.swap(at, bytes, expected).await
    }

    async fn append(&self, at: &BlobAddress, bytes: Vec<u8>, position: u64) -> Result<u64, AppendError> {
        self.store.append(at, bytes, position).await
    }

    async fn list(
        &self,
        container: &ContainerName,
        prefix: &str,
        next: Option<&str>,
        count_max: u32,
    ) -> Result<Page, CloudError> {
        if matches!(self.trick, Trick::Hides(part) if prefix.contains(part)) {
            return Ok(Page { paths: Vec::new(), next: None });
        }
        self.store.list(container, prefix, next, count_max).await
    }

    async fn upload_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.store.upload_ticket(at, lifetime).await
    }

    async fn download_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError> {
        self.store.download_ticket(at, lifetime).await
    }
}
