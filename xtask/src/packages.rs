//! System packages of Debian and Ubuntu: which are missing, what for, and their installation after a yes.

use std::io::{IsTerminal as _, Write as _};
use std::process::Command;

use anyhow::{Context as _, bail};
use clap::Args;

use crate::command::must;

/// A system package and what Satchel needs it for.
#[derive(Debug)]
pub(crate) struct Package {
    name: &'static str,
    purpose: &'static str,
}

const fn package(name: &'static str, purpose: &'static str) -> Package {
    Package { name, purpose }
}

/// What building and opening the window needs.
pub(crate) const FOR_RUN: &[Package] = &[
    package("build-essential", "linker and C compiler for crates that build C"),
    package("pkg-config", "finds the system libraries"),
    package("libwebkit2gtk-4.1-dev", "the web view that draws the window"),
    package("fonts-dejavu-core", "a fallback font for names in other scripts"),
    package("gnome-keyring", "keeps the vault's key, where the desktop has no keyring of its own"),
    package("dbus-daemon", "a session bus, where nobody is signed in to a desktop"),
];

/// What the checks need on top of [`FOR_RUN`].
pub(crate) const FOR_TEST: &[Package] = &[
    package("webkit2gtk-driver", "WebDriver for the real window"),
    package("xvfb", "a screen for the real window where there is none"),
    package("xauth", "access to that screen"),
    package("dbus-bin", "asks that bus who is on it"),
    package("xdotool", "types into the desktop's own dialog for files"),
    package("chromium", "a browser for the payment page"),
    package("chromium-driver", "WebDriver for that browser"),
    package("openssl", "certificates for storage on loopback"),
    package("python3-venv", "an environment for the official storage SDK"),
];

/// What the measurements need.
pub(crate) const FOR_BENCH: &[Package] = &[
    package("age", "the program that sealing is measured beside"),
    package("time", "tells what a program took"),
    package("openssl", "a key to seal to"),
    package("build-essential", "builds the program that the vault is measured beside"),
    package("perl", "is needed for that as well"),
];

/// How the user answered before the question was asked.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Consent {
    /// Install missing system packages without asking.
    #[arg(long)]
    yes: bool,
}

/// Makes sure that the packages are there; asks before it installs.
pub(crate) fn ensure(groups: &[&[Package]], consent: Consent) -> anyhow::Result<()> {
    let wanted = || groups.iter().copied().flatten();
    let Some(missing) = missing(wanted())? else {
        println!("This is neither Debian nor Ubuntu. Satchel needs the like of these packages:");
        list(wanted());
        return Ok(());
    };
    if missing.is_empty() {
        return Ok(());
    }
    println!("Satchel needs system packages that are not installed:");
    list(missing.iter().copied());
    if !consent.yes && !asked()? {
        bail!("nothing was installed; install the packages above, or run the same command with --yes");
    }
    install(&missing)
}

/// Returns the packages that are not installed, or nothing where there is no dpkg to ask.
fn missing<'a>(wanted: impl Iterator<Item = &'a Package>) -> anyhow::Result<Option<Vec<&'a Package>>> {
    let mut missing = Vec::new();
    for package in wanted {
        let query =
            Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package.name]).output();
        match query {
            Ok(output) if output.stdout == b"installed" => {}
            Ok(_) => missing.push(package),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("cannot ask dpkg-query which packages are installed"),
        }
    }
    Ok(Some(missing))
}

fn list<'a>(packages: impl Iterator<Item = &'a Package>) {
    for package in packages {
        println!("  {:<24} {}", package.name, package.purpose);
    }
}

fn asked() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("Install them now with apt-get? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn install(packages: &[&Package]) -> anyhow::Result<()> {
    println!("Installing them with apt-get.");
    must(apt_get()?.arg("update").arg("--quiet"))?;
    let names = packages.iter().map(|package| package.name);
    must(apt_get()?.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(names))
}

/// Starts building a call of apt-get, through sudo unless this is root.
fn apt_get() -> anyhow::Result<Command> {
    let user = Command::new("id").arg("--user").output().context("cannot ask who runs this")?;
    let mut command = if user.stdout.trim_ascii() == b"0" {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    Ok(command)
}
