use std::{mem::MaybeUninit, os::fd::RawFd};

use rawos::{
    Errno, fd,
    tty::{self, ControlChar, ControlFlags, InputFlags, LocalFlags, OutputFlags, SetWhen, Termios},
};

use crate::{arrived, libc_pty, util::not_run_in_part};

fn libc_get(fd: RawFd) -> libc::termios {
    let mut modes = MaybeUninit::<libc::termios>::zeroed();
    // SAFETY: it writes a termios.
    assert_eq!(unsafe { libc::tcgetattr(fd, modes.as_mut_ptr()) }, 0);
    // SAFETY: it was zeroed before.
    unsafe { modes.assume_init() }
}

/// The four words and the characters, as libc has them.
fn same(ours: &Termios, theirs: &libc::termios) {
    assert_eq!(ours.c_iflag.bits(), theirs.c_iflag);
    assert_eq!(ours.c_oflag.bits(), theirs.c_oflag);
    assert_eq!(ours.c_cflag.bits(), theirs.c_cflag);
    assert_eq!(ours.c_lflag.bits(), theirs.c_lflag);
    assert_eq!(ours.c_line, theirs.c_line);
    for (which, place) in CHARACTERS {
        assert_eq!(ours.cc(which), theirs.c_cc[place], "{which:?}");
    }
}

const CHARACTERS: [(ControlChar, usize); 17] = [
    (ControlChar::VINTR, libc::VINTR),
    (ControlChar::VQUIT, libc::VQUIT),
    (ControlChar::VERASE, libc::VERASE),
    (ControlChar::VKILL, libc::VKILL),
    (ControlChar::VEOF, libc::VEOF),
    (ControlChar::VTIME, libc::VTIME),
    (ControlChar::VMIN, libc::VMIN),
    (ControlChar::VSWTC, libc::VSWTC),
    (ControlChar::VSTART, libc::VSTART),
    (ControlChar::VSTOP, libc::VSTOP),
    (ControlChar::VSUSP, libc::VSUSP),
    (ControlChar::VEOL, libc::VEOL),
    (ControlChar::VREPRINT, libc::VREPRINT),
    (ControlChar::VDISCARD, libc::VDISCARD),
    (ControlChar::VWERASE, libc::VWERASE),
    (ControlChar::VLNEXT, libc::VLNEXT),
    (ControlChar::VEOL2, libc::VEOL2),
];

/// Every flag that libc names too.
macro_rules! flags_of_libc {
    ($($Flags:ident: $($NAME:ident)*;)*) => {
        [$($((stringify!($NAME), $Flags::$NAME.bits(), libc::$NAME),)*)*]
    };
}

#[test]
fn every_flag_is_libc_s() {
    let flags = flags_of_libc! {
        InputFlags: IGNBRK BRKINT IGNPAR PARMRK INPCK ISTRIP INLCR IGNCR ICRNL IUCLC IXON IXANY
            IXOFF IMAXBEL IUTF8;
        OutputFlags: OPOST OLCUC ONLCR OCRNL ONOCR ONLRET OFILL OFDEL NLDLY NL1 CRDLY CR1 CR2 CR3
            TABDLY TAB1 TAB2 TAB3 BSDLY BS1 VTDLY VT1 FFDLY FF1;
        ControlFlags: CBAUD CIBAUD CSIZE CS6 CS7 CS8 CSTOPB CREAD PARENB PARODD HUPCL CLOCAL
            CMSPAR CRTSCTS;
        LocalFlags: ISIG ICANON XCASE ECHO ECHOE ECHOK ECHONL NOFLSH TOSTOP ECHOCTL ECHOPRT ECHOKE
            FLUSHO PENDIN IEXTEN EXTPROC;
    };
    for (name, ours, theirs) in flags {
        assert_eq!(ours, theirs, "{name}");
    }
    assert_eq!(ControlFlags::BOTHER.bits(), libc::BOTHER);
}

#[test]
fn modes_are_read_as_libc_reads_them() {
    let (pty, terminal) = libc_pty();
    for fd in [&pty, &terminal] {
        same(&tty::tcgetattr(fd).unwrap(), &libc_get(fd.as_raw_fd()));
    }
}

