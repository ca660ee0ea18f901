//! Signals, groups, sessions, ids and schedulers of a new process.

use rawos::{
    Errno,
    process::{Pid, SpawnOptions},
    sched::{Policy, SchedParam},
    signal::{SigSet, Signal},
};

use crate::{Call, roles, wait};

const ZERO: SchedParam = SchedParam { sched_priority: 0 };
const FIVE: SchedParam = SchedParam { sched_priority: 5 };

/// The line of the report that begins so.
fn line<'a>(report: &'a str, start: &str) -> &'a str {
    report.lines().find(|line| line.starts_with(start)).unwrap_or_default()
}

#[test]
fn groups_and_sessions_are_those_asked_for() {
    let call = Call::new("report", &[]);
    let plain = call.output(&[], SpawnOptions::new()).unwrap().0;
    assert_eq!(line(&plain, "group"), "group false session false policy 0");
    let group = call.output(&[], SpawnOptions::new().setpgroup(Pid(0))).unwrap().0;
    assert_eq!(line(&group, "group"), "group true session false policy 0");
    let session = call.output(&[], SpawnOptions::new().setsid(true)).unwrap().0;
    assert_eq!(line(&session, "group"), "group true session true policy 0");

    // Into the group of another child, which leads it while it lives.
    let leader = Call::new("kill", &["19"]).spawn(&SpawnOptions::new().setpgroup(Pid(0))).unwrap();
    let member = call.spawn(&SpawnOptions::new().setpgroup(leader)).unwrap();
    // SAFETY: writes nothing.
    let waited = unsafe { libc::waitpid(-leader.0, std::ptr::null_mut(), libc::__WALL) };
    assert_eq!(waited, member.0);
    // SAFETY: our own child.
    assert_eq!(unsafe { libc::kill(leader.0, libc::SIGKILL) }, 0);
    wait(leader);

    let nowhere = call.spawn(&SpawnOptions::new().setpgroup(Pid(1 << 22)));
    assert_eq!(nowhere, Err(Errno::EPERM));
    assert_eq!(call.spawn(&SpawnOptions::new().setpgroup(Pid(-5))), Err(Errno::EINVAL));
}

#[test]
fn schedulers_are_those_asked_for() {
    let call = Call::new("report", &[]);
    let batch = SpawnOptions::new().scheduler(Some(Policy::BATCH), ZERO);
    let batch = call.output(&[], batch).unwrap().0;
    assert_eq!(line(&batch, "group"), "group false session false policy 3");
    let same = SpawnOptions::new().scheduler(None, ZERO);
    let same = call.output(&[], same).unwrap().0;
    assert_eq!(line(&same, "group"), "group false session false policy 0");
    let wrong = SpawnOptions::new().scheduler(Some(Policy::FIFO), ZERO);
    assert_eq!(call.spawn(&wrong), Err(Errno::EINVAL));
    assert_eq!(call.spawn(&SpawnOptions::new().scheduler(None, FIVE)), Err(Errno::EINVAL));
}

#[test]
fn ids_are_reset_as_glibc_does() {
    let call = Call::new("report", &[]);
    let ours = call.output(&[], SpawnOptions::new().resetids(true)).unwrap();
    let theirs = call.libc_output(|libc| libc.flags(libc::POSIX_SPAWN_RESETIDS)).unwrap();
    assert_eq!(ours, theirs);
    let differing = || {
        let ours = call.output(&[], SpawnOptions::new().resetids(true)).unwrap().0;
        let kept = call.output(&[], SpawnOptions::new()).unwrap().0;
        (line(&ours, "ids").to_owned(), line(&kept, "ids").to_owned())
    };
    // SAFETY: takes nothing.
    if unsafe { libc::getuid() } != 0 || crate::emulated() {
        return crate::util::not_run("effective ids that differ from the real ones");
    }
    let thread = std::thread::spawn({
        let all = differing();
        assert_eq!(all.0, all.1);
        || {
            // SAFETY: takes three integers; the thread's own ids.
            let gid = unsafe { libc::syscall(libc::SYS_setresgid, 0, 65534, 0) };
            // SAFETY: as above.
            let uid = unsafe { libc::syscall(libc::SYS_setresuid, 0, 65534, 0) };
            assert_eq!((gid, uid), (0, 0));
            let call = Call::new("report", &[]);
            let reset = call.output(&[], SpawnOptions::new().resetids(true)).map(|(out, _)| out);
            let kept = call.output(&[], SpawnOptions::new()).map(|(out, _)| out);
            (reset, kept)
        }
    });
    let (reset, kept) = thread.join().unwrap();
    assert_eq!(line(&reset.unwrap(), "ids"), "ids [0, 0, 0, 0]");
    // Only where nobody may read this file, too.
    if let Ok(kept) = kept {
        assert_eq!(line(&kept, "ids"), "ids [0, 65534, 0, 65534]");
    }
}

#[test]
fn masks_and_actions_are_those_asked_for() {
    Call::new("mask", &[]).passes();
}

extern "C" fn handler(_: libc::c_int) {}

fn dispose(signal: i32, action: usize) {
    // SAFETY: the handler does nothing.
    assert_ne!(unsafe { libc::signal(signal, action) }, libc::SIG_ERR);
}

/// In a process of its own: its signals are changed.
pub fn masks() {
    crate::util::default_signals();
    dispose(libc::SIGHUP, libc::SIG_IGN);
    dispose(libc::SIGUSR2, libc::SIG_IGN);
    dispose(libc::SIGUSR1, handler as *const () as usize);
    dispose(40, handler as *const () as usize);
    // SAFETY: zeroes are a set.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    for signal in [libc::SIGWINCH, 40] {
        // SAFETY: adds to the set.
        unsafe { libc::sigaddset(&mut set, signal) };
    }
    // SAFETY: reads the set.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &set, std::ptr::null_mut()) };

    let call = Call::new("report", &[]);
    let report = |options| {
        let out = call.output(&[], options).unwrap().0;
        line(&out, "blocked").to_owned()
    };
    // Twice: the first child of a process is made otherwise.
    for _ in 0..2 {
        let plain = report(SpawnOptions::new());
        let theirs = call.libc_output(|_| {}).unwrap().0;
        assert_eq!(plain, line(&theirs, "blocked"));
        assert!(plain.starts_with("blocked [28, 40] ignored [1, 12"), "{plain}");
    }
    // Rust's own start ignores SIGPIPE, but no constructor sees it.
    let none = report(SpawnOptions::new().setsigmask(SigSet::empty()));
    assert!(none.starts_with("blocked [] ignored [1, 12"), "{none}");
    let all = report(SpawnOptions::new().setsigmask(SigSet::all()));
    let count = all.split(']').next().unwrap().split(',').count();
    // An emulator has no use for some of them.
    assert!(count == 60 || crate::emulated() && count > 50, "{all}");
    let default = SigSet::from([Signal::USR2, Signal::KILL, Signal::STOP]);
    let default = report(SpawnOptions::new().setsigdef(default));
    assert!(default.contains("ignored [1") && !default.contains("12"), "{default}");
    // Nothing of this changed the parent.
    assert_eq!(roles::blocked(), [28, 40]);
    assert!(roles::disposed(libc::SIG_IGN).starts_with(&[1, 12]));
    assert_eq!(roles::disposed(handler as *const () as usize), [10, 40]);
}
