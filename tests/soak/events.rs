//! What one waits for: timers, counters, files that change, signals; and
//! random numbers.

use std::time::Duration;

use rand_core::{TryCryptoRng, TryRng as _};
use rawos::{
    Errno,
    epoll::{self, EpollCtl, EpollEvent, EpollFlags},
    eventfd::{self, EventfdFlags},
    fd::{self, AsFd as _},
    fs::{self, Mode, OFlags},
    getrandom::{self, GetRandomFlags, SysRng},
    inotify::{self, InotifyBuf, InotifyFlags, InotifyMask},
    poll::{self, PollFd, PollFlags},
    signal::{self, SigHow, SigSet, Signal, SignalfdFlags},
    time::ClockId,
    timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
};

use crate::worker::{Outcome, Worker};

pub fn timerfd(worker: &mut Worker) -> Outcome {
    let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty())?;
    let nanoseconds = 1 + worker.rng.below(2_000_000) as i64;
    let once = TimerfdTimerFlags::empty();
    assert_eq!(timerfd::timerfd_settime_ns(&timer, once, nanoseconds, 0), Ok((0, 0)));
    let (left, interval) = timerfd::timerfd_gettime_ns(&timer)?;
    assert!((0..=nanoseconds).contains(&left) && interval == 0);
    assert_eq!(timerfd::timerfd_read(&timer), Ok(1));
    fd::set_blocking(&timer, false)?;
    assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::EAGAIN));
    Ok(())
}

pub fn epoll(worker: &mut Worker) -> Outcome {
    let epoll = epoll::epoll_create()?;
    let start = worker.rng.below(2) as u32;
    let counter = eventfd::eventfd(start, EventfdFlags::NONBLOCK)?;
    let data = worker.rng.below(u64::MAX);
    let event = EpollEvent::new(EpollFlags::IN, data);
    // The kernel takes memory for it, which no limit of ours is about.
    epoll::epoll_ctl(&epoll, EpollCtl::Add(event), &counter)?;
    let mut room = [EpollEvent::new(EpollFlags::empty(), 0); 4];
    // Whole milliseconds, and not.
    let short = Duration::from_micros(worker.rng.below(4) * 500);
    let found = epoll::epoll_wait(&epoll, &mut room, Some(short))?.len();
    assert_eq!(found, start as usize);
    eventfd::eventfd_write(&counter, 5)?;
    let found = epoll::epoll_wait(&epoll, &mut room, None)?;
    assert_eq!(found.iter().map(|event| event.data()).collect::<Vec<_>>(), [data]);
    assert_eq!(eventfd::eventfd_read(&counter), Ok(5 + u64::from(start)));
    assert_eq!(eventfd::eventfd_read(&counter), Err(Errno::EAGAIN));
    Ok(epoll::epoll_ctl(&epoll, EpollCtl::Del, &counter)?)
}

pub fn poll(worker: &mut Worker) -> Outcome {
    let (reader, writer) = fd::pipe()?;
    let mut fds =
        [PollFd::new(reader.as_fd(), PollFlags::IN), PollFd::new(writer.as_fd(), PollFlags::OUT)];
    assert_eq!(poll::poll(&mut fds, None), Ok(1));
    let mut fds = [PollFd::new(reader.as_fd(), PollFlags::IN)];
    let short = Duration::from_micros(worker.rng.below(3000));
    assert_eq!(poll::poll(&mut fds, Some(short)), Ok(0));
    // This one tells of a signal, unless the mask has none get through.
    assert_eq!(poll::ppoll(&mut fds, Some(short), Some(&SigSet::all())), Ok(0));
    assert_eq!(fd::write(&writer, b"x"), Ok(1));
    assert_eq!(poll::poll(&mut fds, None), Ok(1));
    Ok(())
}

pub fn inotify(worker: &mut Worker) -> Outcome {
    let inotify = inotify::inotify_init(InotifyFlags::empty())?;
    let watch = inotify::inotify_add_watch(&inotify, &worker.dir, InotifyMask::CREATE)?;
    let path = worker.path("seen");
    drop(fs::open(&path, OFlags::WRONLY | OFlags::CREAT | OFlags::EXCL, Mode::IRUSR)?);
    let mut buf = InotifyBuf::new();
    let events = inotify::inotify_read(&inotify, &mut buf)?;
    let seen: Vec<_> = events.map(|event| (event.watch, event.mask, event.name)).collect();
    assert_eq!(seen, [(watch, InotifyMask::CREATE, Some(c"seen"))]);
    inotify::inotify_rm_watch(&inotify, watch)?;
    Ok(fs::unlink(path)?)
}

/// A signal of the thread's own, blocked, and received in three ways.
pub fn signals(worker: &mut Worker) -> Outcome {
    let mut set = SigSet::empty();
    set.add(Signal::USR2)?;
    let before = signal::sigprocmask(SigHow::Block, set)?;
    let received = (|| {
        signal::raise(Signal::USR2)?;
        let signal = match worker.rng.below(3) {
            0 => signal::sigwaitinfo(set)?.si_signo(),
            1 => signal::sigtimedwait(set, Duration::from_secs(60))?.unwrap().si_signo(),
            _ => match signal::signalfd(set, SignalfdFlags::empty()) {
                Ok(signals) => signal::signalfd_read(&signals)?.ssi_signo(),
                Err(errno) => {
                    signal::sigwaitinfo(set)?;
                    return Err(errno);
                }
            },
        };
        assert_eq!(signal, Signal::USR2);
        assert!(signal::sigtimedwait(set, Duration::from_micros(300))?.is_none());
        Ok(())
    })();
    signal::sigprocmask(SigHow::SetMask, before)?;
    Ok(received?)
}

fn is_for_keys(_: &impl TryCryptoRng) {}

pub fn random(worker: &mut Worker) -> Outcome {
    let size = 16 + worker.rng.below(100_000) as usize;
    let drawn = getrandom::urandom_alloc(size)?;
    assert_eq!(drawn.len(), size);
    // Chance would make this fail once in 2 to the 128th times.
    let is_zero = |part: &[u8]| part.iter().all(|byte| *byte == 0);
    assert!(!is_zero(&drawn[..16]) && !is_zero(&drawn[size - 16..]));
    let mut other = [[0; 5000]; 2];
    assert_eq!(getrandom::getrandom(&mut other[0], GetRandomFlags::empty()), Ok(5000));
    is_for_keys(&SysRng);
    SysRng.try_fill_bytes(&mut other[1])?;
    assert!(other[0] != other[1] && other.iter().all(|bytes| !is_zero(&bytes[4984..])));
    Ok(())
}
