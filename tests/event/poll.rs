//! `src/poll.rs`, against libc.

use std::{
    fs::File,
    io::Write as _,
    net::{Shutdown, TcpListener, TcpStream},
    os::{fd::AsRawFd as _, unix::net::UnixStream},
    thread,
    time::Duration,
};

use rawos::{
    Errno,
    eventfd::{self, EventfdFlags},
    fd::{self, AsFd as _, BorrowedFd},
    poll::{self, PollFd, PollFlags},
};

use crate::{
    at_least, closed, sets,
    util::{interrupted, libc_result, not_run},
    with_a_signal_pending,
};

#[test]
fn it_is_shown() {
    let file = File::open("/dev/null").unwrap();
    let raw = file.as_raw_fd();
    // SAFETY: `file` keeps it open.
    let fd = unsafe { BorrowedFd::borrow_raw(raw) };
    let shown = format!("{:?}", PollFd::new(fd, PollFlags::IN));
    let expected = format!("PollFd {{ fd: {raw}, events: ");
    assert!(shown.starts_with(&expected) && shown.contains("IN"), "{shown}");
}

#[test]
fn the_constants_are_libcs() {
    use PollFlags as P;
    for (ours, theirs) in [
        (P::IN, libc::POLLIN),
        (P::PRI, libc::POLLPRI),
        (P::OUT, libc::POLLOUT),
        (P::ERR, libc::POLLERR),
        (P::HUP, libc::POLLHUP),
        (P::NVAL, libc::POLLNVAL),
        (P::RDNORM, libc::POLLRDNORM),
        (P::RDBAND, libc::POLLRDBAND),
        (P::WRNORM, libc::POLLWRNORM),
        (P::WRBAND, libc::POLLWRBAND),
        (P::RDHUP, libc::POLLRDHUP),
    ] {
        assert_eq!(ours.bits() as i16, theirs);
    }
    assert_eq!(size_of::<PollFd<'_>>(), size_of::<libc::pollfd>());
}

#[test]
fn every_event_of_every_descriptor_as_libc_finds_it() {
    let raw = |fd: i32| {
        // SAFETY: the descriptors live as long as the test.
        unsafe { BorrowedFd::borrow_raw(fd) }
    };
    let (empty, _keep) = fd::pipe().unwrap();
    let (full, writer) = fd::pipe().unwrap();
    fd::write(&writer, b"x").unwrap();
    let (hung_up, gone) = fd::pipe().unwrap();
    drop(gone);
    let (gone, broken) = fd::pipe().unwrap();
    drop(gone);
    let counter = eventfd::eventfd(1, EventfdFlags::empty()).unwrap();
    let zero = eventfd::eventfd(0, EventfdFlags::empty()).unwrap();
    let (socket, peer) = UnixStream::pair().unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    let file = File::open("/proc/self/exe").unwrap();
    let descriptors = [
        empty.as_fd(),
        full.as_fd(),
        writer.as_fd(),
        hung_up.as_fd(),
        broken.as_fd(),
        counter.as_fd(),
        zero.as_fd(),
        raw(socket.as_raw_fd()),
        raw(peer.as_raw_fd()),
        raw(file.as_raw_fd()),
        closed(),
        raw(-1),
    ];
    let now = Some(Duration::ZERO);
    let mut found = PollFlags::empty();
    for events in (0..16).map(|bit| 1_u16 << bit).chain([0, 0x7fff, 0x2fff]) {
        let entry = |fd| PollFd::new(fd, PollFlags::from_bits_retain(events));
        let mut ours = descriptors.map(entry);
        let mut theirs = descriptors.map(|fd| libc::pollfd {
            fd: fd.as_raw_fd(),
            events: events as i16,
            revents: -1,
        });
        // SAFETY: reads and writes so many structs.
        let count = unsafe { libc::poll(theirs.as_mut_ptr(), theirs.len() as u64, 0) };
        assert_eq!(poll::poll(&mut ours, now).map(|count| count as i64), libc_result(count));
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert_eq!(ours.revents().bits() as i16, theirs.revents, "{ours:?}");
            assert_eq!(ours.events().bits(), events);
            found |= ours.revents();
        }
        // Found anew each time.
        let again = poll::ppoll(&mut ours, now, None);
        assert_eq!(again.map(|count| count as i64), libc_result(count));
    }
    use PollFlags as P;
    for flag in [P::IN, P::OUT, P::ERR, P::HUP, P::NVAL, P::RDHUP, P::RDNORM, P::WRNORM] {
        assert!(found.contains(flag), "{flag:?}");
    }
}

