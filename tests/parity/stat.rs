//! Every field of `os.stat`, and `os.utime` in all its forms.

use std::{
    fs as stdfs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::Path,
};

use rawos::{
    fd::CWD,
    fs::{self, AtFlags, SetTime, Times},
    time::Timespec,
};

use crate::{python, util::temp_dir};

const STAT: &str = r#"
import os, sys
names = ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks",
         "st_blksize", "st_rdev", "st_atime_ns", "st_mtime_ns", "st_ctime_ns"]
for path in sys.argv[1:]:
    for follow in True, False:
        try:
            stat = os.stat(path, follow_symlinks=follow)
        except OSError as error:
            print(error.errno)
            continue
        floats = [stat.st_atime, stat.st_mtime, stat.st_ctime]
        print(*[getattr(stat, name) for name in names], *[value.hex() for value in floats])
"#;

/// As Python makes a `float` of a time, and writes it.
fn float(time: Timespec) -> String {
    let value = time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64;
    let (bits, sign) = (value.to_bits(), if value.is_sign_negative() { "-" } else { "" });
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (mantissa, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32 - 1023);
    format!("{sign}0x1.{mantissa:013x}p{exponent:+}")
}

/// What rawos knows of the file, as the script prints it.
fn fields(path: &str, flags: AtFlags) -> String {
    let stat = match fs::fstatat(CWD, path, flags) {
        Ok(stat) => stat,
        Err(errno) => return errno.raw().to_string(),
    };
    let integers: [i128; 13] = [
        stat.st_mode().into(),
        stat.st_ino().into(),
        stat.st_dev().into(),
        stat.st_nlink().into(),
        stat.st_uid().into(),
        stat.st_gid().into(),
        stat.st_size().into(),
        stat.st_blocks().into(),
        stat.st_blksize().into(),
        stat.st_rdev().into(),
        stat.st_atime_ns(),
        stat.st_mtime_ns(),
        stat.st_ctime_ns(),
    ];
    let floats = [stat.st_atime(), stat.st_mtime(), stat.st_ctime()].map(float);
    let words: Vec<_> = integers.iter().map(i128::to_string).chain(floats).collect();
    words.join(" ")
}

#[test]
fn every_field_of_every_kind_of_file() {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name).to_str().unwrap().to_owned();
    stdfs::write(at("file"), b"some content").unwrap();
    stdfs::set_permissions(at("file"), stdfs::Permissions::from_mode(0o4750)).unwrap();
    stdfs::hard_link(at("file"), at("twin")).unwrap();
    stdfs::File::create(at("sparse")).unwrap().set_len(1 << 40).unwrap();
    symlink("file", at("link")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink("loop", at("loop")).unwrap();
    stdfs::create_dir(at("dir")).unwrap();
    for (name, ns) in [("early", -1_500_000_001), ("zero", 0), ("late", 9_999_999_999_999_999_999)]
    {
        stdfs::write(at(name), b"").unwrap();
        let time = Timespec::from_ns(ns).unwrap();
        fs::utime(&*at(name), Times::at(time, time)).unwrap();
    }
    let names = ["file", "twin", "sparse", "link", "dangling", "loop", "dir", "missing", "file/x"];
    let mut paths: Vec<String> =
        names.iter().chain(&["early", "zero", "late"]).map(|n| at(n)).collect();
    let others = ["/", "/dev/null", "/dev/full", "/proc/version", "/sys", "/..", ""];
    paths.extend(others.map(str::to_owned));
    let args: Vec<&str> = paths.iter().map(String::as_str).collect();
    let theirs = python(STAT, &args, false);
    let ours: Vec<String> = paths
        .iter()
        .flat_map(|path| [(path, AtFlags::empty()), (path, AtFlags::SYMLINK_NOFOLLOW)])
        .map(|(path, flags)| fields(path, flags))
        .collect();
    let theirs: Vec<&str> = theirs.lines().collect();
    assert_eq!(ours.len(), theirs.len());
    for ((ours, theirs), path) in ours.iter().zip(theirs).zip(paths.iter().flat_map(|p| [p, p])) {
        assert_eq!(ours, theirs, "{path}");
    }
}

