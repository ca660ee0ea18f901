//! `os.pathconf` and `os.fpathconf`, of every name that Python has.

use rawos::{
    Errno,
    fs::{self, PathconfName},
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
