//! Refusals: a closed list of codes, each with its status and its sentence.

use satchel_terms::{BlobName, JsonError, parse, write};
use serde::{Deserialize, Serialize};

use crate::limits::ERROR_BYTES_MAX;

/// What a client can do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Send the same request later; after `Retry-After`, where the answer has one.
    Retry,
    /// Sign in again, then send the same request.
    SignIn,
    /// Ask for tickets again, upload what is missing, then send the same request.
    Upload,
    /// Nothing: the same request will be refused again.
    None,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $remedy:ident, $message:literal;)*) => {
        /// Why a request was refused. The list is closed; a client matches on it and never on the sentence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl ErrorCode {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the code as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Returns the HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Returns what a client can do.
            #[must_use]
            pub const fn remedy(self) -> Remedy {
                match self { $(Self::$name => Remedy::$remedy,)* }
            }

            /// Returns the sentence: what happened, what is safe, what to do.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }
        }
    };
}

error_codes! {
    /// No token, or one that is forged, expired or for somebody else.
    Unauthenticated = "unauthenticated", 401, SignIn,
        "The sign-in is missing or has ended. Nothing was changed. Sign in again.";
    /// The tenant of the token is no client of the provider.
    TenantUnknown = "tenant_unknown", 403, None,
        "Your organization is not registered with the provider. Nothing was changed. Ask the provider to register it.";
    /// The token lacks the role.
    Forbidden = "forbidden", 403, None,
        "Your account may not do this. Nothing was changed. Ask your firm's administrator for the role.";
    /// The manifest's device is not in the firm's newest roster, or revoked.
    DeviceNotAdmitted = "device_not_admitted", 403, None,
        "This computer is not on your firm's list of devices. The order is safe here. Ask your firm's administrator to admit it.";
    /// There is no such thing in the firm.
    NotFound = "not_found", 404, None,
        "There is nothing under this address in your firm. Nothing was changed.";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, None,
        "This address does not take such a request. Nothing was changed.";
    /// A price or a version of the catalogue is no longer valid.
    PriceChanged = "price_changed", 409, None,
        "A price has changed since the order was filled. The order was not sent. Review the new price and submit again.";
    /// The revision before is not there, or is another one than the manifest names.
    RevisionNotNext = "revision_not_next", 409, None,
        "The version of the order before this one has not been received. This one was not taken. Send the earlier one first.";
    /// Another manifest was received under the same order and revision.
    RevisionTaken = "revision_taken", 409, None,
        "Another version of this order was received before. This one was not taken. Open the order and compare.";
    /// Blobs of the manifest were not uploaded; the refusal lists them.
    BlobsMissing = "blobs_missing", 409, Upload,
        "Some files have not arrived yet. Everything that was sent is kept. They are sent again.";
    /// Uploaded blobs are not those of the manifest; the refusal lists them.
    BlobsWrong = "blobs_wrong", 409, None,
        "Some files arrived in another form than the order says. The order was not taken. Submit it again as a new order.";
    /// A roster does not follow the newest one, or changes what it must keep.
    RosterRefused = "roster_refused", 409, None,
        "The list of devices does not follow the newest one. Nothing was changed. Fetch the newest list and try again.";
    /// Something else was stored under this name before.
    AlreadyExists = "already_exists", 409, None,
        "Something else is already stored under this name. It was not overwritten.";
    /// A payment is asked for an order that was not received.
    OrderNotReceived = "order_not_received", 409, None,
        "The order has not been received yet, so it cannot be paid. Nothing was charged. Send it first.";
    /// The order is paid.
    AlreadyPaid = "already_paid", 409, None,
        "The order is paid already. Nothing was charged again.";
    /// A payment was made, and the bank has not confirmed it.
    PaymentProcessing = "payment_processing", 409, None,
        "A payment is on its way; the bank confirms it within days. Nothing was charged again. There is nothing to do.";
    /// A payment came that does not fit.
    PaymentHeld = "payment_held", 409, None,
        "A payment came that does not fit the order's price. Nothing more was charged. The provider looks at it; ask there.";
    /// The order costs nothing, is on account, or is paid in a way that has no page.
    PaymentNotPossible = "payment_not_possible", 409, None,
        "This order cannot be paid on a payment page. Nothing was charged. Ask the provider if that surprises you.";
    /// The provider takes no payments by page.
    PaymentsUnavailable = "payments_unavailable", 409, None,
        "The provider has not set up payment pages. Nothing was charged. Ask the provider how to pay.";
    /// The body is longer than the route takes.
    BodyTooLarge = "body_too_large", 413, None,
        "The request is too large. Nothing was changed.";
    /// The body is not declared as JSON.
    MediaType = "media_type", 415, None,
        "The request is not in a form that this address takes. Nothing was changed.";
    /// The body or the query is not of this version of the formats.
    Malformed = "malformed", 422, None,
        "The request is not in the expected form. Nothing was changed. Update Satchel if an update is offered.";
    /// The manifest's signature is wrong, or it speaks of another firm, order or revision than the path.
    ManifestRefused = "manifest_refused", 422, None,
        "The order's signed summary does not hold. Nothing was changed. Submit the order again.";
    /// The quote holds what the catalogue does not sell.
    QuoteRefused = "quote_refused", 422, None,
        "The order's price lists something that the provider does not offer. The order was not taken. Review it and submit again.";
    /// Too many requests of this person.
    RateLimited = "rate_limited", 429, Retry,
        "There were too many requests at once. Nothing was lost. They are sent again a little later.";
    /// A fault of the server.
    Internal = "internal", 500, Retry,
        "The provider's server had a fault. Your order is safe on this computer. It is tried again.";
    /// The server, or what it depends on, is busy or down.
    Unavailable = "unavailable", 503, Retry,
        "The provider's server is busy. Your order is safe on this computer. It is tried again.";
}

