//! Processes: this one's ids and its end, its children, and signals to others.
//!
//! Kernel floor: as the crate's; what takes a pidfd says its own.

mod abort;
mod exit;
mod ids;
mod kill;
mod pidfd;
mod priority;
mod rusage;
mod status;
mod times;
mod wait;
mod waitid;

pub use self::abort::abort;
pub use self::exit::_exit;
pub use self::ids::{Pid, getpid};
pub use self::kill::{kill, killpg};
pub use self::pidfd::{PidfdFlags, PidfdSignalFlags, pidfd_getfd, pidfd_open, pidfd_send_signal};
pub use self::priority::{PriorityWho, getpriority, nice, setpriority};
pub use self::rusage::Rusage;
pub use self::status::{WaitStatus, waitstatus_to_exitcode};
pub use self::times::{TimesResult, times};
pub use self::wait::{WaitOptions, wait, wait3, wait4, waitpid};
pub use self::waitid::{ChildCode, WaitIdType, WaitidResult, waitid, waitid_rusage};
