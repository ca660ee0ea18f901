//! An event loop in one thread, of tasks that await: `ticks COUNT MILLISECONDS`.
//!
//! One task sleeps and ticks, one counts the ticks, one listens for signals.
//! What they await are descriptors: of a timer, an event counter, and signals.
//! The loop around them is an executor in forty lines, without heap.
//!
//! Prints each tick and signal, and ends at the last tick or by `SIGTERM`.
#![no_std]
#![no_main]

mod common;

use core::{
    cell::Cell,
    fmt::{self, Write as _},
    future::{pending, poll_fn},
    mem,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use common::say;
use heapless::String;
use rawos::{
    Result,
    epoll::{EpollCtl, EpollEvent, EpollFlags, epoll_create, epoll_ctl, epoll_wait},
    eventfd::{EventfdFlags, eventfd, eventfd_read, eventfd_write},
    fd::{self, AsFd, OwnedFd},
    rt,
    signal::{self, SigHow, SigSet, Signal, SignalfdFlags},
    time::ClockId,
    timerfd::{TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_read, timerfd_settime_ns},
};

rawos::entry!(main);

type Task<'a> = Pin<&'a mut dyn Future<Output = Result<()>>>;

/// Knows which task waits for which descriptor: an epoll does.
struct Reactor {
    epoll: OwnedFd,
    /// The number of the task that runs.
    task: Cell<u64>,
}

impl Reactor {
    fn new() -> Result<Self> {
        Ok(Self { epoll: epoll_create()?, task: Cell::new(0) })
    }

    /// Runs the tasks until the first one ends.
    fn run(&self, tasks: &mut [Task<'_>]) -> Result<()> {
        // At first each runs up to where it waits.
        for number in 0..tasks.len() as u64 {
            if let Poll::Ready(result) = self.step(tasks, number) {
                return result;
            }
        }
        let mut events = [EpollEvent::default(); 16];
        loop {
            for event in epoll_wait(&self.epoll, &mut events, None)? {
                if let Poll::Ready(result) = self.step(tasks, event.data()) {
                    return result;
                }
            }
        }
    }

    fn step(&self, tasks: &mut [Task<'_>], number: u64) -> Poll<Result<()>> {
        self.task.set(number);
        // A waker has nothing to do: all that a task waits for is in the epoll.
        let mut context = Context::from_waker(Waker::noop());
        let task = tasks.get_mut(number as usize);
        task.map_or(Poll::Pending, |task| task.as_mut().poll(&mut context))
    }

    /// Until there is something to read from the descriptor, the one thing that
    /// the running task waits for.
    async fn readable<Fd: AsFd>(&self, fd: Fd) -> Result<()> {
        let event = EpollEvent::new(EpollFlags::IN, self.task.get());
        epoll_ctl(&self.epoll, EpollCtl::Add(event), &fd)?;
        let mut waited = false;
        let wait = poll_fn(|_| match mem::replace(&mut waited, true) {
            false => Poll::Pending,
            true => Poll::Ready(()),
        });
        wait.await;
        epoll_ctl(&self.epoll, EpollCtl::Del, &fd)
    }

    async fn sleep(&self, nanoseconds: i64) -> Result<()> {
        let timer = timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty())?;
        timerfd_settime_ns(&timer, TimerfdTimerFlags::empty(), nanoseconds, 0)?;
        self.readable(&timer).await?;
        timerfd_read(&timer).map(drop)
    }
}

fn main() -> Result<i32> {
    let number = |index| rt::args().nth(index)?.to_str().ok()?.parse::<u32>().ok();
    let (Some(count), Some(millis)) = (number(1), number(2)) else {
        say(&[b"usage: ticks COUNT MILLISECONDS"]);
        return Ok(2);
    };
    let reactor = Reactor::new()?;
    let counter = eventfd(0, EventfdFlags::empty())?;
    // Where signals are read from a descriptor, they must not do what they do.
    let set = SigSet::from([Signal::TERM, Signal::USR1]);
    signal::sigprocmask(SigHow::Block, set)?;
    let signals = signal::signalfd(set, SignalfdFlags::empty())?;

    let ticking = pin!(tick(&reactor, &counter, count, i64::from(millis) * 1_000_000));
    let counting = pin!(add_up(&reactor, &counter, count.into()));
    let listening = pin!(listen(&reactor, &signals));
    reactor.run(&mut [ticking, counting, listening])?;
    Ok(0)
}

/// Prints `count` ticks, and tells the counter of each.
async fn tick(reactor: &Reactor, counter: &OwnedFd, count: u32, pause: i64) -> Result<()> {
    for number in 1..=count {
        // A timer of zero is one that is off.
        reactor.sleep(pause.max(1)).await?;
        print(format_args!("tick {number}"))?;
        eventfd_write(counter, 1)?;
    }
    pending().await
}

/// Ends when it has heard of `count` ticks.
async fn add_up(reactor: &Reactor, counter: &OwnedFd, count: u64) -> Result<()> {
    let mut sum = 0;
    while sum < count {
        reactor.readable(counter).await?;
        sum += eventfd_read(counter)?;
    }
    print(format_args!("{sum} ticks"))
}

/// Prints each signal, and ends at `SIGTERM`.
async fn listen(reactor: &Reactor, signals: &OwnedFd) -> Result<()> {
    loop {
        reactor.readable(signals).await?;
        let signal = signal::signalfd_read(signals)?.ssi_signo();
        print(format_args!("{signal}"))?;
        if signal == Signal::TERM {
            return Ok(());
        }
    }
}

fn print(text: fmt::Arguments<'_>) -> Result<()> {
    let mut line = String::<64>::new();
    // Too long a line is cut.
    let _ = writeln!(line, "{text}");
    fd::write_all(fd::stdout(), line.as_bytes())
}
