//! Who is asking: the access token, the person it names, and what that person may do.

mod caller;
mod jwks;
mod rate;
mod role;
mod token;

pub(crate) use caller::{Caller, admit};
pub use jwks::{JwksSource, JwksUnavailable};
pub(crate) use rate::{FirmRoom, RateLimiter};
pub(crate) use role::Role;
pub use token::{TokenSettings, TokenVerifier};
