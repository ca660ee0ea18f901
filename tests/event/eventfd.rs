//! `src/eventfd.rs`, against libc.

use std::{thread, time::Duration};

use rawos::{
    Errno,
    eventfd::{self, EventfdFlags},
    fd,
};

use crate::{
    closed,
    util::{interrupted, is_cloexec, libc_result},
};

#[test]
fn every_flag_as_libc_says() {
    use EventfdFlags as E;
    assert_eq!(
        [E::CLOEXEC, E::NONBLOCK, E::SEMAPHORE].map(|flag| flag.bits() as i32),
        [libc::EFD_CLOEXEC, libc::EFD_NONBLOCK, libc::EFD_SEMAPHORE]
    );
    let mut made = 0;
    for flags in (0..32).map(|bit| 1_u32 << bit).chain([0]) {
        let ours = eventfd::eventfd(0, E::from_bits_retain(flags));
        // SAFETY: takes integers.
        let theirs = libc_result(unsafe { libc::eventfd(0, flags as i32) });
        if let Ok(fd) = theirs {
            // SAFETY: just opened.
            unsafe { libc::close(fd as i32) };
        }
        assert_eq!(ours.as_ref().map(drop), theirs.as_ref().map(drop), "{flags:#x}");
        if let Ok(counter) = ours {
            made += 1;
            assert!(is_cloexec(counter.as_raw_fd()));
        }
    }
    assert_eq!(made, 4);
}

#[test]
fn a_counter_is_taken_whole() {
    for initial in [1, 7, u32::MAX] {
        let counter = eventfd::eventfd(initial, EventfdFlags::NONBLOCK).unwrap();
        assert_eq!(eventfd::eventfd_write(&counter, 0), Ok(()));
        assert_eq!(eventfd::eventfd_write(&counter, 1 << 40), Ok(()));
        let mut value = 0;
        // SAFETY: writes the value.
        assert_eq!(unsafe { libc::eventfd_read(counter.as_raw_fd(), &mut value) }, 0);
        assert_eq!(value, u64::from(initial) + (1 << 40));
        // SAFETY: takes integers.
        assert_eq!(unsafe { libc::eventfd_write(counter.as_raw_fd(), 0x0102_0304_0506_0708) }, 0);
        assert_eq!(eventfd::eventfd_read(&counter), Ok(0x0102_0304_0506_0708));
        assert_eq!(eventfd::eventfd_read(&counter), Err(Errno::EAGAIN));
    }
}

#[test]
fn a_semaphore_is_taken_one_by_one() {
    let flags = EventfdFlags::SEMAPHORE | EventfdFlags::NONBLOCK;
    let permits = eventfd::eventfd(2, flags).unwrap();
    eventfd::eventfd_write(&permits, 1).unwrap();
    for _ in 0..3 {
        assert_eq!(eventfd::eventfd_read(&permits), Ok(1));
    }
    assert_eq!(eventfd::eventfd_read(&permits), Err(Errno::EAGAIN));
}

#[test]
fn it_holds_all_numbers_but_the_last() {
    let counter = eventfd::eventfd(0, EventfdFlags::NONBLOCK).unwrap();
    assert_eq!(eventfd::eventfd_write(&counter, u64::MAX), Err(Errno::EINVAL));
    assert_eq!(eventfd::eventfd_read(&counter), Err(Errno::EAGAIN));
    assert_eq!(eventfd::eventfd_write(&counter, u64::MAX - 1), Ok(()));
    for more in [1, 2, u64::MAX - 1] {
        assert_eq!(eventfd::eventfd_write(&counter, more), Err(Errno::EAGAIN));
    }
    assert_eq!(eventfd::eventfd_write(&counter, 0), Ok(()));
    assert_eq!(eventfd::eventfd_write(&counter, u64::MAX), Err(Errno::EINVAL));
    assert_eq!(eventfd::eventfd_read(&counter), Ok(u64::MAX - 1));
}

#[test]
fn waiting_to_read_and_to_write_outlasts_signals() {
    let counter = eventfd::eventfd(0, EventfdFlags::empty()).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(30));
            eventfd::eventfd_write(&counter, u64::MAX - 1).unwrap();
        });
        interrupted(u32::MAX, || {
            assert_eq!(eventfd::eventfd_read(&counter), Ok(u64::MAX - 1));
            assert_eq!(eventfd::eventfd_write(&counter, 5), Ok(()));
        });
    });
    assert_eq!(eventfd::eventfd_read(&counter), Ok(5));
    // Full, until the other thread reads.
    eventfd::eventfd_write(&counter, u64::MAX - 1).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(30));
            assert_eq!(eventfd::eventfd_read(&counter), Ok(u64::MAX - 1));
        });
        interrupted(u32::MAX, || assert_eq!(eventfd::eventfd_write(&counter, 9), Ok(())));
    });
    assert_eq!(eventfd::eventfd_read(&counter), Ok(9));
}

#[test]
fn what_is_no_counter() {
    assert_eq!(eventfd::eventfd_read(closed()), Err(Errno::EBADF));
    assert_eq!(eventfd::eventfd_write(closed(), 1), Err(Errno::EBADF));
    let (reader, writer) = fd::pipe().unwrap();
    assert_eq!(eventfd::eventfd_read(&writer), Err(Errno::EBADF));
    fd::write(&writer, b"seven b").unwrap();
    assert_eq!(eventfd::eventfd_read(&reader), Err(Errno::EINVAL));
}
