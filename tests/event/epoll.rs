//! `src/epoll.rs`, against libc.

use std::{collections::BTreeMap, fs::File, os::fd::AsRawFd as _, thread, time::Duration};

use rawos::{
    Errno,
    epoll::{self, EpollCtl, EpollEvent, EpollFlags},
    eventfd::{self, EventfdFlags},
    fd::{self, AsFd as _, BorrowedFd, OwnedFd},
};

use crate::{
    at_least, closed,
    seccomp::refused,
    sets,
    util::{interrupted, is_cloexec, libc_result, not_run},
    with_a_signal_pending,
};

const NOW: Option<Duration> = Some(Duration::ZERO);

fn event(events: EpollFlags, data: u64) -> EpollEvent {
    EpollEvent::new(events, data)
}

/// A counter that is ready to be read and to be written.
fn ready() -> OwnedFd {
    eventfd::eventfd(1, EventfdFlags::empty()).unwrap()
}

#[test]
fn it_is_shown() {
    let shown = format!("{:?}", event(EpollFlags::IN, 77));
    assert!(shown.starts_with("EpollEvent { events: "), "{shown}");
    assert!(shown.contains("IN") && shown.ends_with("data: 77 }"), "{shown}");
}

#[test]
fn the_constants_and_the_layout_are_libcs() {
    use EpollFlags as E;
    for (ours, theirs) in [
        (E::IN, libc::EPOLLIN),
        (E::PRI, libc::EPOLLPRI),
        (E::OUT, libc::EPOLLOUT),
        (E::ERR, libc::EPOLLERR),
        (E::HUP, libc::EPOLLHUP),
        (E::RDNORM, libc::EPOLLRDNORM),
        (E::RDBAND, libc::EPOLLRDBAND),
        (E::WRNORM, libc::EPOLLWRNORM),
        (E::WRBAND, libc::EPOLLWRBAND),
        (E::MSG, libc::EPOLLMSG),
        (E::RDHUP, libc::EPOLLRDHUP),
        (E::EXCLUSIVE, libc::EPOLLEXCLUSIVE),
        (E::WAKEUP, libc::EPOLLWAKEUP),
        (E::ONESHOT, libc::EPOLLONESHOT),
        (E::ET, libc::EPOLLET),
    ] {
        assert_eq!(ours.bits() as i32, theirs);
    }
    assert_eq!(size_of::<EpollEvent>(), size_of::<libc::epoll_event>());
    assert_eq!(align_of::<EpollEvent>(), align_of::<libc::epoll_event>());
    let epoll = epoll::epoll_create().unwrap();
    assert!(is_cloexec(epoll.as_raw_fd()));
}

#[test]
fn all_64_bits_of_each_come_back() {
    let epoll = epoll::epoll_create().unwrap();
    let mut wanted = BTreeMap::new();
    let mut counters = Vec::new();
    for data in (0..64).map(|bit| 1 << bit).chain([0, u64::MAX, 0x1122_3344_5566_7788]) {
        let counter = ready();
        let events = if data % 3 == 0 { EpollFlags::IN } else { EpollFlags::OUT };
        epoll::epoll_ctl(&epoll, EpollCtl::Add(event(events, data)), &counter).unwrap();
        wanted.insert(data, events);
        counters.push(counter);
    }
    let mut room = [EpollEvent::default(); 100];
    let found = epoll::epoll_wait(&epoll, &mut room, NOW).unwrap();
    let found: BTreeMap<_, _> = found.iter().map(|event| (event.data(), event.events())).collect();
    assert_eq!(found, wanted);

    // libc sees what was registered here, and the other way round.
    let mut theirs = [libc::epoll_event { events: 0, u64: 0 }; 100];
    // SAFETY: writes at most so many structs.
    let count = unsafe { libc::epoll_wait(epoll.as_raw_fd(), theirs.as_mut_ptr(), 100, 0) };
    let theirs = theirs[..count as usize].iter();
    let theirs: BTreeMap<_, _> =
        theirs.map(|event| (event.u64, EpollFlags::from_bits_retain(event.events))).collect();
    assert_eq!(theirs, wanted);
    let other = epoll::epoll_create().unwrap();
    let mut registered =
        libc::epoll_event { events: libc::EPOLLIN as u32, u64: 0x8877_6655_4433_2211 };
    // SAFETY: reads the struct.
    let added = unsafe {
        libc::epoll_ctl(
            other.as_raw_fd(),
            libc::EPOLL_CTL_ADD,
            counters[0].as_raw_fd(),
            &mut registered,
        )
    };
    assert_eq!(added, 0);
    let found = epoll::epoll_wait(&other, &mut room, None).unwrap();
    assert_eq!(found, [event(EpollFlags::IN, 0x8877_6655_4433_2211)]);

    // Less room than there is to find: the rest is found next.
    let mut seen = BTreeMap::new();
    for _ in 0..67 {
        let found = epoll::epoll_wait(&epoll, &mut room[..7], NOW).unwrap();
        assert_eq!(found.len(), 7);
        seen.extend(found.iter().map(|event| (event.data(), event.events())));
    }
    assert_eq!(seen, wanted);
}

