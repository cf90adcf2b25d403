//! Bodies as Stripe takes them: `application/x-www-form-urlencoded` with brackets for members and items.

use std::collections::BTreeMap;

use url::form_urlencoded;

use super::session::Line;

/// The parameters of a request, each under its whole name.
pub(super) type Parameters = BTreeMap<String, String>;

/// The most lines of a session.
const LINES_MAX: usize = 100;
/// The longest value of metadata.
const METADATA_CHARS_MAX: usize = 500;
/// Names that are taken, besides lines and metadata. Stripe refuses one that it does not know, so a wrong name shows here.
const KNOWN: &[&str] = &[
    "mode",
    "automatic_tax[enabled]",
    "client_reference_id",
    "success_url",
    "cancel_url",
    "expires_at",
    "payment_intent_data[description]",
    "invoice_creation[enabled]",
    "invoice_creation[invoice_data][custom_fields][0][name]",
    "invoice_creation[invoice_data][custom_fields][0][value]",
];
const METADATA: &[&str] = &["metadata", "payment_intent_data[metadata]"];

/// Reads a body. Nothing: a name stands twice.
pub(super) fn read(body: &[u8]) -> Option<Parameters> {
    let mut parameters = Parameters::new();
    for (name, value) in form_urlencoded::parse(body) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(parameters)
}

/// Returns the first name that a request to make a session may not have.
pub(super) fn unknown(parameters: &Parameters) -> Option<&str> {
    let known = |name: &str| {
        KNOWN.contains(&name) || name.starts_with("line_items[") || METADATA.iter().any(|of| member(name, of).is_some())
    };
    parameters.keys().map(String::as_str).find(|name| !known(name))
}

/// Returns `x` of `of[x]`.
fn member<'name>(name: &'name str, of: &str) -> Option<&'name str> {
    name.strip_prefix(of)?.strip_prefix('[')?.strip_suffix(']')
}

/// Returns the metadata of a session. Nothing: a value is too long.
pub(super) fn metadata(parameters: &Parameters) -> Option<BTreeMap<String, String>> {
    let own = parameters.iter().filter_map(|(name, value)| Some((member(name, "metadata")?, value)));
    let own: BTreeMap<String, String> = own.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    own.values().all(|value| value.chars().count() <= METADATA_CHARS_MAX).then_some(own)
}

/// Returns the lines of a session, or the name of the parameter that is wrong.
pub(super) fn lines(parameters: &Parameters) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    let mut used = 0;
    for number in 0..=LINES_MAX {
        let name = |rest: &str| format!("line_items[{number}]{rest}");
        let value = |rest: &str| parameters.get(&name(rest));
        let Some(unit) = value("[price_data][unit_amount]") else { break };
        if number == LINES_MAX {
            return Err("line_items".to_owned());
        }
        let numbered = |rest: &str, text: Option<&String>| {
            text.and_then(|text| text.parse::<u64>().ok()).ok_or_else(|| name(rest))
        };
        if value("[price_data][currency]").map(String::as_str) != Some("usd") {
            return Err(name("[price_data][currency]"));
        }
        let product = value("[price_data][product_data][name]").filter(|name| !name.is_empty());
        let description = value("[price_data][product_data][description]").cloned();
        used += 4 + usize::from(description.is_some());
        lines.push(Line {
            name: product.ok_or_else(|| name("[price_data][product_data][name]"))?.clone(),
            description,
            quantity: numbered("[quantity]", value("[quantity]"))?,
            unit: numbered("[price_data][unit_amount]", Some(unit))?,
        });
    }
    let given = parameters.keys().filter(|name| name.starts_with("line_items[")).count();
    if lines.is_empty() || used != given { Err("line_items".to_owned()) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=A%20%26+B\
        &line_items[0][price_data][unit_amount]=250&line_items[0][quantity]=2";

    #[test]
    fn lines_read_as_they_are_written() {
        let parameters = read(LINE.as_bytes()).expect("read");
        let line = Line { name: "A & B".to_owned(), description: None, quantity: 2, unit: 250 };
        assert_eq!(lines(&parameters), Ok(vec![line]));
        assert_eq!(unknown(&parameters), None);
    }

    #[test]
    fn what_stripe_would_refuse_is_refused() {
        for (more, less) in [
            ("&line_items[0][surprise]=1", ""),
            ("&line_items[2][quantity]=1", ""),
            ("", "=usd"),
            ("", "=250"),
            ("", "line_items[0][quantity]=2"),
        ] {
            let text = format!("{}{more}", if less.is_empty() { LINE.to_owned() } else { LINE.replace(less, "") });
            assert!(lines(&read(text.as_bytes()).expect("read")).is_err(), "{text}");
        }
        assert!(read(b"a=1&a=2").is_none());
        assert_eq!(unknown(&read(b"mode=payment&moode=1").expect("read")), Some("moode"));
        assert_eq!(unknown(&read(b"metadata[order]=1&payment_intent_data[metadata][order]=1").expect("read")), None);
    }

    #[test]
    fn metadata_stops_at_the_limit() {
        let of_length = |length: usize| {
            let text = format!("metadata[a]={}", "x".repeat(length));
            metadata(&read(text.as_bytes()).expect("read")).is_some()
        };
        assert!(of_length(METADATA_CHARS_MAX) && !of_length(METADATA_CHARS_MAX + 1));
    }
}
