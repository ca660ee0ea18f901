//! A small shell with job control, which reads standard input.
//!
//! Knows `a | b`, `a; b`, `a &`, `< FILE`, `> FILE`, `>> FILE`, `2> FILE`, `'…'`,
//! `"…"`, `cd DIR`, `exit [N]`, `wait`, `jobs`, `fg [N]`, `bg [N]`. On a terminal
//! each pipeline is a job, in a process group of its own: the one in the foreground
//! has the terminal, and its keys `^C` and `^Z`. Up to 16 jobs of 16 processes.
#![no_std]
#![no_main]

mod common;

use core::{convert::Infallible, ffi::CStr, fmt::Write as _};

use common::complain;
use heapless::{String, Vec};
use rawos::{
    Errno, Result,
    fd::{self, OwnedFd},
    fs::{self, Mode, OFlags},
    process::{self, Argv, Fork, Pid, WaitOptions, WaitStatus},
    rt,
    signal::{self, Signal},
    tty::{self, SetWhen, Termios},
};

rawos::entry!(main);

fn main() -> Result<i32> {
    // Where it is ignored, nobody learns how a child ended.
    signal::default(Signal::CHLD)?;
    let mut shell = Shell { jobs: Vec::new(), modes: None, status: 0 };
    shell.read()?;
    Ok(shell.status)
}

/// Whether the byte is inside of quotes; `None` if it is one of them.
fn quoted(quote: &mut Option<u8>, byte: u8) -> Option<bool> {
    match *quote {
        None if byte == b'\'' || byte == b'"' => *quote = Some(byte),
        Some(open) if open == byte => *quote = None,
        open => return Some(open.is_some()),
    }
    None
}

/// Cuts a line at the first of these bytes outside of quotes.
fn cut<'a>(line: &'a [u8], at: &[u8]) -> (&'a [u8], &'a [u8]) {
    let mut quote = None;
    let mut is_end = |byte: &u8| quoted(&mut quote, *byte) == Some(false) && at.contains(byte);
    line.split_at(line.iter().position(&mut is_end).unwrap_or(line.len()))
}

/// Words, each with a NUL.
type Text = Vec<u8, 8192>;

/// Takes a word off the line, and appends it to the text without its quotes.
fn word<'a>(line: &'a [u8], text: &mut Text) -> Result<&'a [u8]> {
    let (word, rest) = cut(line.trim_ascii_start(), b" \t<>");
    let mut quote = None;
    for byte in word.iter().filter(|byte| quoted(&mut quote, **byte).is_some()).chain(&[0]) {
        text.push(*byte).map_err(|_| Errno::E2BIG)?;
    }
    Ok(rest)
}

fn words(text: &[u8]) -> impl Iterator<Item = &CStr> {
    text.split_inclusive(|byte| *byte == 0).flat_map(CStr::from_bytes_with_nul)
}

/// Becomes the program of a command, after its redirections.
fn exec(mut command: &[u8]) -> Result<Infallible> {
    let write = OFlags::WRONLY | OFlags::CREAT;
    let (mut text, mut argv) = (Text::new(), Argv::<256>::new());
    while !command.is_empty() {
        let (file, rest) = match command {
            [b'<', rest @ ..] => (Some((0, OFlags::RDONLY)), rest),
            [b'>', b'>', rest @ ..] => (Some((1, write | OFlags::APPEND)), rest),
            [b'>', rest @ ..] => (Some((1, write | OFlags::TRUNC)), rest),
            [b'2', b'>', rest @ ..] => (Some((2, write | OFlags::TRUNC)), rest),
            _ => (None, command),
        };
        let start = text.len();
        command = word(rest, &mut text)?.trim_ascii_start();
        if let Some((number, flags)) = file {
            let name = words(&text[start..]).next().unwrap_or_default();
            let file = fs::open(name, flags, Mode::from_bits_retain(0o666))?;
            [fd::dup2_stdin, fd::dup2_stdout, fd::dup2_stderr][number](file)?;
            text.truncate(start);
        }
    }
    words(&text).try_for_each(|word| argv.push(word))?;
    process::execvp(words(&text).next().unwrap_or_default(), argv)
}

