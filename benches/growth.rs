//! How cost and memory grow with the tree, and with the parent of a child.
//!
//! Every point is a process of its own, which goes through one tree in one way
//! and tells what it cost: CPU time for each entry, and how much more memory it
//! had at its peak than after it had done the same to an empty tree. What is
//! printed is for `cargo xtask bench`, which makes curves of it, each relative
//! to its smallest tree: row, side, size, seconds, KiB.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

mod walks;

use std::env;
use std::ffi::{CStr, CString, OsStr};
use std::fs as stdfs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{self as stdprocess, Command};
use std::sync::Mutex;

use common::{cpu_seconds, floor};
use libc::{posix_spawn, waitpid};
use rawos::fs::{self, DirBuf};
use rawos::process::{self, SpawnOptions, WaitOptions};
use regex::Regex;

/// A row is of one kind of growth.
enum Kind {
    /// Trees: how they are made and, unless the sides do that, removed.
    Tree { make: fn(&CStr, usize), remove: Option<fn(&CStr) -> usize> },
    /// The MiB that a parent has touched.
    Parent,
}

struct Side {
    name: &'static str,
    /// How large a tree it can go through.
    most: usize,
    /// What is counted: entries, or children.
    run: fn(&CStr) -> usize,
}

const ANY: usize = usize::MAX;
/// Names of two bytes each in a path of 4096; and below 1024 descriptors, where
/// a side holds one a level.
const PATH: usize = 1000;

const fn side(name: &'static str, most: usize, run: fn(&CStr) -> usize) -> Side {
    Side { name, most, run }
}

static ROWS: [(&str, Kind, &[Side]); 5] = [
    (
        "walk, wide",
        Kind::Tree { make: floor::make_wide, remove: Some(floor::remove) },
        &[
            side("rawos walk", ANY, walks::walk),
            side("rawos fwalk", ANY, walks::fwalk),
            side("rawos traverse", ANY, |top| walks::traverse(top, &mut DirBuf::new())),
            side("walkdir", ANY, walks::walkdir),
            side("C loop", ANY, floor::walk),
        ],
    ),
    (
        "walk, deep",
        Kind::Tree { make: floor::make_chain, remove: Some(floor::remove_chain) },
        &[
            side("rawos walk", PATH, walks::walk),
            side("rawos fwalk", ANY, walks::fwalk),
            side("rawos traverse", ANY, |top| walks::traverse(top, &mut *LARGE.lock().unwrap())),
            side("walkdir", PATH, walks::walkdir),
            side("C loop", ANY, floor::walk_chain),
        ],
    ),
    (
        "remove_tree, wide",
        Kind::Tree { make: floor::make_wide, remove: None },
        &[
            side("rawos remove_tree", ANY, |top| {
                fs::remove_tree(top, &mut DirBuf::new()).map_or(0, |()| ANY)
            }),
            side("rm -r", ANY, rm),
            side("std", ANY, std_remove),
            side("C loop", ANY, floor::remove),
        ],
    ),
    (
        "remove_tree, deep",
        Kind::Tree { make: floor::make_chain, remove: None },
        &[
            side("rawos remove_tree", ANY, |top| {
                fs::remove_tree(top, &mut *LARGE.lock().unwrap()).map_or(0, |()| ANY)
            }),
            // Beyond, it takes the square of the depth.
            side("rm -r", 100_000, rm),
            side("std", PATH, std_remove),
            side("C loop", ANY, floor::remove_chain),
        ],
    ),
    (
        "spawn",
        Kind::Parent,
        &[
            side("rawos", ANY, rawos_spawn),
            side("glibc", ANY, glibc_spawn),
            side("std", ANY, |program| {
                usize::from(Command::new(text(program)).status().unwrap().success())
            }),
            side("C, vfork", ANY, |program| usize::from(floor::vfork(program) == 0)),
            side("C, fork", ANY, |program| usize::from(floor::fork(program) == 0)),
        ],
    ),
];

/// Enough for a million levels at 32 bytes; only what is used becomes memory.
static LARGE: Mutex<DirBuf<{ 33 << 20 }>> = Mutex::new(DirBuf::sized());

fn text(path: &CStr) -> &OsStr {
    OsStr::from_bytes(path.to_bytes())
}

fn rm(top: &CStr) -> usize {
    let status = Command::new("rm").arg("-r").arg(text(top)).status().unwrap();
    if status.success() { ANY } else { 0 }
}

fn std_remove(top: &CStr) -> usize {
    stdfs::remove_dir_all(text(top)).map_or(0, |()| ANY)
}

fn rawos_spawn(program: &CStr) -> usize {
    let env = rawos::env::environ().unwrap();
    let pid = process::posix_spawn(program, [program], env, &SpawnOptions::new()).unwrap();
    let (_, status) = process::waitpid(pid, WaitOptions::empty()).unwrap().unwrap();
    usize::from(status.0 == 0)
}

