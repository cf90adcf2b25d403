//! What each statement says, and what must hold between them.

pub(crate) mod bundle;
pub(crate) mod log_entry;
pub(crate) mod manifest;
pub(crate) mod receipt;
pub(crate) mod roster;

/// Tells whether a text is 1 to `chars_max` characters without a control character.
fn is_printable(text: &str, chars_max: usize) -> bool {
    !text.is_empty() && text.chars().count() <= chars_max && !text.contains(char::is_control)
}
