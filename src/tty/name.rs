//! Which descriptor is a terminal, and what it is called.
#![forbid(unsafe_code)]

use core::{
    ffi::CStr,
    fmt::{self, Write as _},
};

use linux_raw_sys::general as uapi;

use crate::{
    Errno, Result,
    fd::{AsFd, BorrowedFd, Buffer},
    fs::{self, DirBuf, Stat},
    sys,
};

/// Whether `fd` is open and a terminal. Never an error.
///
/// A terminal whose other end is closed is none any more.
///
/// # Python
/// `os.isatty(fd)`.
///
/// # See also
/// [isatty(3)](https://man7.org/linux/man-pages/man3/isatty.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, tty};
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert!(tty::isatty(&terminal));
/// let (reader, _writer) = fd::pipe()?;
/// assert!(!tty::isatty(&reader));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn isatty<Fd: AsFd>(fd: Fd) -> bool {
    // Every terminal has a size to ask for, and nothing else has.
    sys::tty::tiocgwinsz(fd.as_fd()).is_ok()
}

/// The encoding of the terminal `fd`: UTF-8. `None` if it is no terminal.
///
/// # Python
/// `os.device_encoding(fd)` in the UTF-8 mode; in others it looks at the
/// locale, which a program without libc does not have.
///
/// # Examples
/// ```
/// use rawos::{fd, tty};
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::device_encoding(&terminal), Some("UTF-8"));
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(tty::device_encoding(&reader), None);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn device_encoding<Fd: AsFd>(fd: Fd) -> Option<&'static str> {
    isatty(fd).then_some("UTF-8")
}

/// The name under which every process finds its controlling terminal:
/// `/dev/tty`.
///
/// # Python
/// `os.ctermid()`.
///
/// # See also
/// [ctermid(3)](https://man7.org/linux/man-pages/man3/ctermid.3.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::tty::ctermid(), c"/dev/tty");
/// ```
#[inline]
#[must_use]
pub const fn ctermid() -> &'static CStr {
    c"/dev/tty"
}

/// Writes the path of the terminal `fd` into `buf`.
///
/// What is returned depends on the [`Buffer`]; for `&mut [u8]` it is the number
/// of bytes, without a NUL. A name seldom has more than 20; 4096 are always
/// enough. That the name leads to this terminal is checked: by device, inode
/// number and the device it stands for. The name is that of the link in
/// `/proc/self/fd`; where that does not help, as before `/proc` is mounted,
/// `/dev/pts` and `/dev` are looked through.
///
/// # Errors
/// - [`ENOTTY`](Errno::ENOTTY): `fd` is no terminal.
/// - [`ENODEV`](Errno::ENODEV): it is one, and no path that this process can
///   see leads to it: it came from another namespace or root.
/// - [`ERANGE`](Errno::ERANGE): `buf` is too small.
/// - [`EIO`](Errno::EIO): the other end of the terminal is closed.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
/// - The rest: those of [`scandir`](fs::scandir), for `/dev`.
///
/// # Python
/// `os.ttyname(fd)`. glibc calls it `ENOTTY` if a terminal that is no
/// pseudo-terminal is found nowhere.
///
/// # See also
/// [ttyname_r(3)](https://man7.org/linux/man-pages/man3/ttyname.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, tty};
///
/// let (pty, terminal) = tty::openpty()?;
/// let mut buf = [0; 64];
/// let len = tty::ttyname(&terminal, &mut buf)?;
/// assert_eq!(&buf[..len], tty::ptsname(&pty)?.to_bytes());
/// assert_eq!(tty::ttyname(&terminal, &mut [0; 4]), Err(Errno::ERANGE));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "ttyname_r")]
#[inline]
pub fn ttyname<Fd: AsFd, B: Buffer>(fd: Fd, buf: B) -> Result<B::Output> {
    let mut room = [0; PATH_MAX];
    let name = find(fd.as_fd(), &mut room)?;
    sys::fill(buf, |to| sys::copy(name, to))
}

