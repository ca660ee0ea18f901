//! What the machine and its kernel are called.
#![forbid(unsafe_code)]

use core::{ffi::CStr, fmt};

use crate::{Result, sys};

/// What [`uname`] found out: fields of 64 bytes at most.
///
/// The features `serde` and `defmt` make text of them, with U+FFFD for what is
/// not UTF-8.
///
/// # Python
/// `os.uname_result`; the methods have its attributes' names.
///
/// # See also
/// [uname(2)](https://man7.org/linux/man-pages/man2/uname.2.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::system::uname()?.sysname(), c"Linux");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "crate::data::Uname", try_from = "crate::data::Uname")
)]
#[repr(C)]
#[doc(alias = "uname_result")]
#[doc(alias = "utsname")]
pub struct Uname {
    pub(crate) sysname: [u8; 65],
    pub(crate) nodename: [u8; 65],
    pub(crate) release: [u8; 65],
    pub(crate) version: [u8; 65],
    pub(crate) machine: [u8; 65],
    pub(crate) domainname: [u8; 65],
}

/// A getter for each field.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        #[inline]
        pub fn $name(&self) -> &CStr {
            // The kernel ends each with a NUL.
            CStr::from_bytes_until_nul(&self.$name).unwrap_or_default()
        }
    )*};
}

impl Uname {
    fields! {
        /// The system: `Linux`.
        sysname;
        /// The host, as sethostname(2) set it.
        nodename;
        /// The kernel's version, such as `6.12.107`.
        release;
        /// When and how the kernel was built, as text.
        version;
        /// The kind of processor: `x86_64`, `aarch64`, `riscv64`; another for a
        /// process that asked for it by personality(2).
        machine;
        /// The domain, as setdomainname(2) set it. Python does not have it.
        domainname;
    }
}

impl fmt::Debug for Uname {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uname")
            .field("sysname", &self.sysname())
            .field("nodename", &self.nodename())
            .field("release", &self.release())
            .field("version", &self.version())
            .field("machine", &self.machine())
            .field("domainname", &self.domainname())
            .finish()
    }
}

/// What the machine and its kernel are called.
///
/// # Errors
/// None that the kernel itself gives; a sandbox may refuse the call.
///
/// # Python
/// `os.uname()`.
///
/// # See also
/// [uname(2)](https://man7.org/linux/man-pages/man2/uname.2.html)
///
/// # Examples
/// ```
/// let name = rawos::system::uname()?;
/// assert!(name.release().to_bytes()[0].is_ascii_digit());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn uname() -> Result<Uname> {
    sys::system::uname()
}
