//! Copies files, and with `-r` whole trees: `cp [-r] SOURCE… TARGET`.
//!
//! Into `TARGET` if that is a directory, else to it. A file appears in one step
//! when its copy is complete, with its permissions, times and holes. Symlinks
//! below the top are copied themselves, as are pipes, sockets and devices.
//! Owners and extended attributes are not copied, and of a file with several
//! names each becomes a file.
//!
//! Trees are gone through by path: nobody else is to rearrange them meanwhile.
#![no_std]
#![no_main]

mod common;
#[path = "common/path.rs"]
mod path;

use core::ffi::CStr;

use common::{complain, say};
use rawos::{
    Errno, Result,
    fd::CWD,
    fs::{self, AtFlags, DirBuf, Mode, Order, Stat, Times},
    rt,
};

rawos::entry!(main);

/// Room for the records of a traversal: more levels than a path can have.
type Buf = DirBuf<{ 256 << 10 }>;

/// What the kernel takes.
type Path = path::Path<4096>;

fn main() -> i32 {
    static mut BUF: Buf = DirBuf::sized();
    let buf = &raw mut BUF;
    // SAFETY: main runs once, in the only thread, so this is the only borrow.
    let buf = unsafe { &mut *buf };

    let mut args = rt::args().skip(1).peekable();
    let recursive = args.next_if(|arg| arg.to_bytes() == b"-r").is_some();
    let count = args.clone().count();
    let Some(target) = args.clone().last().filter(|_| count >= 2) else {
        say(&[b"usage: cp [-r] SOURCE... TARGET"]);
        return 2;
    };
    let into = fs::stat(target).is_ok_and(|stat| stat.file_type().is_dir());
    if count > 2 && !into {
        complain(target.to_bytes(), Errno::ENOTDIR);
        return 1;
    }
    let mut copy = Copy { from: Path::new(), to: Path::new(), failed: false };
    for source in args.take(count - 1) {
        if let Err(errno) = copy.top(source, target, into, recursive, buf) {
            copy.complain(errno);
        }
    }
    i32::from(copy.failed)
}

struct Copy {
    from: Path,
    to: Path,
    failed: bool,
}

impl Copy {
    fn top(
        &mut self,
        source: &CStr,
        target: &CStr,
        into: bool,
        all: bool,
        buf: &mut Buf,
    ) -> Result<()> {
        self.from.set(source.to_bytes())?;
        self.to.set(target.to_bytes())?;
        if into {
            self.to.push(name(source.to_bytes()))?;
        }
        // Only here a symlink is followed.
        let stat = fs::stat(source)?;
        match stat.file_type().is_dir() && all {
            true => self.tree(&stat, buf),
            false => self.file(&stat),
        }
    }

    fn tree(&mut self, top: &Stat, buf: &mut Buf) -> Result<()> {
        make_dir(self.to.c_str())?;
        let copy = fs::stat(self.to.c_str())?;
        let mut tree = fs::traverse(self.from.c_str(), buf)?;
        // Whether the directory that is left next was not entered.
        let mut skipped = false;
        while let Some(visit) = tree.next() {
            let visit = match visit {
                Ok(visit) => visit,
                Err(errno) => {
                    self.complain(errno);
                    continue;
                }
            };
            let entry = visit.entry();
            if visit.order() != Order::Leave {
                self.from.push(entry.name().to_bytes())?;
                self.to.push(entry.name().to_bytes())?;
            }
            let done = match (visit.order(), entry.stat(false)) {
                (Order::Leave, _) if core::mem::take(&mut skipped) => Ok(()),
                (_, Err(errno)) => Err(errno),
                (Order::Leaf, Ok(stat)) => self.node(&stat),
                // The copy, in what is copied: it would go on for ever.
                (Order::Enter, Ok(stat)) if same(&stat, &copy) => Err(Errno::EINVAL),
                (Order::Enter, Ok(_)) => make_dir(self.to.c_str()),
                (Order::Leave, Ok(stat)) => finish_dir(self.to.c_str(), &stat),
            };
            let order = visit.order();
            if let Err(errno) = done {
                self.complain(errno);
                if order == Order::Enter {
                    skipped = true;
                    tree.skip();
                }
            }
            if order != Order::Enter {
                self.from.pop();
                self.to.pop();
            }
        }
        finish_dir(self.to.c_str(), top)
    }

    /// Copies what is no directory, and follows no symlink.
    fn node(&self, stat: &Stat) -> Result<()> {
        let to = self.to.c_str();
        match stat.file_type() {
            kind if kind.is_file() => self.file(stat),
            kind if kind.is_symlink() => {
                let mut target = [0; 4096];
                let len = fs::readlink(self.from.c_str(), &mut target)?;
                fs::symlink(target.get(..len).unwrap_or_default(), to)?;
                set_times(to, stat)
            }
            kind => {
                fs::mknod(to, kind, stat.mode(), stat.st_rdev())?;
                set_times(to, stat)
            }
        }
    }

    fn file(&self, stat: &Stat) -> Result<()> {
        fs::copy_file(self.from.c_str(), self.to.c_str())?;
        set_times(self.to.c_str(), stat)
    }

    fn complain(&mut self, errno: Errno) {
        complain(self.from.bytes(), errno);
        self.failed = true;
    }
}

/// A directory that is there already will do. Until it is full, its owner must
/// be able to write.
fn make_dir(path: &CStr) -> Result<()> {
    match fs::mkdir(path, Mode::IRWXU) {
        Err(Errno::EEXIST) if fs::lstat(path)?.file_type().is_dir() => Ok(()),
        result => result,
    }
}

fn finish_dir(path: &CStr, stat: &Stat) -> Result<()> {
    fs::chmod(path, stat.mode() & Mode::from_bits_retain(0o1777))?;
    set_times(path, stat)
}

fn set_times(path: &CStr, stat: &Stat) -> Result<()> {
    let times = Times::at(stat.st_atime(), stat.st_mtime());
    fs::utimensat(CWD, path, times, AtFlags::SYMLINK_NOFOLLOW)
}

fn same(a: &Stat, b: &Stat) -> bool {
    (a.st_dev(), a.st_ino()) == (b.st_dev(), b.st_ino())
}

/// The last component of a path, without slashes: `b` of `a/b//`.
fn name(path: &[u8]) -> &[u8] {
    let mut names = path.split(|byte| *byte == b'/').rev();
    names.find(|name| !name.is_empty()).unwrap_or_default()
}
