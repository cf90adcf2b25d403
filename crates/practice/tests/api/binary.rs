//! The program itself.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use satchel_sign::LogEvent;

use crate::support::way_back::{fed, fetched, files, log};
use crate::support::{Desk, TestOrder};

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

/// Runs the operator's tool beside the provider, and returns whether it did what it was told, and what it says.
fn work(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_satchel-practice"));
    let output = command.arg("intake").arg("--folder").arg(folder).args(arguments).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("a text"))
}

#[tokio::test]
async fn what_the_operator_types_reaches_the_firm_at_once() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let order = TestOrder::seal(&desk, bundle).send(&desk).await;
    let id = order.order.to_string();
    let returned = desk.folder.path().with_extension("records.txt");
    std::fs::write(&returned, b"what came back").expect("written");
    let path = returned.to_str().expect("a text");
    for (number, arguments) in [
        (1, &["status", &id, "claimed"][..]),
        (2, &["message", &id, "--text", "Which clinic is it?"]),
        (3, &["return", &id, path]),
    ] {
        let (done, said) = work(desk.folder.path(), arguments);
        assert!(done && said.contains(&format!("Entry {number} of the order's log.")), "{said}");
        assert_eq!(fed(&desk, &order).await.last(), Some(&(number + 1)), "{said}");
    }
    let entries = log(&desk, bundle, &order).await;
    let LogEvent::Message { text } = &entries[1].statement().event else { panic!("{:?}", entries[1].statement()) };
    assert_eq!(text, "Which clinic is it?");
    assert_eq!(fetched(&desk, bundle, &order, &files(&entries[2])[0]).await, b"what came back");
    for (arguments, why) in [
        (&["message", &id, "--text", "<b>bold</b>"][..], "plain text"),
        (&["message", &id, "--text", " "], "says something"),
        (&["return", &id, "/nowhere/records.txt"], "/nowhere/records.txt was not returned"),
    ] {
        let (done, said) = work(desk.folder.path(), arguments);
        assert!(!done && said.contains("nothing was written to the log") && said.contains(why), "{said}");
    }
    let (done, said) = work(desk.folder.path(), &["status", &id, "claimed"]);
    assert!(!done && said.contains("says that already") && !said.contains("nothing was written"), "{said}");
    assert_eq!(log(&desk, bundle, &order).await.len(), 3);
    std::fs::remove_file(returned).expect("removed");
}
