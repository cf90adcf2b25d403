//! The element names that count as markup: HTML, SVG and the presentation part of `MathML`.
//!
//! Every other name in angle brackets is taken for typed words and keeps them. So a name that is missing here costs
//! two brackets and no safety; a name too many costs words. Therefore content `MathML` (`<and>`, `<list>`, `<limit>`) and
//! the names of drafts that were given up (`<content>`, `<element>`, `<handler>`) are left out, and so is `MathML`'s
//! `<none>`, which people type into forms.

/// What the removal of a known element's tag means for the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// The text runs on, as in `<b>`.
    Inline,
    /// The text before and behind stands on lines of its own, as with `<p>` and `<br>`.
    Line,
    /// The text before and behind stands in cells of one row.
    Cell,
    /// What stands up to the end tag is never shown, so it goes with the tags.
    Hidden(HiddenContent),
}

/// The elements whose content a parser reads without looking for markup, and that no browser shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum HiddenContent {
    /// `<iframe>`
    Iframe,
    /// `<noembed>`
    Noembed,
    /// `<noframes>`
    Noframes,
    /// `<script>`
    Script,
    /// `<style>`
    Style,
}

impl HiddenContent {
    /// Returns the element's name in lower case.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Iframe => "iframe",
            Self::Noembed => "noembed",
            Self::Noframes => "noframes",
            Self::Script => "script",
            Self::Style => "style",
        }
    }
}

/// Looks up a tag name, in any mix of ASCII case; `None` if no such element exists.
pub(super) fn element(name: &[u8]) -> Option<Element> {
    const HIDDEN: [HiddenContent; 5] = [
        HiddenContent::Iframe,
        HiddenContent::Noembed,
        HiddenContent::Noframes,
        HiddenContent::Script,
        HiddenContent::Style,
    ];
    let name = name.to_ascii_lowercase();
    let listed = |list: &[&str]| list.binary_search_by(|known| known.as_bytes().cmp(&name)).is_ok();
    if let Some(hidden) = HIDDEN.into_iter().find(|hidden| hidden.name().as_bytes() == name) {
        Some(Element::Hidden(hidden))
    } else if listed(LINES) {
        Some(Element::Line)
    } else if listed(CELLS) {
        Some(Element::Cell)
    } else {
        (listed(HTML) || listed(SVG) || listed(MATHML)).then_some(Element::Inline)
    }
}

/// The longest name of all lists, in bytes: a longer one is unknown without a look.
pub(super) const NAME_BYTES_MAX: usize = 19;

/// HTML elements that browsers set on lines of their own, and `br`.
#[rustfmt::skip]
const LINES: &[&str] = &[
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5",
    "h6", "head", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol", "optgroup",
    "option", "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody", "tfoot", "thead", "title",
    "tr", "ul", "xmp",
];

/// The cells of a table's row.
const CELLS: &[&str] = &["td", "th"];

/// The other elements of the HTML Living Standard, those it lists as entirely obsolete, and `image`, which its parser
/// knows.
#[rustfmt::skip]
const HTML: &[&str] = &[
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "bgsound", "big",
    "blink", "button", "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed",
    "font", "frame", "i", "image", "img", "input", "ins", "isindex", "kbd", "keygen", "label", "link", "map", "mark",
    "marquee", "math", "menuitem", "meta", "meter", "multicol", "nextid", "nobr", "noscript", "object", "output",
    "param", "picture", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "select", "selectedcontent",
    "slot", "small", "source", "spacer", "span", "strike", "strong", "sub", "sup", "svg", "template", "textarea",
    "time", "track", "tt", "u", "var", "video", "wbr",
];

/// The elements of SVG 2 and SVG 1.1, without SVG 2's `unknown`.
#[rustfmt::skip]
const SVG: &[&str] = &[
    "a", "altglyph", "altglyphdef", "altglyphitem", "animate", "animatecolor", "animatemotion", "animatetransform",
    "audio", "canvas", "circle", "clippath", "color-profile", "cursor", "defs", "desc", "discard", "ellipse",
    "feblend", "fecolormatrix", "fecomponenttransfer", "fecomposite", "feconvolvematrix", "fediffuselighting",
    "fedisplacementmap", "fedistantlight", "fedropshadow", "feflood", "fefunca", "fefuncb", "fefuncg", "fefuncr",
    "fegaussianblur", "feimage", "femerge", "femergenode", "femorphology", "feoffset", "fepointlight",
    "fespecularlighting", "fespotlight", "fetile", "feturbulence", "filter", "font", "font-face", "font-face-format",
    "font-face-name", "font-face-src", "font-face-uri", "foreignobject", "g", "glyph", "glyphref", "hkern", "image",
    "line", "lineargradient", "marker", "mask", "metadata", "missing-glyph", "mpath", "path", "pattern", "polygon",
    "polyline", "radialgradient", "rect", "set", "stop", "svg", "switch", "symbol", "text", "textpath", "tref",
    "tspan", "use", "video", "view", "vkern",
];

/// The presentation elements of `MathML` 3 but `none`, and the elements that carry annotations.
#[rustfmt::skip]
const MATHML: &[&str] = &[
    "annotation", "annotation-xml", "maction", "maligngroup", "malignmark", "math", "menclose", "merror", "mfenced",
    "mfrac", "mglyph", "mi", "mlabeledtr", "mlongdiv", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "ms", "mscarries", "mscarry", "msgroup", "msline", "mspace", "msqrt", "msrow",
    "mstack", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
    "semantics",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_lower_case_and_within_the_longest_name() {
        let mut longest = 0;
        for list in [LINES, CELLS, HTML, SVG, MATHML] {
            assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
            for name in list {
                assert_eq!(name.to_ascii_lowercase(), **name);
                assert!(element(name.as_bytes()).is_some());
                longest = longest.max(name.len());
            }
        }
        assert_eq!(longest, NAME_BYTES_MAX);
    }

    #[test]
    fn looks_up_in_any_case() {
        assert_eq!(element(b"foreignObject"), Some(Element::Inline));
        assert_eq!(element(b"SCRIPT"), Some(Element::Hidden(HiddenContent::Script)));
        assert_eq!(element(b"Br"), Some(Element::Line));
        assert_eq!(element(b"TD"), Some(Element::Cell));
        for unknown in ["", "trustee", "john@example.com", "svg:script", "o:p", "b.", "bé", "my-widget", "and"] {
            assert_eq!(element(unknown.as_bytes()), None, "{unknown}");
        }
    }
}
