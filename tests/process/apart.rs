//! The cases that need a process of their own, and what they share.

use std::{
    fs,
    io::{Read as _, Write as _},
};

use crate::{caps, creds, groups, ids, limits, namespace, prctl};

crate::cases!(
    caps::process,
    caps::bounding,
    caps::ambient,
    caps::over_exec,
    caps::told,
    creds::every_call,
    creds::joined_threads,
    creds::without_unshare,
    groups::every_size,
    groups::dropped,
    ids::group_of_its_own,
    ids::session_of_its_own,
    ids::masks,
    limits::set,
    limits::holds,
    limits::wait_and_tell,
    namespace::there_and_back,
    namespace::descriptors,
    prctl::no_new_privs,
    prctl::securebits,
    prctl::dumpable,
    prctl::orphans,
);

/// Runs `then` in a fork of this process, which has one thread, and returns
/// the text it gives.
pub fn in_fork(then: impl FnOnce() -> String) -> String {
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    // SAFETY: there is no other thread: the child may do everything.
    match unsafe { libc::fork() } {
        -1 => panic!("{}", std::io::Error::last_os_error()),
        0 => {
            drop(reader);
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                writer.write_all(then().as_bytes()).unwrap();
            }));
            drop(writer);
            // SAFETY: ends the child, and none of the test's threads.
            unsafe { libc::_exit(if done.is_ok() { 0 } else { 101 }) }
        }
        child => {
            drop(writer);
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            let mut status = 0;
            // SAFETY: writes the status of a child of ours.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert_eq!(status, 0, "{text}");
            text
        }
    }
}

/// The ids and groups of the calling thread, as the kernel shows them.
pub fn status() -> String {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    let wanted = |line: &&str| ["Uid:", "Gid:", "Groups:"].iter().any(|key| line.starts_with(key));
    status.lines().filter(wanted).map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Whether the process is root's.
pub fn root() -> bool {
    // SAFETY: takes no argument.
    unsafe { libc::geteuid() == 0 }
}

/// Whether an emulator runs this, whose own threads the kernel counts too.
pub fn emulated() -> bool {
    std::env::var("RAWOS_RUNNER").is_ok_and(|runner| !runner.trim().is_empty())
}
