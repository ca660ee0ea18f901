//! `src/process/limits.rs`, against libc and `/proc/PID/limits`.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    process::Stdio,
};

use rawos::{
    Errno, Result,
    process::{Limit, Pid, RLIM_INFINITY, Resource, getrlimit, prlimit, setrlimit},
};

use crate::{
    apart::{emulated, root},
    util::{
        as_nobody,
        child::{command, passes},
        libc_result, not_run, not_run_in_part,
    },
};

/// Every resource: libc's number, and what `/proc/PID/limits` calls it.
const RESOURCES: [(Resource, u32, &str); 16] = [
    (Resource::CPU, libc::RLIMIT_CPU, "Max cpu time"),
    (Resource::FSIZE, libc::RLIMIT_FSIZE, "Max file size"),
    (Resource::DATA, libc::RLIMIT_DATA, "Max data size"),
    (Resource::STACK, libc::RLIMIT_STACK, "Max stack size"),
    (Resource::CORE, libc::RLIMIT_CORE, "Max core file size"),
    (Resource::RSS, libc::RLIMIT_RSS, "Max resident set"),
    (Resource::NPROC, libc::RLIMIT_NPROC, "Max processes"),
    (Resource::NOFILE, libc::RLIMIT_NOFILE, "Max open files"),
    (Resource::MEMLOCK, libc::RLIMIT_MEMLOCK, "Max locked memory"),
    (Resource::AS, libc::RLIMIT_AS, "Max address space"),
    (Resource::LOCKS, libc::RLIMIT_LOCKS, "Max file locks"),
    (Resource::SIGPENDING, libc::RLIMIT_SIGPENDING, "Max pending signals"),
    (Resource::MSGQUEUE, libc::RLIMIT_MSGQUEUE, "Max msgqueue size"),
    (Resource::NICE, libc::RLIMIT_NICE, "Max nice priority"),
    (Resource::RTPRIO, libc::RLIMIT_RTPRIO, "Max realtime priority"),
    (Resource::RTTIME, libc::RLIMIT_RTTIME, "Max realtime timeout"),
];

/// What libc says the limit is.
fn by_libc(resource: u32) -> Limit {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::getrlimit(resource, &mut limit) }, 0);
    Limit { soft: limit.rlim_cur, hard: limit.rlim_max }
}

/// What a text as in `/proc/PID/limits` says the limit is.
fn by_proc(text: &str, name: &str) -> Limit {
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect(name);
    let number = |word: &str| match word {
        "unlimited" => u64::MAX,
        number => number.parse().expect(name),
    };
    let mut words = line.split_whitespace().map(number);
    let mut next = || words.next().expect(name);
    Limit { soft: next(), hard: next() }
}

fn own() -> String {
    fs::read_to_string("/proc/self/limits").unwrap()
}

#[test]
fn every_limit_is_libcs_and_the_kernels() {
    assert_eq!(RLIM_INFINITY, libc::RLIM_INFINITY);
    let text = own();
    for (resource, number, name) in RESOURCES {
        assert_eq!(resource.0, number, "{name}");
        let limit = getrlimit(resource).unwrap();
        assert_eq!(limit, by_libc(number), "{name}");
        assert_eq!(limit, by_proc(&text, name), "{name}");
        assert_eq!(prlimit(rawos::process::getpid(), resource, None), Ok(limit), "{name}");
    }
    assert_eq!(getrlimit(Resource(16)), Err(Errno::EINVAL));
    assert_eq!(getrlimit(Resource(u32::MAX)), Err(Errno::EINVAL));
}

#[test]
fn limits_are_set_as_libc_sets_them() {
    passes(&mut command("limits::set"));
}

