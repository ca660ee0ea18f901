//! `cargo xtask boot`: a kernel in QEMU, its console on ours.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use xtask_guest::{Job, Mark};

use crate::booted::Kernels;
use crate::initramfs::{self, Initramfs};
use crate::kernel::{self, Kernel};
use crate::programs::{self, Programs};
use crate::project::Project;
use crate::targets::{Arch, Target};
use crate::{cmd, console, install, pid1};

#[derive(clap::Args)]
pub struct Args {
    /// The machine to boot
    #[arg(default_value = "x86_64")]
    arch: Arch,
    /// The kernel's series: 5.10, 6.1, 6.12 or 7.2 [default: 6.1 on x86_64,
    /// 6.12 on aarch64, 7.2 on riscv64]
    kernel: Option<String>,
    /// Boot every kernel of every architecture with `examples/init` as its first
    /// process, and check what the consoles say
    #[arg(long, conflicts_with_all = ["arch", "kernel", "program"])]
    all: bool,
    /// The same with one kernel
    #[arg(long, conflicts_with_all = ["all", "program"])]
    init: bool,
    /// Seconds until the guest is given up
    #[arg(long, default_value_t = 120)]
    timeout: u64,
    /// A freestanding program of this repository, or the path of any static
    /// program, and its arguments [default: hello, then tree /]
    #[arg(last = true)]
    program: Vec<String>,
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    if args.all {
        return pid1::boot(project, &Arch::ALL, &Kernels::All);
    }
    if args.init {
        let kernels = args.kernel.clone().map_or(Kernels::Default, Kernels::One);
        return pid1::boot(project, &[args.arch], &kernels);
    }
    install::ensure(&install::for_booting(args.arch))?;
    let target = Target::prepare(project, args.arch)?;
    let series = args.kernel.as_deref().unwrap_or(kernel::default_series(args.arch));
    let kernel = kernel::get(&project.target_dir, args.arch, series)?;
    let mut archive = Initramfs::new(&initramfs::build_init(project, &target)?)?;
    let jobs = match args.program.split_first() {
        Some((path, rest)) if path.contains('/') => vec![foreign(&mut archive, path, rest)?],
        choice => {
            let programs = programs::build(project, &target)?;
            for program in &programs.list {
                archive.program(&format!("programs/{}", program.name), &program.path)?;
            }
            match choice {
                Some((name, rest)) => vec![chosen(&programs, name, rest)?],
                None => shown(&programs)?,
            }
        }
    };
    let initrd = initrd_path(project, args.arch, "boot");
    archive.finish(&jobs, &initrd)?;
    let guest = Guest {
        kernel: &kernel,
        initrd,
        timeout: Duration::from_secs(args.timeout),
        clock: Clock::Host,
    };
    let status = guest.run(|event| match event {
        Event::Line(line) => println!("{line}"),
        Event::Mark(mark) => println!("{mark}"),
    })?;
    Ok(ExitCode::from(u8::try_from(status).unwrap_or(1)))
}

/// The job for a program given by its path on this machine.
fn foreign(archive: &mut Initramfs, path: &str, rest: &[String]) -> Result<Job> {
    let name = Path::new(path).file_name().and_then(|name| name.to_str());
    let name = name.with_context(|| format!("{path} is not the path of a program"))?;
    archive.program(&format!("programs/{name}"), Path::new(path))?;
    Ok(job(name, rest))
}

/// The job for a program of this repository.
fn chosen(programs: &Programs, name: &str, rest: &[String]) -> Result<Job> {
    if programs.find(name).is_none() {
        let known: Vec<&str> = programs.list.iter().map(|program| &*program.name).collect();
        bail!("no program {name} (a path needs a slash); there are {}", known.join(", "));
    }
    Ok(job(name, rest))
}

fn job(name: &str, args: &[String]) -> Job {
    let argv = std::iter::once(format!("/programs/{name}")).chain(args.iter().cloned());
    Job { name: name.to_owned(), argv: argv.collect() }
}

/// The jobs to show when none is asked for.
fn shown(programs: &Programs) -> Result<Vec<Job>> {
    let hello = ("hello", vec![]);
    let tree = ("tree", vec!["/".to_owned()]);
    let known = [hello, tree].into_iter().filter(|(name, _)| programs.find(name).is_some());
    let jobs: Vec<Job> = known.map(|(name, args)| job(name, &args)).collect();
    if jobs.is_empty() {
        bail!("neither hello nor tree is among the programs");
    }
    Ok(jobs)
}

/// Where the initramfs for `purpose` is kept.
pub fn initrd_path(project: &Project, arch: Arch, purpose: &str) -> PathBuf {
    project.target_dir.join("initramfs").join(format!("{arch}-{purpose}.cpio"))
}

/// What a guest's console says, line by line.
pub enum Event<'a> {
    Line(&'a str),
    Mark(Mark),
}

/// A machine to boot.
pub struct Guest<'a> {
    pub kernel: &'a Kernel,
    pub initrd: PathBuf,
    pub timeout: Duration,
    pub clock: Clock,
}

/// What a guest's clocks go by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// This machine's, whatever else it does meanwhile.
    Host,
    /// The guest's instructions, of which a second has a thousand million; time
    /// in which it waits is skipped. What a guest measures so is the same on a
    /// machine of any speed, and with any load.
    Instructions,
}

