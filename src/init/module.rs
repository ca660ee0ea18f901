//! Kernel modules: in and out.
//!
//! What a module depends on is loaded before it, by the caller: `modules.dep`
//! says what that is.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{Result, errno::retry, fd::AsFd, path::PathLike, sys};

flags! {
    /// Flags for [`finit_module`]. Values of the kernel's `linux/module.h`.
    ///
    /// # Examples
    /// ```no_run
    /// use rawos::{fs::{self, Mode, OFlags}, init::{self, FinitModuleFlags}};
    ///
    /// let file = fs::open("/lib/modules/loop.ko.xz", OFlags::RDONLY, Mode::empty())?;
    /// init::finit_module(&file, "max_loop=8", FinitModuleFlags::COMPRESSED_FILE)?;
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct FinitModuleFlags: u32 {
        /// `MODULE_INIT_IGNORE_MODVERSIONS`: whatever versions its symbols have.
        #[doc(alias = "MODULE_INIT_IGNORE_MODVERSIONS")]
        const IGNORE_MODVERSIONS = 1;
        /// `MODULE_INIT_IGNORE_VERMAGIC`: whatever kernel it was built for.
        #[doc(alias = "MODULE_INIT_IGNORE_VERMAGIC")]
        const IGNORE_VERMAGIC = 2;
        /// `MODULE_INIT_COMPRESSED_FILE`: the kernel unpacks it. Linux 5.17.
        #[doc(alias = "MODULE_INIT_COMPRESSED_FILE")]
        const COMPRESSED_FILE = 4;
    }

    /// Flags for [`delete_module`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, init::{self, DeleteModuleFlags}};
    ///
    /// let gone = init::delete_module("no_such_module", DeleteModuleFlags::FORCE);
    /// assert!(matches!(gone, Err(Errno::ENOENT | Errno::EPERM | Errno::ENOSYS)));
    /// ```
    pub struct DeleteModuleFlags: u32 {
        /// `O_NONBLOCK`: do not wait until nobody uses it. Kernels from 3.13 on
        /// never wait.
        const NONBLOCK = uapi::O_NONBLOCK;
        /// `O_TRUNC`: even if it is used, which may bring the system down; if
        /// the kernel was built with that.
        const FORCE = uapi::O_TRUNC;
    }
}

/// Loads the kernel module in the open file `file`.
///
/// `params` is what follows the name in a `modprobe` command: `name=value`,
/// separated by spaces; empty for none.
///
/// # Errors
/// - [`ENOEXEC`](crate::Errno::ENOEXEC): it is no module, or one of another
///   kernel.
/// - [`EEXIST`](crate::Errno::EEXIST): it is loaded already.
/// - [`ENOENT`](crate::Errno::ENOENT): a symbol it uses is missing: load what it
///   depends on first.
/// - [`EINVAL`](crate::Errno::EINVAL): `params` are no good, an unknown flag, or
///   a NUL byte.
/// - [`ENAMETOOLONG`](crate::Errno::ENAMETOOLONG): `params` has 4096 bytes or more,
///   and is no `&CStr`: only of those there may be more.
/// - [`EKEYREJECTED`](crate::Errno::EKEYREJECTED): the kernel wants a signature.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_MODULE`), or modules are switched off.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel was built without modules.
/// - The rest: finit_module(2), and what the module returns. `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [finit_module(2)](https://man7.org/linux/man-pages/man2/init_module.2.html)
///
/// # Examples
/// ```
/// use rawos::{fs::{self, Mode, OFlags}, init::{self, FinitModuleFlags}};
///
/// let file = fs::open("/proc/version", OFlags::RDONLY, Mode::empty())?;
/// assert!(init::finit_module(&file, "", FinitModuleFlags::empty()).is_err());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn finit_module<Fd: AsFd, P: PathLike>(
    file: Fd,
    params: P,
    flags: FinitModuleFlags,
) -> Result<()> {
    let file = file.as_fd();
    params.with_c_str(|params| retry(|| sys::power::finit_module(file, params, flags)))
}

/// Loads the kernel module whose bytes are `image`; otherwise as
/// [`finit_module`].
///
/// # Errors
/// Those of [`finit_module`].
///
/// # Python
/// None.
///
/// # See also
/// [init_module(2)](https://man7.org/linux/man-pages/man2/init_module.2.html)
///
/// # Examples
/// ```
/// assert!(rawos::init::init_module(b"no module", "").is_err());
/// ```
#[inline]
pub fn init_module<P: PathLike>(image: &[u8], params: P) -> Result<()> {
    params.with_c_str(|params| retry(|| sys::power::init_module(image, params)))
}

/// Unloads the kernel module `name`, as `/proc/modules` calls it.
///
/// # Errors
/// - [`EWOULDBLOCK`](crate::Errno::EWOULDBLOCK): another module depends on it, or
///   something uses it.
/// - [`EBUSY`](crate::Errno::EBUSY): it is just being loaded, or cannot be
///   unloaded.
/// - [`ENOENT`](crate::Errno::ENOENT): there is none of this name.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_MODULE`), or modules are switched off.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel was built without unloading.
/// - The rest: delete_module(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [delete_module(2)](https://man7.org/linux/man-pages/man2/delete_module.2.html)
///
/// # Examples
/// ```
/// use rawos::init::{self, DeleteModuleFlags};
///
/// assert!(init::delete_module("no_such_module", DeleteModuleFlags::NONBLOCK).is_err());
/// ```
#[inline]
pub fn delete_module<P: PathLike>(name: P, flags: DeleteModuleFlags) -> Result<()> {
    name.with_c_str(|name| retry(|| sys::power::delete_module(name, flags)))
}