/// The path of the terminal `fd`; see [`ttyname`].
///
/// # Errors
/// Those of [`ttyname`] but `ERANGE`, and [`ENOMEM`](Errno::ENOMEM): there is no
/// memory for it.
///
/// # Python
/// `os.ttyname(fd)`.
///
/// # See also
/// [ttyname(3)](https://man7.org/linux/man-pages/man3/ttyname.3.html)
///
/// # Examples
/// ```
/// use rawos::tty;
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert!(tty::ttyname_alloc(&terminal)?.starts_with(b"/dev/"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn ttyname_alloc<Fd: AsFd>(fd: Fd) -> Result<alloc::vec::Vec<u8>> {
    let mut room = [0; PATH_MAX];
    sys::to_vec(find(fd.as_fd(), &mut room)?)
}

const PATH_MAX: usize = uapi::PATH_MAX as usize;

/// `UNIX98_PTY_SLAVE_MAJOR` of the kernel: the terminals in a devpts.
const PTS_MAJOR: u32 = 136;

/// The name of the terminal `fd`, written at the start of `room`.
#[inline]
fn find<'room>(fd: BorrowedFd<'_>, room: &'room mut [u8; PATH_MAX]) -> Result<&'room [u8]> {
    sys::tty::tiocgwinsz(fd)?;
    let terminal = fs::fstat(fd)?;
    let link = short_name(format_args!("/proc/self/fd/{}", fd.as_raw_fd()));
    let len = match fs::readlink(&*link, &mut *room) {
        Ok(len) if room.get(..len).is_some_and(|name| leads_to(name, &terminal)) => len,
        _ => search(&terminal, room)?,
    };
    room.get(..len).ok_or(Errno::ENODEV)
}

/// Whether `name` is, in this process's eyes, the file `terminal`.
#[inline]
fn leads_to(name: &[u8], terminal: &Stat) -> bool {
    let id = |stat: &Stat| (stat.st_dev(), stat.st_ino(), stat.st_rdev());
    name.starts_with(b"/")
        && fs::stat(name)
            .is_ok_and(|found| found.file_type().is_char_device() && id(&found) == id(terminal))
}

/// Looks where terminals are kept. How long the name is that it wrote.
#[cold]
fn search(terminal: &Stat, room: &mut [u8; PATH_MAX]) -> Result<usize> {
    let device = terminal.st_rdev();
    if fs::major(device) == PTS_MAJOR {
        let name = short_name(format_args!("/dev/pts/{}", fs::minor(device)));
        if leads_to(name.as_bytes(), terminal) {
            return put(&[name.as_bytes()], room);
        }
    }
    // A file that is mounted on another, as a container's `/dev/console` is, is
    // listed with the number of the other.
    match scan(terminal, room, true) {
        Err(Errno::ENODEV) => scan(terminal, room, false),
        result => result,
    }
}

/// Looks in `/dev`, only at what has the terminal's inode number in the list if
/// `listed`. How long the name is that it wrote.
#[inline]
fn scan(terminal: &Stat, room: &mut [u8; PATH_MAX], listed: bool) -> Result<usize> {
    let mut buf = DirBuf::new();
    let mut dir = match fs::scandir("/dev", &mut buf) {
        // No name there that this process can see.
        Err(Errno::ENOENT | Errno::ENOTDIR | Errno::EACCES) => return Err(Errno::ENODEV),
        dir => dir?,
    };
    while let Some(entry) = dir.next() {
        let entry = entry?;
        let name = entry.name().to_bytes();
        // These are whatever is open: true, but no name.
        let stream = matches!(name, b"stdin" | b"stdout" | b"stderr");
        if !stream && (!listed || entry.inode() == terminal.st_ino()) {
            let len = put(&[b"/dev/", name], room)?;
            if room.get(..len).is_some_and(|name| leads_to(name, terminal)) {
                return Ok(len);
            }
        }
    }
    Err(Errno::ENODEV)
}

/// Writes `parts` at the start of `room`.
#[inline]
fn put(parts: &[&[u8]], room: &mut [u8; PATH_MAX]) -> Result<usize> {
    let mut len = 0;
    for part in parts {
        let place = room.get_mut(len..len + part.len()).ok_or(Errno::ERANGE)?;
        place.copy_from_slice(part);
        len += part.len();
    }
    Ok(len)
}

/// A path of a few bytes and one number.
#[inline]
fn short_name(parts: fmt::Arguments<'_>) -> heapless::String<32> {
    let mut name = heapless::String::new();
    // None has more than 14 bytes and a number of 11.
    let _ = name.write_fmt(parts);
    name
}