#[test]
fn every_wrong_operation_as_libc_says() {
    let epoll = epoll::epoll_create().unwrap();
    let nested = epoll::epoll_create().unwrap();
    let (there, missing) = (ready(), ready());
    let wanted = event(EpollFlags::IN, 1);
    epoll::epoll_ctl(&epoll, EpollCtl::Add(wanted), &there).unwrap();
    epoll::epoll_ctl(&epoll, EpollCtl::Add(wanted), &nested).unwrap();
    let file = File::open("/proc/self/exe").unwrap();
    // SAFETY: the file lives as long as the test.
    let file = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    let exclusive = event(EpollFlags::EXCLUSIVE | EpollFlags::ONESHOT, 1);
    let cases = [
        (epoll.as_fd(), EpollCtl::Add(wanted), there.as_fd(), Errno::EEXIST),
        (epoll.as_fd(), EpollCtl::Mod(wanted), missing.as_fd(), Errno::ENOENT),
        (epoll.as_fd(), EpollCtl::Del, missing.as_fd(), Errno::ENOENT),
        (epoll.as_fd(), EpollCtl::Add(wanted), file, Errno::EPERM),
        (epoll.as_fd(), EpollCtl::Add(wanted), epoll.as_fd(), Errno::EINVAL),
        (epoll.as_fd(), EpollCtl::Add(exclusive), missing.as_fd(), Errno::EINVAL),
        (nested.as_fd(), EpollCtl::Add(wanted), epoll.as_fd(), Errno::ELOOP),
        (there.as_fd(), EpollCtl::Add(wanted), missing.as_fd(), Errno::EINVAL),
        (epoll.as_fd(), EpollCtl::Add(wanted), closed(), Errno::EBADF),
        (closed(), EpollCtl::Add(wanted), there.as_fd(), Errno::EBADF),
    ];
    for (epoll, operation, fd, errno) in cases {
        let (number, wanted) = match operation {
            EpollCtl::Add(event) => (libc::EPOLL_CTL_ADD, event),
            EpollCtl::Mod(event) => (libc::EPOLL_CTL_MOD, event),
            EpollCtl::Del => (libc::EPOLL_CTL_DEL, wanted),
        };
        let mut wanted = libc::epoll_event { events: wanted.events().bits(), u64: 1 };
        let (raw_epoll, raw_fd) = (epoll.as_raw_fd(), fd.as_raw_fd());
        // SAFETY: reads the struct.
        let theirs = unsafe { libc::epoll_ctl(raw_epoll, number, raw_fd, &mut wanted) };
        assert_eq!(libc_result(theirs), Err(errno), "{operation:?}");
        assert_eq!(epoll::epoll_ctl(epoll, operation, fd), Err(errno), "{operation:?}");
    }
    let mut room = [EpollEvent::default(); 4];
    for (epoll, len, errno) in [
        (closed(), 4, Errno::EBADF),
        (there.as_fd(), 4, Errno::EINVAL),
        (epoll.as_fd(), 0, Errno::EINVAL),
    ] {
        let room = &mut room[..len];
        assert_eq!(epoll::epoll_wait(epoll, room, NOW), Err(errno));
        assert_eq!(epoll::epoll_pwait(epoll, room, NOW, None), Err(errno));
    }
}

#[test]
fn modified_once_edge_and_deleted() {
    let epoll = epoll::epoll_create().unwrap();
    let counter = ready();
    let mut room = [EpollEvent::default(); 4];
    let mut found = || epoll::epoll_wait(&epoll, &mut room, NOW).unwrap().to_vec();
    let control = |operation| epoll::epoll_ctl(&epoll, operation, &counter).unwrap();

    control(EpollCtl::Add(event(EpollFlags::PRI, 1)));
    assert_eq!(found(), []);
    control(EpollCtl::Mod(event(EpollFlags::IN | EpollFlags::OUT, 2)));
    // As long as it lasts.
    for _ in 0..3 {
        assert_eq!(found(), [event(EpollFlags::IN | EpollFlags::OUT, 2)]);
    }
    control(EpollCtl::Mod(event(EpollFlags::IN | EpollFlags::ONESHOT, 3)));
    assert_eq!(found(), [event(EpollFlags::IN, 3)]);
    assert_eq!(found(), []);
    control(EpollCtl::Mod(event(EpollFlags::IN | EpollFlags::ET, 4)));
    assert_eq!(found(), [event(EpollFlags::IN, 4)]);
    assert_eq!(found(), []);
    eventfd::eventfd_write(&counter, 1).unwrap();
    assert_eq!(found(), [event(EpollFlags::IN, 4)]);
    control(EpollCtl::Mod(event(EpollFlags::IN, 5)));
    control(EpollCtl::Del);
    assert_eq!(found(), []);

    // Forgotten with its last descriptor.
    let (reader, writer) = fd::pipe().unwrap();
    epoll::epoll_ctl(&epoll, EpollCtl::Add(event(EpollFlags::OUT, 6)), &writer).unwrap();
    assert_eq!(found(), [event(EpollFlags::OUT, 6)]);
    drop(reader);
    assert_eq!(found(), [event(EpollFlags::OUT | EpollFlags::ERR, 6)]);
    drop(writer);
    assert_eq!(found(), []);
}

