//! `COMMANDS` is the list of what is registered: nothing less, nothing more.

use std::path::Path;

use satchel_app::COMMANDS;
use tauri::test::{mock_context, noop_assets};

use crate::window::{OWN_PAGE, ask, open, start};

/// Without an access list every registered command is reached, so what is left to hinder is that there is none.
#[test]
fn every_command_of_the_list_is_registered() {
    let app = start(mock_context(noop_assets())).unwrap();
    let window = open(&app, "main").unwrap();
    let unknown = |command: &str| ask(&window, command, OWN_PAGE).is_err_and(|error| error.contains("not found"));
    assert!(unknown("no_such_command"));
    let missing: Vec<_> = COMMANDS.iter().copied().filter(|command| unknown(command)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// Tauri cannot say what is registered, so this reads the one list that `register` hands to it.
#[test]
fn no_other_command_is_registered() {
    let source = std::fs::read_to_string(source().join("lib.rs")).unwrap();
    let calls: Vec<_> = source.match_indices("generate_handler!").collect();
    assert_eq!(calls.len(), 1, "one list only");
    assert_eq!(source.matches("invoke_handler").count(), 1, "one handler only");
    let (_, list) = source.split_once("generate_handler![").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    let registered: Vec<_> =
        list.split(',').filter_map(|path| path.trim().rsplit("::").next()).filter(|name| !name.is_empty()).collect();
    assert_eq!(registered, COMMANDS);
}

/// A function that is marked as a command and is not in the list would be one that someone forgot.
#[test]
fn every_function_marked_as_a_command_is_in_the_list() {
    let mut marked = Vec::new();
    for file in rust_files(&source()).unwrap() {
        let text = std::fs::read_to_string(&file).unwrap();
        for (_, after) in text.match_indices("#[tauri::command").map(|(at, mark)| text.split_at(at + mark.len())) {
            let (_, name) = after.split_once("fn ").unwrap();
            marked.push(name.split(['(', '<']).next().unwrap().to_owned());
        }
    }
    marked.sort();
    let mut listed = COMMANDS.to_vec();
    listed.sort_unstable();
    assert_eq!(marked, listed);
}

fn source() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri").join("src")
}

fn rust_files(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}
