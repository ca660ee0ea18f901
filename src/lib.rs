//! Python's `os` module for Linux, in Rust, without a libc.
//!
//! Functions have Python's names and promises, types are Rust's, and below
//! them is nothing but the system call: no libc, no std, no heap unless the
//! feature `alloc` is on.
//!
//! # Where things are
//! | room | what its functions take |
//! |---|---|
//! | [`fd`] | a descriptor: reading, writing, positions, duplicates, pipes |
//! | [`fs`] | a path: files and directories, listing and walking them |
//! | [`path`] | what a path argument may be |
//! | [`process`] | the process itself, and its children |
//! | [`signal`] | signals and sets of them |
//! | [`env`](mod@env) | environment variables |
//! | [`user`] | names of users and groups |
//! | [`sched`] | the scheduler: policies, priorities, CPUs |
//! | [`system`] | the machine and its limits: names, processors, load |
//! | [`auxv`] | what the kernel told the program at its start |
//! | [`getrandom`] | random bytes |
//! | [`vdso`] | doing without system calls, and the switch for it |
//! | [`time`] | points in time, clocks, sleeping |
//! | [`timerfd`], [`eventfd`] | timers and counters that are descriptors |
//! | [`poll`], [`epoll`] | waiting for descriptors |
//! | [`inotify`] | watching files for changes |
//! | [`init`] | what the first process does beyond Python: mounts, power, swap, modules |
//! | [`tty`] | a terminal: name, size, modes, foreground; pseudo-terminals |
//! | [`socket`] | local sockets: messages, descriptors, credentials |
//! | [`errno`] | the one error type, [`Errno`] |
//! | [`raw`] | any system call by number |
//! | `rt` (feature) | the start of a program that has no libc |
//!
//! A Python name is found by the search above, and so is a C name
//! (`newfstatat`, `S_ISDIR`, `O_CREAT`). The [`guide`] has both as tables, and
//! pages on programs without libc, on initramfs images, on kernels, on what is
//! left out, and on which system calls each function makes.
//!
//! # What holds everywhere
//! - **Errors** are [`Errno`], the kernel's own; only walks say more. Bad
//!   arguments are `EINVAL` and change nothing. Nothing panics on what a
//!   kernel, an environment or a file can contain.
//! - **Descriptors** are born close-on-exec, are closed when dropped, and are
//!   borrowed as anything that is [`AsFd`](fd::AsFd).
//! - **Interrupted calls** (`EINTR`) are repeated, as Python does (PEP 475).
//!   Closing is not. Signal handlers run; [`raw::syscall`] shows the error.
//! - **Paths** are any bytes without NUL, in any form that is
//!   [`PathLike`](path::PathLike).
//! - **Kernels** from 3.15 on, unless an item says otherwise; older calls are
//!   preferred to newer ones where both can do it: [`guide::kernels`].
//!
//! # Examples
//! ```
//! use rawos::{fd, fs::{self, DirBuf, Mode, OFlags}};
//!
//! let file = fs::open("/proc/self/comm", OFlags::RDONLY, Mode::empty())?;
//! let mut name = [0; 16];
//! assert!(fd::read(&file, &mut name)? > 1);
//!
//! let mut buf = DirBuf::new();
//! let mut dir = fs::scandir("/proc/self/fd", &mut buf)?;
//! let mut open = 0;
//! while let Some(entry) = dir.next() {
//!     open += usize::from(entry?.is_symlink()?);
//! }
//! assert!(open >= 4);
//! # Ok::<(), rawos::Errno>(())
//! ```
//!
//! # A program without libc
//! This is all of `src/main.rs`; its `Cargo.toml` and `build.rs` are in
//! [`guide::programs`].
//! ```no_run
//! // `no_run`: a test has a start already, std's.
//! # #[cfg(false)] mod program {
//! #![no_std]
//! #![no_main]
//!
//! use rawos::{Errno, fd};
//!
//! rawos::entry!(main);
//!
//! fn main() -> Result<(), Errno> {
//!     fd::write_all(fd::stdout(), b"Hello, world!\n")
//! }
//! # }
//! ```
//!
//! # Features
//! None is on by default; each only adds.
//!
//! | feature | what it adds |
//! |---|---|
//! | `alloc` | what needs a heap: `fs::listdir`, `fs::walk`, `env::putenv`, `String` and `Vec` forms |
//! | `std` | conversions to and from std's types; implies `alloc` |
//! | `rand_core` | that crate's traits for `getrandom::SysRng` |
//! | `embedded-io` | that crate's traits for `fd::FdReader`, `fd::FdWriter` and `Errno` |
//! | `serde` | that crate's traits for types that are data, under Python's attribute names |
//! | `defmt` | that crate's trait for the same types |
//! | `rt` | a program's start: `entry!`, arguments, environment, memcpy and friends |
//! | `panic-handler` | `entry!` defines one |
//! | `allocator` | `entry!` defines one, over mmap |
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))] // which feature an item needs stands beside it

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg_attr(target_arch = "x86_64", path = "../arch/x86_64/mod.rs")]
#[cfg_attr(target_arch = "aarch64", path = "../arch/aarch64/mod.rs")]
#[cfg_attr(target_arch = "riscv64", path = "../arch/riscv64/mod.rs")]
mod arch;

#[macro_use]
mod flags;
#[macro_use]
mod names;
#[cfg(any(feature = "serde", feature = "defmt"))]
mod data;
mod sys;

pub mod auxv;
pub mod env;
pub mod epoll;
pub mod errno;
pub mod eventfd;
pub mod fd;
pub mod fs;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod getrandom;
#[cfg(doc)] // pages, and nothing for programs
pub mod guide;
pub mod init;
pub mod inotify;
pub mod path;
pub mod poll;
pub mod process;
pub mod raw;
#[cfg(feature = "rt")]
pub mod rt;
pub mod sched;
pub mod signal;
pub mod socket;
pub mod system;
pub mod time;
pub mod timerfd;
pub mod tty;
pub mod user;
pub mod vdso;

pub use errno::{Errno, Result};

/// Says which feature has the real one.
#[cfg(not(feature = "rt"))]
#[doc(hidden)]
#[macro_export]
macro_rules! entry {
    ($($main:tt)*) => {
        ::core::compile_error!(
            "rawos::entry! needs features of rawos: `cargo add rawos --features rt,panic-handler` \
             (the second one defines a panic handler)"
        );
    };
}
