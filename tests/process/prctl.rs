//! `src/process/{prctl,securebits}.rs`, against libc and `/proc`.

use std::{fs, io::Write as _, thread};

use rawos::{
    Errno, process,
    process::{
        Securebits, get_child_subreaper, get_dumpable, get_keepcaps, get_no_new_privs,
        get_parent_death_signal, get_securebits, get_thread_name, set_child_subreaper,
        set_dumpable, set_keepcaps, set_no_new_privs, set_no_new_privs_thread,
        set_parent_death_signal, set_securebits, set_thread_name,
    },
    signal::Signal,
};

use crate::{
    apart::{emulated, in_fork},
    caps::has,
    util::{
        child::{command, passes},
        libc_result, not_run,
    },
};

/// What libc's prctl(2) returns for an option that takes nothing.
fn by_libc(option: i32) -> i32 {
    // SAFETY: it takes integers.
    unsafe { libc::prctl(option, 0, 0, 0, 0) }
}

/// What it writes for one that writes an `int`.
fn int_by_libc(option: i32) -> i32 {
    let mut value = -1;
    // SAFETY: it writes the integer.
    assert_eq!(unsafe { libc::prctl(option, &mut value, 0, 0, 0) }, 0);
    value
}

/// A line of the calling thread's status.
fn status(key: &str) -> String {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).expect(key);
    line.trim_start_matches(':').trim().to_owned()
}

#[test]
fn a_thread_has_a_name_of_its_own() {
    let before = status("Name");
    thread::spawn(|| {
        let names = (0..16).map(|len| "name of a thread".as_bytes()[..len].to_vec());
        for name in names.chain([b"\xff\n/\\".to_vec()]) {
            assert_eq!(set_thread_name(&name[..]), Ok(()), "{name:?}");
            assert_eq!(get_thread_name(&mut [0xff; 16]).unwrap().to_bytes(), name);
            let comm = fs::read("/proc/thread-self/comm").unwrap();
            assert_eq!(comm.strip_suffix(b"\n").unwrap(), name);
        }
        for long in [16, 17, 100, 4095] {
            assert_eq!(set_thread_name(&vec![b'n'; long][..]), Err(Errno::ERANGE), "{long}");
        }
        assert_eq!(set_thread_name("a\0b"), Err(Errno::EINVAL));
        assert_eq!(get_thread_name(&mut [0; 16]).unwrap().to_bytes(), b"\xff\n/\\");
        // SAFETY: reads the name.
        assert_eq!(unsafe { libc::prctl(libc::PR_SET_NAME, c"by libc".as_ptr()) }, 0);
        assert_eq!(get_thread_name(&mut [0; 16]), Ok(c"by libc"));
    })
    .join()
    .unwrap();
    assert_eq!(status("Name"), before);
}

#[test]
fn a_thread_refuses_privileges() {
    let before = status("NoNewPrivs");
    let already = before == "1";
    thread::spawn(move || {
        assert_eq!(get_no_new_privs(), Ok(already));
        for _ in 0..2 {
            assert_eq!(set_no_new_privs_thread(), Ok(()));
            assert_eq!(get_no_new_privs(), Ok(true));
            assert_eq!(by_libc(libc::PR_GET_NO_NEW_PRIVS), 1);
            assert_eq!(status("NoNewPrivs"), "1");
        }
        // For those it starts, and no other.
        thread::spawn(|| assert_eq!(get_no_new_privs(), Ok(true))).join().unwrap();
    })
    .join()
    .unwrap();
    assert_eq!(status("NoNewPrivs"), before);
}

#[test]
fn beside_threads_nothing_is_taken() {
    let before = (status("NoNewPrivs"), by_libc(libc::PR_GET_SECUREBITS));
    assert_eq!(set_no_new_privs(), Err(Errno::ENOTSUP));
    assert_eq!(set_securebits(Securebits::NOROOT), Err(Errno::ENOTSUP));
    assert_eq!((status("NoNewPrivs"), by_libc(libc::PR_GET_SECUREBITS)), before);
}

