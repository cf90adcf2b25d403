//! `cargo xtask run`: from a fresh machine to the open window, with a provider beside it.

use std::path::PathBuf;
use std::process::{Child, Command};

use anyhow::Context as _;
use clap::Args;

use crate::command::{cargo, must, target_folder};
use crate::packages::{self, Consent};
use crate::ui;

/// The folder of a practice build, as Tauri names it on Linux.
const OWN_FOLDER: &str = "org.example.satchel.practice";

/// Builds Satchel in practice mode and opens it, with a provider on loopback beside it.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    consent: Consent,
    /// Build as it is released: slower to build, faster to use.
    #[arg(long)]
    release: bool,
}

impl Run {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        packages::ensure(&[packages::FOR_RUN], self.consent)?;
        println!("Building the user interface.");
        ui::build()?;
        println!("Building Satchel in practice mode and its provider; the first build takes some minutes.");
        let mut build = cargo();
        build.args(["build", "--package", "satchel", "--package", "satchel-practice", "--bins"]);
        build.args(["--features", "satchel/practice"]);
        if self.release {
            build.arg("--release");
        }
        must(&mut build)?;
        let built = target_folder()?.join(if self.release { "release" } else { "debug" });
        let folder = provider_folder()?;
        println!("Starting a provider on this computer; what it keeps lies in {}.", folder.display());
        let _provider = Provider::start(&built.join("satchel-practice"), &folder)?;
        println!("Opening Satchel.");
        must(&mut window(&built.join("satchel")))
    }
}

/// A provider that ends with this task.
struct Provider(Child);

impl Provider {
    fn start(program: &std::path::Path, folder: &std::path::Path) -> anyhow::Result<Self> {
        let mut serve = Command::new(program);
        serve.arg("serve").arg("--folder").arg(folder);
        Ok(Self(serve.spawn().with_context(|| format!("cannot start {}", program.display()))?))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // One that ended by itself needs no ending.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Returns where the provider keeps what it has: in the folder of the practice build, which finds it there.
#[expect(clippy::disallowed_methods, reason = "the folders of whoever runs this task")]
fn provider_folder() -> anyhow::Result<PathBuf> {
    let data = match std::env::var_os("XDG_DATA_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".local/share"),
    };
    Ok(data.join(OWN_FOLDER).join("provider"))
}

/// Starts building the call that opens the window. Where nobody is signed in to a desktop there is no session bus, and so no
/// keyring: then Satchel gets both of its own.
#[expect(clippy::disallowed_methods, reason = "whether there is a session bus is what the environment says")]
fn window(app: &std::path::Path) -> Command {
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() {
        return Command::new(app);
    }
    println!("There is no session bus, so Satchel gets one of its own, with a keyring whose password is `practice`.");
    let script = "printf practice | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$0\"";
    let mut bus = Command::new("dbus-run-session");
    bus.args(["--", "sh", "-c", script]).arg(app);
    bus
}
