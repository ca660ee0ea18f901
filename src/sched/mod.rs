//! The scheduler: which thread runs, when, for how long, on which CPU.
//!
//! Every function that takes a [`Pid`](crate::process::Pid) acts on one thread:
//! that with this id, or the calling one for `Pid(0)`. The id of a process is
//! that of its first thread.

mod affinity;
mod attr;
mod policy;

pub use self::affinity::{CpuIter, CpuSet, getcpu, sched_getaffinity, sched_setaffinity};
pub use self::attr::{SchedAttr, SchedFlags, sched_getattr, sched_setattr};
pub use self::policy::{
    Policy, SchedParam, sched_get_priority_max, sched_get_priority_min, sched_getparam,
    sched_getscheduler, sched_rr_get_interval, sched_setparam, sched_setscheduler, sched_yield,
};
