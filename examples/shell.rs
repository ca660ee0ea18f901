//! A small shell with job control, which reads standard input.
//!
//! Knows `a | b`, `a; b`, `a &`, `< FILE`, `> FILE`, `>> FILE`, `2> FILE`, `'…'`,
//! `"…"`, and by themselves `cd DIR`, `exit [N]`, `wait`, `jobs`, `fg [N]`, `bg [N]`.
//! With `&&`, `||`, `<<` or `>&` nothing of a line is run. On a terminal each pipeline
//! is a job, in a process group of its own: the one in the foreground has the terminal,
//! and its keys `^C` and `^Z`, which do not end `wait`. Up to 16 jobs of 16 processes.
#![no_std]
#![no_main]

mod common;

use core::{convert::Infallible, ffi::CStr, fmt::Write as _};

use common::{complain, say};
use heapless::{String, Vec};
use rawos::{
    Errno, Result,
    fd::{self, OwnedFd},
    fs::{self, Mode, OFlags},
    process::{self, Argv, Fork, Pid, WaitOptions, WaitStatus},
    signal::{self, Signal},
    tty::{self, SetWhen, Termios},
};

rawos::entry!(main);

fn main() -> Result<i32> {
    // Where it is ignored, nobody learns how a child ended.
    signal::default(Signal::CHLD)?;
    Shell { jobs: Vec::new(), modes: None, status: 0 }.read()
}

/// Whether the byte is inside of quotes; `None` if it is one of them.
fn quoted(quote: &mut Option<u8>, byte: u8) -> Option<bool> {
    let (inside, is_quote) = (quote.is_some(), quote.map_or(b"'\"".contains(&byte), |q| q == byte));
    *quote = if is_quote { quote.xor(Some(byte)) } else { *quote };
    (!is_quote).then_some(inside)
}

/// Whether every quote ends, and every `|`, `&` and `;` comes after a command.
fn is_line(line: &[u8]) -> bool {
    let (mut quote, mut last) = (None, b';');
    let fits = line.iter().filter(|byte| !byte.is_ascii_whitespace()).all(|byte| {
        let byte = if quoted(&mut quote, *byte) == Some(false) { *byte } else { b'a' };
        let begins = b"|&;<>".contains(&last) && b"|&;".contains(&byte);
        let pair = [core::mem::replace(&mut last, byte), byte];
        !begins && pair != *b"<<" && pair != *b"&>"
    });
    fits && line.len() < 4096 && quote.is_none() && !b"|<>".contains(&last)
}

/// Cuts a line at the first of these bytes outside of quotes.
fn cut<'a>(line: &'a [u8], at: &[u8]) -> (&'a [u8], &'a [u8]) {
    let mut quote = None;
    let mut is_end = |byte: &u8| quoted(&mut quote, *byte) == Some(false) && at.contains(byte);
    line.split_at(line.iter().position(&mut is_end).unwrap_or(line.len()))
}

/// Words, each with a NUL: room for those of any line.
type Text = Vec<u8, 8192>;

/// Takes a word off the line, and appends it to the text without its quotes.
fn word<'a>(line: &'a [u8], text: &mut Text) -> &'a [u8] {
    let (word, rest) = cut(line.trim_ascii_start(), b" \t<>");
    let mut quote = None;
    text.extend(word.iter().copied().filter(|byte| quoted(&mut quote, *byte).is_some()).chain([0]));
    rest
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
        command = word(rest, &mut text).trim_ascii_start();
        if let Some((number, flags)) = file {
            let name = words(&text[start..]).next().unwrap_or_default();
            let file = fs::open(name, flags, Mode::from_bits_retain(0o666));
            let file = file.unwrap_or_else(|errno| {
                complain(name.to_bytes(), errno);
                process::_exit(1)
            });
            [fd::dup2_stdin, fd::dup2_stdout, fd::dup2_stderr][number](file)?;
            text.truncate(start);
        }
    }
    words(&text).try_for_each(|word| argv.push(word))?;
    process::execvp(words(&text).next().unwrap_or_default(), argv)
}

/// What a terminal sends to its jobs, and is not meant for the shell.
const KEYS: [Signal; 5] = [Signal::INT, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU];

