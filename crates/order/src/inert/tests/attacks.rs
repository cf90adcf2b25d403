//! Attempts to get markup through, to lose words, and to take forever.

use super::*;

/// What is typed, and what is stored of it.
type Case = (&'static str, &'static str);

#[test]
fn joints_open_nothing() {
    const CASES: &[Case] = &[
        ("<scr<script>ipt>alert(1)</scr</script>ipt>", "‹script>"),
        ("<scr<b></b>ipt>alert(1)", "‹script>alert(1)"),
        ("<<b>script>alert(1)<</b>/script>", "‹script>alert(1)‹/script>"),
        ("<<<b>b>script>", "<‹b>script>"),
        ("<<i></i><u>!--x-->", "‹!--x-->"),
        ("<<!-- -->img src=x onerror=alert(1)>", "‹img src=x onerror=alert(1)>"),
        ("<<script>1</script>svg/onload=x>", "‹svg/onload=x>"),
        ("<<p>script>", "<\nscript>"),
        ("<<td>script>", "<\u{20}script>"),
        ("<<p> script>", "< script>"),
        ("<<b>", "‹"),
        ("<<b><", "<‹"),
        ("<<x>", "<‹x›"),
        ("<!<!-- -->-- a -->", "‹!-- a -->"),
        ("<!-- a <!-- b --> c -->", " c -->"),
        ("<!<b>--x", "‹!--x"),
        ("</<b>script>", "‹/script>"),
        ("<?<b>xml?>", "‹?xml?>"),
        ("<", "‹"),
        ("a <", "a ‹"),
        ("<<<<", "<<<‹"),
    ];
    for (typed, expected) in CASES {
        assert_eq!(stored(typed), *expected, "{typed}");
    }
}

#[test]
fn tricks_against_sanitizers_open_nothing() {
    const CASES: &[Case] = &[
        ("<svg><style><!--</style><img src=x onerror=alert(1)>-->", "-->"),
        ("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", ""),
        ("<math><mtext><table><mglyph><style><!--</style><img title=\"--><img src=1 onerror=alert(1)>\">", ""),
        ("<plaintext>a</plaintext>b<i>c", "a\nbc"),
        ("<template><script>alert(1)</script>x</template>", "x"),
        ("<textarea></textarea><img src=x>", ""),
        ("</textarea><img src=x onerror=alert(1)>", ""),
        ("<title>&lt;/title&gt;<img src=x>", "&lt;/title&gt;"),
        ("&lt;img src=x&gt; &lt", "&lt;img src=x&gt; &lt"),
        ("&<b></b>lt;script&gt;", "&lt;script&gt;"),
        ("<a/onclick=alert(1)>x", "x"),
        ("<a\nhref=x\tonclick='a>b'>x</a\r\n>", "x"),
        ("<img src=\"a>b\" alt='<b>'>x", "x"),
        ("<b =\"x>y\">z", "y\">z"),
        ("<b a=b\"c>d\">", "d\">"),
        ("<b a==\"x>y", "y"),
        ("<b /=\"x>y", "y"),
        ("</ x>y", "‹/ x›y"),
        ("</>y", "‹/›y"),
        ("</", "‹/"),
        ("<%x%> <= <- <3 <é>", "<%x%> <= <- <3 <é>"),
        ("＜script＞﹤b﹥", "＜script＞﹤b﹥"),
        ("\u{feff}<b>x\u{feff}", "\u{feff}x\u{feff}"),
        ("<\u{feff}b>", "<\u{feff}b>"),
        ("<b\u{a0}c>", "‹b\u{a0}c›"),
        ("<ſcript>alert(1)</ſcript>", "<ſcript>alert(1)‹/ſcript›"),
        ("<scrİpt>", "‹scrİpt›"),
        ("<svg:script>alert(1)</svg:script>", "‹svg:script›alert(1)‹/svg:script›"),
        ("<![CDATA[<b>x</b>]]>", "x]]>"),
        ("<script/>a</SCRIPT\n>b", "b"),
        ("<script>a</scriptx>b</script>c", "c"),
        ("<script><!--<script>a</script>b--></script>c", "b-->c"),
        ("<iframe srcdoc=\"<script>alert(1)</script>\"><b></iframe>x", "x"),
        ("<xmp><b>x</b></xmp>", "x"),
        ("<x onclick=alert(1)>y", "‹x onclick=alert(1)›y"),
        ("<!-->x<!--->y<!---->z<!--a--!>", "xyz"),
        ("<!doctype html [<!ENTITY a \"b\">]>", "]>"),
        ("<frameset><frame src=javascript:alert(1)></frameset>", ""),
        ("<image><isindex><selectedcontent>", ""),
    ];
    for (typed, expected) in CASES {
        assert_eq!(stored(typed), *expected, "{typed}");
    }
}

