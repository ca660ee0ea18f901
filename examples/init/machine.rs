//! What becomes of a service: a machine of few states, which does nothing
//! itself. It is told what happened and when, and answers what is to be done.
#![forbid(unsafe_code)]

/// A time, or a length of time, in milliseconds.
pub type Millis = u64;

/// A run at least this long was none of a quick succession.
pub const QUICK: Millis = 10_000;
/// The delay before a restart doubles up to this.
pub const LONGEST_DELAY: Millis = 30_000;
/// The shortest where nothing else limits how often it is started.
const SHORTEST_DELAY: Millis = 100;
/// How long it may take to end what was killed. What did not end by then waits
/// for a device or a debugger, maybe for ever.
pub const STUCK: Millis = 2000;
/// How long a service of the type `notify` may take to be ready.
pub const READY_WITHIN: Millis = 90_000;

/// When a service counts as started, so that what waits for it may start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Type {
    /// At once.
    #[default]
    Simple,
    /// When it ended well.
    Oneshot,
    /// When it says so: `READY=1` at `NOTIFY_SOCKET`.
    Notify,
}

/// After which end a service is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    #[default]
    No,
    OnSuccess,
    /// Status, or signal of failure.
    OnFailure,
    /// A signal of failure.
    OnAbnormal,
    /// A signal of failure. (systemd has time limits too, which `OnAbnormal`
    /// counts and this one does not.)
    OnAbort,
    Always,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Status(i32),
    Signal(i32),
}

/// How a service is to be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub kind: Type,
    pub restart: Restart,
    /// The delay before the first restart.
    pub delay: Millis,
    /// How many starts in quick succession there may be; 0: any number.
    pub burst: u32,
    /// Whether its failing is none.
    pub forgiven: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { kind: Type::Simple, restart: Restart::No, delay: 100, burst: 5, forgiven: false }
    }
}

/// Where a service is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Not wanted.
    #[default]
    Off,
    /// To be started when what it needs is.
    Waiting,
    /// Its process runs, but it is not ready.
    Starting,
    Up,
    /// Its process was told to end.
    Stopping,
    /// To be started again after a delay.
    Delayed,
    /// It ended well.
    Done,
    Failed,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Waiting => "waiting",
            Self::Starting => "starting",
            Self::Up => "up",
            Self::Stopping => "stopping",
            Self::Delayed => "delayed",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// What an end leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It was told to stop, and did.
    Stopped,
    /// It starts again after this delay.
    Again(Millis),
    Done,
    Failed,
    /// It failed too often.
    Limit,
}

/// What is to be done as time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Do {
    Nothing,
    /// Tell the process to end.
    Term,
    /// End it.
    Kill,
}

/// A service on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    pub policy: Policy,
    pub state: State,
    /// Its process; 0 if none runs.
    pub pid: i32,
    /// When [`Machine::tick`] has something to do.
    pub due: Option<Millis>,
    /// Whether it was ready since it was wanted.
    pub reached: bool,
    /// How often it was started again since it was wanted.
    pub restarts: u32,
    /// Ends in quick succession.
    quick: u32,
    started: Millis,
    /// Whether it is to start again once it stopped.
    again: bool,
    /// Whether it took too long to be ready.
    late: bool,
    /// Whether its process was killed.
    killed: bool,
}

impl Machine {
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// It is to run.
    #[inline(never)]
    pub fn want(&mut self) {
        match self.state {
            State::Off | State::Done | State::Failed | State::Delayed => {
                (self.quick, self.restarts, self.reached) = (0, 0, false);
                (self.state, self.due, self.late) = (State::Waiting, None, false);
            }
            State::Stopping => self.again = true,
            State::Waiting | State::Starting | State::Up => {}
        }
    }

    /// Whether it runs, or will by itself.
    pub const fn active(&self) -> bool {
        !matches!(self.state, State::Off | State::Done | State::Failed)
    }

    /// Its process was made.
    pub fn spawned(&mut self, pid: i32, now: Millis) {
        (self.pid, self.started, self.again) = (pid, now, false);
        (self.late, self.killed) = (false, false);
        (self.state, self.due) = match self.policy.kind {
            Type::Simple => (State::Up, None),
            Type::Oneshot => (State::Starting, None),
            Type::Notify => (State::Starting, Some(now.saturating_add(READY_WITHIN))),
        };
        self.reached |= self.state == State::Up;
    }

