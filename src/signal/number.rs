//! The number of a signal, its name and its text.
#![forbid(unsafe_code)]

use core::fmt;

use crate::sys::Arg;

/// A signal's number, such as [`Signal::INT`].
///
/// Any number fits, because a status or a newer kernel may hold one without a
/// name; calls answer `EINVAL` to what is no signal. `Signal(0)`, where a
/// function sends a signal, only asks whether it could.
///
/// `Display` gives the name: `SIGINT`, `SIGRTMIN+3`, or `signal 99` without one.
///
/// # Python
/// `signal.Signals`, whose numbers these are.
///
/// # See also
/// [signal(7)](https://man7.org/linux/man-pages/man7/signal.7.html)
///
/// # Examples
/// ```
/// use rawos::signal::Signal;
///
/// assert_eq!(Signal::INT, Signal(2));
/// assert_eq!(Signal::INT.name(), Some("SIGINT"));
/// assert_eq!(Signal::rt(3).unwrap().to_string(), "SIGRTMIN+3");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct Signal(pub i32);

/// The table: a constant for each signal, its name and its text.
macro_rules! signals {
    ($($(#[$doc:meta])* $NAME:ident = $number:literal, $name:literal, $text:literal;)*) => {
        impl Signal {
            $($(#[$doc])* #[doc(alias = $name)] pub const $NAME: Self = Self($number);)*

            /// The C name, such as `"SIGINT"`; `None` for a number without one.
            ///
            /// Of the real-time signals only the first and the last have a
            /// name; `Display` counts the others from the first.
            ///
            /// # Python
            /// `signal.Signals(number).name`.
            ///
            /// # Examples
            /// ```
            /// assert_eq!(rawos::signal::Signal(15).name(), Some("SIGTERM"));
            /// ```
            #[must_use]
            #[inline]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$NAME => Some($name),)*
                    Self::RTMIN => Some("SIGRTMIN"),
                    Self::RTMAX => Some("SIGRTMAX"),
                    _ => None,
                }
            }

            /// The text, such as `"Interrupt"`; `None` for a real-time signal
            /// and for what is no signal.
            ///
            /// # Python
            /// `signal.strsignal(number)`, where a real-time signal's is
            /// `Real-time signal 3`.
            ///
            /// # See also
            /// [strsignal(3)](https://man7.org/linux/man-pages/man3/strsignal.3.html)
            ///
            /// # Examples
            /// ```
            /// assert_eq!(rawos::signal::Signal::SEGV.strsignal(), Some("Segmentation fault"));
            /// ```
            #[must_use]
            #[inline]
            pub const fn strsignal(self) -> Option<&'static str> {
                match self {
                    $(Self::$NAME => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

signals! {
    /// `SIGHUP`: the terminal hung up.
    HUP = 1, "SIGHUP", "Hangup";
    /// `SIGINT`: the user interrupts, by Ctrl-C.
    INT = 2, "SIGINT", "Interrupt";
    /// `SIGQUIT`: the user quits, by Ctrl-\; dumps core.
    QUIT = 3, "SIGQUIT", "Quit";
    /// `SIGILL`: an instruction that there is not; dumps core.
    ILL = 4, "SIGILL", "Illegal instruction";
    /// `SIGTRAP`: a breakpoint; dumps core.
    TRAP = 5, "SIGTRAP", "Trace/breakpoint trap";
    /// `SIGABRT`: the program found itself wrong; dumps core.
    #[doc(alias = "SIGIOT")]
    ABRT = 6, "SIGABRT", "Aborted";
    /// `SIGBUS`: memory that is mapped but not there; dumps core.
    BUS = 7, "SIGBUS", "Bus error";
    /// `SIGFPE`: arithmetic without a result; dumps core.
    FPE = 8, "SIGFPE", "Floating point exception";
    /// `SIGKILL`: the end, which cannot be handled or blocked.
    KILL = 9, "SIGKILL", "Killed";
    /// `SIGUSR1`: the program's own.
    USR1 = 10, "SIGUSR1", "User defined signal 1";
    /// `SIGSEGV`: memory that may not be used so; dumps core.
    SEGV = 11, "SIGSEGV", "Segmentation fault";
    /// `SIGUSR2`: the program's own.
    USR2 = 12, "SIGUSR2", "User defined signal 2";
    /// `SIGPIPE`: writing where nobody reads any more.
    PIPE = 13, "SIGPIPE", "Broken pipe";
    /// `SIGALRM`: a timer of alarm(2).
    ALRM = 14, "SIGALRM", "Alarm clock";
    /// `SIGTERM`: please end.
    TERM = 15, "SIGTERM", "Terminated";
    /// `SIGSTKFLT`: never sent.
    STKFLT = 16, "SIGSTKFLT", "Stack fault";
    /// `SIGCHLD`: a child ended, stopped or continued; ignored by default.
    #[doc(alias = "SIGCLD")]
    CHLD = 17, "SIGCHLD", "Child exited";
    /// `SIGCONT`: continue after a stop.
    CONT = 18, "SIGCONT", "Continued";
    /// `SIGSTOP`: stop, which cannot be handled or blocked.
    STOP = 19, "SIGSTOP", "Stopped (signal)";
    /// `SIGTSTP`: the user stops, by Ctrl-Z.
    TSTP = 20, "SIGTSTP", "Stopped";
    /// `SIGTTIN`: reading the terminal from the background; stops.
    TTIN = 21, "SIGTTIN", "Stopped (tty input)";
    /// `SIGTTOU`: writing to the terminal from the background; stops.
    TTOU = 22, "SIGTTOU", "Stopped (tty output)";
    /// `SIGURG`: urgent data on a socket; ignored by default.
    URG = 23, "SIGURG", "Urgent I/O condition";
    /// `SIGXCPU`: the limit of CPU time; dumps core.
    XCPU = 24, "SIGXCPU", "CPU time limit exceeded";
    /// `SIGXFSZ`: the limit of a file's size; dumps core.
    XFSZ = 25, "SIGXFSZ", "File size limit exceeded";
    /// `SIGVTALRM`: a timer of this process's CPU time.
    VTALRM = 26, "SIGVTALRM", "Virtual timer expired";
    /// `SIGPROF`: as `SIGVTALRM`, with the kernel's time for it.
    PROF = 27, "SIGPROF", "Profiling timer expired";
    /// `SIGWINCH`: the terminal's size changed; ignored by default.
    WINCH = 28, "SIGWINCH", "Window changed";
    /// `SIGIO`: a descriptor is ready, for who asked to hear it so.
    #[doc(alias = "SIGPOLL")]
    IO = 29, "SIGIO", "I/O possible";
    /// `SIGPWR`: power fails; what an init hears from a UPS or a container manager.
    PWR = 30, "SIGPWR", "Power failure";
    /// `SIGSYS`: a system call that a filter forbids; dumps core.
    SYS = 31, "SIGSYS", "Bad system call";
}

impl Signal {
    /// `SIGRTMIN`: the first real-time signal for programs, 34.
    ///
    /// The kernel's are 32 to 64. The libcs use 32 and 33 for threads of
    /// theirs, so Python, glibc and the shells count from 34, and so does this.
    #[doc(alias = "SIGRTMIN")]
    pub const RTMIN: Self = Self(34);
    /// `SIGRTMAX`: the last real-time signal, 64, and the last signal.
    #[doc(alias = "SIGRTMAX")]
    pub const RTMAX: Self = Self(64);

    /// The real-time signal `SIGRTMIN+n`, `n` from 0 to 30; `None` beyond.
    ///
    /// # Python
    /// `signal.SIGRTMIN + n`.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::Signal;
    ///
    /// assert_eq!(Signal::rt(0), Some(Signal::RTMIN));
    /// assert_eq!(Signal::rt(30), Some(Signal::RTMAX));
    /// assert_eq!(Signal::rt(31), None);
    /// ```
    #[must_use]
    #[inline]
    pub const fn rt(n: u32) -> Option<Self> {
        match n {
            0..=30 => Some(Self(Self::RTMIN.0 + n.cast_signed())),
            _ => None,
        }
    }
}

impl fmt::Display for Signal {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.0) {
            (Some(name), _) => f.pad(name),
            (None, 34..=64) => write!(f, "SIGRTMIN+{}", self.0 - Self::RTMIN.0),
            (None, number) => write!(f, "signal {number}"),
        }
    }
}

impl fmt::Debug for Signal {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Arg for Signal {
    #[inline(always)]
    fn arg(self) -> *mut () {
        self.0.arg()
    }
}
