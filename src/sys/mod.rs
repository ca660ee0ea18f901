//! Typed system calls, named as in section 2 of the manual: what the kernel
//! takes, and the unsafe code with its reasons.
//!
//! No policy here: no retry, no default, no allocation. The rooms above say
//! what Python promises; the assembly is in `arch`.

mod arg;
pub(crate) mod attr;
mod buffer;
mod cstr;
pub(crate) mod event;
pub(crate) mod fd;
pub(crate) mod fs;
pub(crate) mod node;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod random;
#[cfg(feature = "rt")]
pub(crate) mod rt;
pub(crate) mod sched;
pub(crate) mod system;
pub(crate) mod time;
pub(crate) mod timer;
pub(crate) mod vdso;
pub(crate) mod xattr;

pub(crate) use self::arg::Arg;
pub use self::buffer::Buffer;
pub(crate) use self::buffer::fill;
#[cfg(feature = "alloc")]
pub use self::buffer::spare_capacity;
pub(crate) use self::cstr::{PathBuf, Prefixes};
pub use self::fd::{IoSlice, IoSliceMut};
