//! Processes: this one's ids and its end, and waiting for its children.

mod exit;
mod ids;
mod rusage;
mod status;
mod wait;

pub use self::exit::_exit;
pub use self::ids::{Pid, getpid};
pub use self::rusage::Rusage;
pub use self::status::{WaitStatus, waitstatus_to_exitcode};
pub use self::wait::{WaitOptions, wait4, waitpid};
