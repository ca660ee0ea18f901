//! Who does what since when, and the end of a soak in which something hangs.

use std::{
    fs,
    sync::{
        OnceLock,
        atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{room::Room, worker::OPERATIONS};

pub const WORKERS: usize = 4;

/// A worker's thread, its operation, and the time it began at.
pub struct Now {
    pub thread: AtomicI32,
    operation: AtomicUsize,
    since: AtomicU64,
}

const IDLE: usize = usize::MAX;

pub static NOW: [Now; WORKERS] = [const {
    Now { thread: AtomicI32::new(0), operation: AtomicUsize::new(IDLE), since: AtomicU64::new(0) }
}; WORKERS];

static START: OnceLock<Instant> = OnceLock::new();

fn seconds() -> u64 {
    START.get_or_init(Instant::now).elapsed().as_secs()
}

impl Now {
    pub fn begins(&self, operation: usize) {
        self.since.store(seconds(), Relaxed);
        self.operation.store(operation, Relaxed);
    }

    pub fn ends(&self) {
        self.operation.store(IDLE, Relaxed);
    }
}

/// No operation takes so many seconds, even where a processor is emulated and
/// shared with others.
const LIMIT: u64 = 120;

/// Ends the process if an operation does not end, and says which.
pub fn watch(room: &'static Room) {
    seconds();
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let hangs = |now: &Now| {
                now.operation.load(Relaxed) != IDLE && seconds() - now.since.load(Relaxed) > LIMIT
            };
            if NOW.iter().any(hangs) {
                room.end();
                tell();
                std::process::exit(102);
            }
        }
    });
}

/// What every worker does, and where the kernel has it wait.
pub fn tell() {
    for (number, now) in NOW.iter().enumerate() {
        let operation = now.operation.load(Relaxed);
        let name = OPERATIONS.get(operation).map_or("nothing", |(name, _)| name);
        let dir = format!("/proc/self/task/{}", now.thread.load(Relaxed));
        let read = |name| fs::read_to_string(format!("{dir}/{name}")).unwrap_or_default();
        let waited = seconds() - now.since.load(Relaxed);
        eprintln!("worker {number}: {name}, for {waited} s, in {}", read("wchan"));
        eprintln!("    syscall {}", read("syscall").trim());
        for child in read("children").split_whitespace() {
            let stat = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            let call = fs::read_to_string(format!("/proc/{child}/syscall")).unwrap_or_default();
            eprintln!("    child {} syscall {}", stat.trim(), call.trim());
        }
    }
}
