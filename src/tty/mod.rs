//! Terminals: what a descriptor is one, its name and size, its modes, who is
//! in its foreground; and pseudo-terminals, whose other end is a program's.
//!
//! Of Python's `os` and, where it goes further, of its modules `termios` and
//! `tty`. Here no call is repeated after a signal: Python repeats none of them,
//! and one that a process in the background makes would send `SIGTTOU` each
//! time.
//!
//! Kernel floor: as the crate's.

mod forkpty;
mod group;
mod line;
mod login;
mod modes;
mod name;
mod pty;
mod size;
mod speed;
mod termios;

pub use self::forkpty::{ForkPty, forkpty};
pub use self::group::{tcgetpgrp, tcsetpgrp};
pub use self::line::{Flow, Queue, tcdrain, tcflow, tcflush, tcsendbreak};
pub use self::login::login_tty;
pub use self::modes::{ControlChar, ControlFlags, InputFlags, LocalFlags, OutputFlags};
#[cfg(feature = "alloc")]
pub use self::name::ttyname_alloc;
pub use self::name::{ctermid, device_encoding, isatty, ttyname};
pub use self::pty::{PtsName, grantpt, openpty, posix_openpt, ptsname, unlockpt};
pub use self::size::{TerminalSize, get_terminal_size, tcsetwinsize};
pub use self::termios::{SetWhen, Termios, setraw, tcgetattr, tcsetattr};
