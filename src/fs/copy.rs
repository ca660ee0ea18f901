//! Copying a file: its content, holes and permissions, all or nothing.
#![forbid(unsafe_code)]

use core::{ffi::CStr, fmt::Write as _, mem::MaybeUninit};

use super::{AtFlags, Mode, OFlags, Stat, fchmod, fstat, fstatat, open, openat};
use crate::{
    Errno, Result,
    errno::retry,
    fd::{self, AsFd as _, BorrowedFd, CWD, OwnedFd, SeekFrom},
    path::{PathLike, split_bytes},
    process::getpid,
    sys,
};

/// Copies the regular file `src` to `dst`, permissions included, and returns
/// how many bytes it has.
///
/// `dst` appears in one step when the copy is complete; whoever looks sees the
/// old file or the new one, and after an error the old one or none. Whatever
/// had that name is replaced: a symlink itself, not what it points to. Data
/// are not forced to the disk; see fsync(2).
///
/// A file system that can share blocks between files does; elsewhere the
/// kernel copies, or else this function, over a buffer on the stack. Holes
/// stay holes. A file without a size, as in `/proc`, is read to its end.
///
/// Copied are the bits 0o777 of the mode, the umask aside. Not copied: set-id
/// and sticky bits, which would be the caller's now; owner, times, extended
/// attributes.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no `src`, or no directory for `dst`.
/// - [`EISDIR`](Errno::EISDIR): one of the two is a directory, or `dst` is
///   written as one (`new/`).
/// - [`EINVAL`](Errno::EINVAL): `src` is a pipe, a socket or a device; `src`
///   and `dst` are names of the same file; a path holds a NUL byte.
/// - [`ENOSPC`](Errno::ENOSPC), [`EDQUOT`](Errno::EDQUOT),
///   [`EFBIG`](Errno::EFBIG): no room for the copy.
/// - The rest: open(2), read(2), write(2), rename(2). `EINTR` is retried.
///
/// # Python
/// None in `os`; `shutil.copy(src, dst)`, which writes into an existing `dst`,
/// follows a symlink there, and copies into a directory.
///
/// # See also
/// [copy_file_range(2)](https://man7.org/linux/man-pages/man2/copy_file_range.2.html),
/// [ioctl_ficlone(2)](https://man7.org/linux/man-pages/man2/ioctl_ficlone.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let dst = format!("{}/rawos-doc-copy-{}", std::env::temp_dir().display(), std::process::id());
/// let len = fs::copy_file("/proc/self/status", dst.as_bytes())?;
/// assert_eq!(fs::stat(dst.as_bytes())?.st_size(), len as i64);
/// fs::unlink(dst.as_bytes())?;
/// assert_eq!(fs::copy_file("/proc", dst.as_bytes()), Err(Errno::EISDIR));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "copyfile")]
#[inline]
pub fn copy_file<P: PathLike, Q: PathLike>(src: P, dst: Q) -> Result<u64> {
    // `NONBLOCK`: a pipe is refused, not waited for.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    let src = open(src, flags, Mode::empty())?;
    let stat = fstat(&src)?;
    match stat.file_type() {
        kind if kind.is_file() => copy(src.as_fd(), &stat, dst.fspath()),
        kind if kind.is_dir() => Err(Errno::EISDIR),
        _ => Err(Errno::EINVAL),
    }
}

