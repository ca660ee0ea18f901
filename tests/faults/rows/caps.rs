//! What a process may do, and how much of everything it gets.

use rawos::{
    fd::BorrowedFd,
    fs::Mode,
    process::{
        self, CapSet, Capabilities, CloneFlags, Pid, PlockOp, PriorityWho, Resource, Securebits,
    },
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

/// Whether there are other threads is asked first; whatever becomes of that, there is another
/// way, see `alone.rs`.
const ALONE: Rule = Rule::Absorbs(Sysno::unshare, &[]);
const AS_ROOT: &[Rule] = &[ALONE, Rule::Lacks(libc::EPERM)];
const ME: PriorityWho = PriorityWho::Process(Pid(0));

/// What this process has, before the trial.
fn own() -> Capabilities {
    process::capget(Pid(0)).expect("its capabilities")
}

/// One that may be given away, and is inherited.
fn inherit() -> CapSet {
    let own = own();
    let sets = Capabilities { inheritable: own.inheritable | CapSet::CHOWN, ..own };
    // Without the privilege the trial says so.
    let _ = process::capset_thread(sets);
    CapSet::CHOWN
}

/// A number that /proc tells of this process.
fn status(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
    let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("the line");
    u64::from_str_radix(line.trim(), 16).expect("a number")
}

/// A number that prctl(2) returns.
fn libc_prctl(op: i32) -> i32 {
    // SAFETY: these take no more than zeroes.
    unsafe { libc::prctl(op, 0, 0, 0, 0) }
}

/// The namespace of this name, until the process ends.
fn namespace() -> BorrowedFd<'static> {
    let file = std::fs::File::open("/proc/self/ns/uts").expect("it opens");
    // SAFETY: nothing closes it.
    unsafe { BorrowedFd::borrow_raw(std::os::fd::IntoRawFd::into_raw_fd(file)) }
}

