//! Why a request with a ticket is refused, in Azure's words.

use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::blob_body::Body;
use super::grant::Denied;
use super::staging::{CommitError, StageError};
use crate::CloudError;

/// A status and a code that Azure has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request is refused")]
pub(crate) enum Refusal {
    Address,
    Ticket,
    Permission,
    Method,
    UnsupportedQuery,
    QueryValue,
    HeaderValue,
    Header,
    BodyTooLarge,
    XmlDocument,
    BlockList,
    BlockListTooLong,
    BlockId,
    BlockCount,
    Metadata,
    MetadataTooLarge,
    Exists,
    Overwrite,
    NoBlob,
    NoContainer,
    Kind,
    Range,
    Condition,
    Failed,
}

impl Refusal {
    const fn parts(self) -> (StatusCode, &'static str) {
        match self {
            Self::Address => (StatusCode::BAD_REQUEST, "InvalidUri"),
            Self::Ticket => (StatusCode::FORBIDDEN, "AuthenticationFailed"),
            Self::Permission => (StatusCode::FORBIDDEN, "AuthorizationPermissionMismatch"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "UnsupportedHttpVerb"),
            Self::UnsupportedQuery => (StatusCode::BAD_REQUEST, "UnsupportedQueryParameter"),
            Self::QueryValue => (StatusCode::BAD_REQUEST, "InvalidQueryParameterValue"),
            Self::HeaderValue => (StatusCode::BAD_REQUEST, "InvalidHeaderValue"),
            Self::Header => (StatusCode::BAD_REQUEST, "UnsupportedHeader"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge"),
            Self::XmlDocument => (StatusCode::BAD_REQUEST, "InvalidXmlDocument"),
            Self::BlockList => (StatusCode::BAD_REQUEST, "InvalidBlockList"),
            Self::BlockListTooLong => (StatusCode::BAD_REQUEST, "BlockListTooLong"),
            Self::BlockId => (StatusCode::BAD_REQUEST, "InvalidBlobOrBlock"),
            Self::BlockCount => (StatusCode::CONFLICT, "BlockCountExceedsLimit"),
            Self::Metadata => (StatusCode::BAD_REQUEST, "InvalidMetadata"),
            Self::MetadataTooLarge => (StatusCode::BAD_REQUEST, "MetadataTooLarge"),
            Self::Exists => (StatusCode::CONFLICT, "BlobAlreadyExists"),
            Self::Overwrite => (StatusCode::FORBIDDEN, "UnauthorizedBlobOverwrite"),
            Self::NoBlob => (StatusCode::NOT_FOUND, "BlobNotFound"),
            Self::NoContainer => (StatusCode::NOT_FOUND, "ContainerNotFound"),
            Self::Kind => (StatusCode::CONFLICT, "InvalidBlobType"),
            Self::Range => (StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange"),
            Self::Condition => (StatusCode::PRECONDITION_FAILED, "ConditionNotMet"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        }
    }

    pub(crate) fn response(self) -> Response<Body> {
        let (status, code) = self.parts();
        let mut response = Response::new(Body::bytes(Vec::new()));
        *response.status_mut() = status;
        let name = HeaderName::from_static("x-ms-error-code");
        response.headers_mut().insert(name, HeaderValue::from_static(code));
        response
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Address => Self::Address,
            Denied::Ticket => Self::Ticket,
            Denied::Permission => Self::Permission,
        }
    }
}

impl From<CloudError> for Refusal {
    fn from(error: CloudError) -> Self {
        match error {
            CloudError::NoContainer => Self::NoContainer,
            CloudError::Kind => Self::Kind,
            CloudError::Metadata(crate::MetadataError::Text) => Self::Metadata,
            CloudError::Metadata(crate::MetadataError::TooLarge) => Self::MetadataTooLarge,
            CloudError::Unavailable { .. }
            | CloudError::Refused { .. }
            | CloudError::Credential { .. }
            | CloudError::NoKey
            | CloudError::TooLarge { .. }
            | CloudError::WriteTooLarge { .. }
            | CloudError::WriteEmpty
            | CloudError::Lifetime
            | CloudError::Listing
            | CloudError::Answer { .. }
            | CloudError::Status { .. }
            | CloudError::Disk(_)
            | CloudError::Signature => Self::Failed,
        }
    }
}

impl From<StageError> for Refusal {
    fn from(error: StageError) -> Self {
        match error {
            StageError::IdLength => Self::BlockId,
            StageError::TooMany => Self::BlockCount,
            StageError::Cloud(error) => error.into(),
        }
    }
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::UnknownBlock => Self::BlockList,
            CommitError::Exists => Self::Exists,
            CommitError::Cloud(error) => error.into(),
        }
    }
}
