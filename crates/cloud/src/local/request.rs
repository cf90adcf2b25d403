//! Reading requests with a ticket, and writing their answers.

use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use url::form_urlencoded;

use super::blob_body::Body;
use super::disk::Disk;
use super::head::Head;
use super::layout::Purpose;
use super::refusal::Refusal;
use crate::blob::check_metadata;
use crate::{BlobAddress, CloudError, Metadata, MetadataError, Properties};

const METADATA_PREFIX: &str = "x-ms-meta-";

/// The bytes that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    All,
    /// From the first to the last, both included, or to the blob's end.
    Part(u64, Option<u64>),
}

impl Range {
    /// Reads `x-ms-range` or, without one, `Range`: `bytes=0-9` or `bytes=10-`, as Azure takes them.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let header = headers.get("x-ms-range").or_else(|| headers.get(RANGE));
        let Some(header) = header else { return Ok(Self::All) };
        let part = || {
            let (first, last) = header.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
            let last = if last.is_empty() { None } else { Some(decimal(last)?) };
            let first = decimal(first)?;
            last.is_none_or(|last| first <= last).then_some(Self::Part(first, last))
        };
        part().ok_or(Refusal::HeaderValue)
    }

    /// Returns the first byte and the one behind the last, for a blob of this length. Nothing: it ends before.
    fn within(self, length: u64) -> Option<(u64, u64)> {
        match self {
            Self::All => Some((0, length)),
            Self::Part(first, last) => {
                let end = last.map_or(length, |last| last.saturating_add(1).min(length));
                (first < length).then_some((first, end))
            }
        }
    }
}

fn decimal(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl Disk {
    /// Returns a blob's properties and the body of what is asked for.
    pub(crate) fn open_body(&self, at: &BlobAddress, range: Range) -> Result<(Properties, Body), Refusal> {
        let locked = self.layout.lock(&at.container, Purpose::Read)?;
        let folder = locked.blob(&at.path);
        let head = Head::read(&folder)?.ok_or(Refusal::NoBlob)?;
        let (from, end) = range.within(head.length()).ok_or(Refusal::Range)?;
        Ok((head.properties()?, Body::blob(&folder, &head, from, end)))
    }
}

/// Returns the query's `comp`, which says what the request is about.
pub(crate) fn comp(query: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|pair| pair.0 == "comp").map(|pair| pair.1.into_owned())
}

/// Returns a value of the query. A name that comes twice means two things.
pub(crate) fn value<'a>(query: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut found = query.iter().filter(|pair| pair.0 == name).map(|pair| pair.1.as_str());
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Refusal::QueryValue),
    }
}

/// Refuses digests of the body: none is computed here, and one that is not looked at promises what is not so.
pub(crate) fn check_no_digest(headers: &HeaderMap) -> Result<(), Refusal> {
    let digests = ["content-md5", "x-ms-content-crc64", "x-ms-blob-content-md5"];
    if digests.iter().any(|name| headers.contains_key(*name)) { Err(Refusal::Header) } else { Ok(()) }
}

/// Says whether a write is to happen only where there is no blob.
pub(crate) fn creates_only(headers: &HeaderMap) -> Result<bool, Refusal> {
    if headers.contains_key(IF_MATCH) {
        return Err(Refusal::Header);
    }
    match headers.get(IF_NONE_MATCH).map(HeaderValue::as_bytes) {
        None => Ok(false),
        Some(b"*") => Ok(true),
        Some(_) => Err(Refusal::HeaderValue),
    }
}

/// Returns the state that a read is to be of.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    headers.get(IF_MATCH).map(HeaderValue::to_str).transpose().map_err(|_| Refusal::HeaderValue)
}

/// Returns the metadata in a request's headers.
pub(crate) fn metadata(headers: &HeaderMap) -> Result<Metadata, Refusal> {
    let mut metadata = Metadata::new();
    for (name, value) in headers {
        let Some(name) = name.as_str().strip_prefix(METADATA_PREFIX) else { continue };
        let value = value.to_str().map_err(|_| Refusal::Metadata)?;
        if metadata.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Refusal::Metadata);
        }
    }
    check_metadata(&metadata).map_err(|error| match error {
        MetadataError::Text => Refusal::Metadata,
        MetadataError::TooLarge => Refusal::MetadataTooLarge,
    })?;
    Ok(metadata)
}

/// Puts an answer together.
pub(crate) fn answer(
    status: StatusCode,
    headers: &[(HeaderName, String)],
    body: Body,
) -> Result<Response<Body>, Refusal> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).map_err(|_| Refusal::Failed)?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Answers with a blob or a range of it.
pub(crate) fn blob_answer(properties: &Properties, range: Range, body: Body) -> Result<Response<Body>, Refusal> {
    let (from, end) = range.within(properties.length).ok_or(Refusal::Range)?;
    let mut headers = vec![
        (ETAG, properties.etag.as_str().to_owned()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, end.saturating_sub(from).to_string()),
    ];
    for (name, value) in &properties.metadata {
        let name = HeaderName::try_from(format!("{METADATA_PREFIX}{name}"));
        headers.push((name.map_err(|_| CloudError::Answer { what: "metadata" })?, value.clone()));
    }
    if range == Range::All {
        return answer(StatusCode::OK, &headers, body);
    }
    let (last, length) = (end.saturating_sub(1), properties.length);
    headers.push((CONTENT_RANGE, format!("bytes {from}-{last}/{length}")));
    answer(StatusCode::PARTIAL_CONTENT, &headers, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Result<Range, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::from_str(text).expect("a header"));
        Range::of(&headers)
    }

    #[test]
    fn ranges_are_one_run_of_bytes() {
        assert_eq!(range("bytes=0-9"), Ok(Range::Part(0, Some(9))));
        assert_eq!(range("bytes=10-"), Ok(Range::Part(10, None)));
        for text in ["bytes=-5", "bytes=9-0", "bytes=0-1,3-4", "bytes=+1-2", "bytes=a-b", "bytes=", "lines=0-1", "0-1"]
        {
            assert_eq!(range(text), Err(Refusal::HeaderValue), "{text}");
        }
        let past = format!("bytes={}0-", u64::MAX);
        assert_eq!(range(&past), Err(Refusal::HeaderValue));
    }

    #[test]
    fn a_range_ends_where_the_blob_ends() {
        assert_eq!(Range::Part(2, Some(3)).within(10), Some((2, 4)));
        assert_eq!(Range::Part(2, Some(u64::MAX)).within(10), Some((2, 10)));
        assert_eq!(Range::Part(9, None).within(10), Some((9, 10)));
        assert_eq!(Range::Part(10, None).within(10), None);
        assert_eq!(Range::All.within(0), Some((0, 0)));
    }
}
