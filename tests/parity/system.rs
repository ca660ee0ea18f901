//! Every limit that Python has a name for, and the rest of the room `system`.

use rawos::{
    Errno,
    fs::{self, PathconfName},
    system::{self, ConfstrName, SysconfName},
};

use crate::python;

const PATHCONF: &str = r#"
import os, sys
reader, writer = os.pipe()
def ask(call, *args):
    try:
        return call(*args)
    except OSError as error:
        return f"error {error.errno}"
for name, number in sorted(os.pathconf_names.items()):
    values = [ask(os.pathconf, path, name) for path in sys.argv[1:]]
    print(name, number, *values, ask(os.fpathconf, reader, name), sep="\t")
"#;

/// As Python shows it.
fn shown(answer: rawos::Result<Option<i64>>) -> String {
    match answer {
        Ok(value) => value.unwrap_or(-1).to_string(),
        Err(errno) => format!("error {}", errno.raw()),
    }
}

#[test]
fn pathconf() {
    let paths = ["/", "/proc", "/dev", "/dev/shm", "/dev/null", "/sys", "/tmp", "/missing", ""];
    let (reader, _writer) = rawos::fd::pipe().unwrap();
    let theirs = python(PATHCONF, &paths, false);
    for line in theirs.lines() {
        let mut fields = line.split('\t');
        let name: PathconfName = fields.next().unwrap().parse().unwrap();
        assert_eq!(fields.next().unwrap().parse(), Ok(name.raw()), "{name:?}");
        for path in paths {
            let ours = shown(fs::pathconf(path, name));
            assert_eq!(Some(&*ours), fields.next(), "{path} {name:?}");
        }
        assert_eq!(Some(&*shown(fs::fpathconf(&reader, name))), fields.next(), "{name:?}");
    }
    // Python leaves one out.
    assert_eq!(theirs.lines().count() + 1, PathconfName::all().count());
    assert_eq!("PC_NONE".parse::<PathconfName>(), Err(Errno::EINVAL));
}

const SYSTEM: &str = r#"
import os
def ask(call, *args):
    try:
        return call(*args)
    except OSError as error:
        return f"error {error.errno}"
for name, number in sorted(os.sysconf_names.items()):
    print("sysconf", name, number, ask(os.sysconf, name), sep="\t")
for name, number in sorted(os.confstr_names.items()):
    print("confstr", name, number, repr(ask(os.confstr, name)), sep="\t")
print("uname", *os.uname(), sep="\t")
print("cpu_count", os.cpu_count(), len(os.sched_getaffinity(0)), sep="\t")
print("load", *os.getloadavg(), sep="\t")
"#;

#[test]
fn what_python_says_of_the_system() {
    if crate::util::runner().is_some() {
        return crate::util::not_run("python3 is a program of another architecture");
    }
    let theirs = python(SYSTEM, &[], false);
    let (mut answers, mut nones) = (0, 0);
    for line in theirs.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["sysconf", text, number, value] => {
                let name: SysconfName = text.parse().unwrap();
                assert_eq!(number.parse(), Ok(name.raw()), "{text}");
                let ours = system::sysconf(name).unwrap();
                // Of the moment, of this child of ours, or not of the kernel.
                let loose = text == "SC_AVPHYS_PAGES" || text.starts_with("SC_LEVEL");
                if let Some(ours) = ours.filter(|_| !loose) {
                    assert_eq!(ours.to_string(), value, "{text}");
                    answers += 1;
                }
                nones += usize::from(ours.is_none());
            }
            ["confstr", text, number, value] => {
                let name: ConfstrName = text.parse().unwrap();
                assert_eq!(number.parse(), Ok(name.raw()), "{text}");
                if let Some(ours) = system::confstr(name).unwrap() {
                    assert_eq!(format!("'{ours}'"), value, "{text}");
                }
            }
            ["uname", sysname, nodename, release, version, machine] => {
                let name = system::uname().unwrap();
                let ours = [
                    name.sysname(),
                    name.nodename(),
                    name.release(),
                    name.version(),
                    name.machine(),
                ];
                let ours = ours.map(|field| field.to_str().unwrap());
                assert_eq!(ours, [sysname, nodename, release, version, machine]);
            }
            ["cpu_count", all, mine] => {
                assert_eq!(system::cpu_count().map(|count| count.to_string()), Some(all.into()));
                let ours = system::process_cpu_count().map(|count| count.to_string());
                assert_eq!(ours, Some(mine.into()));
            }
            ["load", ref loads @ ..] => {
                // Some time lies between the two.
                for (ours, theirs) in system::getloadavg().unwrap().iter().zip(loads) {
                    let theirs: f64 = theirs.parse().unwrap();
                    assert!((ours - theirs).abs() <= 0.2 * theirs + 1.0, "{ours} {theirs}");
                }
            }
            _ => panic!("{line}"),
        }
    }
    assert!(answers > 45 && nones > 80, "{answers} {nones}");
}
