//! A program that says hello, from its exec to its end: without libc by rawos,
//! and with each of those that C programs have.
//!
//! `cargo xtask bench` builds them, into the directory that
//! `RAWOS_BENCH_PROGRAMS` names: `rawos`, and a peer's under the peer's name.
//! `-- facts` prints what is the same every time: peer, bytes of the file, minor
//! and major page faults.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::env;
use std::ffi::CString;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Bench, children};
use rawos::fs::{Mode, OFlags};
use rawos::process::{self, FileAction, SpawnOptions, WaitOptions};

/// Runs the program, and waits for its end.
fn run(program: &Path) {
    let path = CString::new(program.as_os_str().as_encoded_bytes()).expect("no NUL");
    let actions = [FileAction::Open(1, c"/dev/null", OFlags::WRONLY, Mode::empty())];
    let options = SpawnOptions::new().file_actions(&actions);
    // Its environment is empty: what an environment costs is not a libc's.
    let none = [c""; 0];
    let pid = process::posix_spawn(&*path, [&*path], none, &options).expect("a child");
    let waited = process::waitpid(pid, WaitOptions::empty()).expect("a status");
    assert_eq!(waited.expect("an end").1.0, 0, "{}", program.display());
}

/// A side whose children's CPU time counts, and nothing of what is done here.
fn side(program: &Path) -> impl FnMut(u64) -> f64 {
    let seconds = || {
        let usage = children();
        let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
        seconds(usage.ru_utime) + seconds(usage.ru_stime)
    };
    move |calls| {
        let start = seconds();
        (0..calls).for_each(|_| run(program));
        seconds() - start
    }
}

/// The page faults of one run of a program: minor, and major.
fn faults(program: &Path) -> (i64, i64) {
    // The first run may have to read the file.
    run(program);
    let before = children();
    run(program);
    let after = children();
    (after.ru_minflt - before.ru_minflt, after.ru_majflt - before.ru_majflt)
}

fn main() {
    let Some(dir) = env::var_os("RAWOS_BENCH_PROGRAMS") else {
        return println!("not run: start-up: RAWOS_BENCH_PROGRAMS names no directory");
    };
    let entries = fs::read_dir(dir).expect("a directory");
    let mut programs: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    programs.sort();
    let name = |program: &Path| program.file_name().unwrap_or_default().display().to_string();
    if env::args().any(|arg| arg == "facts") {
        for program in &programs {
            let (minor, major) = faults(program);
            let bytes = program.metadata().expect("a size").len();
            println!("{}\t{bytes}\t{minor}\t{major}", name(program));
        }
        return;
    }
    let ours = programs.iter().find(|program| name(program) == "rawos").expect("rawos");
    let mut bench = Bench::new();
    for program in programs.iter().filter(|program| *program != ours) {
        bench.row("start-up", &name(program), side(ours), side(program));
    }
    bench.finish();
}
