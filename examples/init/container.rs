//! `init -- COMMAND`: the init of a container.
#![forbid(unsafe_code)]

use rawos::{
    Errno, Result, fd,
    process::{self, Pid, WaitOptions},
    signal::{self, SigHow, SigSet, Signal, SignalfdFlags},
    tty,
};

use super::{
    log::{Log, say},
    machine::End,
    spawn::{Strings, end_of, exec, fork},
};

pub const FAILED: i32 = 125;
const CANNOT_EXECUTE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// Those that a fault of this program itself gives: they end it.
const FAULTS: [Signal; 7] =
    [Signal::ABRT, Signal::BUS, Signal::FPE, Signal::ILL, Signal::SEGV, Signal::SYS, Signal::TRAP];

/// Runs the command; the exit status to end with.
pub fn run(argv: &Strings<'_>, vars: &Strings<'_>) -> i32 {
    let log = Log::stderr();
    if argv.is_empty() {
        say!(log, ERROR, "no command after --");
        return FAILED;
    }
    let ended = start(argv, vars, &log).and_then(|(command, signals)| watch(command, &signals));
    ended.unwrap_or_else(|errno| {
        say!(log, ERROR, "!", errno);
        FAILED
    })
}

/// Starts the command, in a process group of its own, which gets the terminal;
/// from then on, all signals come from a descriptor.
fn start(argv: &Strings<'_>, vars: &Strings<'_>, log: &Log) -> Result<(Pid, fd::OwnedFd)> {
    // What was left of orphans comes here, and not to whoever started this.
    // Process 1 gets it anyway.
    if let Err(errno) = process::set_child_subreaper(true)
        && process::getpid() != Pid(1)
    {
        say!(log, WARNING, "orphans go elsewhere: !", errno);
    }
    let mut set = SigSet::all();
    FAULTS.iter().for_each(|fault| set.remove(*fault));
    let old = signal::sigprocmask(SigHow::SetMask, set)?;
    let signals = signal::signalfd(set, SignalfdFlags::CLOEXEC)?;
    // If there is a terminal, and this is its foreground: else the command is
    // not to have it either.
    let foreground = tty::tcgetpgrp(fd::stdin()) == Ok(Some(process::getpgrp()));
    let command = fork(&mut || {
        // These may fail only where they have no meaning. The terminal is the
        // command's before that runs; all signals are blocked, so that SIGTTOU
        // stops nobody.
        let _ = process::setpgrp();
        if foreground {
            let _ = tty::tcsetpgrp(fd::stdin(), process::getpid());
        }
        let _ = signal::sigprocmask(SigHow::SetMask, old);
        let name = argv.iter().next().unwrap_or_default();
        let errno = exec(name.to_bytes(), argv, vars);
        say!(log, ERROR, "%: !", name.to_bytes(), errno);
        match errno {
            Errno::ENOENT | Errno::ENOTDIR => NOT_FOUND,
            _ => CANNOT_EXECUTE,
        }
    })?;
    Ok((command, signals))
}

/// Passes signals on and reaps, until the command ends.
fn watch(command: Pid, signals: &fd::OwnedFd) -> Result<i32> {
    loop {
        let info = signal::signalfd_read(signals)?;
        match info.ssi_signo() {
            Signal::CHLD => {
                if let Some(code) = reap(command)? {
                    return Ok(code);
                }
            }
            // The terminal is the command's now; this is not meant for it.
            Signal::TTIN | Signal::TTOU if info.ssi_code() > 0 => {}
            // The command may just have ended.
            signal => drop(process::kill(command, signal)),
        }
    }
}

/// Reaps whatever ended; the exit status, if the command is among it.
fn reap(command: Pid) -> Result<Option<i32>> {
    let mut code = None;
    loop {
        let options = WaitOptions::NOHANG | WaitOptions::UNTRACED;
        let (pid, status) = match process::waitpid(Pid(-1), options) {
            Ok(Some(found)) => found,
            Ok(None) | Err(Errno::ECHILD) => return Ok(code),
            Err(errno) => return Err(errno),
        };
        if pid != command {
            continue;
        }
        if status.is_stopped() {
            // Whoever waits for this process is to see that it stopped. What
            // continues it is passed on to the command. Process 1 cannot stop.
            if process::getpid() != Pid(1) {
                signal::raise(Signal::STOP)?;
            }
            continue;
        }
        code = Some(match end_of(status) {
            End::Status(status) => status,
            End::Signal(signal) => 128 + signal,
        });
    }
}
