//! A path that grows and shrinks by a name, as a walk through a tree does.
#![allow(dead_code, reason = "each program uses its own part")]

use core::ffi::CStr;

use heapless::Vec;
use rawos::{Errno, Result};

/// Up to `N` bytes, the NUL at the end included.
pub struct Path<const N: usize> {
    bytes: Vec<u8, N>,
    /// The length of the path that it was set to, without the NUL.
    top: usize,
}

impl<const N: usize> Path<N> {
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), top: 0 }
    }

    /// Makes it this path.
    pub fn set(&mut self, path: &[u8]) -> Result<()> {
        self.bytes.clear();
        self.top = path.len();
        self.bytes.extend_from_slice(path).map_err(|_| Errno::ENAMETOOLONG)?;
        self.bytes.push(0).map_err(|_| Errno::ENAMETOOLONG)
    }

    /// Appends a name. If there is no room, nothing changes.
    pub fn push(&mut self, name: &[u8]) -> Result<()> {
        let slash: &[u8] = if self.bytes().ends_with(b"/") { b"" } else { b"/" };
        if self.bytes.len() + slash.len() + name.len() > N {
            return Err(Errno::ENAMETOOLONG);
        }
        self.bytes.pop();
        // There is room.
        [slash, name, b"\0"].iter().for_each(|part| _ = self.bytes.extend_from_slice(part));
        Ok(())
    }

    /// Takes the name off that was appended last.
    pub fn pop(&mut self) {
        let slash = self.bytes().iter().rposition(|byte| *byte == b'/');
        // Of `/name`, the slash stays.
        self.bytes.truncate(slash.unwrap_or_default().max(self.top));
        let _ = self.bytes.push(0);
    }

    /// Without the NUL.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.strip_suffix(b"\0").unwrap_or_default()
    }

    pub fn c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}
