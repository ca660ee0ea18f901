//! Files in memory that have no path, and the seals on them.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{
    Result,
    fd::{AsFd, OwnedFd},
    path::PathLike,
    sys,
};

flags! {
    /// Flags for [`memfd_create`].
    ///
    /// A page size of `HUGE_*` goes with `HUGETLB` (Linux 4.14).
    ///
    /// # Python
    /// `os.MFD_*`, whose values these are.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, MemfdFlags, SealFlags};
    ///
    /// let file = fs::memfd_create("example", MemfdFlags::ALLOW_SEALING)?;
    /// assert_eq!(fs::get_seals(&file), Ok(SealFlags::empty()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct MemfdFlags: u32 {
        /// `MFD_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "MFD_CLOEXEC")]
        const CLOEXEC = uapi::MFD_CLOEXEC;
        /// `MFD_ALLOW_SEALING`: [`add_seals`] works.
        #[doc(alias = "MFD_ALLOW_SEALING")]
        const ALLOW_SEALING = uapi::MFD_ALLOW_SEALING;
        /// `MFD_HUGETLB`: huge pages.
        #[doc(alias = "MFD_HUGETLB")]
        const HUGETLB = uapi::MFD_HUGETLB;
        /// `MFD_NOEXEC_SEAL`: not executable, and sealed so. Linux 6.3.
        #[doc(alias = "MFD_NOEXEC_SEAL")]
        const NOEXEC_SEAL = uapi::MFD_NOEXEC_SEAL;
        /// `MFD_EXEC`: executable. Linux 6.3.
        #[doc(alias = "MFD_EXEC")]
        const EXEC = uapi::MFD_EXEC;
        /// `MFD_HUGE_64KB`: huge pages of 64 KiB.
        #[doc(alias = "MFD_HUGE_64KB")]
        const HUGE_64KB = uapi::MFD_HUGE_64KB;
        /// `MFD_HUGE_512KB`: huge pages of 512 KiB.
        #[doc(alias = "MFD_HUGE_512KB")]
        const HUGE_512KB = uapi::MFD_HUGE_512KB;
        /// `MFD_HUGE_1MB`: huge pages of 1 MiB.
        #[doc(alias = "MFD_HUGE_1MB")]
        const HUGE_1MB = uapi::MFD_HUGE_1MB;
        /// `MFD_HUGE_2MB`: huge pages of 2 MiB.
        #[doc(alias = "MFD_HUGE_2MB")]
        const HUGE_2MB = uapi::MFD_HUGE_2MB;
        /// `MFD_HUGE_8MB`: huge pages of 8 MiB.
        #[doc(alias = "MFD_HUGE_8MB")]
        const HUGE_8MB = uapi::MFD_HUGE_8MB;
        /// `MFD_HUGE_16MB`: huge pages of 16 MiB.
        #[doc(alias = "MFD_HUGE_16MB")]
        const HUGE_16MB = uapi::MFD_HUGE_16MB;
        /// `MFD_HUGE_32MB`: huge pages of 32 MiB.
        #[doc(alias = "MFD_HUGE_32MB")]
        const HUGE_32MB = uapi::MFD_HUGE_32MB;
        /// `MFD_HUGE_256MB`: huge pages of 256 MiB.
        #[doc(alias = "MFD_HUGE_256MB")]
        const HUGE_256MB = uapi::MFD_HUGE_256MB;
        /// `MFD_HUGE_512MB`: huge pages of 512 MiB.
        #[doc(alias = "MFD_HUGE_512MB")]
        const HUGE_512MB = uapi::MFD_HUGE_512MB;
        /// `MFD_HUGE_1GB`: huge pages of 1 GiB.
        #[doc(alias = "MFD_HUGE_1GB")]
        const HUGE_1GB = uapi::MFD_HUGE_1GB;
        /// `MFD_HUGE_2GB`: huge pages of 2 GiB.
        #[doc(alias = "MFD_HUGE_2GB")]
        const HUGE_2GB = uapi::MFD_HUGE_2GB;
        /// `MFD_HUGE_16GB`: huge pages of 16 GiB.
        #[doc(alias = "MFD_HUGE_16GB")]
        const HUGE_16GB = uapi::MFD_HUGE_16GB;
    }

    /// What can no longer be done to a file: [`add_seals`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd, fs::{self, MemfdFlags, SealFlags}};
    ///
    /// let file = fs::memfd_create("example", MemfdFlags::ALLOW_SEALING)?;
    /// fd::write_all(&file, b"for good")?;
    /// fs::add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    /// assert_eq!(fd::ftruncate(&file, 3), Err(Errno::EPERM));
    /// assert_eq!(fs::add_seals(&file, SealFlags::WRITE), Err(Errno::EPERM));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct SealFlags: u32 {
        /// `F_SEAL_SEAL`: add seals.
        #[doc(alias = "F_SEAL_SEAL")]
        const SEAL = uapi::F_SEAL_SEAL;
        /// `F_SEAL_SHRINK`: make it shorter.
        #[doc(alias = "F_SEAL_SHRINK")]
        const SHRINK = uapi::F_SEAL_SHRINK;
        /// `F_SEAL_GROW`: make it longer.
        #[doc(alias = "F_SEAL_GROW")]
        const GROW = uapi::F_SEAL_GROW;
        /// `F_SEAL_WRITE`: write.
        #[doc(alias = "F_SEAL_WRITE")]
        const WRITE = uapi::F_SEAL_WRITE;
        /// `F_SEAL_FUTURE_WRITE`: write, but through mappings that exist. Linux 5.1.
        #[doc(alias = "F_SEAL_FUTURE_WRITE")]
        const FUTURE_WRITE = uapi::F_SEAL_FUTURE_WRITE;
        /// `F_SEAL_EXEC`: change whether it is executable. Linux 6.3.
        #[doc(alias = "F_SEAL_EXEC")]
        const EXEC = uapi::F_SEAL_EXEC;
    }
}

