//! The machine: what it is called, how many processors it has, how busy it is,
//! and the limits it sets.
//!
//! [`sysconf`], [`confstr`] and [`pathconf`] take every name that glibc offers
//! on Linux, and answer from the kernel: the auxiliary vector, limits,
//! sysinfo(2), `/proc` and `/sys`. What is a C library's to know, they answer
//! with `None`, since there is none; the docs of each name say so. Nothing
//! here needs a heap. Kernel floor: 2.6.36 (prlimit).

mod confstr;
pub(crate) mod cpu;
mod load;
mod names;
pub(crate) mod read;
pub(crate) mod sysconf;
mod uname;

pub use self::confstr::{ConfstrName, confstr};
pub use self::cpu::{cpu_count, process_cpu_count};
pub use self::load::getloadavg;
pub use self::names::SysconfName;
pub use self::sysconf::sysconf;
pub use self::uname::{Uname, uname};
// Python has them with the other limits; they take a path or a descriptor.
pub use crate::fs::{PathconfName, fpathconf, pathconf};
