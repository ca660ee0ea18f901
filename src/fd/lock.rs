//! Locks on parts of a file, against other processes.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::AsFd;
use crate::{Errno, Result, errno::retry, sys};

/// What [`lockf`] does.
///
/// # Examples
/// ```
/// use rawos::{fd::{self, LockfCommand}, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/tmp", OFlags::TMPFILE | OFlags::RDWR, Mode::IRUSR)?;
/// assert_eq!(fd::lockf(&file, LockfCommand::Lock, 10), Ok(()));
/// assert_eq!(fd::lockf(&file, LockfCommand::Unlock, 10), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockfCommand {
    /// Lock, and wait while another process holds some of it.
    #[doc(alias = "F_LOCK")]
    Lock,
    /// Lock, or fail with `EAGAIN` or `EACCES` if another process holds some of it.
    #[doc(alias = "F_TLOCK")]
    TryLock,
    /// Unlock.
    #[doc(alias = "F_ULOCK")]
    Unlock,
    /// Fail with `EACCES` if another process has some of it locked.
    #[doc(alias = "F_TEST")]
    Test,
}

/// Locks, unlocks or tests the `len` bytes of `fd` from the current position
/// on.
///
/// A `len` of 0 reaches to the end of the file, however far that moves; a
/// negative one covers the bytes before the position. The lock belongs to the
/// process: it is gone when the process closes any descriptor of the file, and
/// it stops no thread of the same process.
///
/// # Errors
/// - [`EACCES`](Errno::EACCES): [`LockfCommand::Test`] found a lock.
/// - [`EAGAIN`](Errno::EAGAIN), or [`EACCES`](Errno::EACCES) with some file systems:
///   [`LockfCommand::TryLock`] did.
/// - [`EBADF`](Errno::EBADF): `fd` is not open for writing, and this is a lock.
/// - [`EDEADLK`](Errno::EDEADLK): the holder waits for this process.
/// - [`EINVAL`](Errno::EINVAL): the bytes would begin before the file, or `fd` cannot be locked.
/// - [`ENOLCK`](Errno::ENOLCK): too many locks.
/// - The rest: lockf(3). `EINTR` is retried.
///
/// # Python
/// `os.lockf(fd, cmd, len)`.
///
/// # See also
/// [lockf(3)](https://man7.org/linux/man-pages/man3/lockf.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd::{self, LockfCommand}, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/tmp", OFlags::TMPFILE | OFlags::RDWR, Mode::IRUSR)?;
/// assert_eq!(fd::lockf(&file, LockfCommand::TryLock, 0), Ok(()));
/// // One's own lock is in nobody's way.
/// assert_eq!(fd::lockf(&file, LockfCommand::Test, 0), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "flock")]
#[doc(alias = "F_SETLK")]
#[doc(alias = "F_SETLKW")]
#[doc(alias = "F_GETLK")]
#[inline]
pub fn lockf<Fd: AsFd>(fd: Fd, cmd: LockfCommand, len: i64) -> Result<()> {
    let fd = fd.as_fd();
    let lock = |kind: u32| uapi::flock {
        l_type: kind as _,
        l_whence: uapi::SEEK_CUR as _,
        l_start: 0,
        l_len: len,
        l_pid: 0,
    };
    match cmd {
        LockfCommand::Lock => retry(|| sys::fd::fcntl_setlk(fd, &lock(uapi::F_WRLCK), true)),
        LockfCommand::TryLock => retry(|| sys::fd::fcntl_setlk(fd, &lock(uapi::F_WRLCK), false)),
        LockfCommand::Unlock => retry(|| sys::fd::fcntl_setlk(fd, &lock(uapi::F_UNLCK), false)),
        LockfCommand::Test => {
            // As glibc and musl: what a reader may not have. lockf(3) itself
            // makes no shared locks, so the answer is the same for its users.
            let mut found = lock(uapi::F_RDLCK);
            retry(|| sys::fd::fcntl_getlk(fd, &mut found))?;
            // The process's own locks are never reported.
            if found.l_type == uapi::F_UNLCK as _ { Ok(()) } else { Err(Errno::EACCES) }
        }
    }
}
