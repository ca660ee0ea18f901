use std::{mem::MaybeUninit, ptr};

use rawos::tty::{self, TerminalSize};

use crate::{libc_pty, util::libc_result};

fn libc_size(fd: i32) -> [u16; 4] {
    let mut size = MaybeUninit::<libc::winsize>::uninit();
    // SAFETY: it writes a winsize.
    let asked = unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, size.as_mut_ptr()) };
    assert_eq!(libc_result(asked), Ok(0));
    // SAFETY: the call succeeded.
    let size = unsafe { size.assume_init() };
    [size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel]
}

#[test]
fn the_size_is_what_libc_set_at_both_ends() {
    let mut size = libc::winsize { ws_row: 24, ws_col: 80, ws_xpixel: 7, ws_ypixel: 9 };
    let (mut pty, mut terminal) = (-1, -1);
    // SAFETY: openpty(3) writes the two descriptors and reads the size.
    let made = unsafe {
        libc::openpty(&mut pty, &mut terminal, ptr::null_mut(), ptr::null(), &raw mut size)
    };
    assert_eq!(libc_result(made), Ok(0));
    for fd in [pty, terminal] {
        let ours = tty::get_terminal_size(crate::borrow(fd));
        assert_eq!(ours, Ok(TerminalSize { columns: 80, lines: 24 }));
    }
    // From either end, and the pixels stay.
    for (fd, columns, lines) in [(pty, 1, 65535), (terminal, 65535, 1), (pty, 0, 0)] {
        let size = TerminalSize { columns, lines };
        assert_eq!(tty::tcsetwinsize(crate::borrow(fd), size), Ok(()));
        for fd in [pty, terminal] {
            assert_eq!(libc_size(fd), [lines, columns, 7, 9]);
            assert_eq!(tty::get_terminal_size(crate::borrow(fd)), Ok(size));
        }
    }
    for fd in [pty, terminal] {
        // SAFETY: nobody uses it any more.
        unsafe { libc::close(fd) };
    }
}

#[test]
fn a_new_terminal_has_no_size() {
    let (pty, terminal) = tty::openpty().unwrap();
    assert_eq!(libc_size(pty.as_raw_fd()), [0; 4]);
    assert_eq!(tty::get_terminal_size(&terminal), Ok(TerminalSize::default()));
    let (_pty, terminal) = libc_pty();
    assert_eq!(libc_size(terminal.as_raw_fd()), [0; 4]);
}
