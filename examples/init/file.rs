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

/// Which file system a file is on, and its size.
#[inline(never)]
pub fn stat(path: &CStr) -> Result<(u64, i64)> {
    fs::stat(path).map(|stat| (stat.st_dev(), stat.st_size()))
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

/// The lines of a file, as many as there is room for, and whether that is all: of
/// a line that is cut nothing counts.
#[inline(never)]
pub fn read<'b>(path: &CStr, buf: &'b mut [u8]) -> Result<(&'b [u8], bool)> {
    let file = regular(path, OFlags::RDONLY)?;
    let (mut len, mut all) = (0, false);
    while let Some(room) = buf.get_mut(len..).filter(|room| !room.is_empty() && !all) {
        let count = fd::read(&file, room)?;
        (len, all) = (len + count, count == 0);
    }
    if !all {
        len = buf.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    }
    Ok((buf.get(..len).unwrap_or_default(), all))
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
