//! `cargo xtask boot --all`: `examples/init` as process 1 of every kernel there
//! is, with services that behave in every way, and what its console must say.

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::boot::{self, Clock, Event, Guest};
use crate::booted::{self, Kernels};
use crate::initramfs::{self, Initramfs};
use crate::kernel::Kernel;
use crate::programs::{self, Programs};
use crate::project::Project;
use crate::table::{Counts, Done, Table};
use crate::targets::{Arch, Target};
use crate::{console, install};

/// A guest takes 10 s of its own time, and an emulator on a machine with much
/// to do several times as long.
const TIMEOUT: Duration = Duration::from_secs(300);

/// What process 1 may use until the first service, in microseconds.
///
/// What an emulator takes for it says nothing: it translates what runs for the
/// first time, and shares its processor with others. So the guest's clocks go by
/// its instructions, a thousand a microsecond, and this is a count of them: 5
/// million, for which a processor that executes 100 million a second takes 50 ms.
const FIRST_SERVICE: u64 = 5000;

/// The step's name in the table.
const STEP: &str = "init as process 1";

/// Boots these kernels of these architectures, and prints one table.
pub fn boot(project: &Project, arches: &[Arch], kernels: &Kernels) -> Result<ExitCode> {
    let mut table = Table::new();
    for &arch in arches {
        table.step("packages", arch.name(), || {
            install::ensure(&install::for_linking(arch))?;
            install::ensure(&install::for_booting(arch)).map(|()| Done::ok())
        });
        let mut built = None;
        table.step("programs", arch.name(), || {
            let target = Target::prepare(project, arch)?;
            let programs = programs::build(project, &target)?;
            built = Some((target, programs));
            Ok(Done::ok())
        });
        let Some((target, programs)) = built else { continue };
        for series in kernels.series(arch) {
            if let Some(kernel) = booted::fetch(project, &mut table, arch, series) {
                run(project, &mut table, &target, Some(&programs), &kernel);
            }
        }
    }
    table.print();
    Ok(table.totals())
}

/// Boots one kernel, and makes a row of what its console said.
pub fn run(
    project: &Project,
    table: &mut Table,
    target: &Target,
    programs: Option<&Programs>,
    kernel: &Kernel,
) {
    table.step(STEP, &booted::place(kernel.series, kernel.arch), || {
        let initrd = boot::initrd_path(project, kernel.arch, "init");
        pack(project, target, programs.context("no programs were built")?)?.write(&initrd)?;
        let guest = Guest { kernel, initrd, timeout: TIMEOUT, clock: Clock::Instructions };
        let mut said = Said { lines: Vec::new() };
        let started = Instant::now();
        let ended = guest.hear(|event| {
            // Where the harness's own process 1 is not, nothing marks lines.
            if let Event::Line(line) = event {
                console::line(line);
                said.lines.push(line.to_owned());
            }
        })?;
        ended.by_itself(TIMEOUT)?;
        ensure!(ended.status.success(), "the emulator ended with {}", ended.status);
        Ok(judge(&said, started.elapsed()))
    });
}

/// The file system it begins with.
fn pack(project: &Project, target: &Target, programs: &Programs) -> Result<Initramfs> {
    let init = programs.find("init").context("no program init")?;
    let mut archive = Initramfs::new(init)?;
    // What forks is small: a large process takes long to copy.
    for (name, at) in [("hello", "hello"), ("tree", "tree"), ("service", "forker")] {
        let path = programs.find(name).with_context(|| format!("no program {name}"))?;
        archive.program(&format!("programs/{at}"), path)?;
    }
    archive.program("programs/service", &initramfs::build_guest(project, target, "service")?)?;
    let etc = project.root.join("xtask/guest/system/etc");
    archive.dir("etc/init")?;
    for (dir, at) in [(etc.clone(), "etc"), (etc.join("init"), "etc/init")] {
        for entry in fs::read_dir(&dir).with_context(|| dir.display().to_string())? {
            let path = entry.context("reading a directory")?.path();
            if path.is_file() {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let text = fs::read(&path).with_context(|| path.display().to_string())?;
                archive.file(&format!("{at}/{name}"), &text)?;
            }
        }
    }
    Ok(archive)
}

/// A console's lines.
struct Said {
    lines: Vec<String>,
}

impl Said {
    /// The place of the first line that holds all of `parts`.
    fn find(&self, parts: &[&str]) -> Option<usize> {
        self.lines.iter().position(|line| parts.iter().all(|part| line.contains(part)))
    }

    fn count(&self, part: &str) -> usize {
        self.lines.iter().filter(|line| line.contains(part)).count()
    }

    /// Whether the first line with `a` comes before the first with `b`.
    fn in_order(&self, a: &str, b: &str) -> bool {
        matches!((self.find(&[a]), self.find(&[b])), (Some(a), Some(b)) if a < b)
    }

    /// The number that follows `text`.
    fn number(&self, text: &str) -> Option<u64> {
        let rest = self.lines.iter().find_map(|line| line.split_once(text))?.1;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }

    fn at_most(&self, text: &str, limit: u64) -> bool {
        self.number(text).is_some_and(|number| number <= limit)
    }
}

