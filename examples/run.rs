//! Runs a command as told, and exits as it does: `env`, `timeout`, `nice`,
//! `setsid` and `setpriv` in one, without libc and without heap.
//!
//! `run [OPTION]… [NAME=VALUE]… COMMAND [ARGUMENT]…`
//!
//! | option | meaning |
//! |---|---|
//! | `-i` | begin with an empty environment |
//! | `-u NAME` | remove a variable |
//! | `-C DIR` | run in this directory |
//! | `-n N` | add N to the nice value: -40 to 39 |
//! | `-s` | run in a session of its own |
//! | `-U UID[:GID]` | run as this user and group, by numbers, without other groups |
//! | `-t SECONDS` | the time limit, such as `1.5`; 0 is none |
//! | `-S SIGNAL` | what is sent at the limit, by number; 15 |
//! | `-k SECONDS` | `KILL` if it still runs so long after that |
//! | `--` | no more options |
//!
//! The command is looked for in the `PATH` of its new environment. The limit is
//! that of all its processes: as with `timeout`, `run -t` and they are a process
//! group, in which `KILL` ends `run` too. `HUP`, `INT`, `QUIT` and `TERM` are
//! passed on to the command.
//!
//! Exit status: the command's; 128 + N if signal N ended it; 124 if the time was
//! up, 137 if that took `KILL`; 125 if `run` itself failed; 126 if the command
//! cannot be executed; 127 if it is not there.
#![no_std]
#![no_main]

mod common;

use core::{ffi::CStr, time::Duration};

use common::{complain, say};
use rawos::{
    Errno, Result,
    fd::{AsFd, OwnedFd},
    fs,
    poll::{self, PollFd, PollFlags},
    process::{self, Argv, Pid, SpawnOptions, WaitOptions, WaitStatus},
    rt,
    signal::{self, SigHow, SigSet, Signal, SignalfdFlags},
    time::{ClockId, clock_gettime},
};

rawos::entry!(main);

/// How many arguments and how many variables the command may have.
const MAX: usize = 4096;

const TIME_IS_UP: i32 = 124;
const KILLED: i32 = 137;
const FAILED: i32 = 125;
const CANNOT_EXECUTE: i32 = 126;
const NOT_FOUND: i32 = 127;

type Strings = Argv<'static, MAX>;

/// What the options ask for.
#[derive(Default)]
struct Options {
    empty: bool,
    removed: heapless::Vec<&'static [u8], 64>,
    directory: Option<&'static CStr>,
    nice: Option<i32>,
    setsid: bool,
    user: Option<(u32, u32)>,
    limit: Option<Duration>,
    signal: Option<Signal>,
    kill_after: Option<Duration>,
}

/// A message, after which there is nothing to do but exit.
struct Wrong(&'static [u8], &'static [u8]);

fn main() -> i32 {
    static mut ARGV: Strings = Strings::new();
    static mut VARS: Strings = Strings::new();
    let (argv, vars) = (&raw mut ARGV, &raw mut VARS);
    // SAFETY: main runs once, in the only thread, so this is the only borrow.
    let argv = unsafe { &mut *argv };
    // SAFETY: as above.
    let vars = unsafe { &mut *vars };
    match parse(argv, vars) {
        Ok(options) => run(&options, argv, vars),
        Err(Wrong(what, value)) => {
            say(&[what, value]);
            FAILED
        }
    }
}