/// Lengths in whole milliseconds, in parts of one, and none. The first is so
/// long that no machine is too busy to send a signal meanwhile.
const LENGTHS: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_nanos(5_000_001),
    Duration::from_nanos(1),
    Duration::ZERO,
];

fn waits_as_long_as_it_should() {
    let epoll = epoll::epoll_create().unwrap();
    let mut room = [EpollEvent::default(); 4];
    interrupted(u32::MAX, || {
        for length in LENGTHS {
            at_least(length, || {
                assert_eq!(epoll::epoll_wait(&epoll, &mut room, Some(length)).unwrap(), []);
            });
        }
    });
}

#[test]
fn signals_neither_shorten_nor_lengthen_a_wait() {
    waits_as_long_as_it_should();
}

#[test]
fn without_epoll_pwait2_a_wait_is_no_shorter() {
    for errno in [libc::ENOSYS, libc::EPERM] {
        if refused(libc::SYS_epoll_pwait2, None, errno, waits_as_long_as_it_should).is_none() {
            return not_run(format_args!("no seccomp here"));
        }
    }
    // Whole milliseconds need no newer call.
    refused(libc::SYS_epoll_pwait2, None, libc::EIO, || {
        let epoll = epoll::epoll_create().unwrap();
        let mut room = [EpollEvent::default(); 4];
        for timeout in [Duration::ZERO, Duration::from_millis(3)] {
            assert_eq!(epoll::epoll_wait(&epoll, &mut room, Some(timeout)).unwrap(), []);
        }
        let part = Some(Duration::from_micros(1));
        assert_eq!(epoll::epoll_wait(&epoll, &mut room, part), Err(Errno::EIO));
    });
}

#[test]
fn a_wait_for_ever_outlasts_signals() {
    for timeout in [None, Some(Duration::MAX), Some(Duration::from_millis(i32::MAX as u64 + 1))] {
        let epoll = epoll::epoll_create().unwrap();
        let counter = eventfd::eventfd(0, EventfdFlags::empty()).unwrap();
        let wanted = event(EpollFlags::IN, 9);
        epoll::epoll_ctl(&epoll, EpollCtl::Add(wanted), &counter).unwrap();
        let mut room = [EpollEvent::default(); 4];
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(30));
                eventfd::eventfd_write(&counter, 1).unwrap();
            });
            interrupted(u32::MAX, || {
                assert_eq!(epoll::epoll_wait(&epoll, &mut room, timeout).unwrap(), [wanted]);
            });
        });
    }
}

#[test]
fn epoll_pwait_lets_in_the_signals_that_it_is_told() {
    with_a_signal_pending(|| {
        let epoll = epoll::epoll_create().unwrap();
        let mut room = [EpollEvent::default(); 4];
        let [usr1, others, all] = sets(libc::SIGUSR1);
        for short in [Duration::from_millis(3), Duration::from_micros(3500)] {
            let short = Some(short);
            for mask in [None, Some(&usr1), Some(&all)] {
                let found = epoll::epoll_pwait(&epoll, &mut room, short, mask);
                assert_eq!(found.unwrap(), []);
            }
        }
        let found = epoll::epoll_pwait(&epoll, &mut room, None, Some(&others));
        assert_eq!(found, Err(Errno::EINTR));
        let short = Some(Duration::from_millis(3));
        assert_eq!(epoll::epoll_pwait(&epoll, &mut room, short, Some(&others)).unwrap(), []);
    });
    with_a_signal_pending(|| {
        let epoll = epoll::epoll_create().unwrap();
        let mut room = [EpollEvent::default(); 4];
        let long = Some(Duration::from_secs(3600) + Duration::from_nanos(1));
        let [_, others, _] = sets(libc::SIGUSR1);
        assert_eq!(epoll::epoll_pwait(&epoll, &mut room, long, Some(&others)), Err(Errno::EINTR));
    });
}
