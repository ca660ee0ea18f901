//! Runs a program on a terminal of its own and records what it prints there:
//! `record FILE COMMAND [ARGUMENT]…`.
//!
//! `FILE` gets the output after a first line, `FILE.times` a line for each
//! piece of it: seconds since the last one, and bytes. `scriptreplay
//! FILE.times FILE` plays it. What is typed goes to the program. The exit
//! status is the program's; 128 + N if signal N ended it, or this program; 127
//! if it could not be started.
#![no_std]
#![no_main]

mod common;

use core::fmt::Write as _;

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
    let mut times = Vec::<u8, 4096>::new();
    for part in [file.to_bytes(), b".times"] {
        times.extend_from_slice(part).map_err(|_| Errno::ENAMETOOLONG)?;
    }
    let create = |path: &[u8]| {
        let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::TRUNC;
        let file = fs::open(path, flags, Mode::from_bits_retain(0o666));
        file.inspect_err(|errno| complain(path, *errno))
    };
    let Ok(output) = create(file.to_bytes()) else { return Ok(1) };
    let Ok(times) = create(&times) else { return Ok(1) };
    fd::write_all(&output, b"Recorded by rawos\n")?;

    // What would end this program and leave its terminal in raw mode.
    let mut set =
        SigSet::from([Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM, Signal::PIPE]);
    set.add(Signal::WINCH)?;
    let mask = signal::sigprocmask(SigHow::Block, set)?;
    let signals = signal::signalfd(set, SignalfdFlags::empty())?;
    let (pid, pty) = start(&argv, mask)?;
    // As it is typed, key by key; the program's terminal does the rest.
    let modes = tty::setraw(fd::stdin(), SetWhen::Flush);
    let followed = follow(&pty, &signals, &output, &times);
    if let Ok(modes) = modes {
        tty::tcsetattr(fd::stdin(), SetWhen::Drain, &modes)?;
    }
    if let Some(signal) = followed? {
        // The program loses its terminal at that, and hears of it by SIGHUP.
        return Ok(128 + signal.0);
    }
    let (_, status) = process::waitpid(pid, WaitOptions::empty())?.ok_or(Errno::ECHILD)?;
    let signal = status.term_signal().map(|signal| 128 + signal.0);
    Ok(status.exit_status().or(signal).unwrap_or(1))
}

/// Starts the program on a terminal that is as large as this one's, with this
/// mask of signals.
fn start(argv: &Argv<'_, 1024>, mask: SigSet) -> Result<(Pid, OwnedFd)> {
    let (pty, terminal) = tty::openpty()?;
    resize(&pty);
    // SAFETY: a program without libc has one thread: the child may do all.
    match unsafe { process::fork()? } {
        Fork::Parent(pid) => Ok((pid, pty)),
        Fork::Child => {
            let program = argv.iter().next().unwrap_or_default();
            let started = signal::sigprocmask(SigHow::SetMask, mask)
                .and_then(|_| tty::login_tty(terminal))
                .and_then(|()| process::execvp(program, argv));
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

/// Copies in both directions until the program's terminal is closed, or a signal
/// comes that ends this program.
fn follow(
    pty: &OwnedFd,
    signals: &OwnedFd,
    output: &OwnedFd,
    times: &OwnedFd,
) -> Result<Option<Signal>> {
    let stdin = fd::stdin();
    let readable = |fd| PollFd::new(fd, PollFlags::IN);
    let mut fds = [readable(pty.as_fd()), readable(signals.as_fd()), readable(stdin)];
    let mut last = clock_gettime(ClockId::MONOTONIC)?;
    fd::set_blocking(pty, false)?;
    let (mut typed, mut open, mut buf) = (Vec::<u8, 256>::new(), true, [0; 4096]);
    let mut line_ended = true;
    loop {
        // What was typed is read when the program has taken what was before.
        let (wanted, watched) = match (typed.is_empty(), open) {
            (false, _) => (PollFlags::IN | PollFlags::OUT, 2),
            (true, open) => (PollFlags::IN, if open { 3 } else { 2 }),
        };
        fds[0].set_events(wanted);
        poll(&mut fds[..watched], None)?;
        let [of_pty, of_signals, of_stdin] = fds.each_ref().map(PollFd::revents);
        if of_pty != PollFlags::OUT && !of_pty.is_empty() {
            let data = match fd::read(pty, &mut buf) {
                // All its other ends are closed.
                Ok(0) | Err(Errno::EIO) => return Ok(None),
                // The program has thrown it away.
                Err(Errno::EAGAIN) => continue,
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
        if !of_signals.is_empty() {
            match signal::signalfd_read(signals)?.ssi_signo() {
                Signal::WINCH => resize(pty),
                signal => return Ok(Some(signal)),
            }
        }
        if watched == 3 && !of_stdin.is_empty() {
            let len = fd::read(stdin, &mut buf[..256])?;
            open = len > 0;
            // The end of input: on a terminal that is a key, which within a line
            // only hands over what there is of it.
            let end = [tty::tcgetattr(pty)?.cc(ControlChar::VEOF); 2];
            let keys = match open {
                true => buf.get(..len).unwrap_or_default(),
                false => &end[usize::from(line_ended)..],
            };
            line_ended = keys.ends_with(b"\n");
            typed.extend_from_slice(keys).map_err(|_| Errno::ENOBUFS)?;
        }
    }
}
