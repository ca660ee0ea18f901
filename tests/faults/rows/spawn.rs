//! Starting programs. What fails in the child, too, is told by the parent.

use rawos::{
    Result,
    fd::OwnedFd,
    fs::{Mode, OFlags},
    process::{self, FileAction, Pid, PopenMode, SpawnMode, SpawnOptions, WaitStatus},
    sched::{Policy, SchedParam},
    signal::{SigSet, Signal},
};
use syscalls::Sysno;

use crate::{
    rules::{Row, Rule},
    scene::program,
    trial::Trial,
    util,
};

/// Where the kernel shares no memory with the child, a fork takes the place of that: see
/// `launch.rs`.
const FORKS: Rule = Rule::Absorbs(Sysno::clone, &[libc::EINVAL]);
/// An emulator keeps some signals to itself, and says so: see `child.rs`.
const KEPT: Rule = Rule::Absorbs(Sysno::rt_sigaction, &[libc::EINVAL]);
/// The first child: only a success would tell something, that it was killed.
const ASKED: Rule = Rule::On(1, &Rule::Absorbs(Sysno::wait4, &[]));
/// Nothing can be done for a stack that cannot be unmapped.
const STACK: [Rule; 2] = [Rule::Absorbs(Sysno::munmap, &[]), Rule::Stays(Sysno::munmap)];
const SPAWN: &[Rule] = &[FORKS, KEPT, ASKED, STACK[0], STACK[1]];
/// Memory is not asked for a second time; there is nothing to wait for.
const AGAIN: &[Rule] = &[FORKS, KEPT, STACK[0], STACK[1]];
/// EINTR is of fcntl(2)'s locks alone.
const FILES: &[Rule] = &[FORKS, KEPT, STACK[0], STACK[1], Rule::Interrupts(Sysno::fcntl)];
/// Whatever is wrong with close_range(2), there is another way: see `fd::closerange`.
const CLOSED: &[Rule] = &[FORKS, KEPT, STACK[0], STACK[1], Rule::Absorbs(Sysno::close_range, &[])];
/// "Before Linux 5.2 there is none to be had": no descriptor of a process.
const OPENED: &[Rule] = &[FORKS, KEPT, STACK[0], STACK[1], Rule::Needs(Sysno::pidfd_open)];
/// A child with memory of its own: the end of its pipe tells that it is the program. The kernel
/// closes what it says it cannot; what is not closed here would hold the pipe open.
const OWN: &[Rule] = &[
    KEPT,
    STACK[0],
    STACK[1],
    Rule::Untried(Sysno::close),
    // EINTR is of locks alone.
    Rule::Interrupts(Sysno::fcntl),
];

/// "A program that cannot be executed is one that ends with the status 127": also if something
/// before that fails, as in Python's child. The first such child is no more and there is a second
/// one.
const FAMILY: &[Rule] = &[
    FORKS,
    Rule::Absorbs(Sysno::execve, &[]),
    Rule::Absorbs(Sysno::rt_sigaction, &[]),
    Rule::Absorbs(Sysno::dup3, &[]),
    // The first is the parent's.
    Rule::On(2, &Rule::Absorbs(Sysno::rt_sigprocmask, &[])),
    ASKED,
    // Whoever cannot wait has the child still.
    Rule::Stays(Sysno::wait4),
    STACK[0],
    STACK[1],
];
/// As `FAMILY`, of a program that is not there.
const NO_PROGRAM: &[Rule] = &[
    FAMILY[0],
    FAMILY[1],
    FAMILY[2],
    FAMILY[3],
    FAMILY[4],
    FAMILY[5],
    FAMILY[6],
    FAMILY[7],
    FAMILY[8],
    Rule::Plain(libc::ENOEXEC),
];
/// As `FAMILY`, but signals are held by the parent twice before there is a child.
const SYSTEM: &[Rule] = &[
    FORKS,
    Rule::Absorbs(Sysno::execve, &[]),
    // "Neither can fail": these two of the parent are for signals that may be ignored.
    Rule::Absorbs(Sysno::rt_sigaction, &[]),
    ASKED,
    Rule::Stays(Sysno::wait4),
    STACK[0],
    STACK[1],
];

/// The flags of a child that shares memory, with the signal at its end.
const SHARED: u32 = (libc::CLONE_VM | libc::CLONE_VFORK) as u32;
const FIRST: u32 = SHARED;

/// The program's own way to end.
fn check(pid: Pid) {
    assert_eq!(util::again::libc_wait(pid.0, 0), 7 << 8);
}

fn started(result: Result<Pid>) {
    if let Ok(pid) = result {
        check(pid);
    }
}

fn with_pidfd(result: Result<(Pid, OwnedFd)>) {
    if let Ok((pid, pidfd)) = result {
        assert!(util::is_cloexec(pidfd.as_raw_fd()));
        check(pid);
    }
}

fn plain() -> Result<Pid> {
    process::posix_spawn(program(), [c"program"], [c"A=1"], &SpawnOptions::new())
}