/// What a console must say, and how to see it.
type Check = (&'static str, fn(&Said) -> bool);

const CHECKS: &[Check] = &[
    ("the first service within 5 million instructions", |said| {
        said.at_most("first service after ", FIRST_SERVICE)
    }),
    ("sysinit lines before services", |said| said.in_order("hello", "service user started")),
    ("a line of an unknown action is reported", |said| said.find(&["/etc/inittab:4: "]).is_some()),
    ("a line without colons is reported", |said| said.find(&["/etc/inittab:5: "]).is_some()),
    ("an unknown key is reported", |said| said.find(&["user.service:8: ", "Colour"]).is_some()),
    ("a service that crashes is started again", |said| said.count("service crasher started") == 4),
    ("and not for ever", |said| {
        said.find(&["service crasher failed: started too often"]).is_some()
    }),
    ("a service waits until what it needs is ready", |said| {
        said.in_order("service base ready", "service needs started")
    }),
    ("and then finds it", |said| said.find(&["needs| needs what base made"]).is_some()),
    ("a service runs as its user", |said| {
        said.find(&["user| Uid: 65534 65534 65534 65534"]).is_some()
            && said.find(&["user| Gid: 65534 65534 65534 65534"]).is_some()
    }),
    ("without privileges", |said| said.find(&["user| CapEff: 0000000000000000"]).is_some()),
    ("with its limits", |said| said.find(&["user| Max open files 100 200"]).is_some()),
    ("its priority and directory", |said| said.find(&["user| nice 5, in /etc"]).is_some()),
    ("its environment", |said| said.find(&["user| GREETING=good day"]).is_some()),
    ("orphans are reaped at 1,000 a second", |said| {
        said.number("orphans a second: ").is_some_and(|number| number >= 1000)
    }),
    ("no zombie older than a second", |said| said.at_most("oldest zombie ", 999)),
    ("less than 200 KiB resident", |said| said.at_most("resident ", 199)),
    ("file systems are mounted", |said| {
        ["proc on /proc", "sysfs on /sys", "devtmpfs on /dev", "devpts on /dev/pts"]
            .iter()
            .chain(&["tmpfs on /run", "tmpfs on /tmp", "tmpfs on /dev/shm"])
            .chain(&["cgroup2 on /sys/fs/cgroup"])
            .all(|mount| said.find(&["mounted ", mount]).is_some())
    }),
    ("the loopback interface is up", |said| said.find(&["loopback flags 0x9"]).is_some()),
    ("the host has its name", |said| said.find(&["host rawos-guest"]).is_some()),
    ("ctl status", |said| {
        said.find(&["ctl status: exit status: 0"]).is_some()
            && ["crasher", "orphans", "stubborn", "base", "needs", "user"]
                .iter()
                .all(|name| said.find(&["ctl| ", name]).is_some())
    }),
    ("ctl restart", |said| {
        said.find(&["ctl restart user: exit status: 0"]).is_some()
            && said.count("service user started") == 2
    }),
    ("ctl says what cannot be done", |said| {
        said.find(&["ctl start none: exit status: 1"]).is_some()
    }),
    ("what ignores TERM is killed", |said| {
        said.find(&["service stubborn does not stop: killed"]).is_some()
    }),
    ("Ctrl-Alt-Del is a signal, which runs its line", |said| {
        said.find(&["ctrl-alt-del 0"]).is_some()
            && said.in_order("line 8 started", "shutting down: ")
    }),
    ("lines of the end", |said| said.in_order("shutting down: ", "/etc/init/crasher.service")),
    // `init` reads 16 KiB at once. What stays is named.
    ("a long table of mounts is gone through", |said| {
        said.number("a table of ").is_some_and(|size| size > 16)
            && said.count("cannot unmount /many/") == 60
    }),
    ("the end is orderly", |said| said.in_order("shutting down: power off", "end: power off")),
    ("no panic", |said| said.count("Kernel panic") == 0),
];

fn judge(said: &Said, took: Duration) -> Done {
    let failed: Vec<&str> =
        CHECKS.iter().filter(|(_, holds)| !holds(said)).map(|(what, _)| *what).collect();
    let text = |what: &str| said.number(what).map_or("?".to_owned(), |number| number.to_string());
    console::line(format_args!(
        "first service after {} us, {} KiB resident, {} orphans a second, oldest zombie {} ms; \
         {:.1} s in all",
        text("first service after "),
        text("resident "),
        text("orphans a second: "),
        text("oldest zombie "),
        took.as_secs_f32(),
    ));
    let done = match failed.is_empty() {
        true => Done::ok(),
        false => Done::failed(failed.join("; ")),
    };
    let counts = Counts { passed: CHECKS.len() - failed.len(), failed: failed.len(), skipped: 0 };
    done.with(counts, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::{CHECKS, Said};

    /// A check that a silent console passes would check nothing.
    #[test]
    fn a_silent_console_passes_no_check_but_that_for_panics() {
        let said = Said { lines: Vec::new() };
        let passed: Vec<&str> =
            CHECKS.iter().filter(|(_, holds)| holds(&said)).map(|(what, _)| *what).collect();
        assert_eq!(passed, ["no panic"]);
    }

    #[test]
    fn numbers_are_read_after_their_text() {
        let said = Said { lines: vec!["init: reaped 12 orphans, 90 KiB".to_owned()] };
        assert_eq!(said.number("reaped "), Some(12));
        assert_eq!(said.number("oldest "), None);
    }
}
