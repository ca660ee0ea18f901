//! The loop: what happened, and what follows from it.
//!
//! The end of a service's process is told by its pidfd, that of any other by
//! SIGCHLD. A pidfd tells it once (`EPOLLET`) and is taken out of the epoll
//! instance before it is closed: no copy that a child still has, and no zombie
//! that its tracer keeps, has the loop go round for nothing.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use heapless::Vec;
use rawos::{
    Errno, Result,
    epoll::{EpollCtl, EpollEvent, EpollFlags, epoll_create, epoll_ctl, epoll_wait},
    fd::OwnedFd,
    process::{self, Pid, PidfdFlags, WaitIdType, WaitOptions},
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
    machine::{Do, End, Machine, Millis, Policy, STUCK, State, Then},
    notify,
    order::{MAX, Set},
    shutdown::{self, Goal},
    spawn::{end_of, spawn},
    unit::Unit,
};

/// How many lines there may be that are no services.
pub const LINES: usize = 32;

/// How long a line `shutdown` may take.
pub const LINE_LIMIT: Millis = 60_000;

/// How much of a kind is dealt with before anything else gets its turn.
pub const AT_ONCE: usize = 64;

/// What a service runs.
#[derive(Clone, Copy)]
pub enum Task {
    Line(Entry<'static>),
    Unit(Unit<'static>),
}

pub struct Service {
    pub name: &'static CStr,
    pub task: Task,
    pub machine: Machine,
    /// Those it waits for, `requires` included.
    pub after: Set,
    pub requires: Set,
    /// Whether it requires one that is not there.
    pub missing: bool,
    pidfd: Option<OwnedFd>,
}

impl Service {
    pub fn new(name: &'static CStr, task: Task, policy: Policy) -> Self {
        let (after, requires) = (Set::default(), Set::default());
        Self {
            name,
            task,
            machine: Machine::new(policy),
            after,
            requires,
            missing: false,
            pidfd: None,
        }
    }

    pub const fn shown(&self) -> &'static [u8] {
        self.name.to_bytes()
    }
}

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
    pid: i32,
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
    turn: Turn,
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
    any: bool,
    /// The processor time that was used before all: the kernel's start is
    /// process 1's, too.
    used: u64,
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

    /// Starts whatever has nothing to wait for. Whether that changed anything.
    fn start_some(&mut self, epoll: &OwnedFd) -> bool {
        let mut changed = false;
        for index in 0..self.services.len() {
            let Some(service) = self.services.get(index) else { break };
            if service.machine.state != State::Waiting {
                continue;
            }
            let machine = |index: usize| self.services.get(index).map(|other| other.machine);
            let lost = service.requires.iter().find(|other| {
                let state = machine(*other).map(|machine| machine.state);
                matches!(state, Some(State::Failed | State::Off))
            });
            let waits = service.after.iter().filter_map(machine).any(|other| {
                let comes = matches!(
                    other.state,
                    State::Waiting | State::Starting | State::Delayed | State::Stopping
                );
                comes && !other.reached
            });
            if service.missing || lost.is_some() {
                let of = lost.and_then(|lost| self.services.get(lost)).map(Service::shown);
                let of = of.unwrap_or(b"what is not there");
                say!(self.log, ERROR, "service % failed: it requires %", service.shown(), of);
                if let Some(service) = self.services.get_mut(index) {
                    service.machine.fail();
                }
                changed = true;
            } else if !waits {
                self.start(index, epoll);
                changed = true;
            }
        }
        changed
    }

    fn start(&mut self, index: usize, epoll: &OwnedFd) {
        let Some(service) = self.services.get_mut(index) else { return };
        let name = service.shown();
        if !core::mem::replace(&mut self.any, true) {
            say!(
                self.log,
                INFO,
                "first service after % us of processor time",
                used().saturating_sub(self.used)
            );
        }
        match spawn(service.name, &service.task, &self.log) {
            Ok(pid) => {
                service.machine.spawned(pid.0, now());
                say!(self.log, INFO, "service % started (pid %)", name, pid.0);
                // Kernels before 5.3 have none: SIGCHLD tells as well.
                service.pidfd = process::pidfd_open(pid, PidfdFlags::empty()).ok();
                if let Some(pidfd) = &service.pidfd {
                    let _ = watch(epoll, pidfd, index as u64);
                }
            }
            Err(errno) => {
                say!(self.log, ERROR, "service %: fork: !", name, errno);
                let then = service.machine.not_spawned(now());
                self.tell(index, then);
            }
        }
    }