fn by_pidfd() -> Result<(Pid, OwnedFd)> {
    process::pidfd_spawn(program(), [c"program"], [], &SpawnOptions::new())
}

/// Has the directory of the program be the only one in the `PATH` of this process.
fn search_here() {
    let dir = std::path::Path::new(program().to_str().expect("text")).parent();
    // SAFETY: a process that has one thread.
    unsafe { std::env::set_var("PATH", dir.expect("a directory")) };
}

/// From here on each child has memory of its own.
fn without_shared_memory() {
    util::refuse_when(libc::SYS_clone, 0, FIRST, libc::EINVAL);
    started(plain());
}

/// A call that ends with the program's status. That it was not executed, 127, is ENOEXEC here.
fn ended(t: &mut Trial, call: impl FnOnce() -> Result<i32>) {
    let executed = |status| if status == 127 { Err(rawos::Errno::ENOEXEC) } else { Ok(status) };
    t.call_then(
        || call().and_then(executed),
        |result| {
            assert!(matches!(result, Ok(7) | Err(_)), "{result:?}");
        },
    );
}

/// What `exit 3` is to the shell; there may be none.
fn said(status: Result<WaitStatus>) {
    if let Ok(status) = status {
        let shell = std::path::Path::new("/bin/sh").exists();
        assert_eq!(status.exit_status(), Some(if shell { 3 } else { 127 }));
    }
}

/// As `OWN`; a kernel before `CLONE_PIDFD` is asked without that.
const OWN_PIDFD: &[Rule] = &[FORKS, KEPT, STACK[0], STACK[1], Rule::Untried(Sysno::close)];

/// All that a child can be told to do, one kind of system call each.
const ACTIONS: &[FileAction<'_>] = &[
    FileAction::Chdir(c"dir"),
    FileAction::Open(50, c"a", OFlags::RDONLY, Mode::empty()),
    FileAction::Dup2(50, 51),
    FileAction::Dup2(51, 51),
    FileAction::Close(50),
];

