//! Prints the paths of everything in a tree, as find(1) does, without heap and
//! in the same memory for a million files as for ten:
//! `tree [PATH…] [-type TYPES] [-name PATTERN] [-maxdepth N] [-print0] [-summary]`.
//!
//! The order is the directories' own. Symlinks are not followed. Names are
//! printed as they are, whatever a terminal makes of them. Whatever cannot be
//! read is said on standard error, and the exit status is 1.
#![no_std]
#![no_main]

mod common;
#[path = "common/fnmatch.rs"]
mod fnmatch;

use core::{ffi::CStr, fmt::Write as _, mem};

use common::{Out, complain, say};
use fnmatch::fnmatch;
use heapless::Vec;
use rawos::{
    Errno, Result, fd,
    fs::{self, DirBuf, DirEntry, FileType, Order, Stat},
    rt,
};

rawos::entry!(main);

/// What the options ask for.
#[derive(Clone, Copy)]
struct Options {
    types: Option<&'static [u8]>,
    name: Option<&'static [u8]>,
    maxdepth: usize,
    end: u8,
    summary: bool,
}

/// What was printed, by type.
#[derive(Default)]
struct Summary {
    directories: u64,
    files: u64,
    symlinks: u64,
    others: u64,
    /// The sizes of the files together.
    bytes: u64,
}

struct Tree<'a> {
    options: Options,
    summary: Summary,
    out: &'a mut Out,
    /// The path of what is being visited. The kernel never sees it, so it may
    /// be longer than the kernel's paths.
    path: &'a mut Vec<u8, PATH_LEN>,
    failed: bool,
}

const PATH_LEN: usize = 1 << 20;

fn main() -> i32 {
    static mut BUF: DirBuf<{ 4 << 20 }> = DirBuf::sized();
    static mut PATH: Vec<u8, PATH_LEN> = Vec::new();
    static mut OUT: Out = Out::new();
    let (buf, path, out) = (&raw mut BUF, &raw mut PATH, &raw mut OUT);
    // SAFETY: main runs once, in the only thread, so this is the only borrow.
    let buf = unsafe { &mut *buf };
    // SAFETY: as above.
    let path = unsafe { &mut *path };
    // SAFETY: as above.
    let out = unsafe { &mut *out };

    let Some(options) = parse() else { return 2 };
    let mut tree = Tree { options, summary: Summary::default(), out, path, failed: false };
    let mut any = false;
    for top in paths() {
        any = true;
        tree.top(top, buf);
    }
    if !any {
        tree.top(c".", buf);
    }
    tree.finish()
}

/// The arguments before the first option.
fn paths() -> impl Iterator<Item = &'static CStr> {
    rt::args().skip(1).take_while(|arg| !arg.to_bytes().starts_with(b"-"))
}

/// The options, which follow the paths; `None` after saying what is wrong.
fn parse() -> Option<Options> {
    let mut options =
        Options { types: None, name: None, maxdepth: usize::MAX, end: b'\n', summary: false };
    let mut args = rt::args().skip(1 + paths().count());
    while let Some(option) = args.next() {
        let option = option.to_bytes();
        let mut value = || {
            let value = args.next();
            if value.is_none() {
                say(&[b"missing argument to ", option]);
            }
            value.map(CStr::to_bytes)
        };
        match option {
            b"-print0" => options.end = 0,
            b"-print" => {}
            b"-summary" => options.summary = true,
            b"-name" => options.name = Some(value()?),
            b"-type" => {
                let types = value()?;
                if types.is_empty() || !types.split(|c| *c == b',').all(|t| letter(t).is_some()) {
                    say(&[b"unknown argument to -type: ", types]);
                    return None;
                }
                options.types = Some(types);
            }
            b"-maxdepth" => {
                let text = value()?;
                let depth = core::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
                if depth.is_none() {
                    say(&[b"expected a number after -maxdepth, but got ", text]);
                }
                options.maxdepth = depth?;
            }
            _ => {
                say(&[b"unknown option ", option]);
                return None;
            }
        }
    }
    Some(options)
}

/// The type that a letter of `-type` stands for.
fn letter(text: &[u8]) -> Option<FileType> {
    Some(match text {
        b"b" => FileType::BLK,
        b"c" => FileType::CHR,
        b"d" => FileType::DIR,
        b"f" => FileType::REG,
        b"l" => FileType::LNK,
        b"p" => FileType::FIFO,
        b"s" => FileType::SOCK,
        _ => return None,
    })
}

