//! How the types of the room look in `{:?}`.

use rawos::process::{self, Argv, PlockOp, Rusage};

use crate::util::again::alone;

#[test]
fn lists_of_arguments() {
    let none = Argv::<3>::default();
    assert_eq!((format!("{none:?}"), none.len(), none.is_empty()), ("[]".into(), 0, true));
    let mut two = Argv::<3>::new();
    two.push(c"a").unwrap();
    two.push(c"b c").unwrap();
    assert_eq!(format!("{two:?}"), r#"["a", "b c"]"#);
}

#[cfg(feature = "alloc")]
#[test]
fn lists_of_arguments_on_the_heap() {
    let two = process::ArgvBuf::copy(["a", "b c"]).unwrap();
    assert_eq!(format!("{two:?}"), r#"["a", "b c"]"#);
    assert_eq!(two.iter().count(), 2);
    // As an environment it is what it says: env(1) would print it.
    let program = std::ffi::CString::new("/bin/sh").unwrap();
    let script = process::ArgvBuf::copy(["sh", "-c", "test \"$A$B\" = 1x"]).unwrap();
    let listed = process::ArgvBuf::copy(["A=1", "B=x"]).unwrap();
    let block = rawos::env::Environ::new(b"A=1\0B=x\0");
    let copied = rawos::env::EnvironBuf::copy(&block).unwrap();
    if !std::path::Path::new("/bin/sh").exists() {
        return crate::util::not_run("no shell");
    }
    let options = process::SpawnOptions::new();
    let pids = [
        process::posix_spawn(&*program, &script, &listed, &options).unwrap(),
        process::posix_spawn(&*program, &script, &copied, &options).unwrap(),
    ];
    for pid in pids {
        let (_, status) = process::waitpid(pid, process::WaitOptions::empty()).unwrap().unwrap();
        assert_eq!(status.exit_status(), Some(0));
    }
}

#[test]
fn resources() {
    let shown = format!("{:?}", Rusage::default());
    assert!(shown.starts_with("Rusage { ru_utime: 0ns, ru_stime: 0ns, ru_maxrss: 0, "), "{shown}");
    assert_eq!(shown.matches(": 0").count(), 16, "{shown}");
}

/// Memory that is locked, by the kernel's own count.
#[test]
fn what_is_mapped_is_locked_and_unlocked() {
    alone("shown::what_is_mapped_is_locked_and_unlocked", || {
        let locked = || {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmLck:"));
            line.unwrap().trim().trim_end_matches(" kB").parse::<u64>().unwrap()
        };
        match process::plock(PlockOp::Process) {
            // Who is not root may lock little.
            Err(rawos::Errno::ENOMEM | rawos::Errno::EPERM) => {
                return crate::util::not_run("it may lock no memory");
            }
            locked => locked.unwrap(),
        }
        if crate::util::runner().is_none() {
            assert!(locked() > 0);
        }
        process::plock(PlockOp::Unlock).unwrap();
        assert_eq!(locked(), 0);
    });
}

/// Where no `PATH` is asked, and what no file can be called.
#[test]
fn a_name_with_a_slash_is_a_path() {
    use rawos::Errno;
    let exec = |name: &str| process::execvpe(name, [c"a"], [c"PATH=/nowhere"]).err();
    assert_eq!(exec("./no/such"), Some(Errno::ENOENT));
    assert_eq!(exec("/proc/self/comm"), Some(Errno::EACCES));
    assert_eq!(exec("a\0b"), Some(Errno::EINVAL));
    assert_eq!(exec("no-such-name"), Some(Errno::ENOENT));
}
