//! Another root file system: pivot_root, and the switch out of an initramfs.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use linux_raw_sys::general as uapi;

use super::{MountFlags, UmountFlags};
use crate::{
    Errno, Result,
    errno::retry,
    fd::{AsFd, OwnedFd},
    fs::{self, AtFlags, DirBuf, Mode, OFlags, Place},
    path::PathLike,
    sys,
};

/// What moves along: where it is mounted, and the same place from the new root.
const KEPT: [(&CStr, &CStr); 4] =
    [(c"/dev", c"dev"), (c"/proc", c"proc"), (c"/sys", c"sys"), (c"/run", c"run")];

/// How many mounts, one on top of the other, are unmounted in one place.
const STACKED: usize = 256;

/// Makes the mount `new_root` the root, and moves the old one to `put_old`,
/// which is a directory below `new_root` or `new_root` itself.
///
/// Processes whose root or current directory is the old root follow, as far as
/// they are in this mount namespace. Call [`chdir`](fs::chdir) to `/`
/// afterwards, and [`umount2`](super::umount2) with `DETACH` to be rid of the
/// old root. With `"."` for both, after a `chdir` there, the old root ends up on
/// top of the new one, and is unmounted as `"."`. An initramfs cannot be moved:
/// that is what [`switch_root`] is for.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `new_root` is no mount point, `put_old` is not
///   below it, one of them or the root is mounted in something shared, the root
///   is an initramfs or no mount point; or a path holds a NUL byte.
/// - [`EBUSY`](Errno::EBUSY): one of them is on the root's own mount.
/// - [`ENOENT`](Errno::ENOENT), [`ENOTDIR`](Errno::ENOTDIR): there is no such
///   directory.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SYS_ADMIN` in
///   its user namespace).
/// - The rest: pivot_root(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [pivot_root(2)](https://man7.org/linux/man-pages/man2/pivot_root.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// let done = init::pivot_root("/no/such/dir", "/no/such/dir/old");
/// assert!(matches!(done, Err(Errno::ENOENT | Errno::EPERM)));
/// ```
#[inline]
pub fn pivot_root<P: PathLike, Q: PathLike>(new_root: P, put_old: Q) -> Result<()> {
    new_root.with_c_str(|new_root| {
        put_old.with_c_str(|put_old| retry(|| sys::mount::pivot_root(new_root, put_old)))
    })
}

/// What [`switch_root`] does with the content of the old root.
///
/// # Examples
/// ```
/// use rawos::init::OldRoot;
///
/// assert_ne!(OldRoot::Remove, OldRoot::RemoveAnyway);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OldRoot {
    /// It is removed, which frees its memory. Only of a ramfs or tmpfs, as an
    /// initramfs is; of anything else, nothing is done at all.
    Remove,
    /// It is removed, whatever file system it is on.
    RemoveAnyway,
    /// It stays as it is.
    Keep,
}

