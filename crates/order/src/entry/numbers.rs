//! Reads amounts, numbers of things, telephone and social security numbers as people type them.

use satchel_terms::INTEGER_MAX;

use crate::value::is_phone;

/// Reads an amount in dollars: `25`, `25.5`, `.50`, `$1,250.00`; returns cents.
pub(super) fn cents(typed: &str) -> Option<u64> {
    let typed = typed.strip_prefix('$').unwrap_or(typed).trim_start();
    let (dollars, cents) = typed.split_once('.').unwrap_or((typed, ""));
    let cents = match (cents.len(), dollars.is_empty()) {
        (0, true) => return None,
        (0, false) => 0,
        (1, _) => digits(cents)? * 10,
        (2, _) => digits(cents)?,
        _ => return None,
    };
    let dollars = if dollars.is_empty() { 0 } else { grouped(dollars)? };
    dollars.checked_mul(100)?.checked_add(cents).filter(|cents| *cents <= INTEGER_MAX)
}

/// Reads a number of things: `3`, `1,200`.
pub(super) fn count(typed: &str) -> Option<u64> {
    grouped(typed).filter(|count| *count <= INTEGER_MAX)
}

/// Reads digits, with a comma before every three from the end or with none at all.
fn grouped(typed: &str) -> Option<u64> {
    let mut groups = typed.split(',');
    let first = groups.next()?;
    let rest: Vec<_> = groups.collect();
    let well = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    if well { digits(&typed.replace(',', "")).filter(|_| !first.is_empty()) } else { None }
}

fn digits(typed: &str) -> Option<u64> {
    let only_digits = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    if only_digits { typed.parse().ok() } else { None }
}

/// Writes a telephone number of the United States as `(562) 555-0142`, with its extension as ` x12`; any other stays as typed.
pub(super) fn phone(typed: &str) -> Option<String> {
    if !is_phone(typed) {
        return None;
    }
    let (number, extension) =
        typed.split_once('x').map_or((typed, None), |(number, extension)| (number, Some(extension)));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let national = if digits.len() == 11 { digits.strip_prefix('1')? } else { digits.as_str() };
    // A number that begins with + and has ten digits belongs to another country.
    if national.len() != 10 || (number.starts_with('+') && digits.len() == 10) {
        return None;
    }
    let (area, exchange, line) = (national.get(..3)?, national.get(3..6)?, national.get(6..)?);
    let extension = extension.map(|extension| format!(" x{}", extension.trim())).unwrap_or_default();
    Some(format!("({area}) {exchange}-{line}{extension}"))
}

/// Writes the nine digits of a social security number as `AAA-GG-SSSS`, and the last four without space around them. Groups of
/// another length may be a slip, so they stay as typed.
pub(super) fn ssn(typed: &str) -> Option<String> {
    let groups: Vec<_> = typed.split(['-', ' ']).collect();
    let lengths: Vec<_> = groups.iter().map(|group| group.len()).collect();
    let bare = groups.concat();
    if !bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match lengths.as_slice() {
        [9] | [3, 2, 4] => Some(format!("{}-{}-{}", bare.get(..3)?, bare.get(3..5)?, bare.get(5..)?)),
        [4] => Some(bare),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_become_cents() {
        for (typed, expected) in [
            ("25", Some(2_500)),
            ("25.5", Some(2_550)),
            ("25.", Some(2_500)),
            (".5", Some(50)),
            ("0.05", Some(5)),
            ("$1,250.00", Some(125_000)),
            ("$ 1250", Some(125_000)),
            ("1,000,000", Some(100_000_000)),
            ("90071992547409.91", Some(INTEGER_MAX)),
            ("90071992547409.92", None),
            ("18446744073709551616", None),
            ("25.505", None),
            ("1,25", None),
            ("1250,000", None),
            (",250", None),
            ("1,,250", None),
            ("-5", None),
            ("+5", None),
            ("5 dollars", None),
            ("$", None),
            (".", None),
            ("1.2.3", None),
            ("٣", None),
            ("1e3", None),
        ] {
            assert_eq!(cents(typed), expected, "{typed:?}");
        }
        assert_eq!(count("1,200"), Some(1_200));
        assert_eq!(count("9007199254740992"), None);
        assert_eq!(count("2.0"), None);
    }

    #[test]
    fn phones_of_the_united_states_are_written_alike() {
        for typed in ["5625550142", "562-555-0142", "(562) 555-0142", "1 562 555 0142", "+1 562.555.0142"] {
            assert_eq!(phone(typed).as_deref(), Some("(562) 555-0142"), "{typed:?}");
        }
        assert_eq!(phone("562 555 0142x12").as_deref(), Some("(562) 555-0142 x12"));
        for typed in ["+44 20 7946 0018", "+4420794600", "555-0142", "call", "2 562 555 0142", ""] {
            assert_eq!(phone(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn ssns_are_written_in_three_groups() {
        for typed in ["219099999", "219-09-9999", "219 09 9999"] {
            assert_eq!(ssn(typed).as_deref(), Some("219-09-9999"), "{typed:?}");
        }
        assert_eq!(ssn("4417").as_deref(), Some("4417"));
        for typed in ["2190-99-999", "21909999", "219-09-99990", "none", "219--099999", "２１９099999", ""] {
            assert_eq!(ssn(typed), None, "{typed:?}");
        }
    }
}
