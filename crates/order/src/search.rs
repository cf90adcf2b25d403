//! Finding orders by words: what of an order is searched, folded so that case, accents and punctuation do not matter, and what a
//! query looks for in it.

use std::fmt;

use memchr::memmem::Finder;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::answers::Answers;
use crate::catalogue::{Definition, FieldId, Kind};
use crate::document::{FieldValue, Fields};
use crate::shown::shown;
use crate::validate::{is_masked, places};

/// The most bytes of folded text that are searched of one order. What was typed further down a long note is not found.
pub const TEXT_BYTES_MAX: usize = 4 * 1024;
/// The most characters of a query that are looked at.
pub const QUERY_CHARS_MAX: usize = 200;
/// From how many characters on a word with a digit in it is found inside other words, as the end of a case number is.
const INSIDE_FROM_CHARS: usize = 3;

/// What is searched of an order: folded words, each between spaces, with a line end behind each answer, so that no phrase is found
/// across two of them.
#[derive(Default)]
pub struct SearchText(String);

impl SearchText {
    /// Collects what was answered to the questions that are asked, in the order of the form. No sensitive answer is in it.
    #[must_use]
    pub fn of(definition: &Definition, fields: &Fields) -> Self {
        let answers = Answers::new(definition, fields);
        let mut text = Self::default();
        text.add(&definition.name);
        for section in &definition.sections {
            for (_, place) in places(answers, section) {
                let told = section.fields.iter().filter(|field| answers.is_shown(field, place) && !is_masked(field));
                for field in told {
                    let id = FieldId::new(&section.id, &field.id);
                    if let Some(value) = answers.value(&id, place).filter(|value| is_words(&field.kind, value)) {
                        text.add(&shown(&field.kind, value));
                    }
                }
            }
        }
        text
    }

    /// Adds an answer of its own.
    pub fn add(&mut self, answer: &str) {
        let (before, mut is_in_word) = (self.0.len(), false);
        for folded in fold(answer) {
            if self.0.len() >= TEXT_BYTES_MAX {
                break;
            }
            match folded {
                Folded::Letter(letter) => {
                    if !is_in_word {
                        self.0.push(' ');
                    }
                    is_in_word = true;
                    self.0.push(letter);
                }
                Folded::Gap => is_in_word = false,
            }
        }
        if self.0.len() > before {
            self.0.push_str(" \n");
        }
    }

    /// Returns the folded words as one string, to be kept.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for SearchText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SearchText({} bytes)", self.0.len())
    }
}

/// A date, a sum or a yes is found by sorting, not by words.
fn is_words(kind: &Kind, value: &FieldValue) -> bool {
    let is_text = matches!(value, FieldValue::Text(_) | FieldValue::Choices(_) | FieldValue::Composed(_));
    is_text
        && !matches!(
            kind,
            Kind::Date { .. } | Kind::Time | Kind::YesNo | Kind::Attestation { .. } | Kind::Money | Kind::Count
        )
}

enum Folded {
    Letter(char),
    Gap,
}

/// Folds text: lower case, without accents and apostrophes, what looks alike made the same; anything else is a gap between words.
fn fold(text: &str) -> impl Iterator<Item = Folded> {
    let letters = text.nfkd().filter(|letter| !is_combining_mark(*letter) && !is_joint(*letter));
    // By way of upper case, in which `ß` and `SS`, and the two small sigmas, are the same.
    let folded = letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    folded
        .map(plain)
        .flat_map(|plain| plain.chars())
        .map(|letter| if letter.is_alphanumeric() { Folded::Letter(letter) } else { Folded::Gap })
}

