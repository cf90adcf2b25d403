//! What this process holds in memory stays there, and not longer than it is used: no crash writes it to disk, no other program of the
//! same user reads it, and what is freed is overwritten.

use std::io;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) use glibc::overwrite_freed;

/// Switches core dumps off for this process and for the web view's, which inherit the limit. On Linux no other process of the same user
/// can then read the memory of this one, unless it may trace any process.
///
/// # Errors
/// Fails where the system takes neither; then Satchel must not hold anything.
#[cfg(unix)]
pub(crate) fn leave_no_dumps() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    // A limit of 0 keeps Linux from writing a file, and not from handing the memory to a program that collects crashes. One of a single
    // byte keeps it from both: it is what the kernel gives the collector itself, so that no crash is collected twice.
    let bytes = u64::from(cfg!(target_os = "linux"));
    setrlimit(Resource::Core, Rlimit { current: Some(bytes), maximum: Some(bytes) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Does nothing: Windows writes no dump unless its administrator asks for one (docs/VAULT.md).
#[cfg(not(unix))]
pub(crate) fn leave_no_dumps() -> io::Result<()> {
    Ok(())
}

/// Does nothing: what Rust frees is overwritten by the allocator of the program, and for the rest there is no switch.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn overwrite_freed() {}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::env;
    use std::ffi::{OsStr, OsString};
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use webkit2gtk::glib;

    /// Has WebKit allocate from glibc, whose allocator can overwrite, and not from a heap of its own.
    const SHARED_HEAP: (&str, &str) = ("Malloc", "1");
    const TUNABLES: &str = "GLIBC_TUNABLES";
    /// What is freed is filled with ones, and what is allocated with their opposite, zeros. What a thread keeps for itself to allocate
    /// anew would not be filled, so it keeps nothing.
    const OVERWRITES: &str = "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0";

    /// Has the libraries that this process is linked with overwrite what they free, as Satchel's own code does. Everything that the window
    /// sends and shows passes through them. glibc and WebKit are told before `main`, by variables only, so the program starts itself once
    /// more. What it starts in turn, such as the browser, gets none of them. Where that does not work, Satchel runs all the same.
    ///
    /// To be called before there is a second thread.
    pub(crate) fn overwrite_freed() {
        if variable(SHARED_HEAP.0).is_none() {
            start_again();
            return;
        }
        glib::unsetenv(SHARED_HEAP.0);
        match variable(TUNABLES).as_deref().and_then(without_ours) {
            Some(theirs) => drop(glib::setenv(TUNABLES, theirs, true)),
            None => glib::unsetenv(TUNABLES),
        }
    }

    /// Becomes the same program with the variables. Returns only where that failed.
    fn start_again() {
        let Ok(program) = env::current_exe() else { return };
        let mut arguments = env::args_os();
        let name = arguments.next().unwrap_or_else(|| program.clone().into_os_string());
        let mut tunables = variable(TUNABLES).filter(|theirs| !theirs.is_empty()).unwrap_or_default();
        if !tunables.is_empty() {
            tunables.push(":");
        }
        tunables.push(OVERWRITES);
        let mut again = Command::new(program);
        again.arg0(name).args(arguments).env(SHARED_HEAP.0, SHARED_HEAP.1).env(TUNABLES, tunables);
        drop(again.exec());
    }

    /// Returns the tunables that somebody else set; nothing where there are none.
    fn without_ours(tunables: &OsStr) -> Option<String> {
        let theirs = tunables.to_str()?.strip_suffix(OVERWRITES)?.trim_end_matches(':');
        (!theirs.is_empty()).then(|| theirs.to_owned())
    }

    #[expect(clippy::disallowed_methods, reason = "a switch of the allocator, not a setting of the app")]
    fn variable(name: &str) -> Option<OsString> {
        env::var_os(name)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_somebody_else_tuned_is_theirs_again() {
            for (tunables, theirs) in [
                (OVERWRITES.to_owned(), None),
                (format!("glibc.malloc.arena_max=1:{OVERWRITES}"), Some("glibc.malloc.arena_max=1")),
                (format!("a=1:b=2:{OVERWRITES}"), Some("a=1:b=2")),
            ] {
                assert_eq!(without_ours(OsStr::new(&tunables)).as_deref(), theirs);
            }
        }
    }
}
