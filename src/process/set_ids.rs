//! Changing the users and groups the process acts as.
//!
//! `alone.rs` says why these calls want a process with one thread.
#![forbid(unsafe_code)]

use super::alone::alone;
use crate::{Errno, Result, sys, sys::creds::NO_ID};

/// An id for the kernel to set: `None` leaves the old one, and the number that
/// says so to the kernel is `EINVAL`.
#[inline]
fn known(id: Option<u32>) -> Result<u32> {
    match id {
        Some(NO_ID) => Err(Errno::EINVAL),
        id => Ok(id.unwrap_or(NO_ID)),
    }
}

/// Sets the effective user id of the process; with privilege (`CAP_SETUID`) the
/// real and the saved one too, for good.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege, `uid` is neither the real nor
///   the saved id.
/// - [`EINVAL`](Errno::EINVAL): `uid` means nobody in this user namespace.
/// - The rest: setuid(2).
///
/// # Python
/// `os.setuid(uid)`.
///
/// # See also
/// [setuid(2)](https://man7.org/linux/man-pages/man2/setuid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// // A test may have threads.
/// let result = process::setuid(process::getuid());
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[inline]
pub fn setuid(uid: u32) -> Result<()> {
    let id = known(Some(uid))?;
    alone()?;
    sys::creds::setuid(id)
}

/// Sets the effective user id of the process and no other, so that the old one
/// can be set again.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege (`CAP_SETUID`), `euid` is none of
///   the three ids.
/// - [`EINVAL`](Errno::EINVAL): `euid` means nobody in this user namespace.
///
/// # Python
/// `os.seteuid(euid)`.
///
/// # See also
/// [seteuid(3)](https://man7.org/linux/man-pages/man3/seteuid.3p.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::seteuid(process::geteuid());
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[inline]
pub fn seteuid(euid: u32) -> Result<()> {
    setresuid(None, Some(euid), None)
}

/// Sets the real and the effective user id of the process; `None` leaves one
/// as it is.
///
/// The saved id becomes the new effective one, if the real id is set, or the
/// effective one to another than the real was.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege (`CAP_SETUID`), an id is not one of
///   those the call allows.
/// - [`EINVAL`](Errno::EINVAL): an id means nobody in this user namespace.
/// - The rest: setreuid(2).
///
/// # Python
/// `os.setreuid(ruid, euid)`, where -1 is `None`.
///
/// # See also
/// [setreuid(2)](https://man7.org/linux/man-pages/man2/setreuid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::setreuid(None, None);
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[inline]
pub fn setreuid(ruid: Option<u32>, euid: Option<u32>) -> Result<()> {
    let (real, effective) = (known(ruid)?, known(euid)?);
    alone()?;
    sys::creds::setreuid(real, effective)
}

/// Sets the real, the effective and the saved user id of the process; `None`
/// leaves one as it is.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege (`CAP_SETUID`), an id is none of the
///   three that the process has.
/// - [`EINVAL`](Errno::EINVAL): an id means nobody in this user namespace.
/// - The rest: setresuid(2).
///
/// # Python
/// `os.setresuid(ruid, euid, suid)`, where -1 is `None`.
///
/// # See also
/// [setresuid(2)](https://man7.org/linux/man-pages/man2/setresuid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::setresuid(None, None, None);
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// assert_eq!(process::setresuid(Some(u32::MAX), None, None), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn setresuid(ruid: Option<u32>, euid: Option<u32>, suid: Option<u32>) -> Result<()> {
    let ids = (known(ruid)?, known(euid)?, known(suid)?);
    alone()?;
    sys::creds::setresuid(ids.0, ids.1, ids.2)
}

/// Sets the three user ids of the calling thread, and of no other; `None` leaves
/// one as it is.
///
/// Threads of one process with several users are a risk: they share memory and
/// descriptors, and so what each of them may do.
///
/// # Errors
/// Those of [`setresuid`] but `ENOTSUP`.
///
/// # Python
/// None.
///
/// # See also
/// [setresuid(2)](https://man7.org/linux/man-pages/man2/setresuid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let own = process::geteuid();
/// assert_eq!(process::setresuid_thread(None, Some(own), None), Ok(()));
/// ```
#[inline]
pub fn setresuid_thread(ruid: Option<u32>, euid: Option<u32>, suid: Option<u32>) -> Result<()> {
    sys::creds::setresuid(known(ruid)?, known(euid)?, known(suid)?)
}

