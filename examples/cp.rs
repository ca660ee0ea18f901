//! Copies files, and with `-r` whole trees: `cp [-r] SOURCE… TARGET`.
//!
//! Into `TARGET` if that is a directory, else to it. A file appears in one step
//! when its copy is complete, with its permissions and holes; its times follow.
//! Symlinks below the top are copied themselves, as are pipes, sockets and
//! devices. Owners and extended attributes are not copied, and of a file with
//! several names each becomes a file.
//!
//! A file or symlink that has the copy's name is replaced (not what the symlink
//! points to), a pipe, socket or device only by its like. A directory that is
//! there stays as it is, but for what is copied into it.
//!
//! Trees are gone through by path: nobody else is to rearrange them meanwhile.
#![no_std]
#![no_main]

mod common;
#[path = "common/path.rs"]
mod path;

use core::ffi::CStr;

use common::{complain, say};
use heapless::Vec;
use rawos::{
    Errno, Result,
    fd::CWD,
    fs::{self, AtFlags, DirBuf, FileType, Mode, Order, Stat, Times},
    rt,
};

rawos::entry!(main);

/// Room for the records of a traversal: more levels than a path can have.
type Buf = DirBuf<{ 256 << 10 }>;

/// The kernel takes 4096 bytes and refuses what is longer. That has room all the
/// same: both paths end with what is below the top.
const PATH_LEN: usize = 3 * 4096;
type Path = path::Path<PATH_LEN>;

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
        let top_made = make_dir(self.to.c_str())?;
        let copy = fs::stat(self.to.c_str())?;
        let mut tree = fs::traverse(self.from.c_str(), buf)?;
        // Whether the copies of the directories that are open were made here. A
        // path that the kernel takes has no more names.
        let mut made = Vec::<bool, 2048>::new();
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
                (Order::Leave, _) if made.pop() != Some(true) => Ok(()),
                (_, Err(errno)) => Err(errno),
                (Order::Leaf, Ok(stat)) => self.node(&stat),
                // The copy, in what is copied: it would go on for ever.
                (Order::Enter, Ok(stat)) if same(&stat, &copy) => Err(Errno::EINVAL),
                (Order::Enter, Ok(_)) => make_dir(self.to.c_str()).map(|new| _ = made.push(new)),
                (Order::Leave, Ok(stat)) => finish_dir(self.to.c_str(), &stat),
            };
            let order = visit.order();
            if let Err(errno) = done {
                self.complain(errno);
                if order == Order::Enter {
                    let _ = made.push(false);
                    tree.skip();
                }
            }
            if order != Order::Enter {
                self.from.pop();
                self.to.pop();
            }
        }
        // Not empty if the traversal broke off.
        if top_made && made.is_empty() { finish_dir(self.to.c_str(), top) } else { Ok(()) }
    }

    /// Copies what is no directory, and follows no symlink.
    fn node(&self, stat: &Stat) -> Result<()> {
        let (to, kind) = (self.to.c_str(), stat.file_type());
        if kind.is_file() {
            return self.file(stat);
        }
        self.check(stat)?;
        let mut target = [0; 4096];
        let len = if kind.is_symlink() { fs::readlink(self.from.c_str(), &mut target)? } else { 0 };
        // If it cannot go, the name is taken, which is the error.
        let _ = fs::unlink(to);
        match kind.is_symlink() {
            true => fs::symlink(target.get(..len).unwrap_or_default(), to)?,
            false => fs::mknod(to, kind, stat.mode(), stat.st_rdev())?,
        }
        set_times(to, stat)
    }

    /// Whether what has the copy's name, if anything, may be replaced.
    fn check(&self, stat: &Stat) -> Result<()> {
        match fs::lstat(self.to.c_str()) {
            Ok(old) if same(&old, stat) => Err(Errno::EINVAL),
            Ok(old) => match old.file_type() {
                FileType::REG | FileType::LNK => Ok(()),
                kind if kind == stat.file_type() => Ok(()),
                _ => Err(Errno::EEXIST),
            },
            Err(_) => Ok(()),
        }
    }

    fn file(&self, stat: &Stat) -> Result<()> {
        self.check(stat)?;
        fs::copy_file(self.from.c_str(), self.to.c_str())?;
        set_times(self.to.c_str(), stat)
    }

    fn complain(&mut self, errno: Errno) {
        let mut what = Vec::<u8, { 2 * PATH_LEN + 4 }>::new();
        for part in [self.from.bytes(), b" to ", self.to.bytes()] {
            // There is room.
            let _ = what.extend_from_slice(part);
        }
        complain(&what, errno);
        self.failed = true;
    }
}

/// Whether it was made: a directory that is there already will do. Until it is
/// full, its owner must be able to write.
fn make_dir(path: &CStr) -> Result<bool> {
    match fs::mkdir(path, Mode::IRWXU) {
        Err(Errno::EEXIST) if fs::lstat(path)?.file_type().is_dir() => Ok(false),
        result => result.map(|()| true),
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

/// The last component of a path, without slashes: `b` of `a/b//`. For `..`,
/// which leads elsewhere in the target, the target itself.
fn name(path: &[u8]) -> &[u8] {
    let mut names = path.split(|byte| *byte == b'/').rev();
    let name = names.find(|name| !name.is_empty()).unwrap_or_default();
    if name == b".." { b"." } else { name }
}
