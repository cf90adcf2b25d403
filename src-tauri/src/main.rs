//! Opens Satchel.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match satchel_app::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Satchel cannot open its window: {error}");
            ExitCode::FAILURE
        }
    }
}
