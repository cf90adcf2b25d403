//! Blob store, signing keys and secrets, each on Azure and on a local disk; never unwraps.
