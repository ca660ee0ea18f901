//! Pages to read: where to find what one knows from elsewhere, and how programs
//! are built that have no libc.
//!
//! | page | for those who |
//! |---|---|
//! | [`python`] | know Python's `os`: all of its names, and the item of each |
//! | [`c`] | know C's calls, or rustix |
//! | [`left_out`] | do not find a name: what is not here, and why |
//! | [`programs`] | build a program without libc, or see its build fail |
//! | [`initramfs`] | put such programs into an image that a kernel boots |
//! | [`kernels`] | support old kernels: what works from where on |
//! | [`calls`] | write seccomp filters: which system calls a function makes |
#![forbid(unsafe_code)]
// What a feature adds is linked to all the same: docs.rs has them all on.
#![cfg_attr(
    not(all(feature = "alloc", feature = "std", feature = "rt")),
    allow(rustdoc::broken_intra_doc_links)
)]

/// From Python's `os`: every name, and the item that stands for it.
///
#[doc = include_str!("../docs/guide/python.md")]
pub mod python {}

/// From C and rustix: calls, and the items that stand for them.
///
#[doc = include_str!("../docs/guide/c.md")]
pub mod c {}

/// What is left out, and why.
///
#[doc = include_str!("../docs/guide/left_out.md")]
#[doc(alias(
    "RTLD_LAZY",
    "RTLD_NOW",
    "RTLD_GLOBAL",
    "RTLD_LOCAL",
    "RTLD_NODELETE",
    "RTLD_NOLOAD",
    "RTLD_DEEPBIND",
    "dlopen",
    "O_BINARY",
    "O_TEXT",
    "O_NOINHERIT",
    "get_handle_inheritable",
    "set_handle_inheritable",
    "O_SHORT_LIVED",
    "O_TEMPORARY",
    "O_RANDOM",
    "O_SEQUENTIAL",
    "O_EVTONLY",
    "O_FSYNC",
    "O_SYMLINK",
    "O_NOFOLLOW_ANY",
    "O_SHLOCK",
    "O_EXLOCK",
    "SF_NODISKIO",
    "SF_MNOWAIT",
    "SF_SYNC",
    "SF_NOCACHE",
    "PRIO_DARWIN_THREAD",
    "PRIO_DARWIN_PROCESS",
    "PRIO_DARWIN_BG",
    "PRIO_DARWIN_NONUI",
    "chflags",
    "lchflags",
    "st_flags",
    "listdrives",
    "listmounts",
    "listvolumes",
    "st_gen",
    "st_rsize",
    "st_creator",
    "st_type",
    "st_fstype",
    "st_file_attributes",
    "st_reparse_tag",
    "add_dll_directory",
    "startfile",
    "P_DETACH",
    "P_OVERLAY",
    "EX_NOTFOUND",
    "SCHED_SPORADIC",
    "mmap",
    "munmap",
    "mprotect",
    "pthread_create",
    "clone",
    "vfork",
    "ioctl",
    "fcntl",
    "prctl",
    "select",
    "io_uring_setup",
    "getaddrinfo",
    "gethostbyname",
    "setlocale",
    "iconv",
    "nsswitch",
    "siglongjmp",
    "alarm",
    "setitimer",
    "ptrace",
    "bpf",
    "seccomp",
    "mktemp",
    "tmpnam"
))]
pub mod left_out {}

/// Programs without libc: how they are built, and what the messages mean.
///
#[doc = include_str!("../docs/guide/programs.md")]
#[doc(alias("nostartfiles", "panic_handler", "global_allocator", "static_pie", "musl"))]
pub mod programs {}

#[doc = include_str!("../docs/initramfs.md")]
pub mod initramfs {}

/// What is guaranteed on which kernel.
///
#[doc = include_str!("../docs/guide/kernels.md")]
pub mod kernels {}

/// Which system calls a function makes, for those who write seccomp filters.
///
/// First a line for each function that makes some: on the way that works, on
/// its fallbacks, and on its ways out of failures. What it drops is counted:
/// `fs::open` has `close`. The three architectures have the same names. The
/// table is made by `tests/faults`, which kills a function that makes any other
/// call, in booted kernels too.
///
/// The clock and, where the kernel has it, the random bytes come from the vDSO,
/// without a call. Not listed are `exit_group` and `rt_sigreturn`, which every
/// program needs, and `futex`, of std's locks; what a global allocator and std
/// do by themselves; and [`raw`](crate::raw), which makes whatever call it is
/// given. Without `std` and `rt`, the first use of the environment also makes
/// `openat`, `read`, `mmap`, `munmap` and `close`: in [`env`](mod@crate::env), and in what
/// looks for a program or gives one the environment of this process.
///
/// ```text
#[doc = include_str!("../docs/syscalls/calls.tsv")]
/// ```
///
/// The functions that make none, or end the process, and why:
///
/// ```text
#[doc = include_str!("../docs/syscalls/none.tsv")]
/// ```
pub mod calls {}
