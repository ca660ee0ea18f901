//! File actions: what each does, and that their order counts.

use std::{fs, os::fd::AsRawFd};

use rawos::{
    Errno,
    fs::{Mode, OFlags},
    process::{FileAction, SpawnOptions},
};

use crate::{Call, emulated, pipe, util};

use FileAction::{Chdir, Close, CloseFrom, Dup2, Fchdir, Open};

const READ: OFlags = OFlags::RDONLY;
const NO_MODE: Mode = Mode::empty();

/// The `fd` lines of the report, but for those that the harness has open.
fn fds(report: &str) -> Vec<&str> {
    report.lines().filter(|line| line.starts_with("fd ")).collect()
}

#[test]
fn orders_of_actions_do_what_they_do_in_glibc() {
    let (reader, writer) = pipe();
    let null = c"/dev/null";
    // A number that nothing has.
    let free = 50;
    let (r, w) = (reader.as_raw_fd(), writer.as_raw_fd());
    let orders: [&[FileAction<'_>]; 8] = [
        &[Dup2(r, 40), Dup2(w, 41)],
        &[Dup2(r, 40), Dup2(40, 41), Close(40)],
        &[Dup2(w, 40), Open(40, null, READ, NO_MODE)],
        &[Open(40, null, READ, NO_MODE), Dup2(w, 40)],
        &[Close(free), Close(free), Dup2(r, r)],
        &[Open(0, null, OFlags::WRONLY, NO_MODE), Dup2(0, 2), Dup2(2, 40)],
        &[Dup2(r, 40), Close(40), Dup2(40, 41)],
        &[Close(0), Open(free, null, READ, NO_MODE), Dup2(free, 0)],
    ];
    let call = Call::new("report", &[]);
    for order in orders {
        let ours = call.output(order, SpawnOptions::new());
        let theirs = call.libc_output(|libc| {
            for action in order {
                match *action {
                    Open(fd, path, flags, mode) => {
                        libc.open(fd, path, flags.bits() as i32, mode.bits());
                    }
                    Close(fd) => libc.close(fd),
                    Dup2(old, new) => libc.dup2(old, new),
                    _ => unreachable!(),
                }
            }
        });
        match ours {
            // Under an emulator glibc does not learn of it.
            Err(_) if emulated() => assert_eq!(theirs, Ok((String::new(), 127 << 8)), "{order:?}"),
            ours => assert_eq!(ours.map_err(Errno::raw), theirs, "{order:?}"),
        }
    }
    drop((reader, writer));
}

#[test]
fn a_duplicate_of_itself_is_inheritable_and_the_parents_is_not() {
    let (reader, _writer) = pipe();
    let r = reader.as_raw_fd();
    let (out, status) =
        Call::new("report", &[]).output(&[Dup2(r, r)], SpawnOptions::new()).unwrap();
    assert_eq!(status, 0);
    assert!(fds(&out).contains(&format!("fd {r} pipe").as_str()), "{out}");
    assert!(util::is_cloexec(r));
}

#[test]
fn closing_from_a_number_leaves_those_below() {
    let (reader, _writer) = pipe();
    let r = reader.as_raw_fd();
    for low in [3, 41, 43] {
        let actions = [Dup2(r, 40), Dup2(r, 41), Dup2(r, 42), CloseFrom(low)];
        let (out, _) = Call::new("report", &[]).output(&actions, SpawnOptions::new()).unwrap();
        for fd in [40, 41, 42] {
            let open = fds(&out).contains(&format!("fd {fd} pipe").as_str());
            assert_eq!(open, fd < low, "{low}: {out}");
        }
    }
}

#[test]
fn directories_change_for_what_follows() {
    let tmp = util::temp_dir();
    fs::write(tmp.path().join("file"), b"x").unwrap();
    let path = std::ffi::CString::new(tmp.path().to_str().unwrap()).unwrap();
    let dir = fs::File::open(tmp.path()).unwrap();
    let here = tmp.path().canonicalize().unwrap();
    for into in [Chdir(&path), Fchdir(dir.as_raw_fd())] {
        let actions = [into, Open(40, c"file", READ, NO_MODE)];
        let (out, _) = Call::new("report", &[]).output(&actions, SpawnOptions::new()).unwrap();
        assert!(out.contains(&format!("cwd {}\n", here.display())), "{out}");
        assert!(out.contains(&format!("fd 40 {}/file\n", here.display())), "{out}");
    }
    // Too early, it is not there.
    let actions = [Open(40, c"file", READ, NO_MODE), Chdir(&path)];
    let failed = Call::new("report", &[]).output(&actions, SpawnOptions::new());
    assert_eq!(failed, Err(Errno::ENOENT));
    assert_ne!(std::env::current_dir().unwrap(), here);
}

#[test]
fn an_action_that_fails_fails_the_spawn() {
    let (reader, _writer) = pipe();
    let cases = [
        (Dup2(60, 61), Errno::EBADF),
        (Dup2(60, 60), Errno::EBADF),
        (Dup2(1, -1), Errno::EBADF),
        (Dup2(-100, 3), Errno::EBADF),
        (Dup2(1, i32::MAX), Errno::EBADF),
        (Close(-1), Errno::EBADF),
        (CloseFrom(-1), Errno::EBADF),
        (Open(-1, c"/dev/null", READ, NO_MODE), Errno::EBADF),
        (Open(5, c"/no/such", READ, NO_MODE), Errno::ENOENT),
        (Chdir(c"/no/such"), Errno::ENOENT),
        (Chdir(c"/dev/null"), Errno::ENOTDIR),
        (Fchdir(reader.as_raw_fd()), Errno::ENOTDIR),
        (Fchdir(-100), Errno::EBADF),
        (Fchdir(60), Errno::EBADF),
    ];
    for (action, errno) in cases {
        let failed = Call::new("exit", &["0"]).output(&[action], SpawnOptions::new());
        assert_eq!(failed, Err(errno), "{action:?}");
    }
}

#[test]
fn opening_makes_files_inheritable_whatever_the_flags_say() {
    let tmp = util::temp_dir();
    let path = std::ffi::CString::new(tmp.path().join("new").to_str().unwrap()).unwrap();
    let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::EXCL | OFlags::CLOEXEC;
    // As the number that is free, and as another.
    for action in [Open(0, &path, flags, Mode::IRUSR), Open(45, &path, flags, Mode::IRUSR)] {
        let Open(number, ..) = action else { unreachable!() };
        let (out, _) =
            Call::new("report", &[]).output(&[Close(0), action], SpawnOptions::new()).unwrap();
        assert!(out.contains(&format!("fd {number} {}\n", path.to_str().unwrap())), "{out}");
        let mode = fs::metadata(tmp.path().join("new")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o400);
        fs::remove_file(tmp.path().join("new")).unwrap();
    }
}

#[test]
fn without_shared_memory_nothing_more_is_open() {
    Call::new("pipe", &[]).passes();
}

/// In a process of its own: no child of it can share memory.
pub fn unshared() {
    if !emulated() {
        refuse_sharing();
    }
    // SAFETY: takes an integer.
    let mut free = [0; 3].map(|_| unsafe { libc::dup(1) });
    for fd in free {
        // SAFETY: nobody uses the duplicate.
        unsafe { libc::close(fd) };
    }
    free.sort_unstable();
    let call = Call::new("exit", &["0"]);
    for fd in free {
        for action in [Dup2(fd, 40), Dup2(fd, fd), Fchdir(fd)] {
            let failed = call.spawn(&SpawnOptions::new().file_actions(&[action]));
            assert_eq!(failed, Err(Errno::EBADF), "{action:?}");
        }
    }
    // A number that was closed is as free as any.
    let actions = free.map(|fd| Open(fd, c"/dev/null", READ, NO_MODE));
    let pid = call.spawn(&SpawnOptions::new().file_actions(&actions)).unwrap();
    assert_eq!(crate::wait(pid), 0);
}

/// Has the kernel refuse, by a seccomp filter, a child in the same memory.
fn refuse_sharing() {
    let statement = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    let equal = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    let any = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
    let end = libc::BPF_RET | libc::BPF_K;
    let filter = [
        // The number, and the flags: the first argument's lower half.
        statement(load, 0, 0, 0),
        statement(equal, 0, 3, libc::SYS_clone as u32),
        statement(load, 0, 0, 16),
        statement(any, 0, 1, libc::CLONE_VM as u32),
        statement(end, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EINVAL as u32),
        statement(end, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 6, filter: filter.as_ptr().cast_mut() };
    // SAFETY: takes integers.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: only reads the program, of six statements.
    let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
}
