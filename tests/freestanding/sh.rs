//! `examples/shell.rs`: with other programs without libc, beside the system's shell
//! where there is one, and as the master of a terminal.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
        unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    },
    path::Path,
    process::{Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use crate::{Program, files::mkfifo, not_run, programs, run::words, told, util::temp_dir};

/// How long a test waits for what comes at once: a guest is slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the command makes of this on its standard input.
fn fed(command: &mut Command, script: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The words that run the program called `name`, as a shell takes them.
fn typed(sh: &Program, name: &str, args: &[&str]) -> String {
    words(sh, name, args).join(" ")
}

#[test]
fn sh_runs_what_the_systems_shell_runs() {
    let sh = |command: &mut Command, script: &str| {
        let tmp = temp_dir();
        fs::create_dir(tmp.path().join("sub")).unwrap();
        fs::write(tmp.path().join("in"), "input\n").unwrap();
        let (out, err, status) = told(&fed(command.current_dir(&tmp), script));
        let read = |name: &str| fs::read_to_string(tmp.path().join(name)).unwrap();
        (out, err, status, [read("out"), read("sub/a b"), read("errors")])
    };
    for program in programs("shell") {
        let cat = typed(&program, "cat", &[]);
        let code = |code: &str| typed(&program, "code", &[code]);
        let script = format!(
            "{cat} <in | {cat} | {cat} > out; {cat} in >>out\n\
             cd sub\n\
             {cat} ../in > 'a b'\n\
             {cat} 'a b' \"/no;such|\" 2> ../errors\n\
             \n\
             {cat} ../out & wait\n\
             {cat} 'a b' | {cat}",
        );
        let (out, err, status, files) = sh(&mut program.command(), &script);
        assert_eq!((&*out, &*err, status), (&*"input\n".repeat(4), "", Some(0)));
        assert_eq!(files[..2], ["input\ninput\n", "input\n"]);
        let error = ": /no;such|: No such file or directory (ENOENT)\n";
        assert!(files[2].ends_with(error) && files[2].lines().count() == 1, "{files:?}");
        match Path::new("/bin/sh").exists() {
            true => {
                let theirs = sh(&mut Command::new("/bin/sh"), &script);
                assert_eq!(theirs, (out, err, status, files));
            }
            false => not_run(format_args!("sh beside the system's: there is none")),
        }

        // What follows a line is there for its command. (Not all shells do so.)
        let script = format!("{cat} | {cat}\nthis is no command\n");
        let output = told(&fed(&mut program.command(), &script));
        assert_eq!(output, ("this is no command\n".to_owned(), String::new(), Some(0)));

        let ended = |script: String| fed(&mut program.command(), &script).status.code();
        assert_eq!(ended(format!("{}; {}", code("0"), code("3"))), Some(3));
        assert_eq!(ended(format!("{} | {}", code("3"), code("0"))), Some(0));
        assert_eq!(ended(format!("{}\nexit\n{}", code("4"), code("5"))), Some(4));
        assert_eq!(ended(format!("exit 6; {}", code("5"))), Some(6));
        assert_eq!(ended(typed(&program, "code", &["0", "9"])), Some(137));
        assert_eq!(ended("/no/such".to_owned()), Some(127));
    }
}

#[test]
fn sh_runs_nothing_of_a_line_that_it_does_not_know() {
    for program in programs("shell") {
        let tmp = temp_dir();
        fs::write(tmp.path().join("in"), "input\n").unwrap();
        let sh = |script: String| told(&fed(program.command().current_dir(&tmp), &script));
        let cat = typed(&program, "cat", &[]);
        let lines = [
            "> out && @ in",
            "> out || @ in",
            "in 2>&1 | @ > out",
            "in &> out",
            "'in > out",
            "in > out |",
            "in > out; ; @ in",
            "in > out <",
            "<< out",
        ];
        for line in lines {
            let line = format!("@ {line}").replace('@', &cat);
            let text = format!("{}: not understood: {line}\n", program.name());
            assert_eq!(sh(line), (String::new(), text, Some(2)));
        }
        assert!(!tmp.path().join("out").exists());
        let (_, err, status) = sh(format!("{}\nexit 3", "x".repeat(5_000)));
        assert!(err.contains(": not understood: xxx") && status == Some(3), "{err}");
    }
}

#[test]
fn sh_keeps_what_is_its_own() {
    for program in programs("shell") {
        let tmp = temp_dir();
        let sh = |script: String| told(&fed(program.command().current_dir(&tmp), &script));
        let cat = typed(&program, "cat", &[]);
        let error = |what: &str| {
            format!("{}: {what}: No such file or directory (ENOENT)\n", program.name())
        };
        // Its input is not for the background.
        assert_eq!(sh(format!("{cat} &\nexit 5")), (String::new(), String::new(), Some(5)));
        // What it does itself is for a line of its own.
        let told = sh(format!("exit 3 | {cat}\nexit 6"));
        assert_eq!(told, (String::new(), error("exit 3"), Some(6)));
        // Who is to blame.
        assert_eq!(sh(format!("{cat} < /none")), (String::new(), error("/none"), Some(1)));

        // Of a pipeline that is too long nobody is left.
        let fifo = tmp.path().join("fifo");
        mkfifo(&fifo);
        let told = sh(format!("{cat} < fifo{}\nexit", format!(" | {cat}").repeat(16)));
        assert_eq!(told.2, Some(1), "{told:?}");
        let opened = File::options().write(true).custom_flags(libc::O_NONBLOCK).open(&fifo);
        assert_eq!(opened.unwrap_err().raw_os_error(), Some(libc::ENXIO));
    }
}

#[test]
fn sh_makes_do_with_a_terminal_that_is_not_its_own() {
    for program in programs("shell") {
        let (mut screen, terminal) = Screen::new();
        let [input, output, error] = [0; 3].map(|_| terminal.try_clone().unwrap());
        let mut command = program.command();
        let mut shell = command.stdin(input).stdout(output).stderr(error).spawn().expect("it runs");
        drop((command, terminal));
        screen.expect("$ ");
        screen.type_in(&format!("{}\n", typed(&program, "code", &["7"])));
        screen.expect("$ ");
        screen.type_in("exit\n");
        assert_eq!(shell.wait().unwrap().code(), Some(7));
    }
}

/// A terminal, and what is shown on it.
pub struct Screen {
    keys: File,
    shown: Receiver<Vec<u8>>,
    text: String,
}

impl Screen {
    pub fn new() -> (Self, OwnedFd) {
        let (mut ours, mut theirs, null) = (0, 0, std::ptr::null_mut());
        // SAFETY: writes two descriptors.
        let made = unsafe { libc::openpty(&mut ours, &mut theirs, null, null.cast(), null.cast()) };
        assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
        for fd in [ours, theirs] {
            // SAFETY: takes numbers. Of this end no child is to have one too.
            assert_eq!(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }, 0);
        }
        // SAFETY: the descriptor is new.
        let keys = unsafe { File::from_raw_fd(ours) };
        // SAFETY: as above.
        let terminal = unsafe { OwnedFd::from_raw_fd(theirs) };
        let (mut screen, (sender, shown)) = (keys.try_clone().unwrap(), channel());
        thread::spawn(move || {
            let mut buf = [0; 4096];
            while let Ok(len @ 1..) = screen.read(&mut buf) {
                let _ = sender.send(buf[..len].to_vec());
            }
        });
        (Self { keys, shown, text: String::new() }, terminal)
    }

    fn type_in(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until this is shown, and forgets all up to there.
    fn expect(&mut self, wanted: &str) {
        loop {
            if let Some(at) = self.text.find(wanted) {
                self.text.drain(..at + wanted.len());
                return;
            }
            let more = self.shown.recv_timeout(PATIENCE);
            let more = more.unwrap_or_else(|error| panic!("{wanted:?}: {error} {:?}", self.text));
            self.text.push_str(&String::from_utf8_lossy(&more));
        }
    }

    /// The process group in the foreground.
    fn group(&self) -> i32 {
        // SAFETY: takes a number.
        unsafe { libc::tcgetpgrp(self.keys.as_raw_fd()) }
    }
}

#[test]
fn sh_controls_jobs() {
    for program in programs("shell") {
        let (mut screen, terminal) = Screen::new();
        let number = terminal.as_raw_fd();
        let mut command = program.command();
        let [input, output, error] = [0; 3].map(|_| terminal.try_clone().unwrap());
        command.stdin(input).stdout(output).stderr(error);
        let session = move || {
            // SAFETY: these take numbers, and may be called between fork and exec.
            let done = unsafe { libc::setsid() } != -1
                // SAFETY: as above.
                && unsafe { libc::ioctl(number, libc::TIOCSCTTY, 0) } == 0;
            done.then_some(()).ok_or_else(std::io::Error::last_os_error)
        };
        // SAFETY: as said there.
        unsafe { command.pre_exec(session) };
        let mut shell = command.spawn().expect("it runs");
        drop((command, terminal));
        let cat = typed(&program, "cat", &[]);
        let pid = shell.id() as i32;

        screen.expect("$ ");
        assert_eq!(screen.group(), pid);
        screen.type_in(&format!("{cat} | {cat}\n"));
        screen.type_in("one\n");
        // The terminal's echo, and the program's.
        screen.expect("one\r\n");
        screen.expect("one\r\n");
        let job = screen.group();
        assert_ne!(job, pid);

        // ^Z: the shell has the terminal again.
        screen.type_in("\x1a");
        screen.expect("[1] stopped by SIGTSTP: ");
        screen.expect("$ ");
        assert_eq!(screen.group(), pid);
        screen.type_in("jobs\n");
        screen.expect("[1] stopped by SIGTSTP: ");
        screen.expect("$ ");

        // In the background, reading stops it.
        screen.type_in("bg\n");
        screen.expect("[1] running: ");
        screen.expect("$ ");
        // SAFETY: sends nothing; all processes of the job are there.
        assert_eq!(unsafe { libc::kill(-job, 0) }, 0);
        screen.type_in("fg\n");
        screen.expect("[1] running: ");
        screen.type_in("two\n");
        screen.expect("two\r\n");
        screen.expect("two\r\n");
        assert_eq!(screen.group(), job);

        // ^C ends the job, and not the shell.
        screen.type_in("\x03");
        screen.expect("$ ");
        assert_eq!(screen.group(), pid);
        // SAFETY: sends nothing; nobody of the job is left.
        assert_eq!(unsafe { libc::kill(-job, 0) }, -1);

        // One in the background tells when it has ended.
        screen.type_in(&format!("{} &\n", typed(&program, "code", &["3"])));
        screen.type_in("wait\n");
        screen.expect("[1] exit status 3: ");
        screen.expect("$ ");

        // Stopped is what runs yet, though the last has ended.
        screen.type_in(&format!("{cat} | {}\n", typed(&program, "code", &["0"])));
        while screen.group() == pid {
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(300));
        screen.type_in("\x1a");
        screen.expect("[1] stopped by SIGTSTP: ");
        screen.expect("$ ");
        screen.type_in("fg\n");
        screen.expect("[1] running: ");
        screen.type_in("\x03");
        screen.expect("$ ");

        // Another shell in the background leaves it the terminal.
        screen.type_in(&format!("{} &\n", typed(&program, "shell", &[])));
        screen.type_in("wait\n");
        screen.type_in("jobs\n");
        screen.expect("[1] stopped by SIGTTOU: ");
        screen.expect("$ ");
        screen.type_in("fg\n");
        screen.expect("[1] running: ");
        screen.expect("$ ");
        assert_ne!(screen.group(), pid);
        screen.type_in("exit 5\n");
        screen.expect("$ ");
        assert_eq!(screen.group(), pid);
        screen.type_in("exit\n");
        assert_eq!(shell.wait().unwrap().code(), Some(5));
    }
}
