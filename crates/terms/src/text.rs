//! Texts that people read and programs pass on.

/// Tells whether a text is printable as the formats mean it: no control character, no line or paragraph separator, and none of
/// the characters that change the direction of text, with which a name can be made to look like another.
#[must_use]
pub fn is_printable(text: &str) -> bool {
    let changes_direction = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let separates = |c: char| matches!(c, '\u{2028}' | '\u{2029}');
    !text.contains(|c: char| c.is_control() || changes_direction(c) || separates(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_scripts_are_printable_and_tricks_are_not() {
        for text in [
            "",
            "Jos\u{e9} N\u{fa}\u{f1}ez",
            "\u{5d3}\u{5d5}\u{5d3} \u{5dc}\u{5d5}\u{5d9}",
            "a\u{200f}b",
            "\u{1f4ce}",
            "10452-003",
        ] {
            assert!(is_printable(text), "{text:?}");
        }
        for text in ["a\nb", "\0", "\u{7f}", "\u{85}", "a\u{2028}", "exe.\u{202E}fdp", "\u{2066}x\u{2069}"] {
            assert!(!is_printable(text), "{text:?}");
        }
    }
}
