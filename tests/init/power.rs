//! `src/init/power.rs`. Nothing here can end the machine: what gets to the kernel
//! comes from a process without privilege, or from a PID namespace.

use rawos::{
    Errno,
    init::{RebootCommand, reboot},
};

use crate::{
    apart::case,
    filter::answered,
    util::{
        again::{child, libc_wait},
        as_nobody, not_run,
    },
};

const COMMANDS: [(RebootCommand<'static>, libc::c_int); 7] = [
    (RebootCommand::PowerOff, libc::RB_POWER_OFF),
    (RebootCommand::Restart, libc::RB_AUTOBOOT),
    (RebootCommand::Halt, libc::RB_HALT_SYSTEM),
    (RebootCommand::Kexec, libc::RB_KEXEC),
    (RebootCommand::CadOn, libc::RB_ENABLE_CAD),
    (RebootCommand::CadOff, libc::RB_DISABLE_CAD),
    (RebootCommand::SwSuspend, libc::RB_SW_SUSPEND),
];

#[test]
fn every_command_has_glibcs_number() {
    let magic = [(0, 0xfee1_dead), (1, 0x2812_1969), (3, 0)];
    let numbers = COMMANDS.map(|(_, number)| number as u32);
    let answers = answered(libc::SYS_reboot, &magic, 2, &numbers, || {
        COMMANDS.map(|(command, _)| reboot(command).unwrap_err().raw())
    });
    if let Some(answers) = answers {
        assert_eq!(answers, [100, 101, 102, 103, 104, 105, 106]);
    }
}

#[test]
fn a_restart_takes_a_word_along() {
    let word = c"recovery";
    let checks = [(0, 0xfee1_dead), (1, 0x2812_1969), (2, 0xa1b2_c3d4)];
    // The lower half of the address, which the filter sees.
    let address = [word.as_ptr().addr() as u32];
    let answer = answered(libc::SYS_reboot, &checks, 3, &address, || {
        reboot(RebootCommand::Restart2(word)).unwrap_err().raw()
    });
    assert!(answer.is_none_or(|answer| answer == 100), "{answer:?}");
}

#[test]
fn without_privilege_nothing_ends() {
    as_nobody(|| {
        // Or it would end.
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
        assert_eq!(effective.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()), Some(0));
        for (command, _) in COMMANDS {
            assert_eq!(reboot(command), Err(Errno::EPERM), "{command:?}");
        }
        assert_eq!(reboot(RebootCommand::Restart2(c"word")), Err(Errno::EPERM));
    });
}

#[test]
fn a_namespace_ends_as_by_a_signal() {
    case("power::namespaces");
}

/// The wait status of the first process of a new PID namespace that does
/// `command`. If it goes on, it ends with the error number.
fn first_process(command: RebootCommand<'_>) -> Option<i32> {
    // SAFETY: takes an integer.
    if unsafe { libc::unshare(libc::CLONE_NEWPID) } != 0 {
        return None;
    }
    let first = child(|| {
        // SAFETY: takes nothing. Process 1 of the machine is none of ours.
        if unsafe { libc::getpid() } != 1 {
            return 255;
        }
        reboot(command).map_or_else(Errno::raw, |()| 0)
    });
    Some(libc_wait(first, 0))
}

pub fn namespaces() {
    let ends = [
        (RebootCommand::Restart, libc::SIGHUP),
        (RebootCommand::Restart2(c"word"), libc::SIGHUP),
        (RebootCommand::PowerOff, libc::SIGINT),
        (RebootCommand::Halt, libc::SIGINT),
        // Not these: they go on, with an error.
        (RebootCommand::CadOn, libc::EINVAL << 8),
        (RebootCommand::CadOff, libc::EINVAL << 8),
        (RebootCommand::Kexec, libc::EINVAL << 8),
        (RebootCommand::SwSuspend, libc::EINVAL << 8),
    ];
    for (command, expected) in ends {
        // One namespace for each: in a process of its own, that ends with 0 if
        // all is well and 2 if there are none.
        let tried = child(|| match first_process(command) {
            Some(status) if status == expected => 0,
            Some(status) => {
                eprintln!("{command:?}: {status:#x}, not {expected:#x}");
                1
            }
            None => 2,
        });
        match libc_wait(tried, 0) >> 8 {
            2 => return not_run("namespaces need privilege"),
            status => assert_eq!(status, 0, "{command:?}"),
        }
    }
}
