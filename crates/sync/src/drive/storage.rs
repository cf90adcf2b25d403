//! Put Block, Put Block List and Get Blob of Azure Storage's REST, with a ticket.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use reqwest::header::IF_NONE_MATCH;
use reqwest::{RequestBuilder, StatusCode};
use satchel_wire::TicketUrl;
use url::Url;

use super::remote::{Answer, Remote, send};
use crate::plan::{Failure, ListPut, Ticket, Why};

/// The most bytes that are read of an answer of the storage, so that its connection can be used again.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
const ERROR_CODE: &str = "x-ms-error-code";
const ENCRYPTION_DATA: &str = "x-ms-meta-encryptiondata";
const VERSION: &str = "x-ms-version";

/// Puts a block: a region in its sealed form.
pub(super) async fn put_block(remote: &Remote, ticket: &Ticket, block: u32, bytes: Bytes) -> Result<(), Failure> {
    let request = request(remote, ticket, &[("comp", "block"), ("blockid", &block_id(block))])?;
    let answer = send(request, bytes).await?;
    if answer.status() == StatusCode::CREATED {
        // The block is there, whatever becomes of the rest of the answer.
        let _rest = answer.body(ANSWER_BYTES_MAX).await;
        return Ok(());
    }
    Err(failure(answer).await)
}

/// Puts the block list, which makes a blob of the blocks, with its `encryptiondata`.
pub(super) async fn put_block_list(
    remote: &Remote,
    ticket: &Ticket,
    blocks: u32,
    encryption_data: &str,
) -> Result<ListPut, Failure> {
    let request = request(remote, ticket, &[("comp", "blocklist")])?
        .header(ENCRYPTION_DATA, encryption_data)
        .header(IF_NONE_MATCH, "*");
    let answer = send(request, Bytes::from(block_list(blocks))).await?;
    let is_there = answer.status() == StatusCode::CONFLICT && answer.header(ERROR_CODE) == Some("BlobAlreadyExists");
    if answer.status() == StatusCode::CREATED || is_there {
        let how = if is_there { ListPut::Before } else { ListPut::Now };
        let _rest = answer.body(ANSWER_BYTES_MAX).await;
        return Ok(how);
    }
    Err(failure(answer).await)
}

/// Begins to get a whole blob.
pub(super) async fn get_blob(remote: &Remote, ticket: &TicketUrl) -> Result<Answer, Failure> {
    let (url, version) = address(ticket)?;
    let answer = send(of_version(remote.get(url), version), Bytes::new()).await?;
    if answer.status() == StatusCode::OK { Ok(answer) } else { Err(failure(answer).await) }
}

fn request(remote: &Remote, ticket: &Ticket, parameters: &[(&str, &str)]) -> Result<RequestBuilder, Failure> {
    let (mut url, version) = address(ticket.url())?;
    url.query_pairs_mut().extend_pairs(parameters);
    Ok(of_version(remote.put(url), version))
}

/// Reads where a ticket leads, and by which version of the protocol: that of its signature, which the server chose.
fn address(ticket: &TicketUrl) -> Result<(Url, Option<String>), Failure> {
    // The secret part is needed here: it is what the storage checks.
    let url = Url::parse(ticket.expose()).map_err(|_| Failure::Confused)?;
    let version = url.query_pairs().find(|(name, _)| name == "sv").map(|(_, version)| version.into_owned());
    Ok((url, version))
}

fn of_version(request: RequestBuilder, version: Option<String>) -> RequestBuilder {
    match version {
        Some(version) => request.header(VERSION, version),
        None => request,
    }
}

/// Says what follows from a refusal.
async fn failure(answer: Answer) -> Failure {
    let failure = match answer.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::TicketRefused,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Failure::Busy(answer.retry_after()),
        StatusCode::REQUEST_TIMEOUT => Failure::Later(Why::Interrupted),
        status if status.is_server_error() => Failure::Later(Why::ServerFault),
        _ => Failure::Confused,
    };
    let _rest = answer.body(ANSWER_BYTES_MAX).await;
    failure
}

/// Returns the id of a block: the base64 of its number in 8 decimal digits.
fn block_id(block: u32) -> String {
    BASE64_STANDARD.encode(format!("{block:08}"))
}

fn block_list(blocks: u32) -> String {
    let latest: String = (0..blocks).map(|block| format!("<Latest>{}</Latest>", block_id(block))).collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{latest}</BlockList>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_ids_are_those_of_the_format() {
        assert_eq!(block_id(0), "MDAwMDAwMDA=");
        assert_eq!(block_id(49_999), "MDAwNDk5OTk=");
        assert_eq!(
            block_list(2),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>MDAwMDAwMDA=</Latest>\
             <Latest>MDAwMDAwMDE=</Latest></BlockList>"
        );
    }
}
