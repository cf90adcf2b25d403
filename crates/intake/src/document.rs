//! The order document as a signed statement. `sign` does not know it, and `order` does not know signatures.

use satchel_order::document::{DOCUMENT_TYP, DocumentError, OrderDocument};
use satchel_sign::{Device, Signs, Statement, StatementError};

/// An order document whose signature is, or was, to be verified.
#[derive(Debug)]
pub struct SignedDocument(pub OrderDocument);

impl Statement for SignedDocument {
    const TYP: &'static str = DOCUMENT_TYP;

    fn to_payload(&self) -> Result<Vec<u8>, StatementError> {
        self.0.to_payload().map_err(statement_error)
    }

    fn from_payload(payload: &[u8]) -> Result<Self, StatementError> {
        OrderDocument::from_payload(payload).map(Self).map_err(statement_error)
    }
}

impl Signs<SignedDocument> for Device {}

fn statement_error(error: DocumentError) -> StatementError {
    match error {
        DocumentError::Form(error) => StatementError::Form(error),
        DocumentError::Rule(rule) => StatementError::Rule(rule),
    }
}
