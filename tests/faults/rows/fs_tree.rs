//! Whole trees, looked at.

use rawos::{
    Errno,
    fd::CWD,
    fs::{self, DirBuf, Fwalk, Order, Traverse, Walk},
};
use syscalls::Sysno;

use crate::rules::{LONG_NAME, NEWFSTATAT, Row, Rule};

/// Keeps it, and what it holds open, for good: to close that would be a call.
fn kept<T>(thing: Result<T, Errno>) -> &'static mut T {
    Box::leak(Box::new(thing.expect("it is made")))
}

/// 15 directories, each in the one before.
fn deep() {
    std::fs::create_dir_all("bare/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15").expect("they are made");
}

/// The first error; `ENODATA` if it was not `wanted` directories.
fn walk(walk: &mut Walk, wanted: usize) -> Result<(), Errno> {
    let (mut result, mut count) = (Ok(()), 0);
    while let Some(step) = walk.next() {
        count += usize::from(step.is_ok());
        result = result.and(step.map(drop).map_err(Errno::from));
    }
    result.and(enough(count, wanted))
}

fn fwalk(walk: &mut Fwalk, wanted: usize) -> Result<(), Errno> {
    let (mut result, mut count) = (Ok(()), 0);
    while let Some(step) = walk.next() {
        count += usize::from(step.is_ok());
        result = result.and(step.map(drop).map_err(Errno::from));
    }
    result.and(enough(count, wanted))
}

/// As above; each directory that was entered is left, by its name.
fn traverse(tree: &mut Traverse<'_>, wanted: usize) -> Result<(), Errno> {
    let (mut result, mut count, mut inside) = (Ok(()), 0, Vec::new());
    while let Some(visit) = tree.next() {
        match visit {
            Ok(visit) => match visit.order() {
                Order::Enter => inside.push(visit.entry().name().to_owned()),
                Order::Leave => {
                    count += 1;
                    let name = inside.pop().expect("it was entered");
                    assert!(result.is_err() || name.as_c_str() == visit.entry().name());
                }
                Order::Leaf => {}
            },
            Err(errno) => result = result.and(Err(errno)),
        }
    }
    assert!(result.is_err() || inside.is_empty(), "what is entered is left");
    result.and(enough(count, wanted))
}

fn enough(count: usize, wanted: usize) -> Result<(), Errno> {
    if count == wanted { Ok(()) } else { Err(Errno::ENODATA) }
}

/// A directory that was removed since it was opened is an empty one, as for Python's scandir: what
/// is in it is not seen.
const REMOVED: Rule = Rule::Turns(Sysno::getdents64, &[libc::ENOENT], libc::ENODATA);

/// That only, when all was seen already.
const REMOVED_AT_END: Rule = Rule::On(2, &Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]));

/// That only, when every directory was seen already.
const SUB_REMOVED: Rule = Rule::On(2, &Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]));

