//! A message to the firm.

use std::fmt;

use satchel_terms::is_inert;

/// The most bytes of a message, as its format says.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// What an operator writes to the firm: 1 to 65,536 bytes of inert text that is not blank. It names people, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Message(String);

/// Says why a text is no message. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It is blank or too long.
    #[error("a message has 1 to {MESSAGE_BYTES_MAX} bytes, and says something")]
    Length,
    /// It could be taken for markup, or holds what cannot be seen.
    #[error(
        "a message is plain text: no `<` at its end or before a letter, `/`, `!` or `?`, and no control characters but tabs \
         and line breaks"
    )]
    NotInert,
}

impl Message {
    /// Returns the text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Message {
    type Error = MessageError;

    fn try_from(text: String) -> Result<Self, MessageError> {
        if text.len() > MESSAGE_BYTES_MAX || text.trim().is_empty() {
            return Err(MessageError::Length);
        }
        if is_inert(&text) { Ok(Self(text)) } else { Err(MessageError::NotInert) }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Result<(), MessageError> {
        Message::try_from(text.to_owned()).map(|_| ())
    }

    #[test]
    fn a_message_is_plain_text_that_says_something() {
        for text in ["x", "Two lines\r\nand a\ttab", "AT&T < 5", "Jos\u{e9}", &"a".repeat(MESSAGE_BYTES_MAX)] {
            assert_eq!(message(text), Ok(()));
        }
        for text in ["", " \n\t", &"a".repeat(MESSAGE_BYTES_MAX + 1)] {
            assert_eq!(message(text), Err(MessageError::Length));
        }
        for text in ["<script>", "a <", "</p>", "<!--", "nul\0", "a\u{202E}b", "bell\u{7}", "\u{1b}[2J"] {
            assert_eq!(message(text), Err(MessageError::NotInert), "{text:?}");
        }
        let printed = format!("{:?}", Message::try_from("marker".to_owned()).expect("a message"));
        assert_eq!(printed, "Message(6 bytes)");
    }
}
