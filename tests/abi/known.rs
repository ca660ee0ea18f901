//! What the installed headers need not have: names of newer kernels, and names
//! that no header for programs has. Their values are compared with those given
//! here, which were taken from the kernel's sources.

/// A version of Linux: major and minor.
pub type Version = (u64, u64);

/// No header for programs has it.
const NEVER: Version = (u64::MAX, 0);

/// Names in C, the kernel whose headers have them first, and their values.
#[rustfmt::skip]
const NAMES: &[(&str, Version, u64)] = &[
    ("F_SEAL_EXEC", (6, 3), 0x20),
    ("MFD_NOEXEC_SEAL", (6, 3), 8),
    ("MFD_EXEC", (6, 3), 0x10),
    ("PR_GET_AUXV", (6, 4), 0x4155_5856),
    ("MOVE_MOUNT_BENEATH", (6, 5), 0x200),
    ("FSCONFIG_CMD_CREATE_EXCL", (6, 6), 8),
    ("PIDFD_THREAD", (6, 9), 0o200),
    ("PIDFD_SIGNAL_THREAD", (6, 9), 1),
    ("PIDFD_SIGNAL_THREAD_GROUP", (6, 9), 2),
    ("PIDFD_SIGNAL_PROCESS_GROUP", (6, 9), 4),
    ("SCHED_EXT", (6, 12), 7),
    ("SECBIT_EXEC_RESTRICT_FILE", (6, 14), 0x100),
    ("SECBIT_EXEC_RESTRICT_FILE_LOCKED", (6, 14), 0x200),
    ("SECBIT_EXEC_DENY_INTERACTIVE", (6, 14), 0x400),
    ("SECBIT_EXEC_DENY_INTERACTIVE_LOCKED", (6, 14), 0x800),
    ("SO_PASSRIGHTS", (6, 16), 83),
    // struct vgetrandom_opaque_params: three numbers and thirteen to come.
    ("sizeof(struct vgetrandom_opaque_params)", (6, 11), 64),
    ("_Alignof(struct vgetrandom_opaque_params)", (6, 11), 4),
    ("__builtin_offsetof(struct vgetrandom_opaque_params, size_of_opaque_state)", (6, 11), 0),
    ("__builtin_offsetof(struct vgetrandom_opaque_params, mmap_prot)", (6, 11), 4),
    ("__builtin_offsetof(struct vgetrandom_opaque_params, mmap_flags)", (6, 11), 8),
    ("__builtin_offsetof(struct vgetrandom_opaque_params, reserved)", (6, 11), 12),
    ("sizeof(((struct vgetrandom_opaque_params *)0)->size_of_opaque_state)", (6, 11), 4),
    ("sizeof(((struct vgetrandom_opaque_params *)0)->mmap_prot)", (6, 11), 4),
    ("sizeof(((struct vgetrandom_opaque_params *)0)->mmap_flags)", (6, 11), 4),
    ("sizeof(((struct vgetrandom_opaque_params *)0)->reserved)", (6, 11), 52),
    // include/linux/socket.h, include/net/scm.h: for the C library to repeat.
    ("SCM_PIDFD", NEVER, 4),
    ("SCM_MAX_FD", NEVER, 253),
    // include/linux/statfs.h
    ("ST_NOSYMFOLLOW", NEVER, 0x2000),
    // include/linux/swap.h
    ("SWAP_FLAG_DISCARD_ONCE", NEVER, 0x20000),
    ("SWAP_FLAG_DISCARD_PAGES", NEVER, 0x40000),
    // include/linux/syslog.h
    ("SYSLOG_ACTION_READ", NEVER, 2),
    ("SYSLOG_ACTION_READ_ALL", NEVER, 3),
    ("SYSLOG_ACTION_READ_CLEAR", NEVER, 4),
    ("SYSLOG_ACTION_CLEAR", NEVER, 5),
    ("SYSLOG_ACTION_CONSOLE_OFF", NEVER, 6),
    ("SYSLOG_ACTION_CONSOLE_ON", NEVER, 7),
    ("SYSLOG_ACTION_CONSOLE_LEVEL", NEVER, 8),
    ("SYSLOG_ACTION_SIZE_UNREAD", NEVER, 9),
    ("SYSLOG_ACTION_SIZE_BUFFER", NEVER, 10),
];