#[test]
fn a_process_refuses_privileges() {
    match emulated() {
        true => not_run("the emulator's threads make the process one with threads"),
        false => drop(passes(&mut command("prctl::no_new_privs"))),
    }
}

pub fn no_new_privs() {
    assert_eq!(set_no_new_privs(), Ok(()));
    assert_eq!((status("NoNewPrivs").as_str(), get_no_new_privs()), ("1", Ok(true)));
    // Children inherit it.
    assert_eq!(in_fork(|| status("NoNewPrivs")), "1");
}

#[test]
fn capabilities_are_kept_by_the_thread_that_says_so() {
    thread::spawn(|| {
        for on in [true, false, true] {
            assert_eq!(set_keepcaps(on), Ok(()));
            assert_eq!((get_keepcaps(), by_libc(libc::PR_GET_KEEPCAPS)), (Ok(on), on.into()));
            let bits = get_securebits().unwrap();
            assert_eq!(bits.bits() as i32, by_libc(libc::PR_GET_SECUREBITS));
            assert_eq!(bits.contains(Securebits::KEEP_CAPS), on);
        }
    })
    .join()
    .unwrap();
    assert_eq!(get_keepcaps(), Ok(false));
}

#[test]
fn securebits_have_libcs_values() {
    use Securebits as S;
    let pairs = [
        (S::NOROOT, libc::SECBIT_NOROOT),
        (S::NOROOT_LOCKED, libc::SECBIT_NOROOT_LOCKED),
        (S::NO_SETUID_FIXUP, libc::SECBIT_NO_SETUID_FIXUP),
        (S::NO_SETUID_FIXUP_LOCKED, libc::SECBIT_NO_SETUID_FIXUP_LOCKED),
        (S::KEEP_CAPS, libc::SECBIT_KEEP_CAPS),
        (S::KEEP_CAPS_LOCKED, libc::SECBIT_KEEP_CAPS_LOCKED),
        (S::NO_CAP_AMBIENT_RAISE, libc::SECBIT_NO_CAP_AMBIENT_RAISE),
        (S::NO_CAP_AMBIENT_RAISE_LOCKED, libc::SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED),
        (S::EXEC_RESTRICT_FILE, libc::SECBIT_EXEC_RESTRICT_FILE),
        (S::EXEC_RESTRICT_FILE_LOCKED, libc::SECBIT_EXEC_RESTRICT_FILE_LOCKED),
        (S::EXEC_DENY_INTERACTIVE, libc::SECBIT_EXEC_DENY_INTERACTIVE),
        (S::EXEC_DENY_INTERACTIVE_LOCKED, libc::SECBIT_EXEC_DENY_INTERACTIVE_LOCKED),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours.bits() as i32, theirs, "{ours:?}");
    }
}

#[test]
fn securebits_are_set_as_libc_sets_them() {
    match emulated() {
        true => not_run("the emulator's threads make the process one with threads"),
        false => drop(passes(&mut command("prctl::securebits"))),
    }
}

pub fn securebits() {
    let bits = (0..32).map(|bit| 1 << bit).chain([0, 3, 12, 0x2f, 0xff, u32::MAX]);
    for bits in bits {
        let told = |set: &dyn Fn() -> rawos::Result<()>| {
            in_fork(|| {
                let mut told = String::new();
                // Then back: what is locked stays.
                for _ in 0..2 {
                    told += &format!("{:?} {:#x}\n", set(), by_libc(libc::PR_GET_SECUREBITS));
                }
                told += &format!("{:?}", taken_back());
                told
            })
        };
        let ours = told(&|| set_securebits(Securebits::from_bits_retain(bits)));
        let theirs = told(&|| {
            // SAFETY: takes integers.
            libc_result(unsafe { libc::prctl(libc::PR_SET_SECUREBITS, u64::from(bits), 0, 0, 0) })
                .map(drop)
        });
        assert_eq!(ours, theirs, "{bits:#x}");
        if !has("CapEff", 8) && bits < 0x100 {
            assert!(ours.starts_with("Err(EPERM) 0x0"), "{bits:#x} {ours}");
        }
    }
}

