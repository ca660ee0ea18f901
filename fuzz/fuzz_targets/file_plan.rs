//! A plan of file operations: rawos does it in one directory, libc in another.
//! Each step has the same result, and the trees are the same in the end.
#![no_main]
use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

use libfuzzer_sys::{arbitrary, fuzz_target};
use rawos_fuzz::{
    plan::{Op, Side},
    scratch, tree,
};

#[derive(arbitrary::Arbitrary, Debug)]
struct Plan {
    steps: Vec<Op>,
}

fuzz_target!(|plan: Plan| {
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
    for (index, op) in plan.steps.iter().take(40).enumerate() {
        let ours = op.run(Side::Ours, &roots[0]);
        let theirs = op.run(Side::Theirs, &roots[1]);
        assert_eq!(ours, theirs, "step {index}: {op:?}");
    }
    let [ours, theirs] = ["ours", "theirs"].map(|name| tree::seen(&base.join(name)));
    assert_eq!(ours, theirs);
    tree::check_walk(&base.join("ours"), &ours);
    std::fs::remove_dir_all(base).unwrap();
});
