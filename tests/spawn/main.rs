//! Processes that start others: exec, spawn, fork, popen and system. glibc, std
//! and the programs started are the witnesses.
//!
//! The programs are this test's own file, which is all that a booted guest
//! has: with `RAWOS_ROLE` set, it plays a role before any test begins. Under
//! qemu-user it is run by the emulator that `RAWOS_RUNNER` names.
#![cfg(not(miri))] // Miri runs no programs
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod actions;
mod attributes;
mod basic;
mod many;
mod roles;
mod search;
mod shell;

use std::{
    env,
    ffi::{CStr, CString},
    io::{Read, Write},
    os::{fd::FromRawFd, unix::ffi::OsStringExt},
    sync::OnceLock,
};

use rawos::{
    Result,
    process::{self, Argv, FileAction, Pid, SpawnOptions, WaitOptions},
};

/// Says past the test harness that something does not run here.
fn not_run(why: &str) {
    let line = format!("not run: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error");
}

/// Whether an emulator runs this, whose child processes share no memory.
fn emulated() -> bool {
    env::var_os("RAWOS_RUNNER").is_some_and(|runner| !runner.is_empty())
}

/// Whether this is a guest, where everything takes longer and memory is short.
fn booted() -> bool {
    env::var_os("RAWOS_BOOTED").is_some()
}

/// As many times as natively, or fewer where everything takes longer.
fn times(natively: u32) -> u32 {
    match (emulated(), booted()) {
        (true, _) => natively.div_ceil(250),
        (_, true) => natively.div_ceil(50),
        _ => natively,
    }
}

/// The words of the command that runs this file: the emulator, if any, and it.
fn command() -> &'static [CString] {
    static COMMAND: OnceLock<Vec<CString>> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let runner = env::var("RAWOS_RUNNER").unwrap_or_default();
        let mut words: Vec<_> = runner.split_whitespace().map(str::to_owned).collect();
        if let Some(first) = words.first_mut().filter(|first| !first.contains('/')) {
            let path = env::var("PATH").expect("PATH");
            let mut found = path.split(':').map(|dir| format!("{dir}/{first}"));
            *first = found.find(|file| std::path::Path::new(file).exists()).expect("the emulator");
        }
        let mut words: Vec<_> = words.into_iter().map(|word| CString::new(word).unwrap()).collect();
        let exe = env::current_exe().expect("this file").into_os_string().into_vec();
        words.push(CString::new(exe).unwrap());
        words
    })
}

/// A call of this file in a role.
struct Call {
    words: Vec<CString>,
    env: Vec<CString>,
}

impl Call {
    fn new(role: &str, args: &[&str]) -> Self {
        let mut words = command().to_vec();
        words.extend(args.iter().map(|arg| CString::new(*arg).unwrap()));
        let mut call = Self { words, env: Vec::new() };
        call.var("RAWOS_ROLE", role);
        // By its whole path: the program may have no `PATH`.
        let runner = &command()[..command().len() - 1];
        let runner: Vec<&str> = runner.iter().map(|word| word.to_str().unwrap()).collect();
        call.var("RAWOS_RUNNER", &runner.join(" "));
        if booted() {
            call.var("RAWOS_BOOTED", "1");
        }
        call
    }

    fn var(&mut self, name: &str, value: &str) -> &mut Self {
        self.env.push(CString::new(format!("{name}={value}")).unwrap());
        self
    }

    fn path(&self) -> &CStr {
        &self.words[0]
    }

    fn argv(&self) -> Argv<'_, 32> {
        let words: Vec<&CStr> = self.words.iter().map(CString::as_c_str).collect();
        Argv::from_slice(&words).expect("not so many")
    }

    fn envp(&self) -> Argv<'_, 32> {
        let vars: Vec<&CStr> = self.env.iter().map(CString::as_c_str).collect();
        Argv::from_slice(&vars).expect("not so many")
    }

    fn spawn(&self, options: &SpawnOptions<'_>) -> Result<Pid> {
        process::posix_spawn(self.path(), self.argv(), self.envp(), options)
    }

    /// What the program printed, and how it ended as `waitpid` tells it.
    fn output(
        &self,
        actions: &[FileAction<'_>],
        options: SpawnOptions<'_>,
    ) -> Result<(String, i32)> {
        let (mut reader, writer) = pipe();
        let out = std::os::fd::AsRawFd::as_raw_fd(&writer);
        let actions = [&[FileAction::Dup2(out, 1)], actions].concat();
        let pid = self.spawn(&options.file_actions(&actions))?;
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        Ok((text, wait(pid)))
    }

    /// As [`output`](Self::output), by glibc's `posix_spawn`.
    fn libc_output(&self, set: impl FnOnce(&mut Libc)) -> std::result::Result<(String, i32), i32> {
        let (mut reader, writer) = pipe();
        let mut libc = Libc::new();
        libc.dup2(std::os::fd::AsRawFd::as_raw_fd(&writer), 1);
        set(&mut libc);
        let pid = libc.spawn(self)?;
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        Ok((text, wait(Pid(pid))))
    }

    /// Runs the role, which asserts, and passes on its failure.
    fn passes(&self) {
        let (text, status) = self.output(&[], SpawnOptions::new()).expect("a child");
        assert_eq!(status, 0, "{text}");
    }
}

