//! `src/process/waitid.rs`: the same child told to libc's waitid.

use std::os::fd::AsRawFd as _;

use rawos::{
    Errno,
    fd::{AsFd as _, BorrowedFd},
    process::{self, ChildCode, Pid, PidfdFlags, WaitIdType, WaitOptions, WaitidResult, waitid},
    signal::Signal,
};

use crate::util::again::{alone, assert_no_child, child, no_core, open_descriptors, sleeper};

const NEWS: WaitOptions =
    WaitOptions::EXITED.union(WaitOptions::STOPPED).union(WaitOptions::CONTINUED);

/// What libc's waitid says, which leaves the child as it is.
fn by_libc(pid: i32) -> WaitidResult {
    let flags = libc::WEXITED | libc::WSTOPPED | libc::WCONTINUED | libc::WNOWAIT;
    // SAFETY: zeroes are a valid siginfo_t.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: waitid(2) writes the struct.
    assert_eq!(unsafe { libc::waitid(libc::P_PID, pid as u32, &mut info, flags) }, 0);
    // SAFETY: of a SIGCHLD, the field is there.
    let si_pid = Pid(unsafe { info.si_pid() });
    WaitidResult {
        si_pid,
        // SAFETY: as above.
        si_uid: unsafe { info.si_uid() },
        si_signo: Signal(info.si_signo),
        // SAFETY: as above.
        si_status: unsafe { info.si_status() },
        si_code: ChildCode(info.si_code),
    }
}

#[test]
fn the_codes_are_libcs() {
    use ChildCode as C;
    let ours = [C::EXITED, C::KILLED, C::DUMPED, C::TRAPPED, C::STOPPED, C::CONTINUED];
    let theirs = [
        libc::CLD_EXITED,
        libc::CLD_KILLED,
        libc::CLD_DUMPED,
        libc::CLD_TRAPPED,
        libc::CLD_STOPPED,
        libc::CLD_CONTINUED,
    ];
    assert_eq!(ours.map(|code| code.0), theirs);
    let shown = format!("{:?} {:?}", ours, C(9));
    let names = "[EXITED, KILLED, DUMPED, TRAPPED, STOPPED, CONTINUED] ChildCode(9)";
    assert_eq!(shown, names);
}

#[test]
fn each_end_stop_and_continuation_reads_as_libc_reads_it() {
    alone("waitid::each_end_stop_and_continuation_reads_as_libc_reads_it", || {
        no_core();
        let before = open_descriptors();
        // Waits twice, the first time leaving the child as it is; then the
        // status must be that of waitpid, had that been asked.
        let check = |pid: i32, last: bool| {
            let which = WaitIdType::Pid(Pid(pid));
            let expected = by_libc(pid);
            assert_eq!(waitid(which, NEWS | WaitOptions::NOWAIT), Ok(Some(expected)));
            if last {
                let (_, status) =
                    process::waitpid(Pid(pid), WaitOptions::empty()).unwrap().unwrap();
                assert_eq!(expected.wait_status(), status);
            } else {
                assert_eq!(waitid(which, NEWS), Ok(Some(expected)));
            }
            (expected.si_code, expected.si_status)
        };
        for code in [0, 1, 77, 255] {
            assert_eq!(check(child(|| code), true), (ChildCode::EXITED, code));
        }
        for signal in [Signal::TERM, Signal::KILL, Signal::USR1, Signal::rt(2).unwrap()] {
            let pid = sleeper();
            process::kill(Pid(pid), signal).unwrap();
            assert_eq!(check(pid, true), (ChildCode::KILLED, signal.0));
        }
        let pid = sleeper();
        for _ in 0..3 {
            process::kill(Pid(pid), Signal::STOP).unwrap();
            assert_eq!(check(pid, false), (ChildCode::STOPPED, Signal::STOP.0));
            process::kill(Pid(pid), Signal::CONT).unwrap();
            assert_eq!(check(pid, false), (ChildCode::CONTINUED, Signal::CONT.0));
        }
        process::kill(Pid(pid), Signal::QUIT).unwrap();
        let (code, status) = check(pid, true);
        assert!(matches!(code, ChildCode::KILLED | ChildCode::DUMPED));
        assert_eq!(status, Signal::QUIT.0);
        assert_eq!(open_descriptors(), before);
        assert_no_child();
    });
}

