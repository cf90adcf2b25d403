//! Outbox and resumable upload: a state machine behind a ledger, and a thin HTTP driver.
