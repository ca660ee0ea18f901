//! File operations, each done by rawos or by libc; what takes several calls, as
//! Python's `os` has it in Python.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use rawos::fs::{self, AccessMode, AtFlags, DirBuf, Mode, OFlags, RenameFlags, SetTime, Times};
use rawos::{fd, time::Timespec};

use crate::python;

/// Who does it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Ours,
    Theirs,
}

/// What came of it: something to compare, or an error's number.
pub type Outcome = Result<Vec<u8>, i32>;

/// A path in the root: few names, so that they meet, and one `..` at most, so
/// that they stay near.
#[derive(Clone, Debug)]
pub struct Name(Vec<u8>);

impl<'a> Arbitrary<'a> for Name {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        const LONG: [u8; 256] = [b'x'; 256];
        let names = [&b"a"[..], b"b", b"c", b"d", b"e\xff", b"", b".", b"..", &LONG, &LONG[1..]];
        // Seldom the odd ones.
        let count = *u.choose(&[1, 1, 1, 2, 2, 3, 4])?;
        let mut path = Vec::new();
        let mut up = false;
        for index in 0..count {
            let most = if u.ratio(1, 6)? { names.len() } else { 4 };
            let name = names[u.choose_index(most)?];
            if name == b".." && (up || index == 0) {
                continue;
            }
            up |= name == b"..";
            path.extend(if index > 0 { &b"/"[..] } else { b"" });
            path.extend(name);
        }
        path.extend(if u.ratio(1, 12)? { &b"/"[..] } else { b"" });
        Ok(Self(path))
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (2, Some(16))
    }
}

impl Name {
    /// As the target of a symlink, which must not lead out of the root, to the
    /// machine's own files: without a slash at its start, and without `..`.
    /// So a path climbs one directory at most, by a `..` of its own.
    fn inside(&self) -> Vec<u8> {
        let names = self.0.split(|byte| *byte == b'/').filter(|name| *name != b"..");
        let target = names.collect::<Vec<_>>().join(&b'/');
        let slashes = target.iter().take_while(|byte| **byte == b'/').count();
        target[slashes..].to_vec()
    }

    fn below(&self, root: &Path) -> Vec<u8> {
        [root.as_os_str().as_bytes(), b"/", &self.0].concat()
    }
}

/// One operation.
#[derive(Arbitrary, Debug)]
pub enum Op {
    Mkdir(Name, u16),
    Rmdir(Name),
    Unlink(Name),
    Rename(Name, Name),
    Rename2(Name, Name, u8),
    Link(Name, Name, bool),
    Symlink(Name, Name),
    Readlink(Name),
    Write { path: Name, flags: u16, mode: u16, at: u16, data: [u8; 3] },
    Read(Name),
    Truncate(Name, u16),
    Chmod(Name, u16),
    Utime(Name, [Option<(i64, u32)>; 2]),
    Mkfifo(Name, u16),
    Access(Name, u8),
    Stat(Name),
    Lstat(Name),
    Listdir(Name),
    Makedirs(Name, u16, bool),
    Removedirs(Name),
    Renames(Name, Name),
    RemoveTree(Name),
    CopyFile(Name, Name),
}

fn ours<T>(result: rawos::Result<T>) -> Result<T, i32> {
    result.map_err(|errno| errno.raw())
}

/// The result of a libc function, -1 being an error.
pub(crate) fn c(result: impl Into<i64>) -> Result<usize, i32> {
    let error = std::io::Error::last_os_error().raw_os_error();
    usize::try_from(result.into()).map_err(|_| error.unwrap())
}

pub(crate) fn io<T>(result: std::io::Result<T>) -> Result<T, i32> {
    result.map_err(|error| error.raw_os_error().unwrap())
}

/// Directories stay accessible, so that others than root can clean up.
fn usable(mode: u16) -> u32 {
    u32::from(mode) & 0o7777 | 0o700
}

impl Op {
    /// Does it in the directory `root`.
    pub fn run(&self, side: Side, root: &Path) -> Outcome {
        let path = |name: &Name| name.below(root);
        match (side, self) {
            (Side::Ours, op) => op.by_rawos(&path),
            (Side::Theirs, op) => op.by_libc(&path),
        }
    }

