//! The order document as a statement that a device signs. It crosses HTTP sealed only.

use satchel_order::document::{DOCUMENT_TYP, DocumentError, OrderDocument};
use satchel_sign::{Device, Signs, Statement, StatementError};

/// An order document that a device signs, or signed.
#[derive(Debug)]
pub struct OrderStatement(pub OrderDocument);

impl Statement for OrderStatement {
    const TYP: &'static str = DOCUMENT_TYP;

    fn to_payload(&self) -> Result<Vec<u8>, StatementError> {
        self.0.to_payload().map_err(translated)
    }

    fn from_payload(payload: &[u8]) -> Result<Self, StatementError> {
        OrderDocument::from_payload(payload).map(Self).map_err(translated)
    }
}

impl Signs<OrderStatement> for Device {}

fn translated(error: DocumentError) -> StatementError {
    match error {
        DocumentError::Form(error) => StatementError::Form(error),
        DocumentError::Rule(rule) => StatementError::Rule(rule),
    }
}