impl Guest<'_> {
    /// Boots it, and waits for its end. The status is that of the last marked
    /// line; a guest that ends without it, or not in time, is an error.
    pub fn run(&self, hear: impl FnMut(Event<'_>)) -> Result<i32> {
        let ended = self.hear(hear)?;
        match ended.marked {
            Some(status) => Ok(status),
            None => {
                ended.by_itself(self.timeout)?;
                bail!("the guest ended without a marked last line ({})", ended.status)
            }
        }
    }

    /// Boots it, and passes on what it says until its end.
    pub fn hear(&self, mut hear: impl FnMut(Event<'_>)) -> Result<Ended> {
        let mut qemu = self.command();
        console::line(format_args!("$ {}    # {}", cmd::show(&qemu), self.kernel.package));
        qemu.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = qemu.spawn().with_context(|| format!("cannot start {:?}", qemu))?;
        let heard = self.listen(&mut child, &mut hear);
        // Its console closes a moment before it ends.
        let patience = Instant::now() + Duration::from_secs(5);
        while let Ok((_, false)) = &heard
            && child.try_wait().context("wait")?.is_none()
            && Instant::now() < patience
        {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let status = child.wait().context("wait")?;
        let (mut console, overdue) = heard?;
        if let Some(line) = console.last_line() {
            hear(Event::Line(&line));
        }
        Ok(Ended { marked: console.status, status, overdue, panicked: console.panicked })
    }

    /// Passes on what the console says until it closes or the time is up.
    fn listen(
        &self,
        child: &mut Child,
        hear: &mut dyn FnMut(Event<'_>),
    ) -> Result<(Console, bool)> {
        let chunks = cmd::read_in_background(child.stdout.take().context("no pipe")?);
        let deadline = Instant::now() + self.timeout;
        let mut console = Console::default();
        loop {
            match chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(chunk) => console.take(&chunk, hear),
                Err(RecvTimeoutError::Disconnected) => return Ok((console, false)),
                Err(RecvTimeoutError::Timeout) => return Ok((console, true)),
            }
        }
    }

    fn command(&self) -> Command {
        let arch = self.kernel.arch;
        let (machine, cpu, console) = match arch {
            Arch::X86_64 => ("pc", "max", "ttyS0"),
            // QEMU's own pointer signatures: the architected ones take three
            // times as long to boot.
            Arch::Aarch64 => ("virt", "max,pauth-impdef=on", "ttyAMA0"),
            Arch::Riscv64 => ("virt", "rv64", "ttyS0"),
        };
        let mut qemu = self.kernel.emulator.command();
        // KVM may be there and yet boot no stock kernel: emulate.
        qemu.args(["-accel", "tcg", "-M", machine, "-cpu", cpu, "-smp", "1", "-m", "1024"]);
        qemu.args(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]);
        qemu.args(["-serial", "stdio"]);
        if self.clock == Clock::Instructions {
            qemu.args(["-icount", "shift=0,sleep=off"]);
        }
        qemu.arg("-kernel").arg(&self.kernel.image).arg("-initrd").arg(&self.initrd);
        // Old kernels have memfd_secret only when asked. Nobody spies in there, and
        // an emulator takes long to guard against it.
        let quiet = "panic=-1 quiet loglevel=1 secretmem.enable=1 mitigations=off";
        qemu.arg("-append").arg(format!("console={console} {quiet}"));
        qemu
    }
}

/// How a guest ended.
pub struct Ended {
    /// The status that its last marked line gave.
    marked: Option<i32>,
    /// The emulator's.
    pub status: ExitStatus,
    overdue: bool,
    panicked: bool,
}

impl Ended {
    /// An error if the guest did not end, or by a panic of its kernel.
    pub fn by_itself(&self, timeout: Duration) -> Result<()> {
        match () {
            () if self.panicked => bail!("the kernel panicked"),
            () if self.overdue => bail!("no end within {} s", timeout.as_secs()),
            () => Ok(()),
        }
    }
}

/// Makes lines of what a serial console sends, and finds the marks.
#[derive(Default)]
struct Console {
    partial: Vec<u8>,
    /// An empty line, held back: PID 1 prints one newline before each mark.
    empty: bool,
    status: Option<i32>,
    panicked: bool,
}

impl Console {
    fn take(&mut self, chunk: &[u8], hear: &mut dyn FnMut(Event<'_>)) {
        for &byte in chunk {
            // After the last mark, only the kernel speaks.
            if self.status.is_some() {
                return;
            }
            if byte != b'\n' {
                self.partial.push(byte);
                continue;
            }
            let line = self.last_line().unwrap_or_default();
            let mark = Mark::parse(&line);
            if std::mem::take(&mut self.empty) && mark.is_none() {
                hear(Event::Line(""));
            }
            self.panicked |= line.contains("Kernel panic - not syncing");
            match mark {
                Some(mark) => {
                    if let Mark::Exit(status) = mark {
                        self.status = Some(status);
                    }
                    hear(Event::Mark(mark));
                }
                None if line.is_empty() => self.empty = true,
                None => hear(Event::Line(&line)),
            }
        }
    }

    /// What came since the last newline, without the terminal's `\r`.
    fn last_line(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.partial);
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches('\r');
        (!line.is_empty()).then(|| line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use xtask_guest::Mark;

    use super::{Console, Event};

    #[test]
    fn a_console_keeps_every_line_but_the_newline_before_a_mark() {
        let mut console = Console::default();
        let mut heard = Vec::new();
        for chunk in
            ["\r\n=== begin a\r\nx\r\n\r", "\ny", "\r\n=== end a status 3\r\n\r\n=== exit 3\r\n"]
        {
            console.take(chunk.as_bytes(), &mut |event| {
                heard.push(match event {
                    Event::Line(line) => line.to_owned(),
                    Event::Mark(mark) => format!("<{mark}>"),
                });
            });
        }
        assert_eq!(heard, ["<=== begin a>", "x", "", "y", "<=== end a status 3>", "<=== exit 3>"]);
        assert_eq!(console.status, Some(3));
        assert_eq!(Mark::parse("=== exit 3"), Some(Mark::Exit(3)));
    }
}
