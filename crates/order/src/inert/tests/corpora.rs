//! Lists of strings that others have collected to break programs. The project does not carry them.

use std::path::PathBuf;

use super::*;

/// Reads a file beside the project's folder; says so if it is not there.
fn corpus(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        eprintln!("skipped: no {name}");
    }
    text
}

/// Checks a line as it is, and within other text; returns whether it was accepted.
fn check(line: &str) -> bool {
    match neutralize(line, LIMIT) {
        Ok(_) => {
            stored(line);
            stored(&format!("Jane <{line}> Roe"));
            stored(&format!("<b title=\"{line}\">x</b>{line}"));
            true
        }
        Err(error) => {
            assert!(matches!(error, InertError::Control { .. } | InertError::Direction { .. }), "{error:?}: {line:?}");
            false
        }
    }
}

#[test]
fn naughty_strings_come_out_inert() {
    let Some(json) = corpus("blns.json") else { return };
    let lines: Vec<String> = serde_json::from_str(&json).expect("a list of strings");
    let accepted = lines.iter().filter(|line| check(line)).count();
    assert!(accepted > 490, "{accepted} of {}", lines.len());
}

#[test]
fn script_payloads_come_out_inert() {
    let Some(payloads) = corpus("xss-payloads.txt") else {
        return;
    };
    let lines: Vec<&str> = payloads.lines().collect();
    let accepted = lines.iter().filter(|line| check(line)).count();
    assert!(accepted > 990, "{accepted} of {}", lines.len());
    // As one text too: what a line opens, a later one may close.
    let printable = |character: &char| check_characters(character.encode_utf8(&mut [0; 4])).is_ok();
    stored(&payloads.chars().filter(printable).collect::<String>());
}
