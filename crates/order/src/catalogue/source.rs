//! A definition as it lies in files: what several services have in common is written once and used by its name.

use std::borrow::Cow;

use super::{Definition, DefinitionError};

/// The most bytes of what services share, over all of its files.
const SHARED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A file of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its name, as errors say it.
    pub name: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// A definition that stands for itself: wherever its file says `use = "name"` on a line of its own, the text of `shared/name.toml`
/// stands instead. So a definition that is signed or pinned depends on no other file.
#[derive(Debug)]
pub struct Source<'a> {
    text: String,
    /// Of each line of the text, the file that it is from and its line there, from 1.
    lines: Vec<(Cow<'a, str>, usize)>,
}

impl<'a> Source<'a> {
    /// Puts a definition together. What is shared uses nothing else that is shared.
    ///
    /// # Errors
    /// [`DefinitionError`] where the definition uses what is not there.
    pub fn assemble(file: File<'a>, shared: &[File<'a>]) -> Result<Self, DefinitionError> {
        let refuse = |line, reason| DefinitionError { file: Some(file.name.to_owned()), line, reason };
        if shared.iter().map(|file| file.text.len()).sum::<usize>() > SHARED_BYTES_MAX {
            return Err(refuse(1, format!("what services share has more than {SHARED_BYTES_MAX} bytes")));
        }
        let mut source = Self { text: String::new(), lines: Vec::new() };
        for (line, text) in (1..).zip(file.text.lines()) {
            let Some(name) = used(text) else {
                source.add(Cow::Borrowed(file.name), line, text);
                continue;
            };
            let found = shared.iter().find(|file| file.name.strip_suffix(".toml") == Some(name));
            let found = found.ok_or_else(|| refuse(line, format!("there is no shared/{name}.toml to use")))?;
            let path = format!("shared/{}", found.name);
            for (line, text) in (1..).zip(found.text.lines()) {
                source.add(Cow::Owned(path.clone()), line, text);
            }
        }
        Ok(source)
    }

    /// Returns the whole text, which [`Definition::read`] takes as it is.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads the definition.
    ///
    /// # Errors
    /// [`DefinitionError`] names the file, the line in it and the reason.
    pub fn read(&self) -> Result<Definition, DefinitionError> {
        Definition::read(&self.text).map_err(|error| {
            let place = self.lines.get(error.line.saturating_sub(1)).or(self.lines.last());
            let (file, line) = place.map_or((None, error.line), |(file, line)| (Some(file.to_string()), *line));
            DefinitionError { file, line, reason: error.reason }
        })
    }

    fn add(&mut self, file: Cow<'a, str>, line: usize, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push((file, line));
    }
}

/// Returns the name that a line uses, if that is all that it does.
fn used(line: &str) -> Option<&str> {
    let name = line.trim().strip_prefix("use")?.trim_start().strip_prefix('=')?.trim();
    name.strip_prefix('"')?.strip_suffix('"')
}
