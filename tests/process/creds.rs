//! `src/process/{creds,set_ids,alone}.rs`: what `/proc/thread-self/status`
//! shows after each call, and after libc's.

use std::{sync::Barrier, thread};

use rawos::{Errno, Result, process};

use crate::{
    apart::{
        child::{command, passes},
        emulated, in_fork, not_run, root, status,
    },
    util::libc_result,
};

/// -1 to libc is `None` here.
fn none(id: u32) -> Option<u32> {
    (id != u32::MAX).then_some(id)
}

/// A call with three ids, of which it takes one, two or all.
struct Call {
    name: &'static str,
    takes: usize,
    ours: fn([u32; 3]) -> Result<()>,
    theirs: fn([u32; 3]) -> i32,
}

macro_rules! calls {
    ($($name:ident($($at:literal: $form:ident),*);)*) => {
        const CALLS: &[Call] = &[$(Call {
            name: stringify!($name),
            takes: [$($at),*].len(),
            ours: |ids| process::$name($($form(ids[$at])),*),
            // SAFETY: it takes integers.
            theirs: |ids| unsafe { libc::$name($(ids[$at]),*) },
        }),*];
    };
}

/// The call takes the id as it is.
fn some(id: u32) -> u32 {
    id
}

calls! {
    setuid(0: some);
    setgid(0: some);
    seteuid(0: some);
    setegid(0: some);
    setreuid(0: none, 1: none);
    setregid(0: none, 1: none);
    setresuid(0: none, 1: none, 2: none);
    setresgid(0: none, 1: none, 2: none);
}

#[test]
fn every_call_does_what_libc_does() {
    match emulated() {
        true => not_run("the emulator's threads make the process one with threads"),
        false => drop(passes(&mut command("creds::every_call"))),
    }
}

pub fn every_call() {
    // Real, effective and saved id to start from, of user and group.
    let starts: &[[u32; 3]] = match root() {
        true => &[[0, 0, 0], [0, 1000, 0], [1000, 0, 2000], [1000, 2000, 3000]],
        false => &[[u32::MAX; 3]],
    };
    let values = [u32::MAX, 0, 1000, 2000];
    let mut compared = 0;
    for (start, call) in starts.iter().flat_map(|start| CALLS.iter().map(move |call| (start, call)))
    {
        let mut arguments = vec![[u32::MAX; 3]];
        for place in 0..call.takes {
            arguments = arguments
                .iter()
                .flat_map(|ids| {
                    values.map(|value| {
                        let mut ids = *ids;
                        ids[place] = value;
                        ids
                    })
                })
                .collect();
        }
        let run = |set: &dyn Fn([u32; 3]) -> Result<()>| {
            in_fork(|| {
                let mut told = String::new();
                for ids in &arguments {
                    told += &in_fork(|| {
                        let [a, b, c] = *start;
                        // SAFETY: takes integers.
                        assert_eq!(unsafe { libc::setresgid(a, b, c) }, 0);
                        // SAFETY: takes integers.
                        assert_eq!(unsafe { libc::setresuid(a, b, c) }, 0);
                        let result = set(*ids);
                        format!("{ids:?} {result:?}\n{}\n", status())
                    });
                }
                told
            })
        };
        let ours = run(&|ids| (call.ours)(ids));
        let theirs = run(&|ids| libc_result((call.theirs)(ids)).map(drop));
        assert_eq!(ours, theirs, "{} from {start:?}", call.name);
        compared += arguments.len();
    }
    assert_eq!(compared, starts.len() * (4 * 4 + 2 * 16 + 2 * 64));
}

/// Every call of the room that sets an id, with what the process has now.
fn set_what_is(name: &str) -> Result<()> {
    let (uid, gid) = (process::getuid(), process::getgid());
    match name {
        "setuid" => process::setuid(uid),
        "setgid" => process::setgid(gid),
        "seteuid" => process::seteuid(uid),
        "setegid" => process::setegid(gid),
        "setreuid" => process::setreuid(Some(uid), None),
        "setregid" => process::setregid(None, Some(gid)),
        "setresuid" => process::setresuid(Some(uid), None, Some(uid)),
        "setresgid" => process::setresgid(None, None, None),
        "setgroups" => process::setgroups(&[]),
        _ => process::drop_privileges(uid, gid, &[]),
    }
}

const SETTERS: [&str; 10] = [
    "setuid",
    "setgid",
    "seteuid",
    "setegid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setgroups",
    "drop_privileges",
];

#[test]
fn a_process_with_threads_is_refused() {
    // The test harness's thread, this one, and one more.
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| barrier.wait());
        let before = status();
        for name in SETTERS {
            assert_eq!(set_what_is(name), Err(Errno::ENOTSUP), "{name}");
        }
        assert_eq!(process::setuid(4000), Err(Errno::ENOTSUP));
        assert_eq!(status(), before);
        barrier.wait();
    });
}

