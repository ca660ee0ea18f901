//! What an init has to deal with: services, good and bad ones.
//!
//! | `service …` | does |
//! |---|---|
//! | `crash` | ends with status 3 |
//! | `once` | prints a line and ends well |
//! | `sleep` | waits for a signal to end it |
//! | `stubborn` | waits, and ignores SIGTERM |
//! | `notify` | says that it is ready, and waits |
//! | `orphans COUNT` | leaves so many orphans behind; 0: 1,250 a second, for ever |
//! | `lines COUNT` | as `orphans`, at each line of input |
//! | `who` | prints what it runs as, and waits |
//! | `signals` | prints each signal that comes; SIGTERM ends it with status 33 |
#![no_std]
#![no_main]

use rawos::{
    Errno, Result, fd, fs, init,
    init::Notify,
    process::{self, Fork, Pid, PriorityWho, Resource, WaitOptions},
    rt,
    signal::{self, SigHow, SigSet, Signal},
    system,
    time::{self, ClockId, SleepFlags, Timespec},
};

rawos::entry!(main);

fn main() -> Result<i32> {
    let mut args = rt::args().skip(1).map(|arg| arg.to_str().unwrap_or_default());
    let what = args.next().unwrap_or_default();
    let count = args.next().and_then(|count| count.parse().ok());
    let mut out = fd::fdopen_writer(fd::stdout());
    match what {
        "crash" => return Ok(3),
        "once" => {
            out.write_all(b"once\n")?;
            return out.flush().map(|()| 0);
        }
        "sleep" => {}
        "stubborn" => drop(signal::ignore(Signal::TERM)?),
        "notify" => {
            if !init::notify(&[Notify::Ready])? {
                return Err(Errno::ENOTCONN);
            }
        }
        "orphans" => return orphans(count.unwrap_or(0)).map(|()| 0),
        "lines" => {
            out.write_all(b"begin\n")?;
            out.flush()?;
            while fd::read(fd::stdin(), &mut [0; 64])? != 0 {
                orphans(count.unwrap_or(1))?;
                out.write_all(b"done\n")?;
                out.flush()?;
            }
            return Ok(0);
        }
        "who" => {
            let mut groups = [0; 16];
            let groups =
                process::getgroups(&mut groups).map(|count| groups.get(..count).unwrap())?;
            let limit = process::getrlimit(Resource::NOFILE)?;
            let mut cwd = [0; 256];
            let len = fs::getcwd(&mut cwd)?;
            let cwd = cwd.get(..len).and_then(|cwd| core::str::from_utf8(cwd).ok());
            let nice = process::getpriority(PriorityWho::Process(Pid(0)))?;
            let ids = (process::getuid(), process::getgid(), process::geteuid());
            out.write_fmt(format_args!("ids {ids:?} groups {groups:?} cwd {cwd:?} nice {nice} "))?;
            out.write_fmt(format_args!("files {}:{} ", limit.soft, limit.hard))?;
            let uname = system::uname()?;
            out.write_fmt(format_args!("host {}\n", uname.nodename().to_str().unwrap_or("?")))?;
            for var in rt::env() {
                out.write_fmt(format_args!("env {}\n", var.to_str().unwrap_or("?")))?;
            }
            out.flush()?;
        }
        "signals" => {
            signal::sigprocmask(SigHow::SetMask, SigSet::all())?;
            out.write_all(b"begin\n")?;
            out.flush()?;
            loop {
                let signal = signal::sigwaitinfo(SigSet::all())?.si_signo();
                out.write_fmt(format_args!("got {}\n", signal.0))?;
                out.flush()?;
                if signal == Signal::TERM {
                    return Ok(33);
                }
            }
        }
        _ => return Err(Errno::EINVAL),
    }
    loop {
        pause(1000, 0)?;
    }
}

fn pause(tv_sec: i64, tv_nsec: i64) -> Result<()> {
    time::clock_nanosleep(ClockId::MONOTONIC, SleepFlags::empty(), Timespec { tv_sec, tv_nsec })
}

/// A process that leaves its children behind, a hundred times and more.
fn orphans(count: u32) -> Result<()> {
    const AT_ONCE: u32 = 100;
    /// A hundred each 80 ms.
    const EVERY: i64 = 80_000_000;
    let mut left = count;
    let mut due = time::clock_gettime(ClockId::MONOTONIC)?;
    loop {
        let number = if count == 0 { AT_ONCE } else { left.min(AT_ONCE) };
        // SAFETY: this program has one thread; the child ends below.
        match unsafe { process::fork()? } {
            Fork::Child => {
                for _ in 0..number {
                    // SAFETY: as above.
                    if unsafe { process::fork()? } == Fork::Child {
                        break;
                    }
                }
                process::_exit(0)
            }
            Fork::Parent(pid) => drop(process::waitpid(pid, WaitOptions::empty())?),
        }
        left = left.saturating_sub(number);
        match count {
            0 => {
                due.tv_nsec += EVERY;
                (due.tv_sec, due.tv_nsec) =
                    (due.tv_sec + due.tv_nsec / 1_000_000_000, due.tv_nsec % 1_000_000_000);
                time::clock_nanosleep(ClockId::MONOTONIC, SleepFlags::ABSTIME, due)?;
            }
            _ if left == 0 => return Ok(()),
            _ => {}
        }
    }
}
