//! The one error type of the crate, with every error number of Linux.
//!
//! Here: [`Errno`], its table (number, C name, text) and [`strerror`]. The
//! numbers are those of `asm-generic`, which x86_64, aarch64 and riscv64 share;
//! the texts are glibc's, which Python shows.

use core::{error, fmt, num::NonZeroU16};

/// What every fallible function of this crate returns.
///
/// # Examples
/// ```
/// fn name_of(path: &str) -> rawos::Result<u64> {
///     Ok(rawos::fs::stat(path)?.st_ino())
/// }
///
/// assert_eq!(name_of("/no/such/file"), Err(rawos::Errno::ENOENT));
/// ```
pub type Result<T, E = Errno> = core::result::Result<T, E>;

/// A Linux error number, such as [`Errno::ENOENT`].
///
/// A struct with constants rather than an enum: a newer kernel may return a
/// number this crate has no name for, and that must stay representable.
/// `Result<(), Errno>` is two bytes.
///
/// `Display` gives the text and the name: `No such file or directory (ENOENT)`.
///
/// # Python
/// `OSError` and its `errno`; the names are those of the module `errno`.
///
/// # See also
/// [errno(3)](https://man7.org/linux/man-pages/man3/errno.3.html)
///
/// # Examples
/// ```
/// use rawos::Errno;
///
/// assert_eq!(Errno::ENOENT.to_string(), "No such file or directory (ENOENT)");
/// assert_eq!(size_of::<Result<(), Errno>>(), 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
#[doc(alias = "error")]
#[doc(alias = "OSError")]
pub struct Errno(NonZeroU16);

impl Errno {
    /// `EWOULDBLOCK`, which is [`EAGAIN`](Self::EAGAIN) on Linux.
    pub const EWOULDBLOCK: Self = Self::EAGAIN;
    /// `EDEADLOCK`, which is [`EDEADLK`](Self::EDEADLK) on Linux.
    pub const EDEADLOCK: Self = Self::EDEADLK;
    /// `ENOTSUP`, which is [`EOPNOTSUPP`](Self::EOPNOTSUPP) on Linux.
    pub const ENOTSUP: Self = Self::EOPNOTSUPP;

    /// Makes an `Errno` of a positive error number, 1 to 4095; `None` for a
    /// number that the kernel cannot return.
    ///
    /// # Examples
    /// ```
    /// use rawos::Errno;
    ///
    /// assert_eq!(Errno::from_raw(2), Some(Errno::ENOENT));
    /// assert_eq!(Errno::from_raw(0), None);
    /// ```
    #[must_use]
    #[inline]
    pub const fn from_raw(number: i32) -> Option<Self> {
        match number {
            1..=4095 => Some(Self::new(number as u16)),
            _ => None,
        }
    }

    /// The positive error number, 1 to 4095.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::Errno::EPERM.raw(), 1);
    /// ```
    #[must_use]
    #[inline]
    pub const fn raw(self) -> i32 {
        self.0.get() as i32
    }

    /// Decodes a system call's result register.
    ///
    /// The kernel reports errors as `-4095..=-1` and nothing else there. This
    /// is the one place where a register becomes an error.
    #[inline(always)]
    pub(crate) const fn check(raw: isize) -> Result<usize> {
        match raw {
            -4095..=-1 => Err(Self::new(raw.unsigned_abs() as u16)),
            _ => Ok(raw.cast_unsigned()),
        }
    }

    /// The C name, such as `"ENOENT"`; `None` for a number without one.
    ///
    /// # Python
    /// `errno.errorcode[number]`.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::Errno::EAGAIN.name(), Some("EAGAIN"));
    /// ```
    #[must_use]
    #[inline]
    pub fn name(self) -> Option<&'static str> {
        self.look_up(0)
    }

    /// The text, such as `"No such file or directory"`; `None` for a number
    /// without one.
    ///
    /// # Python
    /// `os.strerror(number)`; see the function [`strerror`].
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::Errno::EPERM.strerror(), Some("Operation not permitted"));
    /// ```
    #[must_use]
    #[inline]
    pub fn strerror(self) -> Option<&'static str> {
        self.look_up(1)
    }

    /// Column 0 or 1 of the table's row.
    #[cold]
    fn look_up(self, column: usize) -> Option<&'static str> {
        let number = u8::try_from(self.0.get()).ok()?;
        let row = Self::NUMBERS.iter().position(|known| *known == number)?;
        let mut nuls = Self::TABLE.bytes().enumerate().filter(|(_, byte)| *byte == 0);
        let before = match 2 * row + column {
            0 => 0,
            n => nuls.nth(n - 1)?.0 + 1,
        };
        Self::TABLE.get(before..nuls.next()?.0)
    }

    #[inline(always)]
    const fn new(number: u16) -> Self {
        match NonZeroU16::new(number) {
            Some(number) => Self(number),
            // Both callers matched a range without zero.
            None => Self::EIO,
        }
    }
}

