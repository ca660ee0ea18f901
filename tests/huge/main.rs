//! The deepest and the widest trees: 100,000 directories one in the other, and
//! 1,000,000 names in one; a tenth of that where everything is emulated. One
//! test, so that nothing else opens descriptors or takes memory meanwhile.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

use std::{
    ffi::CString,
    fs as stdfs,
    os::fd::{AsRawFd as _, FromRawFd as _},
    path::Path,
};

use rawos::fs::{self, DirBuf, Order};

#[path = "../util/mod.rs"]
mod util;

/// Kilobytes of memory in use.
fn resident() -> u64 {
    let statm = stdfs::read_to_string("/proc/self/statm").unwrap();
    let all = statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4;
    if std::env::var_os("RAWOS_RUNNER").is_none() {
        return all;
    }
    // An emulator keeps the code that it makes in huge pages.
    let rollup = stdfs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let huge = rollup.lines().find_map(|line| line.strip_prefix("AnonHugePages:")).unwrap();
    all - huge.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
}

/// The number that the next descriptor gets: all below are open.
fn lowest_free() -> i32 {
    stdfs::File::open("/dev/null").unwrap().as_raw_fd()
}

/// Directories `d`, one in the other.
fn nest(root: &Path, depth: usize) {
    let mut dir = stdfs::File::open(root).unwrap();
    for _ in 0..depth {
        // SAFETY: mkdirat(2) only reads the name.
        assert_eq!(unsafe { libc::mkdirat(dir.as_raw_fd(), c"d".as_ptr(), 0o700) }, 0);
        // SAFETY: openat(2) only reads the name.
        let fd = unsafe { libc::openat(dir.as_raw_fd(), c"d".as_ptr(), libc::O_DIRECTORY) };
        assert_ne!(fd, -1);
        // SAFETY: just opened, for us.
        dir = unsafe { stdfs::File::from_raw_fd(fd) };
    }
}

#[test]
fn the_deepest_and_the_widest() {
    // The buffer goes over the stack on its way into the box.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(everything).unwrap();
    thread.join().unwrap();
}

/// No descriptor from `most` on, until it is dropped.
struct Limit(libc::rlimit);

impl Limit {
    fn to(most: i32) -> Limit {
        let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: getrlimit(2) only writes a `struct rlimit`.
        assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut before) }, 0);
        let limit = libc::rlimit { rlim_cur: most as libc::rlim_t, ..before };
        // SAFETY: setrlimit(2) only reads a `struct rlimit`.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
        Limit(before)
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        // SAFETY: setrlimit(2) only reads a `struct rlimit`.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &self.0) }, 0);
    }
}

fn everything() {
    let emulated =
        std::env::var_os("RAWOS_RUNNER").is_some() || std::env::var_os("RAWOS_BOOTED").is_some();
    let (deep, wide): (usize, usize) =
        if emulated { (10_000, 100_000) } else { (100_000, 1_000_000) };
    let tmp = util::bulk_dir();
    let mut buf = Box::new(DirBuf::<{ 4 << 20 }>::sized());

    let chain = tmp.path().join("chain");
    stdfs::create_dir(&chain).unwrap();
    nest(&chain, deep);
    let c_chain = CString::new(chain.to_str().unwrap()).unwrap();
    let first = lowest_free();
    let most = |fd: i32| assert!(fd < first + 16, "{fd}");

    let mut tree = fs::traverse(c_chain.as_c_str(), &mut buf).unwrap();
    let (mut entered, mut left, mut depth) = (0, 0, 0);
    while let Some(visit) = tree.next() {
        let visit = visit.unwrap();
        entered += usize::from(visit.order() == Order::Enter);
        left += usize::from(visit.order() == Order::Leave);
        depth = depth.max(visit.depth());
        most(visit.entry().dir_fd().as_raw_fd());
    }
    drop(tree);
    assert_eq!((entered, left, depth), (deep, deep, deep));
    assert_eq!(lowest_free(), first);

    #[cfg(feature = "alloc")]
    for topdown in [false, true] {
        let mut walk = fs::fwalk(c_chain.as_c_str()).unwrap().topdown(topdown);
        let mut steps = 0;
        while let Some(step) = walk.next() {
            let step = step.unwrap();
            most(step.dirfd.as_raw_fd());
            steps += 1;
            let bottom = if topdown { steps == deep + 1 } else { steps == 1 };
            assert_eq!(step.dirnames.len(), usize::from(!bottom));
        }
        drop(walk);
        assert_eq!((steps, lowest_free()), (deep + 1, first));
    }

    let removed = {
        let _limit = Limit::to(first + 16);
        fs::remove_tree(c_chain.as_c_str(), &mut buf)
    };
    assert_eq!(removed, Ok(()));
    assert!(!chain.exists());

    let flat = tmp.path().join("flat");
    stdfs::create_dir(&flat).unwrap();
    for i in 0..wide {
        // ext4 allows 65,000 links of a file.
        let original = flat.join((i / 60_000 * 60_000).to_string());
        match i % 60_000 {
            0 => stdfs::write(original, b"").unwrap(),
            _ => stdfs::hard_link(original, flat.join(i.to_string())).unwrap(),
        }
    }
    let c_flat = CString::new(flat.to_str().unwrap()).unwrap();
    // Its memory is all it takes, whatever the number of names: nothing more
    // from the first tenth of them on, by which all code has run once. An
    // emulator's own copies of that code count as ours.
    let mut small = DirBuf::new();
    let mut tree = fs::traverse(c_flat.as_c_str(), &mut small).unwrap();
    let mut seen = vec![0u64; wide.div_ceil(64)];
    seen.fill(1); // touches every page
    seen.fill(0);
    let (mut count, mut before) = (0, resident());
    while let Some(visit) = tree.next() {
        count += 1;
        if count == wide / 10 {
            before = resident();
        }
        let visit = visit.unwrap();
        let number: usize = visit.entry().name().to_str().unwrap().parse().unwrap();
        assert_eq!(seen[number / 64] >> (number % 64) & 1, 0, "{number} came twice");
        seen[number / 64] |= 1 << (number % 64);
    }
    let grown = resident().saturating_sub(before);
    drop(tree);
    assert_eq!(seen.iter().map(|word| word.count_ones() as usize).sum::<usize>(), wide);
    assert!(grown < 1024, "{grown} KiB");
    assert_eq!(fs::remove_tree(c_flat.as_c_str(), &mut small), Ok(()));
    assert!(!flat.exists());
}
