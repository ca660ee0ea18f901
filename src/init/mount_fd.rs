//! Mounting step by step, by descriptor: a file system is opened, configured,
//! made a mount that no path leads to, and moved where it belongs.
//!
//! Linux 5.2. There is no fallback: what the older call can do is
//! [`mount`](super::mount()).
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{
    Result,
    errno::retry,
    fd::{AsFd, BorrowedFd, OwnedFd},
    path::PathLike,
    sys,
};

flags! {
    /// Flags for [`fsopen`].
    ///
    /// # Examples
    /// ```no_run
    /// use rawos::{fd, init::{self, FsopenFlags}};
    ///
    /// let fs = init::fsopen("tmpfs", FsopenFlags::empty())?;
    /// assert_eq!(fd::get_inheritable(&fs), Ok(false));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct FsopenFlags: u32 {
        /// `FSOPEN_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "FSOPEN_CLOEXEC")]
        const CLOEXEC = uapi::FSOPEN_CLOEXEC;
    }

    /// Flags for [`fspick`].
    ///
    /// # Examples
    /// ```no_run
    /// use rawos::{fd::CWD, init::{self, FsConfig, FspickFlags}};
    ///
    /// let root = init::fspick(CWD, "/", FspickFlags::NO_AUTOMOUNT)?;
    /// init::fsconfig(&root, FsConfig::Flag("ro"))?;
    /// init::fsconfig(&root, FsConfig::Reconfigure)?;
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct FspickFlags: u32 {
        /// `FSPICK_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "FSPICK_CLOEXEC")]
        const CLOEXEC = uapi::FSPICK_CLOEXEC;
        /// `FSPICK_SYMLINK_NOFOLLOW`: a symlink at the path's end is not followed.
        #[doc(alias = "FSPICK_SYMLINK_NOFOLLOW")]
        const SYMLINK_NOFOLLOW = uapi::FSPICK_SYMLINK_NOFOLLOW;
        /// `FSPICK_NO_AUTOMOUNT`: nothing is mounted on the way.
        #[doc(alias = "FSPICK_NO_AUTOMOUNT")]
        const NO_AUTOMOUNT = uapi::FSPICK_NO_AUTOMOUNT;
        /// `FSPICK_EMPTY_PATH`: an empty path means the descriptor itself.
        #[doc(alias = "FSPICK_EMPTY_PATH")]
        const EMPTY_PATH = uapi::FSPICK_EMPTY_PATH;
    }

    /// Flags for [`fsmount`].
    ///
    /// # Examples
    /// ```no_run
    /// use rawos::{fd, init::{self, FsConfig, FsmountFlags, FsopenFlags, MountAttrs}};
    ///
    /// let fs = init::fsopen("proc", FsopenFlags::empty())?;
    /// init::fsconfig(&fs, FsConfig::Create)?;
    /// let mount = init::fsmount(&fs, FsmountFlags::empty(), MountAttrs::empty())?;
    /// assert_eq!(fd::get_inheritable(&mount), Ok(false));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct FsmountFlags: u32 {
        /// `FSMOUNT_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "FSMOUNT_CLOEXEC")]
        const CLOEXEC = uapi::FSMOUNT_CLOEXEC;
    }

    /// How a mount of [`fsmount`] behaves.
    ///
    /// # Examples
    /// ```
    /// use rawos::init::MountAttrs;
    ///
    /// let careful = MountAttrs::NOSUID | MountAttrs::NODEV | MountAttrs::NOEXEC;
    /// assert!(!careful.contains(MountAttrs::RDONLY));
    /// ```
    pub struct MountAttrs: u32 {
        /// `MOUNT_ATTR_RDONLY`: read-only.
        #[doc(alias = "MOUNT_ATTR_RDONLY")]
        const RDONLY = uapi::MOUNT_ATTR_RDONLY;
        /// `MOUNT_ATTR_NOSUID`: set-user-ID bits and file capabilities have no effect.
        #[doc(alias = "MOUNT_ATTR_NOSUID")]
        const NOSUID = uapi::MOUNT_ATTR_NOSUID;
        /// `MOUNT_ATTR_NODEV`: device files cannot be opened.
        #[doc(alias = "MOUNT_ATTR_NODEV")]
        const NODEV = uapi::MOUNT_ATTR_NODEV;
        /// `MOUNT_ATTR_NOEXEC`: no program can be executed.
        #[doc(alias = "MOUNT_ATTR_NOEXEC")]
        const NOEXEC = uapi::MOUNT_ATTR_NOEXEC;
        /// `MOUNT_ATTR_NOATIME`: access times stay as they are. Not with
        /// `STRICTATIME`; without either, it is the kernel's default.
        #[doc(alias = "MOUNT_ATTR_NOATIME")]
        const NOATIME = uapi::MOUNT_ATTR_NOATIME;
        /// `MOUNT_ATTR_STRICTATIME`: every access time is kept.
        #[doc(alias = "MOUNT_ATTR_STRICTATIME")]
        const STRICTATIME = uapi::MOUNT_ATTR_STRICTATIME;
        /// `MOUNT_ATTR_NODIRATIME`: access times of directories stay as they are.
        #[doc(alias = "MOUNT_ATTR_NODIRATIME")]
        const NODIRATIME = uapi::MOUNT_ATTR_NODIRATIME;
        /// `MOUNT_ATTR_NOSYMFOLLOW`: no symlink is followed. Linux 5.14.
        #[doc(alias = "MOUNT_ATTR_NOSYMFOLLOW")]
        const NOSYMFOLLOW = uapi::MOUNT_ATTR_NOSYMFOLLOW;
    }

    /// Flags for [`open_tree`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd::CWD, fs, init::{self, OpenTreeFlags}};
    ///
    /// match init::open_tree(CWD, "/", OpenTreeFlags::empty()) {
    ///     Ok(root) => assert_eq!(fs::fstat(&root)?.st_ino(), fs::stat("/")?.st_ino()),
    ///     // Before Linux 5.2, or where a filter forbids it.
    ///     Err(errno) => assert!(matches!(errno, Errno::ENOSYS | Errno::EPERM)),
    /// }
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct OpenTreeFlags: u32 {
        /// `OPEN_TREE_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "OPEN_TREE_CLOEXEC")]
        const CLOEXEC = uapi::OPEN_TREE_CLOEXEC;
        /// `OPEN_TREE_CLONE`: a copy of the mount, as of a bind mount, that no
        /// path leads to; without it, a descriptor as of `O_PATH`.
        #[doc(alias = "OPEN_TREE_CLONE")]
        const CLONE = uapi::OPEN_TREE_CLONE;
        /// `AT_RECURSIVE`: with `CLONE`, and with everything mounted below.
        #[doc(alias = "AT_RECURSIVE")]
        const RECURSIVE = uapi::AT_RECURSIVE;
        /// `AT_EMPTY_PATH`: an empty path means the descriptor itself.
        #[doc(alias = "AT_EMPTY_PATH")]
        const EMPTY_PATH = uapi::AT_EMPTY_PATH;
        /// `AT_NO_AUTOMOUNT`: nothing is mounted on the way.
        #[doc(alias = "AT_NO_AUTOMOUNT")]
        const NO_AUTOMOUNT = uapi::AT_NO_AUTOMOUNT;
        /// `AT_SYMLINK_NOFOLLOW`: a symlink at the path's end is not followed.
        #[doc(alias = "AT_SYMLINK_NOFOLLOW")]
        const SYMLINK_NOFOLLOW = uapi::AT_SYMLINK_NOFOLLOW;
    }

    /// Flags for [`move_mount`]: `F_` is about where from, `T_` about where to.
    ///
    /// # Examples
    /// ```no_run
    /// use rawos::{fd::CWD, init::{self, MoveMountFlags, OpenTreeFlags}};
    ///
    /// // Shows `/usr` at `/mnt` too.
    /// let tree = init::open_tree(CWD, "/usr", OpenTreeFlags::CLONE)?;
    /// init::move_mount(&tree, "", CWD, "/mnt", MoveMountFlags::F_EMPTY_PATH)?;
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct MoveMountFlags: u32 {
        /// `MOVE_MOUNT_F_SYMLINKS`: symlinks are followed.
        #[doc(alias = "MOVE_MOUNT_F_SYMLINKS")]
        const F_SYMLINKS = uapi::MOVE_MOUNT_F_SYMLINKS;
        /// `MOVE_MOUNT_F_AUTOMOUNTS`: what mounts itself does so.
        #[doc(alias = "MOVE_MOUNT_F_AUTOMOUNTS")]
        const F_AUTOMOUNTS = uapi::MOVE_MOUNT_F_AUTOMOUNTS;
        /// `MOVE_MOUNT_F_EMPTY_PATH`: an empty path means the descriptor itself.
        #[doc(alias = "MOVE_MOUNT_F_EMPTY_PATH")]
        const F_EMPTY_PATH = uapi::MOVE_MOUNT_F_EMPTY_PATH;
        /// `MOVE_MOUNT_T_SYMLINKS`: symlinks are followed.
        #[doc(alias = "MOVE_MOUNT_T_SYMLINKS")]
        const T_SYMLINKS = uapi::MOVE_MOUNT_T_SYMLINKS;
        /// `MOVE_MOUNT_T_AUTOMOUNTS`: what mounts itself does so.
        #[doc(alias = "MOVE_MOUNT_T_AUTOMOUNTS")]
        const T_AUTOMOUNTS = uapi::MOVE_MOUNT_T_AUTOMOUNTS;
        /// `MOVE_MOUNT_T_EMPTY_PATH`: an empty path means the descriptor itself.
        #[doc(alias = "MOVE_MOUNT_T_EMPTY_PATH")]
        const T_EMPTY_PATH = uapi::MOVE_MOUNT_T_EMPTY_PATH;
        /// `MOVE_MOUNT_SET_GROUP`: propagate as the first does, instead of
        /// moving it. Linux 5.15.
        #[doc(alias = "MOVE_MOUNT_SET_GROUP")]
        const SET_GROUP = uapi::MOVE_MOUNT_SET_GROUP;
        /// `MOVE_MOUNT_BENEATH`: beneath the topmost mount there. Linux 6.5.
        #[doc(alias = "MOVE_MOUNT_BENEATH")]
        const BENEATH = uapi::MOVE_MOUNT_BENEATH;
    }
}

