//! `src/fs/times.rs`, with std as the witness of what was set.

use std::{fs as stdfs, os::unix::fs::MetadataExt as _, path::Path};

use rawos::{
    Errno,
    fd::CWD,
    fs::{self, AtFlags, SetTime, Times},
    time::Timespec,
};

use crate::scene::{compare, scene};

fn times(path: &Path) -> [i128; 2] {
    let meta = path.symlink_metadata().unwrap();
    let ns = |sec: i64, nsec: i64| i128::from(sec) * 1_000_000_000 + i128::from(nsec);
    [ns(meta.atime(), meta.atime_nsec()), ns(meta.mtime(), meta.mtime_nsec())]
}

#[test]
fn every_combination_on_every_path() {
    let time = Timespec { tv_sec: 1_000_000, tv_nsec: 123_456_789 };
    let kinds = [
        (SetTime::Now, 0, libc::UTIME_NOW),
        (SetTime::Omit, 0, libc::UTIME_OMIT),
        (SetTime::At(time), time.tv_sec, time.tv_nsec),
        (SetTime::At(Timespec { tv_sec: 0, tv_nsec: -1 }), 0, -1),
        (SetTime::At(Timespec { tv_sec: 0, tv_nsec: 1_000_000_000 }), 0, 1_000_000_000),
    ];
    for (atime, a_sec, a_nsec) in kinds {
        for (mtime, m_sec, m_nsec) in kinds {
            let bad = [a_nsec, m_nsec].iter().any(|&ns| ns == -1 || ns == 1_000_000_000);
            if bad {
                // Before the path is looked at, where the kernel's order is its own.
                assert_eq!(fs::utime("/missing", Times { atime, mtime }), Err(Errno::EINVAL));
                continue;
            }
            for flags in [AtFlags::empty(), AtFlags::SYMLINK_NOFOLLOW] {
                if (atime, mtime) == (SetTime::Omit, SetTime::Omit) {
                    // Succeeds without a file: too few errors for `compare`.
                    assert_eq!(fs::utimensat(CWD, "/x", Times { atime, mtime }, flags), Ok(()));
                    continue;
                }
                compare(
                    &format!("utimensat {atime:?} {mtime:?} {flags:?}"),
                    |path| fs::utimensat(CWD, path, Times { atime, mtime }, flags),
                    |path| {
                        let spec = |tv_sec, tv_nsec| libc::timespec { tv_sec, tv_nsec };
                        let times = [spec(a_sec, a_nsec), spec(m_sec, m_nsec)];
                        let (cwd, flags) = (libc::AT_FDCWD, flags.bits() as i32);
                        // SAFETY: only reads the path and the two times.
                        unsafe { libc::utimensat(cwd, path.as_ptr(), times.as_ptr(), flags) }
                    },
                );
            }
        }
    }
}

#[test]
fn what_is_set_is_read_and_the_orders_are_no_times() {
    let (tmp, _) = scene();
    let file = tmp.path().join("file");
    let (link, name) = (tmp.path().join("to-file"), file.to_str().unwrap());
    for ns in [0_i128, 1, 999_999_999, -1, -1_500_000_000, 1_700_000_000_123_456_789] {
        let time = Timespec::from_ns(ns).unwrap();
        assert_eq!(time.as_ns(), ns);
        assert_eq!(fs::utime(name, Times::at(time, Timespec::default())), Ok(()));
        assert_eq!(times(&file), [ns, 0]);
        let kept = Times { atime: SetTime::Omit, mtime: time.into() };
        assert_eq!(fs::utime(link.to_str().unwrap(), kept), Ok(()));
        assert_eq!(times(&file), [ns, ns]);
    }
    let of_file = times(&file);
    let time = Timespec { tv_sec: 7, tv_nsec: 8 };
    let nofollow = AtFlags::SYMLINK_NOFOLLOW;
    let link = link.to_str().unwrap();
    assert_eq!(fs::utimensat(CWD, link, Times::at(time, time), nofollow), Ok(()));
    assert_eq!(times(link.as_ref()), [7_000_000_008; 2]);
    assert_eq!(times(&file), of_file);

    for order in [libc::UTIME_NOW, libc::UTIME_OMIT, i64::MAX, i64::MIN] {
        let order = Timespec { tv_sec: 0, tv_nsec: order };
        assert_eq!(fs::utime(name, Times::at(time, order)), Err(Errno::EINVAL));
        assert_eq!(fs::utime(name, Times::at(order, time)), Err(Errno::EINVAL));
    }
    assert_eq!(times(&file), of_file);

    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(1);
    let open = fs::open(name, fs::OFlags::RDONLY, fs::Mode::empty()).unwrap();
    assert_eq!(fs::futimens(&open, Times::NOW), Ok(()));
    assert!(stdfs::metadata(&file).unwrap().modified().unwrap() >= before);
    assert_eq!(fs::futimens(&open, Times::at(time, time)), Ok(()));
    assert_eq!(times(&file), [7_000_000_008; 2]);
    let place = fs::open(name, fs::OFlags::PATH, fs::Mode::empty()).unwrap();
    assert_eq!(fs::futimens(&place, Times::NOW), Err(Errno::EBADF));
}

#[test]
fn from_ns_ends_where_the_seconds_do() {
    let giga = 1_000_000_000;
    let last = i128::from(i64::MAX) * giga + giga - 1;
    let first = i128::from(i64::MIN) * giga;
    for ns in [first, last, 0, -1, 1] {
        assert_eq!(Timespec::from_ns(ns).map(Timespec::as_ns), Some(ns));
    }
    for ns in [first - 1, last + 1, i128::MIN, i128::MAX] {
        assert_eq!(Timespec::from_ns(ns), None);
    }
}