/// Makes the file system that is mounted at `new_root` the root of this process:
/// the way out of an initramfs, which cannot be unmounted.
///
/// What is done, in this order:
/// 1. It is made sure that `new_root` is a directory of another file system than
///    the root, that the old root may be removed, if it is to be, and that the
///    process may change its root. Up to here, nothing has changed.
/// 2. `/dev`, `/proc`, `/sys` and `/run` move to the new root: each of them that
///    is a mount of its own, and for which the new root has a directory (no
///    symlink) with nothing mounted there. Of mounts on top of each other, the
///    topmost moves.
/// 3. The mount at `new_root` moves on top of the root. If this or a move before
///    it fails, what has moved moves back, and nothing has changed.
/// 4. The root and the current directory become the new root. That this is allowed
///    was tried in 1: should it fail all the same, the outer result is that error,
///    and what has moved stays where it is.
/// 5. Unless `old` is `Keep`: what of the four stayed in the old root is
///    unmounted there (with `MNT_DETACH`), and everything in the old root is
///    removed, through `buf`, but nothing on another file system, so not what
///    else is mounted there. Unmount that before. A bind mount is not entered
///    either, whatever it shows; before Linux 5.8 and in a sandbox that refuses
///    statx, one that shows the old root's own file system is taken for a
///    directory, and emptied.
///
/// Two results: the outer one says whether the root was switched, the inner one
/// whether the current directory is in it and all that was to be removed is gone.
/// It goes on after an error in removing and returns the first.
///
/// Other processes keep their root, which is the old one: this is a call for a
/// time when there are none, or none that matter. So do threads that have a root
/// of their own, by unshare(2) with `CLONE_FS`; the other threads have the new
/// one. A new root whose files lie in the old one (an overlay on a directory of
/// the initramfs, a loop device on a file of it) needs `Keep`, and so does one of
/// the four that shows a directory of the old root.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `new_root` is on the root's own file system, or
///   no mount point, or one of the mounts is in something shared (then make it
///   private: `mount("", "/", "", REC | PRIVATE, "")`); or with `Remove`, the
///   root is neither ramfs nor tmpfs; or a NUL byte in `new_root`.
/// - [`ELOOP`](Errno::ELOOP): `new_root` is below one of the four mounts, and has
///   a directory for it: mount it elsewhere.
/// - [`ENOENT`](Errno::ENOENT), [`ENOTDIR`](Errno::ENOTDIR): there is no such
///   directory.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SYS_ADMIN`,
///   `CAP_SYS_CHROOT`).
/// - The rest: mount(2), chroot(2), and of the inner result those of
///   [`remove_content`](fs::remove_content), and `EBUSY`: more than 256 mounts
///   were on top of each other.
///
/// # Python
/// None.
///
/// # See also
/// [switch_root(8)](https://man7.org/linux/man-pages/man8/switch_root.8.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::DirBuf, init::{self, OldRoot}};
///
/// let switched = init::switch_root("/no/such/dir", OldRoot::Keep, &mut DirBuf::new());
/// assert!(matches!(switched, Err(Errno::ENOENT | Errno::EPERM)));
/// ```
#[inline]
pub fn switch_root<P: PathLike, const N: usize>(
    new_root: P,
    old: OldRoot,
    buf: &mut DirBuf<N>,
) -> Result<Result<()>> {
    let old_root = fs::open(c"/", OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
    if old == OldRoot::Remove && !in_memory(&old_root)? {
        return Err(Errno::EINVAL);
    }
    let cwd = fs::open(c".", OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    let old_place = Place::of(&old_root)?;
    // Changes nothing: the root is that already. Whoever may not do this shall
    // hear so before anything has moved.
    fs::chroot(c"/")?;
    fs::chdir(new_root)?;
    if let Err(errno) = move_mounts(old_place) {
        let _ = fs::fchdir(&cwd);
        return Err(errno);
    }
    fs::chroot(c".")?;
    // Also out of the old root, should `new_root` have been a symlink there.
    let entered = fs::chdir(c"/");
    if entered.is_err() || old == OldRoot::Keep {
        return Ok(entered);
    }
    let left = unmount_kept(&old_root, old_place);
    let removed = remove_root(&old_root, old_place, buf);
    Ok(left.and(removed))
}

/// Whether the directory is on a ramfs or tmpfs.
#[inline]
fn in_memory(dir: &OwnedFd) -> Result<bool> {
    let kind = retry(|| sys::attr::fstatfs(dir.as_fd()))?.f_type;
    Ok([uapi::RAMFS_MAGIC, uapi::TMPFS_MAGIC].contains(&(kind as u32)))
}

/// Where `path` is, if it is a directory, of the one mounted there on top.
#[inline]
fn directory(path: &CStr) -> Result<Option<Place>> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    match fs::open(path, flags, Mode::empty()) {
        Ok(dir) => Place::of(&dir).map(Some),
        Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(None),
        // Too many open files, say: what is there is not known.
        Err(errno) => Err(errno),
    }
}

/// Moves the mounts of `KEPT`, and the current directory's on top of the root;
/// all of them or none.
#[inline]
fn move_mounts(old_place: Place) -> Result<()> {
    let new_place = Place::of(fs::open(c".", OFlags::PATH, Mode::empty())?)?;
    // Not a bind mount of it either: its files would be removed.
    if new_place.same_device(old_place) {
        return Err(Errno::EINVAL);
    }
    let mut moved = [false; KEPT.len()];
    let mut each = KEPT.iter().zip(&mut moved);
    let result = each.try_for_each(|((from, to), moved)| {
        let mounted = directory(from)?.is_some_and(|place| !place.same_mount(old_place));
        if mounted && directory(to)?.is_some_and(|place| place.same_mount(new_place)) {
            move_one(from, to)?;
            *moved = true;
        }
        Ok(())
    });
    let result = result.and_then(|()| move_one(c".", c"/"));
    if result.is_err() {
        let back = KEPT.iter().zip(moved).filter(|(_, moved)| *moved);
        for ((from, to), _) in back.rev() {
            let _ = move_one(to, from);
        }
    }
    result
}

#[inline]
fn move_one(from: &CStr, to: &CStr) -> Result<()> {
    retry(|| sys::mount::mount(Some(from), to, None, MountFlags::MOVE, None))
}

/// Unmounts what of `KEPT` is still mounted in the old root. It is found from
/// there, since no path from the root leads to it.
#[inline]
fn unmount_kept(old_root: &OwnedFd, old_place: Place) -> Result<()> {
    fs::fchdir(old_root)?;
    let mut result = Ok(());
    for (_, name) in KEPT {
        result = result.and(unmount_all(name, old_place));
    }
    let back = fs::chdir(c"/");
    result.and(back)
}

/// Unmounts what is mounted at `name`, all of it if there are several.
#[inline]
fn unmount_all(name: &CStr, old_place: Place) -> Result<()> {
    for _ in 0..STACKED {
        if directory(name)?.is_none_or(|place| place.same_mount(old_place)) {
            return Ok(());
        }
        retry(|| sys::mount::umount2(name, UmountFlags::DETACH | UmountFlags::NOFOLLOW))?;
    }
    Err(Errno::EBUSY)
}

/// Removes everything in the old root that is on its file system.
///
/// One directory in it after the other, because the root itself cannot be gone
/// through: the way from a directory in it back to it, `..`, leads to the new
/// root, which is mounted on it.
#[inline]
fn remove_root<const N: usize>(
    old_root: &OwnedFd,
    old_place: Place,
    buf: &mut DirBuf<N>,
) -> Result<()> {
    let mut names = DirBuf::<4096>::sized();
    let mut entries = fs::fscandir(old_root, &mut names)?;
    let mut result = Ok(());
    while let Some(entry) = entries.next() {
        let removed = entry.and_then(|entry| {
            match fs::unlinkat(old_root, entry.name(), AtFlags::empty()) {
                Err(Errno::EISDIR) => remove_dir(old_root, entry.name(), old_place, buf),
                // A mount on a file; or it was removed by others.
                Err(Errno::EBUSY | Errno::ENOENT) => Ok(()),
                result => result,
            }
        });
        result = result.and(removed);
    }
    result
}

/// Removes the directory `name` of the old root, unless it is a mount point or
/// leads to one.
#[inline]
fn remove_dir<const N: usize>(
    old_root: &OwnedFd,
    name: &CStr,
    old_place: Place,
    buf: &mut DirBuf<N>,
) -> Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    let dir = fs::openat(old_root, name, flags, Mode::empty())?;
    let leads = Place::of(&dir)? == old_place && fs::remove_content_but(&dir, true, buf)?;
    match fs::unlinkat(old_root, name, AtFlags::REMOVEDIR) {
        Err(Errno::EBUSY | Errno::ENOENT) => Ok(()),
        // All that is left in it is mounted there.
        Err(Errno::ENOTEMPTY) if leads => Ok(()),
        result => result,
    }
}
