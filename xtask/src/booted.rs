//! The tests of all features, and the programs, in a booted kernel.

use std::convert::Infallible;
use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::Result;
use xtask_guest::{Job, Mark};

use crate::boot::{self, Clock, Event, Guest};
use crate::initramfs::{self, Initramfs};
use crate::kernel::{self, Kernel};
use crate::programs::Programs;
use crate::project::{ALL_FEATURES, Project};
use crate::table::{Done, Table};
use crate::targets::{Arch, Library, Target};
use crate::test::judge;
use crate::{cmd, console, install};

/// A guest has this long for all its tests.
const TIMEOUT: Duration = Duration::from_secs(45 * 60);

/// The tests that call programs which only the host has.
const FOR_HOST: [(&str, &str); 5] = [
    ("abi", "a guest has no compiler"),
    ("codegen", "a guest has no compiler"),
    ("docs", "a guest has no sources"),
    ("interleave", "it makes no system calls: the kernel does not matter"),
    ("parity", "a guest has no python3"),
];

/// Which of an architecture's kernels to boot.
#[derive(Clone)]
pub enum Kernels {
    Default,
    All,
    One(String),
}

impl FromStr for Kernels {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Kernels, Infallible> {
        Ok(match text {
            "default" => Kernels::Default,
            "all" => Kernels::All,
            series => Kernels::One(series.to_owned()),
        })
    }
}

impl Kernels {
    pub fn series(&self, arch: Arch) -> Vec<&str> {
        match self {
            Kernels::Default => vec![kernel::default_series(arch)],
            Kernels::All => kernel::all_series(arch),
            Kernels::One(series) => vec![series],
        }
    }
}

pub fn place(series: &str, arch: Arch) -> String {
    format!("kernel {series} {arch}")
}

/// Gets what it takes to boot a kernel.
pub fn fetch(project: &Project, table: &mut Table, arch: Arch, series: &str) -> Option<Kernel> {
    let mut kernel = None;
    table.step("kernel", &place(series, arch), || {
        install::ensure(&install::for_booting(arch))?;
        kernel = Some(kernel::get(&project.target_dir, arch, series)?);
        Ok(Done::ok())
    });
    kernel
}

pub fn run(
    project: &Project,
    table: &mut Table,
    target: &Target,
    programs: Option<&Programs>,
    kernel: &Kernel,
) {
    let place = place(kernel.series, kernel.arch);
    let mut jobs = Vec::new();
    let packed = table.step("static tests", &place, || {
        jobs = pack(project, target, programs)?;
        Ok(Done::ok())
    });
    for (name, why) in FOR_HOST {
        table.push(name, &place, Done::not_run(why), None);
    }
    if packed {
        run_guest(project, table, kernel, &jobs, &place);
    }
}

/// Builds the tests of all features statically and packs them.
fn pack(project: &Project, target: &Target, programs: Option<&Programs>) -> Result<Vec<Job>> {
    let mut cargo = target.cargo(project, "test", Library::Std);
    cargo.args(["-p", "rawos", "--no-run", "--lib", "--tests"]).args(ALL_FEATURES.args);
    target.link_statically(project, &mut cargo);
    let mut tests = cmd::executables(&mut cargo)?;
    tests.retain(|test| FOR_HOST.iter().all(|(name, _)| *name != test.name));
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    let mut archive = Initramfs::new(&initramfs::build_init(project, target)?)?;
    let mut jobs = Vec::new();
    for program in programs.iter().flat_map(|programs| &programs.list) {
        archive.program(&format!("programs/{}", program.name), &program.path)?;
        // The one that is of use alone; the tests start the others.
        if program.name == "hello" {
            jobs.push(Job { name: "hello".to_owned(), argv: vec!["/programs/hello".to_owned()] });
        }
    }
    for test in &tests {
        archive.program(&format!("tests/{}", test.name), &test.path)?;
        // One at a time: a guest has one processor, and what hangs is named.
        let argv = vec![format!("/tests/{}", test.name), "--test-threads=1".to_owned()];
        let name = if test.name == "rawos" { "unit tests" } else { &test.name };
        jobs.push(Job { name: name.to_owned(), argv });
    }
    archive.finish(&jobs, &boot::initrd_path(project, target.arch, "test"))?;
    Ok(jobs)
}

/// Boots, and makes a row of each job.
fn run_guest(project: &Project, table: &mut Table, kernel: &Kernel, jobs: &[Job], place: &str) {
    console::line(format_args!("\n==== boot, {place}"));
    let initrd = boot::initrd_path(project, kernel.arch, "test");
    let guest = Guest { kernel, initrd, timeout: TIMEOUT, clock: Clock::Host };
    let mut started = Instant::now();
    let mut output = String::new();
    let mut ended = 0;
    let result = guest.run(|event| match event {
        Event::Line(line) => {
            console::line(line);
            output.push_str(line);
            output.push('\n');
        }
        Event::Mark(mark) => {
            console::line(&mark);
            if let Mark::End(name, status) = mark {
                let done = match status {
                    _ if name != "hello" => judge(status == 0, &output),
                    0 => Done::ok(),
                    _ => Done::failed(format!("status {status}")),
                };
                table.push(&name, place, done, Some(started.elapsed()));
                ended += 1;
            }
            output.clear();
            started = Instant::now();
        }
    });
    let why = match result {
        Ok(status) => format!("the guest ended early, with status {status}"),
        Err(error) => format!("{error:#}"),
    };
    // The first of the rest is where it stopped.
    for (index, job) in jobs[ended..].iter().enumerate() {
        let why = if index == 0 { why.as_str() } else { "not reached" };
        table.push(&job.name, place, Done::failed(why), None);
    }
}
