//! Typed system calls, named as in section 2 of the manual: what the kernel
//! takes, and the unsafe code with its reasons.
//!
//! No policy here: no retry, no default, no allocation. The rooms above say
//! what Python promises; the assembly is in `arch`.

mod arg;
pub(crate) mod attr;
mod buffer;
pub(crate) mod caps;
pub(crate) mod cpu;
pub(crate) mod creds;
mod cstr;
pub(crate) mod env;
pub(crate) mod event;
pub(crate) mod exec;
pub(crate) mod fd;
pub(crate) mod fs;
pub(crate) mod loopdev;
mod mapping;
pub(crate) mod memory;
pub(crate) mod mount;
pub(crate) mod node;
pub(crate) mod pidfd;
pub(crate) mod poll;
mod pool;
pub(crate) mod power;
pub(crate) mod prctl;
pub(crate) mod process;
pub(crate) mod random;
#[cfg(feature = "rt")]
pub(crate) mod rt;
pub(crate) mod sched;
pub(crate) mod signal;
pub(crate) mod socket;
pub(crate) mod stack;
pub(crate) mod strings;
pub(crate) mod system;
pub(crate) mod time;
pub(crate) mod timer;
pub(crate) mod tty;
pub(crate) mod vdso;
pub(crate) mod wait;
pub(crate) mod xattr;

// Named here for `pool`, which tests give other ones.
use core::sync::atomic;

pub(crate) use self::arg::Arg;
pub use self::buffer::Buffer;
#[cfg(feature = "alloc")]
pub use self::buffer::spare_capacity;
#[cfg(feature = "alloc")]
pub(crate) use self::buffer::to_vec;
pub(crate) use self::buffer::{copy, fill};
pub(crate) use self::cstr::{PathBuf, Prefixes};
pub use self::fd::{IoSlice, IoSliceMut};
pub(crate) use self::mapping::Mapping;
