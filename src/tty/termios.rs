//! The modes of a terminal: asking for them, changing them, raw mode.
#![forbid(unsafe_code)]

use core::fmt;

use linux_raw_sys::general as uapi;

use super::{
    ControlChar, ControlFlags, InputFlags, LocalFlags, OutputFlags,
    speed::{decode, encode},
};
use crate::{Result, fd::AsFd, sys};

/// The modes of a terminal: the kernel's `struct termios2`.
///
/// Made by [`tcgetattr`], changed here, and put into effect by [`tcsetattr`].
///
/// # Python
/// The list that `termios.tcgetattr(fd)` returns.
///
/// # See also
/// [termios(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::tty::{self, LocalFlags, SetWhen};
///
/// let (_pty, terminal) = tty::openpty()?;
/// let mut modes = tty::tcgetattr(&terminal)?;
/// modes.c_lflag.remove(LocalFlags::ECHO); // before a password
/// tty::tcsetattr(&terminal, SetWhen::Flush, &modes)?;
/// assert_eq!(tty::tcgetattr(&terminal), Ok(modes));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[repr(C)]
#[doc(alias = "termios2")]
pub struct Termios {
    /// How input is treated.
    pub c_iflag: InputFlags,
    /// How output is treated.
    pub c_oflag: OutputFlags,
    /// What the line is like.
    pub c_cflag: ControlFlags,
    /// How who reads is served.
    pub c_lflag: LocalFlags,
    /// The line discipline, 0 for an ordinary terminal.
    pub c_line: u8,
    c_cc: [u8; uapi::NCCS as usize],
    c_ispeed: u32,
    c_ospeed: u32,
}

const _: () = {
    assert!(size_of::<Termios>() == size_of::<uapi::termios2>());
    assert!(core::mem::offset_of!(Termios, c_ispeed) == size_of::<uapi::termios>());
};

