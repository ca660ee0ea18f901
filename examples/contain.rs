//! Runs a program in a container: `contain ROOT COMMAND [ARGUMENT]…`.
//!
//! `ROOT` becomes its root directory, where it sees its own processes alone, as
//! number 1 of them, its own mounts, host name and IPC, and no network. Needs
//! a directory `ROOT/proc`, and to be root or a kernel that lets others have
//! user namespaces; there the program is root of its own user only. The exit
//! status is the program's; 128 + N if signal N ended it.
//!
//! No limits, no filter of system calls: not for programs that mean harm.
#![no_std]
#![no_main]

mod common;

use core::{ffi::CStr, fmt::Write as _};

use common::{complain, say};
use rawos::{
    Errno, Result, fd,
    fs::{self, Mode, OFlags},
    init::{self, MountFlags, UmountFlags},
    process::{self, Argv, CloneFlags, Fork, Pid, WaitOptions},
    rt,
    signal::Signal,
};

rawos::entry!(main);

fn main() -> Result<i32> {
    let mut argv = Argv::<1024>::new();
    rt::args().skip(2).try_for_each(|arg| argv.push(arg))?;
    let (Some(root), Some(command)) = (rt::args().nth(1), rt::args().nth(2)) else {
        say(&[b"usage: contain ROOT COMMAND [ARGUMENT]..."]);
        return Ok(2);
    };
    if let Err(errno) = namespaces() {
        complain(b"namespaces", errno);
        say(&[b"it takes root, or a kernel that lets every user have user namespaces"]);
        return Ok(1);
    }
    // SAFETY: a program without libc has one thread: the child may do all.
    match unsafe { process::fork()? } {
        Fork::Parent(pid) => wait(pid),
        Fork::Child => {
            let run = || process::execvp(command, argv).map_err(|why| (command.to_bytes(), why));
            let Err((what, errno)) = enter(root).and_then(|()| run());
            complain(what, errno);
            Ok(127)
        }
    }
}

/// Leaves the namespaces of this process; that of processes is left by the
/// next child.
fn namespaces() -> Result<()> {
    let (uid, gid) = (process::geteuid(), process::getegid());
    let kinds = CloneFlags::NEWNS | CloneFlags::NEWPID | CloneFlags::NEWUTS;
    let kinds = kinds | CloneFlags::NEWIPC | CloneFlags::NEWNET;
    if uid == 0 {
        return process::unshare(kinds);
    }
    process::unshare(kinds | CloneFlags::NEWUSER)?;
    put(c"/proc/self/setgroups", format_args!("deny"))?;
    put(c"/proc/self/uid_map", format_args!("0 {uid} 1"))?;
    put(c"/proc/self/gid_map", format_args!("0 {gid} 1"))
}

fn put(path: &CStr, text: core::fmt::Arguments<'_>) -> Result<()> {
    let mut line = heapless::String::<64>::new();
    line.write_fmt(text).map_err(|_| Errno::ENOBUFS)?;
    fd::write_all(fs::open(path, OFlags::WRONLY, Mode::empty())?, line.as_bytes())
}

/// Makes `root` the root directory, with a `/proc` of its own.
fn enter(root: &'static CStr) -> Result<(), (&'static [u8], Errno)> {
    let at = |what: &'static [u8]| move |errno| (what, errno);
    let path = root.to_bytes();
    process::set_parent_death_signal(Some(Signal::KILL)).map_err(at(b"signal"))?;
    init::sethostname("contained").map_err(at(b"host name"))?;
    // What is mounted here is to stay here.
    init::mount("", "/", "", MountFlags::REC | MountFlags::PRIVATE, "").map_err(at(b"/"))?;
    fs::chdir(root).map_err(at(path))?;
    // The new root must be a mount of its own: what its path leads to now.
    init::mount(".", ".", "", MountFlags::BIND | MountFlags::REC, "").map_err(at(path))?;
    let mut new = [0; 4096];
    fs::getcwd(&mut new).map_err(at(path))?;
    fs::chdir(CStr::from_bytes_until_nul(&new).unwrap_or_default()).map_err(at(path))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    init::mount("proc", "proc", "proc", flags, "").map_err(at(b"proc"))?;
    // Puts the old root onto the new one, and takes it off.
    init::pivot_root(".", ".").map_err(at(b"pivot_root"))?;
    init::umount2(".", UmountFlags::DETACH).map_err(at(b"the old root"))?;
    fs::chdir("/").map_err(at(b"/"))
}

fn wait(pid: Pid) -> Result<i32> {
    let (_, status) = process::waitpid(pid, WaitOptions::empty())?.ok_or(Errno::ECHILD)?;
    let signal = status.term_signal().map(|signal| 128 + signal.0);
    Ok(status.exit_status().or(signal).unwrap_or(1))
}
