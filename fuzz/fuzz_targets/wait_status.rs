//! A status, against C's macros.
#![no_main]
use std::os::unix::process::ExitStatusExt as _;

use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno,
    process::{WaitStatus, waitstatus_to_exitcode},
};

fuzz_target!(|raw: i32| {
    let status = WaitStatus(raw);
    assert_eq!(status.is_exited(), libc::WIFEXITED(raw));
    assert_eq!(status.exit_status(), libc::WIFEXITED(raw).then_some(libc::WEXITSTATUS(raw)));
    assert_eq!(status.is_signaled(), libc::WIFSIGNALED(raw));
    let signal = libc::WIFSIGNALED(raw).then_some(libc::WTERMSIG(raw));
    assert_eq!(status.term_signal().map(|signal| signal.0), signal);
    assert_eq!(status.core_dumped(), libc::WIFSIGNALED(raw) && libc::WCOREDUMP(raw));
    assert_eq!(status.is_stopped(), libc::WIFSTOPPED(raw));
    let stopped = libc::WIFSTOPPED(raw).then_some(libc::WSTOPSIG(raw));
    assert_eq!(status.stop_signal().map(|signal| signal.0), stopped);
    assert_eq!(status.is_continued(), libc::WIFCONTINUED(raw));
    let std = std::process::ExitStatus::from_raw(raw);
    assert_eq!((status.exit_status(), signal), (std.code(), std.signal()));
    let code = std.code().or(std.signal().map(|signal| -signal));
    assert_eq!(waitstatus_to_exitcode(status), code.ok_or(Errno::EINVAL));
    assert!(!format!("{status} {status:?}").is_empty());
});