#[test]
fn modes_are_set_as_libc_reads_them() {
    let (_pty, terminal) = libc_pty();
    let mut modes = tty::tcgetattr(&terminal).unwrap();
    let lines = [SetWhen::Now, SetWhen::Drain, SetWhen::Flush];
    for (when, character) in lines.into_iter().zip([b'x', 0, 255]) {
        modes.c_iflag.toggle(InputFlags::IXANY | InputFlags::INLCR);
        modes.c_oflag.toggle(OutputFlags::ONLRET | OutputFlags::TAB3);
        modes.c_cflag.toggle(ControlFlags::HUPCL | ControlFlags::CSTOPB);
        modes.c_lflag.toggle(LocalFlags::ECHO | LocalFlags::ICANON);
        for (which, _) in CHARACTERS {
            modes.set_cc(which, character);
        }
        assert_eq!(tty::tcsetattr(&terminal, when, &modes), Ok(()));
        same(&modes, &libc_get(terminal.as_raw_fd()));
        assert_eq!(tty::tcgetattr(&terminal), Ok(modes));
    }
}

#[test]
fn raw_is_what_libc_makes_raw() {
    for bits in [0, u32::MAX, 0x5555_5555, 0xaaaa_aaaa, 0x1234_5678] {
        let mut ours = Termios::default();
        // SAFETY: a zeroed termios is one.
        let mut theirs: libc::termios = unsafe { std::mem::zeroed() };
        ours.c_iflag = InputFlags::from_bits_retain(bits);
        ours.c_oflag = OutputFlags::from_bits_retain(bits);
        ours.c_cflag = ControlFlags::from_bits_retain(bits);
        ours.c_lflag = LocalFlags::from_bits_retain(bits);
        (theirs.c_iflag, theirs.c_oflag, theirs.c_cflag, theirs.c_lflag) = (bits, bits, bits, bits);
        for (which, place) in CHARACTERS {
            ours.set_cc(which, 7);
            theirs.c_cc[place] = 7;
        }
        ours.make_raw();
        // SAFETY: it changes the termios.
        unsafe { libc::cfmakeraw(&mut theirs) };
        same(&ours, &theirs);
    }
}

#[test]
fn raw_bytes_pass_and_the_old_modes_come_back() {
    let (pty, terminal) = libc_pty();
    let old = libc_get(terminal.as_raw_fd());
    let before = tty::setraw(&terminal, SetWhen::Flush).unwrap();
    same(&before, &old);
    let all: Vec<u8> = (0..=255).collect();
    let mut buf = [0; 300];
    for (from, to) in [(&pty, &terminal), (&terminal, &pty)] {
        fd::write_all(from, &all).unwrap();
        let mut len = 0;
        while len < 256 {
            len += fd::read(to, &mut buf[len..]).unwrap();
        }
        assert_eq!(buf[..len], all);
    }
    tty::tcsetattr(&terminal, SetWhen::Drain, &before).unwrap();
    same(&before, &libc_get(terminal.as_raw_fd()));
}

#[test]
fn a_flush_drops_what_nobody_read() {
    let (pty, terminal) = libc_pty();
    let before = tty::setraw(&terminal, SetWhen::Now).unwrap();
    let mut buf = [0; 8];
    for (when, left) in [(SetWhen::Now, true), (SetWhen::Drain, true), (SetWhen::Flush, false)] {
        fd::write_all(&pty, b"old").unwrap();
        arrived(&terminal, 3);
        tty::setraw(&terminal, when).unwrap();
        fd::write_all(&pty, b"new").unwrap();
        arrived(&terminal, if left { 6 } else { 3 });
        let len = fd::read(&terminal, &mut buf).unwrap();
        assert_eq!(buf.starts_with(b"old"), left, "{when:?}");
        assert_eq!(len, if left { 6 } else { 3 });
    }
    assert_ne!(before, tty::tcgetattr(&terminal).unwrap());
}

