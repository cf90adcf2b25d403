//! What a ticket's address answers, as Azure Storage does: the same requests, statuses and codes.
//!
//! | request | function |
//! |---|---|
//! | `PUT …?comp=block&blockid=…` | [`LocalTickets::put_block`] |
//! | `PUT …?comp=blocklist` | [`LocalTickets::put_block_list`] |
//! | `GET …` | [`LocalTickets::get`] |
//! | `GET …?comp=blocklist` | [`LocalTickets::get_block_list`] |
//!
//! [`LocalTickets::answer`] chooses among them. Whoever serves HTTP bounds the body before it calls.

use std::sync::Arc;

use http::{HeaderMap, Method, Response, StatusCode};

use super::blob_body::Body;
use super::block_list::{self, BlockListError, Wanted};
use super::disk::Disk;
use super::grant::{Granted, Grants, Permission};
use super::on_disk;
use super::refusal::Refusal;
use super::request::{self, Range};
use super::staging::BlockId;

/// The most bytes of a block that comes with a ticket. A sealed region has 4 MiB and 28 bytes.
pub const BLOCK_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most bytes of a list of blocks: 50,000 with long ids.
pub const BLOCK_LIST_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A request to a ticket's address.
#[derive(Debug)]
pub struct TicketRequest<'a> {
    /// The path behind the base address: `/{container}/{path}`.
    pub path: &'a str,
    /// The query, without the question mark. It holds the ticket.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// The HTTP face of a local store's tickets.
#[derive(Debug, Clone)]
pub struct LocalTickets {
    disk: Arc<Disk>,
    grants: Arc<Grants>,
}

impl LocalTickets {
    pub(crate) const fn new(disk: Arc<Disk>, grants: Arc<Grants>) -> Self {
        Self { disk, grants }
    }

    /// Answers any request with a ticket.
    pub async fn answer(&self, method: &Method, request: TicketRequest<'_>) -> Response<Body> {
        let comp = request::comp(request.query);
        match (method, comp.as_deref()) {
            (&Method::PUT, Some("block")) => self.put_block(request).await,
            (&Method::PUT, Some("blocklist")) => self.put_block_list(request).await,
            (&Method::GET, None) => self.get(request).await,
            (&Method::GET, Some("blocklist")) => self.get_block_list(request).await,
            (&Method::PUT | &Method::GET, _) => Refusal::UnsupportedQuery.response(),
            _ => Refusal::Method.response(),
        }
    }

    /// Stages a block (Put Block): 201.
    pub async fn put_block(&self, request: TicketRequest<'_>) -> Response<Body> {
        self.try_put_block(request).await.unwrap_or_else(|refusal| refusal.response())
    }

    /// Makes staged blocks the blob (Put Block List): 201 with its `ETag`. Metadata comes in `x-ms-meta-…`.
    pub async fn put_block_list(&self, request: TicketRequest<'_>) -> Response<Body> {
        self.try_put_block_list(request).await.unwrap_or_else(|refusal| refusal.response())
    }

    /// Reads the blob or a range of it (Get Blob): 200 or 206.
    pub async fn get(&self, request: TicketRequest<'_>) -> Response<Body> {
        self.try_get(request).await.unwrap_or_else(|refusal| refusal.response())
    }

    /// Lists the blob's blocks (Get Block List): 200 with XML.
    pub async fn get_block_list(&self, request: TicketRequest<'_>) -> Response<Body> {
        self.try_get_block_list(request).await.unwrap_or_else(|refusal| refusal.response())
    }

    fn check(&self, request: &TicketRequest<'_>, wanted: Permission) -> Result<Granted, Refusal> {
        Ok(self.grants.check(request.path, request.query, wanted)?)
    }

    async fn try_put_block(&self, request: TicketRequest<'_>) -> Result<Response<Body>, Refusal> {
        let Granted { at, rest } = self.check(&request, Permission::Upload)?;
        let id = request::value(&rest, "blockid")?.and_then(BlockId::from_base64).ok_or(Refusal::QueryValue)?;
        request::check_no_digest(request.headers)?;
        if request.body.is_empty() {
            return Err(Refusal::HeaderValue);
        }
        if request.body.len() > BLOCK_BYTES_MAX {
            return Err(Refusal::BodyTooLarge);
        }
        let body = request.body;
        on_disk(&self.disk, move |disk| disk.stage(&at, &id, &body)).await?;
        request::answer(StatusCode::CREATED, &[], Body::bytes(Vec::new()))
    }

    async fn try_put_block_list(&self, request: TicketRequest<'_>) -> Result<Response<Body>, Refusal> {
        let Granted { at, .. } = self.check(&request, Permission::Upload)?;
        request::check_no_digest(request.headers)?;
        if request.body.len() > BLOCK_LIST_BYTES_MAX {
            return Err(Refusal::BodyTooLarge);
        }
        let create_only = request::creates_only(request.headers)?;
        let metadata = request::metadata(request.headers)?;
        let ids = block_list::parse(&request.body).map_err(|error| match error {
            BlockListError::Form => Refusal::XmlDocument,
            BlockListError::TooLong => Refusal::BlockListTooLong,
            BlockListError::Block => Refusal::BlockList,
        })?;
        let stored = on_disk(&self.disk, move |disk| disk.commit(&at, &ids, metadata)).await;
        let stored = stored.map_err(|error| {
            // The ticket grants creating: a request that would have written over the blob asks for more.
            let refusal = Refusal::from(error);
            if refusal == Refusal::Exists && !create_only { Refusal::Overwrite } else { refusal }
        })?;
        let headers = [(http::header::ETAG, stored.etag.as_str().to_owned())];
        request::answer(StatusCode::CREATED, &headers, Body::bytes(Vec::new()))
    }

    async fn try_get(&self, request: TicketRequest<'_>) -> Result<Response<Body>, Refusal> {
        let Granted { at, .. } = self.check(&request, Permission::Download)?;
        let range = Range::of(request.headers)?;
        let expected = request::if_match(request.headers)?;
        let (properties, open) = on_disk(&self.disk, move |disk| disk.open_body(&at, range)).await?;
        if expected.is_some_and(|expected| expected != properties.etag.as_str()) {
            return Err(Refusal::Condition);
        }
        request::blob_answer(&properties, range, open)
    }

    async fn try_get_block_list(&self, request: TicketRequest<'_>) -> Result<Response<Body>, Refusal> {
        let Granted { at, rest } = self.check(&request, Permission::Download)?;
        let wanted = match request::value(&rest, "blocklisttype")? {
            None | Some("committed") => Wanted::Committed,
            Some("uncommitted") => Wanted::Uncommitted,
            Some("all") => Wanted::All,
            Some(_) => return Err(Refusal::QueryValue),
        };
        let blocks = on_disk(&self.disk, move |disk| disk.blocks(&at)).await.map_err(Refusal::from)?;
        let xml = block_list::write(&blocks.ok_or(Refusal::NoBlob)?, wanted).into_bytes();
        let headers = [(http::header::CONTENT_TYPE, "application/xml".to_owned())];
        request::answer(StatusCode::OK, &headers, Body::bytes(xml))
    }
}
