//! A program is started, with what it was to be given, or the error is told.

use std::{fs, os::unix::fs::PermissionsExt};

use rawos::{
    Errno,
    process::{self, Argv, FileAction, Pid, SpawnMode, SpawnOptions},
};

use crate::{Call, ENDED, command, util, wait};

#[test]
fn a_program_ends_as_it_wants() {
    for code in [0, 1, 127, 255] {
        let pid = Call::new("exit", &[&code.to_string()]).spawn(&SpawnOptions::new()).unwrap();
        assert_eq!(wait(pid), code << 8);
    }
    for signal in [libc::SIGKILL, libc::SIGTERM] {
        let pid = Call::new("kill", &[&signal.to_string()]).spawn(&SpawnOptions::new()).unwrap();
        assert_eq!(wait(pid) & 0x7f, signal);
    }
}

#[test]
fn arguments_and_environment_arrive_exactly() {
    let odd = ["", " ", "a b", "'\"\\$x", "caf\u{e9}", "=", "\n"];
    let mut call = Call::new("report", &odd);
    call.var("A", "1").var("EMPTY", "").var("B", "x=y\n");
    let (ours, status) = call.output(&[], SpawnOptions::new()).unwrap();
    assert_eq!(status, 0);
    let count = |start: &str| ours.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("arg "), count("env ")), (odd.len(), 3), "{ours}");
    for line in ["arg \"'\\\"\\\\$x\"", "env \"B\" \"x=y\\n\"", "env \"EMPTY\" \"\""] {
        assert!(ours.lines().any(|found| found == line), "{line}\n{ours}");
    }
    let theirs = call.libc_output(|_| {}).unwrap();
    assert_eq!((ours, status), theirs);
}

