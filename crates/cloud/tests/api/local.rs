//! The store on a local disk.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use satchel_cloud::local::{
    BLOCK_BYTES_MAX, LocalSettings, LocalStore, LocalTickets, OpenLocalError, SoftwareKey, TicketKey, TicketRequest,
};
use satchel_cloud::{
    APPENDS_MAX, AppendError, BLOCKS_MAX, BlobAddress, BlobStore as _, Clock, Metadata, SigningKey as _,
};
use satchel_terms::Timestamp;
use url::Url;
use zeroize::Zeroizing;

use crate::contract::{Bench, Reply, Wire, promises};

const NOW: u64 = 1_764_000_000;

/// A clock that stands.
#[derive(Debug)]
struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

pub(crate) fn open(folder: &Path, now: u64) -> anyhow::Result<LocalStore> {
    Ok(LocalStore::open(LocalSettings {
        folder: folder.to_owned(),
        base: Url::parse("http://127.0.0.1:4870/blobs/")?,
        ticket_key: TicketKey::new(Zeroizing::new([7; 32])),
        clock: Arc::new(At(Timestamp::try_from(now)?)),
    })?)
}

/// Calls what HTTP would call, with what it would hand over.
#[derive(Debug)]
struct Direct {
    tickets: LocalTickets,
    _folder: tempfile::TempDir,
}

#[async_trait]
impl Wire for Direct {
    async fn send(&self, method: &str, url: Url, headers: &[(&str, &str)], body: Vec<u8>) -> anyhow::Result<Reply> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        let path = url.path().strip_prefix("/blobs").context("tickets lead to the base address")?;
        let request = TicketRequest { path, query: url.query().unwrap_or_default(), headers: &map, body };
        let (parts, body) = self.tickets.answer(&Method::from_bytes(method.as_bytes())?, request).await.into_parts();
        Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body: body.collect(1 << 20).await? })
    }
}

async fn bench(name: &str) -> anyhow::Result<Option<Bench>> {
    let folder = tempfile::tempdir()?;
    let container = format!("firm-{}", name.replace('_', "-")).parse()?;
    let store = open(folder.path(), NOW)?;
    store.make_container(&container).await?;
    let (reopened, past) = (open(folder.path(), NOW)?, open(folder.path(), NOW - 7_200)?);
    let wire = Arc::new(Direct { tickets: open(folder.path(), NOW)?.tickets(), _folder: folder });
    let bench = Bench { store: Arc::new(store), reopened: Arc::new(reopened), past: Arc::new(past), wire, container };
    Ok(Some(bench))
}

promises!(bench);

#[tokio::test]
async fn a_ticket_ends_at_its_second() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path(), NOW)?;
    let at = BlobAddress::new("firm-1".parse()?, "a".parse()?);
    store.make_container(&at.container).await?;
    store.create(&at, b"a".to_vec(), Metadata::new()).await?;
    let ticket = store.download_ticket(&at, std::time::Duration::from_secs(60)).await?;
    assert_eq!(ticket.expires_at.seconds(), NOW + 60);
    let url = Url::parse(ticket.url.expose_secret())?;
    for (now, expected) in [(NOW, StatusCode::OK), (NOW + 59, StatusCode::OK), (NOW + 60, StatusCode::FORBIDDEN)] {
        let headers = HeaderMap::new();
        let query = url.query().unwrap_or_default();
        let request = TicketRequest { path: "/firm-1/a", query, headers: &headers, body: vec![] };
        let reply = open(folder.path(), now)?.tickets().get(request).await;
        assert_eq!(reply.status(), expected, "at {now}");
    }
    Ok(())
}

/// Sends one request with an upload ticket for `firm-1/a`; answers status and code.
async fn upload(
    folder: &Path,
    query: &str,
    headers: &[(&'static str, &str)],
    body: Vec<u8>,
) -> anyhow::Result<(u16, String)> {
    let store = open(folder, NOW)?;
    let at = BlobAddress::new("firm-1".parse()?, "a".parse()?);
    store.make_container(&at.container).await?;
    let ticket = store.upload_ticket(&at, std::time::Duration::from_secs(60)).await?;
    let url = Url::parse(ticket.url.expose_secret())?;
    let query = format!("{query}&{}", url.query().unwrap_or_default());
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_str(value)?);
    }
    let request = TicketRequest { path: "/firm-1/a", query: &query, headers: &map, body };
    let reply = store.tickets().answer(&Method::PUT, request).await;
    let code = reply.headers().get("x-ms-error-code").map(|code| code.to_str().map(str::to_owned));
    Ok((reply.status().as_u16(), code.transpose()?.unwrap_or_default()))
}

