//! How many characters a terminal shows.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{Result, fd::AsFd, sys};

/// The size of a terminal, in characters.
///
/// 0 by 0 is what a terminal has whose size nobody has told the kernel, such as
/// a serial line.
///
/// # Python
/// `os.terminal_size`.
///
/// # Examples
/// ```
/// use rawos::tty::TerminalSize;
///
/// let size = TerminalSize { columns: 80, lines: 24 };
/// assert_ne!(size, TerminalSize::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[doc(alias = "terminal_size")]
#[doc(alias = "winsize")]
pub struct TerminalSize {
    /// Characters in a line.
    pub columns: u16,
    /// Lines.
    pub lines: u16,
}

/// The size of the terminal `fd`.
///
/// # Errors
/// - [`ENOTTY`](crate::Errno::ENOTTY): `fd` is no terminal.
/// - [`EIO`](crate::Errno::EIO): its other end is closed.
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.get_terminal_size(fd=STDOUT_FILENO)`, `termios.tcgetwinsize(fd)`. The
/// variables `COLUMNS` and `LINES` are `shutil.get_terminal_size`'s.
///
/// # See also
/// [TIOCGWINSZ(2const)](https://man7.org/linux/man-pages/man2/TIOCGWINSZ.2const.html)
///
/// # Examples
/// ```
/// use rawos::tty::{self, TerminalSize};
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::get_terminal_size(&terminal), Ok(TerminalSize::default()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "TIOCGWINSZ")]
#[doc(alias = "tcgetwinsize")]
#[inline]
pub fn get_terminal_size<Fd: AsFd>(fd: Fd) -> Result<TerminalSize> {
    let size = sys::tty::tiocgwinsz(fd.as_fd())?;
    Ok(TerminalSize { columns: size.ws_col, lines: size.ws_row })
}

/// Tells the kernel the size of the terminal `fd`: either end of a
/// pseudo-terminal.
///
/// If it changes, the processes in the foreground of the terminal get
/// `SIGWINCH`. Its size in pixels is left as it was.
///
/// # Errors
/// Those of [`get_terminal_size`].
///
/// # Python
/// `termios.tcsetwinsize(fd, (lines, columns))`.
///
/// # See also
/// [TIOCSWINSZ(2const)](https://man7.org/linux/man-pages/man2/TIOCSWINSZ.2const.html)
///
/// # Examples
/// ```
/// use rawos::tty::{self, TerminalSize};
///
/// let (pty, terminal) = tty::openpty()?;
/// let size = TerminalSize { columns: 80, lines: 24 };
/// tty::tcsetwinsize(&pty, size)?;
/// assert_eq!(tty::get_terminal_size(&terminal), Ok(size));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "TIOCSWINSZ")]
#[inline]
pub fn tcsetwinsize<Fd: AsFd>(fd: Fd, size: TerminalSize) -> Result<()> {
    let fd = fd.as_fd();
    let TerminalSize { columns: ws_col, lines: ws_row } = size;
    let pixels = sys::tty::tiocgwinsz(fd)?;
    sys::tty::tiocswinsz(fd, &uapi::winsize { ws_row, ws_col, ..pixels })
}
