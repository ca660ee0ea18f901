//! The loop: what happened, and what follows from it.
//!
//! The end of a service's process is told by its pidfd, that of any other by
//! SIGCHLD. A pidfd tells it once (`EPOLLET`) and is taken out of the epoll
//! instance before it is closed: no copy that a child still has, and no zombie
//! that its tracer keeps, has the loop go round for nothing.
#![forbid(unsafe_code)]

use heapless::Vec;
use rawos::{
    Errno, Result,
    epoll::{EpollCtl, EpollEvent, EpollFlags, epoll_create, epoll_ctl, epoll_wait},
    fd::OwnedFd,
    process::{self, WaitIdType},
    signal::{self, SigSet, Signal, SignalfdFlags},
    time::ClockId,
    timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
};

use super::{
    clock::{now, used},
    control::Control,
    inittab::{Action, Entry},
    load::want_all,
    log::{Log, say},
    machine::{Millis, STUCK, State},
    notify,
    order::MAX,
    services::{LOOK, Service, Task, act, group},
    shutdown::{self, Goal},
    spawn::spawn,
};

/// How many lines there may be that are no services.
pub const LINES: usize = 32;

/// How long a line `shutdown` may take.
pub const LINE_LIMIT: Millis = 60_000;

/// How much of a kind is dealt with before anything else gets its turn.
pub const AT_ONCE: usize = 64;

/// How far the system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Runs the lines of this action, one after the other.
    Lines(Action),
    Run,
    /// Stops the services in their order.
    Stop,
    /// Told all processes to end.
    Term,
    /// Ended all processes.
    Kill,
}

/// The line that is being waited for.
#[derive(Clone, Copy, Default)]
pub struct Turn {
    /// The one to look at next.
    next: usize,
    /// The process of the one before; 0 if it ended.
    pub pid: i32,
    /// Whether that was killed.
    killed: bool,
}

pub type Services = Vec<Service, MAX>;
pub type Entries = Vec<Entry<'static>, LINES>;

pub struct System {
    pub services: &'static mut Services,
    pub lines: &'static mut Entries,
    pub log: Log,
    pub phase: Phase,
    pub turn: Turn,
    pub goal: Goal,
    /// When the phase has lasted long enough.
    pub due: Option<Millis>,
    pub grace: Millis,
    /// Whether this is a machine, and no namespace in one.
    pub machine: bool,
    /// Bits of `boot::MOUNTS`.
    pub mounted: u8,
    /// How many processes ended that were no services'.
    pub orphans: u64,
    /// Whether a service was started.
    pub any: bool,
    /// The processor time that was used before all: the kernel's start is
    /// process 1's, too.
    pub used: u64,
    pub control: Control,
}

/// What an event's data says; below, the number of a service.
const SIGNALS: u64 = 1000;
const TIMER: u64 = 1001;
const NOTIFY: u64 = 1002;
/// Of the control socket, and of those connected to it from the next on.
pub const CONTROL: u64 = 2000;

/// Has the loop hear of `fd`.
pub fn watch(epoll: &OwnedFd, fd: &OwnedFd, data: u64) -> Result<()> {
    // What pidfds tell lasts.
    let once = if data < SIGNALS { EpollFlags::ET } else { EpollFlags::empty() };
    epoll_ctl(epoll, EpollCtl::Add(EpollEvent::new(EpollFlags::IN | once, data)), fd)
}

impl System {
    pub fn new(services: &'static mut Services, lines: &'static mut Entries) -> Self {
        Self {
            services,
            lines,
            log: Log::new(),
            phase: Phase::Lines(Action::Sysinit),
            turn: Turn::default(),
            goal: Goal::Restart,
            due: None,
            grace: 0,
            machine: false,
            mounted: 0,
            orphans: 0,
            any: false,
            used: used(),
            control: Control::new(),
        }
    }

