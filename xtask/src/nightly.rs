//! `cargo xtask miri` and `cargo xtask sanitize`: checks that the nightly
//! compiler has. Where it is missing they say `not run`, and fail.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::ValueEnum;

use crate::cmd;
use crate::project::{ALL_FEATURES, Project};
use crate::table::{Done, Table};
use crate::targets::Arch;
use crate::test::judge;

/// Pure tests, by test program. Miri runs no system call but those of std that
/// it knows, and no assembly, and ends at the first: so what does, or would take
/// it many minutes, is not among them.
const PURE: [(&str, &[&str]); 7] = [
    (
        "--lib",
        &[
            "--skip=the_probe_finds",
            "--skip=each_argument_of_clone",
            "--skip=rt::mem",
            "--skip=any_bytes_are_read_within",
            "--skip=plausible_messages",
            "--skip=system::cpu",
        ],
    ),
    ("--test=errno", &["it_"]),
    ("--test=path", &["a_buffer_of_just_the_size", "text_is_shown"]),
    ("--test=time", &["timespec", "--skip=a_file_has"]),
    ("--test=signal", &["any_changes_do"]),
    (
        "--test=init_program",
        &["inittab_lines", "units", "texts", "--skip=plain_words", "--skip=any_values"],
    ),
    ("--test=vdso", &["synthetic", "--skip=any_bytes", "--skip=every_name"]),
];

/// Tests that a sanitizer breaks, by what it adds to the process, and how.
const NOT_SANITIZED: [(Sanitizer, &str, &str); 6] = [
    (
        Sanitizer::Address,
        "limits::limits_are_set_as_libc_sets_them",
        "what it limits, the sanitizer needs",
    ),
    (
        Sanitizer::Address,
        "own::changing_one_variable_for_ever_takes_no_more_memory",
        "freed memory is kept for a while, to see who still uses it",
    ),
    (
        Sanitizer::Address,
        "threads::children_that_share_memory_draw_different_blocks",
        "the child's stack is the parent's, which the sanitizer takes for one that is gone",
    ),
    (
        Sanitizer::Address,
        "shown::what_is_mapped_is_locked_and_unlocked",
        "the sanitizer has mapped terabytes, and to lock them ends the process",
    ),
    (
        Sanitizer::Address,
        "many::a_first_child_that_is_killed_leaves_no_zombie",
        "what it says of a stack stays when a child is killed on it, and the next child reads it",
    ),
    (
        Sanitizer::Thread,
        "launch::tests::each_argument_of_clone_is_in_its_place",
        "the child has another thread pointer, by which the sanitizer finds what it knows",
    ),
];

/// Test programs that are not run with the address sanitizer, and why.
const WITHOUT: [(&str, &str); 10] = [
    ("abi", "it compares numbers"),
    ("codegen", "it looks at what the compiler made of the crate"),
    ("docs", "it reads sources"),
    ("faults", "it counts every system call, and the sanitizer makes some"),
    ("freestanding", "its programs have no std"),
    ("huge", "it counts memory, and the sanitizer takes some"),
    ("interleave", "loom has an eye on memory itself"),
    ("leaks", "it counts mappings, and the sanitizer makes some"),
    ("parity", "most of it is Python"),
    ("soak", "it counts mappings, and the sanitizer makes some"),
];

/// Programs whose tests are of threads. Not those with children in the same
/// memory, which are no threads that the sanitizer knows: it waits for them for
/// ever. Nor those that count threads: it has one of its own.
const THREADS: &[&str] = &["env", "event"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sanitizer {
    Address,
    Thread,
}

impl Sanitizer {
    fn name(self) -> &'static str {
        match self {
            Sanitizer::Address => "address",
            Sanitizer::Thread => "thread",
        }
    }

    /// Whether it watches the test program.
    fn wants(self, program: &str) -> bool {
        match self {
            Sanitizer::Address => WITHOUT.iter().all(|(name, _)| *name != program),
            Sanitizer::Thread => THREADS.contains(&program),
        }
    }
}

#[derive(clap::Args)]
pub struct SanitizeArgs {
    /// One of them alone
    #[arg(long)]
    only: Option<Sanitizer>,
}

