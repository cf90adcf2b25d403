//! Rewrites typed text so that no `<` in it can open markup, in one pass from left to right.
//!
//! One pass is a fixpoint: the writer looks at every joint that a removal makes, so nothing new can arise there.

use super::names::Element;
use super::scan::{Found, Scanner, opens_markup};
use super::{Change, Notice};

/// Text without markup, what was changed for it, and how many bytes were looked at on the way.
pub(super) struct Rewritten<'a> {
    pub(super) text: String,
    pub(super) notices: Vec<Notice<'a>>,
    /// For the test that the time is linear.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test that holds the time linear"))]
    pub(super) steps: usize,
}

/// Removes markup and rewrites the brackets of what only looks like it.
pub(super) fn rewrite(typed: &str) -> Rewritten<'_> {
    let mut scanner = Scanner::new(typed);
    let mut writer = Writer::new(typed);
    let mut at = 0;
    while let Some(bracket) = typed.get(at..).and_then(|rest| rest.find('<')).map(|offset| at + offset) {
        writer.keep(at, bracket);
        at = match typed.as_bytes().get(bracket + 1) {
            Some(next) if opens_markup(*next) => match scanner.found_at(bracket) {
                Found::Markup { end, element } => writer.remove(bracket, end, element),
                Found::Words { end } => writer.rebracket(bracket, end),
                Found::Bracket => writer.rebracket(bracket, bracket + 1),
            },
            _ => writer.keep(bracket, bracket + 1),
        };
    }
    writer.keep(at, typed.len());
    writer.finish(scanner.steps)
}

/// Changes every `<`, so that no parser can find anything. The net under [`rewrite`].
pub(super) fn rebracket_all(typed: &str) -> Rewritten<'_> {
    let notices = typed.match_indices('<').map(|(at, text)| Notice { change: Change::Rebracketed, at, text }).collect();
    Rewritten { text: typed.replace('<', "‹"), notices, steps: typed.len() }
}

struct Writer<'a> {
    typed: &'a str,
    text: String,
    notices: Vec<Notice<'a>>,
    /// The text ends with the `<` that was typed at this position.
    open_bracket: Option<usize>,
    /// What has to stand between the text so far and the next word.
    separator: Option<char>,
}

impl<'a> Writer<'a> {
    fn new(typed: &'a str) -> Self {
        Self {
            typed,
            text: String::with_capacity(typed.len()),
            notices: Vec::new(),
            open_bracket: None,
            separator: None,
        }
    }

    /// Copies a stretch that holds no `<`, or is one; returns its end.
    fn keep(&mut self, start: usize, end: usize) -> usize {
        let kept = self.typed.get(start..end).unwrap_or_default();
        if let Some(first) = kept.chars().next() {
            self.join(first);
            self.text.push_str(kept);
            self.open_bracket = (kept == "<").then_some(start);
        }
        end
    }

    /// Leaves a stretch out; returns its end.
    fn remove(&mut self, start: usize, end: usize, element: Element) -> usize {
        self.notice(Change::Removed, start, end);
        let separator = match element {
            Element::Line => Some('\n'),
            Element::Cell => Some(' '),
            Element::Inline | Element::Hidden(_) => None,
        };
        // Between a cell and a new line, the line counts.
        if self.separator != Some('\n') {
            self.separator = separator.or(self.separator);
        }
        end
    }

    /// Copies a stretch that begins with `<`, and may end with its `>`, with other brackets; returns its end.
    fn rebracket(&mut self, start: usize, end: usize) -> usize {
        self.notice(Change::Rebracketed, start, end);
        self.join('‹');
        self.text.push('‹');
        self.open_bracket = None;
        if let Some(words) = end.checked_sub(1).and_then(|last| self.typed.get(start + 1..last)) {
            self.text.push_str(words);
            self.text.push('›');
        }
        end
    }

    /// Prepares the end of the text for what comes next: a separator between words, and no `<` that would open markup.
    fn join(&mut self, next: char) {
        let separator = self.separator.take();
        if let (Some(separator), Some(last)) = (separator, self.text.chars().next_back())
            && !is_space(last)
            && !is_space(next)
        {
            self.text.push(separator);
            self.open_bracket = None;
        }
        if u8::try_from(next).is_ok_and(opens_markup) {
            self.close_bracket();
        }
    }

    /// Rewrites the `<` at the end of the text, if there is one.
    fn close_bracket(&mut self) {
        if let Some(at) = self.open_bracket.take() {
            self.text.pop();
            self.text.push('‹');
            self.notice(Change::Rebracketed, at, at + 1);
        }
    }

    fn notice(&mut self, change: Change, start: usize, end: usize) {
        let text = self.typed.get(start..end).unwrap_or_default();
        self.notices.push(Notice { change, at: start, text });
    }

    fn finish(mut self, steps: usize) -> Rewritten<'a> {
        self.close_bracket();
        // A bracket at a joint is rewritten after the markup behind it was removed.
        self.notices.sort_by_key(|notice| notice.at);
        Rewritten { text: self.text, notices: self.notices, steps }
    }
}

const fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' ')
}
