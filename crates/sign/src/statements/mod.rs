//! What each statement says, and what must hold between them.

pub(crate) mod bundle;
pub(crate) mod device_command;
pub(crate) mod log_entry;
pub(crate) mod manifest;
pub(crate) mod receipt;
pub(crate) mod roster;

/// Tells whether a text is printable and has 1 to `chars_max` characters.
fn is_label(text: &str, chars_max: usize) -> bool {
    !text.is_empty() && text.chars().count() <= chars_max && satchel_terms::is_printable(text)
}
