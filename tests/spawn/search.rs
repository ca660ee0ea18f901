//! Looking for programs, and exec.

use std::{ffi::CString, fs, os::unix::fs::symlink, path::Path};

use rawos::{
    Errno,
    fs::{Mode, OFlags},
    process::{self, Argv, SpawnMode, SpawnOptions},
};

use crate::{Call, util, wait};

/// Makes a file that can be executed or not; the programs are this one.
fn place(dir: &Path, name: &str, kind: &str) {
    fs::create_dir_all(dir).unwrap();
    let path = dir.join(name);
    match kind {
        "none" => {}
        "plain" => fs::write(&path, b"x").unwrap(),
        "noexec" => util::write_program(&path, b"\x01\x02"),
        "dir" => fs::create_dir(&path).unwrap(),
        "good" => {
            let target = crate::command()[0].to_str().unwrap();
            symlink(target, &path).unwrap();
        }
        _ => unreachable!(),
    }
}

#[test]
fn every_directory_is_tried_and_the_first_telling_error_kept() {
    let cases: [(&[&str], Result<(), Errno>); 12] = [
        (&["good"], Ok(())),
        (&["none"], Err(Errno::ENOENT)),
        (&["plain"], Err(Errno::EACCES)),
        (&["noexec"], Err(Errno::ENOEXEC)),
        (&["dir"], Err(Errno::EACCES)),
        (&["none", "good"], Ok(())),
        (&["plain", "good"], Ok(())),
        (&["noexec", "good"], Ok(())),
        (&["plain", "noexec"], Err(Errno::EACCES)),
        (&["noexec", "plain"], Err(Errno::ENOEXEC)),
        (&["none", "plain", "none"], Err(Errno::EACCES)),
        (&["file", "none"], Err(Errno::ENOENT)),
    ];
    for (kinds, expected) in cases {
        let tmp = util::temp_dir();
        let mut path = Vec::new();
        for (number, kind) in kinds.iter().enumerate() {
            let dir = tmp.path().join(number.to_string());
            match *kind {
                "file" => fs::write(&dir, b"x").unwrap(),
                kind => place(&dir, "prog", kind),
            }
            path.push(dir.display().to_string());
        }
        let mut call = Call::new("exit", &["6"]);
        call.var("PATH", &path.join(":"));
        let (argv, env) = (call.argv(), call.envp());
        let code = process::spawnvpe(SpawnMode::Wait, "prog", argv, env).unwrap();
        assert_eq!(code, if expected.is_ok() { 6 } else { 127 }, "{kinds:?}");

        // The same by exec, in a process that says what came of it.
        let mut outer = Call::new("exec", &["execvpe", "prog", "6"]);
        outer.var("PATH", &path.join(":"));
        let (out, status) = outer.output(&[], SpawnOptions::new()).unwrap();
        match expected {
            Ok(()) => assert_eq!(status, 6 << 8, "{kinds:?}: {out}"),
            Err(errno) => assert_eq!(out, errno.name().unwrap(), "{kinds:?}"),
        }
        // And with the process's own PATH, which is the other's.
        for by in ["execvp", "posix_spawnp"] {
            let mut outer = Call::new("exec", &[by, "prog", "6"]);
            outer.var("PATH", &path.join(":"));
            let (out, status) = outer.output(&[], SpawnOptions::new()).unwrap();
            match expected {
                Ok(()) => assert_eq!(status, 6 << 8, "{by} {kinds:?}: {out}"),
                Err(errno) => assert_eq!(out, errno.name().unwrap(), "{by} {kinds:?}"),
            }
        }
    }
}

#[test]
fn an_empty_directory_is_the_current_one() {
    let tmp = util::temp_dir();
    place(tmp.path(), "prog", "good");
    let dir = CString::new(tmp.path().to_str().unwrap()).unwrap();
    for (path, found) in [("/nowhere::/dev", true), ("", true), (":", true), ("/nowhere", false)] {
        let mut call = Call::new("exit", &["6"]);
        call.var("PATH", path);
        let outer = {
            let mut outer = Call::new("exec", &["execvp", "prog", "6"]);
            outer.var("PATH", path);
            outer
        };
        let actions = [process::FileAction::Chdir(&dir)];
        let (out, status) = outer.output(&actions, SpawnOptions::new()).unwrap();
        assert_eq!(status == 6 << 8, found, "{path:?}: {out}");
    }
}

#[test]
fn a_name_with_a_slash_is_not_looked_for() {
    let tmp = util::temp_dir();
    place(&tmp.path().join("sub"), "prog", "good");
    let mut call = Call::new("exit", &["6"]);
    call.var("PATH", tmp.path().to_str().unwrap());
    let (argv, env) = (call.argv(), call.envp());
    assert_eq!(process::spawnvpe(SpawnMode::Wait, "sub/prog", argv, env), Ok(127));
    let full = tmp.path().join("sub/prog").display().to_string();
    assert_eq!(process::spawnvpe(SpawnMode::Wait, full.as_str(), argv, env), Ok(6));
}