#[test]
fn an_id_that_nobody_has_is_refused_before_anything() {
    let no = Some(u32::MAX);
    let results = [
        process::setuid(u32::MAX),
        process::setgid(u32::MAX),
        process::seteuid(u32::MAX),
        process::setegid(u32::MAX),
        process::setreuid(None, no),
        process::setregid(no, None),
        process::setresuid(None, None, no),
        process::setresgid(None, no, None),
        process::setresuid_thread(no, None, None),
        process::setresgid_thread(None, None, no),
        process::drop_privileges(u32::MAX, 1, &[]),
        process::drop_privileges(1, u32::MAX, &[]),
        process::drop_privileges(1, 1, &[1, u32::MAX]),
    ];
    assert_eq!(results, [Err(Errno::EINVAL); 13]);
}

#[test]
fn a_call_for_a_thread_changes_that_thread() {
    let before = status();
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            if !root() {
                not_run("setting ids as root");
                assert_eq!(process::setresuid_thread(Some(0), None, None), Err(Errno::EPERM));
                return;
            }
            assert_eq!(process::setgroups_thread(&[7, 5]), Ok(()));
            assert_eq!(process::setresgid_thread(Some(1), Some(2), Some(3)), Ok(()));
            assert_eq!(process::setresuid_thread(Some(4), Some(5), Some(6)), Ok(()));
            assert_eq!(status(), "Uid:\t4\t5\t6\t5\nGid:\t1\t2\t3\t2\nGroups:\t5 7");
            assert_eq!((process::getuid(), process::geteuid()), (4, 5));
            assert_eq!((process::getgid(), process::getegid()), (1, 2));
            assert_eq!(process::getresuid(), Ok((4, 5, 6)));
            assert_eq!(process::getresgid(), Ok((1, 2, 3)));
            assert_eq!(process::setgroups_thread(&[]), Err(Errno::EPERM));
        });
        thread.join().unwrap();
    });
    assert_eq!(status(), before);
}

#[test]
fn threads_that_were_joined_are_no_more() {
    match emulated() {
        true => not_run("the emulator's threads make the process one with threads"),
        false => drop(passes(&mut command("creds::joined_threads"))),
    }
}

pub fn joined_threads() {
    for _ in 0..300 {
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            let thread = scope.spawn(|| barrier.wait());
            assert_eq!(process::seteuid(process::geteuid()), Err(Errno::ENOTSUP));
            barrier.wait();
            thread.join().unwrap();
        });
        assert_eq!(process::seteuid(process::geteuid()), Ok(()));
    }
}

#[test]
fn where_unshare_is_forbidden_the_threads_are_counted() {
    match emulated() {
        true => not_run("no seccomp under the emulator"),
        false => drop(passes(&mut command("creds::without_unshare"))),
    }
}

pub fn without_unshare() {
    for errno in [libc::EPERM, libc::ENOSYS, libc::EACCES] {
        in_fork(|| {
            forbid(libc::SYS_unshare, errno);
            let before = status();
            for name in SETTERS.into_iter().filter(|name| root() || name.len() < 9) {
                assert_eq!(set_what_is(name), Ok(()), "{name}");
            }
            let barrier = Barrier::new(2);
            thread::scope(|scope| {
                scope.spawn(|| barrier.wait());
                for name in SETTERS {
                    assert_eq!(set_what_is(name), Err(Errno::ENOTSUP), "{name}");
                }
                barrier.wait();
            });
            assert_eq!(
                status().lines().take(2).collect::<Vec<_>>(),
                before.lines().take(2).collect::<Vec<_>>()
            );
            // With nobody to ask, no call is made.
            forbid(libc::SYS_openat, libc::EACCES);
            assert_eq!(process::setuid(process::getuid()), Err(Errno::ENOTSUP));
            String::new()
        });
    }
}

/// Has the kernel answer `errno` to the call `number`, in this process.
fn forbid(number: libc::c_long, errno: i32) {
    let statement = |code: u32, jump_if_not: u8, k: u32| libc::sock_filter {
        code: code as u16,
        jt: 0,
        jf: jump_if_not,
        k,
    };
    let mut filter = [
        // The number; is it the one?; the errno; or go on.
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, number as u32),
        statement(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ERRNO | errno as u32),
        statement(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: filter.as_mut_ptr() };
    // SAFETY: takes integers.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: reads the program, whose length is right.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) };
    assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
}

#[test]
fn the_ids_are_those_that_libc_tells() {
    // SAFETY: they take no argument.
    let theirs = unsafe { [libc::getuid(), libc::geteuid(), libc::getgid(), libc::getegid()] };
    let ours = [process::getuid(), process::geteuid(), process::getgid(), process::getegid()];
    assert_eq!(ours, theirs);
}
