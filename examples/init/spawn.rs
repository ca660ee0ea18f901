//! Starting processes: what a child does until its program runs.
//!
//! A child that gets no further ends with a status that systemd uses: 200 for
//! the directory, 201 nice value, 203 program, 205 limits, 208 input, 209
//! output, 216 group, 217 user. It says why.

use core::{convert::Infallible, ffi::CStr};

use heapless::Vec;
use rawos::{
    Errno, Result,
    fd::{self, OwnedFd},
    fs::{self, OFlags},
    process::{self, Argv, Fork, Limit, Pid, Resource, WaitStatus},
    raw::{self, Sysno},
    rt,
    signal::{self, SigHow, SigSet},
    tty,
};

use super::{
    file::{Path, open, put},
    inittab::{Action, Entry},
    log::{Log, say},
    machine::{End, Type},
    notify,
    services::Task,
    text::{Words, has},
    unit::Unit,
    user::{self, User},
};

/// Where the programs are for which no unit says otherwise.
const PATH: &[u8] = b"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The words of a command, or variables.
pub type Strings<'a> = Argv<'a, 1024>;

/// An environment: each variable with its NUL.
type Vars = Vec<u8, 16384>;

/// How a process ended.
pub fn end_of(status: WaitStatus) -> End {
    match status.term_signal() {
        Some(signal) => End::Signal(signal.0),
        None => End::Status(status.exit_status().unwrap_or(0)),
    }
}

/// Makes a process that does `then`, and ends with the status that it returns.
pub fn fork(then: &mut dyn FnMut() -> i32) -> Result<Pid> {
    // SAFETY: this program has one thread; the child never returns from here.
    match unsafe { process::fork()? } {
        Fork::Parent(pid) => Ok(pid),
        Fork::Child => process::_exit(then()),
    }
}

/// Starts a process for the task.
pub fn spawn(name: &CStr, task: &Task, log: &Log) -> Result<Pid> {
    fork(&mut || {
        let Err(failed) = child(name, task, log);
        failed.0
    })
}

/// The status that a child ends with.
struct Failed(i32);

/// Says why a child ends.
fn fail(log: &Log, name: &CStr, status: i32, what: &[u8], errno: Errno) -> Failed {
    say!(log, ERROR, "service %: %: !", name.to_bytes(), what, errno);
    Failed(status)
}

#[inline(never)]
fn child(name: &CStr, task: &Task, log: &Log) -> Result<Infallible, Failed> {
    close_others(log);
    let _ = process::setsid();
    let _ = signal::sigprocmask(SigHow::SetMask, SigSet::empty());
    let mut vars = Vars::new();
    let (command, login) = match task {
        Task::Line(entry) => {
            line(name, entry, log)?;
            (entry.command, true)
        }
        Task::Unit(unit) => {
            service(name, unit, log, &mut vars)?;
            (unit.exec, false)
        }
    };
    defaults(&mut vars).map_err(|errno| fail(log, name, 203, b"Environment", errno))?;
    let (mut argv, mut env) = (Strings::new(), Strings::new());
    // The dash of a login shell is no part of its path.
    let path = first(command);
    let path = path.strip_prefix(b"-").filter(|_| login).unwrap_or(path);
    let pushed = command.iter().try_for_each(|word| argv.push(word));
    let pushed = pushed.and_then(|()| Words(&vars).iter().try_for_each(|var| env.push(var)));
    let errno = pushed.err().unwrap_or_else(|| exec(path, &argv, &env));
    Err(fail(log, name, 203, path, errno))
}

/// Closes all but the standard streams and the log. They would be closed when
/// the program begins, but much can keep this one waiting until then, while
/// somebody waits for the end of a connection.
fn close_others(log: &Log) {
    let keep = log.numbers();
    let mut from = 3;
    loop {
        let next = keep.iter().copied().filter(|number| *number >= from).min();
        let last = next.map_or(u32::MAX, |next| next - 1);
        // Before Linux 5.9 they stay. (rawos's `closerange` closes them there as
        // well, but is a large function.)
        // SAFETY: they belong to what this child, which never returns to it,
        // has no use for.
        let _ = unsafe { raw::syscall(Sysno::close_range, [from as usize, last as usize, 0]) };
        let Some(next) = next else { return };
        from = next + 1;
    }
}

/// The first word of a command.
pub fn first(command: Words<'_>) -> &[u8] {
    command.iter().next().unwrap_or_default().to_bytes()
}

/// Replaces this program; returns why that cannot be. A name without a slash is
/// looked for in the `PATH` of `env`.
#[inline(never)]
pub fn exec(name: &[u8], argv: &Strings<'_>, env: &Strings<'_>) -> Errno {
    let path = env.iter().find_map(|var| var.to_bytes().strip_prefix(b"PATH="));
    let path = path.unwrap_or(b"/bin:/usr/bin");
    // An empty directory is the current one, as is none.
    let path = if has(name, b'/') { b"" } else { path };
    let mut why = Errno::ENOENT;
    for dir in path.split(|byte| *byte == b':') {
        let slash: &[u8] = if dir.is_empty() { b"" } else { b"/" };
        let Err(errno) = process::execve(Path::new(&[dir, slash, name]).c_str(), argv, env);
        // What is there, and cannot be executed, is the reason.
        if why == Errno::ENOENT && errno != Errno::ENOTDIR {
            why = errno;
        }
    }
    why
}