pub const ROWS: &[Row] = &[
    Row::new("process::capget", |t| {
        let call = || process::capget(Pid(0)).map(|sets| sets.effective.bits());
        t.call_same(call, || status("CapEff:"));
    }),
    Row::new("process::capset", |t| {
        let own = own();
        t.call(|| process::capset(own));
    })
    .but(&[ALONE]),
    Row::new("process::capset_thread", |t| {
        let own = own();
        t.call(|| process::capset_thread(own));
    }),
    Row::new("process::capbset_read", |t| {
        t.call_same(|| Ok(process::capbset_read()?.bits()), || status("CapBnd:"));
    }),
    Row::new("process::capbset_drop", |t| {
        t.call_same(
            || {
                process::capbset_drop(CapSet::CHOWN)?;
                Ok(0)
            },
            || status("CapBnd:") & CapSet::CHOWN.bits(),
        );
    })
    .but(AS_ROOT),
    Row::new("process::cap_ambient_read", |t| {
        let cap = inherit();
        let _ = process::cap_ambient_raise(cap);
        t.call_same(|| Ok(process::cap_ambient_read()?.bits()), || status("CapAmb:"));
    }),
    Row::new("process::cap_ambient_raise", |t| {
        let cap = inherit();
        t.call_same(
            || {
                process::cap_ambient_raise(cap)?;
                Ok(cap.bits())
            },
            || status("CapAmb:"),
        );
    })
    .but(AS_ROOT),
    Row::new("process::cap_ambient_lower", |t| {
        let cap = inherit();
        let _ = process::cap_ambient_raise(cap);
        t.call_same(
            || {
                process::cap_ambient_lower(cap)?;
                Ok(0)
            },
            || status("CapAmb:"),
        );
    })
    .but(&[ALONE]),
    Row::new("process::cap_ambient_clear", |t| {
        let cap = inherit();
        let _ = process::cap_ambient_raise(cap);
        t.call_same(
            || {
                process::cap_ambient_clear()?;
                Ok(0)
            },
            || status("CapAmb:"),
        );
    })
    .but(&[ALONE]),
    Row::new("process::set_securebits", |t| {
        t.call(|| process::set_securebits(Securebits::empty()));
    })
    .but(AS_ROOT),
    Row::new("process::get_securebits", |t| {
        let call = || Ok(process::get_securebits()?.bits() as i32);
        t.call_same(call, || libc_prctl(libc::PR_GET_SECUREBITS));
    }),
    Row::new("process::set_keepcaps", |t| t.call(|| process::set_keepcaps(true))),
    Row::new("process::get_keepcaps", |t| {
        let call = || Ok(i32::from(process::get_keepcaps()?));
        t.call_same(call, || libc_prctl(libc::PR_GET_KEEPCAPS));
    }),
    Row::new("process::set_child_subreaper", |t| t.call(|| process::set_child_subreaper(true))),
    Row::new("process::get_child_subreaper", |t| {
        t.call_same(process::get_child_subreaper, || false);
    }),
    Row::new("process::set_parent_death_signal", |t| {
        t.call(|| process::set_parent_death_signal(None));
    }),
    Row::new("process::get_parent_death_signal", |t| {
        t.call_same(process::get_parent_death_signal, || None);
    }),
    Row::new("process::set_thread_name", |t| {
        t.call_then(
            || process::set_thread_name("trial"),
            |result| {
                let name = std::fs::read("/proc/self/comm").expect("procfs");
                assert_eq!(result.is_ok(), name == b"trial\n");
            },
        );
    }),
    Row::new("process::get_thread_name", |t| {
        let mut room = [0; 16];
        let call = || Ok(process::get_thread_name(&mut room)?.to_bytes().to_vec());
        t.call_same(call, || {
            std::fs::read("/proc/self/comm").expect("procfs").trim_ascii_end().to_vec()
        });
    }),
    Row::new("process::set_no_new_privs", |t| t.call(process::set_no_new_privs)).but(&[ALONE]),
    Row::new("process::set_no_new_privs_thread", |t| t.call(process::set_no_new_privs_thread)),
    // The trial's filter wants it set.
    Row::new("process::get_no_new_privs", |t| t.call_same(process::get_no_new_privs, || true)),
    Row::new("process::set_dumpable", |t| t.call(|| process::set_dumpable(true))),
    Row::new("process::get_dumpable", |t| {
        let call = || Ok(i32::from(process::get_dumpable()?));
        t.call_same(call, || libc_prctl(libc::PR_GET_DUMPABLE));
    }),
    Row::new("process::getrlimit", |t| {
        let call = || Ok(process::getrlimit(Resource::NOFILE)?.soft);
        t.call_same(call, || limit().rlim_cur);
    }),
    Row::new("process::setrlimit", |t| {
        let own = limit();
        let lower = process::Limit { soft: 100, hard: own.rlim_max };
        t.call_then(
            || process::setrlimit(Resource::NOFILE, lower),
            |result| {
                assert_eq!(limit().rlim_cur, if result.is_ok() { 100 } else { own.rlim_cur });
            },
        );
    }),
    Row::new("process::prlimit", |t| {
        let call = || Ok(process::prlimit(Pid(0), Resource::NOFILE, None)?.hard);
        t.call_same(call, || limit().rlim_max);
    }),
    Row::new("process::getpriority", |t| {
        // SAFETY: takes numbers.
        t.call_same(|| process::getpriority(ME), || unsafe { libc::nice(0) });
    }),
    Row::new("process::setpriority", |t| t.call(|| process::setpriority(ME, 19))),
    Row::new("process::nice", |t| {
        // SAFETY: takes a number.
        t.call_same(|| process::nice(20), || unsafe { libc::nice(0) });
    })
    // What POSIX has nice say.
    .but(&[Rule::Turns(Sysno::setpriority, &[libc::EACCES], libc::EPERM)]),
    Row::new("process::times", |t| t.call(process::times)),
    Row::new("process::umask", |t| {
        t.call_then(
            || {
                process::umask(Mode::IRWXO);
            },
            // SAFETY: takes a number.
            |()| assert_eq!(unsafe { libc::umask(0) }, 0o007),
        );
    }),
    Row::new("process::unshare", |t| t.call(|| process::unshare(CloneFlags::FS))),
    Row::new("process::unshare (files)", |t| t.call(|| process::unshare(CloneFlags::FILES)))
        // Of other threads, as above; the second one is the call itself.
        .but(&[Rule::On(1, &Rule::Absorbs(Sysno::unshare, &[]))]),
    Row::new("process::setns", |t| {
        let namespace = namespace();
        t.call(|| process::setns(namespace, CloneFlags::NEWUTS));
    })
    .but(&[Rule::Lacks(libc::EPERM)]),
    Row::new("process::plock", |t| t.call(|| process::plock(PlockOp::Process)))
        .but(&[Rule::Lacks(libc::EPERM)]),
    Row::new("process::plock (unlock)", |t| t.call(|| process::plock(PlockOp::Unlock))),
];

/// How many descriptors there may be, by libc.
fn limit() -> libc::rlimit {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit
}