    /// Reaps what ended. Whether there may be more.
    fn reap(&mut self, epoll: &OwnedFd) -> bool {
        for _ in 0..AT_ONCE {
            // It stays there until the rest of its group has ended, too: so
            // long its number is nobody else's.
            let Ok(Some(ended)) = process::waitid(WaitIdType::All, LOOK) else { return false };
            let pid = ended.si_pid;
            let index = self.services.iter().position(|service| service.machine.pid == pid.0);
            let service = index.and_then(|index| self.services.get(index));
            if service.is_some_and(|service| matches!(service.task, Task::Unit(_))) {
                let _ = process::killpg(pid, Signal::KILL);
            }
            let Ok(Some((_, status))) = process::waitpid(pid, WaitOptions::NOHANG) else {
                return false;
            };
            match index {
                Some(index) => self.ended(index, end_of(status), epoll),
                None if pid.0 == self.turn.pid => {
                    self.turn.pid = 0;
                    if let End::Status(1..) | End::Signal(_) = end_of(status) {
                        let (how, number) = how(end_of(status));
                        say!(self.log, WARNING, "a line%%", how, number);
                    }
                }
                None => self.orphans = self.orphans.wrapping_add(1),
            }
        }
        true
    }

    fn ended(&mut self, index: usize, end: End, epoll: &OwnedFd) {
        let Some(service) = self.services.get_mut(index) else { return };
        if let Some(pidfd) = service.pidfd.take() {
            // To close it is not enough: a child may still have a copy.
            let _ = epoll_ctl(epoll, EpollCtl::Del, &pidfd);
        }
        let (how, number) = how(end);
        say!(self.log, INFO, "service %%%", service.shown(), how, number);
        let then = service.machine.ended(end, now());
        self.tell(index, then);
        if !matches!(self.phase, Phase::Run) {
            // Nothing starts again now.
            if let Some(service) = self.services.get_mut(index) {
                service.machine.stop(false, 0, 0);
            }
        }
    }

    fn tell(&self, index: usize, then: Then) {
        let Some(service) = self.services.get(index) else { return };
        let name = service.shown();
        let (well, what) = match then {
            Then::Stopped => (true, "stopped"),
            Then::Again(delay) => {
                return say!(self.log, INFO, "service % restarts in % ms", name, delay);
            }
            Then::Done => (true, "done"),
            Then::Failed => (false, "failed"),
            Then::Limit => (false, "failed: started too often"),
        };
        match well {
            true => say!(self.log, INFO, "service % %", name, what),
            false => say!(self.log, ERROR, "service % %", name, what),
        }
    }

    /// A service says that it is ready.
    pub fn ready(&mut self, index: usize) {
        if let Some(service) = self.services.get_mut(index)
            && service.machine.ready()
        {
            say!(self.log, INFO, "service % ready", service.shown());
        }
    }

    /// Whether services are started.
    pub fn runs(&self) -> bool {
        self.phase == Phase::Run
    }

    /// Has a service stop, and perhaps start again.
    pub fn stop(&mut self, index: usize, again: bool) {
        let grace = self.grace;
        if let Some(service) = self.services.get_mut(index) {
            let action = service.machine.stop(again, grace, now());
            act(service, action, &self.log);
        }
    }

    /// Tells those services to stop for which none waits any more that runs.
    /// Whether any is left.
    fn stop_some(&mut self) -> bool {
        let mut waited = Set::default();
        let running = |service: &&Service| service.machine.pid != 0 && !service.machine.stuck();
        for service in self.services.iter().filter(running) {
            waited.0 |= service.after.0;
        }
        let mut left = false;
        for index in 0..self.services.len() {
            let Some(service) = self.services.get(index).filter(running) else { continue };
            left = true;
            if !waited.has(index) && service.machine.state != State::Stopping {
                self.stop(index, false);
            }
        }
        left
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

    /// The service called `name`, with or without its ending.
    pub fn find(&self, name: &[u8]) -> Option<usize> {
        let name = name.strip_suffix(b".service").unwrap_or(name);
        self.services.iter().position(|service| service.name.to_bytes() == name)
    }
}

/// Looks for what ended, and leaves it there.
const LOOK: WaitOptions = WaitOptions::EXITED.union(WaitOptions::NOHANG).union(WaitOptions::NOWAIT);

/// Sends what the machine of a service asks for.
fn act(service: &Service, action: Do, log: &Log) {
    let (name, pid) = (service.shown(), service.machine.pid);
    match action {
        Do::Nothing => {}
        Do::Term => {
            say!(log, INFO, "service % stopping", name);
            group(pid, Signal::TERM);
            group(pid, Signal::CONT);
        }
        Do::Kill => {
            say!(log, WARNING, "service % does not stop: killed", name);
            group(pid, Signal::KILL);
        }
    }
}

/// Signals the group of a process that is not reaped; the process, if it did
/// not get as far as to have one.
fn group(pid: i32, signal: Signal) {
    if pid > 0 && process::killpg(Pid(pid), signal).is_err() {
        let _ = process::kill(Pid(pid), signal);
    }
}

/// What to say of how a process ended.
const fn how(end: End) -> (&'static str, i32) {
    match end {
        End::Status(status) => (" exited with status ", status),
        End::Signal(signal) => (" was killed by signal ", signal),
    }
}
