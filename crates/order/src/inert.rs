//! Inert text: what may be stored of what was typed (docs/FORMATS.md, "Inert text").
//!
//! An HTML parser finds only text in it, alone or joined with other inert text. Markup is removed, words in angle
//! brackets get ‹ ›, and a [`Notice`] tells each change. Everything else stays byte for byte: no entity is decoded, no
//! line ending or accent normalized. Whoever shows the text still escapes it for its own place.

mod names;
mod rewrite;
mod scan;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use rewrite::{Rewritten, rebracket_all, rewrite};
use satchel_terms::is_inert;

/// The most bytes that are looked at; more is refused before anything is done with it.
pub const TYPED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Text in which an HTML parser finds no markup. It may hold names and numbers of people: `Debug` prints its length.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InertText(String);

impl InertText {
    /// The most characters of any inert text, whatever a field allows.
    pub const CHARS_MAX: usize = 1024 * 1024;

    /// Takes text that is inert already, such as a stored one; changes nothing.
    ///
    /// # Errors
    /// [`InertError`]; text that was typed goes through [`neutralize`] instead.
    pub fn parse(stored: &str, chars_max: usize) -> Result<Self, InertError> {
        check_characters(stored)?;
        Self::judge(stored.to_owned()).ok_or(InertError::Markup)?.within(chars_max)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes inert text of what a parser finds no markup in. The only constructor.
    fn judge(text: String) -> Option<Self> {
        (is_inert(&text) && !ammonia::is_html(&text)).then_some(Self(text))
    }

    fn within(self, chars_max: usize) -> Result<Self, InertError> {
        let chars_max = chars_max.min(Self::CHARS_MAX);
        let chars = self.0.chars().count();
        if chars <= chars_max { Ok(self) } else { Err(InertError::TooLong { chars, chars_max }) }
    }
}

impl fmt::Display for InertText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for InertText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InertText({} bytes)", self.0.len())
    }
}

impl AsRef<str> for InertText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<InertText> for String {
    fn from(text: InertText) -> Self {
        text.0
    }
}

/// What became of typed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neutralized<'a> {
    /// What is stored.
    pub text: InertText,
    /// What was changed, in the order of the typed text and without overlap; empty if nothing was.
    pub notices: Vec<Notice<'a>>,
}

/// One change, with the piece of the typed text that it concerns. `Debug` does not print that piece.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice<'a> {
    /// What was done.
    pub change: Change,
    /// Where the piece begins in the typed text, in bytes.
    pub at: usize,
    /// The piece as it was typed. It is markup: show it as plain text only.
    pub text: &'a str,
}

impl Notice<'_> {
    /// Returns the bytes of the typed text that the notice is about.
    pub fn range(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }
}

impl fmt::Debug for Notice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").field("change", &self.change).field("range", &self.range()).finish_non_exhaustive()
    }
}

/// What was done to a piece of typed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It was markup and is gone.
    Removed,
    /// Its first character, a `<`, is now ‹; and if it is longer than that, its last, a `>`, is now ›.
    Rebracketed,
}

/// Says why a text is not, or cannot be made, inert text. Nothing was changed or stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InertError {
    /// More than [`TYPED_BYTES_MAX`].
    #[error(
        "this text has {bytes} bytes, and at most {TYPED_BYTES_MAX} can be taken at once: nothing was changed; attach it as a file, or enter less"
    )]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// More characters (Unicode scalar values) than the field takes, after markup was removed.
    #[error("this text has {chars} characters, and at most {chars_max} fit here: nothing was changed; shorten it")]
    TooLong {
        /// Its length.
        chars: usize,
        /// The limit.
        chars_max: usize,
    },
    /// NUL or another control character but tab, line feed and carriage return.
    #[error("this text holds the control character U+{:04X} after {at} bytes, which cannot be shown or printed: nothing was changed; remove it, or enter the text by hand", u32::from(*.character))]
    Control {
        /// The character.
        character: char,
        /// Where it is, in bytes.
        at: usize,
    },
    /// A character that makes what follows run in another direction than it is stored.
    #[error("this text holds the invisible character U+{:04X} after {at} bytes, which can make it read differently from what is stored: nothing was changed; remove it, or enter the text by hand", u32::from(*.character))]
    Direction {
        /// The character.
        character: char,
        /// Where it is, in bytes.
        at: usize,
    },
    /// A stored text holds markup, or a `<` that could open some. [`neutralize`] removes that instead.
    #[error("this text holds markup, which Satchel never stores: nothing of it was used; enter it anew")]
    Markup,
}

/// Makes inert text of what was typed or pasted, and tells each change.
///
/// `chars_max` is the field's limit in characters (Unicode scalar values) and counts after the changes, none of which
/// makes a text longer. Time is linear in the length of `typed`.
///
/// # Errors
/// [`InertError`]; then nothing is stored.
pub fn neutralize(typed: &str, chars_max: usize) -> Result<Neutralized<'_>, InertError> {
    check_characters(typed)?;
    let (text, notices) = judged(rewrite(typed))
        // Never reached by any test: should the parser see more in a text than we do, it gets no bracket at all.
        .or_else(|| judged(rebracket_all(typed)))
        .ok_or(InertError::Markup)?;
    Ok(Neutralized { text: text.within(chars_max)?, notices })
}

fn judged(rewritten: Rewritten<'_>) -> Option<(InertText, Vec<Notice<'_>>)> {
    Some((InertText::judge(rewritten.text)?, rewritten.notices))
}

fn check_characters(text: &str) -> Result<(), InertError> {
    if text.len() > TYPED_BYTES_MAX {
        return Err(InertError::TooLarge { bytes: text.len() });
    }
    for (at, character) in text.char_indices() {
        match character {
            '\t' | '\n' | '\r' => {}
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => return Err(InertError::Direction { character, at }),
            _ if character.is_control() => return Err(InertError::Control { character, at }),
            _ => {}
        }
    }
    Ok(())
}
