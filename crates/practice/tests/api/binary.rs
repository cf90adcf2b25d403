//! The program itself.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::Desk;

fn serve(folder: &Path, more: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_satchel-practice"));
    command.arg("serve").arg("--folder").arg(folder).args(more);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// Ends a process that a failed test leaves.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _gone = self.0.kill().is_ok() && self.0.wait().is_ok();
    }
}

#[test]
fn it_says_when_it_answers_and_stops_in_order_on_a_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut port = None;
    for signal in ["-TERM", "-INT"] {
        let mut child = Ended(serve(folder.path(), &[]));
        let mut line = String::new();
        let stdout = child.0.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let pins = Desk::pins(folder.path());
        assert!(line.contains(&format!("{}.", pins.server)), "{line}");
        assert_eq!(*port.get_or_insert(pins.server.clone()), pins.server, "the port of last time");
        let pid = child.0.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill runs").success());
        assert!(child.0.wait().expect("it ends").success(), "{signal}");
    }
}

#[test]
fn there_is_no_other_address_to_choose() {
    let folder = tempfile::tempdir().expect("a folder");
    for more in [["--address", "0.0.0.0"], ["--host", "0.0.0.0"], ["--port", "0.0.0.0:80"]] {
        let mut child = Ended(serve(&folder.path().join("new"), &more));
        assert_eq!(child.0.wait().expect("it ends").code(), Some(2), "{more:?}");
    }
    assert!(!folder.path().join("new").exists());
}
