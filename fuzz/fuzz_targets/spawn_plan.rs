//! File actions for a new process: rawos's child and glibc's have the same
//! descriptors in the end, or fail with the same error.
#![no_main]
use std::{
    ffi::{CStr, CString},
    fs, mem,
    os::unix::ffi::OsStrExt as _,
    path::PathBuf,
    ptr,
    sync::LazyLock,
};

use libfuzzer_sys::{arbitrary, fuzz_target};
use rawos::{
    fs::{Mode, OFlags},
    process::{self, FileAction, SpawnOptions, WaitOptions},
};
use rawos_fuzz::{Steps, confine::confine, probe::PROBE, reached, scratch};

#[derive(arbitrary::Arbitrary, Debug)]
enum Action {
    Open { target: u8, path: u8, flags: u8 },
    Close(u8),
    Dup2(u8, u8),
    CloseFrom(u8),
    Chdir(u8),
    Fchdir(u8),
}

/// Two files, directories, and what cannot be opened; relative ones too.
static PATHS: LazyLock<Vec<CString>> = LazyLock::new(|| {
    let dir = scratch("spawn");
    fs::create_dir_all(dir.join("dir/sub")).unwrap();
    fs::write(dir.join("text"), "0123456789").unwrap();
    let paths = ["text", "dir", "dir/sub", "new", "missing/x", "text/x"].map(|name| dir.join(name));
    let others = ["/dev/null", "sub", "..", "text", "", "/"].map(PathBuf::from);
    let string = |path: PathBuf| CString::new(path.as_os_str().as_bytes()).unwrap();
    // Some that are inherited, and one that is not.
    for (number, name) in [(10, "dir"), (11, "text"), (12, "dir/sub"), (13, "text")] {
        let path = string(dir.join(name));
        // SAFETY: a string to read; the numbers are nobody's, so near the start.
        unsafe {
            let file = libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
            assert_eq!(
                libc::dup3(file, number, if number == 13 { libc::O_CLOEXEC } else { 0 }),
                number
            );
            libc::close(file);
        }
    }
    paths.into_iter().chain(others).map(string).collect()
});

/// A file that the probe writes into.
static REPORT: LazyLock<CString> = LazyLock::new(|| {
    let path = scratch("report").join("report");
    fs::write(&path, "").unwrap();
    CString::new(path.as_os_str().as_bytes()).unwrap()
});

fn path(number: u8) -> &'static CStr {
    &PATHS[usize::from(number) % PATHS.len()]
}

/// Those that are open, more often than others.
fn number(number: u8) -> i32 {
    const NUMBERS: [i32; 16] = [0, 1, 2, 10, 11, 12, 13, 3, 4, 5, 9, 14, 0, 1, 10, -1];
    NUMBERS[usize::from(number) % NUMBERS.len()]
}

/// Nothing is made but in our directory.
fn flags(path: &CStr, bits: u8) -> i32 {
    let absolute = path.to_bytes().starts_with(b"/");
    let flags = [
        libc::O_RDWR,
        libc::O_CREAT,
        libc::O_APPEND,
        libc::O_EXCL,
        libc::O_DIRECTORY,
        libc::O_CLOEXEC,
    ];
    flags
        .iter()
        .enumerate()
        .filter(|(bit, _)| bits >> bit & 1 == 1)
        .map(|(_, flag)| flag)
        .sum::<i32>()
        & if absolute { !0 } else { !libc::O_CREAT }
}

fn ours(actions: &[Action]) -> Result<i32, i32> {
    let actions: Vec<_> = actions
        .iter()
        .map(|action| match *action {
            Action::Open { target, path: name, flags: bits } => FileAction::Open(
                number(target),
                path(name),
                OFlags::from_bits_retain(flags(path(name), bits) as u32),
                Mode::IRUSR,
            ),
            Action::Close(target) => FileAction::Close(number(target)),
            Action::Dup2(from, to) => FileAction::Dup2(number(from), number(to)),
            Action::CloseFrom(low) => FileAction::CloseFrom(number(low)),
            Action::Chdir(name) => FileAction::Chdir(path(name)),
            Action::Fchdir(dir) => FileAction::Fchdir(number(dir)),
        })
        .collect();
    let options = SpawnOptions::new().file_actions(&actions);
    let pid = process::posix_spawn(
        c"/proc/self/exe",
        [PROBE, REPORT.as_c_str()],
        [] as [&CStr; 0],
        &options,
    );
    pid.map(|pid| pid.0).map_err(|errno| errno.raw())
}

