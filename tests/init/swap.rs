//! `src/init/swap.rs`. Nothing here has a header for swap: none of the kernels
//! under test has a block device to put one on.

use std::path::Path;

use rawos::{
    Errno,
    init::{SwapFlags, swapoff, swapon},
};

use crate::{
    apart::c_string,
    filter::{WRONG, answered},
    util::{as_nobody, libc_result, temp_dir},
};

fn theirs(path: &Path) -> [Result<i64, Errno>; 2] {
    let path = c_string(path);
    // SAFETY: reads the path.
    let on = libc_result(unsafe { libc::swapon(path.as_ptr(), 0) });
    // SAFETY: as above.
    let off = libc_result(unsafe { libc::swapoff(path.as_ptr()) });
    [on, off]
}

fn ours(path: &Path) -> [Result<i64, Errno>; 2] {
    let path = c_string(path);
    [swapon(&*path, SwapFlags::empty(), None).map(|()| 0), swapoff(&*path).map(|()| 0)]
}

#[test]
fn what_is_no_swap_is_refused_as_by_glibc() {
    let dir = temp_dir();
    let file = dir.path().join("file");
    std::fs::write(&file, [0; 65536]).unwrap();
    let paths =
        [&*file, dir.path(), Path::new("/no/such/file"), Path::new("/dev/null"), Path::new("")];
    for path in paths {
        assert_eq!(ours(path), theirs(path), "{path:?}");
        assert!(ours(path).iter().all(Result::is_err), "{path:?}");
    }
    as_nobody(|| {
        for path in paths {
            assert_eq!(ours(path), theirs(path), "{path:?}");
        }
    });
    assert_eq!(swapon("a\0b", SwapFlags::empty(), None), Err(Errno::EINVAL));
    assert_eq!(swapoff("a\0b"), Err(Errno::EINVAL));
}

#[test]
fn a_priority_stands_in_the_flags() {
    // By swapon(2): SWAP_FLAG_PREFER 0x8000, DISCARD 0x10000.
    let flags = [0, 0x8000, 0x8005, 0xffff, 0x1_0000, 0x1_8007];
    let none = SwapFlags::empty();
    let answers = answered(libc::SYS_swapon, &[], 1, &flags, || {
        [
            swapon("/none", none, None),
            swapon("/none", none, Some(0)),
            swapon("/none", none, Some(5)),
            swapon("/none", none, Some(0x7fff)),
            swapon("/none", SwapFlags::DISCARD, None),
            swapon("/none", SwapFlags::DISCARD, Some(7)),
            swapon("/none", SwapFlags::DISCARD_ONCE | SwapFlags::DISCARD_PAGES, None),
            swapon("/none", none, Some(0x8000)),
        ]
        .map(|result| result.unwrap_err().raw())
    });
    if let Some(answers) = answers {
        assert_eq!(answers, [100, 101, 102, 103, 104, 105, WRONG, libc::EINVAL]);
    }
}