/// The second to be opened is the first that is not the top: what is no directory any more is
/// taken for a symlink, which is not followed, and is not seen.
const REPLACED: Rule =
    Rule::On(2, &Rule::Turns(Sysno::openat, &[libc::ENOTDIR, libc::ELOOP], libc::ENODATA));

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::Walk::next",
        run: |t| {
            let tree = kept(fs::walk("."));
            t.call(|| walk(tree, 4));
        },
        rules: &[
            REMOVED_AT_END,
            REMOVED,
            // As Python: what a symlink leads to is a file if it cannot be seen.
            Rule::Absorbs(NEWFSTATAT, &[]),
        ],
    },
    Row {
        name: "fs::Walk::next (bottom up)",
        run: |t| {
            let tree = kept(fs::walk("dir").map(|walk| walk.topdown(false)));
            t.call(|| walk(tree, 2));
        },
        rules: &[REMOVED_AT_END, REMOVED],
    },
    Row {
        name: "fs::Walk::next (untyped)",
        run: |t| {
            let tree = kept(fs::walk("dir"));
            t.call(|| walk(tree, 2));
        },
        rules: &[
            Rule::Untyped,
            REMOVED_AT_END,
            REMOVED,
            // As Python: what cannot be seen is a file.
            Rule::Absorbs(NEWFSTATAT, &[]),
        ],
    },
    Row { name: "fs::fwalk", run: |t| t.call(|| fs::fwalk("dir")), rules: &[] },
    Row { name: "fs::fwalkat", run: |t| t.call(|| fs::fwalkat(CWD, "dir")), rules: &[] },
    Row {
        name: "fs::Fwalk::next",
        run: |t| t.call(|| fwalk(&mut fs::fwalk(".")?, 4)),
        rules: &[
            REMOVED_AT_END,
            REMOVED,
            // As above.
            Rule::Absorbs(NEWFSTATAT, &[]),
            REPLACED,
        ],
    },
    Row {
        name: "fs::Fwalk::next (deep)",
        run: |t| {
            deep();
            t.call(|| match fwalk(&mut fs::fwalk("bare")?.topdown(false), 16) {
                // See the rules.
                Err(Errno::ENODATA) => Ok(()),
                result => result,
            });
        },
        rules: &[
            Rule::Each(20),
            // What is not seen, for the reasons above, is at any depth.
            Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
            Rule::On(2, &Rule::Absorbs(Sysno::openat, &[libc::ENOTDIR, libc::ELOOP])),
        ],
    },
    Row {
        name: "fs::traverse",
        run: |t| t.call(|| fs::traverse("dir", &mut DirBuf::new()).map(drop)),
        rules: &[],
    },
    Row {
        name: "fs::ftraverse",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::ftraverse(dir, &mut DirBuf::new()).map(drop));
        },
        rules: &[],
    },
    Row {
        name: "fs::Traverse::next",
        run: |t| t.call(|| traverse(&mut fs::traverse("dir", &mut DirBuf::new())?, 1)),
        rules: &[LONG_NAME, SUB_REMOVED, REMOVED],
    },
    Row {
        name: "fs::Traverse::next (untyped)",
        run: |t| {
            // `alone/sub/c`, in an order that is no file system's choice.
            std::fs::create_dir_all("alone/sub/c").expect("they are made");
            t.call(|| traverse(&mut fs::traverse("alone", &mut DirBuf::new())?, 2));
        },
        rules: &[
            Rule::Untyped,
            LONG_NAME,
            Rule::Each(3),
            // `c` is empty anyway.
            Rule::On(3, &Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT])),
            REMOVED,
            // A leaf then, as documented.
            Rule::Turns(NEWFSTATAT, &[], libc::ENODATA),
        ],
    },
    Row {
        name: "fs::Traverse::next (deep)",
        run: |t| {
            deep();
            let mut buf = DirBuf::<2048>::sized();
            t.call(|| traverse(&mut fs::traverse("bare", &mut buf)?, 15));
        },
        rules: &[
            Rule::Each(20),
            // No directory comes later: these are the ends, from the innermost one on.
            Rule::From(16, &Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT])),
            LONG_NAME,
            REMOVED,
            // The directory is read from its start then, and the place found by its number.
            Rule::Absorbs(Sysno::lseek, &[]),
        ],
    },
    Row {
        name: "fs::Traverse::one_file_system",
        run: |t| {
            let buf = Box::leak(Box::new(DirBuf::new()));
            t.call(|| traverse(&mut fs::traverse("dir", buf)?.one_file_system()?, 1));
        },
        rules: &[LONG_NAME, SUB_REMOVED, REMOVED],
    },
    Row {
        name: "fs::Traverse::one_file_system (old kernel)",
        run: |t| {
            let buf = Box::leak(Box::new(DirBuf::new()));
            t.call(|| traverse(&mut fs::traverse("dir", buf)?.one_file_system()?, 1));
        },
        rules: &[LONG_NAME, SUB_REMOVED, REMOVED, Rule::Without(Sysno::statx, libc::ENOSYS)],
    },
];
