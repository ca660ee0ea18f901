//! The shell, forks, and what runs around them.

use std::{
    io::{Read, Write},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
};

use rawos::{
    Errno, env,
    process::{self, AtFork, Fork, PopenMode},
};

use crate::{Call, emulated, roles, util::not_run, wait};

/// Whether there is a shell; a booted guest has none.
fn shell() -> bool {
    let found = Path::new("/bin/sh").exists();
    if !found {
        not_run("commands by the shell: there is none");
    }
    found
}

#[test]
fn system_tells_how_the_command_ended() {
    if !shell() {
        let status = process::system(c"true").unwrap();
        return assert_eq!(status.exit_status(), Some(127));
    }
    for (command, code) in [(c"exit 0", 0), (c"exit 42", 42), (c"no-such-command", 127)] {
        let status = process::system(command).unwrap();
        // SAFETY: a string.
        let theirs = unsafe { libc::system(command.as_ptr()) };
        assert_eq!((status.0, status.exit_status()), (theirs, Some(code)));
    }
    let killed = process::system(c"kill -9 $$").unwrap();
    assert_eq!(killed.0 & 0x7f, 9);
    // A command like an option.
    assert_eq!(process::system(c"-x").unwrap().exit_status(), Some(127));
}

#[test]
fn system_leaves_signals_as_they_were() {
    if shell() {
        Call::new("system", &[]).passes();
    }
}

extern "C" fn handler(_: libc::c_int) {}

/// In a process of its own: its signals are changed, by several threads.
pub fn system_restores() {
    let handler = handler as *const () as usize;
    // SAFETY: the handler does nothing.
    unsafe { libc::signal(libc::SIGINT, handler) };
    let before = (roles::blocked(), roles::disposed(libc::SIG_IGN));
    let ask = c"kill -INT $PPID; kill -QUIT $PPID; trap 'exit 6' INT; kill -INT $$; exit 7";
    let threads = if crate::emulated() { 1 } else { 4 };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..crate::times(20) {
                    // The shell is not ignoring what this process ignores.
                    assert_eq!(process::system(ask).unwrap().exit_status(), Some(6));
                }
            });
        }
    });
    assert_eq!((roles::blocked(), roles::disposed(libc::SIG_IGN)), before);
    assert_eq!(roles::disposed(handler), [libc::SIGINT]);
}

#[test]
fn popen_reads_writes_and_tells_how_it_ended() {
    if !shell() {
        let command = process::popen(c"true", PopenMode::Read).unwrap();
        return assert_eq!(command.close().unwrap().exit_status(), Some(127));
    }
    let command = process::popen(c"echo one; echo two; exit 3", PopenMode::Read).unwrap();
    let mut reader = rawos::fd::fdopen(&command);
    let mut all = Vec::new();
    let mut buf = [0; 5];
    loop {
        match reader.read(&mut buf).unwrap() {
            0 => break,
            len => all.extend_from_slice(&buf[..len]),
        }
    }
    assert_eq!(all, b"one\ntwo\n");
    assert_eq!(command.close().unwrap().exit_status(), Some(3));

    let tmp = crate::util::temp_dir();
    let file = tmp.path().join("out");
    let text = format!("cat > {}; exit 4", file.display());
    let text = std::ffi::CString::new(text).unwrap();
    let command = process::popen(&text, PopenMode::Write).unwrap();
    rawos::fd::write_all(&command, b"hello").unwrap();
    assert_eq!(command.close().unwrap().exit_status(), Some(4));
    assert_eq!(std::fs::read(file).unwrap(), b"hello");
}

#[test]
fn popen_restores_what_python_does() {
    if shell() {
        Call::new("popen", &[]).passes();
    }
}

