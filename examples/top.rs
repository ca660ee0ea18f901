//! Prints the processes by the CPU time that they have used, the most first:
//! `top [-n TIMES] [-d SECONDS] [-c COUNT]`.
//!
//! A line each, of the first `COUNT` (all): process id, parent, state, seconds
//! of CPU time, KiB of memory, name. After the first time, the seconds are those
//! since the time before, `SECONDS` (1) ago. Reads `/proc`, of at most 16,384
//! processes; if one cannot be read, the exit status is 1.
#![no_std]
#![no_main]

mod common;

use core::{
    ffi::CStr,
    fmt::{self, Write as _},
};

use common::{Out, complain, say};
use heapless::Vec;
use rawos::{
    Errno, Result, fd,
    fs::{self, DirBuf, Mode, OFlags},
    rt,
    system::{SysconfName, sysconf},
    time::{ClockId, SleepFlags, Timespec, clock_nanosleep},
};

rawos::entry!(main);

/// What a line tells.
struct Process {
    pid: u32,
    parent: u32,
    state: u8,
    /// CPU time in clock ticks.
    ticks: u64,
    /// The same since the time before.
    recent: u64,
    /// Resident memory in pages.
    pages: u64,
    name: Vec<u8, 64>,
}

type Table = Vec<Process, 16384>;

fn main() -> Result<i32> {
    static mut OUT: Out = Out::new();
    static mut TABLES: [Table; 2] = [const { Table::new() }; 2];
    let (out, tables) = (&raw mut OUT, &raw mut TABLES);
    // SAFETY: main runs once, in the only thread, so this is the only borrow.
    let out = unsafe { &mut *out };
    // SAFETY: as above.
    let [now, before] = unsafe { &mut *tables };

    let (mut times, mut pause, mut count) = (1, 1, u32::MAX);
    let mut args = rt::args().skip(1);
    while let Some(option) = args.next() {
        let place = match option.to_bytes() {
            b"-n" => &mut times,
            b"-d" => &mut pause,
            b"-c" => &mut count,
            _ => return Ok(usage()),
        };
        let value = args.next().and_then(|arg| arg.to_str().ok()?.parse().ok());
        let Some(value) = value else { return Ok(usage()) };
        *place = value;
    }
    let mut failed = false;
    for time in 0..times {
        if time > 0 {
            core::mem::swap(now, before);
            let pause = Timespec { tv_sec: pause.into(), tv_nsec: 0 };
            clock_nanosleep(ClockId::MONOTONIC, SleepFlags::empty(), pause)?;
            out.put(b"\n");
        }
        failed |= !read(now, before)?;
        print(out, now, count)?;
    }
    Ok(i32::from(failed))
}

fn usage() -> i32 {
    say(&[b"usage: top [-n TIMES] [-d SECONDS] [-c COUNT]"]);
    2
}

/// Reads the processes there are, the busiest first; whether all could be read.
fn read(now: &mut Table, before: &mut Table) -> Result<bool> {
    let mut all = true;
    now.clear();
    before.sort_unstable_by_key(|process| process.pid);
    let mut buf = DirBuf::new();
    let mut proc = fs::scandir(c"/proc", &mut buf)?;
    while let Some(entry) = proc.next() {
        let entry = entry?;
        if !entry.name().to_bytes().iter().all(u8::is_ascii_digit) {
            continue;
        }
        let mut process = match status(entry.dir_fd(), entry.name()) {
            Ok(process) => process,
            // It has ended meanwhile.
            Err(Errno::ENOENT | Errno::ESRCH) => continue,
            Err(errno) => {
                complain(entry.name().to_bytes(), errno);
                all = false;
                continue;
            }
        };
        let old = before.binary_search_by_key(&process.pid, |old| old.pid).ok();
        let old = old.and_then(|at| before.get(at)).map_or(0, |old| old.ticks);
        process.recent = process.ticks.saturating_sub(old);
        now.push(process).map_err(|_| Errno::ENOBUFS)?;
    }
    now.sort_unstable_by_key(|process| (core::cmp::Reverse(process.recent), process.pid));
    Ok(all)
}

/// What the kernel says in `/proc/PID/stat`.
fn status(proc: fd::BorrowedFd<'_>, pid: &CStr) -> Result<Process> {
    let mut path = Vec::<u8, 32>::new();
    for part in [pid.to_bytes(), b"/stat"] {
        path.extend_from_slice(part).map_err(|_| Errno::ENAMETOOLONG)?;
    }
    let file = fs::openat(proc, &path[..], OFlags::RDONLY, Mode::empty())?;
    let mut text = [0; 1024];
    let len = fd::read(&file, &mut text)?;
    parse(text.get(..len).unwrap_or_default()).ok_or(Errno::EBADMSG)
}

/// `PID (NAME) STATE PARENT …`: a name may have blanks and parentheses in it.
fn parse(text: &[u8]) -> Option<Process> {
    let open = text.iter().position(|byte| *byte == b'(')?;
    let close = text.iter().rposition(|byte| *byte == b')')?;
    let rest = core::str::from_utf8(text.get(close + 1..)?).ok()?;
    let pid = core::str::from_utf8(text.get(..open)?).ok()?.trim().parse().ok()?;
    // The numbers are those of proc(5), less the two before.
    let field = |number: usize| rest.split_ascii_whitespace().nth(number - 3);
    let number = |of: usize| field(of)?.parse::<u64>().ok();
    Some(Process {
        pid,
        parent: field(4)?.parse().ok()?,
        state: *field(3)?.as_bytes().first()?,
        ticks: number(14)?.saturating_add(number(15)?),
        recent: 0,
        pages: number(24)?,
        name: Vec::from_slice(text.get(open + 1..close)?).ok()?,
    })
}

fn print(out: &mut Out, processes: &Table, count: u32) -> Result<()> {
    let number = |name| sysconf(name).ok().flatten().map_or(1, i64::unsigned_abs).max(1);
    let (hertz, page) = (number(SysconfName::CLK_TCK), number(SysconfName::PAGESIZE));
    out.put(b"    PID  PARENT S      CPU      KIB NAME\n");
    for process in processes.iter().take(count.try_into().unwrap_or(usize::MAX)) {
        // The buffer keeps its own error.
        let _ = line(out, process, hertz, page);
    }
    out.finish()
}

fn line(out: &mut Out, process: &Process, hertz: u64, page: u64) -> fmt::Result {
    let Process { pid, parent, state, recent, pages, name, .. } = process;
    let (seconds, hundredths) = (recent / hertz, recent % hertz * 100 / hertz);
    let (state, kib) = (char::from(*state), pages.saturating_mul(page) / 1024);
    write!(out, "{pid:7} {parent:7} {state} {seconds:5}.{hundredths:02} {kib:8} ")?;
    // Whoever chose the name is not to command this terminal.
    writeln!(out, "{}", name.escape_ascii())
}
