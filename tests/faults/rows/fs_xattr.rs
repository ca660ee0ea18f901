//! Extended attributes.

use std::{ffi::CStr, mem::MaybeUninit};

use rawos::{
    Errno,
    fs::{self, Names, XattrFlags, XattrNames},
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

/// Symlinks and older kernels' tmpfs have such for root only.
const NAME: &CStr = c"trusted.rawos";

/// Not every file system has them, nor are such anybody's but root's.
const SETS: &[Rule] = &[Rule::Lacks(libc::EOPNOTSUPP), Rule::Lacks(libc::EPERM)];

/// Too small a buffer is followed by one that every value fits into.
const ALLOC: &[Rule] = &[
    Rule::Absorbs(Sysno::getxattr, &[libc::ERANGE]),
    Rule::Absorbs(Sysno::lgetxattr, &[libc::ERANGE]),
    Rule::Absorbs(Sysno::fgetxattr, &[libc::ERANGE]),
    Rule::Absorbs(Sysno::listxattr, &[libc::ERANGE]),
    Rule::Absorbs(Sysno::llistxattr, &[libc::ERANGE]),
    Rule::Absorbs(Sysno::flistxattr, &[libc::ERANGE]),
];

/// Whether libc could give `path` a value. Where it could not, no row that needs one makes its call.
fn set(path: &CStr, value: &[u8]) -> bool {
    let data = value.as_ptr().cast();
    // SAFETY: reads the strings and the value.
    unsafe { libc::lsetxattr(path.as_ptr(), NAME.as_ptr(), data, value.len(), 0) == 0 }
}

/// `result` is `value`, if it is anything.
fn is(result: Result<impl AsRef<[u8]>, Errno>, value: &[u8]) {
    if let Ok(found) = result {
        assert_eq!(found.as_ref(), value);
    }
}

/// The only name in `list`, but for what a security module adds.
fn lists(result: Result<&mut [u8], Errno>) -> Result<(), Errno> {
    let list = result?;
    match XattrNames::new(list).any(|name| name == NAME) {
        true => Ok(()),
        false => Err(Errno::ENODATA),
    }
}

fn listed(result: Result<Names, Errno>) -> Result<(), Errno> {
    match result?.iter().any(|name| name == NAME) {
        true => Ok(()),
        false => Err(Errno::ENODATA),
    }
}

/// After the call `path` has the value, or has none.
fn has(result: Result<(), Errno>, path: &CStr, value: &[u8], wanted: bool) {
    let mut buf = [0u8; 64];
    // SAFETY: reads the strings, and writes at most the buffer.
    let len = unsafe { libc::lgetxattr(path.as_ptr(), NAME.as_ptr(), buf.as_mut_ptr().cast(), 64) };
    let found = usize::try_from(len).is_ok_and(|len| &buf[..len] == value);
    assert!(found == wanted || result.is_err());
}

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::setxattr",
        run: |t| {
            let result = t.call_and(
                || fs::setxattr("link", NAME, b"value", XattrFlags::empty()),
                |result| result,
            );
            has(result, c"file", b"value", true);
        },
        rules: SETS,
    },
    Row {
        name: "fs::lsetxattr",
        run: |t| {
            let result = t.call_and(
                || fs::lsetxattr("link", NAME, b"value", XattrFlags::CREATE),
                |result| result,
            );
            has(result, c"link", b"value", true);
        },
        rules: SETS,
    },
    Row {
        name: "fs::fsetxattr",
        run: |t| {
            let file = t.open("file");
            let result = t.call_and(
                || fs::fsetxattr(file, NAME, b"value", XattrFlags::empty()),
                |result| result,
            );
            has(result, c"file", b"value", true);
        },
        rules: SETS,
    },
    Row {
        name: "fs::removexattr",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let result = t.call_and(|| fs::removexattr("link", NAME), |result| result);
            has(result, c"file", b"value", false);
        },
        rules: &[],
    },
    Row {
        name: "fs::lremovexattr",
        run: |t| {
            if !set(c"link", b"value") {
                return;
            }
            let result = t.call_and(|| fs::lremovexattr("link", NAME), |result| result);
            has(result, c"link", b"value", false);
        },
        rules: &[],
    },
    Row {
        name: "fs::fremovexattr",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let file = t.open("file");
            let result = t.call_and(|| fs::fremovexattr(file, NAME), |result| result);
            has(result, c"file", b"value", false);
        },
        rules: &[],
    },
    Row {
        name: "fs::getxattr",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let mut buf = [MaybeUninit::uninit(); 64];
            t.call_and(
                || fs::getxattr("link", NAME, &mut buf),
                |result| is(result.map(|(value, _)| value), b"value"),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::lgetxattr",
        run: |t| {
            if !set(c"link", b"value") {
                return;
            }
            let mut buf = [MaybeUninit::uninit(); 64];
            t.call_and(
                || fs::lgetxattr("link", NAME, &mut buf),
                |result| is(result.map(|(value, _)| value), b"value"),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::fgetxattr",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let file = t.open("file");
            let mut buf = [MaybeUninit::uninit(); 64];
            t.call_and(
                || fs::fgetxattr(file, NAME, &mut buf),
                |result| is(result.map(|(value, _)| value), b"value"),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::getxattr_alloc",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            t.call_and(|| fs::getxattr_alloc("link", NAME), |result| is(result, b"value"));
        },
        rules: ALLOC,
    },
    Row {
        name: "fs::getxattr_alloc (long)",
        run: |t| {
            if !set(c"file", &[7; 300]) {
                return;
            }
            t.call_and(|| fs::getxattr_alloc("link", NAME), |result| is(result, &[7; 300]));
        },
        rules: &[
            // So it is undisturbed: a larger one follows.
            Rule::On(1, &Rule::Absorbs(Sysno::getxattr, &[libc::ERANGE])),
        ],
    },
    Row {
        name: "fs::lgetxattr_alloc",
        run: |t| {
            if !set(c"link", b"value") {
                return;
            }
            t.call_and(|| fs::lgetxattr_alloc("link", NAME), |result| is(result, b"value"));
        },
        rules: ALLOC,
    },
    Row {
        name: "fs::fgetxattr_alloc",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let file = t.open("file");
            t.call_and(|| fs::fgetxattr_alloc(file, NAME), |result| is(result, b"value"));
        },
        rules: ALLOC,
    },
    Row {
        name: "fs::listxattr",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let mut buf = [MaybeUninit::uninit(); 256];
            t.call(|| lists(fs::listxattr("link", &mut buf).map(|(list, _)| list)));
        },
        rules: &[],
    },
    Row {
        name: "fs::llistxattr",
        run: |t| {
            if !set(c"link", b"value") {
                return;
            }
            let mut buf = [MaybeUninit::uninit(); 256];
            t.call(|| lists(fs::llistxattr("link", &mut buf).map(|(list, _)| list)));
        },
        rules: &[],
    },
    Row {
        name: "fs::flistxattr",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let file = t.open("file");
            let mut buf = [MaybeUninit::uninit(); 256];
            t.call(|| lists(fs::flistxattr(file, &mut buf).map(|(list, _)| list)));
        },
        rules: &[],
    },
    Row {
        name: "fs::listxattr_alloc",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            t.call(|| listed(fs::listxattr_alloc("link")));
        },
        rules: ALLOC,
    },
    Row {
        name: "fs::llistxattr_alloc",
        run: |t| {
            if !set(c"link", b"value") {
                return;
            }
            t.call(|| listed(fs::llistxattr_alloc("link")));
        },
        rules: ALLOC,
    },
    Row {
        name: "fs::flistxattr_alloc",
        run: |t| {
            if !set(c"file", b"value") {
                return;
            }
            let file = t.open("file");
            t.call(|| listed(fs::flistxattr_alloc(file)));
        },
        rules: ALLOC,
    },
];
