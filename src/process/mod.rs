//! Processes: this one's ids and its end, its children, and signals to others.
//!
//! Kernel floor: as the crate's; what takes a pidfd says its own.

mod abort;
mod alone;
mod argv;
mod cap_set;
mod caps;
mod creds;
mod exec;
mod exit;
mod fork;
mod groups;
mod hooks;
mod ids;
mod kill;
mod limits;
mod namespace;
mod pidfd;
mod plock;
mod prctl;
mod priority;
mod rusage;
mod securebits;
mod set_ids;
mod spawn;
mod status;
mod times;
mod umask;
mod wait;
mod waitid;

// Named here for `hooks`, which tests give other ones.
use core::sync::atomic;

pub use self::abort::abort;
#[cfg(feature = "alloc")]
pub use self::argv::ArgvBuf;
pub use self::argv::{Argv, ExecStrings};
pub use self::cap_set::CapSet;
pub use self::caps::{
    Capabilities, cap_ambient_clear, cap_ambient_lower, cap_ambient_raise, cap_ambient_read,
    capbset_drop, capbset_read, capget, capset, capset_thread,
};
pub use self::creds::{getegid, geteuid, getgid, getresgid, getresuid, getuid};
pub use self::exec::{execv, execve, execvp, execvpe, fexecve};
pub use self::exit::{
    _exit, EX_CANTCREAT, EX_CONFIG, EX_DATAERR, EX_IOERR, EX_NOHOST, EX_NOINPUT, EX_NOPERM,
    EX_NOUSER, EX_OK, EX_OSERR, EX_OSFILE, EX_PROTOCOL, EX_SOFTWARE, EX_TEMPFAIL, EX_UNAVAILABLE,
    EX_USAGE,
};
pub use self::fork::{AtFork, Fork, fork, register_at_fork};
#[cfg(feature = "alloc")]
pub use self::groups::getgroups_alloc;
pub use self::groups::{drop_privileges, getgroups, setgroups, setgroups_thread};
pub use self::ids::{Pid, getpgid, getpgrp, getpid, getppid, getsid, setpgid, setpgrp, setsid};
pub use self::kill::{kill, killpg};
pub use self::limits::{Limit, RLIM_INFINITY, Resource, getrlimit, prlimit, setrlimit};
pub use self::namespace::{CloneFlags, setns, unshare};
pub use self::pidfd::{PidfdFlags, PidfdSignalFlags, pidfd_getfd, pidfd_open, pidfd_send_signal};
pub use self::plock::{PlockOp, plock};
pub use self::prctl::{
    get_child_subreaper, get_dumpable, get_no_new_privs, get_parent_death_signal, get_thread_name,
    set_child_subreaper, set_dumpable, set_no_new_privs, set_no_new_privs_thread,
    set_parent_death_signal, set_thread_name,
};
pub use self::priority::{PriorityWho, getpriority, nice, setpriority};
pub use self::rusage::Rusage;
pub use self::securebits::{
    Securebits, get_keepcaps, get_securebits, set_keepcaps, set_securebits,
};
pub use self::set_ids::{
    setegid, seteuid, setgid, setregid, setresgid, setresgid_thread, setresuid, setresuid_thread,
    setreuid, setuid,
};
pub use self::spawn::{
    FileAction, Popen, PopenMode, SpawnMode, SpawnOptions, pidfd_spawn, pidfd_spawnp, popen,
    posix_spawn, posix_spawnp, spawnv, spawnve, spawnvp, spawnvpe, system,
};
pub use self::status::{WaitStatus, waitstatus_to_exitcode};
pub use self::times::{TimesResult, times};
pub use self::umask::umask;
pub use self::wait::{WaitOptions, wait, wait3, wait4, waitpid};
pub use self::waitid::{ChildCode, WaitIdType, WaitidResult, waitid, waitid_rusage};
