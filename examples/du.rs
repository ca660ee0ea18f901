//! Adds up the disk space below directories: `du [-a] [-s] [PATH…]`.
//!
//! Prints KiB and path of every directory, what is in it before itself; with
//! `-a` of everything else too, with `-s` of the arguments alone. A file with
//! several names counts once. Symlinks are not followed. Names are printed as
//! they are, whatever a terminal makes of them.
//!
//! No heap: up to 65,536 files with several names are remembered, and beyond
//! these each name counts.
#![no_std]
#![no_main]

mod common;
#[path = "common/path.rs"]
mod path;

use core::{ffi::CStr, fmt::Write as _};

use common::{Out, complain, say};
use heapless::{Vec, index_set::FnvIndexSet};
use rawos::{
    Errno, Result,
    fs::{self, DirBuf, Order, Stat},
    rt,
};

rawos::entry!(main);

/// Room for the records of a traversal: some 100,000 levels.
type Buf = DirBuf<{ 4 << 20 }>;

struct Du {
    out: Out,
    path: path::Path<{ 1 << 20 }>,
    /// The blocks so far of the directories that are open, outermost first.
    sums: Vec<u64, { 1 << 17 }>,
    /// Device and inode of files with several names.
    seen: FnvIndexSet<(u64, u64), { 1 << 16 }>,
    all: bool,
    summary: bool,
    failed: bool,
}

fn main() -> i32 {
    static mut BUF: Buf = DirBuf::sized();
    static mut DU: Du = Du {
        out: Out::new(),
        path: path::Path::new(),
        sums: Vec::new(),
        seen: FnvIndexSet::new(),
        all: false,
        summary: false,
        failed: false,
    };
    let (buf, du) = (&raw mut BUF, &raw mut DU);
    // SAFETY: main runs once, in the only thread, so this is the only borrow.
    let buf = unsafe { &mut *buf };
    // SAFETY: as above.
    let du = unsafe { &mut *du };

    let mut paths = rt::args().skip(1).peekable();
    while let Some(option) = paths.next_if(|arg| arg.to_bytes().starts_with(b"-")) {
        match option.to_bytes() {
            b"-a" => du.all = true,
            b"-s" => du.summary = true,
            other => {
                say(&[b"unknown option ", other]);
                return 2;
            }
        }
    }
    if paths.peek().is_none() {
        du.top(c".", buf);
    }
    paths.for_each(|path| du.top(path, buf));
    if let Err(errno) = du.out.finish() {
        complain(b"standard output", errno);
        return 1;
    }
    i32::from(du.failed)
}

impl Du {
    fn top(&mut self, top: &CStr, buf: &mut Buf) {
        if let Err(errno) = self.path.set(top.to_bytes()).and_then(|()| self.tree(top, buf)) {
            self.complain(errno);
        }
    }

    fn tree(&mut self, top: &CStr, buf: &mut Buf) -> Result<()> {
        let stat = fs::lstat(top)?;
        if !stat.file_type().is_dir() {
            let blocks = self.blocks(&stat);
            self.line(blocks);
            return Ok(());
        }
        self.sums.clear();
        let blocks = self.blocks(&stat);
        self.enter(blocks)?;
        let mut tree = fs::traverse(top, buf)?;
        while let Some(visit) = tree.next() {
            let visit = match visit {
                Ok(visit) => visit,
                Err(errno) => {
                    self.complain(errno);
                    continue;
                }
            };
            if visit.order() == Order::Leave {
                self.leave();
                continue;
            }
            self.path.push(visit.entry().name().to_bytes())?;
            let enter = visit.order() == Order::Enter;
            match visit.entry().stat(false) {
                Ok(stat) => {
                    let blocks = self.blocks(&stat);
                    if enter {
                        self.enter(blocks)?;
                        continue;
                    }
                    self.add(blocks);
                    if self.all && !self.summary {
                        self.line(blocks);
                    }
                }
                Err(errno) => {
                    self.complain(errno);
                    if enter {
                        // It is left all the same.
                        self.enter(0)?;
                        tree.skip();
                        continue;
                    }
                }
            }
            self.path.pop();
        }
        // A traversal that breaks off leaves none of them.
        while self.sums.len() > 1 {
            self.leave();
        }
        let blocks = self.sums.pop().unwrap_or_default();
        self.line(blocks);
        Ok(())
    }

    fn enter(&mut self, blocks: u64) -> Result<()> {
        self.sums.push(blocks).map_err(|_| Errno::ENOBUFS)
    }

    fn leave(&mut self) {
        let blocks = self.sums.pop().unwrap_or_default();
        if !self.summary {
            self.line(blocks);
        }
        self.add(blocks);
        self.path.pop();
    }

    /// Counts the blocks for the innermost directory.
    fn add(&mut self, blocks: u64) {
        if let Some(sum) = self.sums.last_mut() {
            *sum += blocks;
        }
    }

    /// What it adds, in units of 512 bytes.
    fn blocks(&mut self, stat: &Stat) -> u64 {
        let counted = !stat.file_type().is_dir()
            && stat.st_nlink() > 1
            && self.seen.insert((stat.st_dev(), stat.st_ino())) == Ok(false);
        if counted { 0 } else { stat.st_blocks().unsigned_abs() }
    }

    fn line(&mut self, blocks: u64) {
        // The buffer keeps its own error.
        let _ = write!(self.out, "{}\t", blocks.div_ceil(2));
        self.out.put(self.path.bytes());
        self.out.put(b"\n");
    }

    fn complain(&mut self, errno: Errno) {
        complain(self.path.bytes(), errno);
        self.failed = true;
    }
}