/// In a process of its own: its signals are changed.
pub fn popen_restores() {
    let ignored = [libc::SIGPIPE, libc::SIGXFSZ, libc::SIGUSR1];
    for signal in ignored {
        // SAFETY: installs no handler.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    let command = process::popen(c"exec cat /proc/self/status", PopenMode::Read).unwrap();
    let mut status = [0; 8192];
    let len = rawos::fd::fdopen(&command).read(&mut status).unwrap();
    let status = std::str::from_utf8(&status[..len]).unwrap();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let bits = u64::from_str_radix(bits.trim(), 16).unwrap();
    assert_eq!(ignored.map(|signal| bits >> (signal - 1) & 1), [0, 0, 1]);
    assert_eq!(command.close().unwrap().exit_status(), Some(0));
}

#[test]
fn a_second_command_does_not_hold_the_first_ones_pipe() {
    if !shell() {
        return;
    }
    let first = process::popen(c"cat > /dev/null; exit 8", PopenMode::Write).unwrap();
    let second = process::popen(c"read x; exit 9", PopenMode::Write).unwrap();
    // The first sees the end of its input while the second still runs.
    assert_eq!(first.close().unwrap().exit_status(), Some(8));
    assert_eq!(second.close().unwrap().exit_status(), Some(9));
}

#[test]
fn a_dropped_command_was_waited_for() {
    if !shell() {
        return;
    }
    let command = process::popen(c"cat > /dev/null", PopenMode::Write).unwrap();
    let pid = command.pid();
    drop(command);
    assert_eq!(process::waitpid(pid, crate::ENDED), Err(Errno::ECHILD));
}

#[test]
fn both_sides_of_a_fork_go_on() {
    Call::new("fork", &[]).passes();
}

pub fn fork() {
    let (mut reader, mut writer) = crate::pipe();
    // SAFETY: one thread; the child ends below.
    match unsafe { process::fork() }.unwrap() {
        Fork::Child => {
            writer.write_all(b"child").unwrap();
            process::_exit(11)
        }
        Fork::Parent(pid) => {
            drop(writer);
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!((text.as_str(), wait(pid)), ("child", 11 << 8));
        }
    }
}

#[test]
fn hooks_run_in_python_s_order() {
    Call::new("hooks", &[]).passes();
}

static SEEN: Mutex<Vec<&str>> = Mutex::new(Vec::new());

fn saw(what: &'static str) {
    SEEN.lock().unwrap().push(what);
}

pub fn hooks() {
    process::register_at_fork(AtFork {
        before: Some(|| saw("before 1")),
        after_in_parent: Some(|| saw("parent 1")),
        after_in_child: Some(|| saw("child 1")),
    })
    .unwrap();
    process::register_at_fork(AtFork {
        before: Some(|| saw("before 2")),
        after_in_child: Some(|| saw("child 2")),
        ..AtFork::default()
    })
    .unwrap();
    process::register_at_fork(AtFork {
        after_in_parent: Some(|| saw("parent 3")),
        ..AtFork::default()
    })
    .unwrap();
    for _ in 3..32 {
        process::register_at_fork(AtFork::default()).unwrap();
    }
    let full = process::register_at_fork(AtFork::default());
    assert_eq!(full, Err(Errno::ENOMEM));
    // SAFETY: one thread; the child ends below.
    let made = unsafe { process::fork() }.unwrap();
    let seen = SEEN.lock().unwrap().clone();
    match made {
        Fork::Child => {
            let right = seen == ["before 2", "before 1", "child 1", "child 2"];
            process::_exit(if right { 0 } else { 1 })
        }
        Fork::Parent(pid) => {
            assert_eq!(wait(pid), 0);
            assert_eq!(seen, ["before 2", "before 1", "parent 1", "parent 3"]);
        }
    }
    // A spawn is no fork.
    let code = Call::new("exit", &["0"]).spawn(&process::SpawnOptions::new()).unwrap();
    assert_eq!(wait(code), 0);
    assert_eq!(SEEN.lock().unwrap().len(), 4);
}

#[test]
fn a_child_may_use_the_environment_that_another_thread_was_using() {
    if emulated() {
        return not_run("a fork beside threads, under an emulator");
    }
    Call::new("environ", &[]).passes();
}

pub fn environ() {
    // What the first use allocates is not the child's to do.
    #[cfg(feature = "alloc")]
    env::putenv("A", "1").unwrap();
    assert!(env::environ().is_ok());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                drop(env::environ());
            }
        });
        let failed = (0..300).map(|_| fork_and_read()).find(|code| *code != 0);
        done.store(true, Relaxed);
        assert_eq!(failed, None);
    });
}

/// How a child ended that only read the environment.
fn fork_and_read() -> i32 {
    // SAFETY: the child reads the environment, which is there, and ends.
    match unsafe { process::fork() }.unwrap() {
        Fork::Child => {
            // SAFETY: it takes an integer. No child waits for ever.
            unsafe { libc::alarm(5) };
            drop(env::environ());
            process::_exit(0)
        }
        Fork::Parent(pid) => wait(pid),
    }
}
