//! One python3 process per function, many cases in each.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use rawos::path::{self, components, fsdecode, join, split};

use crate::util::short_paths;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What python3 prints for `script` with `input` on its stdin.
fn python(script: &str, input: &str) -> String {
    let mut command = Command::new("python3");
    command.arg("-c").arg(script).env("PYTHONUTF8", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3");
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn compare(script: &str, cases: impl Iterator<Item = (String, String)>) {
    let (inputs, ours): (Vec<_>, Vec<_>) = cases.unzip();
    let theirs = python(script, &(inputs.join("\n") + "\n"));
    assert_eq!(theirs.lines().count(), ours.len());
    for ((theirs, ours), input) in theirs.lines().zip(&ours).zip(&inputs) {
        assert_eq!(ours, theirs, "{input}");
    }
}

#[test]
fn splitting() {
    let script = "
import sys, os.path
for line in sys.stdin:
    path = bytes.fromhex(line)
    head, tail = os.path.split(path)
    names, rest = [], path
    while True:
        front, name = os.path.split(rest)
        if name: names.append(name)
        if front == rest:
            if front: names.append(front)
            break
        rest = front
    print(head.hex(), tail.hex(), ' '.join(n.hex() for n in reversed(names)), sep='|')
";
    compare(
        script,
        short_paths().iter().map(|path| {
            let (head, tail) = split(&path[..]);
            let names: Vec<_> = components(&path[..]).map(|name| hex(name.as_bytes())).collect();
            let ours =
                format!("{}|{}|{}", hex(head.as_bytes()), hex(tail.as_bytes()), names.join(" "));
            (hex(path), ours)
        }),
    );
}

#[test]
fn joining() {
    let script = "
import sys, os.path
for line in sys.stdin:
    a, b = (bytes.fromhex(part) for part in line.split(','))
    print(os.path.join(a, b).hex())
";
    let few: Vec<_> = short_paths().into_iter().filter(|path| path.len() < 4).collect();
    compare(
        script,
        few.iter().flat_map(|a| few.iter().map(move |b| (a, b))).map(|(a, b)| {
            let mut buf = [0; 16];
            let joined = join(&mut buf, &a[..], &b[..]).unwrap();
            #[cfg(feature = "alloc")]
            assert_eq!(path::join_vec(&a[..], &b[..]), joined.as_bytes());
            (format!("{},{}", hex(a), hex(b)), hex(joined.as_bytes()))
        }),
    );
}

#[test]
fn decoding() {
    let script = "
import sys, os
for line in sys.stdin:
    data = bytes.fromhex(line)
    text = os.fsdecode(data)
    assert os.fsencode(text) == data
    print(' '.join(f'{ord(c):x}' for c in text))
";
    // Bytes at the edges of what UTF-8 allows, four at a time.
    let edges =
        [0x00, 0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xff];
    let mut cases = vec![vec![]];
    for _ in 0..4 {
        cases = cases
            .iter()
            .flat_map(|start: &Vec<u8>| edges.map(|byte| [&start[..], &[byte]].concat()))
            .collect();
    }
    compare(
        script,
        cases.iter().map(|bytes| {
            let points: Vec<_> =
                fsdecode(&bytes[..]).code_points().map(|point| format!("{point:x}")).collect();
            (hex(bytes), points.join(" "))
        }),
    );
}

#[test]
fn constants() {
    let script = "
import os
for n in 'name curdir pardir sep altsep extsep pathsep defpath linesep devnull'.split():
    print(repr(getattr(os, n)))
print(os.supports_bytes_environ)
";
    let text = |text: &str| format!("'{}'", text.escape_default());
    let mut ours: Vec<String> =
        [path::NAME, path::CURDIR, path::PARDIR, path::SEP].map(text).into();
    ours.push(path::ALTSEP.map_or("None".to_owned(), text));
    ours.extend(
        [path::EXTSEP, path::PATHSEP, path::DEFPATH, path::LINESEP, path::DEVNULL].map(text),
    );
    ours.push(if path::supports_bytes_environ { "True" } else { "False" }.to_owned());
    assert_eq!(python(script, "").lines().collect::<Vec<_>>(), ours);
}

#[test]
fn what_supports_what() {
    let script = "
import os
sets = [os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks]
for name in sorted(dir(os)):
    f = getattr(os, name)
    # Of two names for one function, the set has the first.
    if callable(f) and getattr(f, '__name__', None) == name:
        try: print(name, *[f in s for s in sets])
        except TypeError: pass
";
    let mut supported = 0;
    for line in python(script, "").lines() {
        let name = line.split(' ').next().unwrap();
        let facts = [
            path::supports_dir_fd(name),
            path::supports_effective_ids(name),
            path::supports_fd(name),
            path::supports_follow_symlinks(name),
        ];
        let ours = facts.map(|fact| if fact { "True" } else { "False" }).join(" ");
        assert_eq!(format!("{name} {ours}"), line);
        supported += facts.iter().filter(|fact| **fact).count();
    }
    assert_eq!(supported, 15 + 1 + 11 + 5);
    assert!(!path::supports_fd("") && !path::supports_dir_fd("sta"));
}
