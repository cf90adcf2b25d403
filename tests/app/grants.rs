//! Each command has a permission of its own, and the main window is granted these and nothing else.

use std::path::{Path, PathBuf};

use satchel_app::COMMANDS;
use serde_json::{Value, json};

fn tauri_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri").join(name)
}

fn permission_of(command: &str) -> String {
    format!("allow-{}", command.replace('_', "-"))
}

fn file_names(folder: &Path) -> std::io::Result<Vec<String>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// The file is compared line by line: what is not one of the three expected lines is a permission of another kind.
#[test]
fn each_command_has_a_permission_of_its_own() {
    let folder = tauri_folder("permissions");
    assert_eq!(file_names(&folder).unwrap(), ["app.toml"]);
    let text = std::fs::read_to_string(folder.join("app.toml")).unwrap();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("description = "))
        .collect();
    let expected: Vec<_> = COMMANDS
        .iter()
        .flat_map(|command| {
            [
                "[[permission]]".to_owned(),
                format!("identifier = \"{}\"", permission_of(command)),
                format!("commands.allow = [\"{command}\"]"),
            ]
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn the_main_window_is_granted_exactly_the_commands() {
    let folder = tauri_folder("capabilities");
    assert_eq!(file_names(&folder).unwrap(), ["main.json"]);
    let text = std::fs::read_to_string(folder.join("main.json")).unwrap();
    let mut capability: Value = serde_json::from_str(&text).unwrap();
    assert!(capability["description"].take().is_string());
    let permissions: Vec<_> = COMMANDS.iter().map(|command| permission_of(command)).collect();
    // Whole, so that a remote origin, another window, a web view or a platform cannot be added unseen.
    assert_eq!(
        capability,
        json!({"identifier": "main", "description": null, "windows": ["main"], "permissions": permissions})
    );
}
