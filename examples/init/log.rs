//! What is said: to the console, the kernel's log, and a file.
//!
//! A console that takes nothing, such as a terminal that was stopped, is waited
//! for once, a second at most. Then lines are left out there until it takes one
//! again. Files of more than 1 MiB are put aside when they are opened: that of a
//! service when it starts, this program's own once.
#![forbid(unsafe_code)]

use core::{cell::Cell, ffi::CStr, time::Duration};

use heapless::Vec;
use rawos::{
    Errno, Result, fd,
    fd::{AsFd, OwnedFd},
    fs::{self, Mode, OFlags},
    poll::{PollFd, PollFlags, ppoll},
};

use super::{
    clock::now,
    file::{Path, open, put, regular, stat},
};

/// How much a file of the log may hold before it is put aside.
const LARGE: u64 = 1 << 20;

pub struct Log {
    /// The console, which a child has even when its streams are elsewhere. Not
    /// to block it is for this program alone: see [`Log::attach`].
    console: Option<OwnedFd>,
    /// Whether it takes nothing.
    stopped: Cell<bool>,
    pub kmsg: Option<OwnedFd>,
    file: Option<OwnedFd>,
    /// Where the files are.
    dir: Option<&'static CStr>,
}

/// `say!(log, LEVEL, "% and !", part, errno, …)`: a line in which each `%` stands
/// for a part, `!` for an error. How grave it is, ERROR, WARNING or INFO, goes
/// before it, as the kernel counts. No `core::fmt`: it would be a tenth of the program.
macro_rules! say {
    (@ERROR) => { "3" };
    (@WARNING) => { "4" };
    (@INFO) => { "6" };
    ($log:expr, $level:ident, $text:literal $(, $part:expr)*) => {
        $log.say(concat!(say!(@$level), $text).as_bytes(), &[$($crate::log::Part::from($part)),*])
    };
}
pub(crate) use say;

impl Log {
    pub const fn new() -> Self {
        Self { console: None, stopped: Cell::new(false), kmsg: None, file: None, dir: None }
    }

    /// To standard error alone.
    pub fn stderr() -> Self {
        Self { console: fd::dup(fd::stderr()).ok(), ..Self::new() }
    }