impl Termios {
    /// The special character `which`; 0 for none, but for
    /// [`VMIN`](ControlChar::VMIN) and [`VTIME`](ControlChar::VTIME).
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::{self, ControlChar};
    ///
    /// let (_pty, terminal) = tty::openpty()?;
    /// assert_eq!(tty::tcgetattr(&terminal)?.cc(ControlChar::VEOF), b'D' - b'@');
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "c_cc")]
    #[inline]
    #[must_use]
    pub const fn cc(&self, which: ControlChar) -> u8 {
        self.c_cc[which as usize]
    }

    /// Makes `value` the special character `which`.
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::{ControlChar, Termios};
    ///
    /// let mut modes = Termios::default();
    /// modes.set_cc(ControlChar::VMIN, 1);
    /// assert_eq!(modes.cc(ControlChar::VMIN), 1);
    /// ```
    #[inline]
    pub const fn set_cc(&mut self, which: ControlChar, value: u8) {
        self.c_cc[which as usize] = value;
    }

    /// The speed of output, in bits per second; 0 is a line hung up.
    ///
    /// # Examples
    /// ```
    /// use rawos::tty;
    ///
    /// let (_pty, terminal) = tty::openpty()?;
    /// assert_eq!(tty::tcgetattr(&terminal)?.ospeed(), 38_400);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "cfgetospeed")]
    #[must_use]
    #[inline]
    pub fn ospeed(&self) -> u32 {
        decode(self.output_code(), self.c_ospeed)
    }

    /// The speed of input, in bits per second: that of output unless it was set
    /// apart.
    ///
    /// # Examples
    /// ```
    /// use rawos::tty;
    ///
    /// let (_pty, terminal) = tty::openpty()?;
    /// assert_eq!(tty::tcgetattr(&terminal)?.ispeed(), 38_400);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "cfgetispeed")]
    #[must_use]
    #[inline]
    pub fn ispeed(&self) -> u32 {
        match self.input_code() {
            uapi::B0 => self.ospeed(),
            code => decode(code, self.c_ispeed),
        }
    }

    /// Makes `speed`, in bits per second, the speed of output, and of input
    /// unless that was set apart; 0 hangs up.
    ///
    /// Any number: where the kernel has no code for it, it is passed on as a
    /// number, and the driver takes what comes near.
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::Termios;
    ///
    /// let mut modes = Termios::default();
    /// modes.set_ospeed(115_200);
    /// assert_eq!((modes.ospeed(), modes.ispeed()), (115_200, 115_200));
    /// modes.set_ospeed(31_250); // MIDI
    /// assert_eq!(modes.ospeed(), 31_250);
    /// ```
    #[doc(alias = "cfsetospeed")]
    #[inline]
    pub fn set_ospeed(&mut self, speed: u32) {
        self.c_cflag.remove(ControlFlags::CBAUD);
        self.c_cflag |= ControlFlags::from_bits_retain(encode(speed));
        self.c_ospeed = speed;
        self.forget_codes();
    }

    /// Makes `speed`, in bits per second, the speed of input; 0 for that of
    /// output.
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::Termios;
    ///
    /// let mut modes = Termios::default();
    /// modes.set_ospeed(1200);
    /// modes.set_ispeed(75);
    /// assert_eq!((modes.ospeed(), modes.ispeed()), (1200, 75));
    /// ```
    #[doc(alias = "cfsetispeed")]
    #[inline]
    pub fn set_ispeed(&mut self, speed: u32) {
        self.c_cflag.remove(ControlFlags::CIBAUD);
        self.c_cflag |= ControlFlags::from_bits_retain(encode(speed) << uapi::IBSHIFT);
        self.c_ispeed = speed;
        self.forget_codes();
    }

    /// Raw mode: every byte passes as it is, at once, and none has a meaning.
    ///
    /// # Python
    /// `tty.cfmakeraw(mode)`, which clears a few more of the flags of input and
    /// of [`c_lflag`](Self::c_lflag) than C's does.
    ///
    /// # See also
    /// [cfmakeraw(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::{self, LocalFlags};
    ///
    /// let (_pty, terminal) = tty::openpty()?;
    /// let mut modes = tty::tcgetattr(&terminal)?;
    /// modes.make_raw();
    /// assert!(!modes.c_lflag.intersects(LocalFlags::ECHO | LocalFlags::ICANON));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "cfmakeraw")]
    #[inline]
    pub fn make_raw(&mut self) {
        type I = InputFlags;
        type L = LocalFlags;
        let input = I::IGNBRK | I::BRKINT | I::PARMRK | I::ISTRIP;
        self.c_iflag.remove(input | I::INLCR | I::IGNCR | I::ICRNL | I::IXON);
        self.c_oflag.remove(OutputFlags::OPOST);
        self.c_lflag.remove(L::ECHO | L::ECHONL | L::ICANON | L::ISIG | L::IEXTEN);
        self.c_cflag.remove(ControlFlags::CSIZE | ControlFlags::PARENB);
        self.c_cflag.insert(ControlFlags::CS8);
        self.set_cc(ControlChar::VMIN, 1);
        self.set_cc(ControlChar::VTIME, 0);
    }

    /// The code of the speed of output.
    #[inline]
    const fn output_code(&self) -> u32 {
        self.c_cflag.bits() & uapi::CBAUD
    }

    /// The code of the speed of input; 0 for that of output.
    #[inline]
    const fn input_code(&self) -> u32 {
        self.c_cflag.bits() >> uapi::IBSHIFT & uapi::CBAUD
    }

    /// Whether a speed is a number, which only the newer calls pass on.
    #[inline]
    const fn has_numbers(&self) -> bool {
        self.output_code() == uapi::BOTHER || self.input_code() == uapi::BOTHER
    }

    /// Leaves no number where there is a code: equal modes are equal values.
    #[inline]
    const fn forget_codes(&mut self) {
        if self.output_code() != uapi::BOTHER {
            self.c_ospeed = 0;
        }
        if self.input_code() != uapi::BOTHER {
            self.c_ispeed = 0;
        }
    }
}

impl fmt::Debug for Termios {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Termios")
            .field("c_iflag", &self.c_iflag)
            .field("c_oflag", &self.c_oflag)
            .field("c_cflag", &self.c_cflag)
            .field("c_lflag", &self.c_lflag)
            .field("c_line", &self.c_line)
            .field("c_cc", &self.c_cc)
            .field("ispeed", &self.ispeed())
            .field("ospeed", &self.ospeed())
            .finish()
    }
}