/// Sets the effective group id of the process; with privilege (`CAP_SETGID`) the
/// real and the saved one too, for good.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege, `gid` is neither the real nor
///   the saved id.
/// - [`EINVAL`](Errno::EINVAL): `gid` means nobody in this user namespace.
/// - The rest: setgid(2).
///
/// # Python
/// `os.setgid(gid)`.
///
/// # See also
/// [setgid(2)](https://man7.org/linux/man-pages/man2/setgid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// // A test may have threads.
/// let result = process::setgid(process::getgid());
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[inline]
pub fn setgid(gid: u32) -> Result<()> {
    let id = known(Some(gid))?;
    alone()?;
    sys::creds::setgid(id)
}

/// Sets the effective group id of the process and no other, so that the old one
/// can be set again.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege (`CAP_SETGID`), `egid` is none of
///   the three ids.
/// - [`EINVAL`](Errno::EINVAL): `egid` means nobody in this user namespace.
///
/// # Python
/// `os.setegid(egid)`.
///
/// # See also
/// [setegid(3)](https://man7.org/linux/man-pages/man3/setegid.3p.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::setegid(process::getegid());
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[inline]
pub fn setegid(egid: u32) -> Result<()> {
    setresgid(None, Some(egid), None)
}

/// Sets the real and the effective group id of the process; `None` leaves one
/// as it is.
///
/// The saved id becomes the new effective one, if the real id is set, or the
/// effective one to another than the real was.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege (`CAP_SETGID`), an id is not one of
///   those the call allows.
/// - [`EINVAL`](Errno::EINVAL): an id means nobody in this user namespace.
/// - The rest: setregid(2).
///
/// # Python
/// `os.setregid(rgid, egid)`, where -1 is `None`.
///
/// # See also
/// [setregid(2)](https://man7.org/linux/man-pages/man2/setreuid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::setregid(None, None);
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[inline]
pub fn setregid(rgid: Option<u32>, egid: Option<u32>) -> Result<()> {
    let (real, effective) = (known(rgid)?, known(egid)?);
    alone()?;
    sys::creds::setregid(real, effective)
}

/// Sets the real, the effective and the saved group id of the process; `None`
/// leaves one as it is.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): without privilege (`CAP_SETGID`), an id is none of the
///   three that the process has.
/// - [`EINVAL`](Errno::EINVAL): an id means nobody in this user namespace.
/// - The rest: setresgid(2).
///
/// # Python
/// `os.setresgid(rgid, egid, sgid)`, where -1 is `None`.
///
/// # See also
/// [setresgid(2)](https://man7.org/linux/man-pages/man2/setresuid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::setresgid(None, None, None);
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// assert_eq!(process::setresgid(Some(u32::MAX), None, None), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn setresgid(rgid: Option<u32>, egid: Option<u32>, sgid: Option<u32>) -> Result<()> {
    let ids = (known(rgid)?, known(egid)?, known(sgid)?);
    alone()?;
    sys::creds::setresgid(ids.0, ids.1, ids.2)
}

/// Sets the three group ids of the calling thread, and of no other; `None` leaves
/// one as it is.
///
/// Threads of one process with several groups are a risk: they share memory and
/// descriptors, and so what each of them may do.
///
/// # Errors
/// Those of [`setresgid`] but `ENOTSUP`.
///
/// # Python
/// None.
///
/// # See also
/// [setresgid(2)](https://man7.org/linux/man-pages/man2/setresuid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let own = process::getegid();
/// assert_eq!(process::setresgid_thread(None, Some(own), None), Ok(()));
/// ```
#[inline]
pub fn setresgid_thread(rgid: Option<u32>, egid: Option<u32>, sgid: Option<u32>) -> Result<()> {
    sys::creds::setresgid(known(rgid)?, known(egid)?, known(sgid)?)
}