    #[inline(never)]
    pub fn say(&self, text: &[u8], parts: &[Part<'_>]) {
        let mut line = Text::new();
        let Some((level, text)) = text.split_first() else { return };
        line.parts(b"<%>init: ", &[Part::Bytes(&[*level])]);
        line.parts(text, parts);
        if let Some(kmsg) = &self.kmsg {
            // One write is one message.
            let _ = fd::write(kmsg, &line.0);
        }
        line.end();
        let line = line.0.get(3..).unwrap_or_default();
        if let Some(console) = &self.console {
            self.print(console, line);
        }
        if let Some(file) = &self.file {
            let mut stamped = Text::new();
            stamped.parts(b"[% ms] ", &[now().into()]);
            stamped.put(line);
            stamped.end();
            let _ = put(file.as_fd(), &stamped.0);
        }
    }

    /// Has standard error be the console, opened anew if that can be: the
    /// programs that have it too are to wait for it as ever.
    pub fn attach(&mut self) {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK;
        let own = match fs::fstat(fd::stderr()) {
            // Which has its place in the description, and is never waited for.
            Ok(stat) if stat.file_type().is_file() => Err(Errno::EINVAL),
            _ => open(c"/proc/self/fd/2", flags),
        };
        self.console = own.or_else(|_| fd::dup(fd::stderr())).ok();
    }

    fn print(&self, console: &OwnedFd, mut line: &[u8]) {
        while !line.is_empty() {
            match fd::write(console, line) {
                Ok(count) => {
                    line = line.get(count..).unwrap_or_default();
                    self.stopped.set(false);
                }
                Err(Errno::EAGAIN) if !self.stopped.replace(true) => {
                    let mut console = [PollFd::new(console.as_fd(), PollFlags::OUT)];
                    let _ = ppoll(&mut console, Some(Duration::from_secs(1)), None);
                }
                Err(_) => return,
            }
        }
    }

    /// The numbers of its descriptors; 0 for none.
    pub fn numbers(&self) -> [u32; 3] {
        [&self.console, &self.kmsg, &self.file]
            .map(|fd| fd.as_ref().map_or(0, |fd| fd.as_raw_fd().unsigned_abs()))
    }

    /// Goes on in a file as well, in the first of the usual directories where
    /// one can be made.
    pub fn open(&mut self) {
        let _ = fs::mkdir(c"/run/log", Mode::from_bits_retain(0o755));
        for dir in [c"/var/log", c"/run/log"] {
            self.dir = Some(dir);
            match self.file(b"init") {
                Ok(file) => return self.file = Some(file),
                Err(_) => self.dir = None,
            }
        }
        say!(self, WARNING, "no log files: neither /var/log nor /run/log can be written");
    }

    /// Ends all files.
    pub fn close(&mut self) {
        (self.file, self.dir) = (None, None);
    }

    /// The file for what `name` prints; a large one is put aside before.
    pub fn file(&self, name: &[u8]) -> Result<OwnedFd> {
        let dir = self.dir.ok_or(Errno::ENOENT)?;
        let path = Path::new(&[dir.to_bytes(), b"/", name, b".log"]);
        if stat(path.c_str()).is_ok_and(|(_, size)| size.unsigned_abs() > LARGE) {
            let aside = Path::new(&[path.bytes(), b".old"]);
            let _ = fs::rename(path.c_str(), aside.c_str());
        }
        let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::APPEND | OFlags::NOFOLLOW;
        regular(path.c_str(), flags)
    }
}

/// Text that is cut where it is too long.
pub struct Text(pub Vec<u8, 512>);

impl Text {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    #[inline(never)]
    pub fn put(&mut self, bytes: &[u8]) {
        let room = self.0.capacity() - self.0.len();
        let _ = self.0.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    /// Adds the text, with a part in the place of each `%`, and the name of one
    /// that is an error in that of each `!`.
    #[inline(never)]
    pub fn parts(&mut self, text: &[u8], parts: &[Part<'_>]) {
        let mut parts = parts.iter();
        for byte in text {
            match (byte, parts.as_slice().first()) {
                (b'%', Some(Part::Bytes(bytes))) => self.shown(bytes),
                (b'%', Some(Part::Number(number))) => self.number(*number),
                (b'!', Some(Part::Number(number))) => self.error(*number),
                _ => {
                    self.put(&[*byte]);
                    continue;
                }
            }
            parts.next();
        }
    }

    fn error(&mut self, number: u64) {
        let index = (number as usize).wrapping_sub(1);
        match NAMES.split(|byte| *byte == b' ').nth(index) {
            Some(name) => self.put(name),
            None => self.number(number),
        }
    }

    fn number(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut count = 0;
        for place in digits.iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            (number, count) = (number / 10, count + 1);
            if number == 0 {
                break;
            }
        }
        self.put(digits.get(20 - count..).unwrap_or_default());
    }

    fn shown(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().take(100) {
            match byte {
                b' '..=b'~' => self.put(&[*byte]),
                _ => {
                    let digit =
                        |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
                    self.put(&[b'\\', b'x', digit(byte >> 4), digit(byte & 15)]);
                }
            }
        }
    }

    /// Ends the line, if need be in place of its last byte.
    pub fn end(&mut self) {
        while self.0.last() == Some(&b'\n') || self.0.is_full() {
            self.0.pop();
        }
        self.put(b"\n");
    }
}

/// The first errors. All names and texts that rawos has would be a tenth of the
/// program.
const NAMES: &[u8] =
    b"EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM \
    EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY \
    ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS \
    ENOTEMPTY ELOOP";

/// A part of a line: two words, for there are many.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// What is not printable is escaped, and no more than 100 bytes are shown.
    Bytes(&'a [u8]),
    Number(u64),
}

const _: () = assert!(size_of::<Part<'_>>() == 16);

impl<'a> From<&'a str> for Part<'a> {
    fn from(text: &'a str) -> Self {
        Self::Bytes(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Part<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<u64> for Part<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Part<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// Of statuses, signals and processes, none of which is below 0.
impl From<i32> for Part<'_> {
    fn from(number: i32) -> Self {
        Self::Number(number.unsigned_abs().into())
    }
}

impl From<Errno> for Part<'_> {
    fn from(errno: Errno) -> Self {
        Self::Number(errno.raw().unsigned_abs().into())
    }
}
