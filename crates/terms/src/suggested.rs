//! What a desktop suggests for a file that it finds: a name that every file system takes, and a media type.

use std::ffi::OsStr;

use crate::file::{FileName, MediaType, NAME_BYTES_MAX, is_hidden, is_refused, names_a_device};
use crate::text::is_printable;

/// The longest extension that is kept when a name is shortened, in bytes without its dot.
const EXTENSION_BYTES_MAX: usize = 16;
/// The name of a file of whose own name nothing is left.
const NAMELESS: &str = "file";
/// The media type of a file whose extension says nothing.
const UNKNOWN: &str = "application/octet-stream";

/// Media types by extension. Source: the IANA registry; for Outlook's messages, Microsoft.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("bmp", "image/bmp"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("eml", "message/rfc822"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("m4a", "audio/mp4"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("msg", "application/vnd.ms-outlook"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("rtf", "application/rtf"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("wav", "audio/vnd.wave"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

impl FileName {
    /// Suggests a name for a file that is called so on this computer. A name that is valid stays as it is.
    #[must_use]
    pub fn suggest(name: &OsStr) -> Self {
        let text: String = name.to_string_lossy().chars().filter_map(replaced).collect();
        let mut text = trimmed(&text).to_owned();
        if names_a_device(&text) {
            text.insert(0, '_');
        }
        let shortened = shortened(&text);
        Self::try_from(shortened).unwrap_or_else(|_| Self::of_valid(NAMELESS))
    }
}

impl MediaType {
    /// Suggests a media type by the extension of a name. What the file holds is not looked at.
    #[must_use]
    pub fn suggest(name: &FileName) -> Self {
        let extension = name.as_str().rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        let known = MEDIA_TYPES.iter().find(|(known, _)| *known == extension);
        Self::of_valid(known.map_or(UNKNOWN, |(_, media_type)| media_type))
    }
}

/// Returns what a character becomes; nothing for those that take no room or change the direction of text.
fn replaced(c: char) -> Option<char> {
    if is_refused(c) {
        Some('_')
    } else if is_hidden(c) {
        None
    } else if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
        Some(' ')
    } else {
        is_printable(c.encode_utf8(&mut [0; 4])).then_some(c)
    }
}

/// Takes away white space around a name, and dots and white space at its end.
fn trimmed(text: &str) -> &str {
    text.trim_start().trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

fn shortened(text: &str) -> String {
    if text.len() <= NAME_BYTES_MAX {
        return text.to_owned();
    }
    match text.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= EXTENSION_BYTES_MAX => {
            format!("{}.{extension}", trimmed(start_of(stem, NAME_BYTES_MAX - 1 - extension.len())))
        }
        Some(_) | None => trimmed(start_of(text, NAME_BYTES_MAX)).to_owned(),
    }
}

/// Returns as much of the start as has at most so many bytes.
fn start_of(text: &str, bytes_max: usize) -> &str {
    let end = text.floor_char_boundary(bytes_max);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(name: &str) -> String {
        FileName::suggest(OsStr::new(name)).as_str().to_owned()
    }

    #[test]
    fn every_name_becomes_a_valid_one() {
        for (name, expected) in [
            ("authorization.pdf", "authorization.pdf"),
            ("Autorización – São.pdf", "Autorización – São.pdf"),
            (".profile", ".profile"),
            ("Ames v. Hartwell: \"draft\" 1/2?.docx", "Ames v. Hartwell_ _draft_ 1_2_.docx"),
            ("a<b>c|d*e\\f.txt", "a_b_c_d_e_f.txt"),
            (" a.pdf ", "a.pdf"),
            ("a.pdf. . ", "a.pdf"),
            ("a\nb.pdf", "a b.pdf"),
            ("a\u{2028}b.pdf", "a b.pdf"),
            ("a\u{200b}b.pdf", "ab.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("NUL", "_NUL"),
            ("com1.pdf", "_com1.pdf"),
            ("CON\u{200b}.txt", "_CON.txt"),
            ("", "file"),
            ("...", "file"),
            ("..", "file"),
            (" ", "file"),
            ("\u{200b}", "file"),
        ] {
            assert_eq!(suggested(name), expected, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_shortened_and_keeps_its_extension() {
        let at_limit = format!("{}.pdf", "a".repeat(NAME_BYTES_MAX - 4));
        assert_eq!(suggested(&at_limit), at_limit);
        assert_eq!(suggested(&format!("a{at_limit}")), at_limit, "one past it");
        // No character is cut in two, and what stands before the dot does not end in a space.
        let wide = suggested(&format!("{}.pdf", "é".repeat(200)));
        assert_eq!(wide, format!("{}.pdf", "é".repeat((NAME_BYTES_MAX - 4) / 2)));
        assert_eq!(suggested(&format!("a{}b.pdf", " ".repeat(300))), "a.pdf");
        // An extension that is none is cut like the rest.
        assert_eq!(suggested(&format!("a.{}", "b".repeat(300))), format!("a.{}", "b".repeat(NAME_BYTES_MAX - 2)));
        assert_eq!(suggested(&"a".repeat(300)), "a".repeat(NAME_BYTES_MAX));
        assert_eq!(suggested(&format!("{}.{}", " ".repeat(300), "b".repeat(300))).len(), NAME_BYTES_MAX);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_becomes_one() {
        use std::os::unix::ffi::OsStrExt as _;
        let name = FileName::suggest(OsStr::from_bytes(b"a\xFF.pdf"));
        assert_eq!(name.as_str(), "a\u{FFFD}.pdf");
    }

    #[test]
    fn constants_are_valid() {
        assert!(FileName::try_from(NAMELESS.to_owned()).is_ok());
        for media_type in MEDIA_TYPES.iter().map(|(_, media_type)| *media_type).chain([UNKNOWN]) {
            assert!(MediaType::try_from(media_type.to_owned()).is_ok(), "{media_type}");
        }
    }

    #[test]
    fn media_types_follow_the_extension() {
        for (name, expected) in [
            ("a.pdf", "application/pdf"),
            ("A.PDF", "application/pdf"),
            ("a.b.JPG", "image/jpeg"),
            ("pdf", UNKNOWN),
            ("a.unheard", UNKNOWN),
            ("a.", UNKNOWN),
        ] {
            assert_eq!(MediaType::suggest(&FileName::suggest(OsStr::new(name))).as_str(), expected, "{name}");
        }
    }
}