/// When [`tcsetattr`] makes the change.
///
/// # Examples
/// ```
/// use rawos::tty::{self, SetWhen};
///
/// let (_pty, terminal) = tty::openpty()?;
/// let modes = tty::tcgetattr(&terminal)?;
/// assert_eq!(tty::tcsetattr(&terminal, SetWhen::Drain, &modes), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetWhen {
    /// `TCSANOW`: at once.
    #[doc(alias = "TCSANOW")]
    Now = 0,
    /// `TCSADRAIN`: after what was written is sent.
    #[doc(alias = "TCSADRAIN")]
    Drain = 1,
    /// `TCSAFLUSH`: the same, and what came and was not read is dropped.
    #[doc(alias = "TCSAFLUSH")]
    Flush = 2,
}

/// The modes of the terminal `fd`.
///
/// One TCGETS; a second call (TCGETS2) only for a speed that is no code.
///
/// # Errors
/// - [`ENOTTY`](crate::Errno::ENOTTY): `fd` is no terminal.
/// - [`EIO`](crate::Errno::EIO): its other end is closed.
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `termios.tcgetattr(fd)`.
///
/// # See also
/// [tcgetattr(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::tty::{self, OutputFlags};
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert!(tty::tcgetattr(&terminal)?.c_oflag.contains(OutputFlags::OPOST));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn tcgetattr<Fd: AsFd>(fd: Fd) -> Result<Termios> {
    let fd = fd.as_fd();
    let mut termios = Termios::default();
    sys::tty::tcgets(fd, &mut termios)?;
    if termios.has_numbers() {
        sys::tty::tcgets2(fd, &mut termios)?;
    }
    termios.forget_codes();
    Ok(termios)
}

/// Gives the terminal `fd` the modes `termios`.
///
/// What the driver cannot do it does not: [`tcgetattr`] shows what has become
/// of it.
///
/// # Errors
/// Those of [`tcgetattr`], [`EINTR`](crate::Errno::EINTR): a signal came,
/// which is not retried, as in Python; and [`EIO`](crate::Errno::EIO): the
/// caller's group is in the background and orphaned.
///
/// # Python
/// `termios.tcsetattr(fd, when, attributes)`.
///
/// # See also
/// [tcsetattr(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, tty::{self, SetWhen, Termios}};
///
/// let (reader, _writer) = fd::pipe()?;
/// let modes = Termios::default();
/// assert_eq!(tty::tcsetattr(&reader, SetWhen::Now, &modes), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn tcsetattr<Fd: AsFd>(fd: Fd, when: SetWhen, termios: &Termios) -> Result<()> {
    let fd = fd.as_fd();
    match termios.has_numbers() {
        false => sys::tty::tcsets(fd, when, termios),
        true => sys::tty::tcsets2(fd, when, termios),
    }
}

/// Puts the terminal `fd` into raw mode, and returns the modes it had, for
/// [`tcsetattr`] to restore.
///
/// # Errors
/// Those of [`tcsetattr`].
///
/// # Python
/// `tty.setraw(fd, when=TCSAFLUSH)`; see [`Termios::make_raw`].
///
/// # See also
/// [cfmakeraw(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, tty::{self, SetWhen}};
///
/// let (pty, terminal) = tty::openpty()?;
/// let before = tty::setraw(&terminal, SetWhen::Flush)?;
/// fd::write(&terminal, b"as it is\n")?;
/// let mut buf = [0; 16];
/// assert_eq!(fd::read(&pty, &mut buf), Ok(9));
/// assert_eq!(&buf[..9], b"as it is\n");
/// tty::tcsetattr(&terminal, SetWhen::Flush, &before)?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn setraw<Fd: AsFd>(fd: Fd, when: SetWhen) -> Result<Termios> {
    let fd = fd.as_fd();
    let before = tcgetattr(fd)?;
    let mut raw = before;
    raw.make_raw();
    tcsetattr(fd, when, &raw)?;
    Ok(before)
}
