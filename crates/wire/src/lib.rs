//! What crosses HTTP: versioned types, ids, error codes. Sealed orders are opaque bytes here.
