//! What there is room for: all that the machine has, or less at one time and
//! more at another.

use std::{
    ffi::CString,
    fs::{self, File},
    io::{ErrorKind, Write as _},
    sync::{
        RwLock, RwLockReadGuard,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use rawos::Errno;

use crate::worker::Rng;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Free,
    Memory,
    Descriptors,
    Processes,
    FullDisk,
}

pub struct Room {
    pub phase: Phase,
    /// An extended attribute that files here may have.
    pub xattr: Option<&'static str>,
    /// Whether it has mounts of its own.
    pub mounts: bool,
    /// Where its files are.
    scratch: String,
    /// How many processes the user has while no child is there.
    tasks: u64,
    most: libc::rlimit,
    scarce: AtomicBool,
    felt: AtomicBool,
    /// Held for reading by who needs room to look at what rawos did.
    gate: RwLock<()>,
}

impl Phase {
    /// What it limits, as for setrlimit(2).
    fn resource(self) -> Option<libc::__rlimit_resource_t> {
        match self {
            Phase::Free | Phase::FullDisk => None,
            Phase::Memory => Some(libc::RLIMIT_AS),
            Phase::Descriptors => Some(libc::RLIMIT_NOFILE),
            Phase::Processes => Some(libc::RLIMIT_NPROC),
        }
    }

    /// The error of what is missing; every other one fails the soak.
    pub fn error(self) -> Option<Errno> {
        match self {
            Phase::Free => None,
            Phase::Memory => Some(Errno::ENOMEM),
            Phase::Descriptors => Some(Errno::EMFILE),
            Phase::Processes => Some(Errno::EAGAIN),
            Phase::FullDisk => Some(Errno::ENOSPC),
        }
    }
}

impl Room {
    pub fn new(phase: Phase, mounts: bool, scratch: String, tasks: u64) -> Self {
        let mut most = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        if let Some(resource) = phase.resource() {
            // SAFETY: writes the struct.
            assert_eq!(unsafe { libc::getrlimit(resource, &mut most) }, 0);
        }
        let xattr = ["user.soak", "trusted.soak"].into_iter().find(|name| may_set(&scratch, name));
        let (scarce, gate) = (AtomicBool::new(false), RwLock::new(()));
        let felt = AtomicBool::new(phase == Phase::Free);
        let room = Self { phase, xattr, mounts, scratch, tasks, most, scarce, felt, gate };
        room.end();
        room
    }

    /// Whether an operation may fail so, in this phase; it did.
    pub fn may_fail_with(&self, errno: Errno) -> bool {
        self.felt.store(true, SeqCst);
        self.phase.error() == Some(errno)
    }

    /// Whether anything failed, where something must.
    pub fn was_felt(&self) -> bool {
        self.felt.load(SeqCst)
    }

    pub fn is_scarce(&self) -> bool {
        self.phase != Phase::Free
    }

    /// Leaves a little room, or none; not while somebody looks.
    pub fn squeeze(&self, rng: &mut Rng) {
        let Ok(_gate) = self.gate.try_write() else { return };
        let left = match self.phase {
            Phase::Free => return,
            Phase::FullDisk => return self.fill(rng),
            // Pages: a spawn takes 32 of them and some more.
            Phase::Memory => (statm() + rng.below(64)) * page(),
            // The lowest number that is free, and some more. The loader of a
            // program needs a few too, when ours are closed.
            Phase::Descriptors => (lowest_free() + rng.below(6)).max(8),
            Phase::Processes => self.tasks + rng.below(4),
        };
        self.scarce.store(true, SeqCst);
        self.limit(left.min(self.most.rlim_max));
    }

    /// As much room as there is, while the result lives.
    pub fn ease(&self) -> RwLockReadGuard<'_, ()> {
        let gate = self.gate.read().unwrap();
        if self.scarce.load(SeqCst) {
            self.limit(self.most.rlim_cur);
            self.scarce.store(false, SeqCst);
        }
        gate
    }

    fn limit(&self, rlim_cur: u64) {
        let limit = libc::rlimit { rlim_cur, ..self.most };
        let resource = self.phase.resource().unwrap();
        // SAFETY: reads the struct.
        assert_eq!(unsafe { libc::setrlimit(resource, &limit) }, 0);
    }

    /// Leaves between nothing and 28 KiB on the disk; sometimes all.
    fn fill(&self, rng: &mut Rng) {
        let mut file = File::create(self.filler()).unwrap();
        if rng.below(3) == 0 {
            return;
        }
        let mut len = 0;
        loop {
            match file.write(&[1; 4096]) {
                Ok(count) => len += count as u64,
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
        file.set_len(len.saturating_sub(rng.below(8) * 4096)).unwrap();
    }

    /// Gives back what was taken.
    pub fn end(&self) {
        drop(self.ease());
        if self.phase == Phase::FullDisk {
            File::create(self.filler()).unwrap();
        }
    }

    /// The file that takes the room on the disk: there from the start, since
    /// files may have no room either.
    fn filler(&self) -> String {
        format!("{}/filler", self.scratch)
    }
}

/// Whether libc can set this attribute of a file in the first worker's
/// directory; it goes with the file.
fn may_set(scratch: &str, name: &str) -> bool {
    let path = format!("{scratch}/0/probe");
    File::create(&path).unwrap();
    let [c_path, name] = [path.as_str(), name].map(|text| CString::new(text).unwrap());
    // SAFETY: reads two strings and one byte.
    let set = unsafe { libc::setxattr(c_path.as_ptr(), name.as_ptr(), c"x".as_ptr().cast(), 1, 0) };
    fs::remove_file(path).unwrap();
    set == 0
}

/// The pages of this process.
/// The size of a page.
fn page() -> u64 {
    // SAFETY: takes a number.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as u64 }
}

fn statm() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn lowest_free() -> u64 {
    // SAFETY: makes a descriptor, and closes it.
    let fd = unsafe { libc::fcntl(0, libc::F_DUPFD_CLOEXEC, 0) };
    // SAFETY: it is ours.
    unsafe { libc::close(fd) };
    u64::try_from(fd).unwrap_or(0)
}