#[test]
fn speeds_with_a_code_are_libc_s() {
    let speeds = [
        (0, libc::B0),
        (50, libc::B50),
        (75, libc::B75),
        (110, libc::B110),
        (134, libc::B134),
        (150, libc::B150),
        (200, libc::B200),
        (300, libc::B300),
        (600, libc::B600),
        (1200, libc::B1200),
        (1800, libc::B1800),
        (2400, libc::B2400),
        (4800, libc::B4800),
        (9600, libc::B9600),
        (19_200, libc::B19200),
        (38_400, libc::B38400),
        (57_600, libc::B57600),
        (115_200, libc::B115200),
        (230_400, libc::B230400),
        (460_800, libc::B460800),
        (500_000, libc::B500000),
        (576_000, libc::B576000),
        (921_600, libc::B921600),
        (1_000_000, libc::B1000000),
        (1_152_000, libc::B1152000),
        (1_500_000, libc::B1500000),
        (2_000_000, libc::B2000000),
        (2_500_000, libc::B2500000),
        (3_000_000, libc::B3000000),
        (3_500_000, libc::B3500000),
        (4_000_000, libc::B4000000),
    ];
    let (_pty, terminal) = libc_pty();
    let mut modes = tty::tcgetattr(&terminal).unwrap();
    let emulated = std::env::var_os("RAWOS_RUNNER").is_some();
    if emulated {
        not_run_in_part(format_args!("the emulator translates speeds up to 460800 alone"));
    }
    for (speed, code) in speeds.into_iter().rev() {
        modes.set_ospeed(speed);
        assert_eq!((modes.ospeed(), modes.ispeed()), (speed, speed));
        assert_eq!(modes.c_cflag.bits() & libc::CBAUD, code, "{speed}");
        if emulated && speed > 460_800 {
            continue;
        }
        tty::tcsetattr(&terminal, SetWhen::Now, &modes).unwrap();
        let theirs = libc_get(terminal.as_raw_fd());
        assert_eq!(theirs.c_cflag & libc::CBAUD, code, "{speed}");
        assert_eq!(tty::tcgetattr(&terminal), Ok(modes));
    }
}

#[test]
fn a_speed_of_input_apart_and_back() {
    let mut modes = Termios::default();
    modes.set_ospeed(1200);
    modes.set_ispeed(75);
    assert_eq!((modes.ospeed(), modes.ispeed()), (1200, 75));
    assert_eq!(modes.c_cflag.bits() & libc::CIBAUD, libc::B75 << 16);
    modes.set_ispeed(31_250);
    assert_eq!((modes.ospeed(), modes.ispeed()), (1200, 31_250));
    modes.set_ispeed(0);
    assert_eq!((modes.ospeed(), modes.ispeed()), (1200, 1200));
    let mut other = Termios::default();
    other.set_ospeed(1200);
    assert_eq!(modes, other);
    assert!(format!("{modes:?}").contains("ospeed: 1200"));
}

#[test]
fn a_speed_without_a_code_is_a_number() {
    let (_pty, terminal) = libc_pty();
    let mut modes = tty::tcgetattr(&terminal).unwrap();
    for speed in [31_250, 1, u32::MAX >> 1] {
        modes.set_ospeed(speed);
        match tty::tcsetattr(&terminal, SetWhen::Now, &modes) {
            Err(Errno::ENOTTY | Errno::ENOSYS) if std::env::var_os("RAWOS_RUNNER").is_some() => {
                not_run_in_part(format_args!("the emulator does not know TCSETS2"));
                return;
            }
            result => assert_eq!(result, Ok(())),
        }
        let mut theirs = MaybeUninit::<libc::termios2>::zeroed();
        // SAFETY: it writes a termios2.
        let asked =
            unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TCGETS2, theirs.as_mut_ptr()) };
        assert_eq!(asked, 0);
        // SAFETY: it was zeroed before.
        let theirs = unsafe { theirs.assume_init() };
        assert_eq!(theirs.c_ospeed, speed);
        let now = tty::tcgetattr(&terminal).unwrap();
        assert_eq!((now.ospeed(), now.ispeed()), (speed, speed));
        // What was read can be set again, in raw mode too.
        tty::setraw(&terminal, SetWhen::Now).unwrap();
        assert_eq!(tty::tcgetattr(&terminal).unwrap().ospeed(), speed);
    }
}
