//! Spawning and waiting for a static program: rawos, glibc's `posix_spawn` and
//! `std::process::Command`, one after the other in turn, as ratios of medians.
//!
//! `cargo bench --features std --bench spawn [-- ROUNDS [PROGRAM]]`: without a program, a C
//! program that returns 0 is compiled by `cc -static`. `ROUNDS` may also be
//! - `only:NAME:N`: just one of them spawns N times, for `strace -fc`;
//! - `large:GIB`: rawos alone, with and without so much memory touched;
//! - `free:PATH`: the program `spawns` at PATH, which has no libc, beside a
//!   static C program that does the same, each from its start to its end.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::{
    env,
    ffi::{CStr, CString},
    fs,
    hint::black_box,
    process::{Command, Stdio},
    ptr,
    time::Instant,
};

use rawos::process::{self, SpawnOptions, WaitOptions};

fn rawos(program: &CStr) {
    let env = rawos::env::environ().expect("environment");
    let pid = process::posix_spawn(program, [program], env, &SpawnOptions::new());
    let waited = process::waitpid(pid.expect("a child"), WaitOptions::empty());
    assert_eq!(waited.expect("a status").expect("an end").1.0, 0);
}

unsafe extern "C" {
    static environ: *const *mut libc::c_char;
}

fn glibc(program: &CStr) {
    let argv = [program.as_ptr().cast_mut(), ptr::null_mut()];
    let (mut pid, mut status) = (0, 1);
    // SAFETY: the arrays end with nulls; no actions and no attributes.
    let result = unsafe {
        libc::posix_spawn(
            &mut pid,
            program.as_ptr(),
            ptr::null(),
            ptr::null(),
            argv.as_ptr(),
            environ,
        )
    };
    assert_eq!(result, 0);
    // SAFETY: writes the integer.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
    assert_eq!(status, 0);
}

fn std(program: &CStr) {
    let status = Command::new(program.to_str().expect("UTF-8")).status();
    assert!(status.expect("a child").success());
}

type Spawn = fn(&CStr);
const ALL: [(&str, Spawn); 3] = [("rawos", rawos), ("glibc", glibc), ("std", std)];

/// A static C program that returns 0.
fn compiled() -> CString {
    let dir = env::temp_dir().join(format!("rawos-bench-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a directory");
    let (source, program) = (dir.join("true.c"), dir.join("true"));
    fs::write(&source, "int main(void) { return 0; }\n").expect("a source");
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-static", "-o"]).arg(&program).arg(&source).stdin(Stdio::null());
    assert!(cc.status().expect("cc").success());
    CString::new(program.to_str().expect("UTF-8")).expect("no NUL")
}

/// Spawns from a process with `gib` GiB touched, and from the same without.
fn large(gib: usize, program: &CStr) {
    let time = || {
        let mut times: Vec<f64> = (0..1000)
            .map(|_| {
                let start = Instant::now();
                rawos(program);
                start.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        median(&mut times)
    };
    time();
    for _ in 0..5 {
        let small = time();
        let memory = black_box(vec![1u8; gib << 30]);
        let large = time();
        drop(memory);
        println!("{small:8.1} us   with {gib} GiB {:.3} of it", large / small);
    }
}

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

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let (own, program) = match args.get(1) {
        Some(program) => (false, CString::new(program.as_str()).expect("no NUL")),
        None => (true, compiled()),
    };
    let rounds = args.first().map_or("2000", String::as_str);
    if let Some(gib) = rounds.strip_prefix("large:") {
        large(gib.parse().expect("a number of GiB"), &program);
    } else if let Some(path) = rounds.strip_prefix("free:") {
        free(path, &program);
    } else if let Some((name, count)) =
        rounds.strip_prefix("only:").and_then(|only| only.split_once(':'))
    {
        let (_, spawn) = ALL.into_iter().find(|(known, _)| *known == name).expect("a name");
        (0..count.parse().expect("a number")).for_each(|_| spawn(&program));
    } else {
        let rounds: usize = rounds.parse().expect("a number of rounds");
        let mut times = [const { Vec::new() }; ALL.len()];
        for round in 0..rounds + 20 {
            // Each begins a round as often as the others.
            for place in 0..ALL.len() {
                let which = (round + place) % ALL.len();
                let start = Instant::now();
                ALL[which].1(black_box(&program));
                let time = start.elapsed().as_secs_f64() * 1e6;
                // The first ones warm up.
                if round >= 20 {
                    times[which].push(time);
                }
            }
        }
        let medians = times.each_mut().map(|times| median(times));
        for ((name, _), time) in ALL.iter().zip(medians) {
            println!("{name:6} {time:8.1} us   rawos is {:.3} of it", medians[0] / time);
        }
    }
    if own {
        let path = std::path::Path::new(program.to_str().expect("UTF-8"));
        fs::remove_dir_all(path.parent().expect("a directory")).expect("removed");
    }
}
