//! Sealing and opening a file, beside `age`.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;

use crate::bench::{has_room, median};
use crate::command::{must, output};

/// How many copies of the file lie on the disk at once: the file, and for both programs what they sealed and opened.
const COPIES: u64 = 5;
/// What DESIGN.md asks for: so many times as fast as the peer.
const BAR: f64 = 1.5;

/// What one run of a program took.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    /// From its start until what it wrote is on the disk.
    wall_seconds: f64,
    /// On all cores together, in the program and in the system for it.
    cpu_seconds: f64,
    /// The most memory that it had at once.
    resident_kib: u64,
}

/// Measures both programs in turn, so often, in a folder, and prints the medians. Ours stand in `ours`.
pub(crate) fn measure(folder: &Path, ours: &Path, bytes: u64, rounds: u32) -> anyhow::Result<()> {
    has_room(folder, bytes.saturating_mul(COPIES))?;
    let files = Files::make(folder, bytes)?;
    let age = output(Command::new("age").arg("--version"))?;
    println!("\nSealing: a file of {bytes} random bytes, age {}", age.trim());
    let (seal, open, vault) = (ours.join("seal"), ours.join("open"), ours.join("bench_vault"));
    let ours = Program { seal: files.seal_by_us(&seal), open: files.open_by_us(&open), sealed: "ours.sealed" };
    let age = Program { seal: files.seal_by_age(), open: files.open_by_age(), sealed: "age.sealed" };
    let (mut sealing, mut opening) = (Pairs::default(), Pairs::default());
    let (mut copying, mut attaching) = (Vec::new(), Vec::new());
    output(&mut files.vault(&vault, &["fill", "vault", "1"]))?;
    for round in 1..=rounds {
        println!("round {round} of {rounds}");
        copying.push(files.run(&["cp", "in", "copied"], "copied")?);
        attaching.push(files.attach(&vault)?);
        for (program, sealed, opened) in
            [(&ours, &mut sealing.ours, &mut opening.ours), (&age, &mut sealing.peer, &mut opening.peer)]
        {
            sealed.push(files.run(&program.seal, program.sealed)?);
            opened.push(files.run(&program.open, "opened")?);
            files.compare()?;
        }
    }
    println!("\n| medians of {rounds} | Satchel | age | times as fast | bar |");
    println!("|---|---|---|---|---|");
    let attaching = Pairs { ours: attaching, peer: sealing.peer.clone() };
    print!("{}{}{}", attaching.wall_row("attaching"), sealing.rows("sealing"), opening.rows("opening"));
    println!("\nCopying the file with cp took {:.2} s.", median(copying.iter().map(|run| run.wall_seconds)));
    Ok(())
}

/// The command lines of a program.
struct Program {
    seal: Vec<String>,
    open: Vec<String>,
    sealed: &'static str,
}

/// The runs of both programs.
#[derive(Default)]
struct Pairs {
    ours: Vec<Run>,
    peer: Vec<Run>,
}

impl Pairs {
    /// Writes the medians as rows of a table.
    fn rows(&self, what: &str) -> String {
        let (cpu, peer_cpu) = self.of(|run| run.cpu_seconds);
        let (mib, peer_mib) = self.of(|run| f64::from(u32::try_from(run.resident_kib).unwrap_or(u32::MAX)) / 1024.0);
        format!(
            "{}| {what}, CPU seconds | {cpu:.2} | {peer_cpu:.2} | | |\n\
             | {what}, peak MiB | {mib:.1} | {peer_mib:.1} | | |\n",
            self.wall_row(what)
        )
    }

    fn wall_row(&self, what: &str) -> String {
        let (wall, peer_wall) = self.of(|run| run.wall_seconds);
        let ratio = peer_wall / wall;
        let reached = if ratio >= BAR { "reached" } else { "**not reached**" };
        format!("| {what}, seconds | {wall:.2} | {peer_wall:.2} | {ratio:.2} | {BAR:.1}: {reached} |\n")
    }

    /// Returns the medians of a part, ours and the peer's.
    fn of(&self, part: fn(&Run) -> f64) -> (f64, f64) {
        let of = |runs: &[Run]| median(runs.iter().map(part));
        (of(&self.ours), of(&self.peer))
    }
}

/// The files of the bench, in a folder of their own.
struct Files {
    folder: PathBuf,
    recipient: String,
}

impl Files {
    /// Makes a file that cannot be compressed, and keys for both programs.
    fn make(folder: &Path, bytes: u64) -> anyhow::Result<Self> {
        let mut random = File::open("/dev/urandom")?.take(bytes);
        let mut file = File::create(folder.join("in"))?;
        io::copy(&mut random, &mut file).context("cannot write the file that is sealed")?;
        file.sync_all()?;
        let own = |program: &str, args: &[&str]| must(Command::new(program).args(args).current_dir(folder));
        own(
            "openssl",
            &["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", "private.pem"],
        )
        .or_else(|_| own("openssl", &["genrsa", "-out", "private.pem", "3072"]))?;
        own("openssl", &["pkey", "-in", "private.pem", "-pubout", "-out", "public.pem"])?;
        own("age-keygen", &["-o", "age.key"])?;
        let recipient = output(Command::new("age-keygen").args(["-y", "age.key"]).current_dir(folder))?;
        Ok(Self { folder: folder.to_owned(), recipient: recipient.trim().to_owned() })
    }

