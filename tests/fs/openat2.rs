//! `src/fs/openat2.rs`, against the raw call: an old kernel and qemu-user have
//! none, and then both must say so.

use std::ffi::CStr;

use rawos::{
    fd::CWD,
    fs::{self, AtFlags, Mode, OFlags, OpenHow, ResolveFlags},
};

use crate::{
    scene::{compare, scene},
    util::{is_cloexec, libc_result},
};

fn theirs(dir_fd: i32, path: &CStr, how: OpenHow) -> i32 {
    // SAFETY: zeroes are a valid open_how.
    let mut raw: libc::open_how = unsafe { std::mem::zeroed() };
    raw.flags = how.flags.bits().into();
    raw.mode = how.mode.bits().into();
    raw.resolve = how.resolve.bits();
    // SAFETY: only reads the path and the struct.
    let fd = unsafe {
        libc::syscall(libc::SYS_openat2, dir_fd, path.as_ptr(), &raw, size_of::<libc::open_how>())
    };
    if fd >= 0 {
        // SAFETY: just opened.
        unsafe { libc::close(fd as i32) };
    }
    fd.min(0) as i32
}

#[test]
fn every_resolve_flag_on_every_path() {
    use ResolveFlags as R;
    assert_eq!(
        [R::NO_XDEV, R::NO_MAGICLINKS, R::NO_SYMLINKS, R::BENEATH, R::IN_ROOT, R::CACHED]
            .map(|flag| flag.bits()),
        [
            libc::RESOLVE_NO_XDEV,
            libc::RESOLVE_NO_MAGICLINKS,
            libc::RESOLVE_NO_SYMLINKS,
            libc::RESOLVE_BENEATH,
            libc::RESOLVE_IN_ROOT,
            libc::RESOLVE_CACHED
        ]
    );
    // CACHED depends on what others looked at: not compared.
    for resolve in (0..5).map(|bit| R::from_bits_retain(1 << bit)).chain([R::empty()]) {
        for flags in [OFlags::RDONLY, OFlags::PATH | OFlags::NOFOLLOW, OFlags::RDWR] {
            let how = OpenHow { flags: flags | OFlags::NONBLOCK, resolve, ..OpenHow::default() };
            let how = if flags.contains(OFlags::NOFOLLOW) { OpenHow { flags, ..how } } else { how };
            compare(
                &format!("openat2 {how:?}"),
                |path| fs::openat2(CWD, path, how).map(drop),
                |path| theirs(libc::AT_FDCWD, path, how),
            );
        }
    }
}

#[test]
fn from_a_directory() {
    let (tmp, _) = scene();
    std::os::unix::fs::symlink("/file", tmp.path().join("absolute")).unwrap();
    std::os::unix::fs::symlink("../file", tmp.path().join("dir/up")).unwrap();
    let dir = fs::open(tmp.path().to_str().unwrap(), OFlags::PATH, Mode::empty()).unwrap();
    let paths = [c"file", c"../x", c"dir/../file", c"absolute", c"dir/up", c"/etc", c"dir/../.."];
    for path in paths {
        for bits in 0..32 {
            let resolve = ResolveFlags::from_bits_retain(bits);
            let how = OpenHow { resolve, ..OpenHow::default() };
            let ours = fs::openat2(&dir, path, how);
            if let Ok(file) = &ours {
                assert!(is_cloexec(file.as_raw_fd()));
            }
            let theirs = libc_result(theirs(dir.as_raw_fd(), path, how)).map(drop);
            assert_eq!(ours.map(drop), theirs, "{path:?} {resolve:?}");
        }
    }
    let odd = [
        OpenHow { mode: Mode::IRUSR, ..OpenHow::default() },
        OpenHow { flags: OFlags::from_bits_retain(1 << 31), ..OpenHow::default() },
        OpenHow { resolve: ResolveFlags::from_bits_retain(1 << 40), ..OpenHow::default() },
    ];
    for how in odd {
        let theirs = libc_result(theirs(dir.as_raw_fd(), c"file", how)).map(drop);
        assert_eq!(fs::openat2(&dir, "file", how).map(drop), theirs, "{how:?}");
    }
    let new = OpenHow {
        flags: OFlags::WRONLY | OFlags::CREAT | OFlags::EXCL,
        mode: Mode::IRUSR,
        resolve: ResolveFlags::BENEATH,
    };
    if fs::openat2(&dir, "new", new).is_ok() {
        let stat = fs::fstatat(&dir, "new", AtFlags::empty()).unwrap();
        assert_eq!(stat.mode(), Mode::IRUSR);
    }
}
