//! The services: started when what they need is there, heard of, stopped in the
//! opposite order.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rawos::{
    epoll::{EpollCtl, epoll_ctl},
    fd::OwnedFd,
    process::{self, Pid, PidfdFlags, WaitIdType, WaitOptions},
    signal::Signal,
};

use super::{
    clock::{now, used},
    events::{AT_ONCE, Phase, System, watch},
    inittab::Entry,
    log::{Log, say},
    machine::{Do, End, Machine, Policy, State, Then},
    order::Set,
    spawn::{end_of, spawn},
    unit::Unit,
};

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

impl System {
    /// Starts whatever has nothing to wait for. Whether that changed anything.
    pub fn start_some(&mut self, epoll: &OwnedFd) -> bool {
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

    pub fn start(&mut self, index: usize, epoll: &OwnedFd) {
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
    pub fn reap(&mut self, epoll: &OwnedFd) -> bool {
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

    pub fn ended(&mut self, index: usize, end: End, epoll: &OwnedFd) {
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

    pub fn tell(&self, index: usize, then: Then) {
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
    pub fn stop_some(&mut self) -> bool {
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

    /// The service called `name`, with or without its ending.
    pub fn find(&self, name: &[u8]) -> Option<usize> {
        let name = name.strip_suffix(b".service").unwrap_or(name);
        self.services.iter().position(|service| service.name.to_bytes() == name)
    }
}

/// Looks for what ended, and leaves it there.
pub const LOOK: WaitOptions =
    WaitOptions::EXITED.union(WaitOptions::NOHANG).union(WaitOptions::NOWAIT);

/// Sends what the machine of a service asks for.
pub fn act(service: &Service, action: Do, log: &Log) {
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
pub fn group(pid: i32, signal: Signal) {
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
