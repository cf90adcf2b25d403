//! Search as you type: case and accents do not matter, words are found by their beginning, `"quoted words"` as they stand.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

/// How many digits make a word one that is found anywhere, as people remember the end of a case number.
const DIGITS_ANYWHERE: usize = 3;

/// Writes a text as it is searched: lower case and without accents, so that `pena` finds `Peña`.
pub(crate) fn folded(text: &str) -> String {
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let bare = decomposed.chars().filter(|char| classes.get_u8(*char) == 0);
    bare.flat_map(char::to_lowercase).collect()
}

/// What is looked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Search(Vec<Term>);

#[derive(Debug, PartialEq, Eq)]
enum Term {
    /// At the beginning of a word.
    Prefix(String),
    /// Wherever it stands.
    Anywhere(String),
}

impl Search {
    /// Reads what was typed. An empty one finds everything.
    pub(crate) fn new(query: &str) -> Self {
        let query = folded(query);
        let mut terms = Vec::new();
        for (number, part) in query.split('"').enumerate() {
            if number % 2 == 1 {
                let phrase = part.split_whitespace().collect::<Vec<_>>().join(" ");
                terms.extend((!phrase.is_empty()).then_some(Term::Prefix(phrase)));
            } else {
                terms.extend(part.split_whitespace().map(Term::of_word));
            }
        }
        Self(terms)
    }

    /// Tells whether a folded text holds all of it.
    pub(crate) fn finds(&self, text: &str) -> bool {
        self.0.iter().all(|term| term.is_in(text))
    }
}

impl Term {
    fn of_word(word: &str) -> Self {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if digits >= DIGITS_ANYWHERE { Self::Anywhere(word.to_owned()) } else { Self::Prefix(word.to_owned()) }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Anywhere(term) => text.contains(term.as_str()),
            Self::Prefix(term) => text.match_indices(term.as_str()).any(|(at, _)| begins_word(text, at)),
        }
    }
}

fn begins_word(text: &str, at: usize) -> bool {
    text.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|before| !before.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginning_whatever_their_case_and_accents() {
        let text = folded("Peña v. Hartwell Freight, Inc.\nMaria O’Neil-Delgado\n24STCV01234\nSA-1042\nİstanbul Straße");
        for (query, found) in [
            ("", true),
            ("pena", true),
            ("PEÑA", true),
            ("hart fre", true),
            ("fre hart", true),
            ("art", false),
            ("delgado", true),
            ("neil", true),
            ("01234", true),
            ("1042", true),
            ("sa-10", true),
            ("42", false),
            ("straße", true),
            ("istanbul", true),
            ("\"hartwell freight\"", true),
            ("\"Hartwell   Fre\"", true),
            ("\"freight hartwell\"", false),
            ("\"artwell freight\"", false),
            ("pena \"freight, inc\"", true),
            ("pena missing", false),
            ("\"", true),
            ("v.", true),
        ] {
            assert_eq!(Search::new(query).finds(&text), found, "{query}");
        }
    }

    #[test]
    fn a_phrase_does_not_run_over_two_answers() {
        let text = folded("Maria\nDelgado");
        assert!(!Search::new("\"maria delgado\"").finds(&text));
        assert!(Search::new("maria delgado").finds(&text));
    }
}
