//! What process 1 does to the machine: its names, log, modules, swap and power, the network, the
//! manager of services. Nothing here reaches the machine: namespaces are of the trial's own, or
//! the supervisor answers, and the capability is gone.

use std::{fs::File, os::unix::net::UnixDatagram};

use rawos::{
    Errno,
    init::{
        self, DeleteModuleFlags, FinitModuleFlags, InterfaceFlags, LogLevel, Notify, RebootCommand,
        SwapFlags,
    },
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

pub const ROWS: &[Row] = &[
    Row {
        name: "init::sethostname",
        run: |t| {
            let set = t.call_and(|| init::sethostname("rawos"), |done| done.is_ok());
            assert_eq!(uts().nodename[..6] == *b"rawos\0", set);
        },
        rules: &[Rule::Apart(libc::CLONE_NEWUTS)],
    },
    Row {
        name: "init::setdomainname",
        run: |t| {
            let set = t.call_and(|| init::setdomainname("rawos"), |done| done.is_ok());
            assert_eq!(uts().domainname[..6] == *b"rawos\0", set);
        },
        rules: &[Rule::Apart(libc::CLONE_NEWUTS)],
    },
    Row {
        name: "init::klog_read",
        run: |t| {
            powerless();
            t.call_and(|| init::klog_read(&mut [0; 8]), |len| assert_eq!(len.unwrap_or(5), 5));
        },
        rules: LOG,
    },
    Row {
        name: "init::klog_read_all",
        run: |t| {
            powerless();
            t.call_and(|| init::klog_read_all(&mut [0; 8]), |len| assert_eq!(len.unwrap_or(5), 5));
        },
        rules: LOG,
    },
    Row {
        name: "init::klog_read_clear",
        run: |t| {
            powerless();
            t.call_and(
                || init::klog_read_clear(&mut [0; 8]),
                |len| assert_eq!(len.unwrap_or(5), 5),
            );
        },
        rules: LOG,
    },
    Row {
        name: "init::klog_clear",
        run: |t| {
            powerless();
            t.call(init::klog_clear);
        },
        rules: LOG,
    },
    Row {
        name: "init::klog_console",
        run: |t| {
            powerless();
            t.call(|| init::klog_console(true));
        },
        rules: LOG,
    },
    Row {
        name: "init::klog_console_level",
        run: |t| {
            powerless();
            t.call(|| init::klog_console_level(4));
        },
        rules: LOG,
    },
    Row {
        name: "init::klog_size_unread",
        run: |t| {
            powerless();
            t.call_and(init::klog_size_unread, |len| assert_eq!(len.unwrap_or(5), 5));
        },
        rules: LOG,
    },
    Row {
        name: "init::klog_size_buffer",
        run: |t| {
            powerless();
            t.call_and(init::klog_size_buffer, |len| assert_eq!(len.unwrap_or(5), 5));
        },
        rules: LOG,
    },
    Row {
        name: "init::kmsg_write",
        run: |t| {
            let kmsg = File::create("kmsg").expect("a file");
            let done = t.call_and(
                || init::kmsg_write(&kmsg, LogLevel::Err, b"it burns"),
                |done| done.is_ok(),
            );
            let text = std::fs::read("kmsg").expect("a file");
            assert!(if done { text == b"<27>it burns\n" } else { text.len() < 2 });
        },
        // Of a file that is not /dev/kmsg, which takes all or nothing; documented.
        rules: &[Rule::Short(libc::EIO)],
    },
    Row {
        name: "init::init_module",
        run: |t| {
            powerless();
            t.call(|| init::init_module(b"no module", "debug=1"));
        },
        rules: &[
            Rule::Answers(Sysno::init_module, None, 0),
            Rule::Tries(Sysno::init_module, &[libc::EINTR]),
        ],
    },
    Row {
        name: "init::finit_module",
        run: |t| {
            powerless();
            let file = File::open("file").expect("a file");
            t.call(|| init::finit_module(&file, "debug=1", FinitModuleFlags::empty()));
        },
        rules: &[
            Rule::Answers(Sysno::finit_module, None, 0),
            Rule::Tries(Sysno::finit_module, &[libc::EINTR]),
        ],
    },
    Row {
        name: "init::delete_module",
        run: |t| {
            powerless();
            t.call(|| init::delete_module("no_module", DeleteModuleFlags::NONBLOCK));
        },
        rules: &[
            Rule::Answers(Sysno::delete_module, None, 0),
            Rule::Tries(Sysno::delete_module, &[libc::EINTR]),
        ],
    },
    Row {
        name: "init::swapon",
        run: |t| {
            powerless();
            t.call(|| init::swapon("file", SwapFlags::DISCARD, Some(3)));
        },
        rules: &[
            Rule::Answers(Sysno::swapon, None, 0),
            Rule::Tries(Sysno::swapon, &[libc::EINTR, libc::ENOSYS]),
        ],
    },
    Row {
        name: "init::swapoff",
        run: |t| {
            powerless();
            t.call(|| init::swapoff("file"));
        },
        rules: &[
            Rule::Answers(Sysno::swapoff, None, 0),
            Rule::Tries(Sysno::swapoff, &[libc::EINTR, libc::ENOSYS]),
        ],
    },
    Row {
        name: "init::reboot",
        run: |t| {
            powerless();
            t.call(|| init::reboot(RebootCommand::CadOff));
        },
        rules: &[Rule::Answers(Sysno::reboot, None, 0)],
    },
    Row {
        name: "init::get_interface_flags",
        run: |t| {
            t.call_and(
                || init::get_interface_flags("lo"),
                |flags| assert!(flags.is_err() || flags.is_ok_and(|f| f.contains(LOOPBACK))),
            );
        },
        rules: &[NETWORK],
    },
    Row {
        name: "init::set_interface_flags",
        run: |t| {
            let set = t.call_and(
                || init::set_interface_flags("lo", InterfaceFlags::UP),
                |done| done.is_ok(),
            );
            assert_eq!(is_up(), set);
        },
        rules: &[Rule::Apart(libc::CLONE_NEWNET), NETWORK],
    },
    Row {
        name: "init::loopback_up",
        run: |t| {
            let set = t.call_and(init::loopback_up, |done| done.is_ok());
            assert_eq!(is_up(), set);
        },
        rules: &[Rule::Apart(libc::CLONE_NEWNET), NETWORK],
    },
    Row {
        name: "init::notify_to",
        run: |t| {
            let (manager, address) = (manager(), t.path("manager"));
            let told = t.call_and(
                || init::notify_to(&*address, &[Notify::Ready, Notify::Errno(Errno::EIO)]),
                |done| done.is_ok(),
            );
            assert_eq!(heard(&manager), told.then(|| b"READY=1\nERRNO=5\n".to_vec()));
        },
        rules: &[],
    },
    Row {
        name: "init::notify",
        run: |t| {
            let manager = manager();
            // SAFETY: there is one thread.
            unsafe { std::env::set_var("NOTIFY_SOCKET", t.path("manager")) };
            let told = t
                .call_and(|| init::notify(&[Notify::Stopping]), |told| told.is_ok_and(|told| told));
            assert_eq!(heard(&manager), told.then(|| b"STOPPING=1\n".to_vec()));
        },
        rules: &[],
    },
];

/// The kernel's log is the machine's.
const LOG: &[Rule] =
    &[Rule::Answers(Sysno::syslog, None, 5), Rule::Tries(Sysno::syslog, &[libc::EINTR])];

/// "EINTR is retried", though no driver is known to say so.
const NETWORK: Rule = Rule::Tries(Sysno::ioctl, &[libc::EINTR, libc::ENODEV, libc::EPERM]);

const LOOPBACK: InterfaceFlags = InterfaceFlags::LOOPBACK;

/// Gives up every capability: should the supervisor let it through, the call would fail.
pub fn powerless() {
    let (version_3, none) = ([0x2008_0522u32, 0], [0u32; 6]);
    // SAFETY: capset(2) reads a header of two words and two sets of three.
    assert_eq!(unsafe { libc::syscall(libc::SYS_capset, &version_3, &none) }, 0);
}

/// A `char` of C, which has a sign on some architectures.
fn byte(c: libc::c_char) -> u8 {
    c.to_ne_bytes()[0]
}

fn uts() -> Uts {
    let mut name = std::mem::MaybeUninit::<libc::utsname>::zeroed();
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::uname(name.as_mut_ptr()) }, 0);
    // SAFETY: zeroes are a value, and it was written.
    let name = unsafe { name.assume_init() };
    Uts { nodename: name.nodename.map(byte), domainname: name.domainname.map(byte) }
}

struct Uts {
    nodename: [u8; 65],
    domainname: [u8; 65],
}

/// Whether this machine can send something to itself.
fn is_up() -> bool {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0");
    let sent = socket.and_then(|socket| socket.send_to(b"x", socket.local_addr()?));
    sent.is_ok()
}

fn manager() -> UnixDatagram {
    let manager = UnixDatagram::bind("manager").expect("a socket");
    manager.set_nonblocking(true).expect("a flag");
    manager
}

fn heard(manager: &UnixDatagram) -> Option<Vec<u8>> {
    let mut buf = [0; 64];
    manager.recv(&mut buf).ok().map(|len| buf[..len].to_vec())
}