#[inline]
fn copy(src: BorrowedFd<'_>, stat: &Stat, dst: &[u8]) -> Result<u64> {
    if dst.contains(&0) {
        return Err(Errno::EINVAL);
    }
    let (head, tail) = split_bytes(dst);
    match tail {
        b"" if dst.is_empty() => return Err(Errno::ENOENT),
        b"" | b"." | b".." => return Err(Errno::EISDIR),
        _ => {}
    }
    let mut buf = sys::PathBuf::new();
    // The limit is for the whole path, as the kernel would say.
    buf.copy(dst)?;
    let dir = if head.is_empty() { c"." } else { buf.copy(head)? };
    let dir = open(dir, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    let name = buf.copy(tail)?;
    match fstatat(&dir, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(old) if old.file_type().is_dir() => return Err(Errno::EISDIR),
        Ok(old) if (old.st_dev(), old.st_ino()) == (stat.st_dev(), stat.st_ino()) => {
            return Err(Errno::EINVAL);
        }
        Ok(_) | Err(Errno::ENOENT) => {}
        Err(errno) => return Err(errno),
    }
    let new = NewFile::create(dir.as_fd())?;
    let len = copy_content(src, new.file.as_fd(), stat)?;
    fchmod(new.file.as_fd(), stat.mode() & Mode::from_bits_retain(0o777))?;
    new.publish(name)?;
    Ok(len)
}

/// A file that has no name yet, or one that nobody looks for; without
/// [`publish`](Self::publish) it goes with this value.
struct NewFile<'dir> {
    dir: BorrowedFd<'dir>,
    file: OwnedFd,
    name: Option<TempName>,
}

impl<'dir> NewFile<'dir> {
    #[inline]
    fn create(dir: BorrowedFd<'dir>) -> Result<Self> {
        let mode = Mode::IRUSR | Mode::IWUSR;
        // Nameless, it goes even if the process is killed. Not every file
        // system has that, and without /proc there is no way to a name.
        if let Ok(file) = openat(dir, c".", OFlags::RDWR | OFlags::TMPFILE, mode)
            && linkable(file.as_fd())
        {
            return Ok(Self { dir, file, name: None });
        }
        let flags = OFlags::RDWR | OFlags::CREAT | OFlags::EXCL | OFlags::NOFOLLOW;
        let (name, file) = TempName::find(|name| openat(dir, name, flags, mode))?;
        Ok(Self { dir, file, name: Some(name) })
    }

    /// Gives the file its name, in place of whatever has it.
    #[inline]
    fn publish(mut self, name: &CStr) -> Result<()> {
        if self.name.is_none() {
            let proc = ProcName::new(self.file.as_fd());
            let link = |to: &CStr| {
                sys::node::linkat(CWD, proc.as_c_str(), self.dir, to, AtFlags::SYMLINK_FOLLOW)
            };
            match link(name) {
                // It is taken, and only a rename replaces.
                Err(Errno::EEXIST) => self.name = Some(TempName::find(link)?.0),
                result => return result,
            }
        }
        if let Some(temp) = &self.name {
            sys::fs::renameat2(self.dir, temp.as_c_str(), self.dir, name, 0)?;
        }
        self.name = None;
        Ok(())
    }
}

impl Drop for NewFile<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            let _ = sys::fs::unlinkat(self.dir, name.as_c_str(), AtFlags::empty());
        }
    }
}

/// Whether `/proc` leads to the file itself.
#[inline]
fn linkable(file: BorrowedFd<'_>) -> bool {
    let Ok(stat) = fstat(file) else { return false };
    let id = (stat.st_dev(), stat.st_ino());
    fstatat(CWD, ProcName::new(file).as_c_str(), AtFlags::empty())
        .is_ok_and(|found| (found.st_dev(), found.st_ino()) == id)
}

/// `/proc/self/fd/N`.
struct ProcName(Text);

impl ProcName {
    #[inline]
    fn new(fd: BorrowedFd<'_>) -> Self {
        Self(text(format_args!("/proc/self/fd/{}\0", fd.as_raw_fd())))
    }

    #[inline]
    fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

/// `.rawos-PID-N`, the first that nobody has.
struct TempName(Text);

impl TempName {
    /// Has `make` try one name after the other, until it is not taken.
    #[inline]
    fn find<T>(mut make: impl FnMut(&CStr) -> Result<T>) -> Result<(Self, T)> {
        let mut number = 0_u32;
        loop {
            let name = Self(text(format_args!(".rawos-{}-{number}\0", getpid().0)));
            match make(name.as_c_str()) {
                Err(Errno::EEXIST) if number < 9999 => number += 1,
                result => return Ok((name, result?)),
            }
        }
    }

