//! The levels of a traversal: entering a directory, leaving it, and the one
//! buffer that all of them share.

use core::mem;

use heapless::VecView;

use super::{Order, Step, Traverse};
use crate::{
    Errno, Result,
    fd::{self, AsFd, OwnedFd, SeekFrom},
    fs::{
        AtFlags, OFlags, Place,
        dirent::{Head, RECORD_MAX, Record, is_dots},
        fstat, fstatat,
        list::open_dir,
    },
    sys,
};

/// How many directories are held open; going up opens one more for a moment.
pub(super) const OPEN: usize = 12;

/// An open directory on the way from the top to the current one.
pub(super) struct Level {
    pub(super) dir: OwnedFd,
    /// Where its records begin in `buf`; they end where the next level's begin.
    start: usize,
    /// The first record that has not been passed.
    at: usize,
    /// The directory's position before the record at `at`.
    position: i64,
    /// The inode number in the record that is being visited.
    visiting: u64,
    /// The records were dropped: read on from `position`.
    dropped: bool,
}

/// What a level leaves in `buf` when it is closed.
struct Closed {
    dev: u64,
    ino: u64,
    position: i64,
    visiting: u64,
}

impl Traverse<'_> {
    /// Moves on to the next visit: of the record that the innermost level
    /// begins with.
    #[inline]
    pub(super) fn advance(&mut self) -> Result<Option<Order>> {
        loop {
            match mem::replace(&mut self.step, Step::Visit) {
                Step::Visit => {}
                Step::Pass => self.pass(),
                Step::Leave => {
                    self.step = Step::Pass;
                    return Ok(Some(Order::Leave));
                }
                Step::Enter => {
                    // Whether it can be entered or not, it is left.
                    self.step = Step::Leave;
                    if !self.enter()? {
                        continue;
                    }
                    self.step = Step::Visit;
                }
            }
            let Some(level) = self.levels.last_mut() else { return Ok(None) };
            match level.head(self.buf) {
                Some(_) if is_dots(level.bytes(self.buf)) => self.step = Step::Pass,
                Some(head) => {
                    level.visiting = head.ino;
                    let is_dir = match head.file_type {
                        Some(file_type) => file_type.is_dir(),
                        // What cannot be looked at cannot be entered.
                        None => level.is_at_dir(self.buf),
                    };
                    self.step = if is_dir { Step::Enter } else { Step::Pass };
                    return Ok(Some(if is_dir { Order::Enter } else { Order::Leaf }));
                }
                None => match self.refill() {
                    Ok(true) => {}
                    end => {
                        self.up()?;
                        if self.depth > 0 {
                            self.step = Step::Leave;
                        }
                        end?;
                    }
                },
            }
        }
    }

    /// Passes the record that has been visited.
    #[inline]
    fn pass(&mut self) {
        if let Some(level) = self.levels.last_mut()
            && let Some(head) = level.head(self.buf)
        {
            level.position = head.next;
            level.at += head.len;
        }
    }

    /// Makes the directory that is being visited the innermost level; false
    /// for a mount point that is not to be entered.
    #[inline]
    fn enter(&mut self) -> Result<bool> {
        let Some(level) = self.levels.last() else { return Ok(false) };
        let name = level.record(self.buf).unwrap_or(Record::VANISHED).name;
        let dir = open_dir(&level.dir, name, OFlags::NOFOLLOW)?;
        if let Some(place) = self.one_place
            && Place::of(&dir)? != place
        {
            return Ok(false);
        }
        if self.levels.is_full() {
            self.close_outermost()?;
        }
        let level = Level::new(dir, self.buf.len());
        self.levels.push(level).map_err(|_| Errno::ENOBUFS)?;
        self.depth += 1;
        Ok(true)
    }

    /// Ends the innermost level, and makes the one around it begin with the
    /// record of the directory that was left.
    #[inline]
    fn up(&mut self) -> Result<()> {
        let Some(left) = self.levels.pop() else { return Ok(()) };
        self.buf.truncate(left.start);
        self.depth -= 1;
        if self.levels.is_empty() && self.depth > 0 {
            self.reopen(&left.dir).inspect_err(|_| self.depth = 0)?;
        }
        match self.levels.last() {
            Some(level) if level.dropped => self.find_visiting(),
            _ => Ok(()),
        }
    }

    /// Reads again the dropped records of the innermost level, from the one
    /// that was being visited. If that is not where it was, it is looked for
    /// from the directory's start; if it is nowhere, the level is left without
    /// records, to be read on from where they were dropped.
    #[inline]
    fn find_visiting(&mut self) -> Result<()> {
        let Some(level) = self.levels.last() else { return Ok(()) };
        let (position, visiting) = (level.position, level.visiting);
        for start in [position, 0] {
            self.seek(start);
            while let Ok(true) = self.refill() {
                while let Some(head) = self.levels.last().and_then(|l| l.head(self.buf)) {
                    if head.ino == visiting {
                        return Ok(());
                    }
                    if start == position {
                        break;
                    }
                    self.pass();
                }
                if start == position {
                    break;
                }
            }
        }
        self.seek(position);
        Ok(())
    }

    /// Drops the records of the innermost level, to read on from `position`.
    #[inline]
    fn seek(&mut self, position: i64) {
        if let Some(level) = self.levels.last_mut() {
            self.buf.truncate(level.start);
            level.at = level.start;
            level.position = position;
            level.dropped = true;
        }
    }

    /// Reads records into the innermost level, which has none; false at the
    /// directory's end.
    #[inline]
    fn refill(&mut self) -> Result<bool> {
        let Some(level) = self.levels.last_mut() else { return Ok(false) };
        self.buf.truncate(level.start);
        let mut chunk = (self.buf.capacity() / 8).max(RECORD_MAX);
        loop {
            while self.room() < chunk && self.drop_records() {}
            let Some(level) = self.levels.last_mut() else { return Ok(false) };
            level.at = level.start;
            if mem::take(&mut level.dropped) {
                fd::lseek(&level.dir, SeekFrom::Start(level.position.cast_unsigned()))?;
            }
            return match sys::fs::getdents64(level.dir.as_fd(), self.buf, chunk) {
                Ok(0) => Ok(false),
                Ok(_) if level.record(self.buf).is_some() => Ok(true),
                Ok(_) => Err(Errno::EIO),
                // A directory removed while open is an empty one.
                Err(Errno::ENOENT) => Ok(false),
                // A name that is longer than most: all room there is, then.
                Err(Errno::EINVAL) if chunk < self.buf.capacity() => {
                    chunk = self.buf.capacity();
                    continue;
                }
                Err(errno) => Err(errno),
            };
        }
    }

    #[inline]
    fn room(&self) -> usize {
        self.buf.capacity() - self.buf.len()
    }

    /// Drops the records of the outermost level that has any, but not of the
    /// innermost; false if there are none.
    #[inline]
    fn drop_records(&mut self) -> bool {
        let levels = self.levels.as_mut_slice();
        let ends = levels.iter().skip(1).map(|next| next.start);
        let found = levels.iter().zip(ends).position(|(level, end)| level.start < end);
        let Some(index) = found else { return false };
        let Some([level, after @ ..]) = levels.get_mut(index..) else { return false };
        let Some(end) = after.first().map(|next| next.start) else { return false };
        let len = end - level.start;
        level.at = level.start;
        level.dropped = true;
        for level in after {
            level.start -= len;
            level.at -= len;
        }
        self.buf.drain(end - len..end);
        true
    }

    /// Closes the outermost open level and notes it among the closed ones.
    #[inline]
    fn close_outermost(&mut self) -> Result<()> {
        // With the records of all levels dropped, one must still find room.
        if self.buf.capacity() < self.closed + Closed::SIZE + RECORD_MAX {
            return Err(Errno::ENOBUFS);
        }
        while self.room() < Closed::SIZE && self.drop_records() {}
        let Some(level) = self.levels.first() else { return Ok(()) };
        let stat = fstat(&level.dir)?;
        let closed = Closed {
            dev: stat.st_dev(),
            ino: stat.st_ino(),
            position: level.position,
            visiting: level.visiting,
        };
        // Its records are the first ones, if it has any left.
        if self.levels.get(1).is_some_and(|next| level.start < next.start) {
            self.drop_records();
        }
        self.levels.remove(0);
        self.buf.extend_from_slice(&closed.to_bytes()).map_err(|_| Errno::ENOBUFS)?;
        if let Some(records) = self.buf.get_mut(self.closed..) {
            records.rotate_right(Closed::SIZE);
        }
        self.closed += Closed::SIZE;
        for level in &mut self.levels {
            level.start += Closed::SIZE;
            level.at += Closed::SIZE;
        }
        Ok(())
    }

    /// Opens again the innermost closed level, the parent of `child`.
    #[inline]
    fn reopen(&mut self, child: &OwnedFd) -> Result<()> {
        let start = self.closed.saturating_sub(Closed::SIZE);
        let bytes = self.buf.get(start..self.closed).and_then(|bytes| bytes.try_into().ok());
        let closed = Closed::from_bytes(bytes.ok_or(Errno::EIO)?);
        let dir = open_dir(child, c"..", OFlags::NOFOLLOW)?;
        let stat = fstat(&dir)?;
        if (stat.st_dev(), stat.st_ino()) != (closed.dev, closed.ino) {
            return Err(Errno::ESTALE);
        }
        self.closed = start;
        self.buf.truncate(start);
        let (position, visiting) = (closed.position, closed.visiting);
        let level = Level { dir, start, at: start, position, visiting, dropped: true };
        self.levels.push(level).map_err(|_| Errno::ENOBUFS)
    }
}

