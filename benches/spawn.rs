//! Spawning and waiting for a static program: rawos, glibc's `posix_spawn` and
//! `std::process::Command`, and vfork in C; from a small process, from a large one, with file
//! actions, and by a search of PATH.
//!
//! By hand, `cargo bench -p rawos-benches --bench spawn --` may also take
//! - `only:NAME:N`: just one of them spawns N times, for `strace -fc`;
//! - `free:PATH`: the program `spawns` at PATH, which has no libc, beside a
//!   static C program that does the same, each from its start to its end.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::{
    cell::LazyCell,
    env,
    ffi::CStr,
    fs,
    hint::black_box,
    process::{Command, Stdio},
    ptr,
    time::Instant,
};

use common::{Bench, floor, wall};
use rawos::fs::{Mode, OFlags};
use rawos::process::{self, FileAction, Pid, SpawnOptions, WaitOptions};

fn rawos(program: &CStr) {
    let env = rawos::env::environ().expect("environment");
    succeeds(process::posix_spawn(program, [program], env, &SpawnOptions::new()));
}

fn rawos_path(name: &CStr) {
    let env = rawos::env::environ().expect("environment");
    succeeds(process::posix_spawnp(name, [name], env, &SpawnOptions::new()));
}

fn rawos_actions(program: &CStr) {
    let env = rawos::env::environ().expect("environment");
    let actions = [
        FileAction::Open(0, c"/dev/null", OFlags::RDONLY, Mode::empty()),
        FileAction::Dup2(2, 1),
        FileAction::Close(2),
    ];
    let options = SpawnOptions::new().file_actions(&actions);
    succeeds(process::posix_spawn(program, [program], env, &options));
}

fn succeeds(pid: rawos::Result<Pid>) {
    let waited = process::waitpid(pid.expect("a child"), WaitOptions::empty());
    assert_eq!(waited.expect("a status").expect("an end").1.0, 0);
}

unsafe extern "C" {
    static environ: *const *mut libc::c_char;
}

fn glibc(program: &CStr) {
    // SAFETY: no actions.
    unsafe { glibc_spawn(libc::posix_spawn, program, ptr::null()) };
}

fn glibc_path(name: &CStr) {
    // SAFETY: no actions.
    unsafe { glibc_spawn(libc::posix_spawnp, name, ptr::null()) };
}

fn glibc_actions(program: &CStr) {
    // SAFETY: zeroes are a valid struct, until it is initialised.
    let mut actions: libc::posix_spawn_file_actions_t = unsafe { std::mem::zeroed() };
    // SAFETY: initialises it.
    let mut failed = unsafe { libc::posix_spawn_file_actions_init(&mut actions) };
    let null = c"/dev/null".as_ptr();
    // SAFETY: copies the path into the initialised list.
    failed |= unsafe { libc::posix_spawn_file_actions_addopen(&mut actions, 0, null, 0, 0) };
    // SAFETY: the list is initialised.
    failed |= unsafe { libc::posix_spawn_file_actions_adddup2(&mut actions, 2, 1) };
    // SAFETY: the list is initialised.
    failed |= unsafe { libc::posix_spawn_file_actions_addclose(&mut actions, 2) };
    assert_eq!(failed, 0);
    // SAFETY: the list is initialised.
    unsafe { glibc_spawn(libc::posix_spawn, program, &actions) };
    // SAFETY: initialised above, and not used again.
    unsafe { libc::posix_spawn_file_actions_destroy(&mut actions) };
}

/// `posix_spawn` and `posix_spawnp` are of this type.
type GlibcSpawn = unsafe extern "C" fn(
    *mut libc::pid_t,
    *const libc::c_char,
    *const libc::posix_spawn_file_actions_t,
    *const libc::posix_spawnattr_t,
    *const *mut libc::c_char,
    *const *mut libc::c_char,
) -> libc::c_int;

/// # Safety
/// `actions` is null or an initialised list.
unsafe fn glibc_spawn(
    spawn: GlibcSpawn,
    program: &CStr,
    actions: *const libc::posix_spawn_file_actions_t,
) {
    let argv = [program.as_ptr().cast_mut(), ptr::null_mut()];
    let (mut pid, mut status) = (0, 1);
    let name = program.as_ptr();
    // SAFETY: nothing changes the environment's pointer.
    let env = unsafe { environ };
    // SAFETY: the arrays end with nulls; the caller vouches for the actions.
    let result = unsafe { spawn(&mut pid, name, actions, ptr::null(), argv.as_ptr(), env) };
    assert_eq!(result, 0);
    // SAFETY: writes the integer.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
    assert_eq!(status, 0);
}

