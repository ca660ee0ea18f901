//! What C says: a table of expressions, compiled for the architecture of the
//! test against the kernel's headers and glibc's, and read from the object
//! file. Nothing of it runs, so a cross compiler will do.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, process::Command};

use object::{Object as _, ObjectSection as _};

use crate::known;

/// A number of the crate, and the C expression that must have its value.
pub struct Entry {
    /// Where it is in the crate: `OFlags::CREAT`.
    pub what: String,
    /// `O_CREAT`
    pub c: String,
    pub ours: i128,
    /// The bits that the kernel looks at: 32 or 64.
    pub bits: u32,
}

impl Entry {
    pub fn new(what: impl Into<String>, c: impl Into<String>, ours: i128, bits: u32) -> Self {
        Self { what: what.into(), c: c.into(), ours, bits }
    }

    /// Whether `theirs`, the value in C as a number of 64 bits, is ours. C's
    /// numbers of 32 bits come with or without their sign.
    fn agrees(&self, theirs: u64) -> bool {
        let ours = self.ours as u64;
        match self.bits {
            64 => ours == theirs,
            _ => ours as u32 == theirs as u32 && matches!(theirs >> 32, 0 | 0xffff_ffff),
        }
    }
}

/// The headers of the kernel, which know nothing of a C library.
const KERNEL: &str = "
    linux/version.h asm/unistd.h asm/errno.h asm/stat.h asm/statfs.h asm/poll.h asm/socket.h
    asm/sockios.h asm/termbits.h asm/termios.h asm/ioctls.h linux/auxvec.h linux/capability.h
    linux/elf.h linux/eventpoll.h linux/fadvise.h linux/fcntl.h linux/fs.h linux/inotify.h
    linux/ioctl.h linux/kernel.h linux/limits.h linux/loop.h linux/magic.h linux/memfd.h
    linux/mman.h linux/module.h linux/mount.h linux/openat2.h linux/pidfd.h linux/prctl.h
    linux/random.h linux/reboot.h linux/resource.h linux/sched.h linux/sched/types.h
    linux/securebits.h linux/signal.h linux/signalfd.h linux/stat.h linux/sysinfo.h linux/time.h
    linux/timerfd.h linux/uio.h linux/un.h linux/utsname.h linux/wait.h linux/xattr.h";

/// The headers of glibc, for what the kernel's do not say.
const LIBC: &str = "
    dirent.h elf.h errno.h fcntl.h limits.h net/if.h poll.h sched.h signal.h sys/eventfd.h
    sys/inotify.h sys/ioctl.h sys/mman.h sys/mount.h sys/param.h sys/resource.h sys/signalfd.h sys/socket.h
    sys/statvfs.h sys/swap.h sys/syslog.h sys/time.h sys/timerfd.h sys/uio.h sys/un.h sys/wait.h
    sysexits.h termios.h unistd.h";

/// The C compiler for the architecture that this test is built for.
fn compiler() -> String {
    let arch = env::consts::ARCH;
    let makes_it = |name: &String| {
        let machine = Command::new(name).arg("-dumpmachine").output();
        machine.is_ok_and(|machine| machine.stdout.starts_with(arch.as_bytes()))
    };
    let mut names = ["cc".to_owned(), format!("{arch}-linux-gnu-gcc")].into_iter();
    names.find(makes_it).unwrap_or_else(|| panic!("no C compiler for {arch}"))
}

