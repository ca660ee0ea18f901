//! Points in time and lengths of it, as the kernel counts them; the clocks.
//!
//! Next door: [`timerfd`](crate::timerfd), timers that a program waits for as
//! for any descriptor. The clocks are those of Python's module `time`.

mod clock;
mod timeout;
mod timespec;

pub use self::clock::{
    ClockId, SleepFlags, clock_getres, clock_gettime, clock_nanosleep, clock_settime,
};
pub(crate) use self::timeout::retry_within;
pub use self::timespec::Timespec;
