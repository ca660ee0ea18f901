//! Supplementary groups, and the way out of all privileges.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use linux_raw_sys::general as uapi;

use super::{alone::alone, getresgid, getresuid};
use crate::{Errno, Result, sys, sys::creds::NO_ID};

/// Writes the supplementary group ids of the process, strictly of the calling
/// thread, into `groups` and returns how many there are.
///
/// The effective group may be one of them or not. There are never more than
/// 65536.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): they do not fit.
///
/// # Python
/// `os.getgroups()`; as a list, `getgroups_alloc`.
///
/// # See also
/// [getgroups(2)](https://man7.org/linux/man-pages/man2/getgroups.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let mut groups = [0; 256];
/// let count = process::getgroups(&mut groups)?;
/// assert!(groups[..count].iter().all(|gid| *gid != u32::MAX));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getgroups(groups: &mut [u32]) -> Result<usize> {
    // For no room at all the kernel only counts.
    match sys::creds::getgroups(groups)? {
        count if count > groups.len() => Err(Errno::EINVAL),
        count => Ok(count),
    }
}

/// The supplementary group ids of the process, strictly of the calling thread.
///
/// # Errors
/// [`ENOMEM`](Errno::ENOMEM): there is no memory for them.
///
/// # Python
/// `os.getgroups()`.
///
/// # See also
/// [getgroups(2)](https://man7.org/linux/man-pages/man2/getgroups.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let mut groups = [0; 256];
/// let count = process::getgroups(&mut groups)?;
/// assert_eq!(process::getgroups_alloc()?, groups[..count]);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn getgroups_alloc() -> Result<Vec<u32>> {
    let mut groups = Vec::new();
    loop {
        let count = sys::creds::getgroups(&mut [])?;
        groups.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
        groups.resize(count, 0);
        match getgroups(&mut groups) {
            // They grew in between, by another thread's doing.
            Err(Errno::EINVAL) => groups.clear(),
            result => {
                groups.truncate(result?);
                return Ok(groups);
            }
        }
    }
}

/// Sets the supplementary group ids of the process.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SETGID`).
/// - [`EINVAL`](Errno::EINVAL): there are more than 65536, or one means nobody
///   in this user namespace.
/// - The rest: setgroups(2).
///
/// # Python
/// `os.setgroups(groups)`.
///
/// # See also
/// [setgroups(2)](https://man7.org/linux/man-pages/man2/setgroups.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::setgroups(&[0; 65537]);
/// assert!(matches!(result, Err(Errno::EINVAL | Errno::EPERM | Errno::ENOTSUP)));
/// ```
#[inline]
pub fn setgroups(groups: &[u32]) -> Result<()> {
    alone()?;
    setgroups_thread(groups)
}

/// Sets the supplementary group ids of the calling thread, and of no other.
///
/// # Errors
/// Those of [`setgroups`] but `ENOTSUP`.
///
/// # Python
/// None.
///
/// # See also
/// [setgroups(2)](https://man7.org/linux/man-pages/man2/setgroups.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let result = process::setgroups_thread(&[0; 65537]);
/// assert!(matches!(result, Err(Errno::EINVAL | Errno::EPERM)));
/// ```
#[inline]
pub fn setgroups_thread(groups: &[u32]) -> Result<()> {
    sys::creds::setgroups(groups)
}

/// Makes the process one of the user `uid` with the group `gid` and the
/// supplementary `groups`, for good.
///
/// The order matters, and is the safe one: supplementary groups, then all three
/// group ids, then all three user ids. All of it is read back afterwards.
///
/// A process that is not root but has capabilities keeps them, and so does one
/// that asked to (`PR_SET_KEEPCAPS`). Descriptors stay open.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SETUID`,
///   `CAP_SETGID`); or what was read back is not what was set.
/// - [`EINVAL`](Errno::EINVAL): an id means nobody in this user namespace, or
///   there are more than 65536 groups.
/// - [`ENOMEM`](Errno::ENOMEM): there is no memory to compare the groups in.
///
/// After an error a part may have been given up. It is time to end the process.
///
/// # Python
/// `os.setgroups(groups)`, `os.setresgid(gid, gid, gid)`,
/// `os.setresuid(uid, uid, uid)`; see `subprocess.Popen(user=, group=, extra_groups=)`.
///
/// # See also
/// [credentials(7)](https://man7.org/linux/man-pages/man7/credentials.7.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// assert_eq!(process::drop_privileges(u32::MAX, 65534, &[]), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn drop_privileges(uid: u32, gid: u32, groups: &[u32]) -> Result<()> {
    if uid == NO_ID || gid == NO_ID || groups.contains(&NO_ID) {
        return Err(Errno::EINVAL);
    }
    if groups.len() > NGROUPS_MAX {
        return Err(Errno::EINVAL);
    }
    alone()?;
    // Twice as many: those wanted, and those that there are.
    let mut memory = sys::Mapping::new(2 * size_of::<u32>() * groups.len().max(1))?;
    sys::creds::setgroups(groups)?;
    sys::creds::setresgid(gid, gid, gid)?;
    sys::creds::setresuid(uid, uid, uid)?;
    let ids = getresgid()? == (gid, gid, gid) && getresuid()? == (uid, uid, uid);
    match ids && has_groups(groups, memory.words())? {
        true => Ok(()),
        false => Err(Errno::EPERM),
    }
}

const NGROUPS_MAX: usize = uapi::NGROUPS_MAX as usize;

/// Whether the process has the supplementary groups `groups`, in any order, and
/// no others. `room` is for twice as many.
#[inline]
fn has_groups(groups: &[u32], room: &mut [u32]) -> Result<bool> {
    let (wanted, own) = room.split_at_mut_checked(groups.len()).ok_or(Errno::EINVAL)?;
    if sys::creds::getgroups(&mut [])? != groups.len() {
        return Ok(false);
    }
    let count = getgroups(own)?;
    let own = own.get_mut(..count).unwrap_or_default();
    wanted.copy_from_slice(groups);
    wanted.sort_unstable();
    own.sort_unstable();
    Ok(wanted == own)
}
