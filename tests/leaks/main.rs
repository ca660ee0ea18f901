//! What succeeds, fails or is left half-way leaves no descriptor behind. One
//! test, so that no other opens descriptors meanwhile.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

use std::{collections::BTreeSet, fs as stdfs, os::unix::fs::PermissionsExt as _};

use rawos::{
    Errno, fd,
    fs::{self, DirBuf, Mode, OFlags},
};

#[path = "../util/mod.rs"]
mod util;

/// The open descriptors, but for the one that lists them.
fn open() -> BTreeSet<(i32, String)> {
    let listed = stdfs::read_dir("/proc/self/fd").unwrap().map(|entry| {
        let entry = entry.unwrap();
        let number = entry.file_name().to_str().unwrap().parse().unwrap();
        let target = stdfs::read_link(entry.path()).unwrap_or_default();
        (number, target.display().to_string())
    });
    let own = format!("/proc/{}/fd", std::process::id());
    listed.filter(|(_, target)| *target != own).collect()
}

#[test]
fn nothing_stays_open() {
    let tmp = util::temp_dir();
    let root = tmp.path().to_str().unwrap();
    stdfs::create_dir_all(tmp.path().join("a/b/c")).unwrap();
    stdfs::create_dir(tmp.path().join("closed")).unwrap();
    stdfs::set_permissions(tmp.path().join("closed"), stdfs::Permissions::from_mode(0o0)).unwrap();
    stdfs::write(tmp.path().join("a/file"), b"x").unwrap();
    let deep = tmp.path().join("d/".repeat(40));
    stdfs::create_dir_all(deep).unwrap();

    let before = open();
    for round in 0..50 {
        let opened = fs::open(root, OFlags::RDONLY, Mode::empty()).unwrap();
        assert_eq!(fd::read(&opened, &mut [0; 1]), Err(Errno::EISDIR));
        let second = fd::dup(&opened).unwrap();
        fd::close(second).unwrap();
        drop(fd::pipe().unwrap());
        assert!(fs::open("/no/such/file", OFlags::RDONLY, Mode::empty()).is_err());
        assert!(fs::scandir("/dev/null", &mut DirBuf::<280>::sized()).is_err());
        let mut buf = DirBuf::<280>::sized();
        let mut dir = fs::fscandir(&opened, &mut buf).unwrap();
        // Left at any point.
        for _ in 0..round % 4 {
            let _ = dir.next();
        }
        drop(dir);
        let mut buf = DirBuf::new();
        let mut tree = fs::ftraverse(&opened, &mut buf).unwrap();
        for _ in 0..4 * round {
            let _ = tree.next();
        }
        drop(tree);
        #[cfg(feature = "alloc")]
        {
            let mut walk = fs::walk(root).unwrap().topdown(round % 2 == 0);
            for _ in 0..round {
                let _ = walk.next();
            }
            assert!(fs::listdir("/dev/null").is_err());
        }
    }
    assert_eq!(open(), before);

    // Out of descriptors: each call says so and keeps none.
    // SAFETY: zeroes are a valid rlimit.
    let mut limit: libc::rlimit = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    let old = limit.rlim_cur;
    let highest = before.iter().map(|(number, _)| *number).max().unwrap();
    // Room for one more, in the lowest free number.
    limit.rlim_cur = highest as u64 + 2;
    // SAFETY: reads the struct.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    let mut taken = Vec::new();
    let refused = loop {
        match fs::open("/dev/null", OFlags::RDONLY, Mode::empty()) {
            Ok(fd) => taken.push(fd),
            Err(errno) => break errno,
        }
    };
    let results = [
        fd::pipe().map(drop),
        fd::dup(fd::stderr()).map(drop),
        fs::scandir(root, &mut DirBuf::<280>::sized()).map(drop),
    ];
    taken.pop();
    let half_a_pipe = fd::pipe().map(drop);
    // A traversal with one descriptor can read the top and enter nothing.
    let mut buf = DirBuf::new();
    let mut tree = fs::traverse(root, &mut buf).unwrap();
    let mut errors = Vec::new();
    while let Some(visit) = tree.next() {
        errors.extend(visit.err());
    }
    drop((tree, taken));
    limit.rlim_cur = old;
    // SAFETY: reads the struct.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    assert_eq!(refused, Errno::EMFILE);
    assert_eq!(results, [Err(Errno::EMFILE); 3]);
    assert_eq!(half_a_pipe, Err(Errno::EMFILE));
    assert_eq!(errors, [Errno::EMFILE; 3]);
    assert_eq!(open(), before);
}
