//! A file of lines, through a buffer that may be shorter than a line.
#![forbid(unsafe_code)]

use super::number::is_space;
use crate::{
    Errno, Result,
    fd::{self, AsFd},
};

/// What was read of the file and not yet taken is `buf[at..end]`; `buf[..kept]`
/// stays in place.
pub(super) struct Source<'buf, Fd> {
    fd: Fd,
    buf: &'buf mut [u8],
    at: usize,
    end: usize,
    kept: usize,
    /// A line was begun, and its rest is still to be skipped.
    begun: bool,
    /// The file could not be read: there is no more.
    failed: bool,
}

impl<'buf, Fd: AsFd> Source<'buf, Fd> {
    #[inline]
    pub(super) const fn new(fd: Fd, buf: &'buf mut [u8]) -> Self {
        Self { fd, buf, at: 0, end: 0, kept: 0, begun: false, failed: false }
    }

    /// The buffer's bytes from `start` on, so many.
    #[inline]
    pub(super) fn bytes(&self, start: usize, len: usize) -> &[u8] {
        self.buf.get(start..).and_then(|rest| rest.get(..len)).unwrap_or_default()
    }

    /// The first `len` bytes that were read and not yet taken.
    #[inline]
    pub(super) fn into_bytes(self, len: usize) -> &'buf [u8] {
        self.buf.get(self.at..).and_then(|rest| rest.get(..len)).unwrap_or_default()
    }

    /// What was read and not yet taken.
    #[inline]
    fn ready(&self) -> &[u8] {
        self.buf.get(self.at..self.end).unwrap_or_default()
    }

    /// Reads more behind what is ready, which moves; nothing at the end of the
    /// file. `ERANGE` if there is no room.
    #[inline]
    fn more(&mut self) -> Result<bool> {
        self.buf.copy_within(self.at..self.end, self.kept);
        (self.at, self.end) = (self.kept, self.kept + self.end - self.at);
        let room = self.buf.get_mut(self.end..).unwrap_or_default();
        if room.is_empty() {
            return Err(Errno::ERANGE);
        }
        let count = fd::read(&self.fd, room);
        self.failed |= count.is_err();
        self.end += count?;
        Ok(count != Ok(0))
    }

    /// The next byte, which stays; `None` at the end of the file.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        if self.at == self.end {
            // Room that is not there now never will be.
            let more = self.more();
            self.failed |= more.is_err();
            more?;
        }
        Ok(self.ready().first().copied())
    }

    /// Takes `count` bytes, of those that are ready.
    #[inline]
    pub(super) fn take(&mut self, count: usize) {
        self.at += count.min(self.end - self.at);
    }

    /// Makes the first `len` bytes that are ready stay in the buffer, at its
    /// start, while the rest of the line comes and goes behind them.
    #[inline]
    pub(super) fn keep(&mut self, len: usize) {
        self.buf.copy_within(self.at..self.at + len, 0);
        self.kept = len;
        self.take(len);
    }

    /// How many bytes come before the first that `stop` stops at, or before
    /// the end of the file. They are ready then, as is the one after them.
    /// `ERANGE` if that is more than `limit`, or than there is room for.
    #[inline]
    pub(super) fn until(
        &mut self,
        limit: usize,
        mut stop: impl FnMut(u8) -> bool,
    ) -> Result<usize> {
        let mut seen = 0;
        loop {
            let fresh = self.ready().get(seen..).unwrap_or_default();
            let found = fresh.iter().position(|byte| stop(*byte));
            seen += found.unwrap_or(fresh.len());
            if seen > limit {
                return Err(Errno::ERANGE);
            }
            if found.is_some() || !self.more()? {
                return Ok(seen);
            }
        }
    }

    /// Where `until` stopped counting from: the first byte that is ready.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The buffer's size.
    #[inline]
    pub(super) fn size(&self) -> usize {
        self.buf.len()
    }

    /// Skips what is left of the line and comes to the next one that is neither
    /// blank nor a comment; `false` if there is none.
    #[inline]
    pub(super) fn next_line(&mut self) -> Result<bool> {
        self.kept = 0;
        loop {
            if self.failed {
                return Ok(false);
            }
            if self.begun {
                self.skip_line()?;
            }
            match self.peek()? {
                None => return Ok(false),
                Some(blank) if is_space(blank) => self.take(1),
                Some(first) => {
                    self.begun = true;
                    // C's strings end with a NUL: the line is empty.
                    if first != b'#' && first != 0 {
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// Skips what is left of the line, its end included.
    #[inline]
    fn skip_line(&mut self) -> Result<()> {
        self.skip_until(|byte| byte == b'\n')?;
        self.take(1);
        self.begun = false;
        Ok(())
    }

    /// Skips the bytes before the first that `stop` stops at, however many.
    #[inline]
    pub(super) fn skip_until(&mut self, stop: impl Fn(u8) -> bool) -> Result<()> {
        while self.peek()?.is_some() {
            let found = self.ready().iter().position(|byte| stop(*byte));
            self.take(found.unwrap_or(usize::MAX));
            if found.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Whether there is no more to come, because of an error.
    #[inline]
    pub(super) const fn failed(&self) -> bool {
        self.failed
    }
}

/// Whether the text of a line ends here.
#[inline]
pub(super) fn ends_line(byte: u8) -> bool {
    byte == b'\n' || byte == 0
}
