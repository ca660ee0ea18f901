//! Clocks, timers, and waiting for descriptors.

use std::{
    io::Write as _,
    os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
    time::Duration,
};

use rawos::{
    epoll::{self, EpollCtl, EpollEvent, EpollFlags},
    eventfd::{self, EventfdFlags},
    fd::AsFd as _,
    inotify::{self, InotifyBuf, InotifyFlags, InotifyMask, Watch},
    poll::{self, PollFd, PollFlags},
    signal::SigSet,
    time::{self, ClockId, SleepFlags, Timespec},
    timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
    vdso,
};
use syscalls::Sysno;

use super::{VDSO, fd_io::pipe};
use crate::rules::{Row, Rule};

/// Letting signals in is what it is for.
const LETS_IN: &[Rule] = &[Rule::Interrupts(Sysno::epoll_pwait), Rule::Interrupts(Sysno::ppoll)];

const NANOSECOND: Timespec = Timespec { tv_sec: 0, tv_nsec: 1 };

fn owned(raw: i32) -> OwnedFd {
    assert!(raw >= 0, "{}", std::io::Error::last_os_error());
    // SAFETY: it was just made, for us.
    unsafe { OwnedFd::from_raw_fd(raw) }
}

/// A timer that has expired once.
fn timer() -> OwnedFd {
    // SAFETY: takes numbers.
    let timer = owned(unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC) });
    let at = |tv_nsec| libc::timespec { tv_sec: 0, tv_nsec };
    let setting = libc::itimerspec { it_interval: at(0), it_value: at(1) };
    // SAFETY: reads the struct.
    let set =
        unsafe { libc::timerfd_settime(timer.as_raw_fd(), 0, &setting, std::ptr::null_mut()) };
    assert_eq!(set, 0);
    timer
}

fn counter() -> OwnedFd {
    // SAFETY: takes numbers.
    owned(unsafe { libc::eventfd(7, libc::EFD_CLOEXEC) })
}

/// An epoll that waits for the end of a pipe, which is ready.
macro_rules! ready {
    ($epoll:ident) => {
        let (reader, _writer) = pipe();
        // SAFETY: takes a number.
        let $epoll = owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) });
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: 5 };
        let (add, end) = (libc::EPOLL_CTL_ADD, reader.as_raw_fd());
        // SAFETY: reads the struct.
        assert_eq!(unsafe { libc::epoll_ctl($epoll.as_raw_fd(), add, end, &mut event) }, 0);
    };
}

/// Whether it was found, or the function failed.
fn found(events: rawos::Result<&mut [EpollEvent]>) {
    let wanted = EpollEvent::new(EpollFlags::IN, 5);
    assert!(events.is_err() || events == Ok(&mut [wanted]), "{events:?}");
}

/// An inotify with an event of `file`, and its watch.
fn watched() -> (OwnedFd, Watch) {
    // SAFETY: takes a number.
    let inotify = owned(unsafe { libc::inotify_init1(libc::IN_CLOEXEC) });
    // SAFETY: reads the path.
    let watch =
        unsafe { libc::inotify_add_watch(inotify.as_raw_fd(), c"file".as_ptr(), libc::IN_MODIFY) };
    assert!(watch > 0);
    super::fd_io::writable().write_all(b"H").expect("it is written");
    (inotify, Watch(watch))
}

