//! Lists files, and after them what is in directories, sorted by name:
//! `ls [-l] [-a] [PATH…]`.
//!
//! With `-l`, a line each: type and permissions, links, user and group id,
//! size (of a device: its two numbers), time of the last modification (UTC),
//! name, and where a symlink points. Names are printed as they are, whatever a
//! terminal makes of them.
//!
//! No heap: a directory's names are sorted in a buffer of a fixed size. One
//! with more than 65,536 names, or a megabyte of them, is an error.
#![no_std]
#![no_main]

mod common;

use core::{
    ffi::CStr,
    fmt::{self, Write as _},
};

use common::{Out, complain, say};
use heapless::Vec;
use rawos::{
    Errno, Result,
    fd::{AsFd as _, BorrowedFd, CWD},
    fs::{self, AtFlags, DirBuf, FileType, Stat},
    rt,
};

rawos::entry!(main);

fn main() -> i32 {
    static mut OUT: Out = Out::new();
    static mut NAMES: Names = Names { bytes: Vec::new(), starts: Vec::new() };
    let (out, names) = (&raw mut OUT, &raw mut NAMES);
    // SAFETY: main runs once, in the only thread, so this is the only borrow.
    let out = unsafe { &mut *out };
    // SAFETY: as above.
    let names = unsafe { &mut *names };

    let mut options = Options { long: false, all: false };
    for arg in rt::args().skip(1).filter(|arg| is_option(arg)) {
        for letter in arg.to_bytes().iter().skip(1) {
            match letter {
                b'l' => options.long = true,
                b'a' => options.all = true,
                _ => {
                    say(&[b"unknown option -", core::slice::from_ref(letter)]);
                    return 2;
                }
            }
        }
    }
    let mut ls = Ls { options, out, printed: false, failed: false };
    let count = paths().count();
    if count == 0 {
        ls.file(c".");
        ls.directory(c".", false, names);
    }
    paths().for_each(|path| ls.file(path));
    paths().for_each(|path| ls.directory(path, count > 1, names));
    if let Err(errno) = ls.out.finish() {
        complain(b"standard output", errno);
        return 1;
    }
    i32::from(ls.failed)
}

fn is_option(arg: &CStr) -> bool {
    arg.count_bytes() > 1 && arg.to_bytes().starts_with(b"-")
}

fn paths() -> impl Iterator<Item = &'static CStr> {
    rt::args().skip(1).filter(|arg| !is_option(arg))
}

struct Options {
    long: bool,
    all: bool,
}

/// The names of a directory, to be sorted.
struct Names {
    bytes: Vec<u8, { 1 << 20 }>,
    starts: Vec<u32, { 1 << 16 }>,
}

impl Names {
    fn push(&mut self, name: &CStr) -> Result<()> {
        let start = u32::try_from(self.bytes.len()).map_err(|_| Errno::ENOBUFS)?;
        self.bytes.extend_from_slice(name.to_bytes_with_nul()).map_err(|_| Errno::ENOBUFS)?;
        self.starts.push(start).map_err(|_| Errno::ENOBUFS)
    }
}

/// The name that starts at `start`.
fn name_at(bytes: &[u8], start: u32) -> &CStr {
    let name = bytes.get(start as usize..).and_then(|name| CStr::from_bytes_until_nul(name).ok());
    name.unwrap_or_default()
}

struct Ls<'a> {
    options: Options,
    out: &'a mut Out,
    /// Whether anything is above the next title.
    printed: bool,
    failed: bool,
}

