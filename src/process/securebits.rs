//! What being user 0 means for capabilities: securebits.
#![forbid(unsafe_code)]

use super::{
    alone::alone,
    prctl::{get, set},
};
use crate::{
    Result,
    sys::prctl::{Op, prctl},
};

flags! {
    /// How the kernel treats user 0 and capabilities; see [`set_securebits`].
    ///
    /// Each has a lock: once that is set, neither can be changed.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::Securebits;
    ///
    /// let hardened = Securebits::NOROOT | Securebits::NOROOT_LOCKED;
    /// assert_eq!(hardened.bits(), 0b11);
    /// ```
    pub struct Securebits: u32 {
        /// `SECBIT_NOROOT`: exec gives user 0 no capabilities.
        #[doc(alias = "SECBIT_NOROOT")]
        const NOROOT = 1;
        /// `SECBIT_NOROOT_LOCKED`
        #[doc(alias = "SECBIT_NOROOT_LOCKED")]
        const NOROOT_LOCKED = 1 << 1;
        /// `SECBIT_NO_SETUID_FIXUP`: changing user ids changes no capabilities.
        #[doc(alias = "SECBIT_NO_SETUID_FIXUP")]
        const NO_SETUID_FIXUP = 1 << 2;
        /// `SECBIT_NO_SETUID_FIXUP_LOCKED`
        #[doc(alias = "SECBIT_NO_SETUID_FIXUP_LOCKED")]
        const NO_SETUID_FIXUP_LOCKED = 1 << 3;
        /// `SECBIT_KEEP_CAPS`: what [`set_keepcaps`] sets.
        #[doc(alias = "SECBIT_KEEP_CAPS")]
        const KEEP_CAPS = 1 << 4;
        /// `SECBIT_KEEP_CAPS_LOCKED`
        #[doc(alias = "SECBIT_KEEP_CAPS_LOCKED")]
        const KEEP_CAPS_LOCKED = 1 << 5;
        /// `SECBIT_NO_CAP_AMBIENT_RAISE`: nothing joins the ambient set. Linux 4.3.
        #[doc(alias = "SECBIT_NO_CAP_AMBIENT_RAISE")]
        const NO_CAP_AMBIENT_RAISE = 1 << 6;
        /// `SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED`
        #[doc(alias = "SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED")]
        const NO_CAP_AMBIENT_RAISE_LOCKED = 1 << 7;
        /// `SECBIT_EXEC_RESTRICT_FILE`: interpreters run no file that may not
        /// be executed, by their own will. Linux 6.14.
        #[doc(alias = "SECBIT_EXEC_RESTRICT_FILE")]
        const EXEC_RESTRICT_FILE = 1 << 8;
        /// `SECBIT_EXEC_RESTRICT_FILE_LOCKED`
        #[doc(alias = "SECBIT_EXEC_RESTRICT_FILE_LOCKED")]
        const EXEC_RESTRICT_FILE_LOCKED = 1 << 9;
        /// `SECBIT_EXEC_DENY_INTERACTIVE`: interpreters take no commands but
        /// those of files, by their own will. Linux 6.14.
        #[doc(alias = "SECBIT_EXEC_DENY_INTERACTIVE")]
        const EXEC_DENY_INTERACTIVE = 1 << 10;
        /// `SECBIT_EXEC_DENY_INTERACTIVE_LOCKED`
        #[doc(alias = "SECBIT_EXEC_DENY_INTERACTIVE_LOCKED")]
        const EXEC_DENY_INTERACTIVE_LOCKED = 1 << 11;
    }
}

/// Sets the securebits of the process; children inherit them, and exec leaves
/// all but [`Securebits::KEEP_CAPS`].
///
/// # Errors
/// - [`ENOTSUP`](crate::Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks `CAP_SETPCAP`, a lock stands
///   against it, or an unknown bit.
///
/// # Python
/// None.
///
/// # See also
/// [PR_SET_SECUREBITS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_SECUREBITS.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{Securebits, set_securebits}};
///
/// // A test may have threads.
/// let result = set_securebits(Securebits::all());
/// assert!(matches!(result, Err(Errno::EPERM | Errno::ENOTSUP)));
/// ```
#[doc(alias = "PR_SET_SECUREBITS")]
#[inline]
pub fn set_securebits(bits: Securebits) -> Result<()> {
    alone()?;
    prctl(Op::SetSecurebits, bits.bits().into(), 0).map(drop)
}

/// The securebits of the calling thread.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_GET_SECUREBITS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_SECUREBITS.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::{Securebits, get_securebits};
///
/// assert_ne!(get_securebits()?, Securebits::all());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "PR_GET_SECUREBITS")]
#[inline]
pub fn get_securebits() -> Result<Securebits> {
    prctl(Op::GetSecurebits, 0, 0).map(|bits| Securebits::from_bits_retain(bits as u32))
}

/// Whether the calling thread keeps its permitted capabilities when it stops
/// being root; those in effect it loses either way. Exec turns it off.
///
/// Unlike [`set_securebits`], this is not refused in a process with other
/// threads: alone it gives and takes nothing, and the change of user ids that it
/// is for is refused there.
///
/// # Errors
/// [`EPERM`](crate::Errno::EPERM): [`Securebits::KEEP_CAPS_LOCKED`] is set.
///
/// # Python
/// None.
///
/// # See also
/// [PR_SET_KEEPCAPS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_KEEPCAPS.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::{get_keepcaps, set_keepcaps};
///
/// set_keepcaps(true)?;
/// assert_eq!(get_keepcaps(), Ok(true));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "PR_SET_KEEPCAPS")]
#[inline]
pub fn set_keepcaps(on: bool) -> Result<()> {
    set(Op::SetKeepCaps, on)
}

/// Whether [`set_keepcaps`] is on for the calling thread.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_GET_KEEPCAPS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_KEEPCAPS.2const.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::process::get_keepcaps(), Ok(false));
/// ```
#[doc(alias = "PR_GET_KEEPCAPS")]
#[inline]
pub fn get_keepcaps() -> Result<bool> {
    get(Op::GetKeepCaps)
}