    /// Whether its process was killed, and did not end in time.
    pub const fn stuck(&self) -> bool {
        self.killed && self.due.is_none()
    }

    /// It says that it is ready. Whether that is news.
    pub fn ready(&mut self) -> bool {
        let news = self.state == State::Starting && self.policy.kind == Type::Notify;
        if news {
            (self.state, self.due, self.reached) = (State::Up, None, true);
        }
        news
    }

    /// It cannot run: what it requires failed.
    pub fn fail(&mut self) {
        (self.state, self.due) = (State::Failed, None);
    }

    /// It is to stop, within `grace`; then to start again, or not.
    pub fn stop(&mut self, again: bool, grace: Millis, now: Millis) -> Do {
        self.again = again;
        match self.state {
            State::Starting | State::Up => {
                (self.state, self.due) = (State::Stopping, Some(now.saturating_add(grace)));
                // What waits for it and starts again waits for the next one.
                self.reached = false;
                Do::Term
            }
            State::Stopping => {
                self.late = false;
                Do::Nothing
            }
            _ => {
                (self.state, self.due) = (State::Off, None);
                if again {
                    self.want();
                }
                Do::Nothing
            }
        }
    }

    /// Its process ended.
    #[inline(never)]
    pub fn ended(&mut self, end: End, now: Millis) -> Then {
        let was = self.state;
        (self.pid, self.due) = (0, None);
        if was == State::Stopping && !self.late {
            self.state = State::Off;
            if self.again {
                self.want();
            }
            return Then::Stopped;
        }
        let well = match end {
            End::Status(status) => status == 0,
            // HUP, INT, PIPE, TERM: the usual ways to end a daemon.
            End::Signal(signal) => {
                matches!(signal, 1 | 2 | 13 | 15) && self.policy.kind != Type::Oneshot
            }
        };
        let unready = self.late || was == State::Starting && self.policy.kind == Type::Notify;
        let well = self.policy.forgiven || well && !unready;
        let abnormal = matches!(end, End::Signal(_)) || self.late;
        let again = match self.policy.restart {
            Restart::No => false,
            Restart::OnSuccess => well,
            Restart::OnFailure => !well,
            Restart::OnAbnormal => !well && abnormal,
            Restart::OnAbort => !well && abnormal && !self.late,
            Restart::Always => true,
        };
        self.reached |= well && self.policy.kind == Type::Oneshot;
        if !again {
            self.state = if well { State::Done } else { State::Failed };
            return if well { Then::Done } else { Then::Failed };
        }
        self.again(now)
    }

    /// Its process could not be made.
    pub fn not_spawned(&mut self, now: Millis) -> Then {
        self.started = now;
        self.again(now)
    }

    /// To be started again, unless that was too often.
    fn again(&mut self, now: Millis) -> Then {
        if now.saturating_sub(self.started) >= QUICK {
            self.quick = 0;
        }
        self.quick = self.quick.saturating_add(1);
        if self.policy.burst != 0 && self.quick >= self.policy.burst {
            (self.state, self.due) = (State::Failed, None);
            return Then::Limit;
        }
        let mut first = self.policy.delay;
        if self.policy.burst == 0 {
            first = first.max(SHORTEST_DELAY);
        }
        let factor = 1u64.checked_shl(self.quick - 1).unwrap_or(u64::MAX);
        let delay = first.saturating_mul(factor).min(first.max(LONGEST_DELAY));
        (self.state, self.due) = (State::Delayed, Some(now.saturating_add(delay)));
        Then::Again(delay)
    }

    /// Time passed.
    pub fn tick(&mut self, grace: Millis, now: Millis) -> Do {
        if self.due.is_none_or(|due| due > now) {
            return Do::Nothing;
        }
        self.due = None;
        match self.state {
            State::Delayed => {
                self.state = State::Waiting;
                self.restarts = self.restarts.saturating_add(1);
                Do::Nothing
            }
            State::Starting => {
                (self.state, self.late) = (State::Stopping, true);
                self.due = Some(now.saturating_add(grace));
                Do::Term
            }
            State::Stopping if !self.killed => {
                (self.killed, self.due) = (true, Some(now.saturating_add(STUCK)));
                Do::Kill
            }
            _ => Do::Nothing,
        }
    }
}
