//! A plan of file operations: rawos does it in one directory, libc in another.
//! Each step has the same result, and the trees are the same in the end.
#![no_main]
use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

use libfuzzer_sys::fuzz_target;
use rawos_fuzz::{
    Steps,
    confine::confine,
    plan::{Op, Side},
    reached, scratch, tree,
};

fuzz_target!(init: confine(), |plan: Steps<Op>| {
    let base = scratch("plan");
    // A step may climb out of its root, by one directory.
    let roots = ["ours", "theirs"].map(|name| {
        let root = base.join(name).join("root");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::set_permissions(&root, Permissions::from_mode(0o755)).unwrap();
        // So that nothing above is removed with an empty root.
        std::fs::write(base.join(name).join("keep"), "").unwrap();
        root
    });
    let mut before = None;
    for (index, op) in plan.0.iter().enumerate() {
        let ours = op.run(Side::Ours, &roots[0]);
        let theirs = op.run(Side::Theirs, &roots[1]);
        assert_eq!(ours, theirs, "step {index}: {op:?}");
        let now = (std::mem::discriminant(op), ours.err());
        reached((before, now));
        before = Some(now);
    }
    let [ours, theirs] = ["ours", "theirs"].map(|name| tree::seen(&base.join(name)));
    assert_eq!(ours, theirs);
    tree::check_walk(&base.join("ours"), &ours);
    std::fs::remove_dir_all(base).unwrap();
});
