//! Reads definitions of services and says what is wrong in them: those that are built in, and the files that are named.
//! `cargo xtask catalogue check` runs it.

use std::fs::{self, File as Open};
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use satchel_order::catalogue::{Definition, DefinitionError, File, Source, service_files, shared_files};

/// The most bytes that are read of a file, which is more than a definition can have.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// The most files that services share.
const SHARED_FILES_MAX: usize = 1_000;

fn main() -> ExitCode {
    let mut is_right = true;
    let mut tell = |said: Result<String, String>| match said {
        Ok(line) => println!("{line}"),
        Err(line) => {
            eprintln!("{line}");
            is_right = false;
        }
    };
    for file in service_files() {
        tell(said(file.name, Source::assemble(*file, shared_files()).and_then(|source| source.read())));
    }
    for name in std::env::args().skip(1) {
        tell(checked(&name));
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn checked(name: &str) -> Result<String, String> {
    check(name).map_err(|error| format!("{name}: cannot be read: {error}")).and_then(|read| said(name, read))
}

/// Reads a definition with what lies in `shared` beside it; without such a folder, with what is built in.
fn check(name: &str) -> std::io::Result<Result<Definition, DefinitionError>> {
    let text = text(Path::new(name))?;
    let beside = Path::new(name).parent().unwrap_or(Path::new("")).join("shared");
    let mut texts = Vec::new();
    if beside.is_dir() {
        for entry in fs::read_dir(beside)?.take(SHARED_FILES_MAX) {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                texts.push((name, self::text(&path)?));
            }
        }
    }
    let beside: Vec<_> = texts.iter().map(|(name, text)| File { name, text }).collect();
    let shared = if beside.is_empty() { shared_files() } else { &beside };
    Ok(Source::assemble(File { name, text: &text }, shared).and_then(|source| source.read()))
}

fn text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    Open::open(path)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

/// Says what became of a file, as compilers do.
fn said(name: &str, read: Result<Definition, DefinitionError>) -> Result<String, String> {
    match read {
        Ok(definition) => {
            let (sections, prices) = (definition.sections.len(), definition.prices.len());
            let fields: usize = definition.sections.iter().map(|section| section.fields.len()).sum();
            Ok(format!("{name}: {}, {sections} sections, {fields} fields, {prices} prices", definition.name))
        }
        Err(DefinitionError { file, line, reason }) => {
            Err(format!("{}:{line}: {reason}", file.as_deref().unwrap_or(name)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fixture: &str) -> Result<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let name = folder.join(fixture).to_string_lossy().into_owned();
        let told = |line: String| line.replace(&format!("{}/", folder.to_string_lossy()), "");
        checked(&name).map(told).map_err(told)
    }

    #[test]
    fn a_right_file_is_counted_and_a_wrong_one_is_told_with_its_line() {
        assert_eq!(of("messenger.toml"), Ok("messenger.toml: Messenger, 2 sections, 3 fields, 1 prices".to_owned()));
        // It uses what is built in, since no folder `shared` lies beside it.
        assert_eq!(of("wrong.toml"), Err("wrong.toml:13: `fax` is no kind of field".to_owned()));
        let missing = of("missing.toml").expect_err("it is not there");
        assert!(missing.starts_with("missing.toml: cannot be read: "), "{missing}");
    }

    #[test]
    fn what_lies_beside_a_file_is_what_it_shares() {
        assert_eq!(of("beside/right.toml"), Ok("beside/right.toml: Right, 1 sections, 1 fields, 0 prices".to_owned()));
        let wrong = "shared/twice.toml:6: the id `name` is there already".to_owned();
        assert_eq!(of("beside/wrong.toml"), Err(wrong));
    }
}