    /// Runs the system to its end; the status to end with.
    #[inline(never)]
    pub fn run(&mut self) -> i32 {
        // Without these there is no loop. They fail where there is no memory,
        // and then so would everything else.
        let parts = (|| -> Result<_> {
            let epoll = epoll_create()?;
            let signals = signal::signalfd(SigSet::all(), SignalfdFlags::NONBLOCK)?;
            let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::NONBLOCK)?;
            watch(&epoll, &signals, SIGNALS)?;
            watch(&epoll, &timer, TIMER)?;
            Ok((epoll, signals, timer))
        })();
        let (epoll, signals, timer) = match parts {
            Ok(parts) => parts,
            Err(errno) => {
                say!(self.log, ERROR, "no events: !", errno);
                // A restart would come to this again, and again.
                self.goal = Goal::Halt;
                return shutdown::finish(self);
            }
        };
        let notify = notify::open(self);
        match &notify {
            Ok(socket) => drop(watch(&epoll, socket, NOTIFY)),
            Err(errno) => say!(self.log, WARNING, "no notifications: !", *errno),
        }
        if let Err(errno) = self.control.open(&epoll) {
            say!(self.log, WARNING, "no control socket: !", errno);
        }
        // There may be children from before this program.
        let mut ended = true;
        loop {
            ended = ended && self.reap(&epoll);
            self.tick();
            if self.go_on(&epoll) {
                return shutdown::finish(self);
            }
            self.set(&timer, ended);
            let mut events = [EpollEvent::default(); 16];
            let Ok(events) = epoll_wait(&epoll, &mut events, None) else { continue };
            for event in events {
                match event.data() {
                    SIGNALS => ended |= self.signals(&signals),
                    TIMER => drop(timerfd::timerfd_read(&timer)),
                    NOTIFY => {
                        if let Ok(socket) = &notify {
                            notify::receive(self, socket);
                        }
                    }
                    CONTROL.. => super::control::receive(self, &epoll, event.data() - CONTROL),
                    // A service's process ended.
                    _ => ended = true,
                }
            }
        }
    }

    /// Reads signals. Whether a child ended.
    fn signals(&mut self, signals: &OwnedFd) -> bool {
        let mut ended = false;
        for _ in 0..AT_ONCE {
            let Ok(info) = signal::signalfd_read(signals) else { break };
            match info.ssi_signo() {
                Signal::CHLD => ended = true,
                Signal::USR1 => self.end(Goal::Halt),
                Signal::USR2 => self.end(Goal::PowerOff),
                Signal::TERM => self.end(Goal::Restart),
                Signal::QUIT => self.end(Goal::Exec),
                Signal::INT => self.ctrl_alt_del(),
                _ => {}
            }
        }
        ended
    }

    fn ctrl_alt_del(&mut self) {
        let mut any = false;
        for entry in &*self.lines {
            // Not when all processes are to end.
            if entry.action == Action::CtrlAltDel
                && !matches!(self.phase, Phase::Term | Phase::Kill)
            {
                any |= self.start_line(entry) != 0;
            }
        }
        if !any {
            self.end(Goal::Restart);
        }
    }

    /// Starts a line's command; its process.
    fn start_line(&self, entry: &Entry<'static>) -> i32 {
        match spawn(c"inittab", &Task::Line(*entry), &self.log) {
            Ok(pid) => {
                say!(self.log, INFO, "line % started (pid %)", entry.line, pid.0);
                pid.0
            }
            Err(errno) => {
                say!(self.log, ERROR, "line %: !", entry.line, errno);
                0
            }
        }
    }

    /// Begins the end, or hurries it.
    pub fn end(&mut self, goal: Goal) {
        if matches!(
            self.phase,
            Phase::Lines(Action::Shutdown) | Phase::Stop | Phase::Term | Phase::Kill
        ) {
            // Asked again: no more patience.
            self.due = Some(now());
            for service in self.services.iter_mut() {
                if service.machine.state == State::Stopping {
                    service.machine.due = Some(now());
                }
            }
            return;
        }
        say!(self.log, INFO, "shutting down: %", goal.name());
        self.goal = goal;
        // What does not run is not to start any more.
        for service in self.services.iter_mut().filter(|service| service.machine.pid == 0) {
            service.machine.stop(false, 0, 0);
        }
        self.turn = Turn::default();
        (self.phase, self.due) = (Phase::Lines(Action::Shutdown), None);
    }

    /// Does what can be done now. Whether all is done.
    #[inline(never)]
    fn go_on(&mut self, epoll: &OwnedFd) -> bool {
        loop {
            match self.phase {
                Phase::Lines(action) => {
                    if self.turn.pid != 0 {
                        return false;
                    }
                    if self.next_line(action) {
                        continue;
                    }
                    self.turn = Turn::default();
                    match action {
                        Action::Sysinit => self.phase = Phase::Lines(Action::Wait),
                        Action::Wait => {
                            self.phase = Phase::Run;
                            // By now, directories are what they are to be.
                            self.log.open();
                            want_all(self.services);
                        }
                        _ => (self.phase, self.due) = (Phase::Stop, None),
                    }
                }
                Phase::Run => {
                    while self.start_some(epoll) {}
                    return false;
                }
                Phase::Stop => {
                    if self.stop_some() {
                        return false;
                    }
                    shutdown::signal_all(Signal::TERM);
                    (self.phase, self.due) = (Phase::Term, Some(now() + self.grace));
                }
                Phase::Term | Phase::Kill => {
                    if process::waitid(WaitIdType::All, LOOK) == Err(Errno::ECHILD) {
                        return true;
                    }
                    return self.phase == Phase::Kill && self.due.is_some_and(|due| due <= now());
                }
            }
        }
    }

    /// Starts the next line of the action; false if there is none.
    fn next_line(&mut self, action: Action) -> bool {
        while let Some(entry) = self.lines.get(self.turn.next).copied() {
            self.turn.next += 1;
            if entry.action == action {
                (self.turn.pid, self.turn.killed) = (self.start_line(&entry), false);
                self.due = (action == Action::Shutdown).then(|| now() + LINE_LIMIT);
                return true;
            }
        }
        false
    }

    /// Does what is due.
    fn tick(&mut self) {
        let (grace, now) = (self.grace, now());
        for service in self.services.iter_mut() {
            let action = service.machine.tick(grace, now);
            act(service, action, &self.log);
        }
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        self.due = None;
        match self.phase {
            Phase::Lines(_) if self.turn.killed => self.turn.pid = 0,
            Phase::Lines(_) if self.turn.pid != 0 => {
                say!(self.log, WARNING, "a line takes too long: killed");
                group(self.turn.pid, Signal::KILL);
                (self.turn.killed, self.due) = (true, Some(now + STUCK));
            }
            Phase::Term => {
                say!(self.log, WARNING, "processes are left: killed");
                shutdown::signal_all(Signal::KILL);
                (self.phase, self.due) = (Phase::Kill, Some(now + STUCK));
            }
            // Whoever is left now cannot be ended.
            Phase::Kill => self.due = Some(now),
            _ => {}
        }
    }

    /// Sets the timer to what is due next, which may be at once.
    #[inline(never)]
    fn set(&self, timer: &OwnedFd, at_once: bool) {
        let mut first = if at_once { Some(0) } else { self.due };
        for service in self.services.iter() {
            let due = service.machine.due;
            if due.is_some() && (first.is_none() || due < first) {
                first = due;
            }
        }
        let ns = first.map_or(0, |due| due.max(1).saturating_mul(1_000_000));
        let ns = i64::try_from(ns).unwrap_or(i64::MAX);
        let _ = timerfd::timerfd_settime_ns(timer, TimerfdTimerFlags::ABSTIME, ns, 0);
    }
}
