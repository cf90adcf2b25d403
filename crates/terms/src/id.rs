//! Identifiers: each exists only if it parsed, and none can be taken for another.
//!
//! The text form is that of RFC 9562: 36 characters, lower case, with hyphens. Identifiers that Satchel makes are
//! version 4, so they cannot be guessed; a tenant id comes from Entra ID and may be of any version.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid, Variant, Version};

/// Says why a text is not an identifier. The text itself is not repeated: it may come from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 36 characters of lower-case hexadecimal digits and hyphens.
    #[error("an identifier is a lower-case UUID with hyphens")]
    Form,
    /// A well-formed UUID, but not a random one of RFC 9562 (version 4).
    #[error("an identifier made by Satchel is a random UUID (version 4)")]
    NotRandom,
}

/// Parses the one accepted text form; upper case, braces, `urn:uuid:` and missing hyphens are refused.
fn parse_uuid(text: &str) -> Result<Uuid, IdError> {
    let uuid = Uuid::try_parse(text).map_err(|_| IdError::Form)?;
    let mut buffer = Uuid::encode_buffer();
    if uuid.as_hyphenated().encode_lower(&mut buffer) == text { Ok(uuid) } else { Err(IdError::Form) }
}

fn require_random(uuid: Uuid) -> Result<Uuid, IdError> {
    let random = uuid.get_version() == Some(Version::Random) && uuid.get_variant() == Variant::RFC4122;
    if random { Ok(uuid) } else { Err(IdError::NotRandom) }
}

fn accept_any(uuid: Uuid) -> Result<Uuid, IdError> {
    Ok(uuid)
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// Returns the 16 bytes, most significant first.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Takes the 16 bytes.
            ///
            /// # Errors
            /// [`IdError::NotRandom`] where an identifier of this kind is random and these bytes are none of version 4.
            pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, IdError> {
                $check(Uuid::from_bytes(bytes)).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                $check(parse_uuid(text)?).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_hyphenated())
            }
        }
    };
}

macro_rules! random_identifier {
    ($(#[$doc:meta])* $name:ident) => {
        identifier!($(#[$doc])* $name, require_random);

        impl $name {
            /// Makes a new one from 122 random bits.
            pub fn make(rng: &mut impl CryptoRng) -> Self {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                Self(Builder::from_random_bytes(bytes).into_uuid())
            }
        }
    };
}

random_identifier! {
    /// Names a client firm.
    FirmId
}
random_identifier! {
    /// Names an order through all its revisions.
    OrderId
}
random_identifier! {
    /// Names a desktop that a firm admitted, or will admit.
    DeviceId
}
random_identifier! {
    /// Names a vault on one computer; also the user name of its keyring entry.
    VaultId
}
identifier! {
    /// Names an Entra ID tenant (claim `tid`).
    TenantId, accept_any
}
identifier! {
    /// Names a person within an Entra ID tenant (claim `oid`).
    PersonId, accept_any
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: &str = "8f14e45f-ceea-467f-9575-2a3c1d9b7e60";
    const TIME_ORDERED: &str = "01932d7c-6f4a-7c3e-8f2b-0a1b2c3d4e5f";

    #[test]
    fn the_text_form_is_exact() {
        for (text, expected) in [
            (RANDOM, Ok(())),
            ("8F14E45F-CEEA-467F-9575-2A3C1D9B7E60", Err(IdError::Form)),
            ("8f14e45fceea467f95752a3c1d9b7e60", Err(IdError::Form)),
            ("{8f14e45f-ceea-467f-9575-2a3c1d9b7e60}", Err(IdError::Form)),
            ("urn:uuid:8f14e45f-ceea-467f-9575-2a3c1d9b7e60", Err(IdError::Form)),
            (" 8f14e45f-ceea-467f-9575-2a3c1d9b7e60", Err(IdError::Form)),
            ("../8f14e45f-ceea-467f-9575-2a3c1d9b7e", Err(IdError::Form)),
            ("", Err(IdError::Form)),
            (TIME_ORDERED, Err(IdError::NotRandom)),
            ("00000000-0000-0000-0000-000000000000", Err(IdError::NotRandom)),
        ] {
            assert_eq!(text.parse::<OrderId>().map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn bytes_are_the_same_id() {
        let id: OrderId = RANDOM.parse().expect("a random UUID");
        assert_eq!(OrderId::from_bytes(*id.as_bytes()), Ok(id));
        assert_eq!(OrderId::from_bytes([0; 16]), Err(IdError::NotRandom));
    }

    #[test]
    fn a_tenant_may_be_of_any_version() {
        assert!(TIME_ORDERED.parse::<TenantId>().is_ok());
        assert!("not-a-tenant".parse::<TenantId>().is_err());
    }

    #[test]
    fn json_is_the_text_form_and_parses_as_strictly() {
        let id: FirmId = RANDOM.parse().expect("a random UUID");
        let json = serde_json::to_string(&id).expect("serializes");
        assert_eq!(json, format!("\"{RANDOM}\""));
        assert_eq!(serde_json::from_str::<FirmId>(&json).expect("parses"), id);
        assert!(serde_json::from_str::<FirmId>(&format!("\"{TIME_ORDERED}\"")).is_err());
    }
}
