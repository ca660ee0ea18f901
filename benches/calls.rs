//! System calls by everyone, and round trips through a pipe, an eventfd and a
//! timerfd. `cargo xtask bench` makes the table.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

mod wrappers;

use std::hint::black_box;
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::thread;

use common::{Bench, cpu, wall};
use rawos::fd::{self, OwnedFd};
use rawos::process::Pid;
use rawos::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use rawos::time::ClockId;
use rawos::{eventfd, timerfd};

use wrappers::{Call, Files, ROWS};

fn side(call: Call) -> impl FnMut(u64) -> f64 {
    let mut files = Files::new();
    cpu(move || black_box(call)(&mut files))
}

/// How a side reads and writes a byte: one to the pipe, then one from it.
trait Pipes {
    type Fd: Send + 'static;
    fn pipe() -> (Self::Fd, Self::Fd);
    /// Whether there was one.
    fn read(fd: &Self::Fd) -> bool;
    fn write(fd: &Self::Fd);
}

struct Rawos;

impl Pipes for Rawos {
    type Fd = OwnedFd;

    fn pipe() -> (OwnedFd, OwnedFd) {
        fd::pipe().expect("a pipe")
    }

    fn read(from: &OwnedFd) -> bool {
        fd::read(from, &mut [0; 1]).expect("a byte") == 1
    }

    fn write(to: &OwnedFd) {
        assert_eq!(fd::write(to, b"x"), Ok(1));
    }
}

struct Std;

impl Pipes for Std {
    type Fd = std::fs::File;

    fn pipe() -> (Self::Fd, Self::Fd) {
        let (reader, writer) = io::pipe().expect("a pipe");
        (std::os::fd::OwnedFd::from(reader).into(), std::os::fd::OwnedFd::from(writer).into())
    }

    fn read(mut from: &Self::Fd) -> bool {
        io::Read::read(&mut from, &mut [0; 1]).expect("a byte") == 1
    }

    fn write(mut to: &Self::Fd) {
        assert_eq!(io::Write::write(&mut to, b"x").expect("room"), 1);
    }
}

struct Libc;

impl Pipes for Libc {
    type Fd = std::fs::File;

    fn pipe() -> (Self::Fd, Self::Fd) {
        Std::pipe()
    }

    fn read(from: &Self::Fd) -> bool {
        let mut byte = 0u8;
        // SAFETY: writes a byte.
        unsafe { libc::read(from.as_raw_fd(), (&raw mut byte).cast(), 1) == 1 }
    }

    fn write(to: &Self::Fd) {
        // SAFETY: reads a byte.
        assert_eq!(unsafe { libc::write(to.as_raw_fd(), c"x".as_ptr().cast(), 1) }, 1);
    }
}

/// A byte to another thread and back. The thread ends with the pipe.
fn ping_pong<P: Pipes>() -> impl FnMut(u64) -> f64 {
    let (there, ours) = P::pipe();
    let (back, theirs) = P::pipe();
    thread::spawn(move || {
        while P::read(&there) {
            P::write(&theirs);
        }
    });
    wall(move || {
        P::write(&ours);
        assert!(P::read(&back));
    })
}

fn libc_eventfd(fd: RawFd) {
    let mut value = 1u64;
    // SAFETY: reads eight bytes.
    assert_eq!(unsafe { libc::write(fd, (&raw const value).cast(), 8) }, 8);
    // SAFETY: writes eight bytes.
    assert_eq!(unsafe { libc::read(fd, (&raw mut value).cast(), 8) }, 8);
    assert_eq!(value, 1);
}

fn libc_timerfd(fd: RawFd) {
    let never = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let soon = libc::timespec { tv_sec: 0, tv_nsec: 1 };
    let time = libc::itimerspec { it_interval: never, it_value: soon };
    // SAFETY: reads the struct.
    assert_eq!(unsafe { libc::timerfd_settime(fd, 0, &time, std::ptr::null_mut()) }, 0);
    let mut count = 0u64;
    // SAFETY: writes eight bytes.
    assert_eq!(unsafe { libc::read(fd, (&raw mut count).cast(), 8) }, 8);
    assert_eq!(count, 1);
}

fn main() {
    let mut bench = Bench::new();
    for (row, sides) in ROWS {
        let (_, ours) = sides[0];
        for (peer, theirs) in &sides[1..] {
            bench.row(row, peer, side(ours), side(*theirs));
        }
    }

    // On one processor: on two, most of it is how long the other one takes to
    // wake up, and that is another for each pair of threads.
    let everywhere = sched_getaffinity(Pid(0)).expect("processors");
    let one = CpuSet::of(everywhere.iter().take(1)).expect("a processor");
    sched_setaffinity(Pid(0), &one).expect("it is ours");
    let row = "byte to a thread and back";
    bench.row(row, "std", ping_pong::<Rawos>(), ping_pong::<Std>());
    bench.row(row, "libc", ping_pong::<Rawos>(), ping_pong::<Libc>());
    sched_setaffinity(Pid(0), &everywhere).expect("they are ours");

    let event = eventfd::eventfd(0, eventfd::EventfdFlags::CLOEXEC).expect("an eventfd");
    let raw = event.as_raw_fd();
    let ours = || {
        cpu(|| {
            eventfd::eventfd_write(&event, 1).expect("room");
            assert_eq!(eventfd::eventfd_read(&event), Ok(1));
        })
    };
    bench.row("eventfd, write and read", "libc", ours(), cpu(|| libc_eventfd(raw)));
    let peer = nix::sys::eventfd::EventFd::new().expect("an eventfd");
    let theirs = cpu(|| {
        peer.write(1).expect("room");
        assert_eq!(peer.read(), Ok(1));
    });
    bench.row("eventfd, write and read", "nix", ours(), theirs);

    let none = timerfd::TimerfdFlags::empty();
    let timer = timerfd::timerfd_create(ClockId::MONOTONIC, none).expect("a timer");
    let raw = timer.as_raw_fd();
    let ours = cpu(|| {
        let flags = timerfd::TimerfdTimerFlags::empty();
        timerfd::timerfd_settime_ns(&timer, flags, 1, 0).expect("set");
        assert_eq!(timerfd::timerfd_read(&timer), Ok(1));
    });
    bench.row("timerfd, set and read", "libc", ours, cpu(|| libc_timerfd(raw)));
    bench.finish();
}
