//! Opens Satchel.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Zeroes what is freed, also where a library forgot to: nothing that was decrypted outlives its use.
#[global_allocator]
static ZEROES: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    match satchel_app::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Satchel cannot open its window: {error:#}");
            ExitCode::FAILURE
        }
    }
}