#[tokio::test]
async fn what_comes_with_a_ticket_is_bounded() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let long = "a".repeat(2_100);
    let big_metadata = "b".repeat(8_192);
    let xml = b"<BlockList><Latest>AAAA</Latest></BlockList>";
    for (query, headers, body, expected) in [
        ("comp=block&blockid=AAAA", vec![], vec![0; BLOCK_BYTES_MAX], (201, "")),
        ("comp=block&blockid=AAAA", vec![], vec![0; BLOCK_BYTES_MAX + 1], (413, "RequestBodyTooLarge")),
        ("comp=block&blockid=AAAA", vec![], vec![], (400, "InvalidHeaderValue")),
        ("comp=block", vec![], vec![1], (400, "InvalidQueryParameterValue")),
        ("comp=block&blockid=..%2F", vec![], vec![1], (400, "InvalidQueryParameterValue")),
        ("comp=block&blockid=AAAA&blockid=BBBB", vec![], vec![1], (400, "InvalidQueryParameterValue")),
        ("comp=block&blockid=AAAA&sp=c", vec![], vec![1], (403, "AuthenticationFailed")),
        ("comp=block&blockid=AAAA", vec![("content-md5", "AAAA")], vec![1], (400, "UnsupportedHeader")),
        (&long, vec![], vec![1], (400, "UnsupportedQueryParameter")),
        (&format!("comp=block&a={long}"), vec![], vec![1], (400, "InvalidUri")),
        ("comp=lease", vec![], vec![1], (400, "UnsupportedQueryParameter")),
        (
            "comp=blocklist",
            vec![("if-none-match", "*"), ("x-ms-meta-a", &big_metadata)],
            xml.to_vec(),
            (400, "MetadataTooLarge"),
        ),
        (
            "comp=blocklist",
            vec![("if-none-match", "*"), ("x-ms-meta-a-b", "c")],
            xml.to_vec(),
            (400, "InvalidMetadata"),
        ),
        ("comp=blocklist", vec![("if-none-match", "\"0x1\"")], xml.to_vec(), (400, "InvalidHeaderValue")),
        ("comp=blocklist", vec![], vec![b' '; BLOCK_BYTES_MAX + 1], (413, "RequestBodyTooLarge")),
        ("comp=blocklist", vec![("if-none-match", "*")], xml.to_vec(), (201, "")),
        ("comp=blocklist", vec![("if-none-match", "*")], xml.to_vec(), (409, "BlobAlreadyExists")),
        ("comp=blocklist", vec![], xml.to_vec(), (403, "UnauthorizedBlobOverwrite")),
    ] {
        let (status, code) = upload(folder.path(), query, &headers, body).await?;
        assert_eq!((status, code.as_str()), expected, "{}", query.get(..30).unwrap_or(query));
    }
    Ok(())
}

/// Both limits take too long to reach by asking, so the store is brought there by its files.
#[tokio::test]
async fn blocks_and_appends_are_counted() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path(), NOW)?;
    let feed = BlobAddress::new("firm-1".parse()?, "feed".parse()?);
    store.make_container(&feed.container).await?;
    store.append(&feed, vec![1], 0).await?;
    let head = folder.path().join("containers/c-firm-1/b-feed/head.json");
    let text = std::fs::read_to_string(&head)?;
    let nearly = text.replace("\"appends\":1", &format!("\"appends\":{}", APPENDS_MAX - 1));
    assert_ne!(text, nearly, "the head counts appends");
    std::fs::write(&head, nearly)?;
    assert_eq!(store.append(&feed, vec![2], 1).await?, 2);
    let full = store.append(&feed, vec![3], 2).await;
    assert!(matches!(full, Err(AppendError::Full)), "{full:?}");
    assert!(store.read(&feed, 2).await?.is_some_and(|read| read.bytes == [1, 2]));

    let staged = folder.path().join("containers/c-firm-1/b-a/g0");
    std::fs::create_dir_all(&staged)?;
    for n in 0..BLOCKS_MAX - 1 {
        std::fs::write(staged.join(format!("{n:06x}")), [])?;
    }
    let stage = async |id| upload(folder.path(), &format!("comp=block&blockid={id}"), &[], vec![1]).await;
    assert_eq!(stage("%2F%2F%2F%2F").await?.0, 201, "the last one that there is room for");
    assert_eq!(stage("%2F%2F%2F9").await?, (409, "BlockCountExceedsLimit".to_owned()));
    assert_eq!(stage("AAAA").await?.0, 201, "one that is there may be sent again");
    let blocks = store.blocks(&BlobAddress::new("firm-1".parse()?, "a".parse()?)).await?.context("they are staged")?;
    assert_eq!(blocks.uncommitted.len(), BLOCKS_MAX);
    Ok(())
}

