//! Waiting for children, and signals to processes.

use rawos::{
    Errno,
    fd::{BorrowedFd, OwnedFd},
    process::{self, Pid, PidfdFlags, PidfdSignalFlags, WaitIdType, WaitOptions, WaitStatus},
    signal::Signal,
};
use syscalls::Sysno;

use crate::{
    rules::{Row, Rule},
    util::again::{child, libc_wait, sleeper},
};

/// A child that has ended with 3.
fn ended() -> Pid {
    let pid = child(|| 3);
    // SAFETY: zeroes are valid.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let options = libc::WEXITED | libc::WNOWAIT;
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::waitid(libc::P_PID, pid as u32, &mut info, options) }, 0);
    Pid(pid)
}

const THREE: WaitStatus = WaitStatus(3 << 8);

/// A descriptor of the process, until this one ends.
fn pidfd(pid: Pid) -> BorrowedFd<'static> {
    // SAFETY: takes numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.0, 0) };
    assert!(fd >= 0);
    // SAFETY: nothing closes it.
    unsafe { BorrowedFd::borrow_raw(fd as i32) }
}

/// That the descriptor is another's twin, and close-on-exec.
fn is_new(fd: &OwnedFd) {
    assert!(crate::util::is_cloexec(fd.as_raw_fd()));
}

/// This process, which std knows.
fn me() -> Pid {
    Pid(std::process::id() as i32)
}

pub const ROWS: &[Row] = &[
    Row::new("process::wait", |t| {
        let pid = ended();
        t.call_same(process::wait, || (pid, THREE));
    }),
    Row::new("process::waitpid", |t| {
        let pid = ended();
        t.call_same(|| process::waitpid(pid, WaitOptions::empty()), || Some((pid, THREE)));
    }),
    Row::new("process::waitpid (still running)", |t| {
        let pid = Pid(sleeper());
        t.call_same(|| process::waitpid(pid, WaitOptions::NOHANG), || None);
        // SAFETY: the child is not waited for yet.
        unsafe { libc::kill(pid.0, libc::SIGKILL) };
        libc_wait(pid.0, 0);
    }),
    Row::new("process::wait3", |t| {
        let pid = ended();
        let call = || process::wait3(WaitOptions::empty());
        t.call_same(|| Ok(call()?.map(|(pid, status, _)| (pid, status))), || Some((pid, THREE)));
    }),
    Row::new("process::wait4", |t| {
        let pid = ended();
        let call = || process::wait4(pid, WaitOptions::empty());
        t.call_same(|| Ok(call()?.map(|(pid, status, _)| (pid, status))), || Some((pid, THREE)));
    }),
    Row::new("process::waitid", |t| {
        let pid = ended();
        let call = || process::waitid(WaitIdType::Pid(pid), WaitOptions::EXITED);
        let kept = || Ok(call()?.map(|found| (found.si_pid, found.wait_status())));
        t.call_same(kept, || Some((pid, THREE)));
    }),
    Row::new("process::waitid_rusage", |t| {
        let pid = ended();
        let pidfd = WaitIdType::Pidfd(pidfd(pid));
        let call = || process::waitid_rusage(pidfd, WaitOptions::EXITED);
        let kept = || Ok(call()?.map(|(found, _)| (found.si_pid, found.wait_status())));
        t.call_same(kept, || Some((pid, THREE)));
    }),
    Row::new("process::kill", |t| {
        let pid = Pid(sleeper());
        t.call_then(
            || process::kill(pid, Signal::TERM),
            |result| {
                let sent = if result.is_ok() { libc::SIGTERM } else { libc::SIGKILL };
                // SAFETY: the child is not waited for yet.
                unsafe { libc::kill(pid.0, libc::SIGKILL) };
                let status = libc_wait(pid.0, 0);
                // The second may be faster than the end by the first.
                assert!([sent, libc::SIGKILL].contains(&status), "{status:#x}");
            },
        );
    })
    // It takes the child away.
    .but(&[Rule::Stays(Sysno::kill)]),
    Row::new("process::killpg", |t| {
        // A group of its own: that of a guest is 1, which cannot be told.
        // SAFETY: takes numbers.
        assert_eq!(unsafe { libc::setpgid(0, 0) }, 0);
        let group = me();
        t.call(|| process::killpg(group, Signal(0)));
    }),
    Row::new("process::pidfd_open", |t| {
        let me = me();
        t.call_then(
            || process::pidfd_open(me, PidfdFlags::empty()),
            |result| {
                if let Ok(fd) = result {
                    is_new(&fd);
                }
            },
        );
    })
    // "ENOSYS: the kernel is older."
    .but(&[Rule::Needs(Sysno::pidfd_open)]),
    Row::new("process::pidfd_send_signal", |t| {
        let pidfd = pidfd(me());
        t.call(|| process::pidfd_send_signal(pidfd, Signal(0), PidfdSignalFlags::empty()));
    })
    .but(&[Rule::Needs(Sysno::pidfd_send_signal)]),
    Row::new("process::pidfd_getfd", |t| {
        let pidfd = pidfd(me());
        t.call_then(
            || process::pidfd_getfd(pidfd, 2),
            |result: Result<OwnedFd, Errno>| {
                if let Ok(fd) = result {
                    is_new(&fd);
                }
            },
        );
    })
    .but(&[Rule::Needs(Sysno::pidfd_getfd)]),
];
