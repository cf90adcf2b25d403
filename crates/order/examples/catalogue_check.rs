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
    for file in service_files() {
        is_right &= told(file.name, Source::assemble(*file, shared_files()).and_then(|source| source.read()));
    }
    for name in std::env::args().skip(1) {
        is_right &= match check(&name) {
            Ok(read) => told(&name, read),
            Err(error) => {
                eprintln!("{name}: cannot be read: {error}");
                false
            }
        };
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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

/// Prints what became of a file, as compilers do; tells whether it is right.
fn told(name: &str, read: Result<Definition, DefinitionError>) -> bool {
    match read {
        Ok(definition) => {
            let (sections, prices) = (definition.sections.len(), definition.prices.len());
            let fields: usize = definition.sections.iter().map(|section| section.fields.len()).sum();
            println!("{name}: {}, {sections} sections, {fields} fields, {prices} prices", definition.name);
            true
        }
        Err(DefinitionError { file, line, reason }) => {
            eprintln!("{}:{line}: {reason}", file.as_deref().unwrap_or(name));
            false
        }
    }
}
