//! The mask for new files.
#![forbid(unsafe_code)]

use crate::{fs::Mode, sys};

/// Sets the permission bits that new files and directories do not get, and
/// returns those that it was before.
///
/// All threads share the mask, unless one asked for its own with
/// `unshare(CLONE_FS)`. There is no way to ask without setting.
///
/// # Python
/// `os.umask(mask)`.
///
/// # See also
/// [umask(2)](https://man7.org/linux/man-pages/man2/umask.2.html)
///
/// # Examples
/// ```
/// use rawos::{fs::Mode, process::umask};
///
/// let before = umask(Mode::IRWXO);
/// assert_eq!(umask(before), Mode::IRWXO);
/// ```
#[inline]
pub fn umask(mask: Mode) -> Mode {
    Mode::from_bits_retain(sys::creds::umask(mask.bits()))
}
