//! Process 1 of a small system, or of a container, without libc and without
//! heap.
//!
//! | command line | what it does |
//! |---|---|
//! | `init [-c DIR] [-g SECONDS]` | as process 1: starts the system as below |
//! | `init -- COMMAND [ARGUMENT]…` | runs the command as a container's init does |
//! | `init ctl [-s SOCKET] COMMAND [NAME]` | asks a running init, see `control.rs` |
//!
//! What the kernel adds to the command line of its first process is ignored.
//!
//! # A system
//!
//! 1. Mounts what is missing of `/proc`, `/sys`, `/dev`, `/dev/pts`,
//!    `/dev/shm`, `/run`, `/tmp` and `/sys/fs/cgroup`.
//! 2. Sets the host's name from `DIR/hostname` and the loopback interface up.
//!    DIR is `/etc`, or that of `-c`.
//! 3. Reads `DIR/inittab` (`inittab.rs` says what may be in it) and
//!    `DIR/init/NAME.service` (`unit.rs`). Without both, a shell is started.
//! 4. Runs the lines `sysinit`, then `wait`, one after the other; then starts
//!    the services and the lines `once`, `respawn` and `askfirst`.
//! 5. Reaps every orphan, and starts again what is to be: after 1 s
//!    (`RestartSec` for a service), and twice as long after each further end
//!    within 10 s, up to 30 s.
//!
//! A signal ends it, as it ends BusyBox's init: SIGUSR1 halts, SIGUSR2 powers
//! off, SIGTERM restarts the machine. SIGINT, which Ctrl-Alt-Del gives, runs
//! the lines `ctrlaltdel`, and without any restarts the machine. SIGQUIT ends
//! all processes and runs the line `restart` in place of this program. An end
//! goes so: the lines `shutdown`; services are stopped, those first that
//! others do not wait for, with TERM, and with KILL after a time of grace (5
//! seconds, or those of `-g`); then all other processes likewise; file systems
//! are unmounted; the machine stops. A second signal ends the waiting.
//!
//! Whatever fails is reported and left out: nothing stops the boot. What is
//! said goes to the console, to the kernel's log and to `init.log` in
//! `/var/log`, or `/run/log`; what a service prints, to `NAME.log` there.
//!
//! Elsewhere than on a machine, in a PID namespace, it leaves alone what would
//! reach beyond: the kernel's log, file systems that it did not mount, and a
//! host's name that is not its own.
//!
//! # A container
//!
//! The command gets every signal that can be passed on, each orphan is reaped,
//! and the exit status is the command's, or 128 and the signal that ended it;
//! 126 if it cannot be executed, 127 if it is not there. What this program
//! was started to ignore, the command does not. As process 1 or, where
//! it is another process, as the subreaper of what it starts.
//!
//! # Limits
//!
//! Commands of 1024 words and as many variables; 64 services and lines, and 32 lines that run once in a while; 64 KiB of
//! words in all files, each of 16 KiB at most; lines of 2 KiB. The files are
//! read once, at the start.
#![no_std]
#![no_main]

mod boot;
mod clock;
mod container;
mod control;
mod events;
mod file;
mod inittab;
mod load;
mod log;
mod machine;
mod mounts;
mod notify;
mod order;
mod services;
mod shutdown;
mod spawn;
mod text;
mod unit;
mod user;

use core::ffi::CStr;

use rawos::{
    process::{self, Pid},
    rt,
    signal::{self, SigSet, Signal},
};

use spawn::Strings;

rawos::entry!(main);

/// Says no more than that: what it takes to say where would be a tenth of the
/// program, and nothing here is meant to panic.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    let _ = file::put(rawos::fd::stderr(), b"init: panic\n");
    // The end of a machine's process 1 would be a panic of the kernel.
    while first() {
        let _ = signal::sigsuspend(SigSet::all());
    }
    process::_exit(container::FAILED)
}

/// Whether this is process 1.
fn first() -> bool {
    process::getpid() == Pid(1)
}

/// What the command line says of a system.
struct Options {
    config: &'static CStr,
    grace: machine::Millis,
}

fn main() -> i32 {
    // What is ignored would be so in every program that this one starts.
    for number in 1..=64 {
        let _ = signal::default(Signal(number));
    }
    let mut args = rt::args().skip(1);
    let mut options = Options { config: c"/etc", grace: 5000 };
    while let Some(arg) = args.next() {
        match arg.to_bytes() {
            b"--" => return container(),
            b"ctl" if !first() => return control::client(args),
            b"-c" => options.config = args.next().unwrap_or(options.config),
            b"-g" => {
                let grace = args.next().and_then(|arg| text::span(arg.to_bytes()));
                options.grace = grace.unwrap_or(options.grace);
            }
            // Words for the kernel that it did not know end here.
            _ => {}
        }
    }
    if !first() {
        let _ = file::put(
            rawos::fd::stderr(),
            b"init: not process 1; usage: init -- COMMAND [ARGUMENT]... | init ctl COMMAND [NAME]\n",
        );
        return 2;
    }
    system(&options)
}

/// Runs what stands after `--`.
#[inline(never)]
fn container() -> i32 {
    static mut ARGV: Strings<'static> = Strings::new();
    static mut VARS: Strings<'static> = Strings::new();
    let (argv, vars) = (&raw mut ARGV, &raw mut VARS);
    // SAFETY: this runs once, in the only thread, so this is the only borrow.
    let argv = unsafe { &mut *argv };
    // SAFETY: as above.
    let vars = unsafe { &mut *vars };
    let mut args = rt::args().skip_while(|arg| arg.to_bytes() != b"--").skip(1);
    let pushed = args.try_for_each(|arg| argv.push(arg));
    match pushed.and_then(|()| rt::env().try_for_each(|var| vars.push(var))) {
        Ok(()) => container::run(argv, vars),
        Err(_) => container::FAILED,
    }
}

/// Runs a system to its end.
fn system(options: &Options) -> i32 {
    // No page of these is there before something is in it.
    static mut SERVICES: events::Services = events::Services::new();
    static mut LINES: events::Entries = events::Entries::new();
    static mut MEMORY: load::Memory = load::Memory::new();
    let (services, lines, memory) = (&raw mut SERVICES, &raw mut LINES, &raw mut MEMORY);
    // SAFETY: this runs once, in the only thread, so this is the only borrow.
    let services = unsafe { &mut *services };
    // SAFETY: as above.
    let lines = unsafe { &mut *lines };
    // SAFETY: as above.
    let memory = unsafe { &mut *memory };
    let mut system = events::System::new(services, lines);
    boot::run(&mut system, options, memory);
    system.run()
}