/// Makes the child what a line of the inittab asks for.
fn line(service: &CStr, entry: &Entry<'_>, log: &Log) -> Result<(), Failed> {
    let login = entry.command.0.starts_with(b"-");
    if !entry.tty.is_empty() || login {
        let name = if entry.tty.is_empty() { b"console" } else { entry.tty.to_bytes() };
        let path = Path::new(&[b"/dev/", name]);
        let tty = open(path.c_str(), OFlags::RDWR);
        match tty.and_then(|tty| terminal(&tty)) {
            Ok(()) => {}
            // The console that there is does as well.
            Err(_) if entry.tty.is_empty() => {}
            Err(errno) => return Err(fail(log, service, 208, path.bytes(), errno)),
        }
    }
    if entry.action == Action::Askfirst {
        let _ = put(fd::stdout(), b"\nPress Enter to activate this console.\n");
        let mut byte = [0];
        while byte != *b"\n" && fd::read(fd::stdin(), &mut byte) == Ok(1) {}
    }
    Ok(())
}

/// Makes `fd` the standard streams; if it is a terminal, the child's own.
fn terminal(fd: &OwnedFd) -> Result<()> {
    if tty::login_tty(fd::dup(fd)?).is_ok() {
        return Ok(());
    }
    fd::dup2_stdin(fd)?;
    output(fd)
}

/// Makes `fd` the streams that are written to.
#[inline(never)]
fn output(fd: &OwnedFd) -> Result<()> {
    fd::dup2_stdout(fd)?;
    fd::dup2_stderr(fd)
}

/// Makes the child what a unit asks for.
#[inline(never)]
fn service(name: &CStr, unit: &Unit<'_>, log: &Log, vars: &mut Vars) -> Result<(), Failed> {
    let failed = |status, what: &[u8], errno| fail(log, name, status, what, errno);
    let _ = open(c"/dev/null", OFlags::RDWR).and_then(fd::dup2_stdin);
    // Without a file, what it prints goes to the console.
    if let Ok(file) = log.file(name.to_bytes()) {
        output(&file).map_err(|errno| failed(209, b"output", errno))?;
    }
    // Before a limit can keep its files from being opened.
    let status = if unit.user.is_some() { 217 } else { 216 };
    let what = unit.user.or(unit.group);
    let other = |errno| failed(status, what.unwrap_or_default().to_bytes(), errno);
    let mut user = User::default();
    if what.is_some() {
        user::find(unit.user, unit.group, &mut user).map_err(other)?;
    }
    if let Some((soft, hard)) = unit.nofile {
        process::setrlimit(Resource::NOFILE, Limit { soft, hard })
            .map_err(|errno| failed(205, b"LimitNOFILE", errno))?;
    }
    if let Some(nice) = unit.nice {
        process::setpriority(process::PriorityWho::Process(Pid(0)), nice)
            .map_err(|errno| failed(201, b"Nice", errno))?;
    }
    // Of variables with one name the last counts: it comes first.
    let full = |errno| failed(203, b"Environment", errno);
    let mut given: Vec<&CStr, 256> = Vec::new();
    unit.environment.iter().try_for_each(|var| given.push(var)).map_err(|_| full(Errno::E2BIG))?;
    given.iter().rev().try_for_each(|var| set(vars, &[var.to_bytes()])).map_err(full)?;
    if unit.policy.kind == Type::Notify {
        set(vars, &[b"NOTIFY_SOCKET=", notify::SOCKET.to_bytes()]).map_err(full)?;
    }
    if what.is_some() {
        // The groups first, while that is still allowed.
        // (The process has one thread: those of a thread are its.)
        let (uid, gid) = (Some(user.uid), Some(user.gid));
        process::setgroups_thread(&user.groups)
            .and_then(|()| process::setresgid_thread(gid, gid, gid))
            .and_then(|()| process::setresuid_thread(uid, uid, uid))
            .map_err(other)?;
        for (name, value) in [
            (&b"HOME="[..], &user.home[..]),
            (b"SHELL=", &user.shell),
            (b"USER=", &user.name),
            (b"LOGNAME=", &user.name),
        ] {
            if !value.is_empty() {
                set(vars, &[name, value]).map_err(full)?;
            }
        }
    }
    if let Some(directory) = unit.directory {
        match fs::chdir(directory) {
            Err(Errno::ENOENT) if unit.directory_optional => {}
            result => result.map_err(|errno| failed(200, directory.to_bytes(), errno))?,
        }
    }
    Ok(())
}

/// Adds the variables that every process has, from the kernel's command line
/// too.
fn defaults(vars: &mut Vars) -> Result<()> {
    rt::env().try_for_each(|var| set(vars, &[var.to_bytes()]))?;
    let given = [PATH, b"HOME=/", b"TERM=linux", b"SHELL=/bin/sh", b"USER=root", b"LOGNAME=root"];
    given.iter().try_for_each(|var| set(vars, &[var]))
}

/// Adds a variable, unless there is one of that name.
fn set(vars: &mut Vars, parts: &[&[u8]]) -> Result<()> {
    let name = |var: &[u8]| var.iter().position(|byte| *byte == b'=').map_or(0, |at| at + 1);
    let first = parts.first().copied().unwrap_or_default();
    let Some(start) = first.get(..name(first)) else { return Ok(()) };
    let known = Words(vars).iter().any(|var| var.to_bytes().starts_with(start));
    if start.len() < 2 || known {
        return Ok(());
    }
    let mut all = parts.iter().try_for_each(|part| vars.extend_from_slice(part));
    all = all.and_then(|()| vars.extend_from_slice(b"\0"));
    all.map_err(|_| Errno::E2BIG)
}
