//! Why an order cannot be sent as it is.

use std::fmt;
use std::str::FromStr;

use satchel_wire::ErrorCode;

const SOURCE_MISSING: &str = "source_missing";
const SOURCE_CHANGED: &str = "source_changed";

/// Why an order ended without being received. It is safe on this computer; sent again as it is, it would end the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// The server refuses it for good.
    Refused(ErrorCode),
    /// A sealed file is no longer on this computer.
    SourceMissing,
    /// A sealed file is not what it was when it was sealed.
    SourceChanged,
}

impl Rejection {
    /// Returns the code, for the ledger and the window: that of the server, or one of this computer.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused(code) => code.as_str(),
            Self::SourceMissing => SOURCE_MISSING,
            Self::SourceChanged => SOURCE_CHANGED,
        }
    }
}

/// Says that a text is no code of a [`Rejection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is no code of a rejection")]
pub struct UnknownRejection;

impl FromStr for Rejection {
    type Err = UnknownRejection;

    fn from_str(text: &str) -> Result<Self, UnknownRejection> {
        match text {
            SOURCE_MISSING => Ok(Self::SourceMissing),
            SOURCE_CHANGED => Ok(Self::SourceChanged),
            _ => {
                let code = ErrorCode::ALL.iter().find(|code| code.as_str() == text);
                code.copied().map(Self::Refused).ok_or(UnknownRejection)
            }
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_as_it_is_written() {
        let of_the_server = ErrorCode::ALL.iter().copied().map(Rejection::Refused);
        for rejection in of_the_server.chain([Rejection::SourceMissing, Rejection::SourceChanged]) {
            assert_eq!(rejection.code().parse(), Ok(rejection));
        }
        for text in ["", "Price_changed", "source_missing "] {
            assert_eq!(text.parse::<Rejection>(), Err(UnknownRejection), "{text}");
        }
    }
}