/// Repeats `call` while a signal interrupts it, as Python does (PEP 475).
#[inline(always)]
pub(crate) fn retry<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}

/// The text for the error number `code`, or `None` where Linux defines none.
///
/// # Python
/// `os.strerror(code)`, which makes up `Unknown error N` instead of `None`
/// (and documents `ValueError`).
///
/// # See also
/// [strerror(3)](https://man7.org/linux/man-pages/man3/strerror.3.html)
///
/// # Examples
/// ```
/// use rawos::errno::strerror;
///
/// assert_eq!(strerror(13), Some("Permission denied"));
/// assert_eq!(strerror(4000), None);
/// ```
#[must_use]
#[inline]
pub fn strerror(code: i32) -> Option<&'static str> {
    Errno::from_raw(code)?.strerror()
}

impl fmt::Display for Errno {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.strerror(), self.name()) {
            (Some(text), Some(name)) => write!(f, "{text} ({name})"),
            _ => write!(f, "Unknown error {}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

impl error::Error for Errno {}

#[cfg(feature = "std")]
impl From<Errno> for std::io::Error {
    #[inline]
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.raw())
    }
}

/// An error that is not of the system is given back.
///
/// # Examples
/// ```
/// use rawos::Errno;
/// use std::io::{Error, ErrorKind};
///
/// let error = std::fs::read("/no/such/file").unwrap_err();
/// assert_eq!(Errno::try_from(error).unwrap(), Errno::ENOENT);
/// let error = Error::new(ErrorKind::InvalidData, "no number");
/// assert_eq!(Errno::try_from(error).unwrap_err().kind(), ErrorKind::InvalidData);
/// ```
#[cfg(feature = "std")]
impl TryFrom<std::io::Error> for Errno {
    type Error = std::io::Error;

    #[inline]
    fn try_from(error: std::io::Error) -> Result<Self, std::io::Error> {
        error.raw_os_error().and_then(Self::from_raw).ok_or(error)
    }
}

/// From `number, text` rows: a constant each, and the table for the look-ups.
macro_rules! errnos {
    ($($NAME:ident = $number:literal, $text:literal;)*) => {
        impl Errno {
            $(
                #[doc = concat!($text, ".")]
                pub const $NAME: Self = Self(NonZeroU16::new($number).unwrap());
            )*

            /// The numbers that have a name, in the order of `TABLE`.
            const NUMBERS: &[u8] = &[$($number),*];

            /// Name and text of each, every one followed by a NUL. One string
            /// rather than a slice of them: that would be twice as large, and
            /// to be relocated in a static-PIE.
            const TABLE: &str = concat!($(stringify!($NAME), "\0", $text, "\0"),*);
        }
    };
}

