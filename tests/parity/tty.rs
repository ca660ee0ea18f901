//! Terminals, as Python sees the same descriptors.

use std::{
    os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
    process::{Command, Stdio},
};

use rawos::{
    fd::BorrowedFd,
    tty::{self, ControlChar, SetWhen, TerminalSize},
};

const ASK: &str = r#"
import os, termios
def ask(call, *args):
    try:
        return call(*args)
    except OSError as error:
        return f"error {error.errno}"
encoding = os.device_encoding(0)
# Python 3.11 and later spell it small.
print(ask(os.isatty, 0), encoding and encoding.upper(), ask(os.ttyname, 0), os.ctermid())
size = ask(os.get_terminal_size, 0)
print(size if isinstance(size, str) else f"{size.columns} {size.lines}")
print(ask(os.tcgetpgrp, 0), ask(os.tcsetpgrp, 0, os.getpgrp()))
try:
    iflag, oflag, cflag, lflag, ispeed, ospeed, cc = termios.tcgetattr(0)
    print(iflag, oflag, cflag, lflag, cc[termios.VEOF][0], ispeed == ospeed)
except termios.error as error:
    print(f"error {error.args[0]}")
"#;

fn borrow(fd: &OwnedFd) -> BorrowedFd<'_> {
    // SAFETY: it stays open as long as it is borrowed here.
    unsafe { BorrowedFd::borrow_raw(fd.as_raw_fd()) }
}

/// What Python prints about `stdin`, in the mode in which text is UTF-8.
fn theirs(stdin: OwnedFd) -> String {
    let mut command = Command::new("python3");
    command.args(["-X", "utf8", "-c", ASK]).stdin(Stdio::from(stdin));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The same of rawos.
fn ours(stdin: BorrowedFd<'_>) -> String {
    fn shown<T: std::fmt::Display>(result: rawos::Result<T>) -> String {
        match result {
            Ok(value) => value.to_string(),
            Err(errno) => format!("error {}", errno.raw()),
        }
    }
    let isatty = if tty::isatty(stdin) { "True" } else { "False" };
    let encoding = tty::device_encoding(stdin).unwrap_or("None");
    let mut buf = [0; 4096];
    let name = tty::ttyname(stdin, &mut buf);
    let name = shown(name.map(|len| String::from_utf8_lossy(&buf[..len]).into_owned()));
    let ctermid = tty::ctermid().to_str().unwrap();
    let size = tty::get_terminal_size(stdin);
    let size = shown(size.map(|TerminalSize { columns, lines }| format!("{columns} {lines}")));
    let group = shown(tty::tcgetpgrp(stdin).map(|group| group.map_or(0, |group| group.0)));
    // SAFETY: it takes nothing.
    let own = rawos::process::Pid(unsafe { libc::getpgrp() });
    let set = shown(tty::tcsetpgrp(stdin, own).map(|()| "None"));
    let modes = shown(tty::tcgetattr(stdin).map(|modes| {
        let flags = (modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag);
        let (i, o, c, l) = (flags.0.bits(), flags.1.bits(), flags.2.bits(), flags.3.bits());
        let same = if modes.ispeed() == modes.ospeed() { "True" } else { "False" };
        format!("{i} {o} {c} {l} {} {same}", modes.cc(ControlChar::VEOF))
    }));
    format!("{isatty} {encoding} {name} {ctermid}\n{size}\n{group} {set}\n{modes}\n")
}

fn same(fd: OwnedFd) {
    let ours = ours(borrow(&fd));
    assert_eq!(ours, theirs(fd));
}

#[test]
fn a_terminal_and_what_is_none() {
    let (pty, terminal) = tty::openpty().unwrap();
    // SAFETY: both are open and given up by their owner.
    let [pty, terminal] =
        [pty, terminal].map(|fd| unsafe { OwnedFd::from_raw_fd(fd.into_raw_fd()) });
    tty::tcsetwinsize(borrow(&pty), TerminalSize { columns: 132, lines: 43 }).unwrap();
    same(terminal.try_clone().unwrap());
    tty::setraw(borrow(&terminal), SetWhen::Now).unwrap();
    same(terminal.try_clone().unwrap());
    same(pty.try_clone().unwrap());
    drop(pty);
    // Its other end is closed: as soon as no child that another test makes meanwhile has it.
    let mut closed = libc::pollfd { fd: terminal.as_raw_fd(), events: 0, revents: 0 };
    // SAFETY: one struct.
    assert_eq!(unsafe { libc::poll(&mut closed, 1, 60_000) }, 1);
    assert_ne!(closed.revents & libc::POLLHUP, 0);
    same(terminal);
    same(std::fs::File::open("/dev/null").unwrap().into());
    same(std::io::pipe().unwrap().0.into());
}

/// Python's own `openpty`, seen from here.
#[test]
fn a_terminal_of_python() {
    let script = r#"
import os
pty, terminal = os.openpty()
print(os.get_inheritable(pty), os.get_inheritable(terminal), os.get_terminal_size(pty)[:])
print(os.ttyname(terminal).startswith("/dev/pts/"), os.tcgetpgrp(pty))
"#;
    let (pty, terminal) = tty::openpty().unwrap();
    let size = tty::get_terminal_size(&pty).unwrap();
    let name = tty::ptsname(&pty).unwrap().to_bytes().starts_with(b"/dev/pts/");
    let inheritable = [&pty, &terminal].map(|fd| rawos::fd::get_inheritable(fd).unwrap());
    let title = |value: bool| if value { "True" } else { "False" };
    let ours = format!(
        "{} {} ({}, {})\n{} {}\n",
        title(inheritable[0]),
        title(inheritable[1]),
        size.columns,
        size.lines,
        title(name),
        tty::tcgetpgrp(&pty).unwrap().map_or(0, |group| group.0),
    );
    assert_eq!(crate::python(script, &[], false), ours);
}
