//! Who a process is: its ids, its groups, its session.

use rawos::{
    Errno, Result,
    process::{self, Pid},
};
use syscalls::Sysno;

use crate::{
    rules::{Row, Rule},
    util,
};

/// Whether there are other threads is asked first; whatever becomes of that, there is another
/// way, see `alone.rs`.
const ALONE: Rule = Rule::Absorbs(Sysno::unshare, &[]);
/// "`ENOTSUP` if there is no way to know."
const LISTED: &[Rule] = &[
    Rule::Turns(Sysno::openat, &[], libc::ENOTSUP),
    // The end of a directory that was removed; and that there is no thread is looked at again.
    Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
    Rule::Turns(Sysno::getdents64, &[], libc::ENOTSUP),
];
const AS_ROOT: &[Rule] = &[ALONE, Rule::Lacks(libc::EPERM)];

/// The ids of this process, by libc.
fn uid() -> u32 {
    // SAFETY: takes nothing.
    unsafe { libc::getuid() }
}

fn gid() -> u32 {
    // SAFETY: takes nothing.
    unsafe { libc::getgid() }
}

fn pgid() -> Pid {
    // SAFETY: takes a number.
    Pid(unsafe { libc::getpgid(0) })
}

/// The supplementary groups, by libc.
fn groups() -> Vec<u32> {
    let mut groups = vec![0; 65536];
    // SAFETY: writes no more than there is room for.
    let count = unsafe { libc::getgroups(65536, groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(count).expect("a count"));
    groups
}

/// A negative id is an errno.
fn shown(pid: Pid) -> Result<Pid> {
    match Errno::from_raw(-pid.0) {
        Some(errno) => Err(errno),
        None => Ok(pid),
    }
}

pub const ROWS: &[Row] = &[
    Row::new("process::getpid", |t| {
        t.call_same(|| Ok(process::getpid()), || Pid(std::process::id() as i32));
    }),
    Row::new("process::getppid", |t| {
        let parent = || Pid(std::os::unix::process::parent_id() as i32);
        t.call_same(|| Ok(process::getppid()), parent);
    }),
    Row::new("process::getpgid", |t| t.call_same(|| process::getpgid(Pid(0)), pgid)),
    // "Then it shows as a negative id."
    Row::new("process::getpgrp", |t| t.call_same(|| shown(process::getpgrp()), pgid)),
    Row::new("process::setpgid", |t| t.call(|| process::setpgid(Pid(0), Pid(0)))),
    Row::new("process::setpgrp", |t| t.call(process::setpgrp)),
    Row::new("process::getsid", |t| {
        // SAFETY: takes a number.
        t.call_same(|| process::getsid(Pid(0)), || Pid(unsafe { libc::getsid(0) }));
    }),
    Row::new("process::setsid", |t| {
        t.call_same(process::setsid, || Pid(std::process::id() as i32));
    }),
    Row::new("process::getuid", |t| t.call_same(|| Ok(process::getuid()), uid)),
    Row::new("process::geteuid", |t| t.call_same(|| Ok(process::geteuid()), uid)),
    Row::new("process::getgid", |t| t.call_same(|| Ok(process::getgid()), gid)),
    Row::new("process::getegid", |t| t.call_same(|| Ok(process::getegid()), gid)),
    Row::new("process::getresuid", |t| {
        t.call_same(process::getresuid, || (uid(), uid(), uid()));
    }),
    Row::new("process::getresgid", |t| {
        t.call_same(process::getresgid, || (gid(), gid(), gid()));
    }),
    Row::new("process::getgroups", |t| {
        let mut room = vec![0; 65536];
        let call = || {
            let count = process::getgroups(&mut room)?;
            Ok(room[..count].to_vec())
        };
        t.call_same(call, groups);
    }),
    Row::new("process::getgroups_alloc", |t| t.call_same(process::getgroups_alloc, groups))
        // They grew in between: they are counted again.
        .but(&[Rule::From(2, &Rule::Absorbs(Sysno::getgroups, &[libc::EINVAL]))]),
    Row::new("process::setuid", |t| {
        let uid = uid();
        t.call(|| process::setuid(uid));
    })
    .but(&[ALONE]),
    Row::new("process::setuid (threads listed)", |t| {
        let uid = uid();
        util::refuse(libc::SYS_unshare, libc::EPERM);
        t.call(|| process::setuid(uid));
    })
    .but(LISTED),
    Row::new("process::setuid (two threads)", |t| {
        let uid = uid();
        let (started, starts) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            started.send(()).expect("somebody hears");
            loop {
                std::thread::park();
            }
        });
        starts.recv().expect("a thread");
        t.call(|| process::setuid(uid));
    })
    // However short the pause is: the process is looked at again.
    .but(&[Rule::Plain(libc::ENOTSUP), ALONE, Rule::Absorbs(Sysno::clock_nanosleep, &[])]),
    Row::new("process::seteuid", |t| {
        let uid = uid();
        t.call(|| process::seteuid(uid));
    })
    .but(&[ALONE]),
    Row::new("process::setreuid", |t| {
        let uid = uid();
        t.call(|| process::setreuid(Some(uid), None));
    })
    .but(&[ALONE]),
    Row::new("process::setresuid", |t| {
        let uid = uid();
        t.call(|| process::setresuid(Some(uid), None, Some(uid)));
    })
    .but(&[ALONE]),
    Row::new("process::setresuid_thread", |t| {
        t.call(|| process::setresuid_thread(None, None, None));
    }),
    Row::new("process::setgid", |t| {
        let gid = gid();
        t.call(|| process::setgid(gid));
    })
    .but(&[ALONE]),
    Row::new("process::setegid", |t| {
        let gid = gid();
        t.call(|| process::setegid(gid));
    })
    .but(&[ALONE]),
    Row::new("process::setregid", |t| {
        let gid = gid();
        t.call(|| process::setregid(Some(gid), None));
    })
    .but(&[ALONE]),
    Row::new("process::setresgid", |t| {
        let gid = gid();
        t.call(|| process::setresgid(Some(gid), None, Some(gid)));
    })
    .but(&[ALONE]),
    Row::new("process::setresgid_thread", |t| {
        t.call(|| process::setresgid_thread(None, None, None));
    }),
    Row::new("process::setgroups", |t| {
        t.call_then(
            || process::setgroups(&[3, 1]),
            |result| assert!(result.is_err() || groups() == [1, 3]),
        );
    })
    .but(AS_ROOT),
    Row::new("process::setgroups_thread", |t| {
        t.call_then(
            || process::setgroups_thread(&[3, 1]),
            |result| assert!(result.is_err() || groups() == [1, 3]),
        );
    })
    .but(&[Rule::Lacks(libc::EPERM)]),
    Row::new("process::drop_privileges", |t| {
        let (uid, gid) = (uid(), gid());
        t.call_then(
            || process::drop_privileges(uid, gid, &[3, 1]),
            |result| assert!(result.is_err() || groups() == [1, 3]),
        );
    })
    .but(&[
        ALONE,
        Rule::Lacks(libc::EPERM),
        // Nothing can be done for memory that cannot be unmapped.
        Rule::Absorbs(Sysno::munmap, &[]),
        Rule::Stays(Sysno::munmap),
    ]),
];
