//! The judge: html5ever's tree builder, over a document and over fragments in many contexts.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, ExpandedName, ParseOpts, QualName, ns, parse_document, parse_fragment};

/// Elements into which a consumer might put stored text, with the reading modes of the tokenizer all among them.
const HTML_CONTEXTS: &[&str] = &[
    "div", "body", "p", "td", "tr", "table", "colgroup", "select", "template", "noscript", "head", "html", "frameset",
    "textarea", "title", "style", "script", "xmp", "iframe", "pre",
];
const FOREIGN_CONTEXTS: &[&str] =
    &["svg", "title", "foreignObject", "style", "script", "math", "mtext", "annotation-xml"];

/// Everything that the parser made, in order.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) elements: Vec<String>,
    /// Comments, doctypes and processing instructions.
    pub(super) others: usize,
}

/// Asserts that the parser finds nothing but text in `stored`, and in the usual contexts exactly this text.
pub(super) fn assert_only_text(stored: &str) {
    // Decoding entities is the parser's business and none of ours; without them the text must come back as it is.
    let plain = stored.replace('&', "&amp;");
    let same = stored.replace("\r\n", "\n").replace('\r', "\n");
    let same = same.strip_prefix('\u{feff}').unwrap_or(&same);
    for input in [stored, &plain] {
        let document = parse(input, None);
        assert_eq!(document.elements, ["html", "head", "body"], "in a document: {stored:?}");
        assert_eq!(document.others, 0, "in a document: {stored:?}");
        for (context, name) in contexts() {
            let found = parse(input, Some(name));
            let expected: &[&str] = if context == "html" { &["html", "head", "body"] } else { &["html"] };
            // The first element is the context itself.
            let others = found.elements.get(1..).unwrap_or_default();
            assert_eq!(others, expected, "in {context}: {stored:?}");
            assert_eq!(found.others, 0, "in {context}: {stored:?}");
            if input == plain && matches!(context, "div" | "p" | "td" | "foreignObject") {
                assert_eq!(found.text, same, "in {context}: {stored:?}");
            }
        }
    }
}

/// Parses as a document, or as a fragment within an element.
pub(super) fn parse(input: &str, context: Option<QualName>) -> Found {
    let sink = Sink::default();
    match context {
        None => parse_document(sink, ParseOpts::default()).one(input),
        Some(name) => parse_fragment(sink, ParseOpts::default(), name, Vec::new(), true).one(input),
    }
}

fn contexts() -> impl Iterator<Item = (&'static str, QualName)> {
    let html = HTML_CONTEXTS.iter().map(|name| (*name, QualName::new(None, ns!(html), (*name).into())));
    let foreign = FOREIGN_CONTEXTS.iter().flat_map(|name| {
        [ns!(svg), ns!(mathml)].map(|namespace| (*name, QualName::new(None, namespace, (*name).into())))
    });
    html.chain(foreign)
}

/// Writes down what the tree builder makes; the tree itself is of no interest. Names are leaked: the parser wants
/// references to them, and a test process is short.
#[derive(Default)]
struct Sink {
    names: RefCell<Vec<&'static QualName>>,
    found: RefCell<Found>,
}

impl Sink {
    fn take(&self, node: NodeOrText<usize>) {
        if let NodeOrText::AppendText(text) = node {
            self.found.borrow_mut().text.push_str(&text);
        }
    }

    fn other(&self) -> usize {
        self.found.borrow_mut().others += 1;
        usize::MAX
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Found;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Found {
        self.found.into_inner()
    }

    fn get_document(&self) -> usize {
        usize::MAX - 1
    }

    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, x: &usize, y: &usize) -> bool {
        x == y
    }

    fn elem_name<'a>(&'a self, target: &'a usize) -> ExpandedName<'a> {
        self.names.borrow()[*target].expanded()
    }

    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> usize {
        self.found.borrow_mut().elements.push(name.local.to_string());
        self.names.borrow_mut().push(Box::leak(Box::new(name)));
        self.names.borrow().len() - 1
    }

    fn create_comment(&self, _: StrTendril) -> usize {
        self.other()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        self.other()
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {
        self.other();
    }

    fn append(&self, _: &usize, child: NodeOrText<usize>) {
        self.take(child);
    }

    fn append_before_sibling(&self, _: &usize, child: NodeOrText<usize>) {
        self.take(child);
    }

    fn append_based_on_parent_node(&self, _: &usize, _: &usize, child: NodeOrText<usize>) {
        self.take(child);
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn add_attrs_if_missing(&self, _: &usize, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &usize) {}
    fn reparent_children(&self, _: &usize, _: &usize) {}
}

#[test]
fn the_judge_finds_markup() {
    let div = || Some(QualName::new(None, ns!(html), "div".into()));
    let found = parse("a<b>c</b><!--d-->", div());
    assert_eq!((found.text.as_str(), found.others), ("ac", 1));
    assert_eq!(found.elements, ["div", "html", "b"]);
    assert_eq!(parse("<!doctype html>", None).others, 1);
    assert_eq!(parse("x<y and more", div()).text, "x", "an open tag swallows text");
}