/// What a terminal sends to its jobs, and is not meant for the shell.
const KEYS: [Signal; 5] = [Signal::INT, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU];

/// A pipeline that runs, or is stopped.
struct Job {
    group: Pid,
    /// Those that have not ended, and whether they are stopped.
    processes: Vec<(Pid, bool), 16>,
    last: Pid,
    /// How the last one ended, or was stopped.
    status: WaitStatus,
    text: Vec<u8, 80>,
}

impl Job {
    fn runs(&self) -> bool {
        self.processes.iter().any(|(_, stopped)| !stopped)
    }
}

struct Shell {
    jobs: Vec<Job, 16>,
    /// The terminal's, if the shell has one.
    modes: Option<Termios>,
    status: i32,
}

impl Shell {
    /// Runs line by line, and reads no byte that a command may want.
    fn read(&mut self) -> Result<()> {
        if tty::isatty(fd::stdin()) {
            KEYS.iter().try_for_each(|key| signal::ignore(*key).map(drop))?;
            // Who leads a session leads a group, too.
            let _ = process::setpgid(Pid(0), Pid(0));
            tty::tcsetpgrp(fd::stdin(), process::getpgrp())?;
            self.modes = Some(tty::tcgetattr(fd::stdin())?);
        }
        let (mut line, mut byte) = (Vec::<u8, 4096>::new(), *b"\n");
        loop {
            if byte == *b"\n" {
                self.line(&line);
                line.clear();
                self.hear_all();
                let prompt: &[u8] = if self.modes.is_some() { b"$ " } else { b"" };
                fd::write_all(fd::stderr(), prompt)?;
            } else {
                line.push(byte[0]).map_err(|_| Errno::E2BIG)?;
            }
            if fd::read(fd::stdin(), &mut byte)? == 0 {
                self.line(&line);
                return Ok(());
            }
        }
    }

    fn line(&mut self, mut line: &[u8]) {
        while !line.trim_ascii().is_empty() {
            let (source, rest) = cut(line, b"&;");
            let status = match source.trim_ascii() {
                b"" => Err(Errno::EINVAL),
                source => self.run(source, rest.starts_with(b"&")),
            };
            if let Err(errno) = status {
                complain(source.trim_ascii(), errno);
            }
            self.status = status.unwrap_or(1);
            line = rest.get(1..).unwrap_or_default();
        }
    }

    /// Runs a pipeline, or does what the shell does itself; its status.
    fn run(&mut self, source: &[u8], back: bool) -> Result<i32> {
        let mut text = Text::new();
        let (command, others) = cut(source, b"|");
        word(word(command, &mut text)?, &mut text)?;
        let mut words = words(&text).map(CStr::to_bytes);
        let (name, arg) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let number = str::from_utf8(arg).ok().and_then(|arg| arg.parse::<usize>().ok());
        // The last job, unless another one is named.
        let index = number.unwrap_or(self.jobs.len()).wrapping_sub(1);
        match name {
            b"exit" => rt::exit(number.map_or(self.status, |number| number as i32)),
            b"cd" => fs::chdir(arg)?,
            b"jobs" if others.is_empty() => (0..self.jobs.len()).for_each(|index| self.show(index)),
            b"wait" => while self.jobs.iter().any(Job::runs) && self.hear(true) {},
            b"fg" | b"bg" => {
                let job = self.jobs.get_mut(index).ok_or(Errno::ESRCH)?;
                if name == b"fg" {
                    tty::tcsetpgrp(fd::stdin(), job.group)?;
                }
                process::killpg(job.group, Signal::CONT)?;
                job.processes.iter_mut().for_each(|(_, stopped)| *stopped = false);
                self.show(index);
                return if name == b"fg" { self.wait(index) } else { Ok(0) };
            }
            _ if self.jobs.is_full() => return Err(Errno::EAGAIN),
            _ => {
                return match self.start(source, back) {
                    Ok(()) if back => Ok(0),
                    Ok(()) => self.wait(self.jobs.len() - 1),
                    Err(errno) => self.regain_terminal().and(Err(errno)),
                };
            }
        }
        Ok(0)
    }