/// Opens the file system `fstype`, such as `"tmpfs"`, to be configured.
///
/// Nothing is mounted yet: [`fsconfig`] sets parameters and creates it,
/// [`fsmount`] makes a mount of it. If one of them fails, reading the descriptor
/// gives the reasons, a line at a time, if the file system has any to give
/// (`ENODATA` after the last).
///
/// # Errors
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older than 5.2, or a sandbox
///   forbids it.
/// - [`ENODEV`](crate::Errno::ENODEV): the kernel has no such file system.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN` in its user namespace).
/// - [`EINVAL`](crate::Errno::EINVAL): an unknown flag, or a NUL byte.
/// - The rest: fsopen(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [fsopen(2)](https://man7.org/linux/man-pages/man2/fsopen.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init::{self, FsopenFlags}};
///
/// let fs = init::fsopen("tmpfs.no-such-kind", FsopenFlags::empty());
/// assert!(matches!(fs, Err(Errno::ENODEV | Errno::EPERM | Errno::ENOSYS)));
/// ```
#[inline]
pub fn fsopen<P: PathLike>(fstype: P, flags: FsopenFlags) -> Result<OwnedFd> {
    let flags = flags | FsopenFlags::CLOEXEC;
    fstype.with_c_str(|fstype| retry(|| sys::mount::fsopen(fstype, flags)))
}

