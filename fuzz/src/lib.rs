//! What the targets share: inputs cut in parts, files that hold them, and what
//! glibc finds in them.
//!
//! A target states what must hold for any input, by a plain other way to the
//! same answer: std, glibc, or a few lines on slices. Never rawos itself.

pub mod confine;
#[path = "../../tests/user/glibc.rs"]
pub mod glibc;
pub mod plan;
pub mod probe;
mod python;
pub mod text;
pub mod tree;

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use rawos::{
    fd::{self, OwnedFd, SeekFrom},
    fs::{self, MemfdFlags},
};

/// What stands before the first newline, and what after it.
pub fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// A file with these bytes, at its start.
pub fn file(bytes: &[u8]) -> OwnedFd {
    let file = fs::memfd_create("input", MemfdFlags::empty()).unwrap();
    fd::write_all(&file, bytes).unwrap();
    fd::lseek(&file, SeekFrom::Start(0)).unwrap();
    file
}

/// The `N` bytes at `offset`.
pub fn array<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

/// Where the directories of targets are.
fn scratch_parent() -> PathBuf {
    // In memory, if nothing else is said: that is ten times as fast.
    let memory = PathBuf::from("/dev/shm");
    let said = std::env::var_os("TMPDIR").map(PathBuf::from);
    said.unwrap_or(if memory.is_dir() { memory } else { "/tmp".into() })
}

/// A directory of this process, made anew.
pub fn scratch(name: &str) -> PathBuf {
    let dir = scratch_parent().join(format!("rawos-fuzz-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// Steps until the bytes end: `Vec` would toss a coin for each.
#[derive(Debug)]
pub struct Steps<T>(pub Vec<T>);

impl<'a, T: Arbitrary<'a>> Arbitrary<'a> for Steps<T> {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        const MOST: usize = 60;
        let mut steps = Vec::new();
        while !u.is_empty() && steps.len() < MOST {
            steps.push(u.arbitrary()?);
        }
        Ok(Self(steps))
    }
}

const COUNTERS: usize = 1 << 14;

/// libFuzzer takes these for coverage too.
#[unsafe(link_section = "__libfuzzer_extra_counters")]
static EXTRA: [AtomicU8; COUNTERS] = [const { AtomicU8::new(0) }; COUNTERS];

/// Makes an input interesting that came to something new in the kernel, whose
/// coverage nobody sees.
pub fn reached(what: impl Hash) {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    EXTRA[hasher.finish() as usize % COUNTERS].fetch_add(1, Relaxed);
}
