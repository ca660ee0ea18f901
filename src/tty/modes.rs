//! The bits and characters that make up the modes of a terminal: the kernel's,
//! the same on every architecture.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

flags! {
    /// How a terminal treats input: `c_iflag` of [`Termios`](super::Termios).
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::{self, InputFlags};
    ///
    /// let (_pty, terminal) = tty::openpty()?;
    /// let modes = tty::tcgetattr(&terminal)?;
    /// // What Enter sends is read as a newline.
    /// assert!(modes.c_iflag.contains(InputFlags::ICRNL));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct InputFlags: u32 {
        /// `IGNBRK`: a break is nothing.
        const IGNBRK = uapi::IGNBRK;
        /// `BRKINT`: a break interrupts (`SIGINT`).
        const BRKINT = uapi::BRKINT;
        /// `IGNPAR`: bytes with errors are dropped.
        const IGNPAR = uapi::IGNPAR;
        /// `PARMRK`: bytes with errors are marked by 255 and 0 before them.
        const PARMRK = uapi::PARMRK;
        /// `INPCK`: the parity of input is checked.
        const INPCK = uapi::INPCK;
        /// `ISTRIP`: the eighth bit is cleared.
        const ISTRIP = uapi::ISTRIP;
        /// `INLCR`: a newline is read as a carriage return.
        const INLCR = uapi::INLCR;
        /// `IGNCR`: a carriage return is dropped.
        const IGNCR = uapi::IGNCR;
        /// `ICRNL`: a carriage return is read as a newline.
        const ICRNL = uapi::ICRNL;
        /// `IUCLC`: capitals are read as small letters.
        const IUCLC = uapi::IUCLC;
        /// `IXON`: the stop and start characters hold output back.
        const IXON = uapi::IXON;
        /// `IXANY`: any character lets output go on.
        const IXANY = uapi::IXANY;
        /// `IXOFF`: the terminal is asked to wait when too much comes.
        const IXOFF = uapi::IXOFF;
        /// `IMAXBEL`: a bell when there is no room for input.
        const IMAXBEL = uapi::IMAXBEL;
        /// `IUTF8`: input is UTF-8: erasing takes whole characters.
        const IUTF8 = uapi::IUTF8;
    }

    /// How a terminal treats output: `c_oflag` of [`Termios`](super::Termios).
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, tty::{self, OutputFlags}};
    ///
    /// let (pty, terminal) = tty::openpty()?;
    /// assert!(tty::tcgetattr(&terminal)?.c_oflag.contains(OutputFlags::ONLCR));
    /// fd::write(&terminal, b"\n")?;
    /// let mut buf = [0; 8];
    /// assert_eq!(fd::read(&pty, &mut buf), Ok(2));
    /// assert_eq!(&buf[..2], b"\r\n");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct OutputFlags: u32 {
        /// `OPOST`: output is processed; without it nothing below has effect.
        const OPOST = uapi::OPOST;
        /// `OLCUC`: small letters are written as capitals.
        const OLCUC = uapi::OLCUC;
        /// `ONLCR`: a newline is written as a carriage return and a newline.
        const ONLCR = uapi::ONLCR;
        /// `OCRNL`: a carriage return is written as a newline.
        const OCRNL = uapi::OCRNL;
        /// `ONOCR`: no carriage return in the first column.
        const ONOCR = uapi::ONOCR;
        /// `ONLRET`: a newline is taken to return to the first column.
        const ONLRET = uapi::ONLRET;
        /// `OFILL`: delays are made by filling characters.
        const OFILL = uapi::OFILL;
        /// `OFDEL`: the filling character is 127, not 0.
        const OFDEL = uapi::OFDEL;
        /// `NLDLY`: the bits of the delay after a newline.
        const NLDLY = uapi::NLDLY;
        /// `NL1`: a tenth of a second after a newline.
        const NL1 = uapi::NL1;
        /// `CRDLY`: the bits of the delay after a carriage return.
        const CRDLY = uapi::CRDLY;
        /// `CR1`: a delay that depends on the column.
        const CR1 = uapi::CR1;
        /// `CR2`: a tenth of a second.
        const CR2 = uapi::CR2;
        /// `CR3`: three twentieths of a second.
        const CR3 = uapi::CR3;
        /// `TABDLY`: the bits of the delay after a tab.
        const TABDLY = uapi::TABDLY;
        /// `TAB1`: a delay that depends on the column.
        const TAB1 = uapi::TAB1;
        /// `TAB2`: a tenth of a second.
        const TAB2 = uapi::TAB2;
        /// `TAB3`: a tab is written as spaces.
        const TAB3 = uapi::TAB3;
        /// `BSDLY`: the bits of the delay after a backspace.
        const BSDLY = uapi::BSDLY;
        /// `BS1`: a twentieth of a second.
        const BS1 = uapi::BS1;
        /// `VTDLY`: the bits of the delay after a vertical tab.
        const VTDLY = uapi::VTDLY;
        /// `VT1`: two seconds.
        const VT1 = uapi::VT1;
        /// `FFDLY`: the bits of the delay after a form feed.
        const FFDLY = uapi::FFDLY;
        /// `FF1`: two seconds.
        const FF1 = uapi::FF1;
    }

    /// What the line is like: `c_cflag` of [`Termios`](super::Termios).
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::{self, ControlFlags};
    ///
    /// let (_pty, terminal) = tty::openpty()?;
    /// let modes = tty::tcgetattr(&terminal)?;
    /// assert_eq!(modes.c_cflag & ControlFlags::CSIZE, ControlFlags::CS8);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct ControlFlags: u32 {
        /// `CBAUD`: the bits of the speed; see [`Termios::ospeed`](super::Termios::ospeed).
        const CBAUD = uapi::CBAUD;
        /// `BOTHER`: the speed is a number of its own.
        const BOTHER = uapi::BOTHER;
        /// `CIBAUD`: the bits of the speed of input.
        const CIBAUD = uapi::CIBAUD;
        /// `CSIZE`: the bits of the length of a byte; none of them is 5 bits.
        const CSIZE = uapi::CSIZE;
        /// `CS6`: 6 bits.
        const CS6 = uapi::CS6;
        /// `CS7`: 7 bits.
        const CS7 = uapi::CS7;
        /// `CS8`: 8 bits.
        const CS8 = uapi::CS8;
        /// `CSTOPB`: two stop bits.
        const CSTOPB = uapi::CSTOPB;
        /// `CREAD`: input is received.
        const CREAD = uapi::CREAD;
        /// `PARENB`: a parity bit.
        const PARENB = uapi::PARENB;
        /// `PARODD`: odd parity.
        const PARODD = uapi::PARODD;
        /// `HUPCL`: the line is hung up after the last close.
        const HUPCL = uapi::HUPCL;
        /// `CLOCAL`: there are no modem lines.
        const CLOCAL = uapi::CLOCAL;
        /// `ADDRB`: an address bit.
        const ADDRB = uapi::ADDRB;
        /// `CMSPAR`: the parity bit is always the same.
        const CMSPAR = uapi::CMSPAR;
        /// `CRTSCTS`: the lines RTS and CTS control the flow.
        const CRTSCTS = uapi::CRTSCTS;
    }

    /// How a terminal serves who reads from it: `c_lflag` of
    /// [`Termios`](super::Termios).
    ///
    /// # Examples
    /// ```
    /// use rawos::tty::{self, LocalFlags, SetWhen};
    ///
    /// let (_pty, terminal) = tty::openpty()?;
    /// let mut modes = tty::tcgetattr(&terminal)?;
    /// modes.c_lflag.remove(LocalFlags::ICANON | LocalFlags::ECHO); // key by key
    /// tty::tcsetattr(&terminal, SetWhen::Now, &modes)?;
    /// assert!(!tty::tcgetattr(&terminal)?.c_lflag.intersects(LocalFlags::ICANON));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct LocalFlags: u32 {
        /// `ISIG`: characters send signals.
        const ISIG = uapi::ISIG;
        /// `ICANON`: input comes in lines, which may be edited.
        const ICANON = uapi::ICANON;
        /// `XCASE`: with `ICANON`: capitals have a backslash before them.
        const XCASE = uapi::XCASE;
        /// `ECHO`: input is written back.
        const ECHO = uapi::ECHO;
        /// `ECHOE`: with `ICANON`: erasing a character is shown.
        const ECHOE = uapi::ECHOE;
        /// `ECHOK`: with `ICANON`: erasing a line is shown.
        const ECHOK = uapi::ECHOK;
        /// `ECHONL`: with `ICANON`: a newline is written back, `ECHO` or not.
        const ECHONL = uapi::ECHONL;
        /// `NOFLSH`: signals do not drop what was read or written.
        const NOFLSH = uapi::NOFLSH;
        /// `TOSTOP`: who writes in the background is stopped (`SIGTTOU`).
        const TOSTOP = uapi::TOSTOP;
        /// `ECHOCTL`: control characters are shown as `^X`.
        const ECHOCTL = uapi::ECHOCTL;
        /// `ECHOPRT`: what is erased is shown.
        const ECHOPRT = uapi::ECHOPRT;
        /// `ECHOKE`: erasing a line erases each of its characters.
        const ECHOKE = uapi::ECHOKE;
        /// `FLUSHO`: output is dropped; Linux does not.
        const FLUSHO = uapi::FLUSHO;
        /// `PENDIN`: what was read before is shown again.
        const PENDIN = uapi::PENDIN;
        /// `IEXTEN`: the characters beyond POSIX have their effect.
        const IEXTEN = uapi::IEXTEN;
        /// `EXTPROC`: a program elsewhere processes input.
        const EXTPROC = uapi::EXTPROC;
    }
}

