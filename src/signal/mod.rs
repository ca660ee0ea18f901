//! Signals: their numbers, sets of them, and which are blocked.
//!
//! Python has most of this in its module `signal`; here is what processes
//! need of it. Next door: [`process::kill`](crate::process) and its kin send
//! signals to other processes.

mod mask;
mod number;
mod set;

pub use self::mask::{SigHow, sigprocmask};
pub use self::number::Signal;
pub use self::set::{SigSet, SigSetIter};
