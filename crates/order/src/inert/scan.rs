//! Finds where the markup that begins at a `<` ends, by the states of the HTML tokenizer.
//!
//! Time is linear in the input, also if somebody wrote it to be slow: a search that failed is not repeated. The
//! scanner only says what to take out. Whether the result is inert is judged without it, by ammonia's parser.

use std::collections::HashSet;

use super::names::{Element, HiddenContent, NAME_BYTES_MAX, element};

/// Says what stands at a `<` that an HTML parser would take for the beginning of markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Markup up to the byte before `end`, and what it did to the text around it.
    Markup {
        /// The position behind the markup.
        end: usize,
        /// What the removal does to the text around it.
        element: Element,
    },
    /// Words in angle brackets; the `>` is the byte before `end`.
    Words {
        /// The position behind the `>`.
        end: usize,
    },
    /// A bracket that nothing closes.
    Bracket,
}

/// Tells whether a parser in text would leave it at `<` followed by this byte.
pub(super) const fn opens_markup(next: u8) -> bool {
    next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')
}

/// Scans one input; the positions it is asked for must not go down, which is why a failed search stays failed.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    /// Quotes that open an attribute value of a tag that never ends.
    dead_quotes: HashSet<usize>,
    /// No `-->` and no `--!>` is left.
    comments_never_end: bool,
    /// No `>` is left.
    brackets_never_end: bool,
    /// Elements of which no end tag is left.
    never_ended: HashSet<HiddenContent>,
    /// Bytes looked at, for the test that this stays linear.
    pub(super) steps: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(input: &'a str) -> Self {
        Self {
            bytes: input.as_bytes(),
            dead_quotes: HashSet::new(),
            comments_never_end: false,
            brackets_never_end: false,
            never_ended: HashSet::new(),
            steps: 0,
        }
    }

    /// Says what stands at position `at`, where there is a `<` and then a byte that opens markup.
    pub(super) fn found_at(&mut self, at: usize) -> Found {
        match self.bytes.get(at + 1) {
            Some(b'!') => self.declaration_at(at),
            Some(b'?') => self.instruction_at(at),
            Some(b'/') => match self.bytes.get(at + 2) {
                Some(byte) if byte.is_ascii_alphabetic() => self.tag_at(at, at + 2),
                _ => self.words_at(at),
            },
            _ => self.tag_at(at, at + 1),
        }
    }

    fn declaration_at(&mut self, at: usize) -> Found {
        const DECLARATIONS: [&[u8]; 6] = [b"[", b"doctype", b"element", b"entity", b"attlist", b"notation"];
        let body = at + 2;
        if self.starts_with(body, b"--") {
            self.comment_end(body + 2).map_or(Found::Bracket, inline_up_to)
        } else if DECLARATIONS.iter().any(|word| self.starts_with(body, word)) {
            self.bracket_end(body).map_or(Found::Bracket, inline_up_to)
        } else {
            self.words_at(at)
        }
    }

    fn instruction_at(&mut self, at: usize) -> Found {
        match self.bytes.get(at + 2) {
            Some(byte) if byte.is_ascii_alphabetic() => self.bracket_end(at + 2).map_or(Found::Bracket, inline_up_to),
            _ => self.words_at(at),
        }
    }

    fn tag_at(&mut self, at: usize, name_at: usize) -> Found {
        let Some((known, name_end)) = self.element_at(name_at) else {
            return self.words_at(at);
        };
        let Some(tag_end) = self.tag_end(name_end) else {
            return Found::Bracket;
        };
        let end = match known {
            // Without an end tag a parser would take everything that follows; what was typed there stays instead.
            Element::Hidden(hidden) if name_at == at + 1 => self.hidden_end(tag_end, hidden).unwrap_or(tag_end),
            Element::Hidden(_) | Element::Inline | Element::Line | Element::Cell => tag_end,
        };
        Found::Markup { end, element: known }
    }

    /// Returns the element named at `from`, and the position behind the name.
    fn element_at(&mut self, from: usize) -> Option<(Element, usize)> {
        let rest = self.bytes.get(from..)?;
        let len = rest.iter().take(NAME_BYTES_MAX + 1).position(|byte| ends_name(*byte))?;
        self.steps += len;
        Some((element(rest.get(..len)?)?, from + len))
    }

    /// Returns the position behind the `>` of a tag whose name ends at `from`; `None` if the tag does not end.
    ///
    /// A `<` outside of quotes counts as not ended: a parser would go on and swallow the words in between, a writer
    /// meant something else.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        let mut state = TagState::BeforeAttribute;
        let mut quotes = Vec::new();
        let mut at = from;
        while let Some(byte) = self.bytes.get(at) {
            self.steps += 1;
            match state.next(*byte) {
                Step::End => return Some(at + 1),
                Step::Broken => break,
                Step::To(next) => {
                    if next.is_quoted() && !state.is_quoted() {
                        if self.dead_quotes.contains(&at) {
                            break;
                        }
                        quotes.push(at);
                    }
                    state = next;
                }
            }
            at += 1;
        }
        self.dead_quotes.extend(quotes);
        None
    }

    /// Returns the position behind the first end tag of `hidden` at or behind `from`.
    fn hidden_end(&mut self, from: usize, hidden: HiddenContent) -> Option<usize> {
        if self.never_ended.contains(&hidden) {
            return None;
        }
        let mut at = from;
        while let Some(bracket) = self.find(at, b'<') {
            at = bracket + 1;
            let name_end = bracket + 2 + hidden.name().len();
            let is_end_tag = self.starts_with(at, b"/")
                && self.starts_with(at + 1, hidden.name().as_bytes())
                && self.bytes.get(name_end).is_some_and(|byte| ends_name(*byte));
            if is_end_tag && let Some(end) = self.tag_end(name_end) {
                return Some(end);
            }
        }
        self.never_ended.insert(hidden);
        None
    }

    /// Returns the position behind the end of a comment whose `<!--` ends at `from`.
    fn comment_end(&mut self, from: usize) -> Option<usize> {
        for abrupt in [b">".as_slice(), b"->"] {
            if self.starts_with(from, abrupt) {
                return Some(from + abrupt.len());
            }
        }
        let mut at = from;
        while !self.comments_never_end {
            let Some(dash) = self.find(at, b'-') else {
                self.comments_never_end = true;
                break;
            };
            for close in [b"-->".as_slice(), b"--!>"] {
                if self.starts_with(dash, close) {
                    return Some(dash + close.len());
                }
            }
            at = dash + 1;
        }
        None
    }

    /// Returns the position behind the next `>`.
    fn bracket_end(&mut self, from: usize) -> Option<usize> {
        if self.brackets_never_end {
            return None;
        }
        let end = self.find(from, b'>').map(|at| at + 1);
        self.brackets_never_end = end.is_none();
        end
    }

    /// Takes what stands at `at` for words: in brackets, if a `>` comes before the next `<`.
    fn words_at(&mut self, at: usize) -> Found {
        let rest = self.bytes.get(at + 1..).unwrap_or_default();
        let bracket = rest.iter().position(|byte| matches!(byte, b'<' | b'>'));
        self.steps += bracket.unwrap_or(rest.len());
        match bracket {
            Some(offset) if rest.get(offset) == Some(&b'>') => Found::Words { end: at + offset + 2 },
            _ => Found::Bracket,
        }
    }

    fn find(&mut self, from: usize, wanted: u8) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        let offset = rest.iter().position(|byte| *byte == wanted);
        self.steps += offset.map_or(rest.len(), |offset| offset + 1);
        offset.map(|offset| from + offset)
    }

    /// Compares without regard to ASCII case.
    fn starts_with(&self, at: usize, word: &[u8]) -> bool {
        self.bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
    }
}

