//! Tests of inert text. The judge is html5ever's tree builder, which shares nothing with the scanner.

mod attacks;
mod corpora;
mod parser;
mod properties;
mod vectors;

use super::*;
use parser::assert_only_text;

const LIMIT: usize = InertText::CHARS_MAX;

/// Neutralizes, and checks on the way everything that must hold for any text that is not refused.
fn stored(typed: &str) -> String {
    let Neutralized { text, notices } = neutralize(typed, LIMIT).expect("refused");
    assert!(!ammonia::is_html(&rewrite(typed).text), "the net was needed for {typed:?}");
    assert_only_text(text.as_str());
    assert_accounted(typed, text.as_str(), &notices);
    let again = neutralize(text.as_str(), LIMIT).expect("refused");
    assert_eq!((again.text.as_str(), again.notices.len()), (text.as_str(), 0), "not a fixpoint: {typed:?}");
    assert_eq!(InertText::parse(text.as_str(), LIMIT).as_ref(), Ok(&text));
    text.into()
}

/// Replays the notices over what was typed: the result is what is stored, but for separators between words.
fn assert_accounted(typed: &str, stored: &str, notices: &[Notice<'_>]) {
    let mut rest = stored.chars().peekable();
    let mut at = 0;
    let mut may_separate = false;
    for notice in notices.iter().map(Some).chain([None]) {
        let range = notice.map_or(typed.len()..typed.len(), Notice::range);
        assert!(at <= range.start, "notices overlap or are out of order in {typed:?}");
        let mut expected: Vec<char> = typed.get(at..range.start).expect("bounds").chars().collect();
        if let Some(Notice { change: Change::Rebracketed, text, .. }) = notice {
            let mut piece: Vec<char> = text.chars().collect();
            assert_eq!(std::mem::replace(piece.first_mut().expect("first"), '‹'), '<');
            if piece.len() > 1 {
                assert_eq!(std::mem::replace(piece.last_mut().expect("last"), '›'), '>');
            }
            expected.extend(piece);
        }
        for (offset, character) in expected.into_iter().enumerate() {
            if offset == 0 && may_separate && rest.peek() != Some(&character) {
                assert!(matches!(rest.next(), Some('\n' | ' ')), "no separator in {stored:?}");
            }
            may_separate = false;
            assert_eq!(rest.next(), Some(character), "{typed:?} became {stored:?}");
        }
        may_separate |= notice.is_some_and(|notice| notice.change == Change::Removed);
        assert_eq!(notice.map(|notice| notice.text), notice.and_then(|_| typed.get(range.clone())));
        at = range.end;
    }
    assert_eq!(rest.next(), None, "{typed:?} became {stored:?}");
}

#[test]
fn limits_count_characters_of_the_result() {
    assert_eq!(stored("é<Ωa"), "é<Ωa");
    assert!(neutralize("éΩ🦀", 3).is_ok());
    assert_eq!(neutralize("éΩ🦀", 2), Err(InertError::TooLong { chars: 3, chars_max: 2 }));
    assert!(neutralize("<b>éΩ</b>", 2).is_ok(), "removed markup does not count");
    assert!(neutralize("<xy>", 4).is_ok(), "new brackets do not make a text longer");
    assert!(InertText::parse("abc", 3).is_ok());
    assert_eq!(InertText::parse("abcd", 3), Err(InertError::TooLong { chars: 4, chars_max: 3 }));
    assert!(neutralize("", 0).is_ok());
}

#[test]
fn limits_hold_at_their_ends() {
    let most = "a".repeat(InertText::CHARS_MAX);
    assert!(neutralize(&most, usize::MAX).is_ok());
    let more = format!("{most}a");
    let too_long = InertError::TooLong { chars: InertText::CHARS_MAX + 1, chars_max: InertText::CHARS_MAX };
    assert_eq!(neutralize(&more, usize::MAX), Err(too_long));
    let pasted = format!("<!--{}-->", "a".repeat(TYPED_BYTES_MAX - 7));
    assert_eq!(neutralize(&pasted, 0).expect("fits").text.as_str(), "");
    assert_eq!(neutralize(&format!("{pasted} "), 1), Err(InertError::TooLarge { bytes: TYPED_BYTES_MAX + 1 }));
}

#[test]
fn refuses_control_and_direction_characters() {
    for number in (0..0x20).chain(0x7f..0xa0).chain(0x202a..0x202f).chain(0x2066..0x206a) {
        let character = char::from_u32(number).expect("a character");
        let typed = format!("é{character}x");
        let (result, parsed) = (neutralize(&typed, LIMIT), InertText::parse(&typed, LIMIT));
        if matches!(character, '\t' | '\n' | '\r') {
            assert_eq!(stored(&typed), typed);
            continue;
        }
        let error = result.expect_err("accepted");
        assert_eq!(parsed, Err(error));
        match error {
            InertError::Control { at, .. } => assert!(number < 0xa0 && at == 2),
            InertError::Direction { at, .. } => assert!(number > 0x2000 && at == 2),
            InertError::TooLarge { .. } | InertError::TooLong { .. } | InertError::Markup => panic!("{error:?}"),
        }
        assert!(error.to_string().contains(&format!("U+{number:04X} after 2 bytes")), "{error}");
    }
}

#[test]
fn refuses_stored_text_that_is_not_inert() {
    for text in ["<b>", "a<", "<", "x</y", "<!", "<?", "<a", "1 <b and more"] {
        assert_eq!(InertText::parse(text, LIMIT), Err(InertError::Markup), "{text}");
    }
}

#[test]
fn debug_does_not_print_what_was_typed() {
    let neutralized = neutralize("Roe <b>Jane <Trustee>", LIMIT).expect("accepted");
    assert_eq!(
        format!("{neutralized:?}"),
        "Neutralized { text: InertText(22 bytes), notices: [Notice { change: Removed, range: 4..7, .. }, \
         Notice { change: Rebracketed, range: 12..21, .. }] }"
    );
    assert_eq!(format!("{}", neutralized.text), "Roe Jane ‹Trustee›");
    assert_eq!(neutralized.text.as_ref(), neutralized.text.as_str());
}

#[test]
fn the_net_leaves_no_bracket_and_every_word() {
    for typed in ["", "<b>x</b>", "<<", "a < b <"] {
        let net = rebracket_all(typed);
        assert_eq!(net.text, typed.replace('<', "‹"));
        assert_accounted(typed, &net.text, &net.notices);
        assert!(judged(net).is_some());
    }
}