impl Tree<'_> {
    /// Visits `top` and everything in it.
    fn top<const N: usize>(&mut self, top: &'static CStr, buf: &mut DirBuf<N>) {
        self.path.clear();
        // An argument is shorter than the buffer: the kernel takes 128 KiB.
        let _ = self.path.extend_from_slice(top.to_bytes());
        let stat = match fs::lstat(top) {
            Ok(stat) => stat,
            Err(errno) => return self.complain(errno),
        };
        self.visit(last(top.to_bytes()), stat.file_type(), || Ok(stat));
        if stat.file_type().is_dir()
            && self.options.maxdepth > 0
            && let Err(errno) = self.below(top, buf)
        {
            self.complain(errno);
        }
    }

    /// Visits everything in `top`.
    fn below<const N: usize>(&mut self, top: &CStr, buf: &mut DirBuf<N>) -> Result<()> {
        // Only a path that was a directory a moment ago comes here; with a
        // slash at its end it can only be one still.
        let dir = fs::open(top, fs::OFlags::DIRECTORY | fs::OFlags::NOFOLLOW, fs::Mode::empty());
        let dir = match dir {
            // `link/` is the directory, though `link` is not.
            Err(Errno::ENOTDIR | Errno::ELOOP) if top.to_bytes().ends_with(b"/") => {
                fs::open(top, fs::OFlags::DIRECTORY, fs::Mode::empty())
            }
            dir => dir,
        }?;
        let mut tree = fs::ftraverse(&dir, buf)?;
        drop(dir);
        let mut unnamed = false;
        while let Some(visit) = tree.next() {
            if self.out.failed() {
                break;
            }
            let visit = match visit {
                Ok(visit) => visit,
                Err(errno) => {
                    self.complain(errno);
                    continue;
                }
            };
            if visit.order() == Order::Leave {
                if !mem::take(&mut unnamed) {
                    self.pop();
                }
                continue;
            }
            let depth = visit.depth();
            let entry = visit.entry();
            if let Err(errno) = self.push(entry.name().to_bytes()) {
                // Its path cannot be printed, so nothing in it can.
                self.complain(errno);
                unnamed = visit.order() == Order::Enter;
                tree.skip();
                continue;
            }
            match entry.file_type() {
                Ok(file_type) => self.entry(entry, file_type),
                Err(errno) => self.complain(errno),
            }
            match visit.order() {
                Order::Enter if depth >= self.options.maxdepth => tree.skip(),
                Order::Enter => {}
                _ => self.pop(),
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry<'_>, file_type: FileType) {
        self.visit(entry.name().to_bytes(), file_type, || entry.stat(false));
    }

    /// Prints the path and counts it, if the options want it.
    fn visit(&mut self, name: &[u8], file_type: FileType, stat: impl FnOnce() -> Result<Stat>) {
        let Options { types, name: pattern, end, summary, .. } = self.options;
        let mut letters = types.into_iter().flat_map(|types| types.split(|c| *c == b','));
        if types.is_some() && !letters.any(|l| letter(l) == Some(file_type))
            || pattern.is_some_and(|pattern| !fnmatch(pattern, name))
        {
            return;
        }
        self.out.put(self.path);
        self.out.put(&[end]);
        match file_type {
            FileType::DIR => self.summary.directories += 1,
            FileType::REG => self.summary.files += 1,
            FileType::LNK => self.summary.symlinks += 1,
            _ => self.summary.others += 1,
        }
        if summary && file_type.is_file() {
            match stat() {
                Ok(stat) => self.summary.bytes += stat.st_size().unsigned_abs(),
                Err(errno) => self.complain(errno),
            }
        }
    }

    /// Appends a name to the path.
    fn push(&mut self, name: &[u8]) -> Result<()> {
        if self.path.len() + 1 + name.len() > self.path.capacity() {
            return Err(Errno::ENAMETOOLONG);
        }
        if !self.path.ends_with(b"/") {
            let _ = self.path.push(b'/');
        }
        let _ = self.path.extend_from_slice(name);
        Ok(())
    }

    /// Takes the last name off the path.
    fn pop(&mut self) {
        let len = self.path.iter().rposition(|byte| *byte == b'/').unwrap_or_default();
        self.path.truncate(len);
    }

    fn complain(&mut self, errno: Errno) {
        complain(self.path, errno);
        self.failed = true;
    }

    /// Prints what is left to print; the exit status.
    fn finish(mut self) -> i32 {
        if let Err(errno) = self.out.finish() {
            complain(b"standard output", errno);
            return 1;
        }
        if self.options.summary {
            let Summary { directories, files, symlinks, others, bytes } = self.summary;
            let mut text = heapless::String::<256>::new();
            let written = writeln!(
                text,
                "{directories} directories, {files} files of {bytes} bytes, \
                 {symlinks} symlinks, {others} others"
            );
            if written.is_err() || fd::write_all(fd::stderr(), text.as_bytes()).is_err() {
                self.failed = true;
            }
        }
        i32::from(self.failed)
    }
}

/// The last component of a path, as find(1) compares it: `b` of `a/b//`.
fn last(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(1, |last| last + 1);
    let path = path.get(..end).unwrap_or(path);
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) if slash + 1 < path.len() => &path[slash + 1..],
        _ => path,
    }
}
