//! `src/process/{caps,cap_set}.rs`, against raw calls through libc and what
//! `/proc` shows.

use std::{fs, thread};

use rawos::{
    Errno, Result, process,
    process::{
        CapSet, Capabilities, Pid, Securebits, cap_ambient_clear, cap_ambient_lower,
        cap_ambient_raise, cap_ambient_read, capbset_drop, capbset_read, capget, capset,
        capset_thread,
    },
};

use crate::{
    apart::{emulated, in_fork},
    util::{
        child::{command, passes},
        libc_result, not_run, not_run_in_part,
    },
};

/// The kernel's names, from number 0 on.
const NAMES: &str = "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP \
    LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE \
    SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME \
    SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG \
    WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE";

/// The five sets of a thread, as a status file shows them.
fn shown(path: &str) -> [u64; 5] {
    let status = fs::read_to_string(path).unwrap();
    ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(|key| {
        let line = status.lines().find_map(|line| line.strip_prefix(key)).expect(key);
        u64::from_str_radix(line.trim_start_matches(':').trim(), 16).expect(key)
    })
}

fn own() -> [u64; 5] {
    shown("/proc/thread-self/status")
}

/// Whether a set of the calling thread has the capability `number`.
pub fn has(key: &str, number: u32) -> bool {
    let [inheritable, permitted, effective, bounding, ambient] = own();
    let set = match key {
        "CapInh" => inheritable,
        "CapPrm" => permitted,
        "CapEff" => effective,
        "CapBnd" => bounding,
        _ => ambient,
    };
    set >> number & 1 == 1
}

/// capset(2), of the three sets: effective, permitted, inheritable.
fn raw_capset(sets: [u64; 3]) -> Result<()> {
    let header = [0x2008_0522_u32, 0];
    let halves = [0, 32].map(|shift| sets.map(|set| (set >> shift) as u32));
    // SAFETY: reads the header and, for this version, six numbers.
    let result = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), halves.as_ptr()) };
    libc_result(result).map(drop)
}

fn raw_prctl(option: i32, first: u64, second: u64) -> Result<i64> {
    // SAFETY: the options used here take integers.
    libc_result(unsafe { libc::prctl(option, first, second, 0, 0) })
}

fn sets([effective, permitted, inheritable]: [u64; 3]) -> Capabilities {
    let [effective, permitted, inheritable] =
        [effective, permitted, inheritable].map(CapSet::from_bits_retain);
    Capabilities { effective, permitted, inheritable }
}

#[test]
fn every_name_has_the_kernels_number() {
    let names: Vec<&str> = NAMES.split(' ').collect();
    assert_eq!(names.len(), 41);
    for (number, name) in names.iter().enumerate() {
        assert_eq!(CapSet::from_name(name).map(|set| set.bits()), Some(1 << number), "{name}");
    }
    assert_eq!(CapSet::empty().complement(), CapSet::all());
    let Ok(header) = fs::read_to_string("/usr/include/linux/capability.h") else {
        return not_run_in_part("no header of the kernel's to compare with");
    };
    for (number, name) in names.iter().enumerate() {
        let defined = header.lines().any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.starts_with(&["#define", &format!("CAP_{name}"), &number.to_string()])
        });
        assert!(defined, "{name}");
    }
}

#[test]
fn the_sets_are_those_that_proc_shows() {
    for (pid, path) in [
        (Pid(0), "/proc/thread-self/status".to_owned()),
        (process::getppid(), format!("/proc/{}/status", process::getppid().0)),
        (Pid(1), "/proc/1/status".to_owned()),
    ] {
        let [inheritable, permitted, effective, ..] = shown(&path);
        assert_eq!(capget(pid), Ok(sets([effective, permitted, inheritable])), "{path}");
    }
    let [.., bounding, ambient] = own();
    assert_eq!(capbset_read().map(|set| set.bits()), Ok(bounding));
    assert_eq!(cap_ambient_read().map(|set| set.bits()), Ok(ambient));
    assert_eq!(capget(Pid(-1)), Err(Errno::EINVAL));
    assert_eq!(capget(Pid(i32::MAX)), Err(Errno::ESRCH));
}

#[test]
fn a_thread_sets_its_own_as_the_raw_call_does() {
    let before = own();
    let [_, permitted, ..] = before;
    let values = [0, permitted, permitted & 0x1ff, permitted & 0xff_0000_0000, 1 << 24, u64::MAX];
    let mut done = 0;
    for effective in values {
        for allowed in values {
            for inheritable in values {
                let new = [effective, allowed, inheritable];
                let run = |set: fn([u64; 3]) -> Result<()>| {
                    thread::spawn(move || (set(new), own())).join().unwrap()
                };
                let ours = run(|new| capset_thread(sets(new)));
                assert_eq!(ours, run(raw_capset), "{new:x?}");
                done += usize::from(ours.0.is_ok());
            }
        }
    }
    assert!(done > 0);
    assert_eq!(own(), before);
}

#[test]
fn beside_threads_nothing_changes() {
    let before = own();
    let none = Capabilities::default();
    assert_eq!(capset(none), Err(Errno::ENOTSUP));
    assert_eq!(capset(capget(Pid(0)).unwrap()), Err(Errno::ENOTSUP));
    assert_eq!(capbset_drop(CapSet::KILL), Err(Errno::ENOTSUP));
    assert_eq!(capbset_drop(CapSet::empty()), Err(Errno::ENOTSUP));
    assert_eq!(cap_ambient_raise(CapSet::KILL), Err(Errno::ENOTSUP));
    assert_eq!(cap_ambient_lower(CapSet::KILL), Err(Errno::ENOTSUP));
    assert_eq!(cap_ambient_clear(), Err(Errno::ENOTSUP));
    assert_eq!(own(), before);
}

