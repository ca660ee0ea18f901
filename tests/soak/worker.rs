//! A thread that does one operation after the other, and what came of them.

use std::{
    panic::Location,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use rawos::Errno;

use crate::{events, files, mounts, processes, room::Room, sockets, terminals, trees};

/// A generator of numbers for tests (xorshift).
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

/// What each operation has.
pub struct Worker {
    pub number: usize,
    pub rng: Rng,
    /// A directory of its own, empty.
    pub dir: String,
    /// The tree that all read.
    pub tree: String,
    pub room: &'static Room,
}

/// An error of rawos, and where it came.
#[derive(Debug)]
pub struct Failed(pub Errno, pub &'static Location<'static>);

impl From<Errno> for Failed {
    #[track_caller]
    fn from(errno: Errno) -> Self {
        Self(errno, Location::caller())
    }
}

/// Wrong results are panics.
pub type Outcome = Result<(), Failed>;

type Operation = (&'static str, fn(&mut Worker) -> Outcome);

pub const OPERATIONS: [Operation; 31] = [
    ("spawn", processes::spawn),
    ("spawn, with file actions", processes::file_actions),
    ("spawn, in vain", processes::in_vain),
    ("spawn, with a pidfd", processes::pidfd),
    ("spawnve", processes::spawnve),
    ("fork, and a stream to it", processes::stream),
    ("fork, random numbers", processes::random),
    ("fork, lockf", processes::lockf),
    ("timerfd", events::timerfd),
    ("eventfd, epoll", events::epoll),
    ("poll", events::poll),
    ("inotify", events::inotify),
    ("signals", events::signals),
    ("random", events::random),
    ("openpty", terminals::openpty),
    ("posix_openpt", terminals::posix_openpt),
    ("forkpty", terminals::forkpty),
    ("sockets, with descriptors", sockets::rights),
    ("sockets, with names", sockets::named),
    ("listdir", trees::listdir),
    ("walk", trees::walk),
    ("fwalk", trees::fwalk),
    ("traverse", trees::traverse),
    ("remove_tree", trees::remove_tree),
    ("files", files::file),
    ("copy_file", files::copy_file),
    ("memfd", files::memfd),
    ("xattrs", files::xattrs),
    ("dup", files::dup),
    ("mount", mounts::mount),
    ("fsopen, fsmount", mounts::fsmount),
];

/// How often each operation ended with each error; 0 is success.
pub static TALLY: [[AtomicU64; 134]; OPERATIONS.len()] =
    [const { [const { AtomicU64::new(0) }; 134] }; OPERATIONS.len()];

impl Worker {
    /// A path in its directory.
    pub fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.dir)
    }

    /// Does one operation. Any error must be one of what is missing.
    pub fn run(&mut self, index: usize) {
        let (name, operation) = OPERATIONS[index];
        let errno = match operation(self) {
            Ok(()) => None,
            Err(Failed(errno, place)) => {
                let expected = self.room.may_fail_with(errno);
                assert!(expected, "{name}: {errno:?} at {place}, with {:?}", self.room.phase);
                Some(errno)
            }
        };
        if errno.is_some() || self.rng.below(16) == 0 {
            self.tidy();
        }
        let number = errno.map_or(0, |errno| errno.raw() as usize);
        TALLY[index][number].fetch_add(1, Relaxed);
    }

    /// Removes what a failed operation had made before.
    fn tidy(&self) {
        let _room = self.room.ease();
        for entry in std::fs::read_dir(&self.dir).unwrap() {
            let path = entry.unwrap().path();
            let is_dir = path.symlink_metadata().unwrap().is_dir();
            let removed =
                if is_dir { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
            removed.unwrap();
        }
    }
}