/// Reads the options; fills in the command and its environment.
fn parse(argv: &mut Strings, vars: &mut Strings) -> Result<Options, Wrong> {
    let mut options = Options::default();
    let mut args = rt::args().skip(1).peekable();
    while let Some(arg) = args.next_if(|arg| arg.to_bytes().starts_with(b"-")) {
        let option = arg.to_bytes();
        let mut value = || args.next().ok_or(Wrong(b"missing value of ", option));
        match option {
            b"--" => break,
            b"-i" => options.empty = true,
            b"-s" => options.setsid = true,
            b"-u" => {
                let full = |_| Wrong(b"too many options ", option);
                options.removed.push(value()?.to_bytes()).map_err(full)?;
            }
            b"-C" => options.directory = Some(value()?),
            b"-n" => options.nice = Some(read(value()?, number)?),
            b"-U" => options.user = Some(read(value()?, user)?),
            b"-t" => options.limit = read(value()?, seconds)?,
            b"-k" => options.kill_after = read(value()?, seconds)?,
            b"-S" => options.signal = Some(read(value()?, signal)?),
            _ => return Err(Wrong(b"unknown option ", option)),
        }
    }

    let is_var = |arg: &&CStr| arg.to_bytes().contains(&b'=');
    let given = args.clone().take_while(|arg| is_var(arg));
    let taken = |string: &CStr| {
        let name = name(string);
        options.removed.contains(&name) || given.clone().any(|var| self::name(var) == name)
    };
    let too_many = |_| Wrong(b"too many arguments or variables", b"");
    if !options.empty {
        for var in rt::env().filter(|var| !taken(var)) {
            vars.push(var).map_err(too_many)?;
        }
    }
    while let Some(var) = args.next_if(|arg| is_var(arg)) {
        // Of one name the last counts.
        let mut later = args.clone().take_while(|arg| is_var(arg));
        if !later.any(|later| name(later) == name(var)) {
            vars.push(var).map_err(too_many)?;
        }
    }
    for arg in args {
        argv.push(arg).map_err(too_many)?;
    }
    match argv.is_empty() {
        true => Err(Wrong(b"usage: run [OPTION]... [NAME=VALUE]... COMMAND [ARGUMENT]...", b"")),
        false => Ok(options),
    }
}

/// What stands before the `=` of a variable.
fn name(var: &CStr) -> &[u8] {
    var.to_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}

/// The value of an option, or what is wrong with it.
fn read<T>(value: &'static CStr, parse: fn(&str) -> Option<T>) -> Result<T, Wrong> {
    let text = value.to_str().ok();
    text.and_then(parse).ok_or(Wrong(b"not a valid value: ", value.to_bytes()))
}

fn number(text: &str) -> Option<i32> {
    text.parse().ok()
}

fn signal(text: &str) -> Option<Signal> {
    number(text).filter(|number| (1..=64).contains(number)).map(Signal)
}

fn user(text: &str) -> Option<(u32, u32)> {
    let (uid, gid) = text.split_once(':').unwrap_or((text, text));
    Some((uid.parse().ok()?, gid.parse().ok()?))
}

/// A length of time: digits, and up to nine after a point. 0 is without end.
fn seconds(text: &str) -> Option<Option<Duration>> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let unit = 10u32.checked_pow(9u32.checked_sub(u32::try_from(part.len()).ok()?)?)?;
    let time = Duration::new(whole.parse().ok()?, part.parse::<u32>().ok()? * unit);
    Some(Some(time).filter(|time| !time.is_zero()))
}

/// Runs the command; the exit status to end with.
fn run(options: &Options, argv: &Strings, vars: &Strings) -> i32 {
    let (mask, signals) = match prepare(options) {
        Ok(prepared) => prepared,
        Err((what, errno)) => {
            complain(what, errno);
            return FAILED;
        }
    };
    let (pid, pidfd) = match start(options, argv, vars, mask) {
        Ok(started) => started,
        Err(errno) => {
            complain(argv.iter().next().map_or(b"", CStr::to_bytes), errno);
            return match errno {
                Errno::ENOENT | Errno::ENOTDIR => NOT_FOUND,
                Errno::EAGAIN | Errno::ENOMEM | Errno::ENOSYS => FAILED,
                _ => CANNOT_EXECUTE,
            };
        }
    };
    // Of whom there is more than the command itself.
    let group = match options.setsid {
        true => Some(pid),
        false => options.limit.map(|_| Pid(0)),
    };
    match (Command { pid, pidfd, group, signals }).wait(options) {
        Ok(status) => status,
        Err(errno) => {
            complain(b"waiting", errno);
            FAILED
        }
    }
}