pub const ROWS: &[Row] = &[
    Row {
        name: "time::clock_gettime",
        run: |t| {
            t.call_and(
                || time::clock_gettime(ClockId::REALTIME),
                |now| assert!(now.is_ok_and(|now| now.tv_sec > 0)),
            );
        },
        rules: &VDSO,
    },
    Row {
        name: "time::clock_gettime (no vDSO)",
        run: |t| {
            vdso::disable();
            t.call(|| time::clock_gettime(ClockId::REALTIME));
        },
        rules: &[],
    },
    Row {
        name: "time::clock_getres",
        run: |t| t.call(|| time::clock_getres(ClockId::REALTIME)),
        rules: &[],
    },
    Row {
        name: "time::clock_settime",
        run: |t| t.call(|| time::clock_settime(ClockId::MONOTONIC, NANOSECOND)),
        // Nobody sets this clock.
        rules: &[Rule::Plain(libc::EINVAL)],
    },
    Row {
        name: "time::clock_nanosleep",
        run: |t| {
            t.call(|| time::clock_nanosleep(ClockId::MONOTONIC, SleepFlags::empty(), NANOSECOND));
        },
        rules: &[],
    },
    Row {
        name: "timerfd::timerfd_create",
        run: |t| t.call(|| timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::NONBLOCK)),
        rules: &[],
    },
    Row {
        name: "timerfd::timerfd_settime",
        run: |t| {
            let timer = timer();
            t.call(|| timerfd::timerfd_settime(&timer, TimerfdTimerFlags::empty(), 9.0, 0.0));
        },
        rules: &[],
    },
    Row {
        name: "timerfd::timerfd_settime_ns",
        run: |t| {
            let timer = timer();
            t.call(|| timerfd::timerfd_settime_ns(&timer, TimerfdTimerFlags::empty(), 9, 0));
        },
        rules: &[],
    },
    Row {
        name: "timerfd::timerfd_gettime",
        run: |t| {
            let timer = timer();
            t.call(|| timerfd::timerfd_gettime(&timer));
        },
        rules: &[],
    },
    Row {
        name: "timerfd::timerfd_gettime_ns",
        run: |t| {
            let timer = timer();
            t.call(|| timerfd::timerfd_gettime_ns(&timer));
        },
        rules: &[],
    },
    Row {
        name: "timerfd::timerfd_read",
        run: |t| {
            let timer = timer();
            t.call_and(
                || timerfd::timerfd_read(&timer),
                |times| assert!(times.is_err() || times == Ok(1)),
            );
        },
        rules: &[],
    },
    Row {
        name: "eventfd::eventfd",
        run: |t| t.call(|| eventfd::eventfd(7, EventfdFlags::NONBLOCK)),
        rules: &[],
    },
    Row {
        name: "eventfd::eventfd_read",
        run: |t| {
            let counter = counter();
            t.call_and(
                || eventfd::eventfd_read(&counter),
                |count| assert!(count.is_err() || count == Ok(7)),
            );
        },
        rules: &[],
    },
    Row {
        name: "eventfd::eventfd_write",
        run: |t| {
            let counter = counter();
            t.call(|| eventfd::eventfd_write(&counter, 3));
        },
        rules: &[],
    },
    Row { name: "epoll::epoll_create", run: |t| t.call(epoll::epoll_create), rules: &[] },
    Row {
        name: "epoll::epoll_ctl",
        run: |t| {
            ready!(epoll);
            let counter = counter();
            let event = EpollEvent::new(EpollFlags::IN, 6);
            t.call(|| epoll::epoll_ctl(&epoll, EpollCtl::Add(event), &counter));
        },
        rules: &[],
    },
    Row {
        name: "epoll::epoll_wait",
        run: |t| {
            ready!(epoll);
            let mut events = [EpollEvent::default(); 2];
            t.call_and(|| epoll::epoll_wait(&epoll, &mut events, None), found);
        },
        rules: &[],
    },
    Row {
        name: "epoll::epoll_wait (nanoseconds)",
        run: |t| {
            ready!(epoll);
            let (mut events, length) = ([EpollEvent::default(); 2], Duration::from_nanos(1));
            t.call_and(|| epoll::epoll_wait(&epoll, &mut events, Some(length)), found);
        },
        rules: &VDSO,
    },
    Row {
        name: "epoll::epoll_wait (milliseconds, no vDSO)",
        run: |t| {
            ready!(epoll);
            vdso::disable();
            let (mut events, length) = ([EpollEvent::default(); 2], Duration::from_millis(1));
            t.call_and(|| epoll::epoll_wait(&epoll, &mut events, Some(length)), found);
        },
        rules: &[],
    },
    Row {
        name: "epoll::epoll_pwait",
        run: |t| {
            ready!(epoll);
            let (mut events, mask) = ([EpollEvent::default(); 2], SigSet::empty());
            t.call_and(|| epoll::epoll_pwait(&epoll, &mut events, None, Some(&mask)), found);
        },
        rules: LETS_IN,
    },
    Row {
        name: "epoll::epoll_pwait (nanoseconds)",
        run: |t| {
            ready!(epoll);
            let (mut events, length) = ([EpollEvent::default(); 2], Duration::from_nanos(1));
            t.call_and(|| epoll::epoll_pwait(&epoll, &mut events, Some(length), None), found);
        },
        rules: &[LETS_IN[0], Rule::Interrupts(Sysno::epoll_pwait2)],
    },
    Row {
        name: "epoll::epoll_pwait (nanoseconds, Linux 5.10)",
        run: |t| {
            ready!(epoll);
            let (mut events, length) = ([EpollEvent::default(); 2], Duration::from_nanos(1));
            t.call_and(|| epoll::epoll_pwait(&epoll, &mut events, Some(length), None), found);
        },
        rules: &[LETS_IN[0], Rule::Without(Sysno::epoll_pwait2, libc::ENOSYS)],
    },
    Row {
        name: "poll::poll",
        run: |t| {
            let (reader, _writer) = pipe();
            let mut fds = [PollFd::new(reader.as_fd(), PollFlags::IN)];
            t.call_and(
                || poll::poll(&mut fds, Some(Duration::from_secs(9))),
                |count| assert!(count.is_err() || count == Ok(1)),
            );
        },
        rules: &VDSO,
    },
    Row {
        name: "poll::poll (for ever)",
        run: |t| {
            let (reader, _writer) = pipe();
            let mut fds = [PollFd::new(reader.as_fd(), PollFlags::IN)];
            t.call(|| poll::poll(&mut fds, None));
        },
        rules: &[],
    },
    Row {
        name: "poll::ppoll",
        run: |t| {
            let (reader, _writer) = pipe();
            let mut fds = [PollFd::new(reader.as_fd(), PollFlags::IN)];
            t.call(|| poll::ppoll(&mut fds, None, Some(&SigSet::empty())));
        },
        rules: LETS_IN,
    },
    Row {
        name: "inotify::inotify_init",
        run: |t| t.call(|| inotify::inotify_init(InotifyFlags::NONBLOCK)),
        rules: &[],
    },
    Row {
        name: "inotify::inotify_add_watch",
        run: |t| {
            let (inotify, _) = watched();
            t.call(|| inotify::inotify_add_watch(&inotify, "dir", InotifyMask::CREATE));
        },
        rules: &[],
    },
    Row {
        name: "inotify::inotify_rm_watch",
        run: |t| {
            let (inotify, watch) = watched();
            t.call(|| inotify::inotify_rm_watch(&inotify, watch));
        },
        rules: &[],
    },
    Row {
        name: "inotify::inotify_read",
        run: |t| {
            let ((inotify, watch), mut buf) = (watched(), InotifyBuf::new());
            t.call_and(
                || inotify::inotify_read(&inotify, &mut buf),
                |events| {
                    let Ok(mut events) = events else { return };
                    let event = events.next().expect("one");
                    assert_eq!((event.watch, event.mask), (watch, InotifyMask::MODIFY));
                },
            );
        },
        rules: &[],
    },
];