/// Opens the file system that is mounted at `path`, to be configured anew:
/// [`FsConfig::Reconfigure`] puts the changes into effect. `path` starts from
/// `dir_fd` if it is relative.
///
/// # Errors
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older than 5.2, or a sandbox
///   forbids it.
/// - [`EINVAL`](crate::Errno::EINVAL): `path` is no mount point; an unknown flag,
///   or a NUL byte.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN` in its user namespace).
/// - The rest: fspick(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [fspick(2)](https://man7.org/linux/man-pages/man2/fspick.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, init::{self, FspickFlags}};
///
/// let fs = init::fspick(CWD, "/no/such/dir", FspickFlags::empty());
/// assert!(matches!(fs, Err(Errno::ENOENT | Errno::EPERM | Errno::ENOSYS)));
/// ```
#[inline]
pub fn fspick<Fd: AsFd, P: PathLike>(dir_fd: Fd, path: P, flags: FspickFlags) -> Result<OwnedFd> {
    let (dir_fd, flags) = (dir_fd.as_fd(), flags | FspickFlags::CLOEXEC);
    path.with_c_str(|path| retry(|| sys::mount::fspick(dir_fd, path, flags)))
}

/// A step of [`fsconfig`]. What parameters there are, and which kind each one
/// is, depends on the file system; most are strings.
///
/// # Examples
/// ```
/// use rawos::init::FsConfig;
///
/// let step = FsConfig::String("size", b"64m");
/// assert!(matches!(step, FsConfig::String("size", value) if value.len() == 3));
/// ```
#[derive(Clone, Copy, Debug)]
#[doc(alias = "fsconfig_command")]
pub enum FsConfig<'a> {
    /// `FSCONFIG_SET_FLAG`: a parameter without a value, such as `ro`.
    #[doc(alias = "FSCONFIG_SET_FLAG")]
    Flag(&'a str),
    /// `FSCONFIG_SET_STRING`: a parameter and its value: 255 bytes at most.
    /// `source` is what [`mount`](super::mount()) takes first.
    #[doc(alias = "FSCONFIG_SET_STRING")]
    String(&'a str, &'a [u8]),
    /// `FSCONFIG_SET_BINARY`: a parameter whose value is any bytes, 1 MiB at most.
    #[doc(alias = "FSCONFIG_SET_BINARY")]
    Binary(&'a str, &'a [u8]),
    /// `FSCONFIG_SET_PATH`: a parameter whose value is a path, and where the
    /// path starts from if it is relative.
    #[doc(alias = "FSCONFIG_SET_PATH")]
    Path(&'a str, BorrowedFd<'a>, &'a [u8]),
    /// `FSCONFIG_SET_FD`: a parameter whose value is a descriptor.
    #[doc(alias = "FSCONFIG_SET_FD")]
    Fd(&'a str, BorrowedFd<'a>),
    /// `FSCONFIG_CMD_CREATE`: creates the file system, with these parameters.
    #[doc(alias = "FSCONFIG_CMD_CREATE")]
    Create,
    /// `FSCONFIG_CMD_CREATE_EXCL`: as `Create`, and `EBUSY` rather than one that
    /// exists and has other parameters. Linux 6.6.
    #[doc(alias = "FSCONFIG_CMD_CREATE_EXCL")]
    CreateExcl,
    /// `FSCONFIG_CMD_RECONFIGURE`: changes what [`fspick`] opened, or what was
    /// created before.
    #[doc(alias = "FSCONFIG_CMD_RECONFIGURE")]
    Reconfigure,
}

/// Configures the file system that [`fsopen`] or [`fspick`] opened: sets a
/// parameter, or puts the parameters into effect.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): there is no such parameter, or its value
///   is no good; or a NUL byte in a string, or `fs` is something else.
/// - [`EBUSY`](crate::Errno::EBUSY): not in this order: the file system exists
///   already, or does not yet.
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP): the kernel has no such step.
/// - [`EPERM`](crate::Errno::EPERM): the process may not mount this file system.
/// - [`EBADF`](crate::Errno::EBADF): `fs` is not open.
/// - [`EINTR`](crate::Errno::EINTR): a signal came while `Create`, `CreateExcl` or
///   `Reconfigure` took effect. That failed then, and `fs` is of no more use: a
///   second try would say `EBUSY`.
/// - The rest: fsconfig(2). `EINTR` of another step is retried.
///
/// # Python
/// None.
///
/// # See also
/// [fsconfig(2)](https://man7.org/linux/man-pages/man2/fsconfig.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, init::{self, FsConfig}};
///
/// let (reader, _writer) = fd::pipe()?;
/// let done = init::fsconfig(&reader, FsConfig::Flag("ro"));
/// assert!(matches!(done, Err(Errno::EINVAL | Errno::ENOSYS)));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn fsconfig<Fd: AsFd>(fs: Fd, step: FsConfig<'_>) -> Result<()> {
    use sys::mount as call;
    let fs = fs.as_fd();
    match step {
        FsConfig::Flag(key) => key.with_c_str(|key| retry(|| call::fsconfig_set_flag(fs, key))),
        FsConfig::String(key, value) => key.with_c_str(|key| {
            value.with_c_str(|value| retry(|| call::fsconfig_set_string(fs, key, value)))
        }),
        FsConfig::Binary(key, value) => {
            key.with_c_str(|key| retry(|| call::fsconfig_set_binary(fs, key, value)))
        }
        FsConfig::Path(key, dir_fd, path) => key.with_c_str(|key| {
            path.with_c_str(|path| retry(|| call::fsconfig_set_path(fs, key, dir_fd, path)))
        }),
        FsConfig::Fd(key, fd) => key.with_c_str(|key| retry(|| call::fsconfig_set_fd(fs, key, fd))),
        FsConfig::Create => call::fsconfig_create(fs),
        FsConfig::CreateExcl => call::fsconfig_create_excl(fs),
        FsConfig::Reconfigure => call::fsconfig_reconfigure(fs),
    }
}

