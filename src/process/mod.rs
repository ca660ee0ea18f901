//! The process itself: its ids and whose they are, what it shares, its end.

mod alone;
mod creds;
mod exit;
mod groups;
mod ids;
mod namespace;
mod set_ids;
mod umask;

pub use self::creds::{getegid, geteuid, getgid, getresgid, getresuid, getuid};
pub use self::exit::_exit;
#[cfg(feature = "alloc")]
pub use self::groups::getgroups_alloc;
pub use self::groups::{drop_privileges, getgroups, setgroups, setgroups_thread};
pub use self::ids::{Pid, getpgid, getpgrp, getpid, getppid, getsid, setpgid, setpgrp, setsid};
pub use self::namespace::{CloneFlags, setns, unshare};
pub use self::set_ids::{
    setegid, seteuid, setgid, setregid, setresgid, setresgid_thread, setresuid, setresuid_thread,
    setreuid, setuid,
};
pub use self::umask::umask;
