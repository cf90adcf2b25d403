//! Regions on their way: read by the caller, worked on by two threads, one behind the other, and taken by the caller again in their
//! order. So one core encrypts while another hashes, and a handful of regions is all that is in memory.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, scope};

use zeroize::Zeroizing;

/// The most regions in memory: one with each thread, and one on each of its sides.
const REGIONS_MAX: usize = 4;

/// A region with its number, from 0, in a buffer that is used again.
pub(crate) struct Region {
    pub(crate) number: u64,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// What is done with each region. The caller's thread does `read` and `take`, which may touch disks and whoever watches.
pub(crate) struct Lanes<R, F, S, T> {
    /// Fills a region; false: there is none any more.
    pub(crate) read: R,
    /// The first thread's work.
    pub(crate) first: F,
    /// The second thread's work, in the order of the regions.
    pub(crate) second: S,
    /// Takes what became of it, in the order of the regions.
    pub(crate) take: T,
}

/// Runs until all regions are through, or something fails; then nothing more is begun. A buffer has room for so many bytes, or it
/// would be copied to a larger one and left behind unerased.
///
/// # Errors
/// The first error of the four, or that of a system that gives no threads.
pub(crate) fn run<E, R, F, S, T>(
    capacity: usize,
    no_thread: impl Fn(io::Error) -> E,
    lanes: Lanes<R, F, S, T>,
) -> Result<(), E>
where
    E: Send,
    R: FnMut(&mut Region) -> Result<bool, E>,
    F: FnMut(&mut Region) -> Result<(), E> + Send,
    S: FnMut(&mut Region) -> Result<(), E> + Send,
    T: FnMut(&Region) -> Result<(), E>,
{
    let Lanes { mut read, first, second, mut take } = lanes;
    scope(|scope| {
        let (to_first, at_first) = sync_channel(REGIONS_MAX);
        let (to_second, at_second) = sync_channel(REGIONS_MAX);
        let (to_caller, at_caller) = sync_channel(REGIONS_MAX);
        Builder::new().spawn_scoped(scope, move || work(&at_first, first, &to_second)).map_err(&no_thread)?;
        Builder::new().spawn_scoped(scope, move || work(&at_second, second, &to_caller)).map_err(&no_thread)?;
        // A buffer is made when it is needed: a small blob takes one.
        let (mut spare, mut made, mut on_their_way) = (Vec::new(), 0, 0);
        let mut number = 0;
        let mut is_read = false;
        loop {
            let buffer = spare.pop().or_else(|| {
                made += 1;
                (made <= REGIONS_MAX).then(|| Zeroizing::new(Vec::with_capacity(capacity)))
            });
            match buffer.filter(|_| !is_read) {
                Some(bytes) => {
                    let mut region = Region { number, bytes };
                    if read(&mut region)? {
                        number += 1;
                        on_their_way += 1;
                        // A thread that ended did so by an error, which comes out at the other end.
                        to_first.send(Ok(region)).ok();
                    } else {
                        is_read = true;
                    }
                }
                None if on_their_way == 0 => return Ok(()),
                None => {
                    let ended = || io::Error::other("a thread ended early");
                    let region: Region = at_caller.recv().map_err(|_| no_thread(ended()))??;
                    on_their_way -= 1;
                    take(&region)?;
                    spare.push(region.bytes);
                }
            }
        }
    })
}

/// Works on what comes and hands it on, until there is nothing more. An error is handed on, and ends it.
fn work<E>(
    coming: &Receiver<Result<Region, E>>,
    mut work: impl FnMut(&mut Region) -> Result<(), E>,
    going: &SyncSender<Result<Region, E>>,
) {
    for region in coming {
        let done = region.and_then(|mut region| work(&mut region).map(|()| region));
        let is_over = done.is_err();
        if going.send(done).is_err() || is_over {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(count: u64) -> impl FnMut(&mut Region) -> io::Result<bool> {
        move |region| {
            region.bytes.clear();
            region.bytes.push(u8::try_from(region.number).map_err(io::Error::other)?);
            Ok(region.number < count)
        }
    }

    #[test]
    fn regions_come_through_in_their_order_however_many_there_are() {
        for count in [0, 1, 2, 4, 5, 100] {
            let mut taken = Vec::new();
            let add = |region: &mut Region| {
                region.bytes.push(7);
                Ok(())
            };
            let take = |region: &Region| {
                taken.push((region.number, region.bytes.to_vec()));
                Ok(())
            };
            run(8, io::Error::other, Lanes { read: read(count), first: add, second: add, take }).expect("runs");
            let expected: Vec<_> = (0..count).map(|n| (n, vec![u8::try_from(n).expect("small"), 7, 7])).collect();
            assert_eq!(taken, expected);
        }
    }

    #[test]
    fn an_error_anywhere_ends_it_and_is_told() {
        const KINDS: [&str; 4] = ["read", "first", "second", "take"];
        for (place, at) in (0..KINDS.len()).flat_map(|place| [0, 3, 9].map(|at| (place, at))) {
            let step = |own: usize| {
                move |number: u64| {
                    let fails = own == place && number == at;
                    if fails { Err(io::Error::other(KINDS[own])) } else { Ok(()) }
                }
            };
            let (mut fill, reads) = (read(10), step(0));
            let read = |region: &mut Region| reads(region.number).and_then(|()| fill(region));
            let (works, works_on, takes) = (step(1), step(2), step(3));
            let mut taken = 0;
            let take = |region: &Region| {
                taken += 1;
                takes(region.number)
            };
            let (first, second) =
                (|region: &mut Region| works(region.number), |region: &mut Region| works_on(region.number));
            let ran = run(8, io::Error::other, Lanes { read, first, second, take });
            assert_eq!(ran.expect_err("it fails").to_string(), KINDS[place], "at region {at}");
            assert!(taken <= at + 1, "{taken} were taken, though region {at} failed");
        }
    }
}
