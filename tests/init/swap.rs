//! `src/init/swap.rs`. Swap is the machine's, and guests have nothing to put it
//! on: with the variable `RAWOS_SWAP` set, a small file is used for a moment.

use std::path::Path;

use rawos::{
    Errno,
    init::{SwapFlags, swapoff, swapon},
};

use crate::{
    apart::c_string,
    filter::{WRONG, answered},
    util::{as_nobody, libc_result, not_run, temp_dir},
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

#[test]
fn a_file_is_swapped_to() {
    if std::env::var_os("RAWOS_SWAP").is_none() {
        return not_run("swap is the machine's (RAWOS_SWAP=1 uses it)");
    }
    // What mkswap(8) writes: version 1, and the number of the last page.
    let dir = temp_dir();
    let file = dir.path().join("swap");
    let mut pages = vec![0; 64 * 4096];
    pages[1024..1028].copy_from_slice(&1u32.to_ne_bytes());
    pages[1028..1032].copy_from_slice(&63u32.to_ne_bytes());
    pages[4086..4096].copy_from_slice(b"SWAPSPACE2");
    std::fs::write(&file, pages).unwrap();
    std::fs::File::open(&file).unwrap().sync_all().unwrap();
    let path = c_string(&file);
    let line = || {
        let swaps = std::fs::read_to_string("/proc/swaps").unwrap();
        let line = swaps.lines().find(|line| line.starts_with(file.to_str().unwrap()));
        line.map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(swapon(&*path, SwapFlags::empty(), Some(7)), Ok(()));
    let (used, again) = (line(), swapon(&*path, SwapFlags::empty(), None));
    assert_eq!(swapoff(&*path), Ok(()));
    assert_eq!((used.unwrap()[4].as_str(), again), ("7", Err(Errno::EBUSY)));
    assert_eq!(line(), None);
}