const UTIME: &str = r#"
import os, sys
os.chdir(sys.argv[1])
dir_fd = os.open(".", os.O_RDONLY)
fd = os.open("fd", os.O_RDONLY)
os.utime("times", (1.5, -2.25))
os.utime("integers", times=(7, 8))
os.utime("ns", ns=(1_500_000_001, -1))
os.utime("far", ns=(9_000_000_000_000_000_001, -9_000_000_000))
os.utime("at", ns=(1, 2), dir_fd=dir_fd)
os.utime("through", ns=(3, 4))
os.utime("itself", ns=(5, 6), follow_symlinks=False)
os.utime("itself-at", ns=(7, 8), follow_symlinks=False, dir_fd=dir_fd)
os.utime(fd, ns=(9, 10))
os.utime(fd, times=(11, 12.5))
os.utime("now")
os.utime("none", None)
for call in (lambda: os.utime("missing"), lambda: os.utime("now/x", ns=(1, 1)),
             lambda: os.utime("dangling"), lambda: os.utime("loop", (1, 1)),
             lambda: os.utime("", ns=(1, 1)), lambda: os.utime("now", dir_fd=fd)):
    try:
        call()
        print("no error")
    except OSError as error:
        print(error.errno)
"#;

/// The files that either side sets times of.
fn utime_scene(dir: &Path) {
    for name in ["times", "integers", "ns", "far", "at", "target", "fd", "now", "none"] {
        stdfs::write(dir.join(name), b"x").unwrap();
        let old = Timespec { tv_sec: 1_000_000, tv_nsec: 5 };
        fs::utime(dir.join(name).to_str().unwrap(), Times::at(old, old)).unwrap();
    }
    for (target, link) in [
        ("target", "through"),
        ("target", "itself"),
        ("target", "itself-at"),
        ("nowhere", "dangling"),
        ("loop", "loop"),
    ] {
        symlink(target, dir.join(link)).unwrap();
    }
}

#[test]
fn utime_in_all_its_forms() {
    let (ours, theirs) = (temp_dir(), temp_dir());
    utime_scene(ours.path());
    utime_scene(theirs.path());
    let start = stdfs::metadata(theirs.path()).unwrap().mtime();
    let errors = python(UTIME, &[theirs.path().to_str().unwrap()], false);

    let ns = |atime, mtime| {
        let time = |ns| Timespec::from_ns(ns).unwrap();
        Times::at(time(atime), time(mtime))
    };
    let path = |name: &str| ours.path().join(name).to_str().unwrap().to_owned();
    let open = |name: &str| fs::open(&*path(name), fs::OFlags::RDONLY, fs::Mode::empty()).unwrap();
    let (dir, file) = (open("."), open("fd"));
    let nofollow = AtFlags::SYMLINK_NOFOLLOW;
    let results = [
        fs::utime(&*path("times"), ns(1_500_000_000, -2_250_000_000)),
        fs::utime(&*path("integers"), ns(7_000_000_000, 8_000_000_000)),
        fs::utime(&*path("ns"), ns(1_500_000_001, -1)),
        fs::utime(&*path("far"), ns(9_000_000_000_000_000_001, -9_000_000_000)),
        fs::utimensat(&dir, "at", ns(1, 2), AtFlags::empty()),
        fs::utime(&*path("through"), ns(3, 4)),
        fs::utimensat(CWD, &*path("itself"), ns(5, 6), nofollow),
        fs::utimensat(&dir, "itself-at", ns(7, 8), nofollow),
        fs::futimens(&file, ns(9, 10)),
        fs::futimens(&file, ns(11_000_000_000, 12_500_000_000)),
        fs::utime(&*path("now"), Times::NOW),
        fs::utime(&*path("none"), Times { atime: SetTime::Now, mtime: SetTime::Now }),
    ];
    assert_eq!(results, [Ok(()); 12]);
    let bad = [
        fs::utime(&*path("missing"), Times::NOW),
        fs::utime(&*path("now/x"), ns(1, 1)),
        fs::utime(&*path("dangling"), Times::NOW),
        fs::utime(&*path("loop"), ns(1, 1)),
        fs::utime("", ns(1, 1)),
        fs::utimensat(&file, "now", Times::NOW, AtFlags::empty()),
    ];
    let bad: Vec<_> = bad.iter().map(|result| result.unwrap_err().raw().to_string()).collect();
    assert_eq!(bad, errors.lines().collect::<Vec<_>>());

    let mut set = 0;
    for entry in stdfs::read_dir(theirs.path()).unwrap() {
        let name = entry.unwrap().file_name();
        let [our, their] = [&ours, &theirs].map(|dir| {
            let meta = dir.path().join(&name).symlink_metadata().unwrap();
            [(meta.atime(), meta.atime_nsec()), (meta.mtime(), meta.mtime_nsec())]
        });
        if name == "now" || name == "none" {
            let recent = |times: [(i64, i64); 2]| times.iter().all(|time| time.0 >= start);
            assert!(recent(our) && recent(their), "{name:?}: {our:?} {their:?}");
        } else if name != "through" && name != "dangling" && name != "loop" {
            // Links that were followed keep the times of their making.
            assert_eq!(our, their, "{name:?}");
            set += 1;
        }
    }
    assert_eq!(set, 9);
}