    #[inline]
    fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

/// Room for the longest of both names.
type Text = heapless::Vec<u8, 40>;

#[inline]
fn text(parts: core::fmt::Arguments<'_>) -> Text {
    let mut text = Text::new();
    // Neither name is longer than 14 bytes and two numbers of 10 digits.
    let _ = text.write_fmt(parts);
    text
}

/// Copies all that is in `src` to the empty file `dst`, and returns how long
/// it is.
#[inline]
fn copy_content(src: BorrowedFd<'_>, dst: BorrowedFd<'_>, stat: &Stat) -> Result<u64> {
    let size = stat.st_size().cast_unsigned();
    if size == 0 {
        // Empty, or made by the kernel as it is read, and not seekable then.
        return copy_stream(src, dst);
    }
    if sys::fd::ioctl_ficlone(dst, src).is_ok() {
        return fstat(dst).map(|stat| stat.st_size().cast_unsigned());
    }
    let mut copier = Copier { src, dst, in_kernel: true };
    let mut at = 0;
    loop {
        let (start, end) = match fd::lseek(src, SeekFrom::Data(at)) {
            Ok(start) => match fd::lseek(src, SeekFrom::Hole(start)) {
                Ok(end) if end > start => (start, end),
                _ => (start, u64::MAX),
            },
            // Nothing but a hole up to the end, wherever that is by now.
            Err(Errno::ENXIO) => (fstat(src)?.st_size().cast_unsigned().max(at), u64::MAX),
            // The file system does not say where its holes are.
            Err(_) => (at, u64::MAX),
        };
        at = copier.copy(start, end)?;
        if at < end {
            // The hole at the end, if there is one.
            fd::ftruncate(dst, at)?;
            return Ok(at);
        }
    }
}

/// How much the kernel is asked to copy at once: enough to be rare, little
/// enough to be interrupted.
const CHUNK: u64 = 1 << 30;

/// Bytes on the stack, where the kernel does not copy by itself.
const BUFFER: usize = 16 << 10;

struct Copier<'fd> {
    src: BorrowedFd<'fd>,
    dst: BorrowedFd<'fd>,
    /// Until the kernel refuses for the first time.
    in_kernel: bool,
}

impl Copier<'_> {
    /// Copies from `at` up to `end` or to the end of the file, and returns
    /// where that was.
    #[inline]
    fn copy(&mut self, mut at: u64, end: u64) -> Result<u64> {
        while self.in_kernel && at < end {
            let len = (end - at).min(CHUNK) as usize;
            match retry(|| sys::fd::copy_file_range(self.src, Some(at), self.dst, Some(at), len)) {
                Ok(count) if count > 0 => at += count as u64,
                // The end, or a file system that has none for this call. Or an
                // error, of which there are many that only mean "not here";
                // what is really wrong is wrong with reading and writing too.
                Ok(_) => break,
                Err(_) => self.in_kernel = false,
            }
        }
        let mut buf = [MaybeUninit::uninit(); BUFFER];
        while at < end {
            let len = (end - at).min(BUFFER as u64) as usize;
            let (data, _) = fd::pread(self.src, &mut buf[..len], at)?;
            let mut data = &*data;
            if data.is_empty() {
                break;
            }
            while !data.is_empty() {
                let count = fd::pwrite(self.dst, data, at)?;
                data = match data.get(count..) {
                    Some(rest) if count > 0 => rest,
                    _ => return Err(Errno::EIO),
                };
                at += count as u64;
            }
        }
        Ok(at)
    }
}

/// Copies by reading and writing alone.
#[inline]
fn copy_stream(src: BorrowedFd<'_>, dst: BorrowedFd<'_>) -> Result<u64> {
    let mut buf = [MaybeUninit::uninit(); BUFFER];
    let mut len = 0;
    loop {
        let (data, _) = fd::read(src, &mut buf[..])?;
        if data.is_empty() {
            return Ok(len);
        }
        fd::write_all(dst, data)?;
        len += data.len() as u64;
    }
}