const fn inline_up_to(end: usize) -> Found {
    Found::Markup { end, element: Element::Inline }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' ')
}

const fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

/// Where the tokenizer is inside a tag. Its states after a `/` and after a quoted value behave like `BeforeAttribute`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TagState {
    BeforeAttribute,
    AttributeName,
    AfterAttributeName,
    BeforeValue,
    Quoted(u8),
    Unquoted,
}

enum Step {
    To(TagState),
    End,
    Broken,
}

impl TagState {
    const fn is_quoted(self) -> bool {
        matches!(self, Self::Quoted(_))
    }

    const fn next(self, byte: u8) -> Step {
        if let Self::Quoted(quote) = self {
            return Step::To(if byte == quote { Self::BeforeAttribute } else { self });
        }
        match (self, byte) {
            (_, b'<') => Step::Broken,
            (_, b'>') => Step::End,
            (Self::BeforeValue, b'"' | b'\'') => Step::To(Self::Quoted(byte)),
            (Self::AttributeName | Self::AfterAttributeName, b'=') => Step::To(Self::BeforeValue),
            (Self::AttributeName, _) if is_space(byte) => Step::To(Self::AfterAttributeName),
            (Self::Unquoted, _) if is_space(byte) => Step::To(Self::BeforeAttribute),
            (Self::BeforeAttribute | Self::AfterAttributeName | Self::BeforeValue, _) if is_space(byte) => {
                Step::To(self)
            }
            (Self::BeforeAttribute | Self::AttributeName | Self::AfterAttributeName, b'/') => {
                Step::To(Self::BeforeAttribute)
            }
            (Self::BeforeValue | Self::Unquoted, _) => Step::To(Self::Unquoted),
            (_, _) => Step::To(Self::AttributeName),
        }
    }
}