/// Runs a case that wants a process with one thread and every privilege.
fn apart(name: &str, privileged: bool) {
    match emulated() {
        true => not_run("the emulator's threads make the process one with threads"),
        false if privileged && !(has("CapEff", 8) && has("CapPrm", 5)) => {
            not_run("without CAP_SETPCAP and CAP_KILL");
        }
        false => drop(passes(&mut command(name))),
    }
}

#[test]
fn a_process_sets_its_own() {
    apart("caps::process", false);
}

pub fn process() {
    let [inheritable, permitted, _, bounding, _] = own();
    let few = permitted & 0x1ff;
    let steps = [[few, few, inheritable], [0, few, inheritable], [0, 0, 0]];
    for new in steps {
        assert_eq!(capset(sets(new)), Ok(()), "{new:x?}");
        let [effective, permitted, inheritable] = new;
        assert_eq!(own(), [inheritable, permitted, effective, bounding, 0]);
    }
    if few != 0 {
        assert_eq!(capset(sets([0, few, 0])), Err(Errno::EPERM));
    }
    assert_eq!(own(), [0, 0, 0, bounding, 0]);
}

#[test]
fn the_bounding_set_shrinks_as_the_raw_call_has_it() {
    apart("caps::bounding", true);
}

pub fn bounding() {
    let known = capbset_read().unwrap().bits();
    for caps in [0, 1, 1 << 5, 1 << 40 | 3, 1 << 63, !0x20, u64::MAX] {
        let ours = in_fork(|| {
            assert_eq!(capbset_drop(CapSet::from_bits_retain(caps)), Ok(()));
            // Once more: there is nothing left to do.
            assert_eq!(capbset_drop(CapSet::from_bits_retain(caps)), Ok(()));
            format!("{:x?}", own())
        });
        let theirs = in_fork(|| {
            for number in (0..64).filter(|number| (caps & known) >> number & 1 == 1) {
                raw_prctl(libc::PR_CAPBSET_DROP, number, 0).unwrap();
            }
            format!("{:x?}", own())
        });
        assert_eq!(ours, theirs, "{caps:#x}");
    }
    // Without CAP_SETPCAP.
    let [inheritable, permitted, effective, ..] = own();
    assert_eq!(raw_capset([effective & !0x100, permitted, inheritable]), Ok(()));
    assert_eq!(capbset_drop(CapSet::KILL | CapSet::CHOWN), Err(Errno::EPERM));
    assert_eq!(capbset_read().map(|set| set.bits()), Ok(known));
}

#[test]
fn the_ambient_set_takes_what_is_permitted_and_inheritable() {
    apart("caps::ambient", true);
}

pub fn ambient() {
    let [_, permitted, effective, ..] = own();
    let now = || cap_ambient_read().unwrap().bits();
    let (kill, chown) = (CapSet::KILL, CapSet::CHOWN);
    // Nothing is inheritable yet.
    assert_eq!(cap_ambient_raise(kill), Err(Errno::EPERM));
    assert_eq!(raw_capset([effective, permitted, 0x21]), Ok(()));
    assert_eq!(cap_ambient_raise(kill | chown | CapSet::FOWNER), Err(Errno::EPERM));
    assert_eq!(cap_ambient_raise(CapSet::all()), Err(Errno::EPERM));
    assert_eq!(now(), 0);

    assert_eq!(cap_ambient_raise(kill | chown), Ok(()));
    let asked =
        |number| raw_prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_IS_SET as u64, number);
    assert_eq!([0, 1, 5].map(asked), [Ok(1), Ok(0), Ok(1)]);
    assert_eq!((now(), own()[4]), (0x21, 0x21));
    assert_eq!(cap_ambient_lower(!kill), Ok(()));
    assert_eq!((now(), own()[4]), (0x20, 0x20));
    assert_eq!(cap_ambient_raise(chown), Ok(()));
    assert_eq!(cap_ambient_clear(), Ok(()));
    assert_eq!((now(), own()[4]), (0, 0));

    assert_eq!(process::set_securebits(Securebits::NO_CAP_AMBIENT_RAISE), Ok(()));
    assert_eq!(cap_ambient_raise(kill | chown), Err(Errno::EPERM));
    assert_eq!(now(), 0);
}

#[test]
fn what_is_ambient_lasts_over_exec() {
    apart("caps::over_exec", true);
}

pub fn over_exec() {
    // Being user 0 means nothing from here on.
    assert_eq!(process::set_securebits(Securebits::NOROOT | Securebits::NOROOT_LOCKED), Ok(()));
    let kill = 1 << 5;
    assert_eq!(capset(sets([kill, kill, kill])), Ok(()));
    let [.., bounding, _] = own();
    assert_eq!(tell(), [kill, 0, 0, bounding, 0]);
    assert_eq!(cap_ambient_raise(CapSet::KILL), Ok(()));
    assert_eq!(tell(), [kill, kill, kill, bounding, kill]);
}

/// The sets of a program that this one runs.
fn tell() -> [u64; 5] {
    let mut told = passes(&mut command("caps::told")).stdout;
    told.retain(|byte| *byte != b'\n');
    let told = String::from_utf8(told).unwrap();
    let mut sets = told.split(' ').map(|set| set.parse().unwrap());
    std::array::from_fn(|_| sets.next().unwrap())
}

pub fn told() {
    println!("{}", own().map(|set| set.to_string()).join(" "));
}