pub fn miri(project: &Project) -> Result<ExitCode> {
    let mut table = Table::new();
    let there = component(&mut table, project, "miri", "Miri");
    for (program, filters) in PURE.iter().filter(|_| there) {
        table.step(program.trim_start_matches('-'), "Miri", || {
            let mut cargo = nightly(project, "miri");
            cargo.args(["test", "-p", "rawos", "--no-fail-fast", program]).args(ALL_FEATURES.args);
            cargo.arg("--target-dir").arg(project.target_dir.join("miri"));
            // Some make pointers of addresses, as a kernel does.
            let mut flags = "-Zmiri-permissive-provenance -Zmiri-disable-isolation".to_owned();
            if program == &"--test=init_program" {
                // Its arenas are for ever, as those of a process 1 are.
                flags += " -Zmiri-ignore-leaks";
            }
            cargo.env("MIRIFLAGS", flags);
            // Few cases of each property: each takes a thousand times as long.
            cargo.env("PROPTEST_CASES", "8").arg("--").args(*filters);
            let finished = cmd::stream(&mut cargo)?;
            Ok(judge(finished.success, &finished.text))
        });
    }
    end(&table, there)
}

pub fn sanitize(project: &Project, args: &SanitizeArgs) -> Result<ExitCode> {
    let mut table = Table::new();
    let there = component(&mut table, project, "rust-src", "nightly");
    let host = Arch::ALL.into_iter().find(|arch| arch.is_host()).map_or("", Arch::triple);
    let wanted = Sanitizer::value_variants().iter().copied();
    let wanted = wanted.filter(|one| there && args.only.is_none_or(|only| only == *one));
    for sanitizer in wanted {
        table.step("tests", sanitizer.name(), || {
            let mut cargo = nightly(project, "test");
            // std's own code is to be watched too, and what it tells of its locks.
            cargo.args(["-Zbuild-std", "-p", "rawos", "--no-fail-fast", "--target", host]);
            cargo.args(ALL_FEATURES.args).args(project.tests(|name| sanitizer.wants(name))?);
            cargo.arg("--target-dir").arg(project.target_dir.join(sanitizer.name()));
            cargo.env("RUSTFLAGS", format!("-Zsanitizer={}", sanitizer.name()));
            // Tests unwind whatever the profile says; std is to be built once.
            cargo.env("CARGO_PROFILE_DEV_PANIC", "unwind").env("CARGO_PROFILE_DEV_DEBUG", "1");
            // What a process holds at its end is no leak here: many tests end one
            // in the middle. And some ask for more memory than there is.
            cargo.env("ASAN_OPTIONS", "detect_leaks=0:allocator_may_return_null=1").arg("--");
            for (program, why) in WITHOUT.iter().filter(|_| sanitizer == Sanitizer::Address) {
                crate::console::line(format_args!("without {program}: {why}"));
            }
            for (_, test, why) in NOT_SANITIZED.iter().filter(|(of, ..)| *of == sanitizer) {
                crate::console::line(format_args!("without {test}: {why}"));
                cargo.arg(format!("--skip={test}"));
            }
            let finished = cmd::stream(&mut cargo)?;
            Ok(judge(finished.success, &finished.text))
        });
    }
    end(&table, there)
}

/// A cargo command of the nightly toolchain.
fn nightly(project: &Project, subcommand: &str) -> Command {
    let mut cargo = Command::new("rustup");
    cargo.current_dir(&project.root).args(["run", "nightly", "cargo", subcommand]);
    // Set by the cargo that runs this, and stronger than `run`'s choice.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC", "RUSTDOC", "LD_LIBRARY_PATH"] {
        cargo.env_remove(name);
    }
    cargo
}

/// Whether the nightly toolchain has the component, or rustup can get it; a row
/// says so where not.
fn component(table: &mut Table, project: &Project, component: &str, place: &str) -> bool {
    table.step(component, place, || {
        if !cmd::on_path("rustup") {
            return Ok(Done::not_run("no rustup"));
        }
        let mut add = Command::new("rustup");
        add.current_dir(&project.root);
        add.args(["component", "add", "--toolchain=nightly", component, "rust-src"]);
        match cmd::stream(&mut add)?.success {
            true => Ok(Done::ok()),
            false => Ok(Done::not_run(format!("the nightly toolchain has no {component}"))),
        }
    })
}

/// Prints all rows; what did not run was asked for, and is a failure.
fn end(table: &Table, there: bool) -> Result<ExitCode> {
    table.print();
    let ended = table.totals();
    Ok(if there { ended } else { ExitCode::FAILURE })
}