/// The error that a function of glibc returns.
fn check(error: i32) -> Result<(), i32> {
    if error == 0 { Ok(()) } else { Err(error) }
}

/// The child, and how many actions it was given: a negative number is an error
/// already when it is added.
fn theirs(actions: &[Action]) -> Result<(i32, usize), i32> {
    // SAFETY: the actions are initialised first and destroyed last; strings stay
    // alive; arrays end with a null.
    unsafe {
        let mut list = mem::zeroed();
        check(libc::posix_spawn_file_actions_init(&mut list))?;
        let added = actions
            .iter()
            .map(|action| {
                check(match *action {
                    Action::Open { target, path: name, flags: bits } => {
                        libc::posix_spawn_file_actions_addopen(
                            &mut list,
                            number(target),
                            path(name).as_ptr(),
                            // rawos makes it inheritable, whatever the flags say.
                            flags(path(name), bits) & !libc::O_CLOEXEC,
                            0o400,
                        )
                    }
                    Action::Close(target) => {
                        libc::posix_spawn_file_actions_addclose(&mut list, number(target))
                    }
                    Action::Dup2(from, to) => {
                        libc::posix_spawn_file_actions_adddup2(&mut list, number(from), number(to))
                    }
                    Action::CloseFrom(low) => {
                        libc::posix_spawn_file_actions_addclosefrom_np(&mut list, number(low))
                    }
                    Action::Chdir(name) => {
                        libc::posix_spawn_file_actions_addchdir_np(&mut list, path(name).as_ptr())
                    }
                    Action::Fchdir(dir) => {
                        libc::posix_spawn_file_actions_addfchdir_np(&mut list, number(dir))
                    }
                })
            })
            .take_while(Result::is_ok)
            .count();
        let (argv, env) = (
            [PROBE.as_ptr().cast_mut(), REPORT.as_ptr().cast_mut(), ptr::null_mut()],
            [ptr::null_mut()],
        );
        let mut pid = 0;
        let done = check(libc::posix_spawn(
            &mut pid,
            c"/proc/self/exe".as_ptr(),
            &list,
            ptr::null(),
            argv.as_ptr(),
            env.as_ptr(),
        ));
        libc::posix_spawn_file_actions_destroy(&mut list);
        done.map(|()| (pid, added))
    }
}

/// What the probe tells, with nothing left of what it made.
fn told(started: Result<i32, i32>) -> Result<String, i32> {
    let told = started.map(|pid| {
        let (_, status) =
            process::waitpid(process::Pid(pid), WaitOptions::empty()).unwrap().unwrap();
        assert_eq!(status.exit_status(), Some(0), "{status:?}");
        fs::read_to_string(REPORT.to_str().unwrap()).unwrap()
    });
    let _ = fs::remove_file(PATHS[3].to_str().unwrap());
    told
}

fuzz_target!(init: confine(), |actions: Steps<Action>| {
    let actions = &actions.0[..actions.0.len().min(12)];
    LazyLock::force(&PATHS);
    LazyLock::force(&REPORT);
    let ours = told(ours(actions));
    let theirs = theirs(actions);
    let added = theirs.map_or(actions.len(), |(_, added)| added);
    let theirs = told(theirs.map(|(pid, _)| pid));
    for pair in actions.windows(2) {
        reached((mem::discriminant(&pair[0]), mem::discriminant(&pair[1]), ours.as_ref().err()));
    }
    // rawos says so when the action's turn comes, and the ones before were well.
    assert_eq!(ours, if added < actions.len() { Err(libc::EBADF) } else { theirs });
});