#[test]
fn what_never_ends_keeps_its_words() {
    const CASES: &[Case] = &[
        ("pay <b and more", "pay ‹b and more"),
        ("x <b and y <b>bold</b>", "x ‹b and y bold"),
        ("<a href=\"x>Jane", "‹a href=\"x>Jane"),
        ("<!-- note to the server", "‹!-- note to the server"),
        ("<!doctype", "‹!doctype"),
        ("<?xml and so on", "‹?xml and so on"),
        ("<script>Serve before noon", "Serve before noon"),
        ("<script>Serve </script before noon", "Serve ‹/script before noon"),
        ("<style>a</style", "a‹/style"),
        ("<Trustee of the <i>Roe</i> Trust", "‹Trustee of the Roe Trust"),
        ("</Trustee", "‹/Trustee"),
    ];
    for (typed, expected) in CASES {
        assert_eq!(stored(typed), *expected, "{typed}");
    }
}

/// Every byte is looked at a bounded number of times, whatever the input: a search that failed is not repeated.
#[test]
fn hostile_lengths_take_linear_time() {
    const STEPS_PER_BYTE_MAX: usize = 8;
    #[rustfmt::skip]
    let units = [
        "<", "<a", "<a ", "<!--", "<!", "<?x", "<!doctype", "</", "</script", "<script>", "<script></script ",
        "<script></script \"", "<script></script a=\"", "<style><script>", "<b t=\"", "<b t='", "<b t=\"<b t='", "<b t=",
        "<b \" a=\"", "<b ' a='<b \" a=\"", "<b a=\"<b '' a='", "<b a=\"<b a='\" b='", "<x t=\"", "<!---", "<!-->", "<!--->",
        "<!--->-", "<![", "<<b>", "<<p>", "<p></p>", "<x>", "</x", "-->", "<!- -", "<iframe><noembed><noframes><style>",
    ];
    let ends = ["", ">", "\">", "'>", "\"", "-->", "<b a=\"", "</script>", "</style a='"];
    for unit in units {
        for (start, end) in ends.iter().flat_map(|end| [("", *end), ("<b a=\"", *end), ("<script>", *end)]) {
            let typed = format!("{start}{}{end}", unit.repeat(8_000 / unit.len()));
            let rewritten = rewrite(&typed);
            let limit = STEPS_PER_BYTE_MAX * typed.len();
            assert!(rewritten.steps <= limit, "{} steps for {} bytes of {unit:?}{end:?}", rewritten.steps, typed.len());
            assert!(rewritten.notices.len() <= typed.len());
            assert!(judged(rewritten).is_some(), "{unit:?}{end:?}");
        }
    }
}

#[test]
fn a_mebibyte_of_brackets_is_accepted() {
    for unit in ["<", "<a", "<!--", "<b t=\"", "<script>"] {
        let typed = unit.repeat(1024 * 1024 / unit.len());
        let Neutralized { text, notices } = neutralize(&typed, LIMIT).expect("accepted");
        assert_accounted(&typed, text.as_str(), &notices);
    }
}