impl Ls<'_> {
    fn stat(&self, path: &CStr) -> Result<Stat> {
        // A symlink to a directory is listed, unless its line was asked for.
        let stat = if self.options.long { fs::lstat(path) } else { fs::stat(path) };
        stat.or_else(|_| fs::lstat(path))
    }

    /// Prints the line of what is no directory, or why it cannot.
    fn file(&mut self, path: &CStr) {
        match self.stat(path) {
            Ok(stat) if stat.file_type().is_dir() => {}
            Ok(stat) => {
                self.line(CWD, path, Some(&stat));
                self.printed = true;
            }
            Err(errno) => self.complain(path, errno),
        }
    }

    /// Lists a directory, after its title if there is more than that.
    fn directory(&mut self, path: &CStr, title: bool, names: &mut Names) {
        if !self.stat(path).is_ok_and(|stat| stat.file_type().is_dir()) {
            return;
        }
        if title {
            self.out.put(if self.printed { b"\n" } else { b"" });
            self.out.put(path.to_bytes());
            self.out.put(b":\n");
            self.printed = true;
        }
        if let Err(errno) = self.list(path, names) {
            self.complain(path, errno);
        }
    }

    fn list(&mut self, path: &CStr, names: &mut Names) -> Result<()> {
        names.bytes.clear();
        names.starts.clear();
        let mut buf = DirBuf::new();
        let mut dir = fs::scandir(path, &mut buf)?;
        if self.options.all {
            names.push(c".")?;
            names.push(c"..")?;
        }
        while let Some(entry) = dir.next() {
            let name = entry?.name();
            if self.options.all || !name.to_bytes().starts_with(b".") {
                names.push(name)?;
            }
        }
        let Names { bytes, starts } = names;
        starts.sort_unstable_by(|a, b| name_at(bytes, *a).cmp(name_at(bytes, *b)));
        for name in starts.iter().map(|start| name_at(bytes, *start)) {
            if !self.options.long {
                self.line(CWD, name, None);
                continue;
            }
            match fs::fstatat(&dir, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => self.line(dir.as_fd(), name, Some(&stat)),
                Err(errno) => self.complain(name, errno),
            }
        }
        Ok(())
    }

    fn line(&mut self, dir: BorrowedFd<'_>, name: &CStr, stat: Option<&Stat>) {
        if self.options.long
            && let Some(stat) = stat
        {
            // The buffer keeps its own error.
            let _ = self.facts(stat);
        }
        self.out.put(name.to_bytes());
        if self.options.long && stat.is_some_and(|stat| stat.file_type().is_symlink()) {
            let mut target = [0; 4096];
            match fs::readlinkat(dir, name, &mut target) {
                Ok(len) => {
                    self.out.put(b" -> ");
                    self.out.put(target.get(..len).unwrap_or_default());
                }
                Err(errno) => self.complain(name, errno),
            }
        }
        self.out.put(b"\n");
    }

    fn facts(&mut self, stat: &Stat) -> fmt::Result {
        self.out.put(&permissions(stat));
        let (links, user, group) = (stat.st_nlink(), stat.st_uid(), stat.st_gid());
        write!(self.out, " {links:3} {user:5} {group:5} ")?;
        let file_type = stat.file_type();
        if file_type.is_char_device() || file_type.is_block_device() {
            let (major, minor) = (fs::major(stat.st_rdev()), fs::minor(stat.st_rdev()));
            write!(self.out, "{major:4},{minor:5} ")?;
        } else {
            write!(self.out, "{:10} ", stat.st_size())?;
        }
        let seconds = stat.st_mtime().tv_sec;
        let (days, second) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
        let (year, month, day) = civil(days);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        write!(self.out, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} ")
    }

    fn complain(&mut self, what: &CStr, errno: Errno) {
        complain(what.to_bytes(), errno);
        self.failed = true;
    }
}

/// `drwxr-xr-x` and its kin.
fn permissions(stat: &Stat) -> [u8; 10] {
    let mut text = *b"?rwxrwxrwx";
    text[0] = match stat.file_type() {
        FileType::REG => b'-',
        FileType::DIR => b'd',
        FileType::LNK => b'l',
        FileType::CHR => b'c',
        FileType::BLK => b'b',
        FileType::FIFO => b'p',
        FileType::SOCK => b's',
        _ => b'?',
    };
    let mode = stat.mode().bits();
    for (i, place) in text.iter_mut().skip(1).enumerate() {
        if mode & 0o400 >> i == 0 {
            *place = b'-';
        }
    }
    for (bit, place, letter) in [(0o4000, 3, b's'), (0o2000, 6, b's'), (0o1000, 9, b't')] {
        if mode & bit != 0 {
            let executable = text[place] == b'x';
            text[place] = if executable { letter } else { letter.to_ascii_uppercase() };
        }
    }
    text
}

/// Year, month and day of the day `days` after 1970-01-01, in the Gregorian
/// calendar: years from March on, in eras of 400.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    (era * 400 + year + i64::from(month <= 2), month, day)
}
