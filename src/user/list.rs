//! The groups of a user.
#![forbid(unsafe_code)]

use super::{GroupReader, ordinary};
use crate::{
    Errno, Result,
    fd::AsFd,
    fs::{self, Mode, OFlags},
    path::PathLike,
    process, sys,
};

/// The most supplementary groups that a process has.
const NGROUPS_MAX: usize = linux_raw_sys::general::NGROUPS_MAX as usize;

/// For a group's name, or a member's: 2048 bytes each.
const BUFFER: usize = 4096;

/// Writes `group` and the ids of the groups that `user` is a member of, by
/// `/etc/group`, into `groups` and returns how many there are.
///
/// Those that do not fit are counted too: if the result is more than
/// `groups.len()`, call again with so much room. Groups come in the file's
/// order; one with two lines comes twice.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no `/etc/group`.
/// - [`EINVAL`](Errno::EINVAL): `user` holds a NUL byte.
/// - [`ERANGE`](Errno::ERANGE): a group's name has 2048 bytes or more.
/// - The rest: those of [`open`](crate::fs::open()) and
///   [`read`](crate::fd::read()).
///
/// # Python
/// `os.getgrouplist(user, group)`, which asks all services that the libc
/// knows; of another file, [`fgetgrouplist`].
///
/// # See also
/// [getgrouplist(3)](https://man7.org/linux/man-pages/man3/getgrouplist.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, user};
///
/// let mut groups = [0; 64];
/// match user::getgrouplist("no such user", 7, &mut groups) {
///     Ok(count) => assert_eq!(groups[..count], [7]),
///     Err(errno) => assert_eq!(errno, Errno::ENOENT),
/// }
/// ```
#[inline]
pub fn getgrouplist<N: PathLike>(user: N, group: u32, groups: &mut [u32]) -> Result<usize> {
    fgetgrouplist(open_group()?, user, group, groups)
}

/// As [`getgrouplist`], by the open file `fd`, from where it is.
///
/// # Errors
/// Those of [`getgrouplist`] but `ENOENT`.
///
/// # Python
/// None.
///
/// # See also
/// [group(5)](https://man7.org/linux/man-pages/man5/group.5.html)
///
/// # Examples
/// ```
/// use rawos::{fd, user};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"wheel:x:10:root,me\naudio:x:11:me\nvideo:x:12:you\n")?;
/// drop(writer);
/// let mut groups = [0; 2];
/// assert_eq!(user::fgetgrouplist(&reader, "me", 7, &mut groups), Ok(3));
/// assert_eq!(groups, [7, 10]);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fgetgrouplist<Fd: AsFd, N: PathLike>(
    fd: Fd,
    user: N,
    group: u32,
    groups: &mut [u32],
) -> Result<usize> {
    let user = user.fspath();
    if user.contains(&0) {
        return Err(Errno::EINVAL);
    }
    let mut buf = [0; BUFFER];
    let mut reader = GroupReader::new(fd, &mut buf);
    let mut count = 0;
    let mut add = |gid| {
        if let Some(place) = groups.get_mut(count) {
            *place = gid;
        }
        count += 1;
    };
    add(group);
    while let Some(next) = reader.next() {
        let mut next = next?;
        if next.gid() == group || !ordinary(next.name()) {
            continue;
        }
        while let Some(member) = next.next_member() {
            match member {
                Ok(member) if member == user => {
                    add(next.gid());
                    break;
                }
                // Too long for the buffer, and so for this user.
                Err(Errno::ERANGE) if user.len() < BUFFER / 2 => {}
                other => drop(other?),
            }
        }
    }
    Ok(count)
}

/// Makes the supplementary groups of the process `group` and those that `user`
/// is a member of, by `/etc/group`.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SETGID`).
/// - [`EINVAL`](Errno::EINVAL): there are more than 65536, or a group means
///   nobody in this user namespace.
/// - The rest: those of [`getgrouplist`].
///
/// # Python
/// `os.initgroups(username, gid)`; of another file, [`finitgroups`].
///
/// # See also
/// [initgroups(3)](https://man7.org/linux/man-pages/man3/initgroups.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, user};
///
/// // A test may have threads, no privilege, or no file.
/// let result = user::initgroups("root", 0);
/// assert!(matches!(result, Err(Errno::ENOTSUP | Errno::EPERM | Errno::ENOENT) | Ok(())));
/// ```
#[inline]
pub fn initgroups<N: PathLike>(user: N, group: u32) -> Result<()> {
    finitgroups(open_group()?, user, group)
}

/// As [`initgroups`], by the open file `fd`, from where it is.
///
/// # Errors
/// Those of [`initgroups`] but `ENOENT`.
///
/// # Python
/// None.
///
/// # See also
/// [group(5)](https://man7.org/linux/man-pages/man5/group.5.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, user};
///
/// let (reader, _) = fd::pipe()?;
/// assert_eq!(user::finitgroups(&reader, "a\0b", 7), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn finitgroups<Fd: AsFd, N: PathLike>(fd: Fd, user: N, group: u32) -> Result<()> {
    // 256 KiB, of which the kernel gives as much as is used.
    let mut memory = sys::Mapping::new(NGROUPS_MAX * size_of::<u32>())?;
    let groups = memory.words();
    let count = fgetgrouplist(fd, user, group, groups)?;
    process::setgroups(groups.get(..count).ok_or(Errno::EINVAL)?)
}

#[inline]
fn open_group() -> Result<crate::fd::OwnedFd> {
    fs::open(c"/etc/group", OFlags::RDONLY, Mode::empty())
}