/// The status of the child, by libc.
fn wait(pid: Pid) -> i32 {
    let mut status = 0;
    // SAFETY: writes the integer.
    let waited = unsafe { libc::waitpid(pid.0, &mut status, 0) };
    assert_eq!(waited, pid.0);
    status
}

/// A pipe, close-on-exec, by libc.
fn pipe() -> (std::fs::File, std::fs::File) {
    let mut ends = [0; 2];
    // SAFETY: writes two integers.
    assert_eq!(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }, 0);
    // SAFETY: new descriptors, nobody's yet.
    ends.map(|end| unsafe { std::fs::File::from_raw_fd(end) }).into()
}

/// glibc's actions and attributes.
struct Libc {
    actions: libc::posix_spawn_file_actions_t,
    attributes: libc::posix_spawnattr_t,
}

impl Libc {
    fn new() -> Self {
        // SAFETY: zeroes are valid until initialised.
        let mut new: Self = unsafe { std::mem::zeroed() };
        // SAFETY: initialises the struct.
        assert_eq!(unsafe { libc::posix_spawn_file_actions_init(&mut new.actions) }, 0);
        // SAFETY: initialises the struct.
        assert_eq!(unsafe { libc::posix_spawnattr_init(&mut new.attributes) }, 0);
        new
    }

    fn dup2(&mut self, old: i32, new: i32) {
        // SAFETY: the struct is initialised.
        let result = unsafe { libc::posix_spawn_file_actions_adddup2(&mut self.actions, old, new) };
        assert_eq!(result, 0);
    }

    fn close(&mut self, fd: i32) {
        // SAFETY: the struct is initialised.
        assert_eq!(unsafe { libc::posix_spawn_file_actions_addclose(&mut self.actions, fd) }, 0);
    }

    fn open(&mut self, fd: i32, path: &CStr, flags: i32, mode: u32) {
        let (actions, path) = (&mut self.actions, path.as_ptr());
        // SAFETY: the struct is initialised; the path is copied.
        let result =
            unsafe { libc::posix_spawn_file_actions_addopen(actions, fd, path, flags, mode) };
        assert_eq!(result, 0);
    }

    fn flags(&mut self, flags: i32) {
        let flags = i16::try_from(flags).unwrap();
        // SAFETY: the struct is initialised.
        assert_eq!(unsafe { libc::posix_spawnattr_setflags(&mut self.attributes, flags) }, 0);
    }

    fn spawn(&self, call: &Call) -> std::result::Result<i32, i32> {
        let pointers = |strings: &[CString]| {
            let strings = strings.iter().map(|string| string.as_ptr().cast_mut());
            strings.chain([std::ptr::null_mut()]).collect::<Vec<_>>()
        };
        let (argv, envp, mut pid) = (pointers(&call.words), pointers(&call.env), 0);
        // SAFETY: all pointers are valid, and the arrays end with a null.
        let result = unsafe {
            libc::posix_spawn(
                &mut pid,
                call.path().as_ptr(),
                &self.actions,
                &self.attributes,
                argv.as_ptr(),
                envp.as_ptr(),
            )
        };
        if result == 0 { Ok(pid) } else { Err(result) }
    }
}

impl Drop for Libc {
    fn drop(&mut self) {
        // SAFETY: initialised, and used no more.
        unsafe { libc::posix_spawn_file_actions_destroy(&mut self.actions) };
        // SAFETY: as above.
        unsafe { libc::posix_spawnattr_destroy(&mut self.attributes) };
    }
}

/// No flags but those of waiting.
const ENDED: WaitOptions = WaitOptions::empty();
