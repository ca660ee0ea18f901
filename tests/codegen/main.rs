//! What the wrappers compile to: the system call instruction, the test for an
//! error (and for `EINTR`, where it is retried), and nothing else.
//!
//! `tests/programs/probes.rs` has one function for each shape of wrapper. This
//! compiles it to assembly, with the optimisation of a release build and for
//! the architecture that the test runs on, and counts instructions.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

use std::{collections::BTreeMap, env, fs, path::Path, process::Command};

/// The most instructions of each probe on x86_64, aarch64 and riscv64, its
/// return included. What is counted beyond `mov number; syscall; ret`:
///
/// - read, write, pread: the loop that retries `EINTR` (compare and branch, and
///   on aarch64 and riscv64 the saved first argument) and the descriptor's sign
///   extension (x86_64, aarch64);
/// - pread: also the fourth argument's way from `rcx` to `r10` (x86_64);
/// - the rest, which return `Result<()>` as a number of 16 bits: its sign
///   turned, and zero where there is no error.
const LIMITS: [(&str, [usize; 3]); 7] = [
    ("probe_getpid", [3, 3, 3]),
    ("probe_read", [6, 7, 7]),
    ("probe_write", [6, 7, 7]),
    ("probe_pread", [7, 7, 7]),
    ("probe_lseek", [11, 7, 9]),
    ("probe_mkdirat", [11, 7, 10]),
    ("probe_unlinkat", [11, 7, 9]),
];

const TRIPLE: &str = if cfg!(target_arch = "x86_64") {
    "x86_64-unknown-linux-gnu"
} else if cfg!(target_arch = "aarch64") {
    "aarch64-unknown-linux-gnu"
} else {
    "riscv64gc-unknown-linux-gnu"
};

/// The assembly of the probes: from `RAWOS_PROBES` if that names it, else by
/// cargo.
fn assembly() -> String {
    let path = env::var_os("RAWOS_PROBES").unwrap_or_else(|| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("probes-{TRIPLE}.s"));
        let emit = format!("--emit=asm={}", path.display());
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let args = ["rustc", "--quiet", "-p", "rawos-test-programs", "--lib", "--release"];
        // Where the compiler has no library for the target, xtask says what to build.
        let library = env::var("RAWOS_BUILD_STD").map(|crates| format!("-Zbuild-std={crates}"));
        let status = Command::new(cargo)
            .args(args)
            .args(library.ok())
            .args(["--target", TRIPLE])
            .arg("--target-dir")
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("probes"))
            .args(["--", &emit, "-Ccodegen-units=1"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(status.expect("cargo").success());
        path.into()
    });
    fs::read_to_string(path).expect("the assembly")
}

/// The instructions of each function: its lines that are neither labels nor
/// directives nor comments.
fn functions(assembly: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut found = BTreeMap::new();
    let mut current = None;
    for line in assembly.lines() {
        if let Some(label) = line.strip_suffix(':').filter(|label| !label.starts_with('.')) {
            current = Some(label);
        } else if line.starts_with(".Lfunc_end") {
            current = None;
        } else if let Some(name) = current {
            let line = line.trim();
            let first = line.chars().next().unwrap_or('#');
            if first.is_ascii_alphabetic() && !line.ends_with(':') {
                found.entry(name).or_insert_with(Vec::new).push(line);
            }
        }
    }
    found
}

#[test]
fn wrappers_are_the_instruction_the_error_test_and_nothing_else() {
    let assembly = assembly();
    let functions = functions(&assembly);
    let column = ["x86_64", "aarch64", "riscv64"]
        .iter()
        .position(|arch| *arch == env::consts::ARCH)
        .expect("one of the three");
    let instruction = ["syscall", "svc", "ecall"][column];
    let mut report = String::new();
    for (name, limits) in LIMITS {
        let lines = functions.get(name).unwrap_or_else(|| panic!("no {name} in the assembly"));
        let calls = lines.iter().filter(|line| line.starts_with(instruction)).count();
        assert_eq!(calls, 1, "{name}: {lines:#?}");
        // Nothing goes through memory or to another function.
        let stack = ["push", "pop", "call", "bl\t", "jal", "sd\t", "str\t", "stp\t"];
        let spilled = lines.iter().find(|line| stack.iter().any(|word| line.starts_with(word)));
        assert_eq!(spilled, None, "{name}: {lines:#?}");
        assert!(lines.len() <= limits[column], "{name}: {lines:#?}");
        report += &format!("{name}: {} of {}\n", lines.len(), limits[column]);
    }
    println!("{TRIPLE}\n{report}");
}