/// Which of the special characters of a terminal: the places in `c_cc`.
///
/// # Examples
/// ```
/// use rawos::tty::{self, ControlChar};
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::tcgetattr(&terminal)?.cc(ControlChar::VINTR), 3);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlChar {
    /// `VINTR`: interrupts: `SIGINT`.
    VINTR = uapi::VINTR as isize,
    /// `VQUIT`: ends with a core: `SIGQUIT`.
    VQUIT = uapi::VQUIT as isize,
    /// `VERASE`: erases a character.
    VERASE = uapi::VERASE as isize,
    /// `VKILL`: erases the line.
    VKILL = uapi::VKILL as isize,
    /// `VEOF`: ends the input.
    VEOF = uapi::VEOF as isize,
    /// `VTIME`: no character: without `ICANON`, tenths of a second that a read waits for the next one.
    VTIME = uapi::VTIME as isize,
    /// `VMIN`: no character: without `ICANON`, how many a read waits for.
    VMIN = uapi::VMIN as isize,
    /// `VSWTC`: switches; Linux does not.
    VSWTC = uapi::VSWTC as isize,
    /// `VSTART`: lets output go on.
    VSTART = uapi::VSTART as isize,
    /// `VSTOP`: holds output back.
    VSTOP = uapi::VSTOP as isize,
    /// `VSUSP`: stops: `SIGTSTP`.
    VSUSP = uapi::VSUSP as isize,
    /// `VEOL`: ends a line, as a newline does.
    VEOL = uapi::VEOL as isize,
    /// `VREPRINT`: shows the line again.
    VREPRINT = uapi::VREPRINT as isize,
    /// `VDISCARD`: drops output; Linux does not.
    VDISCARD = uapi::VDISCARD as isize,
    /// `VWERASE`: erases a word.
    VWERASE = uapi::VWERASE as isize,
    /// `VLNEXT`: takes the next character as it is.
    VLNEXT = uapi::VLNEXT as isize,
    /// `VEOL2`: ends a line too.
    VEOL2 = uapi::VEOL2 as isize,
}
