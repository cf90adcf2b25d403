//! Texts that people read and programs pass on.

/// Tells whether a text is printable as the formats mean it: no control character, no line or paragraph separator, and none of
/// the characters that change the direction of text, with which a name can be made to look like another.
#[must_use]
pub fn is_printable(text: &str) -> bool {
    let changes_direction = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let separates = |c: char| matches!(c, '\u{2028}' | '\u{2029}');
    !text.contains(|c: char| c.is_control() || changes_direction(c) || separates(c))
}

/// Tells whether a stored text is inert as the formats mean it: an HTML parser finds nothing but text in it, alone or joined
/// with another. How typed text becomes inert is the order's business; this is what every reader checks.
#[must_use]
pub fn is_inert(text: &str) -> bool {
    let refused = |c: char| match c {
        '\t' | '\n' | '\r' => false,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    };
    let opens = |pair: &[u8]| matches!(pair, [b'<', b'/' | b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z']);
    !text.contains(refused) && !text.ends_with('<') && !text.as_bytes().windows(2).any(opens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_opening_bracket_before_a_tag_or_at_the_end_is_markup() {
        for text in ["", "AT&T", "x < 5", "a<5", "&lt;b&gt;", "a > b", "‹Trustee›", "line\r\nline\ttab", "<<5"] {
            assert!(is_inert(text), "{text:?}");
        }
        for text in ["<b>", "a<b", "</p", "<!--", "<?xml", "a <", "<<", "<5<", "\0", "a\u{202E}b", "\u{7f}"] {
            assert!(!is_inert(text), "{text:?}");
        }
    }

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
