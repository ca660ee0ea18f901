//! A path that grows and shrinks by a name, as a walk through a tree does.
#![allow(dead_code, reason = "each program uses its own part")]

use core::ffi::CStr;

use heapless::Vec;
use rawos::{Errno, Result};

/// Up to `N` bytes, the NUL at the end included.
pub struct Path<const N: usize>(Vec<u8, N>);

impl<const N: usize> Path<N> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Makes it this path.
    pub fn set(&mut self, path: &[u8]) -> Result<()> {
        self.0.clear();
        self.0.extend_from_slice(path).map_err(|_| Errno::ENAMETOOLONG)?;
        self.0.push(0).map_err(|_| Errno::ENAMETOOLONG)
    }

    /// Appends a name. If there is no room, nothing changes.
    pub fn push(&mut self, name: &[u8]) -> Result<()> {
        let slash: &[u8] = if self.bytes().ends_with(b"/") { b"" } else { b"/" };
        if self.0.len() + slash.len() + name.len() > N {
            return Err(Errno::ENAMETOOLONG);
        }
        self.0.pop();
        // There is room.
        [slash, name, b"\0"].iter().for_each(|part| _ = self.0.extend_from_slice(part));
        Ok(())
    }

    /// Takes the last name off.
    pub fn pop(&mut self) {
        let slash = self.bytes().iter().rposition(|byte| *byte == b'/');
        // Of `/name`, the slash stays.
        self.0.truncate(slash.unwrap_or_default().max(1));
        let _ = self.0.push(0);
    }

    /// Without the NUL.
    pub fn bytes(&self) -> &[u8] {
        self.0.strip_suffix(b"\0").unwrap_or_default()
    }

    pub fn c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}
