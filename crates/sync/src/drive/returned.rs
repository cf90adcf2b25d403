//! A returned document on its way here, as it is sealed.

use bytes::Bytes;

use super::firm::Unanswered;
use super::remote::Answer;
use crate::plan::Why;

/// The bytes of a returned document as they come, never more than were asked for. What they are worth is said by the log entry
/// that lists the document, to whoever opens them.
#[derive(Debug)]
pub struct ReturnedBody {
    answer: Answer,
    left: u64,
}

impl ReturnedBody {
    /// Takes an answer whose head is there.
    pub(super) fn begin(answer: Answer, bytes_max: u64) -> Result<Self, Unanswered> {
        if answer.content_length().is_some_and(|length| length > bytes_max) {
            return Err(Unanswered::Later(Why::ServerFault));
        }
        Ok(Self { answer, left: bytes_max })
    }

    /// Waits for the next piece; nothing at the end.
    ///
    /// # Errors
    /// [`Unanswered`]: the connection broke or stood still, or more came than was asked for. The document is not whole then.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Unanswered> {
        let Some(piece) = self.answer.chunk().await? else { return Ok(None) };
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or(Unanswered::Later(Why::ServerFault))?;
        Ok(Some(piece))
    }
}
