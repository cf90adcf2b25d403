//! When to strike: a moment that the dice choose, mostly in the middle of what the phase is about.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long a writer works before it is struck, at most.
const WORK_MS_MAX: u64 = 250;
/// How long a writer may take to its next line. Slow disks are slow.
const LINE_SECONDS_MAX: u64 = 60;
/// How long a piece of the phase is taken to last before one was seen.
const PIECE_GUESSED: Duration = Duration::from_millis(4);

/// Numbers that a seed repeats (`SplitMix64`).
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Throws a number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn part_of(&mut self, whole: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(whole.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// The lines that begin and end a piece of a phase.
pub(crate) fn marks(phase: &str) -> (&'static str, &'static str) {
    if phase == "steady" { ("will", "did") } else { ("in", "out") }
}

/// Tells whether a piece was begun and not ended.
pub(crate) fn is_inside(phase: &str, lines: &[String]) -> bool {
    let (begins, ends) = marks(phase);
    let mark = |line: &&String| line.split(' ').next().is_some_and(|word| word == begins || word == ends);
    lines.iter().rev().find(mark).is_some_and(|line| line.starts_with(begins))
}

/// Takes lines until the moment to strike. Fails where the writer ends by itself.
pub(crate) fn wait(phase: &str, lines: &Receiver<String>, dice: &mut Dice) -> Result<Vec<String>, Vec<String>> {
    let (kind, work) = (dice.below(10), Duration::from_millis(dice.below(WORK_MS_MAX)));
    let mut said = Vec::new();
    if kind == 0 {
        // While it starts, and opens the vault.
        return take_until(Instant::now() + work, lines, &mut said).map(|()| said);
    }
    let (begins, ends) = marks(phase);
    let mut piece = PIECE_GUESSED;
    let (mut begun, mut strikes_at) = (None, None);
    let mut works_until: Option<Instant> = None;
    loop {
        let patience = Instant::now() + Duration::from_secs(LINE_SECONDS_MAX);
        let until = strikes_at.unwrap_or(patience);
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                let now = Instant::now();
                let word = line.split(' ').next().unwrap_or_default();
                works_until = works_until.or((word == begins).then_some(now + work));
                if word == begins {
                    begun = Some(now);
                    if works_until.is_some_and(|until| until <= now) && strikes_at.is_none() {
                        strikes_at = Some(now + dice.part_of(piece));
                    }
                } else if word == ends {
                    piece = begun.take().map_or(piece, |begun| now - begun);
                    // It was quicker than the one before; the next one is struck.
                    strikes_at = None;
                }
                said.push(line);
            }
            Err(RecvTimeoutError::Timeout) if strikes_at.is_some() => return Ok(said),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Err(said),
        }
    }
}

fn take_until(end: Instant, lines: &Receiver<String>, said: &mut Vec<String>) -> Result<(), Vec<String>> {
    loop {
        match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => said.push(line),
            Err(RecvTimeoutError::Timeout) => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => return Err(std::mem::take(said)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split(';').map(str::to_owned).collect()
    }

    #[test]
    fn a_strike_is_inside_a_piece_that_was_begun_and_not_ended() {
        for (phase, said, inside) in [
            ("rotation", "in;out;in", true),
            ("rotation", "in;out", false),
            ("rotation", "vault vault;made", false),
            ("trash", "in;will 1 a b;did 1 a 1 b", true),
            ("steady", "will 1 a b", true),
            ("steady", "will 1 a b;did 1 a 1 b", false),
        ] {
            assert_eq!(is_inside(phase, &lines(said)), inside, "{phase}: {said}");
        }
    }

    #[test]
    fn a_writer_that_ends_by_itself_is_told() {
        for seed in 0..20 {
            let (say, heard) = channel();
            for line in ["vault vault", "made", "in", "out"] {
                say.send(line.to_owned()).expect("it is heard");
            }
            drop(say);
            let said = wait("rotation", &heard, &mut Dice(seed)).expect_err("it ended");
            assert_eq!(said, lines("vault vault;made;in;out"));
        }
    }
}