/// Makes a mount of the file system `fs`, which was created by [`fsconfig`].
///
/// No path leads to it until [`move_mount`] gives it one; its descriptor is one
/// as of `O_PATH`, of its root. If it gets none, it goes with the descriptor.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): the file system was not created yet;
///   unknown flags, or `fs` is something else.
/// - [`EBUSY`](crate::Errno::EBUSY): there was a mount made of `fs` already.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN` in its user namespace).
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older than 5.2, or a sandbox
///   forbids it.
/// - The rest: fsmount(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [fsmount(2)](https://man7.org/linux/man-pages/man2/fsmount.2.html)
///
/// # Examples
/// ```no_run
/// use rawos::{fd::CWD, init};
/// use rawos::init::{FsConfig, FsmountFlags, FsopenFlags, MountAttrs, MoveMountFlags};
///
/// let fs = init::fsopen("tmpfs", FsopenFlags::empty())?;
/// init::fsconfig(&fs, FsConfig::String("size", b"64m"))?;
/// init::fsconfig(&fs, FsConfig::Create)?;
/// let mount = init::fsmount(&fs, FsmountFlags::empty(), MountAttrs::NOSUID)?;
/// init::move_mount(&mount, "", CWD, "/run", MoveMountFlags::F_EMPTY_PATH)?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fsmount<Fd: AsFd>(fs: Fd, flags: FsmountFlags, attrs: MountAttrs) -> Result<OwnedFd> {
    let (fs, flags) = (fs.as_fd(), flags | FsmountFlags::CLOEXEC);
    retry(|| sys::mount::fsmount(fs, flags, attrs))
}