    fn by_rawos(&self, path: &dyn Fn(&Name) -> Vec<u8>) -> Outcome {
        let mode = |mode: u16| Mode::from_bits_retain(usable(mode));
        let done = match self {
            Op::Mkdir(name, bits) => fs::mkdir(path(name), mode(*bits)),
            Op::Rmdir(name) => fs::rmdir(path(name)),
            Op::Unlink(name) => fs::unlink(path(name)),
            Op::Rename(old, new) => fs::rename(path(old), path(new)),
            Op::Rename2(old, new, flags) => {
                let flags = RenameFlags::from_bits_retain((flags % 4).into());
                fs::renameat2(fd::CWD, path(old), fd::CWD, path(new), flags)
            }
            Op::Link(old, new, true) => fs::link(path(old), path(new)),
            Op::Link(old, new, false) => {
                fs::linkat(fd::CWD, path(old), fd::CWD, path(new), AtFlags::empty())
            }
            Op::Symlink(target, new) => fs::symlink(target.inside(), path(new)),
            Op::Readlink(name) => return ours(fs::readlink_alloc(path(name))),
            Op::Write { path: name, flags, mode: bits, at, data } => {
                let flags = OFlags::from_bits_retain(open_flags(*flags) as u32);
                return ours((|| {
                    let file = fs::open(path(name), flags, mode(*bits))?;
                    fd::pwrite(&file, data, (*at).into())?;
                    fd::read(&file, &mut [0; 8][..]).map(|count| vec![count as u8])
                })());
            }
            Op::Read(name) => {
                return ours((|| {
                    let file =
                        fs::open(path(name), OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty())?;
                    let mut content = Vec::new();
                    fd::read_to_end(&file, &mut content)?;
                    Ok(content)
                })());
            }
            Op::Truncate(name, len) => fs::truncate(path(name), (*len).into()),
            Op::Chmod(name, bits) => fs::chmod(path(name), mode(*bits)),
            Op::Utime(name, times) => {
                let time = |time: Option<(i64, u32)>| match time {
                    None => SetTime::Omit,
                    Some((tv_sec, nanos)) => {
                        SetTime::At(Timespec { tv_sec, tv_nsec: (nanos % 1_000_000_000).into() })
                    }
                };
                let times = Times { atime: time(times[0]), mtime: time(times[1]) };
                return ours(fs::utime(path(name), times)).and_then(|()| {
                    if self.both_set() { stat(&path(name), true, true) } else { Ok(vec![]) }
                });
            }
            Op::Mkfifo(name, bits) => fs::mkfifo(path(name), mode(*bits)),
            Op::Access(name, how) => {
                let how = AccessMode::from_bits_retain((how % 8).into());
                return Ok(vec![fs::access(path(name), how).into()]);
            }
            Op::Stat(name) => return ours(fs::stat(path(name))).map(|stat| shown(&stat)),
            Op::Lstat(name) => return ours(fs::lstat(path(name))).map(|stat| shown(&stat)),
            Op::Listdir(name) => {
                let mut names = ours(fs::listdir(path(name)))?;
                names.sort();
                return Ok(names
                    .iter()
                    .flat_map(|name| name.to_bytes_with_nul())
                    .copied()
                    .collect());
            }
            Op::Makedirs(name, bits, exist_ok) => fs::makedirs(path(name), mode(*bits), *exist_ok),
            Op::Removedirs(name) => fs::removedirs(path(name)),
            Op::Renames(old, new) => fs::renames(path(old), path(new)),
            Op::RemoveTree(name) => fs::remove_tree(path(name), &mut DirBuf::<280>::sized()),
            Op::CopyFile(old, new) => {
                return ours(fs::copy_file(path(old), path(new))).map(|len| vec![len as u8]);
            }
        };
        ours(done).map(|()| Vec::new())
    }

