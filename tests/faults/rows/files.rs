//! Files by path.

use rawos::fs::{self, Mode, OFlags};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::open",
        run: |t| t.call(|| fs::open("file", OFlags::RDONLY, Mode::empty())),
        rules: &[],
    },
    Row {
        name: "fs::access",
        run: |t| t.call(|| fs::access("file", fs::AccessMode::R_OK)),
        rules: &[],
    },
    Row { name: "fs::mkdir", run: |t| t.call(|| fs::mkdir("new", Mode::IRWXU)), rules: &[] },
    Row {
        name: "fs::remove_tree",
        run: |t| t.call(|| fs::remove_tree("dir", &mut fs::DirBuf::new())),
        rules: &[Rule::Partial],
    },
    Row {
        name: "fs::copy_file",
        run: |t| t.call(|| fs::copy_file("file", "new")),
        rules: &[Rule::Absorbs(Sysno::close, &[])],
    },
];