#[test]
fn only_the_given_path_counts_where_one_is_given() {
    let tmp = util::temp_dir();
    place(tmp.path(), "prog-only-there", "good");
    let mut call = Call::new("exit", &["6"]);
    call.var("PATH", tmp.path().to_str().unwrap());
    let (argv, env) = (call.argv(), call.envp());
    assert_eq!(process::spawnvpe(SpawnMode::Wait, "prog-only-there", argv, env), Ok(6));
    // This process's PATH has no such program.
    let spawned = process::posix_spawnp("prog-only-there", argv, env, &SpawnOptions::new());
    assert_eq!(spawned, Err(Errno::ENOENT));
}

#[test]
fn an_empty_name_is_not_there() {
    let call = Call::new("exit", &["0"]);
    let (argv, env) = (call.argv(), call.envp());
    let ours = process::posix_spawnp("", argv, env, &SpawnOptions::new());
    let mut pid = 0;
    let (argv, env) = ([c"x".as_ptr().cast_mut(), std::ptr::null_mut()], [std::ptr::null_mut()]);
    let (actions, attributes) = (std::ptr::null(), std::ptr::null());
    let (argv, env) = (argv.as_ptr(), env.as_ptr());
    // SAFETY: strings, and arrays that end with a null.
    let theirs =
        unsafe { libc::posix_spawnp(&mut pid, c"".as_ptr(), actions, attributes, argv, env) };
    match theirs {
        // Under an emulator glibc does not learn of it.
        0 if crate::emulated() => assert_eq!(wait(process::Pid(pid)), 127 << 8),
        theirs => assert_eq!(theirs, libc::ENOENT),
    }
    assert_eq!(ours, Err(Errno::ENOENT));
}

#[test]
fn too_long_a_name_is_an_error_of_its_own() {
    let name = "x".repeat(300);
    let mut call = Call::new("exec", &["execvpe", &name, "0"]);
    call.var("PATH", "/:/dev");
    let (out, _) = call.output(&[], SpawnOptions::new()).unwrap();
    assert_eq!(out, "ENAMETOOLONG");
    let dir = format!("/{}", "y/".repeat(2047));
    let mut call = Call::new("exec", &["execvpe", "prog", "0"]);
    call.var("PATH", &format!("/nowhere:{dir}:/dev"));
    let (out, _) = call.output(&[], SpawnOptions::new()).unwrap();
    assert_eq!(out, "ENAMETOOLONG");
}

/// In a process of its own: `variant file status` executes this file, found as
/// told, to end with the status; prints the error.
pub fn exec(args: &[&str]) {
    if let [status] = args {
        // What inherited the environment has the same role.
        crate::roles::end(status.parse().expect("a status"));
    }
    let [variant, file, status] = *args else { panic!("{args:?}") };
    let mut call = Call::new("exit", &[status]);
    if let Ok(path) = std::env::var("PATH") {
        call.var("PATH", &path);
    }
    let (argv, env) = (call.argv(), call.envp());
    let errno = match variant {
        "execve" => process::execve(file, argv, env).err(),
        "execvpe" => process::execvpe(file, argv, env).err(),
        "execvp" => process::execvp(file, argv).err(),
        "posix_spawnp" => match process::posix_spawnp(file, argv, env, &SpawnOptions::new()) {
            Ok(pid) => crate::roles::end(wait(pid) >> 8),
            Err(errno) => Some(errno),
        },
        "fexecve" => {
            // A child for each, since a success does not come back.
            for flags in [OFlags::RDONLY, OFlags::PATH] {
                let file = rawos::fs::open(file, flags, Mode::empty()).unwrap();
                // SAFETY: one thread; the child executes or ends.
                match unsafe { process::fork() }.unwrap() {
                    process::Fork::Child => {
                        let _ = process::fexecve(&file, argv, env);
                        process::_exit(1)
                    }
                    process::Fork::Parent(pid) => assert_eq!(wait(pid), 7 << 8),
                }
            }
            assert_eq!(status, "7");
            let (reader, _writer) = rawos::fd::pipe().unwrap();
            assert!(matches!(process::fexecve(&reader, argv, env), Err(Errno::EACCES)));
            let none = Argv::<0>::new();
            assert!(matches!(process::fexecve(&reader, none, env), Err(Errno::EINVAL)));
            return;
        }
        _ => panic!("{variant}"),
    };
    print!("{}", errno.and_then(Errno::name).unwrap_or("nothing"));
}
