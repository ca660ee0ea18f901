use rawos::{
    Errno, fd,
    tty::{self, Flow, Queue, SetWhen},
};

use crate::{arrived, libc_pty, waiting};

#[test]
fn each_queue_is_dropped_alone() {
    let (pty, terminal) = libc_pty();
    tty::setraw(&terminal, SetWhen::Now).unwrap();
    for (queue, left) in [(Queue::Input, 0), (Queue::Output, 3), (Queue::Both, 0)] {
        fd::write_all(&pty, b"abc").unwrap();
        arrived(&terminal, 3);
        assert_eq!(tty::tcflush(&terminal, queue), Ok(()));
        assert_eq!(waiting(terminal.as_raw_fd()), left, "{queue:?}");
        tty::tcflush(&terminal, Queue::Input).unwrap();
    }
}

#[test]
fn output_waits_while_it_is_held_back() {
    let (pty, terminal) = libc_pty();
    fd::set_blocking(&terminal, false).unwrap();
    assert_eq!(tty::tcflow(&terminal, Flow::OutputOff), Ok(()));
    assert_eq!(fd::write(&terminal, b"x"), Err(Errno::EAGAIN));
    assert_eq!(tty::tcflow(&terminal, Flow::OutputOn), Ok(()));
    assert_eq!(fd::write(&terminal, b"x"), Ok(1));
    assert_eq!(tty::tcdrain(&terminal), Ok(()));
    arrived(&pty, 1);
}

#[test]
fn the_other_end_is_asked_to_wait_and_to_go_on() {
    let (pty, terminal) = libc_pty();
    let mut buf = [0; 8];
    for (action, character) in [(Flow::InputOff, b'S'), (Flow::InputOn, b'Q')] {
        assert_eq!(tty::tcflow(&terminal, action), Ok(()));
        assert_eq!(fd::read(&pty, &mut buf), Ok(1));
        assert_eq!(buf[0], character - b'@', "{action:?}");
    }
}
