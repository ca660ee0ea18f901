//! Runs a program on a terminal of its own and records what it prints there:
//! `record FILE COMMAND [ARGUMENT]…`.
//!
//! `FILE` gets the output after a first line, `FILE.times` a line for each
//! piece of it: seconds since the last one, and bytes. `scriptreplay
//! FILE.times FILE` plays it. What is typed goes to the program. The exit
//! status is the program's; 128 + N if signal N ended it; 127 if it could not
//! be started.
#![no_std]
#![no_main]

mod common;
#[path = "common/path.rs"]
mod path;

use core::{ffi::CStr, fmt::Write as _};

use common::{complain, say};
use heapless::{String, Vec};
use rawos::{
    Errno, Result,
    fd::{self, AsFd as _, OwnedFd},
    fs::{self, Mode, OFlags},
    poll::{PollFd, PollFlags, poll},
    process::{self, Argv, Fork, Pid, WaitOptions},
    rt,
    signal::{self, SigHow, SigSet, Signal, SignalfdFlags},
    time::{ClockId, clock_gettime},
    tty::{self, ControlChar, SetWhen},
};

rawos::entry!(main);

fn main() -> Result<i32> {
    let mut argv = Argv::<1024>::new();
    rt::args().skip(2).try_for_each(|arg| argv.push(arg))?;
    let (Some(file), false) = (rt::args().nth(1), argv.is_empty()) else {
        say(&[b"usage: record FILE COMMAND [ARGUMENT]..."]);
        return Ok(2);
    };
    let mut times = path::Path::<4096>::new();
    let mut name = Vec::<u8, 4096>::new();
    for part in [file.to_bytes(), b".times"] {
        name.extend_from_slice(part).map_err(|_| Errno::ENAMETOOLONG)?;
    }
    times.set(&name)?;
    let create = |path: &CStr| {
        let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::TRUNC;
        let file = fs::open(path, flags, Mode::from_bits_retain(0o666));
        file.inspect_err(|errno| complain(path.to_bytes(), *errno))
    };
    let Ok(output) = create(file) else { return Ok(1) };
    let Ok(times) = create(times.c_str()) else { return Ok(1) };
    fd::write_all(&output, b"Recorded by rawos\n")?;

    let (pid, pty) = start(&argv)?;
    // As it is typed, key by key; the program's terminal does the rest.
    let modes = tty::setraw(fd::stdin(), SetWhen::Flush);
    let followed = follow(&pty, &output, &times);
    if let Ok(modes) = modes {
        tty::tcsetattr(fd::stdin(), SetWhen::Drain, &modes)?;
    }
    // A program that still runs loses its terminal, and hears of it by SIGHUP.
    drop(pty);
    followed?;
    let (_, status) = process::waitpid(pid, WaitOptions::empty())?.ok_or(Errno::ECHILD)?;
    let signal = status.term_signal().map(|signal| 128 + signal.0);
    Ok(status.exit_status().or(signal).unwrap_or(1))
}

/// Starts the program on a terminal that is as large as this one's.
fn start(argv: &Argv<'_, 1024>) -> Result<(Pid, OwnedFd)> {
    let (pty, terminal) = tty::openpty()?;
    resize(&pty);
    // SAFETY: a program without libc has one thread: the child may do all.
    match unsafe { process::fork()? } {
        Fork::Parent(pid) => Ok((pid, pty)),
        Fork::Child => {
            let program = argv.iter().next().unwrap_or_default();
            let started = tty::login_tty(terminal).and_then(|()| process::execvp(program, argv));
            let Err(errno) = started;
            complain(program.to_bytes(), errno);
            process::_exit(127)
        }
    }
}

/// Gives the terminal the size of this program's, if that has one.
fn resize(pty: &OwnedFd) {
    if let Ok(size) = tty::get_terminal_size(fd::stdin()) {
        let _ = tty::tcsetwinsize(pty, size);
    }
}

/// Copies in both directions until the program's terminal is closed.
fn follow(pty: &OwnedFd, output: &OwnedFd, times: &OwnedFd) -> Result<()> {
    let resized = SigSet::from(Signal::WINCH);
    signal::sigprocmask(SigHow::Block, resized)?;
    let resized = signal::signalfd(resized, SignalfdFlags::empty())?;
    let stdin = fd::stdin();
    let readable = |fd| PollFd::new(fd, PollFlags::IN);
    let mut fds = [readable(pty.as_fd()), readable(resized.as_fd()), readable(stdin)];
    let mut last = clock_gettime(ClockId::MONOTONIC)?;
    fd::set_blocking(pty, false)?;
    let (mut typed, mut open, mut buf) = (Vec::<u8, 256>::new(), true, [0; 4096]);
    loop {
        // What was typed is read when the program has taken what was before.
        let (wanted, watched) = match (typed.is_empty(), open) {
            (false, _) => (PollFlags::IN | PollFlags::OUT, 2),
            (true, open) => (PollFlags::IN, if open { 3 } else { 2 }),
        };
        fds[0].set_events(wanted);
        poll(&mut fds[..watched], None)?;
        let [of_pty, of_size, of_stdin] = fds.each_ref().map(PollFd::revents);
        if of_pty != PollFlags::OUT && !of_pty.is_empty() {
            let data = match fd::read(pty, &mut buf) {
                // All its other ends are closed.
                Ok(0) | Err(Errno::EIO) => return Ok(()),
                len => buf.get(..len?).unwrap_or_default(),
            };
            let now = clock_gettime(ClockId::MONOTONIC)?;
            let passed = now.checked_sub(last).unwrap_or_default();
            last = now;
            let mut line = String::<64>::new();
            let (seconds, micros) = (passed.tv_sec, passed.tv_nsec / 1000);
            writeln!(line, "{seconds}.{micros:06} {}", data.len()).map_err(|_| Errno::ENOBUFS)?;
            fd::write_all(output, data)?;
            fd::write_all(times, line.as_bytes())?;
            fd::write_all(fd::stdout(), data)?;
        }
        if of_pty.contains(PollFlags::OUT) {
            match fd::write(pty, &typed) {
                Err(Errno::EAGAIN) => {}
                len => drop(typed.drain(..len?)),
            }
        }
        if !of_size.is_empty() {
            signal::signalfd_read(&resized)?;
            resize(pty);
        }
        if watched == 3 && !of_stdin.is_empty() {
            let len = fd::read(stdin, &mut buf[..256])?;
            open = len > 0;
            // The end of input: on a terminal that is a key.
            let end = [tty::tcgetattr(pty)?.cc(ControlChar::VEOF)];
            let keys = if open { buf.get(..len).unwrap_or_default() } else { &end };
            typed.extend_from_slice(keys).map_err(|_| Errno::ENOBUFS)?;
        }
    }
}
