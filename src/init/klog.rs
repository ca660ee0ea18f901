//! The kernel's log: reading its ring buffer, and writing into it.
//!
//! These are the actions of syslog(2), which glibc calls klogctl; the syslog of
//! a C library is another thing.
#![forbid(unsafe_code)]

use crate::{
    Errno, Result,
    errno::retry,
    fd::{self, AsFd, Buffer, IoSlice},
    sys,
};

/// The actions of syslog(2), as the kernel's `linux/syslog.h` has them.
mod action {
    pub(super) const READ: u32 = 2;
    pub(super) const READ_ALL: u32 = 3;
    pub(super) const READ_CLEAR: u32 = 4;
    pub(super) const CLEAR: u32 = 5;
    pub(super) const CONSOLE_OFF: u32 = 6;
    pub(super) const CONSOLE_ON: u32 = 7;
    pub(super) const CONSOLE_LEVEL: u32 = 8;
    pub(super) const SIZE_UNREAD: u32 = 9;
    pub(super) const SIZE_BUFFER: u32 = 10;
}

/// How bad it is, from the worst on.
///
/// # Python
/// `syslog.LOG_EMERG` to `syslog.LOG_DEBUG`.
///
/// # Examples
/// ```
/// use rawos::init::LogLevel;
///
/// assert_eq!(LogLevel::Info as u8, 6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// `LOG_EMERG`: the system is unusable.
    #[doc(alias = "LOG_EMERG")]
    Emerg,
    /// `LOG_ALERT`: something must be done at once.
    #[doc(alias = "LOG_ALERT")]
    Alert,
    /// `LOG_CRIT`: critical.
    #[doc(alias = "LOG_CRIT")]
    Crit,
    /// `LOG_ERR`: an error.
    #[doc(alias = "LOG_ERR")]
    Err,
    /// `LOG_WARNING`: a warning.
    #[doc(alias = "LOG_WARNING")]
    Warning,
    /// `LOG_NOTICE`: normal, but worth a look.
    #[doc(alias = "LOG_NOTICE")]
    Notice,
    /// `LOG_INFO`: information.
    #[doc(alias = "LOG_INFO")]
    Info,
    /// `LOG_DEBUG`: for who looks for a fault.
    #[doc(alias = "LOG_DEBUG")]
    Debug,
}

/// Reads from the kernel's log into `buf` what was not read before, by anyone;
/// waits while there is nothing.
///
/// Lines begin with `<N>`, the level plus 8 times the facility. What is returned
/// depends on the [`Buffer`]; for `&mut [u8]` it is the number of bytes.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYSLOG`).
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel was built without a log.
/// - The rest: syslog(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// // No bytes are asked for, so none are waited for.
/// let read = init::klog_read(&mut [0; 0]);
/// assert!(matches!(read, Ok(0) | Err(Errno::EPERM | Errno::ENOSYS)));
/// ```
#[doc(alias = "klogctl")]
#[doc(alias = "SYSLOG_ACTION_READ")]
#[inline]
pub fn klog_read<B: Buffer>(buf: B) -> Result<B::Output> {
    sys::fill(buf, |room| sys::power::syslog_read(action::READ, room))
}

/// Reads the end of the kernel's log into `buf`, as much as has room there; it
/// stays to be read by others.
///
/// What is returned depends on the [`Buffer`]; for `&mut [u8]` it is the number
/// of bytes. [`klog_size_buffer`] bytes are enough for all.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYSLOG`), which is needed if `/proc/sys/kernel/dmesg_restrict` says so.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel was built without a log.
/// - The rest: syslog(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// let mut buf = [0; 4096];
/// match init::klog_read_all(&mut buf) {
///     Ok(len) => assert!(len <= 4096),
///     Err(errno) => assert!(matches!(errno, Errno::EPERM | Errno::ENOSYS)),
/// }
/// ```
#[doc(alias = "dmesg")]
#[doc(alias = "SYSLOG_ACTION_READ_ALL")]
#[inline]
pub fn klog_read_all<B: Buffer>(buf: B) -> Result<B::Output> {
    sys::fill(buf, |room| sys::power::syslog_read(action::READ_ALL, room))
}

