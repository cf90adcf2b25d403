//! The firm's audit: who opened which order, when and why. A line is there before the order is opened.

use jiff::{Timestamp as Instant, tz::Offset};
use satchel_cloud::{AppendError, BlobAddress, CloudError, NameError};
use satchel_terms::{OrderId, Timestamp, V1, is_printable, write};
use serde::{Deserialize, Serialize};

use crate::desk::Desk;

/// The most characters of a reason.
const REASON_CHARS_MAX: usize = 500;
/// How often a line is tried that others write beside.
const ATTEMPTS_MAX: u32 = 64;

/// Why an order is opened: 1 to 500 printable characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

/// Says that a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason has 1 to {REASON_CHARS_MAX} printable characters on one line")]
pub struct ReasonError;

impl TryFrom<String> for Reason {
    type Error = ReasonError;

    fn try_from(text: String) -> Result<Self, ReasonError> {
        let sized = (1..=REASON_CHARS_MAX).contains(&text.chars().count()) && !text.trim().is_empty();
        if sized && is_printable(&text) { Ok(Self(text)) } else { Err(ReasonError) }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        reason.0
    }
}

/// Says why nothing was opened: the opening could not be written down.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store failed.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// Others wrote all the time.
    #[error("others write the audit all the time; try again")]
    Busy,
    /// The clock tells no date.
    #[error("the clock tells a time beyond the calendar")]
    Date,
    /// A path or a line cannot be written; none of ours is like that.
    #[error("the line cannot be written")]
    Line,
}

impl From<NameError> for AuditError {
    fn from(_: NameError) -> Self {
        Self::Line
    }
}

#[derive(Serialize)]
struct Line<'a> {
    version: V1,
    at: Timestamp,
    who: &'a str,
    order: OrderId,
    reason: &'a Reason,
}

/// Writes down that an order is about to be opened.
pub(crate) async fn note(desk: &Desk, order: OrderId, reason: &Reason) -> Result<(), AuditError> {
    let at = desk.clock.now();
    let line = Line { version: V1, at, who: &desk.who, order, reason };
    let mut line = write(&line).map_err(|_| AuditError::Line)?;
    line.push(b'\n');
    let day = day(at).ok_or(AuditError::Date)?;
    let mut file = 1;
    for _ in 0..ATTEMPTS_MAX {
        let blob = BlobAddress::new(desk.firm.live().clone(), format!("audit/{day}/{file}").parse()?);
        let end = desk.blobs.properties(&blob).await?.map_or(0, |properties| properties.length);
        match desk.blobs.append(&blob, line.clone(), end).await {
            Ok(_) => return Ok(()),
            Err(AppendError::Moved) => {}
            Err(AppendError::Full) => file += 1,
            Err(AppendError::Cloud(error)) => return Err(error.into()),
        }
    }
    Err(AuditError::Busy)
}

/// Returns the day in UTC, `2026-11-25`.
fn day(at: Timestamp) -> Option<String> {
    let instant = Instant::from_second(i64::try_from(at.seconds()).ok()?).ok()?;
    Some(Offset::UTC.to_datetime(instant).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_that_says_something() {
        let reason = |text: &str| Reason::try_from(text.to_owned());
        assert!(reason("to work the order").is_ok() && reason(&"a".repeat(REASON_CHARS_MAX)).is_ok());
        for text in ["", "  ", "two\nlines", "a\u{202E}b", &"a".repeat(REASON_CHARS_MAX + 1)] {
            assert_eq!(reason(text), Err(ReasonError), "{text}");
        }
    }

    #[test]
    fn a_day_is_written_as_a_date() {
        assert_eq!(day(Timestamp::EPOCH).as_deref(), Some("1970-01-01"));
        assert_eq!(day(Timestamp::try_from(1_795_600_000).expect("a time")).as_deref(), Some("2026-11-25"));
    }
}
