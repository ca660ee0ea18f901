//! Closed descriptors 0 to 2: opened on `/dev/null` for a set-user-ID program,
//! left alone for any other.

use std::{
    ffi::CString,
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::Path,
    process::{Command, Stdio},
};

use crate::{close, not_run, programs, runner, util};

const SECURE: i32 = 64;

/// The bits of the program's exit status for open descriptors, given as bits.
fn open(fds: i32) -> i32 {
    fds
}

/// The bits of the program's exit status for descriptors that are `/dev/null`.
fn null(fds: i32) -> i32 {
    fds << 3
}

#[test]
fn an_ordinary_program_finds_closed_descriptors_closed() {
    for program in programs("secure") {
        for closed in 0..8 {
            let mut command = program.command();
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            close(&mut command, closed);
            let status = command.spawn().and_then(|mut child| child.wait()).expect("it runs");
            assert_eq!(status.code(), Some(open(7 & !closed)), "{closed:03b}");
        }
    }
}

/// A copy of the program at `path` in `dir`, with the set-user-ID bit and an
/// owner other than nobody; an error says why there cannot be one.
fn set_user_id(path: &Path, dir: &Path) -> Result<std::path::PathBuf, &'static str> {
    if runner().is_some() {
        return Err("an emulator does not change its user");
    }
    // SAFETY: geteuid(2) takes nothing.
    if unsafe { libc::geteuid() } != 0 {
        return Err("only root makes a program set another user's id");
    }
    let copy = dir.join("secure");
    let c_copy = CString::new(copy.as_os_str().as_bytes()).expect("no NUL");
    fs::copy(path, &copy).expect("a copy");
    std::os::unix::fs::chown(&copy, Some(1), Some(1)).expect("an owner");
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o4755)).expect("its mode");
    // SAFETY: a zeroed statvfs is a valid one.
    let mut file_system: libc::statvfs = unsafe { core::mem::zeroed() };
    // SAFETY: the path ends with a NUL, and the struct is ours.
    let result = unsafe { libc::statvfs(c_copy.as_ptr(), &mut file_system) };
    assert_eq!(result, 0);
    match file_system.f_flag & libc::ST_NOSUID {
        0 => Ok(copy),
        _ => Err("the temporary directory is mounted nosuid"),
    }
}

#[test]
fn a_set_user_id_program_has_null_where_descriptors_were_closed() {
    for program in programs("secure") {
        let dir = util::temp_dir();
        let copy = match set_user_id(&program.path, dir.path()) {
            Ok(copy) => copy,
            Err(why) => return not_run(format_args!("set-user-ID program: {why}")),
        };
        for closed in 0..8 {
            let mut command = Command::new(&copy);
            command.uid(65534).gid(65534);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            close(&mut command, closed);
            let status = command.spawn().and_then(|mut child| child.wait()).expect("it runs");
            assert_eq!(status.code(), Some(SECURE | open(7) | null(closed)), "{closed:03b}");
        }
    }
}

#[test]
fn a_set_user_id_program_that_cannot_open_null_does_not_run() {
    for program in programs("secure") {
        let dir = util::temp_dir();
        let copy = match set_user_id(&program.path, dir.path()) {
            Ok(copy) => copy,
            Err(why) => return not_run(format_args!("set-user-ID program: {why}")),
        };
        let mut command = Command::new(&copy);
        command.uid(65534).gid(65534).stdin(Stdio::null()).stdout(Stdio::null());
        close(&mut command, 0b100);
        let limit = || {
            let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            // SAFETY: setrlimit(2) reads the struct, and may be called
            // between fork and exec.
            unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &none) };
            Ok(())
        };
        // SAFETY: as said above.
        unsafe { command.pre_exec(limit) };
        let status = command.spawn().and_then(|mut child| child.wait()).expect("it runs");
        let signal = status.signal().expect("a signal");
        assert!([libc::SIGILL, libc::SIGTRAP].contains(&signal), "{signal}");
    }
}
