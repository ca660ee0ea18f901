//! `src/process/status.rs`, against libc's macros.

use rawos::{
    Errno,
    process::{WaitStatus, waitstatus_to_exitcode},
    signal::Signal,
};

/// Every status that a kernel gives, and those with something above it, as
/// ptrace has it.
fn statuses() -> impl Iterator<Item = i32> {
    let above = [0u32, 1, 0x80, 0x7fff, 0xffff];
    above.into_iter().flat_map(|high| (0..=0xffff).map(move |low| (high << 16 | low) as i32))
}

#[test]
fn every_status_reads_as_libc_reads_it() {
    for raw in statuses() {
        let status = WaitStatus(raw);
        let of = |held: bool, value: i32| held.then_some(value);
        let theirs = (
            of(libc::WIFEXITED(raw), libc::WEXITSTATUS(raw)),
            of(libc::WIFSIGNALED(raw), libc::WTERMSIG(raw)),
            of(libc::WIFSTOPPED(raw), libc::WSTOPSIG(raw)),
            libc::WIFCONTINUED(raw),
            libc::WIFSIGNALED(raw) && libc::WCOREDUMP(raw),
        );
        let ours = (
            status.exit_status(),
            status.term_signal().map(|signal| signal.0),
            status.stop_signal().map(|signal| signal.0),
            status.is_continued(),
            status.core_dumped(),
        );
        assert_eq!(ours, theirs, "{raw:#x}");
        let asked = (status.is_exited(), status.is_signaled(), status.is_stopped());
        let told = (ours.0.is_some(), ours.1.is_some(), ours.2.is_some());
        assert_eq!(asked, told, "{raw:#x}");
        let kinds = [asked.0, asked.1, asked.2, status.is_continued()];
        assert!(kinds.iter().filter(|kind| **kind).count() <= 1, "{raw:#x}");
    }
}

#[test]
fn only_an_end_has_an_exit_code() {
    for raw in statuses() {
        let expected = if libc::WIFEXITED(raw) {
            Ok(libc::WEXITSTATUS(raw))
        } else if libc::WIFSIGNALED(raw) {
            Ok(-libc::WTERMSIG(raw))
        } else {
            Err(Errno::EINVAL)
        };
        assert_eq!(waitstatus_to_exitcode(WaitStatus(raw)), expected, "{raw:#x}");
    }
}

#[test]
fn words_for_each_kind() {
    let said = |raw| WaitStatus(raw).to_string();
    assert_eq!(said(0), "exit status 0");
    assert_eq!(said(0xff00), "exit status 255");
    assert_eq!(said(9), "SIGKILL");
    assert_eq!(said(0x80 | 11), "SIGSEGV (core dumped)");
    assert_eq!(said(36), "SIGRTMIN+2");
    assert_eq!(said(0x147f), "stopped by SIGTSTP");
    assert_eq!(said(0xffff), "continued");
    assert_eq!(said(0xff), "status 0xff");
    assert_eq!(format!("{:?}", WaitStatus(0x100)), "WaitStatus(0x100: exit status 1)");
    assert_eq!(WaitStatus(64).term_signal(), Some(Signal::RTMAX));
}

#[cfg(feature = "std")]
#[test]
fn every_status_is_stds_and_back() {
    use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

    for raw in statuses() {
        let theirs = ExitStatus::from(WaitStatus(raw));
        assert_eq!(theirs, ExitStatus::from_raw(raw));
        assert_eq!(WaitStatus::from(theirs), WaitStatus(raw));
    }
}
