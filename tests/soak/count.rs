//! What there is: before the soak, and after it.
//!
//! The comparison is exact, because what would differ by itself is done before
//! the first count: all threads have begun, and each has done every operation
//! once; the heap has grown to a size that it keeps, and never maps anything.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    collections::BTreeSet,
    fs, io,
    path::Path,
    sync::atomic::{AtomicIsize, Ordering::Relaxed},
};

/// The heap, which knows what is in it.
pub struct Heap;

static BLOCKS: AtomicIsize = AtomicIsize::new(0);
static BYTES: AtomicIsize = AtomicIsize::new(0);

// SAFETY: it is std's, and counts.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BLOCKS.fetch_add(1, Relaxed);
        BYTES.fetch_add(layout.size() as isize, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BLOCKS.fetch_sub(1, Relaxed);
        BYTES.fetch_sub(layout.size() as isize, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Has the heap grow now, and neither shrink nor map anything ever: so limits
/// are felt by rawos alone. To be called by the only thread.
pub fn reserve_heap() {
    const SIZE: usize = 32 << 20;
    let options =
        [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_MAX, 0), (libc::M_TRIM_THRESHOLD, i32::MAX)];
    for (option, value) in options {
        // SAFETY: takes numbers.
        assert_eq!(unsafe { libc::mallopt(option, value) }, 1);
    }
    // SAFETY: takes a number.
    let block = unsafe { libc::malloc(SIZE) };
    assert!(!block.is_null());
    // SAFETY: it was just made.
    unsafe { libc::free(block) };
}

/// Each kind, in words.
pub struct Count {
    kinds: [(&'static str, BTreeSet<String>); 5],
    heap: [(isize, isize); 2],
}

fn heap() -> (isize, isize) {
    (BLOCKS.load(Relaxed), BYTES.load(Relaxed))
}

impl Count {
    pub fn new(scratch: &str) -> Self {
        let first = heap();
        let kinds = [
            ("descriptor", descriptors()),
            ("mapping", lines("/proc/self/maps", |line| !line.ends_with("[stack]"))),
            ("child", children()),
            ("file", files(Path::new(scratch))),
            ("mount", lines("/proc/self/mountinfo", |_| true)),
        ];
        let mut count = Self { kinds, heap: [first; 2] };
        count.heap[1] = heap();
        count
    }

    /// What is there no more, and what is there now.
    pub fn differences(&self, now: &Count) -> Vec<String> {
        let mut all = Vec::new();
        for ((kind, before), (_, after)) in self.kinds.iter().zip(&now.kinds) {
            all.extend(before.difference(after).map(|one| format!("gone: {kind} {one}")));
            all.extend(after.difference(before).map(|one| format!("new: {kind} {one}")));
        }
        // Less what the first count itself takes.
        let (before, after) = (self.heap[1], now.heap[0]);
        if before != after {
            all.push(format!("heap: blocks and bytes were {before:?} and are {after:?}"));
        }
        all
    }

    /// How many there are of each kind.
    pub fn told(&self) -> String {
        let mut told: Vec<String> =
            self.kinds.iter().map(|(kind, all)| format!("{kind} {}", all.len())).collect();
        told.push(format!("heap {:?}", self.heap[0]));
        told.join(", ")
    }
}

fn descriptors() -> BTreeSet<String> {
    let own = format!("/proc/{}/fd", std::process::id());
    let entries = fs::read_dir("/proc/self/fd").unwrap();
    let told = entries.filter_map(|entry| {
        let path = entry.unwrap().path();
        let target = fs::read_link(&path).unwrap_or_default();
        (target.to_str() != Some(&own)).then(|| format!("{} {}", path.display(), target.display()))
    });
    told.collect()
}

fn lines(path: &str, keep: fn(&&str) -> bool) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(keep).map(str::to_owned).collect()
}

/// None, or that there is one.
fn children() -> BTreeSet<String> {
    let options = libc::WNOHANG | libc::__WALL;
    // SAFETY: waitpid(2) writes nothing at a null.
    let waited = unsafe { libc::waitpid(-1, std::ptr::null_mut(), options) };
    let error = io::Error::last_os_error().raw_os_error();
    let none = waited == -1 && error == Some(libc::ECHILD);
    if none { BTreeSet::new() } else { [format!("{waited}")].into() }
}

/// Every path below, and its size.
fn files(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let file = path.symlink_metadata().unwrap();
        found.insert(format!("{} {}", path.display(), file.len()));
        if file.is_dir() {
            found.extend(files(&path));
        }
    }
    found
}