/// A refusal as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    code: ErrorCode,
    message: &'static str,
    blobs: Vec<BlobName>,
}

/// A refusal as it is read. A newer server may word the sentence otherwise; the reader shows its own.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadError {
    code: ErrorCode,
    message: String,
    blobs: Vec<BlobName>,
}

impl ErrorBody {
    /// Refuses for this reason.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, message: code.message(), blobs: Vec::new() }
    }

    /// Refuses because of these blobs, at most those of one manifest.
    #[must_use]
    pub const fn about(code: ErrorCode, blobs: Vec<BlobName>) -> Self {
        Self { code, message: code.message(), blobs }
    }

    /// Reads a refusal. Its sentence is replaced by the reader's own.
    ///
    /// # Errors
    /// Fails where it is none of this version: a proxy answered, or a newer server.
    pub fn read(body: &[u8]) -> Result<Self, JsonError> {
        let read: ReadError = parse(body, ERROR_BYTES_MAX)?;
        Ok(Self { code: read.code, message: read.code.message(), blobs: read.blobs })
    }

    /// Writes the refusal.
    ///
    /// # Errors
    /// None: all of it can be written.
    pub fn write(&self) -> Result<Vec<u8>, JsonError> {
        write(self)
    }

    /// Returns the reason.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// Returns the sentence.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.message
    }

    /// Returns the blobs that are meant; none, unless the code is about blobs.
    #[must_use]
    pub fn blobs(&self) -> &[BlobName] {
        &self.blobs
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_differ_and_their_statuses_are_refusals() {
        let codes: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(
                matches!(code.status(), 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503),
                "{code:?}"
            );
            assert_eq!(serde_json::to_value(code).expect("writes"), code.as_str(), "{code:?}");
            let retried = matches!(code.status(), 429 | 500..);
            assert_eq!(code.remedy() == Remedy::Retry, retried, "{code:?}");
            assert!(code.message().ends_with('.') && code.message().len() < 160, "{code:?}");
        }
    }

    #[test]
    fn a_refusal_reads_as_it_is_written_whatever_its_sentence() {
        let name = "r1/files/2".parse().expect("a name");
        let refusal = ErrorBody::about(ErrorCode::BlobsMissing, vec![name]);
        let written = refusal.write().expect("writes");
        assert_eq!(ErrorBody::read(&written).expect("reads"), refusal);
        let reworded = br#"{"code":"blobs_missing","message":"In other words.","blobs":["r1/files/2"]}"#;
        assert_eq!(ErrorBody::read(reworded).expect("reads"), refusal);
    }

    #[test]
    fn what_is_no_refusal_is_not_read() {
        for body in [
            "<html>502 Bad Gateway</html>",
            r#"{"code":"of_tomorrow","message":"x","blobs":[]}"#,
            r#"{"code":"internal","message":"x"}"#,
            r#"{"code":"internal","message":"x","blobs":[],"more":1}"#,
            r#"{"code":"internal","message":"x","blobs":["../x"]}"#,
            r#"["internal","x",[]]"#,
        ] {
            assert!(ErrorBody::read(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn a_refusal_stops_at_its_limit() {
        let of_length = |length: usize| {
            let (start, end) = (r#"{"code":"internal","blobs":[],"message":""#, r#""}"#);
            ErrorBody::read(format!("{start}{}{end}", "x".repeat(length - start.len() - end.len())).as_bytes())
        };
        assert!(of_length(ERROR_BYTES_MAX).is_ok());
        assert!(of_length(ERROR_BYTES_MAX + 1).is_err());
    }

    /// 502 names of 14 bytes with quotes and commas, and the longest sentence, are far below it.
    #[test]
    fn the_longest_refusal_fits() {
        let files = (1..=satchel_terms::FILES_MAX).map(|n| format!("r4294967295/files/{n}").parse().expect("a name"));
        let refusal = ErrorBody::about(ErrorCode::BlobsMissing, files.collect());
        assert!(ErrorBody::read(&refusal.write().expect("writes")).is_ok());
    }
}
