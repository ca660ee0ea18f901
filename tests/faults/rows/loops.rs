//! Loop devices. They are the machine's: here a directory stands in for `/dev`, and the supervisor
//! for the driver, as whose answers it gives those of the kernel's source.

use std::fs::File;

use linux_raw_sys::loop_device as request;
use rawos::init::{self, LoopConfig, LoopFlags};
use syscalls::Sysno;

use super::mounts::{libc_mount, tmpfs};
use crate::rules::{Row, Rule};

const fn answers(to: u32, value: i64) -> Rule {
    Rule::Answers(Sysno::ioctl, Some(to), value)
}

const APART: Rule = Rule::Apart(libc::CLONE_NEWNS);
const FREE: Rule = answers(request::LOOP_CTL_GET_FREE, 7);
/// "EINTR is retried", "EPERM: the caller may not".
const MORE: Rule = Rule::Tries(Sysno::ioctl, &[libc::EINTR, libc::EPERM, libc::ENOSYS]);
/// Others took the device meanwhile: another one is looked for.
const TAKEN: Rule = Rule::Tries(Sysno::ioctl, &[libc::EBUSY]);
/// "A kernel before 5.8 takes several steps."
const OLD: Rule = Rule::Request(
    request::LOOP_CONFIGURE,
    &Rule::Absorbs(Sysno::ioctl, &[libc::EINVAL, libc::ENOTTY, libc::ENOSYS]),
);

pub const ROWS: &[Row] = &[
    Row {
        name: "init::loop_attach",
        run: |t| {
            let file = dev();
            t.call_and(
                || init::loop_attach(&file, &LoopConfig::default()),
                |device| {
                    let Ok(device) = device else { return };
                    assert_eq!((device.number(), device.path()), (7, "/dev/loop7"));
                },
            );
        },
        rules: &[
            APART,
            FREE,
            answers(request::LOOP_CONFIGURE, 0),
            answers(request::LOOP_SET_FD, 0),
            answers(request::LOOP_SET_STATUS64, 0),
            MORE,
            TAKEN,
            Rule::Request(request::LOOP_CONFIGURE, &Rule::Absorbs(Sysno::ioctl, &[libc::EBUSY])),
            OLD,
        ],
    },
    Row {
        name: "init::loop_attach (before Linux 5.8)",
        run: |t| {
            let file = dev();
            // It is remembered; how it is found is another row's.
            let _ = rawos::auxv::page_size();
            let flags = LoopFlags::DIRECT_IO;
            let config = LoopConfig { block_size: 512, flags, ..LoopConfig::default() };
            t.call(|| init::loop_attach(&file, &config));
        },
        rules: &[
            APART,
            FREE,
            answers(request::LOOP_CONFIGURE, -(libc::EINVAL as i64)),
            answers(request::LOOP_SET_FD, 0),
            answers(request::LOOP_SET_BLOCK_SIZE, 0),
            answers(request::LOOP_SET_STATUS64, 0),
            answers(request::LOOP_SET_DIRECT_IO, 0),
            answers(request::LOOP_CLR_FD, 0),
            MORE,
            OLD,
        ],
    },
    Row {
        name: "init::loop_detach",
        run: |t| {
            let device = File::open("file").expect("a file");
            t.call(|| init::loop_detach(&device));
        },
        rules: &[answers(request::LOOP_CLR_FD, 0), MORE],
    },
    Row {
        name: "init::loop_status",
        run: |t| {
            let device = File::open("file").expect("a file");
            t.call(|| init::loop_status(&device));
        },
        rules: &[answers(request::LOOP_GET_STATUS64, 0), MORE],
    },
];

/// Has files be the devices; returns one to be attached.
fn dev() -> File {
    let file = File::open("file").expect("a file");
    tmpfs("bare");
    for name in ["loop-control", "loop7"] {
        File::create(format!("bare/{name}")).expect("a file");
    }
    libc_mount("bare", "/dev", "", libc::MS_BIND);
    file
}