/// Tells whether a character may stand in the middle of a word without parting it: `O'Brien` is found by `obrien`.
const fn is_joint(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{2BC}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Up to two letters that stand for one.
enum Plain {
    One(char),
    Two(char, char),
}

impl Plain {
    fn chars(self) -> impl Iterator<Item = char> {
        let (first, second) = match self {
            Self::One(first) => (first, None),
            Self::Two(first, second) => (first, Some(second)),
        };
        std::iter::once(first).chain(second)
    }
}

/// Letters that are no accented ones to Unicode, and are typed without their stroke by those who do not have the key.
const fn plain(letter: char) -> Plain {
    match letter {
        'ø' => Plain::One('o'),
        'ł' => Plain::One('l'),
        'đ' | 'ð' => Plain::One('d'),
        'ħ' => Plain::One('h'),
        'ı' => Plain::One('i'),
        'ŧ' => Plain::One('t'),
        'æ' => Plain::Two('a', 'e'),
        'œ' => Plain::Two('o', 'e'),
        'þ' => Plain::Two('t', 'h'),
        other => Plain::One(other),
    }
}

/// What somebody looks for: words that all have to be found, in any order.
///
/// A word is found where another begins with it; one with a digit, of three characters or more, inside others as well. Words in
/// quotation marks, or joined by punctuation as in `10452-003`, are found beside each other.
#[derive(Debug, Default)]
pub struct Query(Vec<Finder<'static>>);

impl Query {
    /// Reads a query; of a very long one, the beginning.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
        let mut terms = Vec::new();
        // Every other piece stands in quotation marks; the last one may be typed still.
        let quotes = text.matches(is_quote).count();
        for (number, piece) in text.split(is_quote).enumerate() {
            if number % 2 == 1 {
                terms.push(term(piece, number < quotes));
            } else {
                terms.extend(piece.split_whitespace().map(|word| term(word, false)));
            }
        }
        Self(terms.into_iter().flatten().map(|term| Finder::new(&term).into_owned()).collect())
    }

    /// Tells whether nothing is looked for, so that everything is found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether each of the words is in a text or in a second one, which were made by [`SearchText`].
    #[must_use]
    pub fn finds(&self, text: &[u8], second: &[u8]) -> bool {
        self.0.iter().all(|term| term.find(text).is_some() || term.find(second).is_some())
    }
}

const fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201C}' | '\u{201D}')
}

/// Writes what a term looks for as it stands in a folded text; nothing where no letter is in it. A whole one ends where a word ends.
fn term(words: &str, whole: bool) -> Option<String> {
    let mut text = SearchText::default();
    text.add(words);
    let folded = text.0.strip_suffix(" \n")?;
    let is_inside = !whole
        && folded.trim_start().chars().count() >= INSIDE_FROM_CHARS
        && folded.chars().any(|letter| letter.is_ascii_digit());
    Some(match (whole, is_inside) {
        (true, _) => format!("{folded} "),
        (false, true) => folded.trim_start().to_owned(),
        (false, false) => folded.to_owned(),
    })
}

/// Makes a key by which texts sort as people expect: case and accents do not matter, and `Doe 9` stands before `Doe 10`.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut digits = String::new();
    for folded in fold(text) {
        match folded {
            Folded::Letter(digit) if digit.is_ascii_digit() => {
                // A zero before other digits says nothing.
                if digits == "0" {
                    digits.clear();
                }
                digits.push(digit);
            }
            Folded::Letter(letter) => {
                end_number(&mut key, &mut digits);
                key.push(letter);
            }
            Folded::Gap => {
                end_number(&mut key, &mut digits);
                key.push(' ');
            }
        }
    }
    end_number(&mut key, &mut digits);
    key
}

/// Writes a number behind how long it is, so that a longer one sorts behind.
fn end_number(key: &mut String, digits: &mut String) {
    if digits.is_empty() {
        return;
    }
    // The signs from `0` to the one before `a`: numbers sort before letters and behind gaps.
    let length = u8::try_from(digits.len()).unwrap_or(u8::MAX).min(b'a' - b'0' - 1);
    key.push(char::from(b'0' + length));
    key.push_str(digits);
    digits.clear();
}