#[test]
fn every_way_to_say_which() {
    alone("waitid::every_way_to_say_which", || {
        let before = open_descriptors();
        // SAFETY: takes an integer.
        let own_group = unsafe { libc::getpgid(0) };
        // SAFETY: takes nothing.
        let uid = unsafe { libc::getuid() };
        let expected = |pid, si_status| WaitidResult {
            si_pid: Pid(pid),
            si_uid: uid,
            si_signo: Signal::CHLD,
            si_status,
            si_code: ChildCode::EXITED,
        };
        let ended = WaitOptions::EXITED;
        let pid = child(|| 4);
        assert_eq!(waitid(WaitIdType::All, ended), Ok(Some(expected(pid, 4))));
        let pid = child(|| 5);
        assert_eq!(waitid(WaitIdType::Pid(Pid(pid)), ended), Ok(Some(expected(pid, 5))));
        let pid = child(|| 6);
        assert_eq!(waitid(WaitIdType::Pgid(Pid(own_group)), ended), Ok(Some(expected(pid, 6))));
        let pid = child(|| 7);
        let pidfd = process::pidfd_open(Pid(pid), PidfdFlags::empty()).unwrap();
        let which = WaitIdType::Pidfd(pidfd.as_fd());
        assert_eq!(waitid(which, ended), Ok(Some(expected(pid, 7))));
        assert_eq!(waitid(which, ended), Err(Errno::ECHILD));
        drop(pidfd);
        assert_eq!(open_descriptors(), before);
        assert_no_child();
    });
}

#[test]
fn nothing_to_tell_is_none_and_nonsense_an_error() {
    alone("waitid::nothing_to_tell_is_none_and_nonsense_an_error", || {
        let ended = WaitOptions::EXITED;
        assert_eq!(waitid(WaitIdType::All, ended), Err(Errno::ECHILD));
        assert_eq!(waitid(WaitIdType::All, ended | WaitOptions::NOHANG), Err(Errno::ECHILD));
        let pid = sleeper();
        let which = WaitIdType::Pid(Pid(pid));
        assert_eq!(waitid(which, ended | WaitOptions::NOHANG), Ok(None));
        assert_eq!(
            process::waitid_rusage(which, NEWS | WaitOptions::NOHANG).unwrap().map(drop),
            None
        );
        // Nothing to wait for is said, or something unknown.
        assert_eq!(waitid(which, WaitOptions::empty()), Err(Errno::EINVAL));
        assert_eq!(waitid(which, WaitOptions::NOHANG), Err(Errno::EINVAL));
        assert_eq!(waitid(which, ended | WaitOptions::from_bits_retain(64)), Err(Errno::EINVAL));
        for id in [0, -1, i32::MIN] {
            assert_eq!(waitid(WaitIdType::Pid(Pid(id)), ended), Err(Errno::EINVAL), "{id}");
        }
        assert_eq!(waitid(WaitIdType::Pgid(Pid(-1)), ended), Err(Errno::EINVAL));
        let file = std::fs::File::open("/proc/self/stat").unwrap();
        // SAFETY: the file stays open meanwhile.
        let borrowed = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
        assert_eq!(waitid(WaitIdType::Pidfd(borrowed), ended), Err(Errno::EBADF));
        // A descriptor that does not wait.
        match process::pidfd_open(Pid(pid), PidfdFlags::NONBLOCK) {
            Ok(pidfd) => {
                let which = WaitIdType::Pidfd(pidfd.as_fd());
                assert_eq!(waitid(which, ended), Err(Errno::EAGAIN));
            }
            Err(errno) => assert_eq!(errno, Errno::EINVAL, "before Linux 5.10"),
        }
        process::kill(Pid(pid), Signal::KILL).unwrap();
        assert_eq!(waitid(which, ended).unwrap().unwrap().si_status, 9);
        assert_no_child();
    });
}