/// The values of the expressions, or what the compiler has against them.
fn values(headers: &str, expressions: &[&str]) -> Vec<Result<u64, String>> {
    let compiler = compiler();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let object = dir.path().join("abi.o");
    let mut wrong: BTreeMap<usize, String> = BTreeMap::new();
    // What is undeclared is reported once, though it may stand on many lines.
    for _ in 0..32 {
        let mut source = "#define _GNU_SOURCE\n".to_owned();
        for header in headers.split_whitespace() {
            writeln!(source, "#include <{header}>").unwrap();
        }
        source += "__attribute__((section(\".abi\"))) const unsigned long long abi[] = {\n";
        source += "#line 1 \"abi\"\n";
        for (index, expression) in expressions.iter().enumerate() {
            let expression = if wrong.contains_key(&index) { "0" } else { expression };
            writeln!(source, "(unsigned long long)({expression}),").unwrap();
        }
        source += "};\n";
        let file = dir.path().join("abi.c");
        fs::write(&file, source).unwrap();
        let mut command = Command::new(&compiler);
        command.args(["-std=gnu11", "-w", "-c", "-o"]).arg(&object).arg(&file).env("LC_ALL", "C");
        let output = command.output().expect("the compiler");
        if output.status.success() {
            let object = fs::read(&object).unwrap();
            let object = object::File::parse(&*object).expect("an object file");
            let section = object.section_by_name(".abi").expect("the section");
            let (numbers, _) = section.data().unwrap().as_chunks::<8>();
            assert_eq!(numbers.len(), expressions.len());
            let value = |(index, number): (usize, &[u8; 8])| match wrong.remove(&index) {
                Some(message) => Err(message),
                None => Ok(u64::from_le_bytes(*number)),
            };
            return numbers.iter().enumerate().map(value).collect();
        }
        let messages = String::from_utf8_lossy(&output.stderr);
        let before = wrong.len();
        for line in messages.lines() {
            let Some((place, message)) = line.split_once(" error: ") else { continue };
            let index = place.strip_prefix("abi:").and_then(|place| place.split(':').next());
            let line: usize = index.unwrap_or_else(|| panic!("{messages}")).parse().unwrap();
            wrong.entry(line - 1).or_insert_with(|| message.to_owned());
        }
        assert!(wrong.len() > before, "{messages}");
    }
    panic!("the compiler finds more each time: {wrong:#?}");
}

/// What C says of one entry.
pub enum Answer {
    Same,
    Other(u64),
    /// No header has it; what the compiler says.
    Unknown(String),
}

/// What came of comparing: a line for each entry that is wrong.
pub struct Report {
    pub wrong: Vec<String>,
    pub same: usize,
    /// Those that the headers are too old for, or that no header has.
    pub not_compared: Vec<String>,
}

/// Asks the kernel's headers, and glibc's for what those do not have.
pub fn ask(entries: &[Entry]) -> Vec<Answer> {
    let expressions: Vec<_> = entries.iter().map(|entry| entry.c.as_str()).collect();
    let mut answers = values(KERNEL, &expressions);
    let unknown: Vec<_> = (0..entries.len()).filter(|&index| answers[index].is_err()).collect();
    let rest: Vec<_> = unknown.iter().map(|&index| expressions[index]).collect();
    for (index, value) in unknown.into_iter().zip(values(LIBC, &rest)) {
        if value.is_ok() {
            answers[index] = value;
        }
    }
    let answer = |(entry, answer): (&Entry, Result<u64, String>)| match answer {
        Ok(theirs) if entry.agrees(theirs) => Answer::Same,
        Ok(theirs) => Answer::Other(theirs),
        Err(message) => Answer::Unknown(message),
    };
    entries.iter().zip(answers).map(answer).collect()
}

/// The version of the kernel whose headers are installed: major and minor.
pub fn version() -> (u64, u64) {
    let code = values("linux/version.h", &["LINUX_VERSION_CODE"]).remove(0).unwrap();
    (code >> 16, code >> 8 & 0xff)
}

pub fn compare(entries: &[Entry]) -> Report {
    let installed = version();
    let mut report = Report { wrong: Vec::new(), same: 0, not_compared: Vec::new() };
    for (entry, answer) in entries.iter().zip(ask(entries)) {
        let Entry { what, c, ours, .. } = entry;
        match answer {
            Answer::Same => report.same += 1,
            Answer::Other(theirs) => {
                report.wrong.push(format!("{what} is {ours:#x}, in C {c} is {theirs:#x}"));
            }
            Answer::Unknown(message) => match known::find(c) {
                Some((since, value)) if since > installed => {
                    if entry.agrees(value) {
                        report.not_compared.push(c.clone());
                    } else {
                        let line = format!("{what} is {ours:#x}, {c} was to be {value:#x}");
                        report.wrong.push(line);
                    }
                }
                Some((since, _)) => report.wrong.push(format!(
                    "{what}: {c} is of Linux {since:?}, the headers of {installed:?}: {message}"
                )),
                None => report.wrong.push(format!("{what} ({ours:#x}): {message}")),
            },
        }
    }
    report
}