impl Level {
    #[inline]
    pub(super) fn new(dir: OwnedFd, start: usize) -> Self {
        Self { dir, start, at: start, position: 0, visiting: 0, dropped: false }
    }

    /// Its records from there on, if it is the innermost.
    #[inline]
    fn bytes<'buf>(&self, buf: &'buf VecView<u8>) -> &'buf [u8] {
        buf.get(self.at..).unwrap_or_default()
    }

    /// The record it begins with, if it is the innermost and has any.
    #[inline]
    pub(super) fn record<'buf>(&self, buf: &'buf VecView<u8>) -> Option<Record<'buf>> {
        Record::parse(self.bytes(buf))
    }

    /// The same without the name.
    #[inline]
    fn head(&self, buf: &VecView<u8>) -> Option<Head> {
        Head::parse(self.bytes(buf))
    }

    /// Whether that record is a directory's, which it does not say.
    #[cold]
    fn is_at_dir(&self, buf: &VecView<u8>) -> bool {
        self.record(buf)
            .and_then(|record| fstatat(&self.dir, record.name, AtFlags::SYMLINK_NOFOLLOW).ok())
            .is_some_and(|stat| stat.file_type().is_dir())
    }
}

impl Closed {
    const SIZE: usize = 32;

    #[inline]
    fn to_bytes(&self) -> [u8; Self::SIZE] {
        let words = [self.dev, self.ino, self.position.cast_unsigned(), self.visiting];
        let mut bytes = [0; Self::SIZE];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_ne_bytes());
        }
        bytes
    }

    #[inline]
    fn from_bytes(bytes: &[u8; Self::SIZE]) -> Self {
        let word = |i: usize| {
            let place = bytes.get(8 * i..).and_then(<[u8]>::first_chunk);
            place.map_or(0, |word| u64::from_ne_bytes(*word))
        };
        Self { dev: word(0), ino: word(1), position: word(2).cast_signed(), visiting: word(3) }
    }
}
