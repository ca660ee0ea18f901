//! Files, as far as this program has to do with them. What many places do is
//! here once: it keeps the program small.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rawos::{
    Errno, Result,
    fd::{self, BorrowedFd, OwnedFd},
    fs::{self, Mode, OFlags},
};

use super::{log::Text, text::c_str};

/// A path in memory of its own; too long a one is empty, and names nothing.
pub struct Path(Text);

impl Path {
    #[inline(never)]
    pub fn new(parts: &[&[u8]]) -> Self {
        let mut path = Text::new();
        parts.iter().chain(&[&b"\0"[..]]).for_each(|part| path.put(part));
        Self(path)
    }

    pub fn c_str(&self) -> &CStr {
        c_str(&self.0.0).unwrap_or_default()
    }

    pub fn bytes(&self) -> &[u8] {
        self.c_str().to_bytes()
    }
}

#[inline(never)]
pub fn open(path: &CStr, flags: OFlags) -> Result<OwnedFd> {
    fs::open(path, flags | OFlags::NOCTTY, Mode::from_bits_retain(0o640))
}

/// Opens a file of the plain kind, for which the flag means nothing, and waits for
/// no other, such as a FIFO.
#[inline(never)]
pub fn regular(path: &CStr, flags: OFlags) -> Result<OwnedFd> {
    let file = open(path, flags | OFlags::NONBLOCK)?;
    if !fs::fstat(&file)?.file_type().is_file() {
        return Err(Errno::EINVAL);
    }
    Ok(file)
}

/// The beginning of a file, as far as there is room.
#[inline(never)]
pub fn read<'b>(path: &CStr, buf: &'b mut [u8]) -> Result<&'b [u8]> {
    let file = regular(path, OFlags::RDONLY)?;
    let mut len = 0;
    while let Some(room) = buf.get_mut(len..).filter(|room| !room.is_empty()) {
        match fd::read(&file, room)? {
            0 => break,
            count => len += count,
        }
    }
    Ok(buf.get(..len).unwrap_or_default())
}

/// Writes all of `text`.
#[inline(never)]
pub fn put(to: BorrowedFd<'_>, text: &[u8]) -> Result<()> {
    fd::write_all(to, text)
}

/// Writes to a file of the kernel's, all at once.
pub fn write(path: &CStr, text: &[u8]) -> Result<()> {
    let file = open(path, OFlags::WRONLY)?;
    fd::write(&file, text).map(drop)
}
