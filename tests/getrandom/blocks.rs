//! Blocks of 16 random bytes, in memory that forked children share, and the
//! proof that all of them differ.

use std::{
    slice,
    sync::atomic::{
        AtomicPtr, AtomicUsize,
        Ordering::{Relaxed, SeqCst},
    },
};

use rawos::getrandom::urandom;

pub type Block = [u8; 16];

/// Room for `len` blocks; shared with children, zero at first, and never freed.
pub fn shared(len: usize) -> &'static mut [Block] {
    // SAFETY: chooses an address where nothing is mapped.
    let start = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            len * size_of::<Block>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    assert_ne!(start, libc::MAP_FAILED);
    // SAFETY: that many bytes, all zero, and nobody else's.
    unsafe { slice::from_raw_parts_mut(start.cast(), len) }
}

/// Draws into each block. Makes no call but those of rawos, so that children
/// and signal handlers may use it.
pub fn draw(blocks: &mut [Block]) {
    for block in blocks {
        if urandom(block) != Ok(16) {
            // Zeroes, twice, are found out.
            return;
        }
    }
}

/// Blocks that signal handlers draw, whatever they interrupt.
pub struct Handled {
    start: AtomicPtr<Block>,
    room: AtomicUsize,
    next: AtomicUsize,
}

impl Handled {
    pub const fn new() -> Self {
        Self {
            start: AtomicPtr::new(std::ptr::null_mut()),
            room: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
        }
    }

    pub fn make_room(&self, len: usize) {
        self.start.store(shared(len).as_mut_ptr(), SeqCst);
        self.room.store(len, SeqCst);
        self.next.store(0, SeqCst);
    }

    /// Draws one, if there is room.
    pub fn draw(&self) {
        let index = self.next.fetch_add(1, Relaxed);
        if index < self.room.load(Relaxed) {
            let block = self.start.load(Relaxed).wrapping_add(index);
            // SAFETY: within the room, and each index is given out once.
            draw(slice::from_mut(unsafe { &mut *block }));
        }
    }

    pub fn count(&self) -> usize {
        self.next.load(SeqCst).min(self.room.load(SeqCst))
    }

    pub fn drawn(&self) -> &[Block] {
        // SAFETY: these are drawn; the handlers are done.
        unsafe { slice::from_raw_parts(self.start.load(SeqCst), self.count()) }
    }
}

/// Fails if two blocks are the same, or one was never drawn.
pub fn assert_all_differ(parts: &[&[Block]]) {
    let mut all: Vec<u128> =
        parts.iter().copied().flatten().map(|block| u128::from_ne_bytes(*block)).collect();
    assert!(!all.is_empty());
    all.sort_unstable();
    assert_ne!(all[0], 0, "a block of zeroes");
    let same = all.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert_eq!(same, 0, "of {} blocks", all.len());
}

/// Waits for a child and fails unless it ended with 0.
pub fn wait(pid: libc::pid_t) {
    assert!(pid > 0, "{}", std::io::Error::last_os_error());
    let mut status = 0;
    // SAFETY: writes one integer.
    while unsafe { libc::waitpid(pid, &mut status, libc::__WALL) } != pid {
        assert_eq!(std::io::Error::last_os_error().kind(), std::io::ErrorKind::Interrupted);
    }
    assert_eq!(status, 0, "the child's status");
}