/// What the emulator answers otherwise, and Azure like this.
#[tokio::test]
async fn a_range_at_the_end_is_refused() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path(), NOW)?;
    let at = BlobAddress::new("firm-1".parse()?, "a".parse()?);
    store.make_container(&at.container).await?;
    let stored = store.create(&at, b"0123456789".to_vec(), Metadata::new()).await?;
    let ticket = store.download_ticket(&at, std::time::Duration::from_secs(60)).await?;
    let url = Url::parse(ticket.url.expose_secret())?;
    for (name, value, expected) in [
        ("range", "bytes=10-", StatusCode::RANGE_NOT_SATISFIABLE),
        ("range", "bytes=9-", StatusCode::PARTIAL_CONTENT),
        ("range", "bytes=-1", StatusCode::BAD_REQUEST),
        ("if-match", stored.etag.as_str(), StatusCode::OK),
        ("if-match", "\"0x0\"", StatusCode::PRECONDITION_FAILED),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value)?);
        let query = url.query().unwrap_or_default();
        let request = TicketRequest { path: "/firm-1/a", query, headers: &headers, body: vec![] };
        assert_eq!(store.tickets().get(request).await.status(), expected, "{name}: {value}");
    }
    for path in ["/firm-1", "firm-1/a", "//firm-1/a", "/firm-1/../firm-1/a", "/Firm-1/a", "/firm-1/a/", ""] {
        let headers = HeaderMap::new();
        let query = url.query().unwrap_or_default();
        let request = TicketRequest { path, query, headers: &headers, body: vec![] };
        assert_eq!(store.tickets().get(request).await.status(), StatusCode::BAD_REQUEST, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn tickets_lead_to_loopback() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for (base, allowed) in [
        ("http://127.0.0.1:1/", true),
        ("https://[::1]:1/blobs", true),
        ("http://localhost:1", true),
        ("http://192.0.2.1/", false),
        ("https://blobs.example.com/", false),
        ("http://127.0.0.1.example.com/", false),
        ("http://127.0.0.1/?a", false),
        ("http://user@127.0.0.1/", false),
        ("ftp://127.0.0.1/", false),
    ] {
        let opened = LocalStore::open(LocalSettings {
            folder: folder.path().to_owned(),
            base: Url::parse(base)?,
            ticket_key: TicketKey::new(Zeroizing::new([7; 32])),
            clock: Arc::new(At(Timestamp::try_from(NOW)?)),
        });
        assert!(allowed == opened.is_ok() && !matches!(opened, Err(OpenLocalError::Disk(_))), "{base}");
    }
    let printed = format!("{:?}", open(folder.path(), NOW)?);
    assert!(printed.contains("TicketKey") && !printed.contains("7, 7"), "{printed}");
    Ok(())
}

#[tokio::test]
async fn a_software_key_signs_what_its_public_half_verifies() -> anyhow::Result<()> {
    use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
    let key = SoftwareKey::new(&[9; 32])?;
    let signature = key.sign_es256([3; 32]).await?;
    let public = p256::ecdsa::VerifyingKey::from_sec1_bytes(&key.public().to_sec1())?;
    let signature = p256::ecdsa::Signature::from_slice(&signature)?;
    assert!(
        public.verify_prehash(&[3; 32], &signature).is_ok() && public.verify_prehash(&[4; 32], &signature).is_err()
    );
    assert!(SoftwareKey::new(&[0; 32]).is_err() && SoftwareKey::new(&[0xff; 32]).is_err());
    assert_eq!(format!("{key:?}"), format!("SoftwareKey({})", key.public().thumbprint()));
    Ok(())
}
