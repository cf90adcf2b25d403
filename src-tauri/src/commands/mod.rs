//! What the window may ask for: one file for each group of commands.

pub mod app_info;
pub mod painted;