pub const ROWS: &[Row] = &[
    Row::new("process::posix_spawn", |t| t.call_then(plain, started)).but(SPAWN),
    Row::new("process::posix_spawn (attributes)", |t| {
        let options = SpawnOptions::new()
            .scheduler(Some(Policy::OTHER), SchedParam::default())
            .setsid(true)
            .resetids(true)
            .setsigmask(SigSet::from(Signal::USR1))
            .setsigdef(SigSet::all());
        t.call_then(|| process::posix_spawn(program(), [c"x"], [], &options), started);
    })
    .but(SPAWN),
    Row::new("process::posix_spawn (group)", |t| {
        started(plain());
        let options = SpawnOptions::new().scheduler(None, SchedParam::default()).setpgroup(Pid(0));
        t.call_then(|| process::posix_spawn(program(), [c"x"], [], &options), started);
    })
    .but(AGAIN),
    Row::new("process::posix_spawn (files)", |t| {
        started(plain());
        let options = SpawnOptions::new().file_actions(ACTIONS);
        t.call_then(|| process::posix_spawn(program(), [c"x"], [], &options), started);
    })
    .but(FILES),
    Row::new("process::posix_spawn (directory, and no descriptors)", |t| {
        started(plain());
        let dir = std::fs::File::open("dir").expect("it opens");
        let dir = std::os::fd::AsRawFd::as_raw_fd(&dir);
        let actions = [FileAction::Fchdir(dir), FileAction::CloseFrom(3)];
        let options = SpawnOptions::new().file_actions(&actions);
        t.call_then(|| process::posix_spawn(program(), [c"x"], [], &options), started);
    })
    .but(CLOSED),
    Row::new("process::posix_spawn (a handler)", |t| {
        extern "C" fn nothing(_: libc::c_int) {}
        let nothing = nothing as *const () as libc::sighandler_t;
        // SAFETY: the handler does nothing.
        unsafe { libc::signal(libc::SIGHUP, nothing) };
        started(plain());
        t.call_then(plain, started);
    })
    .but(AGAIN),
    Row::new("process::posix_spawn (no program)", |t| {
        t.call_then(
            || process::posix_spawn(c"nothing", [c"x"], [], &SpawnOptions::new()),
            |result| assert!(result.is_err()),
        );
    })
    .but(&[
        Rule::Plain(libc::ENOENT),
        FORKS,
        KEPT,
        // What cannot be waited for stays; the error is that of the program.
        ASKED,
        Rule::Stays(Sysno::wait4),
        STACK[0],
        STACK[1],
    ]),
    Row::new("process::posix_spawn (own memory)", |t| {
        without_shared_memory();
        t.call_then(plain, started);
    })
    .but(OWN),
    Row::new("process::posix_spawn (own memory, files)", |t| {
        without_shared_memory();
        // Each of the two ends may be one of these.
        let actions =
            [3, 4, 5, 6, 7, 8].map(|n| FileAction::Open(n, c"file", OFlags::RDONLY, Mode::empty()));
        let options = SpawnOptions::new().file_actions(&actions);
        t.call_then(|| process::posix_spawn(program(), [c"x"], [], &options), started);
    })
    .but(OWN),
    Row::new("process::posix_spawn (own memory, no program)", |t| {
        without_shared_memory();
        t.call_then(
            || process::posix_spawn(c"nothing", [c"x"], [], &SpawnOptions::new()),
            |result| {
                if let Ok(pid) = result {
                    assert_eq!(util::again::libc_wait(pid.0, 0), 127 << 8);
                }
            },
        );
    })
    .but(&[
        Rule::Plain(libc::ENOENT),
        KEPT,
        // What cannot be waited for stays; the error is that of the program.
        Rule::Absorbs(Sysno::wait4, &[]),
        Rule::Stays(Sysno::wait4),
        // What the child cannot say nobody hears: it ends with the status 127.
        Rule::Turns(Sysno::write, &[], 0),
        // See `OWN`.
        Rule::Untried(Sysno::close),
        STACK[0],
        STACK[1],
    ]),
    Row::new("process::posix_spawnp", |t| {
        search_here();
        let options = SpawnOptions::new();
        t.call_then(|| process::posix_spawnp("program", [c"x"], [], &options), started);
    })
    .but(SPAWN),
    Row::new("process::pidfd_spawn", |t| t.call_then(by_pidfd, with_pidfd)).but(SPAWN),
    Row::new("process::pidfd_spawn (without CLONE_PIDFD)", |t| {
        started(plain());
        let flags = SHARED | libc::SIGCHLD as u32 | libc::CLONE_PIDFD as u32;
        util::refuse_when(libc::SYS_clone, 0, flags, libc::EINVAL);
        t.call_then(by_pidfd, with_pidfd);
    })
    .but(OPENED),
    Row::new("process::pidfd_spawn (own memory)", |t| {
        without_shared_memory();
        t.call_then(by_pidfd, with_pidfd);
    })
    .but(OWN_PIDFD),
    Row::new("process::pidfd_spawnp", |t| {
        search_here();
        let options = SpawnOptions::new();
        t.call_then(|| process::pidfd_spawnp("program", [c"x"], [], &options), with_pidfd);
    })
    .but(SPAWN),
    Row::new("process::spawnv", |t| {
        ended(t, || process::spawnv(SpawnMode::Wait, program(), [c"x"]));
    })
    .but(FAMILY),
    Row::new("process::spawnve", |t| {
        ended(t, || process::spawnve(SpawnMode::Wait, program(), [c"x"], [c"A=1"]));
    })
    .but(FAMILY),
    Row::new("process::spawnve (no program)", |t| {
        ended(t, || process::spawnve(SpawnMode::Wait, "nothing", [c"x"], []));
    })
    .but(NO_PROGRAM),
    Row::new("process::spawnvp", |t| {
        search_here();
        ended(t, || process::spawnvp(SpawnMode::Wait, "program", [c"x"]));
    })
    .but(FAMILY),
    Row::new("process::spawnvpe", |t| {
        let dir = std::path::Path::new(program().to_str().expect("text")).parent();
        let path = format!("PATH={}", dir.expect("a directory").display());
        let path = std::ffi::CString::new(path).expect("no NUL");
        t.call_then(
            || process::spawnvpe(SpawnMode::NoWait, "program", [c"x"], [path.as_c_str()]),
            |result| {
                if let Ok(pid) = result {
                    let status = util::again::libc_wait(pid, 0);
                    // 127: not executed, of which nobody is told here.
                    assert!([7 << 8, 127 << 8].contains(&status), "{status:#x}");
                }
            },
        );
    })
    .but(FAMILY),
    Row::new("process::system", |t| t.call_then(|| process::system(c"exit 3"), said)).but(SYSTEM),
    Row::new("process::popen", |t| {
        t.call_then(
            || process::popen(c"exit 3", PopenMode::Read),
            |result| {
                if let Ok(command) = result {
                    assert!(util::is_cloexec(rawos::fd::AsFd::as_fd(&command).as_raw_fd()));
                    said(command.close());
                }
            },
        );
    })
    .but(FAMILY),
    Row::new("process::popen (to write)", |t| {
        t.call_then(
            || process::popen(c"exit 3", PopenMode::Write),
            |result| {
                if let Ok(command) = result {
                    said(command.close());
                }
            },
        );
    })
    .but(FAMILY),
    Row::new("process::Popen::close", |t| {
        let command = process::popen(c"exit 3", PopenMode::Read).expect("a command");
        t.call_then(|| command.close(), said);
    })
    // Whoever cannot wait has the child still.
    .but(&[Rule::Closes, Rule::Stays(Sysno::wait4)]),
    Row::new("process::Popen::drop", |t| {
        let command = process::popen(c"exit 3", PopenMode::Read).expect("a command");
        t.call(|| drop(command));
    })
    // "`close` without the result."
    .but(&[Rule::Closes, Rule::Absorbs(Sysno::wait4, &[]), Rule::Stays(Sysno::wait4)]),
];
