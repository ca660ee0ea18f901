//! The project's own tooling: `cargo xtask test`, `fuzz`, `coverage` and so on.

mod api;
mod apt;
mod bench;
mod boot;
mod booted;
mod cmd;
mod console;
mod cost;
mod counts;
mod coverage;
mod curves;
mod demo;
mod dependencies;
mod doc_tests;
mod elf;
mod emulate;
mod faults;
mod fuzz;
mod growth;
mod initramfs;
mod install;
mod kernel;
mod lint;
mod machine;
mod names;
mod nightly;
mod pages;
mod picture;
mod pid1;
mod programs;
mod project;
mod promises;
mod release;
mod rooms;
mod sizes;
mod soak;
mod startup;
mod table;
mod targets;
mod test;
mod uncovered;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tests, boots and shows rawos", after_help = ENVIRONMENT)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

const ENVIRONMENT: &str = "\
Environment:
  RAWOS_CROSS=debian  build for the other architectures with Debian's rustc-web and
                      rust-web-src, as is done where rustup cannot fetch their targets";

#[derive(Subcommand)]
enum Task {
    /// Check everything: lints, tests here, under qemu-user and in booted kernels
    Test(test::Args),
    /// Fuzz every target of `fuzz/`
    Fuzz(fuzz::Args),
    /// Let every system call of every function fail, and tabulate what became of it
    Faults(faults::Args),
    /// Do everything at once under a storm of signals, and count what is left
    Soak(soak::Args),
    /// Which lines of `src/` the tests on this machine run
    Coverage(coverage::Args),
    /// Measure rawos against its peers, in turn: a table, and pictures of ratios and growth
    Bench(bench::Args),
    /// Check what a version has to pass before it is published
    Release(release::Args),
    /// Compare the crate's public items with their list, or write that anew
    Api(api::Args),
    /// Tabulate the sizes of the examples on the three architectures, and where they come from
    Sizes(sizes::Args),
    /// Count the functions of Python's `os` that each crate has, with those of the peers
    Names,
    /// Write the pages of docs/guide that are made of tables, tests/docs/*.tsv
    Pages,
    /// Run the pure tests in Miri, of the nightly toolchain
    Miri,
    /// Run tests with the sanitizers of the nightly toolchain
    Sanitize(nightly::SanitizeArgs),
    /// Boot a Debian kernel in QEMU and run programs in it
    Boot(boot::Args),
    /// Build the freestanding `tree`, run it on a directory, and look inside
    Demo(demo::Args),
    /// Run a test program under an emulator, as cargo calls it
    #[command(hide = true)]
    Emulate(emulate::Args),
}

fn main() -> ExitCode {
    let task = Args::parse().task;
    let done = match task {
        Task::Test(args) => Project::find().and_then(|project| test::run(&project, &args)),
        Task::Fuzz(args) => Project::find().and_then(|project| fuzz::run(&project, &args)),
        Task::Faults(args) => Project::find().and_then(|project| faults::run(&project, &args)),
        Task::Soak(args) => Project::find().and_then(|project| soak::run(&project, &args)),
        Task::Coverage(args) => Project::find().and_then(|project| coverage::run(&project, &args)),
        Task::Bench(args) => Project::find().and_then(|project| bench::run(&project, &args)),
        Task::Release(args) => Project::find().and_then(|project| release::run(&project, &args)),
        Task::Api(args) => Project::find().and_then(|project| api::run(&project, &args)),
        Task::Sizes(args) => Project::find().and_then(|project| sizes::run(&project, &args)),
        Task::Names => Project::find().and_then(|project| names::run(&project)),
        Task::Pages => Project::find().and_then(|project| pages::run(&project)),
        Task::Miri => Project::find().and_then(|project| nightly::miri(&project)),
        Task::Sanitize(args) => {
            Project::find().and_then(|project| nightly::sanitize(&project, &args))
        }
        Task::Boot(args) => Project::find().and_then(|project| boot::run(&project, &args)),
        Task::Demo(args) => Project::find().and_then(|project| demo::run(&project, &args)),
        Task::Emulate(args) => emulate::run(&args),
    };
    done.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