errnos! {
    EPERM = 1, "Operation not permitted";
    ENOENT = 2, "No such file or directory";
    ESRCH = 3, "No such process";
    EINTR = 4, "Interrupted system call";
    EIO = 5, "Input/output error";
    ENXIO = 6, "No such device or address";
    E2BIG = 7, "Argument list too long";
    ENOEXEC = 8, "Exec format error";
    EBADF = 9, "Bad file descriptor";
    ECHILD = 10, "No child processes";
    EAGAIN = 11, "Resource temporarily unavailable";
    ENOMEM = 12, "Cannot allocate memory";
    EACCES = 13, "Permission denied";
    EFAULT = 14, "Bad address";
    ENOTBLK = 15, "Block device required";
    EBUSY = 16, "Device or resource busy";
    EEXIST = 17, "File exists";
    EXDEV = 18, "Invalid cross-device link";
    ENODEV = 19, "No such device";
    ENOTDIR = 20, "Not a directory";
    EISDIR = 21, "Is a directory";
    EINVAL = 22, "Invalid argument";
    ENFILE = 23, "Too many open files in system";
    EMFILE = 24, "Too many open files";
    ENOTTY = 25, "Inappropriate ioctl for device";
    ETXTBSY = 26, "Text file busy";
    EFBIG = 27, "File too large";
    ENOSPC = 28, "No space left on device";
    ESPIPE = 29, "Illegal seek";
    EROFS = 30, "Read-only file system";
    EMLINK = 31, "Too many links";
    EPIPE = 32, "Broken pipe";
    EDOM = 33, "Numerical argument out of domain";
    ERANGE = 34, "Numerical result out of range";
    EDEADLK = 35, "Resource deadlock avoided";
    ENAMETOOLONG = 36, "File name too long";
    ENOLCK = 37, "No locks available";
    ENOSYS = 38, "Function not implemented";
    ENOTEMPTY = 39, "Directory not empty";
    ELOOP = 40, "Too many levels of symbolic links";
    ENOMSG = 42, "No message of desired type";
    EIDRM = 43, "Identifier removed";
    ECHRNG = 44, "Channel number out of range";
    EL2NSYNC = 45, "Level 2 not synchronized";
    EL3HLT = 46, "Level 3 halted";
    EL3RST = 47, "Level 3 reset";
    ELNRNG = 48, "Link number out of range";
    EUNATCH = 49, "Protocol driver not attached";
    ENOCSI = 50, "No CSI structure available";
    EL2HLT = 51, "Level 2 halted";
    EBADE = 52, "Invalid exchange";
    EBADR = 53, "Invalid request descriptor";
    EXFULL = 54, "Exchange full";
    ENOANO = 55, "No anode";
    EBADRQC = 56, "Invalid request code";
    EBADSLT = 57, "Invalid slot";
    EBFONT = 59, "Bad font file format";
    ENOSTR = 60, "Device not a stream";
    ENODATA = 61, "No data available";
    ETIME = 62, "Timer expired";
    ENOSR = 63, "Out of streams resources";
    ENONET = 64, "Machine is not on the network";
    ENOPKG = 65, "Package not installed";
    EREMOTE = 66, "Object is remote";
    ENOLINK = 67, "Link has been severed";
    EADV = 68, "Advertise error";
    ESRMNT = 69, "Srmount error";
    ECOMM = 70, "Communication error on send";
    EPROTO = 71, "Protocol error";
    EMULTIHOP = 72, "Multihop attempted";
    EDOTDOT = 73, "RFS specific error";
    EBADMSG = 74, "Bad message";
    EOVERFLOW = 75, "Value too large for defined data type";
    ENOTUNIQ = 76, "Name not unique on network";
    EBADFD = 77, "File descriptor in bad state";
    EREMCHG = 78, "Remote address changed";
    ELIBACC = 79, "Can not access a needed shared library";
    ELIBBAD = 80, "Accessing a corrupted shared library";
    ELIBSCN = 81, ".lib section in a.out corrupted";
    ELIBMAX = 82, "Attempting to link in too many shared libraries";
    ELIBEXEC = 83, "Cannot exec a shared library directly";
    EILSEQ = 84, "Invalid or incomplete multibyte or wide character";
    ERESTART = 85, "Interrupted system call should be restarted";
    ESTRPIPE = 86, "Streams pipe error";
    EUSERS = 87, "Too many users";
    ENOTSOCK = 88, "Socket operation on non-socket";
    EDESTADDRREQ = 89, "Destination address required";
    EMSGSIZE = 90, "Message too long";
    EPROTOTYPE = 91, "Protocol wrong type for socket";
    ENOPROTOOPT = 92, "Protocol not available";
    EPROTONOSUPPORT = 93, "Protocol not supported";
    ESOCKTNOSUPPORT = 94, "Socket type not supported";
    EOPNOTSUPP = 95, "Operation not supported";
    EPFNOSUPPORT = 96, "Protocol family not supported";
    EAFNOSUPPORT = 97, "Address family not supported by protocol";
    EADDRINUSE = 98, "Address already in use";
    EADDRNOTAVAIL = 99, "Cannot assign requested address";
    ENETDOWN = 100, "Network is down";
    ENETUNREACH = 101, "Network is unreachable";
    ENETRESET = 102, "Network dropped connection on reset";
    ECONNABORTED = 103, "Software caused connection abort";
    ECONNRESET = 104, "Connection reset by peer";
    ENOBUFS = 105, "No buffer space available";
    EISCONN = 106, "Transport endpoint is already connected";
    ENOTCONN = 107, "Transport endpoint is not connected";
    ESHUTDOWN = 108, "Cannot send after transport endpoint shutdown";
    ETOOMANYREFS = 109, "Too many references: cannot splice";
    ETIMEDOUT = 110, "Connection timed out";
    ECONNREFUSED = 111, "Connection refused";
    EHOSTDOWN = 112, "Host is down";
    EHOSTUNREACH = 113, "No route to host";
    EALREADY = 114, "Operation already in progress";
    EINPROGRESS = 115, "Operation now in progress";
    ESTALE = 116, "Stale file handle";
    EUCLEAN = 117, "Structure needs cleaning";
    ENOTNAM = 118, "Not a XENIX named type file";
    ENAVAIL = 119, "No XENIX semaphores available";
    EISNAM = 120, "Is a named type file";
    EREMOTEIO = 121, "Remote I/O error";
    EDQUOT = 122, "Disk quota exceeded";
    ENOMEDIUM = 123, "No medium found";
    EMEDIUMTYPE = 124, "Wrong medium type";
    ECANCELED = 125, "Operation canceled";
    ENOKEY = 126, "Required key not available";
    EKEYEXPIRED = 127, "Key has expired";
    EKEYREVOKED = 128, "Key has been revoked";
    EKEYREJECTED = 129, "Key was rejected by service";
    EOWNERDEAD = 130, "Owner died";
    ENOTRECOVERABLE = 131, "State not recoverable";
    ERFKILL = 132, "Operation not possible due to RF-kill";
    EHWPOISON = 133, "Memory page has hardware error";
}
