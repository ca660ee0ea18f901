//! Pseudo-terminals: two ends, of which the second is a terminal.
#![forbid(unsafe_code)]

use core::{ffi::CStr, fmt, fmt::Write as _, ops::Deref};

use crate::{
    Errno, Result,
    errno::retry,
    fd::{AsFd, OwnedFd},
    fs::{self, Mode, OFlags},
    path::PathLike,
    sys,
};

/// Makes a pseudo-terminal: what is written to the second descriptor, the
/// terminal, is read from the first, and the other way round. Both are
/// close-on-exec.
///
/// Neither becomes the controlling terminal; see
/// [`login_tty`](super::login_tty). The terminal has no size so far; see
/// [`tcsetwinsize`](super::tcsetwinsize).
///
/// The kernel opens the second end (Linux 4.13), or else it is opened by its
/// name in `/dev/pts`, which is another one's if that is not the file system
/// that `/dev/ptmx` belongs to.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no `/dev/ptmx`, or no devpts is
///   mounted.
/// - [`ENOSPC`](Errno::ENOSPC): there may be no more pseudo-terminals.
/// - [`EMFILE`](Errno::EMFILE), [`ENFILE`](Errno::ENFILE): no descriptor is left.
/// - The rest: pts(4).
///
/// # Python
/// `os.openpty()`.
///
/// # See also
/// [openpty(3)](https://man7.org/linux/man-pages/man3/openpty.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, tty};
///
/// let (pty, terminal) = tty::openpty()?;
/// fd::write(&terminal, b"out")?;
/// let mut buf = [0; 16];
/// assert_eq!(fd::read(&pty, &mut buf), Ok(3));
/// assert_eq!(&buf[..3], b"out");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn openpty() -> Result<(OwnedFd, OwnedFd)> {
    let flags = OFlags::RDWR | OFlags::NOCTTY;
    let pty = posix_openpt(flags)?;
    unlockpt(&pty)?;
    let terminal = match retry(|| sys::tty::tiocgptpeer(pty.as_fd(), flags | OFlags::CLOEXEC)) {
        // An old kernel, an emulator's, a sandbox.
        Err(Errno::ENOTTY | Errno::EINVAL | Errno::ENOSYS | Errno::EPERM | Errno::EACCES) => {
            fs::open(&ptsname(&pty)?, flags, Mode::empty())?
        }
        opened => opened?,
    };
    Ok((pty, terminal))
}

/// Makes a pseudo-terminal and opens its first end.
///
/// `flags`: [`OFlags::RDWR`], [`OFlags::NOCTTY`], [`OFlags::NONBLOCK`]. The
/// descriptor is close-on-exec. The other end, a terminal, has the name
/// [`ptsname`] and may be opened after an [`unlockpt`].
///
/// # Errors
/// Those of [`openpty`].
///
/// # Python
/// `os.posix_openpt(oflag)`.
///
/// # See also
/// [posix_openpt(3)](https://man7.org/linux/man-pages/man3/posix_openpt.3.html)
///
/// # Examples
/// ```
/// use rawos::{fs::{self, Mode, OFlags}, tty};
///
/// let flags = OFlags::RDWR | OFlags::NOCTTY;
/// let pty = tty::posix_openpt(flags)?;
/// tty::grantpt(&pty)?;
/// tty::unlockpt(&pty)?;
/// assert!(tty::isatty(fs::open(&tty::ptsname(&pty)?, flags, Mode::empty())?));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn posix_openpt(flags: OFlags) -> Result<OwnedFd> {
    fs::open(c"/dev/ptmx", flags, Mode::empty())
}

/// Checks that `pty` is the first end of a pseudo-terminal. The kernel gave the
/// other to the user who made it, with the permissions that the devpts was
/// mounted with.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): it is not.
/// - [`EBADF`](Errno::EBADF): `pty` is not open.
///
/// # Python
/// `os.grantpt(fd)`.
///
/// # See also
/// [grantpt(3)](https://man7.org/linux/man-pages/man3/grantpt.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, tty};
///
/// let (pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::grantpt(&pty), Ok(()));
/// assert_eq!(tty::grantpt(&terminal), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn grantpt<Fd: AsFd>(pty: Fd) -> Result<()> {
    sys::tty::tiocgptn(pty.as_fd()).map(drop).map_err(einval)
}

/// Allows the other end of the pseudo-terminal `pty` to be opened.
///
/// # Errors
/// Those of [`grantpt`].
///
/// # Python
/// `os.unlockpt(fd)`.
///
/// # See also
/// [unlockpt(3)](https://man7.org/linux/man-pages/man3/unlockpt.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags}, tty};
///
/// let flags = OFlags::RDWR | OFlags::NOCTTY;
/// let pty = tty::posix_openpt(flags)?;
/// let name = tty::ptsname(&pty)?;
/// assert_eq!(fs::open(&name, flags, Mode::empty()).unwrap_err(), Errno::EIO);
/// tty::unlockpt(&pty)?;
/// assert!(fs::open(&name, flags, Mode::empty()).is_ok());
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn unlockpt<Fd: AsFd>(pty: Fd) -> Result<()> {
    sys::tty::tiocsptlck(pty.as_fd(), false).map_err(einval)
}

/// What POSIX has for no pseudo-terminal, and glibc makes of the kernel's.
#[inline]
fn einval(errno: Errno) -> Errno {
    if errno == Errno::ENOTTY { Errno::EINVAL } else { errno }
}

/// The name of the terminal whose other end is `pty`: `/dev/pts/N`.
///
/// That this file is that terminal is not checked: in another mount namespace
/// it need not be.
///
/// # Errors
/// - [`ENOTTY`](Errno::ENOTTY): `pty` is no first end of a pseudo-terminal.
/// - [`EBADF`](Errno::EBADF): `pty` is not open.
///
/// # Python
/// `os.ptsname(fd)`.
///
/// # See also
/// [ptsname_r(3)](https://man7.org/linux/man-pages/man3/ptsname.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, tty};
///
/// let (pty, terminal) = tty::openpty()?;
/// assert!(tty::ptsname(&pty)?.to_bytes().starts_with(b"/dev/pts/"));
/// assert_eq!(tty::ptsname(&terminal), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "ptsname_r")]
#[doc(alias = "TIOCGPTN")]
#[inline]
pub fn ptsname<Fd: AsFd>(pty: Fd) -> Result<PtsName> {
    let number = sys::tty::tiocgptn(pty.as_fd())?;
    let mut name = heapless::Vec::new();
    // 9 bytes, a number of at most 10, a NUL: there is room for it.
    let _ = write!(name, "/dev/pts/{number}\0");
    Ok(PtsName(name))
}

/// The name of a terminal, as [`ptsname`] gives it: a C string in place, and a
/// path.
///
/// # Examples
/// ```
/// use rawos::{fs, tty};
///
/// let (pty, _terminal) = tty::openpty()?;
/// let name = tty::ptsname(&pty)?;
/// assert!(fs::stat(&name)?.file_type().is_char_device());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PtsName(heapless::Vec<u8, 20>);

impl Deref for PtsName {
    type Target = CStr;

    #[inline]
    fn deref(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

impl PathLike for PtsName {
    #[inline]
    fn fspath(&self) -> &[u8] {
        self.to_bytes()
    }

    #[inline]
    fn with_c_str<T>(&self, then: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
        then(self)
    }
}

impl fmt::Debug for PtsName {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
