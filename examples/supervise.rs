//! Keeps programs running: `supervise [-n TIMES] [-d MILLISECONDS] COMMAND
//! [ARGUMENT]… [-- COMMAND [ARGUMENT]…]…`.
//!
//! What ends is started again after a pause (a second), until it was started
//! `TIMES` times. On `SIGTERM` and `SIGINT` all get `SIGTERM`, the second time
//! `SIGKILL`, and nothing is started any more. Ends when all have ended. The exit
//! status is 1 if a program could not be started.
//!
//! One thread waits for everything at once: each program is a descriptor in an
//! epoll, and so are the signals.
#![no_std]
#![no_main]

mod common;

use core::{
    ffi::CStr,
    fmt::{self, Write as _},
    time::Duration,
};

use common::{complain, say};
use heapless::{String, Vec};
use rawos::{
    Errno, Result, env,
    epoll::{EpollCtl, EpollEvent, EpollFlags, epoll_create, epoll_ctl, epoll_wait},
    fd::{self, OwnedFd},
    process::{self, Argv, Pid, SpawnOptions, WaitOptions},
    rt,
    signal::{self, SigHow, SigSet, Signal, SignalfdFlags},
    time::{ClockId, clock_gettime},
};

rawos::entry!(main);

/// A program to keep running.
struct Service {
    argv: Argv<'static, 64>,
    running: Option<(Pid, OwnedFd)>,
    /// How often it is to be started yet.
    left: u32,
    /// When that is to be, at the earliest, by the clock.
    due: Duration,
}

type Services = Vec<Service, 16>;

/// What the epoll calls the descriptor of signals; the others are indices.
const SIGNALS: u64 = u64::MAX;

fn main() -> Result<i32> {
    let (mut times, mut pause) = (u32::MAX, 1000);
    let mut args = rt::args().skip(1).peekable();
    while let Some(option) = args.next_if(|arg| matches!(arg.to_bytes(), b"-n" | b"-d")) {
        let value = args.next().and_then(|arg| arg.to_str().ok()?.parse().ok());
        let Some(value) = value else { return Ok(usage()) };
        *(if option.to_bytes() == b"-n" { &mut times } else { &mut pause }) = value;
    }
    let mut services = Services::new();
    let mut begun = false;
    for arg in args {
        if arg.to_bytes() == b"--" {
            begun = false;
            continue;
        }
        if !core::mem::replace(&mut begun, true) {
            let (argv, due) = (Argv::new(), Duration::ZERO);
            let service = Service { argv, running: None, left: times, due };
            services.push(service).map_err(|_| Errno::E2BIG)?;
        }
        services.last_mut().map_or(Ok(()), |service| service.argv.push(arg))?;
    }
    if services.is_empty() {
        return Ok(usage());
    }
    let supervised = supervise(&mut services, Duration::from_millis(pause.into()));
    if supervised.is_err() {
        // Nobody looks after them any more.
        services.iter().for_each(|service| service.send(Signal::TERM));
    }
    supervised
}

fn usage() -> i32 {
    say(&[b"usage: supervise [-n TIMES] [-d MILLISECONDS] COMMAND [ARGUMENT]... [-- ...]"]);
    2
}

/// Returns the exit status.
fn supervise(services: &mut Services, pause: Duration) -> Result<i32> {
    // Where it is ignored, nobody learns how a child ended.
    signal::default(Signal::CHLD)?;
    // Where nobody reads what is printed, the programs run all the same.
    signal::ignore(Signal::PIPE)?;
    let set = SigSet::from([Signal::TERM, Signal::INT]);
    let mask = signal::sigprocmask(SigHow::Block, set)?;
    let signals = signal::signalfd(set, SignalfdFlags::empty())?;
    let epoll = epoll_create()?;
    let event = |data| EpollCtl::Add(EpollEvent::new(EpollFlags::IN, data));
    epoll_ctl(&epoll, event(SIGNALS), &signals)?;
    let options = SpawnOptions::new().setsigmask(mask).setsigdef(Signal::PIPE.into());

    let (mut stopping, mut status) = (None, 0);
    loop {
        let now = now()?;
        let mut next: Option<Duration> = None;
        for (index, service) in services.iter_mut().enumerate() {
            if stopping.is_some() || service.running.is_some() || service.left == 0 {
                continue;
            }
            if service.due <= now {
                service.start(&options, now, pause)?;
                match &service.running {
                    Some((_, pidfd)) => epoll_ctl(&epoll, event(index as u64), pidfd)?,
                    None => status = 1,
                }
            }
            if service.running.is_none() && service.left > 0 {
                let wait = service.due.saturating_sub(now);
                next = Some(next.map_or(wait, |next| next.min(wait)));
            }
        }
        let any = |service: &Service| service.running.is_some();
        if !services.iter().any(any) && next.is_none() {
            return Ok(status);
        }
        let mut events = [EpollEvent::default(); 16];
        for event in epoll_wait(&epoll, &mut events, next)? {
            if event.data() == SIGNALS {
                let signal = signal::signalfd_read(&signals)?.ssi_signo();
                print(format_args!("{signal}"));
                let send = if stopping.is_none() { Signal::TERM } else { Signal::KILL };
                stopping = Some(send);
                services.iter().for_each(|service| service.send(send));
            } else if let Some(service) = services.get_mut(event.data() as usize) {
                service.ended(pause)?;
            }
        }
    }
}

impl Service {
    fn name(&self) -> &CStr {
        self.argv.iter().next().unwrap_or_default()
    }

    fn start(&mut self, options: &SpawnOptions<'_>, now: Duration, pause: Duration) -> Result<()> {
        self.left -= u32::from(self.left != u32::MAX);
        let argv = &self.argv;
        match process::pidfd_spawnp(self.name(), argv, env::environ()?, options) {
            Ok((pid, pidfd)) => {
                self.running = Some((pid, pidfd));
                let name = self.name().to_bytes().escape_ascii();
                print(format_args!("{name}: process {}", pid.0));
            }
            Err(errno) => {
                complain(self.name().to_bytes(), errno);
                self.due = now.saturating_add(pause);
            }
        }
        Ok(())
    }

    /// Says how it ended, which closes its descriptor and so takes it out of
    /// the epoll.
    fn ended(&mut self, pause: Duration) -> Result<()> {
        let Some((pid, _pidfd)) = self.running.take() else { return Ok(()) };
        let (_, status) = process::waitpid(pid, WaitOptions::empty())?.ok_or(Errno::ECHILD)?;
        self.due = now()?.saturating_add(pause);
        print(format_args!("{}: {status}", self.name().to_bytes().escape_ascii()));
        Ok(())
    }

    /// Sends a signal, and has the process go on if it is stopped: else it would
    /// not notice.
    fn send(&self, signal: Signal) {
        if let Some((_, pidfd)) = &self.running {
            // It may have ended, or be another user's: it is waited for anyway.
            for signal in [signal, Signal::CONT] {
                let _ = process::pidfd_send_signal(pidfd, signal, Default::default());
            }
        }
    }
}

/// The time since the start of the machine.
fn now() -> Result<Duration> {
    clock_gettime(ClockId::MONOTONIC)?.try_into()
}

fn print(text: fmt::Arguments<'_>) {
    let mut line = String::<512>::new();
    // Too long a line is cut.
    let _ = line.write_fmt(text);
    let _ = line.push('\n');
    // Where standard output does not work, there is nowhere to say so.
    let _ = fd::write_all(fd::stdout(), line.as_bytes());
}