/// As [`klog_read_all`], and has it read no line again that there is now.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYSLOG`).
/// - The rest: those of [`klog_read_all`].
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```no_run
/// let mut buf = [0; 65536];
/// let len = rawos::init::klog_read_clear(&mut buf)?;
/// # let _ = len;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SYSLOG_ACTION_READ_CLEAR")]
#[inline]
pub fn klog_read_clear<B: Buffer>(buf: B) -> Result<B::Output> {
    sys::fill(buf, |room| sys::power::syslog_read(action::READ_CLEAR, room))
}

/// Has [`klog_read_all`] read no line again that there is now; nothing else
/// changes, not even for [`klog_read`] and `/dev/kmsg`.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYSLOG`).
/// - The rest: syslog(2).
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```no_run
/// rawos::init::klog_clear()?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SYSLOG_ACTION_CLEAR")]
#[inline]
pub fn klog_clear() -> Result<()> {
    retry(|| sys::power::syslog(action::CLEAR, 0)).map(drop)
}

/// Switches the kernel's messages on the console off, or on again as they were.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYSLOG`).
/// - The rest: syslog(2).
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```no_run
/// rawos::init::klog_console(false)?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SYSLOG_ACTION_CONSOLE_ON")]
#[doc(alias = "SYSLOG_ACTION_CONSOLE_OFF")]
#[inline]
pub fn klog_console(on: bool) -> Result<()> {
    let action = if on { action::CONSOLE_ON } else { action::CONSOLE_OFF };
    retry(|| sys::power::syslog(action, 0)).map(drop)
}

/// Has the kernel show on the console what is worse than `level`, 1 to 8, by the
/// numbers of [`LogLevel`]: 4 is errors and worse, 8 is everything.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): `level` is 0, or over 8.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYSLOG`).
/// - The rest: syslog(2).
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// let set = init::klog_console_level(9);
/// assert!(matches!(set, Err(Errno::EINVAL | Errno::EPERM | Errno::ENOSYS)));
/// ```
#[doc(alias = "SYSLOG_ACTION_CONSOLE_LEVEL")]
#[inline]
pub fn klog_console_level(level: u8) -> Result<()> {
    retry(|| sys::power::syslog(action::CONSOLE_LEVEL, level.into())).map(drop)
}

/// The number of bytes that [`klog_read`] can read at once, without waiting.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYSLOG`).
/// - The rest: syslog(2).
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// let unread = init::klog_size_unread();
/// assert!(matches!(unread, Ok(_) | Err(Errno::EPERM | Errno::ENOSYS)));
/// ```
#[doc(alias = "SYSLOG_ACTION_SIZE_UNREAD")]
#[inline]
pub fn klog_size_unread() -> Result<usize> {
    retry(|| sys::power::syslog(action::SIZE_UNREAD, 0))
}

/// The size of the kernel's log, in bytes.
///
/// # Errors
/// Those of [`klog_read_all`].
///
/// # Python
/// None.
///
/// # See also
/// [syslog(2)](https://man7.org/linux/man-pages/man2/syslog.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// let size = init::klog_size_buffer();
/// assert!(matches!(size, Ok(4096..) | Err(Errno::EPERM | Errno::ENOSYS)));
/// ```
#[doc(alias = "SYSLOG_ACTION_SIZE_BUFFER")]
#[inline]
pub fn klog_size_buffer() -> Result<usize> {
    retry(|| sys::power::syslog(action::SIZE_BUFFER, 0))
}

/// Writes `text` into the kernel's log as one message, through `kmsg`, which is
/// `/dev/kmsg` open for writing.
///
/// Its facility is `daemon`. A message by someone else is not mixed in. `text`
/// has about 1,000 bytes at most (by the kernel) and needs no newline.
///
/// The kernel takes 10 messages in 5 seconds from each open `/dev/kmsg`, and drops
/// the rest without an error, unless `/proc/sys/kernel/printk_devkmsg` is `on`;
/// if that is `off`, it drops all of them.
///
/// Where `kmsg` is another file, `<N>` and the text are written there.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): `text` is too long.
/// - [`EBADF`](crate::Errno::EBADF): `kmsg` is not open for writing.
/// - [`EIO`](crate::Errno::EIO): another file had room for a part only, which was
///   written.
/// - The rest: write(2). `EINTR` is retried.
///
/// # Python
/// None; `syslog.syslog` sends to a daemon.
///
/// # See also
/// [kmsg](https://docs.kernel.org/admin-guide/abi-testing.html#abi-dev-kmsg)
///
/// # Examples
/// ```
/// use rawos::{fd, init::{self, LogLevel}};
///
/// let (reader, kmsg) = fd::pipe()?;
/// init::kmsg_write(&kmsg, LogLevel::Info, b"init: started")?;
/// let mut buf = [0; 32];
/// let len = fd::read(&reader, &mut buf)?;
/// assert_eq!(&buf[..len], b"<30>init: started\n");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn kmsg_write<Fd: AsFd>(kmsg: Fd, level: LogLevel, text: &[u8]) -> Result<()> {
    /// `LOG_DAEMON`, as it stands above the three bits of the level.
    const DAEMON: u8 = 3 << 3;
    let priority = DAEMON + level as u8;
    let start = [b'<', b'0' + priority / 10, b'0' + priority % 10, b'>'];
    // One call: what is written at once is one message.
    let parts = [IoSlice::new(&start), IoSlice::new(text), IoSlice::new(b"\n")];
    let len = parts.iter().fold(0usize, |len, part| len.saturating_add(part.len()));
    match fd::writev(kmsg, &parts)? {
        written if written == len => Ok(()),
        _ => Err(Errno::EIO),
    }
}
