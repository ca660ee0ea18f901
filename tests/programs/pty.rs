//! Runs a program on a terminal of its own, prints what it writes there, and
//! does what it asks for in lines of its output: `#resize`, `#type`, `#kill`.
//! Prints how it ended in the end.
//!
//! As `pty inner` it is such a program itself, for where there is no shell.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::{ffi::CStr, fmt::Write};

use rawos::{
    Errno, Result, fd,
    process::{self, Argv, Pid, WaitOptions},
    rt,
    signal::{SigHow, SigSet, Signal, sigprocmask, sigwaitinfo},
    tty::{self, ForkPty, TerminalSize},
};

mod out;

rawos::entry!(main);

fn main() -> Result<()> {
    let mut argv = Argv::<16>::new();
    for arg in rt::args().skip(1) {
        argv.push(arg)?;
    }
    let program = rt::args().nth(1).ok_or(Errno::EINVAL)?;
    if program == c"inner" {
        return inner(rt::args().nth(2));
    }
    // SAFETY: a program of `rt` has one thread and no libc, so its child may do
    // all.
    match unsafe { tty::forkpty()? } {
        ForkPty::Child => process::execvp(program, argv).map(drop),
        ForkPty::Parent { pid, pty } => {
            follow(&pty, pid)?;
            let ended = process::waitpid(pid, WaitOptions::empty())?;
            let (_, status) = ended.ok_or(Errno::ECHILD)?;
            match (status.term_signal(), status.exit_status()) {
                (Some(signal), _) => line(format_args!("ended signal {}", signal.0)),
                (_, status) => line(format_args!("ended status {status:?}")),
            }
        }
    }
}

/// Prints all that comes from the terminal, and obeys.
fn follow(pty: &fd::OwnedFd, pid: Pid) -> Result<()> {
    let mut buf = [0; 512];
    let mut last = Vec::new();
    loop {
        let len = match fd::read(pty, &mut buf) {
            Ok(0) | Err(Errno::EIO) => return Ok(()),
            result => result?,
        };
        let read = buf.get(..len).unwrap_or_default();
        fd::write_all(fd::stdout(), read)?;
        for byte in read {
            if *byte != b'\n' {
                last.push(*byte);
                continue;
            }
            match last.trim_ascii_end() {
                b"#resize" => tty::tcsetwinsize(pty, TerminalSize { columns: 111, lines: 33 })?,
                b"#type" => fd::write_all(pty, b"typed\n")?,
                b"#kill" => process::kill(pid, Signal::KILL)?,
                _ => {}
            }
            last.clear();
        }
    }
}

/// What a shell would do; ends with status 7 if it is to `exit`.
fn inner(end: Option<&CStr>) -> Result<()> {
    let resized = SigSet::from(Signal::WINCH);
    sigprocmask(SigHow::Block, resized)?;
    size()?;
    line(format_args!("#resize"))?;
    sigwaitinfo(resized)?;
    line(format_args!("winch"))?;
    size()?;
    line(format_args!("#type"))?;
    let mut typed = [0; 64];
    let len = fd::read(fd::stdin(), &mut typed)?;
    fd::write_all(fd::stdout(), b"got ")?;
    fd::write_all(fd::stdout(), typed.get(..len).unwrap_or_default())?;
    for number in 0..3000 {
        line(format_args!("line {number}"))?;
    }
    if end == Some(c"exit") {
        process::_exit(7);
    }
    line(format_args!("#kill"))?;
    // Until it is killed.
    loop {
        sigwaitinfo(resized)?;
    }
}

/// As `stty size`.
fn size() -> Result<()> {
    let TerminalSize { columns, lines } = tty::get_terminal_size(fd::stdin())?;
    line(format_args!("{lines} {columns}"))
}

fn line(text: core::fmt::Arguments<'_>) -> Result<()> {
    writeln!(out::Out, "{text}").map_err(|_| Errno::EIO)
}