/// System calls, likewise: scripts/syscall.tbl and the tables of x86_64 and
/// riscv64.
#[rustfmt::skip]
const CALLS: &[(&str, Version, u64)] = &[
    #[cfg(target_arch = "riscv64")]
    ("__NR_riscv_hwprobe", (6, 4), 258),
    #[cfg(target_arch = "x86_64")]
    ("__NR_uretprobe", (6, 11), 335),
    #[cfg(target_arch = "x86_64")]
    ("__NR_uprobe", (6, 18), 336),
    ("__NR_cachestat", (6, 5), 451),
    ("__NR_fchmodat2", (6, 6), 452),
    ("__NR_map_shadow_stack", (6, 6), 453),
    ("__NR_futex_wake", (6, 7), 454),
    ("__NR_futex_wait", (6, 7), 455),
    ("__NR_futex_requeue", (6, 7), 456),
    ("__NR_statmount", (6, 8), 457),
    ("__NR_listmount", (6, 8), 458),
    ("__NR_lsm_get_self_attr", (6, 8), 459),
    ("__NR_lsm_set_self_attr", (6, 8), 460),
    ("__NR_lsm_list_modules", (6, 8), 461),
    ("__NR_mseal", (6, 10), 462),
    ("__NR_setxattrat", (6, 13), 463),
    ("__NR_getxattrat", (6, 13), 464),
    ("__NR_listxattrat", (6, 13), 465),
    ("__NR_removexattrat", (6, 13), 466),
    ("__NR_open_tree_attr", (6, 15), 467),
    ("__NR_file_getattr", (6, 17), 468),
    ("__NR_file_setattr", (6, 17), 469),
];

/// Calls of 32-bit kernels, which the table of the crate `syscalls` has for
/// aarch64 too. Their numbers are nothing else's.
#[rustfmt::skip]
#[cfg(target_arch = "aarch64")]
const CALLS_OF_32_BITS: &[(&str, Version, u64)] = &[
    ("__NR_clock_gettime64", NEVER, 403),
    ("__NR_clock_settime64", NEVER, 404),
    ("__NR_clock_adjtime64", NEVER, 405),
    ("__NR_clock_getres_time64", NEVER, 406),
    ("__NR_clock_nanosleep_time64", NEVER, 407),
    ("__NR_timer_gettime64", NEVER, 408),
    ("__NR_timer_settime64", NEVER, 409),
    ("__NR_timerfd_gettime64", NEVER, 410),
    ("__NR_timerfd_settime64", NEVER, 411),
    ("__NR_utimensat_time64", NEVER, 412),
    ("__NR_pselect6_time64", NEVER, 413),
    ("__NR_ppoll_time64", NEVER, 414),
    ("__NR_io_pgetevents_time64", NEVER, 416),
    ("__NR_recvmmsg_time64", NEVER, 417),
    ("__NR_mq_timedsend_time64", NEVER, 418),
    ("__NR_mq_timedreceive_time64", NEVER, 419),
    ("__NR_semtimedop_time64", NEVER, 420),
    ("__NR_rt_sigtimedwait_time64", NEVER, 421),
    ("__NR_futex_time64", NEVER, 422),
    ("__NR_sched_rr_get_interval_time64", NEVER, 423),
];
#[cfg(not(target_arch = "aarch64"))]
const CALLS_OF_32_BITS: &[(&str, Version, u64)] = &[];

fn all() -> impl Iterator<Item = &'static (&'static str, Version, u64)> {
    NAMES.iter().chain(CALLS).chain(CALLS_OF_32_BITS)
}

pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|(name, ..)| *name)
}

/// Since when there is `c`, and its value.
pub fn find(c: &str) -> Option<(Version, u64)> {
    all().find(|(name, ..)| *name == c).map(|&(_, since, value)| (since, value))
}