impl MemfdFlags {
    /// `MFD_HUGE_SHIFT`: where the page size stands, as its base 2 logarithm.
    #[doc(alias = "MFD_HUGE_SHIFT")]
    pub const HUGE_SHIFT: u32 = uapi::MFD_HUGE_SHIFT;
    /// `MFD_HUGE_MASK`: the logarithm's bits, before the shift.
    #[doc(alias = "MFD_HUGE_MASK")]
    pub const HUGE_MASK: u32 = uapi::MFD_HUGE_MASK;
}

/// Makes an empty file in memory; it goes with its last descriptor.
///
/// `name` (up to 249 bytes) is for `/proc/self/fd` only, where it reads
/// `/memfd:name`. The descriptor is close-on-exec. Linux 3.17.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): an unknown flag, or `name` is too long
///   (from 4096 bytes on, [`ENAMETOOLONG`](crate::Errno::ENAMETOOLONG)) or
///   holds a NUL byte.
/// - [`EACCES`](crate::Errno::EACCES): the system demands `NOEXEC_SEAL`.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older.
/// - The rest: memfd_create(2).
///
/// # Python
/// `os.memfd_create(name, flags=os.MFD_CLOEXEC)`.
///
/// # See also
/// [memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd, fs::{self, MemfdFlags}};
///
/// let file = fs::memfd_create("example", MemfdFlags::empty())?;
/// fd::write_all(&file, b"hello")?;
/// assert_eq!(fs::fstat(&file)?.st_size(), 5);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn memfd_create<P: PathLike>(name: P, flags: MemfdFlags) -> Result<OwnedFd> {
    name.with_c_str(|name| sys::node::memfd_create(name, flags | MemfdFlags::CLOEXEC))
}

/// Seals the file in memory `fd`: for everyone, for ever.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): it was made without `ALLOW_SEALING`, is
///   sealed against seals, or `fd` is not open for writing.
/// - [`EBUSY`](crate::Errno::EBUSY): `WRITE`, and it is mapped for writing.
/// - [`EINVAL`](crate::Errno::EINVAL): an unknown seal, or no file in memory.
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)`.
///
/// # See also
/// [F_ADD_SEALS(2const)](https://man7.org/linux/man-pages/man2/F_GET_SEALS.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, fs::{self, MemfdFlags, SealFlags}};
///
/// let file = fs::memfd_create("example", MemfdFlags::ALLOW_SEALING)?;
/// fs::add_seals(&file, SealFlags::WRITE)?;
/// assert_eq!(fd::write(&file, b"x"), Err(Errno::EPERM));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "F_ADD_SEALS")]
#[inline]
pub fn add_seals<Fd: AsFd>(fd: Fd, seals: SealFlags) -> Result<()> {
    sys::node::fcntl_add_seals(fd.as_fd(), seals)
}

/// The seals on the file in memory `fd`.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): it is no file in memory.
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `fcntl.fcntl(fd, fcntl.F_GET_SEALS)`.
///
/// # See also
/// [F_GET_SEALS(2const)](https://man7.org/linux/man-pages/man2/F_GET_SEALS.2const.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, MemfdFlags, SealFlags};
///
/// let file = fs::memfd_create("example", MemfdFlags::empty())?;
/// assert_eq!(fs::get_seals(&file)?, SealFlags::SEAL);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "F_GET_SEALS")]
#[inline]
pub fn get_seals<Fd: AsFd>(fd: Fd) -> Result<SealFlags> {
    sys::node::fcntl_get_seals(fd.as_fd())
}