fn std(program: &CStr) {
    let status = Command::new(program.to_str().expect("UTF-8")).status();
    assert!(status.expect("a child").success());
}

fn vfork(program: &CStr) {
    assert_eq!(floor::vfork(program), 0);
}

type Spawn = fn(&CStr);
const ALL: [(&str, Spawn); 4] =
    [("rawos", rawos), ("glibc", glibc), ("std", std), ("C, vfork", vfork)];

/// The rounds of [`free`] are of so many spawns.
const SPAWNS: &str = "500";

fn free(path: &str, program: &CStr) {
    let program = program.to_str().expect("UTF-8");
    let dir = std::path::Path::new(program).parent().expect("a directory");
    let (source, theirs) = (dir.join("spawns.c"), dir.join("spawns"));
    let text = r#"
        #include <spawn.h>
        #include <stdlib.h>
        #include <sys/wait.h>
        extern char **environ;
        int main(int argc, char **argv) {
            char *args[] = {argv[2], 0};
            for (int left = atoi(argv[1]); left > 0; left--) {
                pid_t pid;
                int status;
                if (posix_spawn(&pid, argv[2], 0, 0, args, environ)) return 1;
                if (waitpid(pid, &status, 0) != pid || status) return 1;
            }
            return 0;
        }"#;
    fs::write(&source, text).expect("a source");
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-static", "-o"]).arg(&theirs).arg(&source).stdin(Stdio::null());
    assert!(cc.status().expect("cc").success());
    let time = |spawner: &std::path::Path| {
        let start = Instant::now();
        let status = Command::new(spawner).args([SPAWNS, program]).status();
        assert!(status.expect("a child").success());
        start.elapsed().as_secs_f64()
    };
    let mut ratios = Vec::new();
    for _ in 0..20 {
        // Each is the first as often as the other.
        let ours = time(path.as_ref());
        ratios.push(ours / time(&theirs));
        let again = time(&theirs);
        ratios.push(time(path.as_ref()) / again);
    }
    println!("rawos without libc is {:.3} of glibc, static", median(&mut ratios));
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn rows(program: &CStr) {
    let mut bench = Bench::new();
    for (name, theirs) in &ALL[1..] {
        bench.row(
            "spawn and wait",
            name,
            wall(|| rawos(black_box(program))),
            wall(|| theirs(black_box(program))),
        );
    }
    bench.row(
        "spawn and wait, three file actions",
        "glibc",
        wall(|| rawos_actions(black_box(program))),
        wall(|| glibc_actions(black_box(program))),
    );
    bench.row(
        "spawn and wait, found in PATH",
        "glibc",
        wall(|| rawos_path(black_box(c"true"))),
        wall(|| glibc_path(black_box(c"true"))),
    );
    // Touched when the row begins, if it does.
    let gib = if common::quick() { 1 } else { 4 };
    let memory = LazyCell::new(|| black_box(vec![1u8; gib << 30]));
    let row = format!("spawn and wait, parent of {gib} GiB");
    let large = |spawn: Spawn| {
        let mut spawn = wall(move || spawn(black_box(program)));
        let memory = &memory;
        move |calls| {
            LazyCell::force(memory);
            spawn(calls)
        }
    };
    for (name, theirs) in &ALL[1..] {
        bench.row(&row, name, large(rawos), large(*theirs));
    }
    bench.finish();
}

fn main() {
    let (_dir, program) = common::program();
    let argument = env::args().nth(1).unwrap_or_default();
    if let Some(path) = argument.strip_prefix("free:") {
        free(path, &program);
    } else if let Some((name, count)) =
        argument.strip_prefix("only:").and_then(|only| only.split_once(':'))
    {
        let (_, spawn) = ALL.into_iter().find(|(known, _)| *known == name).expect("a name");
        (0..count.parse().expect("a number")).for_each(|_| spawn(&program));
    } else {
        rows(&program);
    }
}
