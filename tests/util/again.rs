//! Tests that need a process of their own, for its signals, children or
//! priority: the test binary once more, with that test alone, and in it a
//! process that has one thread, so that it may fork.

use std::{env, io, panic};

use super::{default_signals, not_run, not_run_in_part, this_program};

/// Runs `then` in a process of its own, for the test whose full name is `test`.
pub fn alone(test: &str, then: impl FnOnce()) {
    if env::var("RAWOS_ALONE").is_ok_and(|running| running == test) {
        default_signals();
        // The other thread is the harness's, which waits for this one: it
        // holds no lock that the child would miss.
        let tested = child(|| match panic::catch_unwind(panic::AssertUnwindSafe(then)) {
            Ok(()) => 0,
            Err(_) => 101,
        });
        return assert_eq!(libc_wait(tested, 0), 0, "a wait status");
    }
    let mut command = this_program();
    command.args([test, "--exact", "--test-threads=1", "--nocapture"]);
    let output = command.env("RAWOS_ALONE", test).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    for line in errors.lines() {
        if let Some(why) = line.strip_prefix("not run in part: ") {
            not_run_in_part(why);
        } else if let Some(why) = line.strip_prefix("not run: ") {
            not_run(why);
        }
    }
    let passed = text.contains("test result: ok. 1 passed");
    assert!(output.status.success() && passed, "{}\n{text}\n{errors}", output.status);
}

/// A child that does `then` and ends with its result; only of a process
/// without other threads.
pub fn child(then: impl FnOnce() -> i32) -> libc::pid_t {
    // SAFETY: there is no other thread, so the child may do anything.
    match unsafe { libc::fork() } {
        0 => {
            let status = then();
            // SAFETY: ends the child without the parent's exit handlers.
            unsafe { libc::_exit(status) }
        }
        pid => {
            assert!(pid > 0, "{}", io::Error::last_os_error());
            pid
        }
    }
}

/// A child that waits until a signal ends it.
pub fn sleeper() -> libc::pid_t {
    child(|| {
        loop {
            // SAFETY: takes nothing.
            unsafe { libc::pause() };
        }
    })
}

/// Has this process, and what it forks, leave no core dumps.
pub fn no_core() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: setrlimit(2) reads the struct.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) }, 0);
}

/// What libc's waitpid says of the child: its status.
pub fn libc_wait(pid: libc::pid_t, options: i32) -> i32 {
    let mut status = 0;
    // SAFETY: waitpid(2) writes one integer.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, options) }, pid);
    status
}

/// The open descriptors, by number.
pub fn open_descriptors() -> Vec<i32> {
    // SAFETY: F_GETFD touches no memory.
    (0..256).filter(|fd| unsafe { libc::fcntl(*fd, libc::F_GETFD) } != -1).collect()
}

/// Asserts that this process has no child, not even one that ended.
pub fn assert_no_child() {
    // SAFETY: waitpid(2) writes nothing at a null.
    let waited = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG | libc::__WALL) };
    assert_eq!((waited, io::Error::last_os_error().raw_os_error()), (-1, Some(libc::ECHILD)));
}
