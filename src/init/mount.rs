//! Mounting by path: mount and umount2.
//!
//! Next door: `mount_fd.rs` has the newer calls, step by step and by descriptor.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use linux_raw_sys::general as uapi;

use crate::{Result, errno::retry, path::PathLike, sys};

flags! {
    /// Flags for [`mount`]: what it does, and how the mount behaves.
    ///
    /// # Examples
    /// ```
    /// use rawos::init::MountFlags;
    ///
    /// let private = MountFlags::REC | MountFlags::PRIVATE;
    /// assert_eq!(private.bits(), 0x4_4000);
    /// ```
    pub struct MountFlags: u64 {
        /// `MS_RDONLY`: read-only.
        #[doc(alias = "MS_RDONLY")]
        const RDONLY = uapi::MS_RDONLY;
        /// `MS_NOSUID`: set-user-ID bits and file capabilities have no effect.
        #[doc(alias = "MS_NOSUID")]
        const NOSUID = uapi::MS_NOSUID;
        /// `MS_NODEV`: device files cannot be opened.
        #[doc(alias = "MS_NODEV")]
        const NODEV = uapi::MS_NODEV;
        /// `MS_NOEXEC`: no program can be executed.
        #[doc(alias = "MS_NOEXEC")]
        const NOEXEC = uapi::MS_NOEXEC;
        /// `MS_SYNCHRONOUS`: writes reach the disk before they return.
        #[doc(alias = "MS_SYNCHRONOUS")]
        const SYNCHRONOUS = uapi::MS_SYNCHRONOUS;
        /// `MS_REMOUNT`: change flags and data of what is mounted there.
        #[doc(alias = "MS_REMOUNT")]
        const REMOUNT = uapi::MS_REMOUNT;
        /// `MS_MANDLOCK`: mandatory locks; without effect from Linux 5.15 on.
        #[doc(alias = "MS_MANDLOCK")]
        const MANDLOCK = uapi::MS_MANDLOCK;
        /// `MS_DIRSYNC`: changes of directories reach the disk before they return.
        #[doc(alias = "MS_DIRSYNC")]
        const DIRSYNC = uapi::MS_DIRSYNC;
        /// `MS_NOSYMFOLLOW`: no symlink is followed. Linux 5.10.
        #[doc(alias = "MS_NOSYMFOLLOW")]
        const NOSYMFOLLOW = uapi::MS_NOSYMFOLLOW;
        /// `MS_NOATIME`: access times stay as they are.
        #[doc(alias = "MS_NOATIME")]
        const NOATIME = uapi::MS_NOATIME;
        /// `MS_NODIRATIME`: access times of directories stay as they are.
        #[doc(alias = "MS_NODIRATIME")]
        const NODIRATIME = uapi::MS_NODIRATIME;
        /// `MS_BIND`: the source is a file or directory, to be seen there too.
        #[doc(alias = "MS_BIND")]
        const BIND = uapi::MS_BIND;
        /// `MS_MOVE`: the source is a mount point, whose mount moves there.
        #[doc(alias = "MS_MOVE")]
        const MOVE = uapi::MS_MOVE;
        /// `MS_REC`: with everything mounted below; goes with `BIND` and with
        /// the four of propagation.
        #[doc(alias = "MS_REC")]
        const REC = uapi::MS_REC;
        /// `MS_SILENT`: fewer messages in the kernel's log.
        #[doc(alias = "MS_SILENT")]
        const SILENT = uapi::MS_SILENT;
        /// `MS_POSIXACL`: access control lists, where a file system has a choice.
        #[doc(alias = "MS_POSIXACL")]
        const POSIXACL = uapi::MS_POSIXACL;
        /// `MS_UNBINDABLE`: make it private, and no source of `BIND`.
        #[doc(alias = "MS_UNBINDABLE")]
        const UNBINDABLE = uapi::MS_UNBINDABLE;
        /// `MS_PRIVATE`: mounts below neither come from elsewhere nor go there.
        #[doc(alias = "MS_PRIVATE")]
        const PRIVATE = uapi::MS_PRIVATE;
        /// `MS_SLAVE`: mounts below come from elsewhere, but do not go there.
        #[doc(alias = "MS_SLAVE")]
        const SLAVE = uapi::MS_SLAVE;
        /// `MS_SHARED`: mounts below go to the other namespaces that share it,
        /// and come from there.
        #[doc(alias = "MS_SHARED")]
        const SHARED = uapi::MS_SHARED;
        /// `MS_RELATIME`: access times are kept if they were older than the
        /// file's change, or a day old. The kernel's default.
        #[doc(alias = "MS_RELATIME")]
        const RELATIME = uapi::MS_RELATIME;
        /// `MS_I_VERSION`: a version number for each file.
        #[doc(alias = "MS_I_VERSION")]
        const I_VERSION = uapi::MS_I_VERSION;
        /// `MS_STRICTATIME`: every access time is kept.
        #[doc(alias = "MS_STRICTATIME")]
        const STRICTATIME = uapi::MS_STRICTATIME;
        /// `MS_LAZYTIME`: times are written to the disk later. Linux 4.0.
        #[doc(alias = "MS_LAZYTIME")]
        const LAZYTIME = uapi::MS_LAZYTIME;
    }

    /// Flags for [`umount2`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, init::{self, UmountFlags}};
    ///
    /// let both = UmountFlags::EXPIRE | UmountFlags::DETACH;
    /// assert!(matches!(init::umount2("/", both), Err(Errno::EINVAL | Errno::EPERM)));
    /// ```
    pub struct UmountFlags: u32 {
        /// `MNT_FORCE`: give up requests that wait; data may be lost. For
        /// network file systems.
        #[doc(alias = "MNT_FORCE")]
        const FORCE = uapi::MNT_FORCE;
        /// `MNT_DETACH`: out of sight at once, with all that is mounted below;
        /// gone when it is no longer used.
        #[doc(alias = "MNT_DETACH")]
        const DETACH = uapi::MNT_DETACH;
        /// `MNT_EXPIRE`: only if it was not used since the last such call,
        /// which failed with `EAGAIN`.
        #[doc(alias = "MNT_EXPIRE")]
        const EXPIRE = uapi::MNT_EXPIRE;
        /// `UMOUNT_NOFOLLOW`: a symlink at the path's end is not followed.
        #[doc(alias = "UMOUNT_NOFOLLOW")]
        const NOFOLLOW = uapi::UMOUNT_NOFOLLOW;
    }
}