    /// Starts the processes of a pipeline, from the first one on.
    fn start(&mut self, mut source: &[u8], back: bool) -> Result<()> {
        let (none, status, text) =
            (Pid(0), WaitStatus(0), source.iter().copied().take(80).collect());
        let mut job = Job { group: none, processes: Vec::new(), last: none, status, text };
        let (mut input, mut more) = (None, true);
        while more {
            let (command, rest) = cut(source, b"|");
            more = !rest.is_empty();
            let (next, output) = more.then(fd::pipe).transpose()?.unzip();
            // SAFETY: a program without libc has one thread: the child may do all.
            match unsafe { process::fork()? } {
                Fork::Parent(pid) => {
                    job.group = if job.group == none { pid } else { job.group };
                    job.last = pid;
                    if self.modes.is_some() {
                        // As the child does: whoever comes first.
                        let _ = process::setpgid(pid, job.group);
                    }
                    job.processes.push((pid, false)).map_err(|_| Errno::E2BIG)?;
                }
                Fork::Child => {
                    let prepared = self.prepare(job.group, back, [input, output]);
                    let Err(errno) = prepared.and_then(|()| exec(command));
                    complain(command, errno);
                    process::_exit(if errno == Errno::ENOENT { 127 } else { 126 })
                }
            }
            (input, source) = (next, rest.get(1..).unwrap_or_default().trim_ascii_start());
        }
        self.jobs.push(job).map_err(|_| Errno::EAGAIN)
    }

    /// Makes a child a part of its job.
    fn prepare(&self, group: Pid, back: bool, [input, output]: [Option<OwnedFd>; 2]) -> Result<()> {
        if self.modes.is_some() {
            process::setpgid(Pid(0), group)?;
            if !back {
                tty::tcsetpgrp(fd::stdin(), process::getpgrp())?;
            }
            KEYS.iter().try_for_each(|key| signal::default(*key).map(drop))?;
        }
        input.map_or(Ok(()), fd::dup2_stdin)?;
        output.map_or(Ok(()), fd::dup2_stdout)
    }

    /// Waits until the job ends or stops; then the shell has the terminal again.
    fn wait(&mut self, index: usize) -> Result<i32> {
        while self.jobs.get(index).is_some_and(Job::runs) && self.hear(true) {}
        self.regain_terminal()?;
        let status = self.jobs[index].status;
        match self.jobs[index].processes.is_empty() {
            true => drop(self.jobs.remove(index)),
            false => self.show(index),
        }
        let signal = status.term_signal().or(status.stop_signal()).map(|signal| 128 + signal.0);
        Ok(status.exit_status().or(signal).unwrap_or_default())
    }

    fn regain_terminal(&self) -> Result<()> {
        let Some(modes) = &self.modes else { return Ok(()) };
        tty::tcsetpgrp(fd::stdin(), process::getpgrp())?;
        tty::tcsetattr(fd::stdin(), SetWhen::Drain, modes)
    }

    /// Takes the next news of a process; whether there was some.
    fn hear(&mut self, wait: bool) -> bool {
        let now = if wait { WaitOptions::empty() } else { WaitOptions::NOHANG };
        let heard = process::waitpid(Pid(-1), WaitOptions::UNTRACED | now);
        let Ok(Some((pid, status))) = heard else { return false };
        for job in &mut self.jobs {
            job.processes.retain_mut(|(other, stopped)| {
                *stopped |= *other == pid;
                *other != pid || status.is_stopped()
            });
            job.status = if pid == job.last { status } else { job.status };
        }
        true
    }

    /// Takes all news, and says which jobs have ended.
    fn hear_all(&mut self) {
        while self.hear(false) {}
        for (index, job) in self.jobs.iter().enumerate() {
            if self.modes.is_some() && job.processes.is_empty() {
                self.show(index);
            }
        }
        self.jobs.retain(|job| !job.processes.is_empty());
    }

    fn show(&self, index: usize) {
        let Some(job) = self.jobs.get(index) else { return };
        let (mut line, text) = (String::<512>::new(), job.text.escape_ascii());
        let state: &dyn core::fmt::Display = if job.runs() { &"running" } else { &job.status };
        let done = writeln!(line, "[{}] {state}: {text}", index + 1);
        let _ = done.map(|()| fd::write_all(fd::stdout(), line.as_bytes()));
    }
}