#[test]
fn urgent_data_is_found() {
    let listener = match TcpListener::bind("127.0.0.1:0") {
        Ok(listener) => listener,
        Err(error) => {
            not_run(format_args!("no loopback: {error}"));
            return;
        }
    };
    let near = match TcpStream::connect(listener.local_addr().unwrap()) {
        Ok(near) => near,
        Err(error) => {
            not_run(format_args!("no loopback: {error}"));
            return;
        }
    };
    let (far, _) = listener.accept().unwrap();
    // SAFETY: reads one byte.
    let sent = unsafe { libc::send(near.as_raw_fd(), b"!".as_ptr().cast(), 1, libc::MSG_OOB) };
    assert_eq!(sent, 1);
    // SAFETY: the socket lives as long as the test.
    let far = unsafe { BorrowedFd::borrow_raw(far.as_raw_fd()) };
    let mut fds = [PollFd::new(far, PollFlags::PRI)];
    assert_eq!(poll::poll(&mut fds, None), Ok(1));
    assert_eq!(fds[0].revents(), PollFlags::PRI);
}

#[test]
fn set_events_counts() {
    let (_reader, writer) = fd::pipe().unwrap();
    let mut fds = [PollFd::new(writer.as_fd(), PollFlags::empty())];
    assert_eq!(poll::poll(&mut fds, Some(Duration::ZERO)), Ok(0));
    fds[0].set_events(PollFlags::OUT);
    assert_eq!(poll::poll(&mut fds, Some(Duration::ZERO)), Ok(1));
    assert_eq!(fds[0].revents(), PollFlags::OUT);
    assert_eq!(poll::poll(&mut [], Some(Duration::ZERO)), Ok(0));
}

#[test]
fn signals_neither_shorten_nor_lengthen_a_wait() {
    let (reader, _writer) = fd::pipe().unwrap();
    let mut fds = [PollFd::new(reader.as_fd(), PollFlags::IN)];
    // As many signals as there is time for: a wait that began anew with each
    // would never end.
    interrupted(u32::MAX, || {
        for length in [Duration::from_millis(250), Duration::from_nanos(5_000_001), Duration::ZERO]
        {
            at_least(length, || assert_eq!(poll::poll(&mut fds, Some(length)), Ok(0)));
            at_least(length, || assert_eq!(poll::poll(&mut [], Some(length)), Ok(0)));
        }
    });
}

#[test]
fn a_wait_for_ever_outlasts_signals() {
    for timeout in [None, Some(Duration::MAX), Some(Duration::from_secs(i64::MAX as u64))] {
        let (mut near, far) = UnixStream::pair().unwrap();
        // SAFETY: the socket lives as long as the test.
        let borrowed = unsafe { BorrowedFd::borrow_raw(far.as_raw_fd()) };
        let mut fds = [PollFd::new(borrowed, PollFlags::IN)];
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(30));
                near.write_all(b"x").unwrap();
            });
            interrupted(u32::MAX, || assert_eq!(poll::poll(&mut fds, timeout), Ok(1)));
        });
        assert_eq!(fds[0].revents(), PollFlags::IN);
    }
}

#[test]
fn ppoll_lets_in_the_signals_that_it_is_told() {
    with_a_signal_pending(|| {
        let short = Some(Duration::from_millis(5));
        let [usr1, others, all] = sets(libc::SIGUSR1);
        assert_eq!(poll::poll(&mut [], short), Ok(0));
        assert_eq!(poll::ppoll(&mut [], short, None), Ok(0));
        assert_eq!(poll::ppoll(&mut [], short, Some(&usr1)), Ok(0));
        assert_eq!(poll::ppoll(&mut [], short, Some(&all)), Ok(0));
        assert_eq!(poll::ppoll(&mut [], None, Some(&others)), Err(Errno::EINTR));
        // It came, once, and is blocked as before.
        assert_eq!(poll::ppoll(&mut [], short, Some(&others)), Ok(0));
    });
}

#[test]
fn more_than_may_be_open() {
    // SAFETY: zeroes are a valid rlimit.
    let mut limit: libc::rlimit = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    if limit.rlim_cur > 2_000_000 {
        not_run(format_args!("the limit of open files is too high to go beyond"));
        return;
    }
    let (reader, _writer) = fd::pipe().unwrap();
    let mut fds = vec![PollFd::new(reader.as_fd(), PollFlags::IN); limit.rlim_cur as usize + 1];
    assert_eq!(poll::poll(&mut fds, Some(Duration::ZERO)), Err(Errno::EINVAL));
}