/// Whether the bits can be taken back.
fn taken_back() -> (rawos::Result<()>, i32) {
    // SAFETY: takes integers.
    let back = unsafe { libc::prctl(libc::PR_SET_SECUREBITS, 0u64, 0, 0, 0) };
    (libc_result(back).map(drop), by_libc(libc::PR_GET_SECUREBITS))
}

#[test]
fn a_process_hides_from_its_user() {
    passes(&mut command("prctl::dumpable"));
}

pub fn dumpable() {
    for on in [false, true, false, true] {
        assert_eq!(set_dumpable(on), Ok(()));
        assert_eq!((get_dumpable(), by_libc(libc::PR_GET_DUMPABLE)), (Ok(on), on.into()));
        // It is the process's.
        thread::spawn(move || assert_eq!(get_dumpable(), Ok(on))).join().unwrap();
    }
}

#[test]
fn a_thread_is_told_of_its_parents_end() {
    thread::spawn(|| {
        assert_eq!(get_parent_death_signal(), Ok(None));
        for number in [1, 2, 9, 15, 31] {
            assert_eq!(set_parent_death_signal(Some(Signal(number))), Ok(()));
            assert_eq!(get_parent_death_signal(), Ok(Some(Signal(number))));
            assert_eq!(int_by_libc(libc::PR_GET_PDEATHSIG), number);
        }
        for number in [0, -1, i32::MIN, 65, i32::MAX] {
            let wrong = set_parent_death_signal(Some(Signal(number)));
            assert_eq!(wrong, Err(Errno::EINVAL), "{number}");
        }
        assert_eq!(get_parent_death_signal(), Ok(Some(Signal(31))));
        assert_eq!(set_parent_death_signal(None), Ok(()));
        assert_eq!((get_parent_death_signal(), int_by_libc(libc::PR_GET_PDEATHSIG)), (Ok(None), 0));
    })
    .join()
    .unwrap();
}

#[test]
fn orphans_come_to_a_subreaper_and_die_with_their_parent() {
    match emulated() {
        true => not_run("the emulator knows no subreapers"),
        false => drop(passes(&mut command("prctl::orphans"))),
    }
}

pub fn orphans() {
    for on in [true, false, true] {
        assert_eq!(set_child_subreaper(on), Ok(()));
        assert_eq!(get_child_subreaper(), Ok(on));
        assert_eq!(int_by_libc(libc::PR_GET_CHILD_SUBREAPER), on.into());
    }
    // One that outlives its parent, and one that is told to end with it.
    for (signal, ends) in [(None, "exit 7"), (Some(Signal::KILL), "signal 9")] {
        let orphan: i32 = in_fork(|| {
            // Inherited by nobody.
            assert_eq!(get_child_subreaper(), Ok(false));
            orphan(signal).to_string()
        })
        .parse()
        .unwrap();
        let mut status = 0;
        // SAFETY: writes the status of a child, which the orphan is by now.
        assert_eq!(unsafe { libc::waitpid(orphan, &mut status, 0) }, orphan, "{ends}");
        let end = match libc::WIFEXITED(status) {
            true => format!("exit {}", libc::WEXITSTATUS(status)),
            false => format!("signal {}", libc::WTERMSIG(status)),
        };
        assert_eq!(end, ends);
    }
}

/// Makes a child that waits for its parent's end: to have another parent, and
/// then ends with code 7, or to be sent `signal`.
fn orphan(signal: Option<Signal>) -> i32 {
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    let parent = process::getpid();
    // SAFETY: there is no other thread.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let set = set_parent_death_signal(signal);
        writer.write_all(&[u8::from(set.is_ok())]).unwrap();
        // Half a minute, at most.
        for _ in 0..3000 {
            if signal.is_none() && process::getppid() != parent {
                // SAFETY: ends the process.
                unsafe { libc::_exit(7) };
            }
            thread::sleep(std::time::Duration::from_millis(10));
        }
        // SAFETY: ends the process.
        unsafe { libc::_exit(1) };
    }
    let mut ready = [0];
    std::io::Read::read_exact(&mut reader, &mut ready).unwrap();
    assert_eq!(ready, [1]);
    child
}