/// Moves a mount to where a path leads: from `from_path`, or the descriptor of
/// [`fsmount`] or [`open_tree`] itself, to `to_path`. A path starts from the
/// descriptor before it if it is relative.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): there is no mount there to be moved, or it
///   is below a shared one; unknown flags, or a NUL byte.
/// - [`ELOOP`](crate::Errno::ELOOP): it would be mounted below itself.
/// - [`ENOENT`](crate::Errno::ENOENT): there is no such path; or it is empty, and
///   `flags` does not allow that.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN` in its user namespace).
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older than 5.2, or a sandbox
///   forbids it.
/// - The rest: move_mount(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [move_mount(2)](https://man7.org/linux/man-pages/man2/move_mount.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, init::{self, MoveMountFlags}};
///
/// let moved = init::move_mount(CWD, "/no/such", CWD, "/dir", MoveMountFlags::empty());
/// assert!(matches!(moved, Err(Errno::ENOENT | Errno::EPERM | Errno::ENOSYS)));
/// ```
#[inline]
pub fn move_mount<F: AsFd, P: PathLike, T: AsFd, Q: PathLike>(
    from_dir_fd: F,
    from_path: P,
    to_dir_fd: T,
    to_path: Q,
    flags: MoveMountFlags,
) -> Result<()> {
    let (from_dir_fd, to_dir_fd) = (from_dir_fd.as_fd(), to_dir_fd.as_fd());
    from_path.with_c_str(|from| {
        to_path.with_c_str(|to| {
            retry(|| sys::mount::move_mount(from_dir_fd, from, to_dir_fd, to, flags))
        })
    })
}

/// Opens the file or directory at `path` as a mount to be copied or moved.
/// `path` starts from `dir_fd` if it is relative.
///
/// With `CLONE` it is a bind mount that no path leads to yet: [`move_mount`]
/// gives it one.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): unknown flags, `RECURSIVE` without `CLONE`,
///   something that may not be bound, or a NUL byte.
/// - [`ENOENT`](crate::Errno::ENOENT): there is no such file.
/// - [`EPERM`](crate::Errno::EPERM): `CLONE`, and the process lacks the privilege
///   (`CAP_SYS_ADMIN` in its user namespace).
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older than 5.2, or a sandbox
///   forbids it.
/// - The rest: open_tree(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [open_tree(2)](https://man7.org/linux/man-pages/man2/open_tree.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, init::{self, OpenTreeFlags}};
///
/// let tree = init::open_tree(CWD, "/no/such/dir", OpenTreeFlags::empty());
/// assert!(matches!(tree, Err(Errno::ENOENT | Errno::ENOSYS)));
/// ```
#[inline]
pub fn open_tree<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    flags: OpenTreeFlags,
) -> Result<OwnedFd> {
    let (dir_fd, flags) = (dir_fd.as_fd(), flags | OpenTreeFlags::CLOEXEC);
    path.with_c_str(|path| retry(|| sys::mount::open_tree(dir_fd, path, flags)))
}
