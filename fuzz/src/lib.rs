//! What the targets share: inputs cut in parts, files that hold them, and what
//! glibc finds in them.
//!
//! A target states what must hold for any input, by a plain other way to the
//! same answer: std, glibc, or a few lines on slices. Never rawos itself.

pub mod glibc;
pub mod plan;
pub mod probe;
pub mod tree;

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

/// A directory of this process, made anew.
pub fn scratch(name: &str) -> std::path::PathBuf {
    // In memory, if nothing else is said: that is ten times as fast.
    let memory = std::path::PathBuf::from("/dev/shm");
    let said = std::env::var_os("TMPDIR").map(std::path::PathBuf::from);
    let parent = said.unwrap_or(if memory.is_dir() { memory } else { "/tmp".into() });
    let dir = parent.join(format!("rawos-fuzz-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}