    fn seal_by_us(&self, program: &Path) -> Vec<String> {
        words(&program.display().to_string(), &["in", "ours.sealed", "ours.json", "public.pem", "bench"])
    }

    fn open_by_us(&self, program: &Path) -> Vec<String> {
        words(&program.display().to_string(), &["ours.sealed", "ours.json", "opened", "private.pem"])
    }

    fn seal_by_age(&self) -> Vec<String> {
        words("age", &["-r", &self.recipient, "-o", "age.sealed", "in"])
    }

    fn open_by_age(&self) -> Vec<String> {
        words("age", &["-d", "-i", "age.key", "-o", "opened", "age.sealed"])
    }

    /// Runs a program that writes one file, until that is on the disk. The file that it reads is in memory before, and nothing
    /// of what others wrote is left to be written.
    fn run(&self, command: &[impl AsRef<str>], written: &str) -> anyhow::Result<Run> {
        let path = self.folder.join(written);
        fs::remove_file(&path)
            .or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
        must(&mut Command::new("sync"))?;
        io::copy(&mut File::open(self.folder.join("in"))?, &mut io::sink())?;
        let report = self.folder.join("time");
        let started = Instant::now();
        let mut timed = Command::new("/usr/bin/time");
        timed.current_dir(&self.folder).args(["-f", "%U %S %M", "-o"]).arg(&report);
        must(timed.args(command.iter().map(AsRef::as_ref)))?;
        File::open(&path)?.sync_all()?;
        let wall_seconds = started.elapsed().as_secs_f64();
        let (cpu_seconds, resident_kib) = read_time(&fs::read_to_string(&report)?)?;
        Ok(Run { wall_seconds, cpu_seconds, resident_kib })
    }

    /// Returns a call of the program that uses a vault.
    fn vault(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).args(arguments);
        command
    }

    /// Seals the file into a vault, by the code that the window calls. The program verifies what it sealed, and does not count that.
    fn attach(&self, vault: &Path) -> anyhow::Result<Run> {
        must(&mut Command::new("sync"))?;
        io::copy(&mut File::open(self.folder.join("in"))?, &mut io::sink())?;
        let told = output(&mut self.vault(vault, &["attach", "vault", "in"]))?;
        let told: serde_json::Value = serde_json::from_str(&told).context("the program told something else")?;
        let wall_seconds = told.get("seconds").and_then(serde_json::Value::as_f64).context("no seconds")?;
        Ok(Run { wall_seconds, cpu_seconds: f64::NAN, resident_kib: 0 })
    }

    /// Makes sure that what was opened is what was sealed: a fast program that writes something else wins nothing.
    fn compare(&self) -> anyhow::Result<()> {
        must(Command::new("cmp").args(["in", "opened"]).current_dir(&self.folder))
    }
}

fn words(program: &str, arguments: &[&str]) -> Vec<String> {
    std::iter::once(program).chain(arguments.iter().copied()).map(str::to_owned).collect()
}

/// Reads what `time -f "%U %S %M"` wrote: CPU seconds in all, and the most memory in KiB.
fn read_time(text: &str) -> anyhow::Result<(f64, u64)> {
    let mut parts = text.lines().last().unwrap_or_default().split_whitespace();
    let mut next = || parts.next().context("time wrote something else than three numbers");
    let (user, system, kib) = (next()?, next()?, next()?);
    Ok((user.parse::<f64>()? + system.parse::<f64>()?, kib.parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_time_writes_is_read() {
        assert_eq!(read_time("1.25 0.5 6188\n").ok(), Some((1.75, 6188)));
        // A program that failed is named in a line of its own before the numbers.
        assert_eq!(read_time("Command exited with non-zero status 1\n1 2 3\n").ok(), Some((3.0, 3)));
        for other in ["", "1.25 0.5", "a b c"] {
            assert!(read_time(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_ratio_says_how_many_times_as_fast_ours_is() {
        let run = |wall_seconds| Run { wall_seconds, cpu_seconds: 1.0, resident_kib: 2048 };
        let rows = |ours, peer| Pairs { ours: vec![run(ours)], peer: vec![run(peer)] }.rows("sealing");
        assert!(rows(1.0, 2.0).contains("| sealing, seconds | 1.00 | 2.00 | 2.00 | 1.5: reached |"));
        assert!(rows(2.0, 1.0).contains("| 0.50 | 1.5: **not reached** |"));
        assert!(rows(1.0, 1.0).contains("| sealing, peak MiB | 2.0 | 2.0 |"));
    }
}
