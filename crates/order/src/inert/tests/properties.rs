//! Properties of any text, typed by people or by enemies.

use std::cell::RefCell;

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::names::{Element, HiddenContent, element};
use super::super::rewrite::Rewritten;
use super::*;

/// Pieces that make markup when they meet, with words and characters of which nothing may happen.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "<", "<", "<", ">", ">", "/", "!", "?", "-", "--", "-->", "--!>", "<!--", "<!", "</", "]]>", "<![CDATA[", "=", "\"",
    "'", " ", "\n", "\r\n", "\t", "a", "b", "p", "br", "td", "script", "style", "svg", "math", "title", "textarea",
    "xmp", "noscript", "template", "plaintext", "doctype", "xml", "<b", "<b>", "</b>", "<p>", "<script>", "</script>",
    "<script", "</script", "<style", "</style>", "<x>", "Trustee", "@", ".", "&lt;", "&", "#60;", "é", "\u{301}",
    "\u{a0}", "\u{200f}", "\u{feff}", "‹", "›", "＜", "😀", "אב", " onclick=alert(1)", " t=\"", " t='", "<b t=\"<b '",
];

fn hostile() -> impl Strategy<Value = String> {
    vec(select(PIECES), 0..20).prop_map(|pieces| pieces.concat())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(300))]

    /// `stored` checks: only text, a fixpoint, every character accounted for, the net not needed.
    #[test]
    fn hostile_text_comes_out_inert(typed in hostile()) {
        stored(&typed);
    }

    #[test]
    fn joined_texts_stay_inert(first in hostile(), second in hostile()) {
        let joined = stored(&first) + &stored(&second);
        prop_assert!(InertText::parse(&joined, LIMIT).is_ok());
        assert_only_text(&joined);
    }

    #[test]
    fn any_characters_come_out_inert_or_refused(typed in "\\PC{0,40}") {
        match neutralize(&typed, LIMIT) {
            Ok(_) => drop(stored(&typed)),
            Err(error) => prop_assert!(matches!(error, InertError::Direction { .. }), "{error:?}"),
        }
    }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn text_that_opens_nothing_is_untouched(pieces in vec(select(PIECES), 0..20)) {
        // A line feed behind each `<` takes away what it could open.
        let typed = pieces.concat().replace('<', "<\n");
        let neutralized = neutralize(&typed, LIMIT).expect("refused");
        prop_assert_eq!(neutralized.text.as_str(), typed.as_str());
        prop_assert!(neutralized.notices.is_empty());
    }

    #[test]
    fn nothing_grows(typed in hostile()) {
        let chars = typed.chars().count();
        prop_assert!(neutralize(&typed, chars).is_ok());
        let text = neutralize(&typed, LIMIT).expect("refused").text;
        let chars = text.as_str().chars().count();
        prop_assert!(InertText::parse(text.as_str(), chars).is_ok());
        prop_assert!(chars == 0 || neutralize(&typed, chars - 1).is_err());
    }

    /// What is taken for one piece of markup is one to the parser as well, and ends where the parser ends it.
    #[test]
    fn removed_pieces_are_markup_to_the_tokenizer(typed in hostile()) {
        for notice in rewrite(&typed).notices.iter().filter(|notice| notice.change == Change::Removed) {
            let tokens = tokens(notice.text);
            let markup = tokens.iter().filter(|token| *token != "text").count();
            // Within `<script><!--<script>` the parser passes over an end tag; we keep what follows it as text.
            let escaped = notice.text.starts_with("<script") && notice.text.contains("<!--");
            // An end tag with a `<` in it ends nothing to us, so we go on to the next one (docs/FORMATS.md, "Tag").
            let unended = ["script", "style"].into_iter().any(|name| {
                notice.text.starts_with(&format!("<{name}")) && notice.text.matches(&format!("</{name}")).count() > 1
            });
            let element = markup == 2 && tokens.last().is_some_and(|last| last.starts_with("end "));
            prop_assert!(tokens.len() == 1 || element || escaped || unended, "{:?} in {:?}", notice.text, typed);
            prop_assert!(tokens.first().is_some_and(|first| first != "text"), "{:?} in {:?}", notice.text, typed);
        }
    }

    /// The other way round: what the tokenizer takes for one known tag with no `<` in it is removed.
    #[test]
    fn tags_of_the_tokenizer_are_removed(name in select(vec!["b", "P", "svg", "x"]), pieces in vec(select(PIECES), 0..8)) {
        let attributes = pieces.concat().replace('<', "");
        let typed = format!("<{name} {attributes}");
        let ends = typed.match_indices('>').map(|(at, _)| at + 1).find(|end| tokens_of_tags(typed.get(..*end).unwrap_or("")) == 1);
        let Rewritten { notices, .. } = rewrite(&typed);
        let removed = notices.first().filter(|notice| notice.change == Change::Removed).map(|notice| notice.range().end);
        prop_assert_eq!(removed, if name == "x" { None } else { ends }, "{:?}", typed);
    }
}

fn tokens_of_tags(input: &str) -> usize {
    tokens(input).iter().filter(|token| *token != "text").count()
}

/// Tokenizes, with runs of text as one token, and the content of hidden elements as the tree builder has it read.
fn tokens(input: &str) -> Vec<String> {
    #[derive(Default)]
    struct Sink(RefCell<Vec<String>>);
    impl TokenSink for Sink {
        type Handle = ();
        fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
            let mut tokens = self.0.borrow_mut();
            match token {
                Token::TagToken(tag) => {
                    let kind = if tag.kind == html5ever::tokenizer::StartTag { "start" } else { "end" };
                    tokens.push(format!("{kind} {}", tag.name));
                    match (kind, element(tag.name.as_bytes())) {
                        ("start", Some(Element::Hidden(HiddenContent::Script))) => {
                            return TokenSinkResult::RawData(RawKind::ScriptData);
                        }
                        ("start", Some(Element::Hidden(_))) => return TokenSinkResult::RawData(RawKind::Rawtext),
                        (_, _) => {}
                    }
                }
                Token::CommentToken(_) => tokens.push("comment".to_owned()),
                Token::DoctypeToken(_) => tokens.push("doctype".to_owned()),
                Token::CharacterTokens(_) | Token::NullCharacterToken => {
                    if tokens.last().is_none_or(|last| last != "text") {
                        tokens.push("text".to_owned());
                    }
                }
                Token::EOFToken | Token::ParseError(_) => {}
            }
            TokenSinkResult::Continue
        }
    }
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(input));
    let tokenizer = Tokenizer::new(Sink::default(), html5ever::tokenizer::TokenizerOpts::default());
    assert!(matches!(tokenizer.feed(&queue), TokenizerResult::Done));
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}