/// A pipeline, and how each process was stopped or has ended; `None` while it runs.
struct Job {
    processes: Vec<(Pid, Option<WaitStatus>), 16>,
    text: Vec<u8, 80>,
}

impl Job {
    /// That of the first that is stopped, or of the last; `None` while one runs.
    fn status(&self) -> Option<WaitStatus> {
        self.processes.iter().try_fold(WaitStatus(0), |before, (_, status)| {
            status.map(|status| if before.is_stopped() { before } else { status })
        })
    }

    fn has_ended(&self) -> bool {
        self.status().is_some_and(|status| !status.is_stopped())
    }

    fn group(&self) -> Pid {
        self.processes.first().map_or(Pid(0), |(pid, _)| *pid)
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
    fn read(&mut self) -> Result<i32> {
        // In the background this stops the shell, until it is called to the foreground.
        if tty::tcsetpgrp(fd::stdin(), process::getpgrp()).is_ok() {
            KEYS.iter().try_for_each(|key| signal::ignore(*key).map(drop))?;
            self.modes = Some(tty::tcgetattr(fd::stdin())?);
        }
        let prompt: &[u8] = if tty::isatty(fd::stdin()) { b"$ " } else { b"" };
        let (mut line, mut byte) = (Vec::<u8, 4096>::new(), *b"\n");
        loop {
            let _ = line.push(byte[0]);
            if byte == *b"\n" {
                self.line(&line);
                line.clear();
                while self.hear(false) {}
                let ended = |index: &usize| self.modes.is_some() && self.jobs[*index].has_ended();
                (0..self.jobs.len()).filter(ended).for_each(|index| self.show(index));
                self.jobs.retain(|job| !job.has_ended());
                fd::write_all(fd::stderr(), prompt)?;
            }
            if fd::read(fd::stdin(), &mut byte)? == 0 {
                self.line(&line);
                return Ok(self.status);
            }
        }
    }

    fn line(&mut self, mut line: &[u8]) {
        if !is_line(line) {
            self.status = 2;
            return say(&[b"not understood: ", line.trim_ascii()]);
        }
        while !line.trim_ascii().is_empty() {
            let (source, rest) = cut(line, b"&;");
            let source = source.trim_ascii();
            let status = self.run(source, rest.starts_with(b"&"));
            self.status = status.inspect_err(|errno| complain(source, *errno)).unwrap_or(1);
            line = rest.get(1..).unwrap_or_default();
        }
    }

    /// Runs a pipeline, or does what the shell does itself; its status.
    fn run(&mut self, source: &[u8], back: bool) -> Result<i32> {
        let mut text = Text::new();
        let (command, more) = cut(source, b"|<>");
        word(word(command, &mut text), &mut text);
        let mut words = words(&text).map(CStr::to_bytes);
        let (name, arg) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let name = if more.is_empty() && !back { name } else { b"" };
        let number = str::from_utf8(arg).ok().and_then(|arg| arg.parse::<usize>().ok());
        // The last job, unless another one is named.
        let index = number.unwrap_or(self.jobs.len()).wrapping_sub(1);
        match name {
            b"exit" => process::_exit(number.map_or(self.status, |number| number as i32)),
            b"cd" => fs::chdir(arg)?,
            b"jobs" => (0..self.jobs.len()).for_each(|index| self.show(index)),
            b"wait" => {
                while self.jobs.iter().any(|job| job.status().is_none()) && self.hear(true) {}
            }
            b"fg" | b"bg" => {
                let job = self.jobs.get_mut(index).ok_or(Errno::ESRCH)?;
                let group = job.group();
                (name == b"fg").then(|| tty::tcsetpgrp(fd::stdin(), group)).transpose()?;
                job.processes.iter_mut().for_each(|(_, s)| *s = s.filter(|s| !s.is_stopped()));
                // Before it goes on, and perhaps prints something itself.
                self.show(index);
                process::killpg(group, Signal::CONT)?;
                return if name == b"fg" { self.wait(index) } else { Ok(0) };
            }
            _ if self.jobs.is_full() => return Err(Errno::EAGAIN),
            _ => {
                let text = source.iter().copied().take(80).collect();
                let mut job = Job { processes: Vec::new(), text };
                let started = self.start(&mut job, source, back);
                if started.is_err() {
                    job.processes.iter().for_each(|(pid, _)| _ = process::kill(*pid, Signal::KILL));
                }
                let _ = self.jobs.push(job);
                let status = if back { 0 } else { self.wait(self.jobs.len() - 1)? };
                return started.map(|()| status);
            }
        }
        Ok(0)
    }

    /// Starts the processes of a pipeline, from the first one on.
    fn start(&self, job: &mut Job, mut source: &[u8], back: bool) -> Result<()> {
        // Without job control, it must not read what is the shell's in the background.
        let null = || fs::open("/dev/null", OFlags::RDONLY, Mode::empty());
        let (mut input, mut more) = ((back && self.modes.is_none()).then(null).transpose()?, true);
        while more {
            (!job.processes.is_full()).then_some(()).ok_or(Errno::E2BIG)?;
            let (command, rest) = cut(source, b"|");
            more = !rest.is_empty();
            let (next, output) = more.then(fd::pipe).transpose()?.unzip();
            // SAFETY: a program without libc has one thread: the child may do all.
            match unsafe { process::fork()? } {
                Fork::Parent(pid) => {
                    let _ = job.processes.push((pid, None));
                    if self.modes.is_some() {
                        let _ = process::setpgid(pid, job.group());
                    }
                }
                Fork::Child => {
                    let prepared = self.prepare(job.group(), back, [input, output]);
                    let Err(errno) = prepared.and_then(|()| exec(command));
                    complain(command.trim_ascii(), errno);
                    process::_exit(if errno == Errno::ENOENT { 127 } else { 126 })
                }
            }
            (input, source) = (next, rest.get(1..).unwrap_or_default().trim_ascii_start());
        }
        Ok(())
    }

    /// Makes a child a part of its job. Its parent puts it into the group, too.
    fn prepare(&self, group: Pid, back: bool, [input, output]: [Option<OwnedFd>; 2]) -> Result<()> {
        if self.modes.is_some() {
            process::setpgid(Pid(0), group)?;
            (!back).then(|| tty::tcsetpgrp(fd::stdin(), process::getpgrp())).transpose()?;
            KEYS.iter().try_for_each(|key| signal::default(*key).map(drop))?;
        }
        input.map_or(Ok(()), fd::dup2_stdin)?;
        output.map_or(Ok(()), fd::dup2_stdout)
    }

    /// Waits until the job ends or stops; then the shell has the terminal again.
    fn wait(&mut self, index: usize) -> Result<i32> {
        while self.jobs[index].status().is_none() && self.hear(true) {}
        if let Some(modes) = &self.modes {
            tty::tcsetpgrp(fd::stdin(), process::getpgrp())?;
            tty::tcsetattr(fd::stdin(), SetWhen::Drain, modes)?;
        }
        let status = self.jobs[index].status().unwrap_or(WaitStatus(0));
        match status.is_stopped() {
            true => self.show(index),
            false => drop(self.jobs.remove(index)),
        }
        let signal = status.term_signal().or(status.stop_signal()).map(|signal| 128 + signal.0);
        Ok(status.exit_status().or(signal).unwrap_or_default())
    }

    /// Takes the next news of a process; whether there was some.
    fn hear(&mut self, wait: bool) -> bool {
        let now = if wait { WaitOptions::empty() } else { WaitOptions::NOHANG };
        let heard = process::waitpid(Pid(-1), WaitOptions::UNTRACED | now);
        let Ok(Some((pid, status))) = heard else { return false };
        let all = self.jobs.iter_mut().flat_map(|job| &mut job.processes);
        for (_, old) in all.filter(|(other, _)| *other == pid) {
            // What has ended has: its number may be another's.
            *old = old.filter(|old| !old.is_stopped()).or(Some(status));
        }
        true
    }

    fn show(&self, index: usize) {
        let Some(job) = self.jobs.get(index) else { return };
        let (mut line, status) = (String::<512>::new(), job.status());
        let state: &dyn core::fmt::Display = status.as_ref().map_or(&"running", |status| status);
        let done = writeln!(line, "[{}] {state}: {}", index + 1, job.text.escape_ascii());
        let _ = done.map(|()| fd::write_all(fd::stdout(), line.as_bytes()));
    }
}