#[test]
fn a_program_that_cannot_be_executed_is_an_error_and_no_child() {
    let tmp = util::temp_dir();
    let file = |name: &str, content: &[u8], mode| {
        let path = tmp.path().join(name);
        util::write_program(&path, content);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let long = "x".repeat(300);
    let cases = [
        (file("plain", b"#!/bin/sh\n", 0o644), Errno::EACCES),
        (file("nothing", b"\x01\x02\x03\x04", 0o755), Errno::ENOEXEC),
        (file("lost", b"#!/no/such/interpreter\n", 0o755), Errno::ENOENT),
        (tmp.path().display().to_string(), Errno::EACCES),
        ("/no/such/program".to_owned(), Errno::ENOENT),
        ("/dev/null/program".to_owned(), Errno::ENOTDIR),
        (long, Errno::ENAMETOOLONG),
        (String::new(), Errno::ENOENT),
        ("a\0b".to_owned(), Errno::EINVAL),
    ];
    for _ in 0..2 {
        for (path, errno) in &cases {
            let options = SpawnOptions::new();
            let spawned = process::posix_spawn(path.as_str(), [c"x"], [c"A=1"], &options);
            assert_eq!(spawned, Err(*errno), "{path}");
            if path.contains('/') {
                let spawned = process::posix_spawnp(path.as_str(), [c"x"], [], &options);
                assert_eq!(spawned, Err(*errno), "{path}");
            }
            let spawned = process::pidfd_spawn(path.as_str(), [c"x"], [], &options);
            assert_eq!(spawned.err(), Some(*errno), "{path}");
        }
    }
}

#[test]
fn too_long_a_list_is_e2big() {
    let text = vec![b'x'; 200_000];
    let long = std::ffi::CString::new(text).unwrap();
    let call = Call::new("exit", &["0"]);
    let spawned = process::posix_spawn(call.path(), [c"x", &long], [], &SpawnOptions::new());
    assert_eq!(spawned, Err(Errno::E2BIG));
    let mut list = Argv::<3>::new();
    for _ in 0..3 {
        assert_eq!(list.push(c"x"), Ok(()));
    }
    assert_eq!(list.push(c"x"), Err(Errno::E2BIG));
}

#[test]
fn no_arguments_are_an_error() {
    let call = Call::new("exit", &["0"]);
    let spawned = process::posix_spawn(call.path(), [], [], &SpawnOptions::new());
    assert_eq!(spawned, Err(Errno::EINVAL));
    for argv in [Argv::<1>::new(), Argv::from_slice(&[c""]).unwrap()] {
        assert_eq!(process::spawnv(SpawnMode::Wait, call.path(), argv), Err(Errno::EINVAL));
        assert!(matches!(process::execve(call.path(), argv, []), Err(Errno::EINVAL)));
        assert!(matches!(process::execvpe("x", argv, []), Err(Errno::EINVAL)));
    }
}

#[test]
fn an_environment_may_be_one_text() {
    use rawos::env::Environ;
    let call = Call::new("report", &[]);
    let mut text = Vec::new();
    for var in &call.env {
        text.extend_from_slice(var.as_bytes_with_nul());
    }
    text.extend_from_slice(b"X=1\0Y=\0");
    let options = SpawnOptions::new();
    let (mut reader, writer) = crate::pipe();
    let actions = [FileAction::Dup2(std::os::fd::AsRawFd::as_raw_fd(&writer), 1)];
    let options = options.file_actions(&actions);
    let pid =
        process::posix_spawn(call.path(), call.argv(), Environ::new(&text), &options).unwrap();
    drop(writer);
    let mut out = String::new();
    std::io::Read::read_to_string(&mut reader, &mut out).unwrap();
    assert_eq!(wait(pid), 0);
    for line in ["env \"X\" \"1\"", "env \"Y\" \"\""] {
        assert!(out.lines().any(|found| found == line), "{out}");
    }

    let unended = Environ::new(b"A=1\0B=2");
    let spawned = process::posix_spawn(call.path(), call.argv(), unended, &options);
    assert_eq!(spawned, Err(Errno::EINVAL));
    let many = b"A=\0".repeat(1025);
    let spawned = process::posix_spawn(call.path(), call.argv(), Environ::new(&many), &options);
    assert_eq!(spawned, Err(Errno::E2BIG));
}

#[test]
fn a_pidfd_is_of_the_child() {
    let call = Call::new("exit", &["5"]);
    let options = SpawnOptions::new();
    for _ in 0..3 {
        let spawned = process::pidfd_spawn(call.path(), call.argv(), call.envp(), &options);
        let (pid, pidfd) = spawned.unwrap();
        let raw = pidfd.as_raw_fd();
        assert!(util::is_cloexec(raw));
        let mut poll = libc::pollfd { fd: raw, events: libc::POLLIN, revents: 0 };
        // SAFETY: one struct.
        assert_eq!(unsafe { libc::poll(&mut poll, 1, -1) }, 1);
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{raw}")).unwrap();
        assert!(info.contains(&format!("Pid:\t{}\n", pid.0)), "{info}");
        assert_eq!(wait(pid), 5 << 8);
    }
}

#[test]
fn spawn_modes_wait_or_do_not() {
    let call = Call::new("exit", &["9"]);
    let (path, argv, env) = (call.path(), call.argv(), call.envp());
    assert_eq!(process::spawnve(SpawnMode::Wait, path, argv, env), Ok(9));
    let pid = process::spawnve(SpawnMode::NoWait, path, argv, env).unwrap();
    assert_eq!(wait(Pid(pid)), 9 << 8);
    let call = Call::new("kill", &["9"]);
    let (path, argv, env) = (call.path(), call.argv(), call.envp());
    assert_eq!(process::spawnve(SpawnMode::Wait, path, argv, env), Ok(-9));

    // What cannot be executed is a child that ends with 127.
    assert_eq!(process::spawnve(SpawnMode::Wait, "/no/such", [c"x"], env), Ok(127));
    let pid = process::spawnve(SpawnMode::NoWait, "/no/such", [c"x"], env).unwrap();
    let (waited, status) = process::waitpid(Pid(pid), ENDED).unwrap().unwrap();
    assert_eq!((waited, status.exit_status()), (Pid(pid), Some(127)));
    assert_eq!(process::spawnvpe(SpawnMode::Wait, "no-such", [c"x"], env), Ok(127));
}

#[test]
fn a_descriptor_is_executed() {
    let exe = command()[0].to_str().unwrap().to_owned();
    Call::new("exec", &["fexecve", &exe, "7"]).passes();
}