    fn by_libc(&self, path: &dyn Fn(&Name) -> Vec<u8>) -> Outcome {
        let path = |name: &Name| CString::new(path(name)).unwrap();
        let at = libc::AT_FDCWD;
        // SAFETY (of every call): strings, buffers and structs that are alive
        // and as long as is said.
        let done = match self {
            Op::Mkdir(name, bits) => c(unsafe { libc::mkdir(path(name).as_ptr(), usable(*bits)) }),
            Op::Rmdir(name) => c(unsafe { libc::rmdir(path(name).as_ptr()) }),
            Op::Unlink(name) => c(unsafe { libc::unlink(path(name).as_ptr()) }),
            Op::Rename(old, new) => {
                c(unsafe { libc::rename(path(old).as_ptr(), path(new).as_ptr()) })
            }
            Op::Rename2(old, new, flags) => {
                let (old, new) = (path(old), path(new));
                c(unsafe {
                    libc::renameat2(at, old.as_ptr(), at, new.as_ptr(), (flags % 4).into())
                })
            }
            Op::Link(old, new, follow) => {
                let (old, new) = (path(old), path(new));
                let follow = if *follow { libc::AT_SYMLINK_FOLLOW } else { 0 };
                c(unsafe { libc::linkat(at, old.as_ptr(), at, new.as_ptr(), follow) })
            }
            Op::Symlink(target, new) => {
                let target = CString::new(target.inside()).unwrap();
                c(unsafe { libc::symlink(target.as_ptr(), path(new).as_ptr()) })
            }
            Op::Readlink(name) => {
                let mut buf = vec![0; 4096];
                let len =
                    unsafe { libc::readlink(path(name).as_ptr(), buf.as_mut_ptr().cast(), 4096) };
                buf.truncate(c(len as i64)?);
                return Ok(buf);
            }
            Op::Write { path: name, flags, mode, at, data } => {
                let (name, flags) = (path(name), open_flags(*flags) | libc::O_CLOEXEC);
                let file = c(unsafe { libc::open(name.as_ptr(), flags, usable(*mode)) })? as i32;
                let written = unsafe { libc::pwrite(file, data.as_ptr().cast(), 3, (*at).into()) };
                let count = c(written as i64).and_then(|_| {
                    c(unsafe { libc::read(file, [0_u8; 8].as_mut_ptr().cast(), 8) } as i64)
                });
                unsafe { libc::close(file) };
                return count.map(|count| vec![count as u8]);
            }
            Op::Read(name) => {
                let name = path(name);
                let flags = libc::O_RDONLY | libc::O_NONBLOCK | libc::O_CLOEXEC;
                let file = c(unsafe { libc::open(name.as_ptr(), flags) })? as i32;
                let mut content = vec![0; 1 << 17];
                let len = unsafe { libc::read(file, content.as_mut_ptr().cast(), content.len()) };
                let len = c(len as i64);
                unsafe { libc::close(file) };
                content.truncate(len?);
                return Ok(content);
            }
            Op::Truncate(name, len) => {
                c(unsafe { libc::truncate(path(name).as_ptr(), (*len).into()) })
            }
            Op::Chmod(name, bits) => c(unsafe { libc::chmod(path(name).as_ptr(), usable(*bits)) }),
            Op::Utime(name, times) => {
                let time = |time: &Option<(i64, u32)>| match *time {
                    None => libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_OMIT },
                    Some((tv_sec, nanos)) => {
                        libc::timespec { tv_sec, tv_nsec: (nanos % 1_000_000_000).into() }
                    }
                };
                let times = [time(&times[0]), time(&times[1])];
                c(unsafe { libc::utimensat(at, path(name).as_ptr(), times.as_ptr(), 0) })?;
                return match self.both_set() {
                    true => stat(path(name).as_bytes(), true, true),
                    false => Ok(vec![]),
                };
            }
            Op::Mkfifo(name, bits) => {
                c(unsafe { libc::mkfifo(path(name).as_ptr(), usable(*bits)) })
            }
            Op::Access(name, how) => {
                let granted = unsafe { libc::access(path(name).as_ptr(), (how % 8).into()) } == 0;
                return Ok(vec![granted.into()]);
            }
            Op::Stat(name) => return stat(path(name).as_bytes(), true, false),
            Op::Lstat(name) => return stat(path(name).as_bytes(), false, false),
            Op::Listdir(name) => {
                let entries =
                    io(std::fs::read_dir(std::ffi::OsStr::from_bytes(path(name).as_bytes())))?;
                let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
                let mut names: Vec<_> = entries.map(name).collect();
                names.sort();
                return Ok(names
                    .iter()
                    .flat_map(|name| [name.as_bytes(), b"\0"].concat())
                    .collect());
            }
            Op::Makedirs(name, bits, ok) => {
                python::makedirs(path(name).as_bytes(), usable(*bits), *ok)
            }
            Op::Removedirs(name) => python::removedirs(path(name).as_bytes()),
            Op::Renames(old, new) => python::renames(path(old).as_bytes(), path(new).as_bytes()),
            Op::RemoveTree(name) => python::rmtree(path(name).as_bytes()),
            Op::CopyFile(old, new) => {
                return python::copy(path(old).as_bytes(), path(new).as_bytes())
                    .map(|len| vec![len as u8]);
            }
        };
        done.map(|_| Vec::new())
    }

    fn both_set(&self) -> bool {
        matches!(self, Op::Utime(_, [Some(_), Some(_)]))
    }
}

/// Ways of opening that do not wait.
fn open_flags(bits: u16) -> i32 {
    let flags = [
        libc::O_WRONLY,
        libc::O_CREAT,
        libc::O_RDWR,
        libc::O_EXCL,
        libc::O_TRUNC,
        libc::O_APPEND,
        libc::O_NOFOLLOW,
        libc::O_DIRECTORY,
        libc::O_PATH,
    ];
    let chosen = flags.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
    chosen.map(|(_, flag)| flag).sum::<i32>() & !(libc::O_WRONLY & libc::O_RDWR) | libc::O_NONBLOCK
}

/// What the two sides have in common of a file; times only if they were set.
fn stat(path: &[u8], follow: bool, times: bool) -> Outcome {
    let path = CString::new(path).unwrap();
    // SAFETY: zeroes are a valid struct.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    let call = if follow { libc::stat } else { libc::lstat };
    // SAFETY: a string to read, a struct to write.
    c(unsafe { call(path.as_ptr(), &mut stat) })?;
    let times =
        times.then_some([stat.st_atime, stat.st_atime_nsec, stat.st_mtime, stat.st_mtime_nsec]);
    let ids = (stat.st_mode, stat.st_nlink as u64, stat.st_uid, stat.st_gid);
    let sizes = (stat.st_size, stat.st_rdev, stat.st_blocks, stat.st_blksize as i64);
    Ok(format!("{ids:?} {sizes:?} {times:?}").into_bytes())
}

/// The same of rawos.
fn shown(stat: &fs::Stat) -> Vec<u8> {
    let ids = (stat.st_mode(), stat.st_nlink(), stat.st_uid(), stat.st_gid());
    let sizes = (stat.st_size(), stat.st_rdev(), stat.st_blocks(), stat.st_blksize());
    format!("{ids:?} {sizes:?} {:?}", None::<[i64; 4]>).into_bytes()
}
