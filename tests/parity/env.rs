//! The environment of one start, as python3 and rawos see it.

use std::process::Command;

use rawos::env::{Environ, get_exec_path};

/// What python3 prints for `script`, started with the strings as they are, of
/// which some are no variables.
fn python(script: &str, strings: &[&[u8]]) -> String {
    // Nothing but execve can hand such strings on.
    let list: Vec<_> = strings.iter().map(|string| format!("bytes({string:?})")).collect();
    let starter = "
import ctypes, shutil, sys
libc = ctypes.CDLL(None, use_errno=True)
strings = STRINGS
array = lambda list: (ctypes.c_char_p * (len(list) + 1))(*list, None)
path = shutil.which('python3').encode()
libc.execve(path, array([path, b'-c', sys.argv[1].encode()]), array(strings))
sys.exit(f'errno {ctypes.get_errno()}')
"
    .replace("STRINGS", &format!("[{}]", list.join(", ")));
    let output = Command::new("python3").args(["-c", &starter, script]).output().expect("python3");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}

const ENVIRONMENTS: &[&[&[u8]]] = &[
    &[],
    &[b"A=1", b"A=2", b"B=", b"no variable", b"C=x=y", b"PATH=/a::/b:"],
    &[b"=empty", b"A", b"A=first", b"\xff=\xfe", b"PATH="],
    &[b"PATH", b"A=B", b"path=/x", b"=PATH=/y", b"="],
    &[b"PATH=/one", b"PATH=/two"],
];

const NAMES: &[&[u8]] = &[b"A", b"B", b"C", b"D", b"", b"no variable", b"\xff", b"PATH", b"a"];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn look_ups_and_the_search_path() {
    let names: Vec<_> = NAMES.iter().map(|name| format!("bytes({name:?})")).collect();
    let script = format!(
        "
import os
for name in [{}]:
    value = os.getenvb(name)
    print(None if value is None else value.hex())
print(':'.join(os.fsencode(dir).hex() for dir in os.get_exec_path()))
",
        names.join(", ")
    );
    for strings in ENVIRONMENTS {
        let text: Vec<u8> =
            strings.iter().flat_map(|string| [string, &b"\0"[..]].concat()).collect();
        let environ = Environ::new(&text);
        let mut ours: Vec<_> = NAMES
            .iter()
            .map(|name| environ.get(*name).map_or_else(|| "None".to_owned(), hex))
            .collect();
        ours.push(get_exec_path(&environ).map(hex).collect::<Vec<_>>().join(":"));
        let theirs = python(&script, strings);
        assert_eq!(theirs.lines().collect::<Vec<_>>(), ours, "{strings:?}");
    }
}

#[cfg(feature = "alloc")]
#[test]
fn changes_and_refusals() {
    use rawos::env::EnvironBuf;
    // Names and values, of which Python refuses some.
    let changes: &[(&[u8], Option<&[u8]>)] = &[
        (b"A", Some(b"1")),
        (b"B", Some(b"x=y")),
        (b"", Some(b"x")),
        (b"A=B", Some(b"x")),
        (b"A\0", Some(b"x")),
        (b"C", Some(b"x\0")),
        (b"A", Some(b"2")),
        (b"\xff", Some(b"\xfe")),
        (b"B", None),
        (b"D", None),
        (b"", None),
        (b"D=", None),
        (b"D\0", None),
    ];
    let list: Vec<_> = changes
        .iter()
        .map(|(name, value)| match value {
            Some(value) => format!("(bytes({name:?}), bytes({value:?}))"),
            None => format!("(bytes({name:?}), None)"),
        })
        .collect();
    // putenv is what refuses; os.environb is what changes.
    let script = format!(
        "
import os
os.environb.clear()
for name, value in [{}]:
    try:
        if value is None:
            os.unsetenv(name)
            os.environb.pop(name, None)
        else:
            os.environb[name] = value
        print('ok')
    except (OSError, ValueError):
        print('refused')
for name, value in os.environb.items():
    print(name.hex(), value.hex())
",
        list.join(", ")
    );
    let mut environ = EnvironBuf::new();
    let mut ours = Vec::new();
    for (name, value) in changes {
        let result = match value {
            Some(value) => environ.set(*name, *value),
            None => environ.remove(*name),
        };
        ours.push(if result.is_ok() { "ok" } else { "refused" }.to_owned());
    }
    ours.extend(environ.iter().map(|(name, value)| format!("{} {}", hex(name), hex(value))));
    let theirs = python(&script, &[b"A=0"]);
    assert_eq!(theirs.lines().collect::<Vec<_>>(), ours);
}
