//! Processes that are copied, that become a program, and that end.

use rawos::{
    Errno,
    fd::BorrowedFd,
    process::{self, Fork},
};
use syscalls::Sysno;

use crate::{
    rules::{Row, Rule},
    scene::program,
    trial::Trial,
    util,
};

/// The program's own end.
const SEVEN: Rule = Rule::Ends(7 << 8);

fn directory() -> String {
    let program = std::path::Path::new(program().to_str().expect("text"));
    program.parent().and_then(|dir| dir.to_str()).expect("a directory").to_owned()
}

/// A descriptor of the program, until the process ends.
fn file() -> BorrowedFd<'static> {
    let file = std::fs::File::open(program().to_str().expect("text")).expect("it opens");
    // SAFETY: nothing closes it.
    unsafe { BorrowedFd::borrow_raw(std::os::fd::IntoRawFd::into_raw_fd(file)) }
}

/// A child that ends with 3.
fn forks(t: &mut Trial) {
    t.call_then(
        // SAFETY: this process has one thread.
        || match unsafe { process::fork() } {
            // SAFETY: takes a number.
            Ok(Fork::Child) => unsafe { libc::_exit(3) },
            Ok(Fork::Parent(pid)) => Ok(pid),
            Err(errno) => Err(errno),
        },
        |result| {
            if let Ok(pid) = result {
                assert_eq!(util::again::libc_wait(pid.0, 0), 3 << 8);
            }
        },
    );
}

pub const ROWS: &[Row] = &[
    Row::new("process::fork", forks),
    Row::new("process::execv", |t| t.call(|| process::execv(program(), [c"x"]))).but(&[SEVEN]),
    Row::new("process::execve", |t| t.call(|| process::execve(program(), [c"x"], [c"A=1"])))
        .but(&[SEVEN]),
    Row::new("process::execvp", |t| {
        // SAFETY: a process that has one thread.
        unsafe { std::env::set_var("PATH", directory()) };
        t.call(|| process::execvp("program", [c"x"]));
    })
    .but(&[SEVEN]),
    Row::new("process::execvpe", |t| {
        let path = std::ffi::CString::new(format!("PATH={}", directory())).expect("no NUL");
        t.call(|| process::execvpe("program", [c"x"], [path.as_c_str()]));
    })
    .but(&[SEVEN]),
    Row::new("process::execvpe (found later)", |t| {
        let path = format!("PATH={}:{}", t.path("bare"), directory());
        let path = std::ffi::CString::new(path).expect("no NUL");
        t.call(|| process::execvpe("program", [c"x"], [path.as_c_str()]));
    })
    // "Every directory is tried."
    .but(&[Rule::On(1, &Rule::Absorbs(Sysno::execve, &[])), SEVEN]),
    Row::new("process::fexecve", |t| {
        let file = file();
        t.call(|| process::fexecve(file, [c"x"], []));
    })
    .but(&[SEVEN]),
    Row::new("process::fexecve (without execveat)", |t| {
        let file = file();
        util::refuse(libc::SYS_execveat, libc::ENOSYS);
        t.call(|| process::fexecve(file, [c"x"], []));
    })
    .but(&[SEVEN]),
    Row::new("process::fexecve (without execveat and file)", |t| {
        util::refuse(libc::SYS_execveat, libc::ENOSYS);
        // SAFETY: it is not open, and nothing is to be.
        let none = unsafe { BorrowedFd::borrow_raw(999) };
        t.call(|| process::fexecve(none, [c"x"], []));
    })
    // ENOENT alone asks why; and that fcntl(2) fails says why.
    .but(&[
        Rule::Plain(libc::EBADF),
        Rule::Turns(Sysno::execve, &[libc::ENOENT], libc::EBADF),
        Rule::Absorbs(Sysno::fcntl, &[]),
    ]),
    Row::new("process::abort", |t| {
        util::again::no_core();
        t.call(|| -> Result<(), Errno> { process::abort() });
    })
    // "Nothing that fails here has a better answer than the next step."
    .but(&[
        Rule::Ends(libc::SIGABRT),
        Rule::Absorbs(Sysno::rt_sigprocmask, &[]),
        Rule::Absorbs(Sysno::tgkill, &[]),
    ]),
];
