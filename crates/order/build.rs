//! Builds the catalogue in: the definitions that `catalogue/services.txt` names, and what they share.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=catalogue");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let mut services = String::new();
    for name in fs::read_to_string(folder.join("services.txt"))?.lines().filter(|line| !line.starts_with('#')) {
        add(&mut services, &folder.join(format!("{name}.toml")))?;
    }
    let mut shared = String::new();
    let mut files = fs::read_dir(folder.join("shared"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<PathBuf>, _>>()?;
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
        add(&mut shared, file)?;
    }
    let text = format!("const SERVICES: &[File<'_>] = &[{services}];\nconst SHARED: &[File<'_>] = &[{shared}];\n");
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script by a variable where to write")]
    let out = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    fs::write(Path::new(&out).join("catalogue.rs"), text)?;
    Ok(())
}

fn add(list: &mut String, file: &Path) -> Result<(), Box<dyn Error>> {
    let name = file.file_name().and_then(|name| name.to_str()).ok_or("a file of the catalogue has an odd name")?;
    let path = file.to_str().ok_or("the catalogue lies in a folder with an odd name")?;
    if !file.is_file() {
        return Err(format!("catalogue/services.txt names {name}, which is not there").into());
    }
    writeln!(list, "File {{ name: {name:?}, text: include_str!({path:?}) }},")?;
    Ok(())
}
