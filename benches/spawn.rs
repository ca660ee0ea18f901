//! Spawning and waiting for a static program: rawos, glibc's `posix_spawn` and
//! `std::process::Command`, one after the other in turn, as ratios of medians.
//!
//! `cargo bench --features std --bench spawn [-- ROUNDS [PROGRAM]]`: without a program, a C
//! program that returns 0 is compiled by `cc -static`. With `ROUNDS` of the
//! form `only:NAME:N` just one of them spawns N times, for `strace -fc`.
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
    if let Some((name, count)) = rounds.strip_prefix("only:").and_then(|only| only.split_once(':'))
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