fn glibc_spawn(program: &CStr) -> usize {
    unsafe extern "C" {
        static environ: *const *mut libc::c_char;
    }
    let argv = [program.as_ptr().cast_mut(), std::ptr::null_mut()];
    let (name, none) = (program.as_ptr(), std::ptr::null());
    let (mut pid, mut status) = (0, 1);
    // SAFETY: nothing changes the environment's pointer.
    let env = unsafe { environ };
    // SAFETY: the arrays end with nulls, and nothing else is given.
    let result = unsafe { posix_spawn(&mut pid, name, none, std::ptr::null(), argv.as_ptr(), env) };
    assert_eq!(result, 0);
    // SAFETY: writes the integer.
    assert_eq!(unsafe { waitpid(pid, &mut status, 0) }, pid);
    usize::from(status == 0)
}

/// The peak of this process's memory, and that of its largest child, in KiB. The
/// kernel counts for each CPU apart, so that a hundred KiB may be missing, or be
/// of something before.
fn peak() -> i64 {
    let status = stdfs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let own: i64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    own + common::children().ru_maxrss
}

/// Runs `call` so often; the CPU seconds of one.
fn cost(calls: usize, mut call: impl FnMut()) -> f64 {
    let start = cpu_seconds();
    (0..calls).for_each(|_| call());
    (cpu_seconds() - start) / calls as f64
}

/// What a process of its own does: the seconds for each entry or child, and the
/// KiB.
fn point(kind: &Kind, side: &Side, size: usize, path: &CStr) -> (f64, i64) {
    match kind {
        Kind::Tree { make, remove } => {
            let empty = CString::new([path.to_bytes(), b".empty"].concat()).unwrap();
            let mut least = 0.0;
            // The first time, everything is new.
            for _ in 0..2 {
                make(&empty, 0);
                least = cost(1, || _ = (side.run)(&empty));
                if let Some(remove) = remove {
                    remove(&empty);
                }
            }
            let before = peak();
            let calls = if remove.is_some() { (100_000 / size).max(1) } else { 1 };
            let total = cost(calls, || {
                let found = (side.run)(path);
                // Those that remove tell only whether they could.
                assert!(found == size || found == ANY, "{} of {size}", found);
            });
            ((total - least).max(0.0) / size as f64, (peak() - before).max(0))
        }
        Kind::Parent => {
            let memory = vec![1u8; size << 20];
            let run = || assert_eq!((side.run)(path), 1);
            run();
            let before = peak();
            let seconds = cost(if common::quick() { 10 } else { 50 }, run);
            drop(std::hint::black_box(memory));
            (seconds, (peak() - before).max(0))
        }
    }
}

/// Has a process of its own measure, and prints what it says.
fn measure(row: &str, side: &str, size: usize, path: &CStr) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["point", row, side, &size.to_string()]).arg(text(path));
    let output = command.stderr(stdprocess::Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{row}, {side}, {size}");
    print!("{row}\t{side}\t{size}\t{}", String::from_utf8(output.stdout).unwrap());
}

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [word, row, name, size, path] = &args[..]
        && word == "point"
    {
        let (_, kind, sides) = ROWS.iter().find(|(known, ..)| known == row).unwrap();
        let side = sides.iter().find(|side| side.name == name).unwrap();
        let path = CString::new(path.as_str()).unwrap();
        let (seconds, memory) = point(kind, side, size.parse().unwrap(), &path);
        return println!("{seconds:.4e}\t{memory}");
    }
    // As criterion understands it.
    let only = Regex::new(args.first().map_or("", String::as_str)).expect("an expression");
    let quick = common::quick();
    let tmp = common::directory();
    let top = c_string(&tmp.path().join("tree"));
    let (_dir, program) = common::program();
    for (row, kind, sides) in ROWS.iter().filter(|(row, ..)| only.is_match(row)) {
        let sizes: &[usize] = match kind {
            Kind::Tree { .. } if quick => &[1000, 10_000],
            Kind::Tree { .. } => &[1000, 10_000, 100_000, 1_000_000],
            Kind::Parent if quick => &[1, 64],
            Kind::Parent => &[1, 4, 16, 64, 256, 1024, 4096],
        };
        for &size in sizes {
            let rounds = if quick {
                1
            } else if size <= 10_000 {
                9
            } else {
                3
            };
            let sides = || sides.iter().filter(move |side| size <= side.most);
            match kind {
                Kind::Tree { make, remove: Some(remove) } => {
                    make(&top, size);
                    (0..rounds).for_each(|_| {
                        sides().for_each(|side| measure(row, side.name, size, &top));
                    });
                    remove(&top);
                }
                Kind::Tree { make, remove: None } => (0..rounds).for_each(|_| {
                    sides().for_each(|side| {
                        make(&top, size);
                        measure(row, side.name, size, &top);
                    });
                }),
                Kind::Parent => (0..rounds).for_each(|_| {
                    sides().for_each(|side| measure(row, side.name, size, &program));
                }),
            }
        }
    }
}

fn c_string(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("no NUL")
}