/// Makes this process what the command is to be: it does nothing else. Returns
/// the mask of signals for the command, and where those for it come.
fn prepare(options: &Options) -> Result<(SigSet, OwnedFd), (&'static [u8], Errno)> {
    let signals = || {
        // Where it is ignored, as whoever started this may have left it, nobody
        // learns how a child ended.
        signal::default(Signal::CHLD)?;
        let set = SigSet::from([Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM]);
        let mask = signal::sigprocmask(SigHow::Block, set)?;
        Ok((mask, signal::signalfd(set, SignalfdFlags::empty())?))
    };
    let signals = signals().map_err(|errno| (&b"signals"[..], errno))?;
    if options.limit.is_some() && !options.setsid {
        // Who leads a session leads a group, too.
        let _ = process::setpgid(Pid(0), Pid(0));
    }
    if let Some(directory) = options.directory {
        fs::chdir(directory).map_err(|errno| (directory.to_bytes(), errno))?;
    }
    if let Some(nice) = options.nice {
        process::nice(nice).map_err(|errno| (&b"nice value"[..], errno))?;
    }
    if let Some((uid, gid)) = options.user {
        process::drop_privileges(uid, gid, &[]).map_err(|errno| (&b"user"[..], errno))?;
    }
    Ok(signals)
}

/// Starts the command from a directory of the `PATH` in `vars`.
fn start(
    options: &Options,
    argv: &Strings,
    vars: &Strings,
    mask: SigSet,
) -> Result<(Pid, OwnedFd)> {
    let command = argv.iter().next().unwrap_or_default();
    let spawn = SpawnOptions::new().setsid(options.setsid).setsigmask(mask).search_env(true);
    process::pidfd_spawnp(command, argv, vars, &spawn)
}

/// A command that runs.
struct Command {
    pid: Pid,
    pidfd: OwnedFd,
    group: Option<Pid>,
    signals: OwnedFd,
}

impl Command {
    /// Waits for the end, or for as long as the command may run; the exit status
    /// that tells of it.
    fn wait(&self, options: &Options) -> Result<i32> {
        if self.ends_within(options.limit)? {
            return Ok(code(self.reap()?));
        }
        let signal = options.signal.unwrap_or(Signal::TERM);
        self.send(signal);
        if signal != Signal::KILL && self.ends_within(options.kill_after)? {
            return self.reap().map(|_| TIME_IS_UP);
        }
        self.send(Signal::KILL);
        self.reap().map(|_| KILLED)
    }

    /// Sends a signal, and has the processes go on if they are stopped: else they
    /// would not notice.
    fn send(&self, signal: Signal) {
        // It may have ended by itself, or have become another user's: it is waited
        // for in any case.
        for signal in [signal, Signal::CONT] {
            let _ = process::pidfd_send_signal(&self.pidfd, signal, Default::default());
            if let Some(group) = self.group {
                // This process may be one of the group.
                let _ = signal::ignore(signal);
                let _ = process::killpg(group, signal);
            }
        }
    }

    /// Whether the command ends before `limit` is over; without a limit it does.
    /// Meanwhile it gets what this process is sent.
    fn ends_within(&self, limit: Option<Duration>) -> Result<bool> {
        let end = now()?.saturating_add(limit.unwrap_or(Duration::MAX));
        let mut fds = [&self.pidfd, &self.signals].map(|fd| PollFd::new(fd.as_fd(), PollFlags::IN));
        loop {
            let left = end.saturating_sub(now()?);
            if poll::poll(&mut fds, limit.map(|_| left))? == 0 {
                return Ok(false);
            }
            if !fds[0].revents().is_empty() {
                return Ok(true);
            }
            let info = signal::signalfd_read(&self.signals)?;
            // The keys of a terminal are for the whole group in any case.
            let sent = info.ssi_code() <= 0 && info.ssi_pid() != process::getpid();
            if sent || self.group.is_some_and(|group| group != Pid(0)) {
                self.send(info.ssi_signo());
            }
        }
    }

    /// How the command ended.
    fn reap(&self) -> Result<WaitStatus> {
        let waited = process::waitpid(self.pid, WaitOptions::empty())?;
        waited.map(|(_, status)| status).ok_or(Errno::ECHILD)
    }
}

/// The time since the start of the machine.
fn now() -> Result<Duration> {
    clock_gettime(ClockId::MONOTONIC)?.try_into()
}

/// The exit status that says what the command's says.
fn code(status: WaitStatus) -> i32 {
    match process::waitstatus_to_exitcode(status) {
        Ok(code @ 0..) => code,
        Ok(signal) => 128 - signal,
        Err(_) => FAILED,
    }
}
