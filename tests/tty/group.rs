//! Who is in the foreground: in a session of the test's own, whose other
//! processes are this test binary again.

use std::{
    env, io,
    io::Read as _,
    mem,
    os::{fd::FromRawFd as _, unix::process::CommandExt as _},
    process::{Child, Command, Stdio},
};

use rawos::{
    Errno,
    fd::{self, OwnedFd},
    process::Pid,
    tty,
};

use crate::{
    libc_pty,
    util::{alone, libc_result},
};

/// What a second process is to do.
const ROLE: &str = "RAWOS_ROLE";

/// Starts this test binary in a process group of its own, on `stdin`.
fn start(role: &str, stdin: impl Into<Stdio>) -> Child {
    let exe = env::current_exe().unwrap();
    let runner = env::var("RAWOS_RUNNER").unwrap_or_default();
    let mut words: Vec<_> = runner.split_whitespace().map(Into::into).collect();
    words.push(exe.into_os_string());
    Command::new(&words[0])
        .args(&words[1..])
        .args(["group::a_second_process", "--exact", "--test-threads=1"])
        .env(ROLE, role)
        .stdin(stdin)
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

fn stdio(fd: OwnedFd) -> Stdio {
    // SAFETY: its owner has given it up.
    unsafe { Stdio::from_raw_fd(fd.into_raw_fd()) }
}

/// The part of the other process; a test that does nothing on its own.
#[test]
fn a_second_process() {
    extern "C" fn nothing(_: libc::c_int) {}
    let stdin = fd::stdin();
    match env::var(ROLE).as_deref() {
        Ok("wait") => {
            let _ = io::stdin().read(&mut [0]);
        }
        Ok("background") => {
            // SAFETY: a zeroed sigaction is a valid one.
            let mut action: libc::sigaction = unsafe { mem::zeroed() };
            action.sa_sigaction = nothing as *const () as usize;
            // SAFETY: the handler does nothing.
            let set = unsafe { libc::sigaction(libc::SIGTTOU, &action, std::ptr::null_mut()) };
            assert_eq!(set, 0);
            // SAFETY: it takes nothing.
            let own = Pid(unsafe { libc::getpgrp() });
            assert_eq!(tty::tcsetpgrp(stdin, own), Err(Errno::EINTR));
            assert_ne!(tty::tcgetpgrp(stdin), Ok(Some(own)));
            // SAFETY: to ignore a signal is no code of ours.
            unsafe { libc::signal(libc::SIGTTOU, libc::SIG_IGN) };
            assert_eq!(tty::tcsetpgrp(stdin, own), Ok(()));
            assert_eq!(tty::tcgetpgrp(stdin), Ok(Some(own)));
        }
        _ => {}
    }
}

/// A session of this process's, on a terminal, all by libc.
fn session() -> (OwnedFd, OwnedFd) {
    // SAFETY: it takes nothing.
    assert!(libc_result(unsafe { libc::setsid() }).is_ok());
    // The end of its terminal is not to be that of this process.
    // SAFETY: to ignore a signal is no code of ours.
    unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    let (pty, terminal) = libc_pty();
    // SAFETY: it takes an integer.
    let taken = unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSCTTY, 0) };
    assert_eq!(libc_result(taken), Ok(0));
    (pty, terminal)
}

#[test]
fn a_group_is_put_into_the_foreground() {
    alone("group::a_group_is_put_into_the_foreground", || {
        let (pty, terminal) = session();
        // SAFETY: it takes nothing.
        let own = unsafe { libc::getpid() };
        // SAFETY: it takes an integer.
        let libc_group = || unsafe { libc::tcgetpgrp(terminal.as_raw_fd()) };
        assert_eq!(libc_group(), own);
        for fd in [&pty, &terminal] {
            assert_eq!(tty::tcgetpgrp(fd), Ok(Some(Pid(own))));
        }
        let (reader, writer) = io::pipe().unwrap();
        let mut child = start("wait", reader);
        let group = Pid(child.id() as i32);
        assert_eq!(tty::tcsetpgrp(&terminal, group), Ok(()));
        assert_eq!(libc_group(), group.0);
        for fd in [&pty, &terminal] {
            assert_eq!(tty::tcgetpgrp(fd), Ok(Some(group)));
        }
        // The first end is nobody's controlling terminal: it sets no group.
        assert_eq!(tty::tcsetpgrp(&pty, group), Err(Errno::ENOTTY));
        // Who starts the tests may ignore the signal.
        // SAFETY: the default action is no code of ours.
        unsafe { libc::signal(libc::SIGTTOU, libc::SIG_DFL) };
        // In the background now, and its parent is of another session.
        assert_eq!(tty::tcsetpgrp(&terminal, Pid(own)), Err(Errno::ENOTTY));
        // SAFETY: to ignore a signal is no code of ours.
        unsafe { libc::signal(libc::SIGTTOU, libc::SIG_IGN) };
        assert_eq!(tty::tcsetpgrp(&terminal, Pid(own)), Ok(()));
        assert_eq!(libc_group(), own);

        // SAFETY: it takes nothing.
        let elsewhere = unsafe { libc::getppid() };
        for number in [elsewhere, i32::MAX, -1, i32::MIN] {
            // SAFETY: it takes integers.
            let theirs = libc_result(unsafe { libc::tcsetpgrp(terminal.as_raw_fd(), number) });
            let ours = tty::tcsetpgrp(&terminal, Pid(number));
            assert!(ours.is_err(), "{number}");
            assert_eq!(ours, theirs.map(drop), "{number}");
        }
        drop(writer);
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn a_handler_for_ttou_ends_the_call() {
    alone("group::a_handler_for_ttou_ends_the_call", || {
        let (_pty, terminal) = session();
        let mut child = start("background", stdio(fd::dup(&terminal).unwrap()));
        assert!(child.wait().unwrap().success());
    });
}
