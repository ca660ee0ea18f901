//! The end of the process, and what its status says.
#![forbid(unsafe_code)]

use crate::sys;

/// Ends the whole process at once with `status`, of which the parent sees the
/// low 8 bits.
///
/// Nothing is flushed and no destructor runs; every thread ends. Should the
/// kernel refuse (a seccomp filter), the process traps.
///
/// # Python
/// `os._exit(n)`.
///
/// # See also
/// [_exit(2)](https://man7.org/linux/man-pages/man2/_exit.2.html)
///
/// # Examples
/// ```
/// rawos::process::_exit(0);
/// ```
#[inline]
pub fn _exit(status: i32) -> ! {
    sys::process::exit_group(status)
}

// The statuses of `<sysexits.h>`.

/// `os.EX_OK`: all went well.
pub const EX_OK: i32 = 0;
/// `os.EX_USAGE`: the command was used wrongly.
pub const EX_USAGE: i32 = 64;
/// `os.EX_DATAERR`: the input was wrong.
pub const EX_DATAERR: i32 = 65;
/// `os.EX_NOINPUT`: an input file is not there or not readable.
pub const EX_NOINPUT: i32 = 66;
/// `os.EX_NOUSER`: there is no such user.
pub const EX_NOUSER: i32 = 67;
/// `os.EX_NOHOST`: there is no such host.
pub const EX_NOHOST: i32 = 68;
/// `os.EX_UNAVAILABLE`: a service that is needed is not there.
pub const EX_UNAVAILABLE: i32 = 69;
/// `os.EX_SOFTWARE`: the program found itself wrong.
pub const EX_SOFTWARE: i32 = 70;
/// `os.EX_OSERR`: the system failed: no process, no pipe.
pub const EX_OSERR: i32 = 71;
/// `os.EX_OSFILE`: a file of the system is missing or wrong.
pub const EX_OSFILE: i32 = 72;
/// `os.EX_CANTCREAT`: an output file cannot be made.
pub const EX_CANTCREAT: i32 = 73;
/// `os.EX_IOERR`: reading or writing a file failed.
pub const EX_IOERR: i32 = 74;
/// `os.EX_TEMPFAIL`: it failed for now; try again later.
pub const EX_TEMPFAIL: i32 = 75;
/// `os.EX_PROTOCOL`: the other side broke the protocol.
pub const EX_PROTOCOL: i32 = 76;
/// `os.EX_NOPERM`: the user may not do that.
pub const EX_NOPERM: i32 = 77;
/// `os.EX_CONFIG`: the configuration is wrong.
pub const EX_CONFIG: i32 = 78;