pub fn set() {
    for (resource, number, name) in RESOURCES {
        if emulated() && [Resource::AS, Resource::DATA, Resource::STACK].contains(&resource) {
            not_run_in_part(format_args!("{name}: the emulator keeps its own"));
            continue;
        }
        let before = getrlimit(resource).unwrap();
        // What is enough for this process, and less than it has.
        let high = before.hard.min(1 << 40);
        for new in [
            Limit { soft: before.soft.min(high), hard: before.hard },
            Limit { soft: high, hard: before.hard },
            Limit { soft: high - high / 8, hard: high },
            Limit { soft: high, hard: high },
        ] {
            assert_eq!(setrlimit(resource, new), Ok(()), "{name} {new:?}");
            assert_eq!(by_libc(number), new, "{name}");
            assert_eq!(by_proc(&own(), name), new, "{name}");
        }
        let now = by_libc(number);
        for wrong in [
            Limit { soft: 1, hard: 0 },
            Limit { soft: high + 1, hard: high },
            Limit { soft: RLIM_INFINITY, hard: high },
            Limit { soft: RLIM_INFINITY, hard: RLIM_INFINITY - 1 },
        ] {
            assert_eq!(setrlimit(resource, wrong), Err(Errno::EINVAL), "{name} {wrong:?}");
            assert_eq!(prlimit(Pid(0), resource, Some(wrong)), Err(Errno::EINVAL), "{name}");
        }
        assert_eq!(by_libc(number), now, "{name}");

        // A hard limit that rises: as libc may, or may not.
        let more = Limit { soft: high, hard: high + 1 };
        let theirs = libc::rlimit { rlim_cur: more.soft, rlim_max: more.hard };
        let ours = setrlimit(resource, more);
        assert_eq!(setrlimit(resource, now), Ok(()), "{name}");
        // SAFETY: reads the struct.
        let theirs = libc_result(unsafe { libc::setrlimit(number, &theirs) });
        assert_eq!(ours, theirs.map(drop), "{name}");
        if !root() {
            assert_eq!(ours, Err(Errno::EPERM), "{name}");
        }
    }
    let none = Limit { soft: 0, hard: 0 };
    assert_eq!(setrlimit(Resource(16), none), Err(Errno::EINVAL));
}

#[test]
fn a_limit_holds() {
    passes(&mut command("limits::holds"));
}

pub fn holds() {
    let before = getrlimit(Resource::NOFILE).unwrap();
    let open = || File::open("/proc/self/status").map(drop);
    open().unwrap();
    setrlimit(Resource::NOFILE, Limit { soft: 3, hard: before.hard }).unwrap();
    assert_eq!(open().unwrap_err().raw_os_error(), Some(libc::EMFILE));
    setrlimit(Resource::NOFILE, before).unwrap();
    open().unwrap();
}

#[test]
fn another_process_has_its_own() {
    let mut child = command("limits::wait_and_tell");
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let pid = Pid(child.id() as i32);
    let own_before = own();
    let old = by_libc(libc::RLIMIT_NOFILE);
    let new = Limit { soft: old.hard / 4, hard: old.hard / 2 };
    assert_eq!(prlimit(pid, Resource::NOFILE, Some(new)), Ok(old));
    assert_eq!(prlimit(pid, Resource::NOFILE, None), Ok(new));
    let wrong = Limit { soft: 2, hard: 1 };
    assert_eq!(prlimit(pid, Resource::NOFILE, Some(wrong)), Err(Errno::EINVAL));

    child.stdin.take().unwrap().write_all(b"now").unwrap();
    let mut told = String::new();
    child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(by_proc(&told, "Max open files"), new);
    assert_eq!(own(), own_before);
    assert_eq!(prlimit(pid, Resource::NOFILE, None), Err(Errno::ESRCH));
}

pub fn wait_and_tell() {
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    print!("{}", own());
}

#[test]
fn who_may_not_be_asked() {
    let ask = |pid| prlimit(Pid(pid), Resource::CPU, None);
    for pid in [-1, i32::MIN, i32::MAX] {
        assert_eq!(ask(pid), Err(Errno::ESRCH), "{pid}");
    }
    if !root() {
        return not_run("asking as another user");
    }
    let refused: Result<Limit> = as_nobody(|| ask(1));
    assert_eq!(refused, Err(Errno::EPERM));
}
