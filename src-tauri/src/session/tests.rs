//! The signals over a bus of their own. What sends them is a double of logind and of a screen saver.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use zbus::blocking::{Connection, connection};
use zbus::zvariant::{self, ObjectPath, OwnedObjectPath};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);
const OWN: &str = "/org/freedesktop/login1/session/_32";

struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address", "--address=unix:tmpdir=/tmp"]);
        let mut daemon = command.stdout(Stdio::piped()).spawn().expect("a bus can be started");
        let mut address = String::new();
        let said = daemon.stdout.take().expect("it says where it is");
        BufReader::new(said).read_line(&mut address).expect("it says where it is");
        Self { daemon, address: address.trim().to_owned() }
    }

    fn connect(&self) -> Connection {
        let address = self.address.as_str();
        connection::Builder::address(address).expect("an address").build().expect("the bus answers")
    }

    /// Hears one of the buses' listeners on a thread of its own, until this bus ends.
    fn hear(&self, hear: impl FnOnce(&Connection, Box<dyn Fn(Told) + Send>) + Send + 'static) -> Receiver<Told> {
        let (connection, (tells, told)) = (self.connect(), channel());
        thread::spawn(move || hear(&connection, Box::new(move |event| tells.send(event).unwrap_or_default())));
        told
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

/// A double of logind: it knows one session, and keeps its ends of what delays sleep.
struct Logind {
    delays: Arc<Mutex<Vec<UnixStream>>>,
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn get_session(&self, id: &str) -> OwnedObjectPath {
        assert_eq!(id, "auto");
        ObjectPath::from_static_str(OWN).expect("a path").into()
    }

    fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> zvariant::OwnedFd {
        assert_eq!((what, mode), ("sleep", "delay"));
        let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
        ours.set_read_timeout(Some(PATIENCE)).expect("it may wait");
        self.delays.lock().expect("nobody panicked").push(ours);
        OwnedFd::from(theirs).into()
    }
}

/// Emits until it was heard: whoever listens may have come later.
fn heard(told: &Receiver<Told>, emit: impl Fn()) -> Told {
    for _ in 0..200 {
        emit();
        if let Ok(event) = told.recv_timeout(PATIENCE / 200) {
            return event;
        }
    }
    panic!("nothing was heard");
}

#[test]
fn a_locked_screen_is_heard_and_nothing_else() {
    let bus = Bus::start();
    let told = bus.hear(|connection, told| drop(hear_screen(connection, told)));
    let double = bus.connect();
    let emit = |interface: &str, active: bool| {
        let path = "/org/freedesktop/ScreenSaver";
        double.emit_signal(None::<&str>, path, interface, "ActiveChanged", &(active,)).expect("it is sent");
    };
    for saver in SCREEN_SAVERS {
        assert_eq!(heard(&told, || emit(saver, true)), Told::Locks, "{saver}");
    }
    while told.recv_timeout(PATIENCE / 200).is_ok() {}
    emit("org.gnome.ScreenSaver", false);
    emit("org.example.Kettle", true);
    double.emit_signal(None::<&str>, "/x", "org.gnome.ScreenSaver", "ActiveChanged", &("true",)).expect("it is sent");
    assert!(told.recv_timeout(PATIENCE / 100).is_err());
    drop(bus);
    assert!(told.recv_timeout(PATIENCE).is_err(), "it ends with the bus");
}

#[test]
fn the_session_and_sleep_are_heard_and_sleep_waits() {
    let bus = Bus::start();
    let delays = Arc::<Mutex<Vec<UnixStream>>>::default();
    let logind = Logind { delays: Arc::clone(&delays) };
    let address = bus.address.as_str();
    let double = connection::Builder::address(address).and_then(|builder| builder.name(LOGIN));
    let double = double.and_then(|builder| builder.serve_at(MANAGER_PATH, logind));
    let double = double.and_then(connection::Builder::build).expect("the double is there");
    let told = bus.hear(|connection, told| drop(hear_computer(connection, told)));
    let lock = |path: &str| {
        double.emit_signal(None::<&str>, path, SESSION, "Lock", &()).expect("it is sent");
    };
    let sleep = |begins: bool| {
        double.emit_signal(None::<&str>, MANAGER_PATH, MANAGER, "PrepareForSleep", &(begins,)).expect("it is sent");
    };
    assert_eq!(heard(&told, || lock(OWN)), Told::Locks);
    while told.recv_timeout(PATIENCE / 200).is_ok() {}
    lock("/org/freedesktop/login1/session/_35");
    // Anybody may send a signal of that name; only logind is believed.
    let stranger = bus.connect();
    stranger.emit_signal(None::<&str>, OWN, SESSION, "Lock", &()).expect("it is sent");
    assert!(told.recv_timeout(PATIENCE / 100).is_err());

    sleep(true);
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Told::Sleeps));
    let mut first = delays.lock().expect("nobody panicked").remove(0);
    assert_eq!(first.read(&mut [0]).expect("it is let go"), 0, "the computer may sleep");
    sleep(false);
    for _ in 0..200 {
        if delays.lock().expect("nobody panicked").len() == 1 {
            break;
        }
        thread::park_timeout(PATIENCE / 200);
    }
    sleep(true);
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Told::Sleeps));
    let mut second = delays.lock().expect("nobody panicked").remove(0);
    assert_eq!(second.read(&mut [0]).expect("it is let go"), 0, "and the next time as well");
}