/// Mounts `source` at `target`, or changes what is mounted there.
///
/// `fstype` is the file system's name (`"tmpfs"`), `data` its options,
/// separated by commas. An empty `source`, `fstype` or `data` goes to the kernel
/// as none at all. What happens depends on `flags`; the first of these that is
/// there counts:
///
/// | flags | what it does | also needs |
/// |---|---|---|
/// | `REMOUNT` and `BIND` | new flags for this mount alone | |
/// | `REMOUNT` | new flags and `data` for the file system, everywhere | |
/// | `BIND` | `source` is seen at `target` too | `source` |
/// | `SHARED`, `PRIVATE`, `SLAVE`, `UNBINDABLE` | how mounts below propagate | |
/// | `MOVE` | the mount at `source` moves to `target` | `source` |
/// | none of them | a new mount | `fstype`, and `source` where it needs a device |
///
/// `REMOUNT` replaces all flags: what is left out is off again; but if none of
/// `NOATIME`, `NODIRATIME`, `RELATIME` and `STRICTATIME` is given, those stay as
/// they are. A new bind mount
/// ignores all flags but `REC`; to have it read-only, remount it. Propagation
/// takes no flag beside `REC` and `SILENT`.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN` in its user namespace).
/// - [`ENOENT`](crate::Errno::ENOENT), [`ENOTDIR`](crate::Errno::ENOTDIR): there
///   is no such `source` or `target`, or one is a directory and the other is not.
/// - [`ENODEV`](crate::Errno::ENODEV): the kernel has no such file system.
/// - [`ENOTBLK`](crate::Errno::ENOTBLK): it needs a block device, and `source`
///   is none.
/// - [`EBUSY`](crate::Errno::EBUSY): it is mounted there already; or it is in
///   use for writing, and was to become read-only.
/// - [`EINVAL`](crate::Errno::EINVAL): the file system does not take `data`, or
///   finds nothing of its own on the device; `target` is no mount point and has
///   to be one; `flags` contradict themselves; or an argument holds a NUL byte.
/// - The rest: mount(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [mount(2)](https://man7.org/linux/man-pages/man2/mount.2.html),
/// [mount_namespaces(7)](https://man7.org/linux/man-pages/man7/mount_namespaces.7.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init::{self, MountFlags}};
///
/// let mounted = init::mount("tmpfs", "/no/such/dir", "tmpfs", MountFlags::NOSUID, "mode=755");
/// assert_eq!(mounted, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn mount<S: PathLike, T: PathLike, F: PathLike, D: PathLike>(
    source: S,
    target: T,
    fstype: F,
    flags: MountFlags,
    data: D,
) -> Result<()> {
    source.with_c_str(|source| {
        target.with_c_str(|target| {
            fstype.with_c_str(|fstype| {
                data.with_c_str(|data| {
                    let (source, fstype, data) = (some(source), some(fstype), some(data));
                    retry(|| sys::mount::mount(source, target, fstype, flags, data))
                })
            })
        })
    })
}

/// The string, unless it is empty: the kernel shows an empty source as a field
/// of nothing in `/proc/mounts`, and none at all as `none`.
#[inline]
fn some(string: &CStr) -> Option<&CStr> {
    (!string.is_empty()).then_some(string)
}

/// Unmounts what is mounted at `target`: the topmost, if there are several.
///
/// # Errors
/// - [`EBUSY`](crate::Errno::EBUSY): it is in use: a file is open in it, a
///   process is in it, or something is mounted in it.
/// - [`EINVAL`](crate::Errno::EINVAL): `target` is no mount point, or `flags`
///   contradict themselves; or it came with the namespace of another user.
/// - [`EAGAIN`](crate::Errno::EAGAIN): with `EXPIRE`, it was used since then; it
///   is marked now.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN` in its user namespace).
/// - [`ENOENT`](crate::Errno::ENOENT): there is no `target`.
/// - The rest: umount2(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [umount2(2)](https://man7.org/linux/man-pages/man2/umount.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init::{self, UmountFlags}};
///
/// let unmounted = init::umount2("/no/such/dir", UmountFlags::DETACH);
/// assert!(matches!(unmounted, Err(Errno::ENOENT | Errno::EPERM)));
/// ```
#[inline]
pub fn umount2<P: PathLike>(target: P, flags: UmountFlags) -> Result<()> {
    target.with_c_str(|target| retry(|| sys::mount::umount2(target, flags)))
}

/// Unmounts what is mounted at `target`: [`umount2`] without flags.
///
/// # Errors
/// Those of [`umount2`].
///
/// # Python
/// None.
///
/// # See also
/// [umount(2)](https://man7.org/linux/man-pages/man2/umount.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// let unmounted = init::umount("/no/such/dir");
/// assert!(matches!(unmounted, Err(Errno::ENOENT | Errno::EPERM)));
/// ```
#[inline]
pub fn umount<P: PathLike>(target: P) -> Result<()> {
    umount2(target, UmountFlags::empty())
}
