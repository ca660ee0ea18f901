//! `src/fs/link.rs` and `src/fs/rename.rs`: what `errors.rs` does not compare.

use std::{
    ffi::{CStr, CString},
    fs as stdfs,
    os::unix::fs::MetadataExt as _,
};

use rawos::{
    Errno,
    fd::CWD,
    fs::{self, AtFlags, Mode, OFlags, RenameFlags},
};

use crate::{
    scene::{compare, scene},
    util::{libc_result, temp_dir},
};

/// `name` beside what `path` names: in the scene, if `path` is in it.
fn beside(path: &CStr, name: &str) -> CString {
    let text = path.to_str().unwrap();
    let end = text.find("/rawos-").and_then(|start| Some(text[start + 1..].find('/')? + start + 1));
    CString::new(format!("{}/{name}", end.map_or("/missing", |end| &text[..end]))).unwrap()
}

#[test]
fn link_from_and_to_every_path() {
    for (flags, raw) in [(AtFlags::SYMLINK_FOLLOW, libc::AT_SYMLINK_FOLLOW), (AtFlags::empty(), 0)]
    {
        for other in ["new", "file", "dir"] {
            for forth in [true, false] {
                let ends = |path: &CStr| {
                    let other = beside(path, other);
                    if forth { (path.to_owned(), other) } else { (other, path.to_owned()) }
                };
                compare(
                    &format!("link {flags:?} {other} {forth}"),
                    |path| {
                        let (src, dst) = ends(path);
                        if raw == 0 {
                            fs::linkat(CWD, &*src, CWD, &*dst, flags)
                        } else {
                            fs::link(&*src, &*dst)
                        }
                    },
                    |path| {
                        let ((src, dst), cwd) = (ends(path), libc::AT_FDCWD);
                        // SAFETY: only reads the paths.
                        unsafe { libc::linkat(cwd, src.as_ptr(), cwd, dst.as_ptr(), raw) }
                    },
                );
            }
        }
    }
}

#[test]
fn link_follows_and_linkat_need_not() {
    let (tmp, _) = scene();
    let dir = fs::open(tmp.path().to_str().unwrap(), OFlags::RDONLY, Mode::empty()).unwrap();
    let at = |name: &str| tmp.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(fs::link(&*at("to-file"), &*at("followed")), Ok(()));
    assert_eq!(fs::linkat(&dir, "to-file", &dir, "itself", AtFlags::empty()), Ok(()));
    let inode = |name: &str| stdfs::symlink_metadata(at(name)).unwrap().ino();
    assert_eq!(inode("followed"), inode("file"));
    assert_eq!(inode("itself"), inode("to-file"));
    let unknown = fs::linkat(&dir, "file", &dir, "x", AtFlags::SYMLINK_NOFOLLOW);
    assert_eq!(unknown, Err(Errno::EINVAL));
}

#[test]
fn symlink_at_and_to_every_path() {
    compare(
        "symlink at",
        |path| fs::symlink("target", path),
        // SAFETY: only reads the paths.
        |path| unsafe { libc::symlink(c"target".as_ptr(), path.as_ptr()) },
    );
    let tmp = temp_dir();
    let dir = fs::open(tmp.path().to_str().unwrap(), OFlags::RDONLY, Mode::empty()).unwrap();
    for len in [1, 100, 4094, 4095] {
        let target = "t".repeat(len);
        assert_eq!(fs::symlinkat(&*target, &dir, "link"), Ok(()), "{len}");
        assert_eq!(stdfs::read_link(tmp.path().join("link")).unwrap().to_str(), Some(&*target));
        #[cfg(feature = "alloc")]
        {
            assert_eq!(fs::readlinkat_alloc(&dir, "link").as_deref(), Ok(target.as_bytes()));
            let path = tmp.path().join("link");
            assert_eq!(
                fs::readlink_alloc(path.to_str().unwrap()).as_deref(),
                Ok(target.as_bytes())
            );
        }
        fs::unlinkat(&dir, "link", AtFlags::empty()).unwrap();
    }
    assert_eq!(fs::symlinkat("", &dir, "link"), Err(Errno::ENOENT));
    assert_eq!(fs::symlinkat(&*"t".repeat(4096), &dir, "link"), Err(Errno::ENAMETOOLONG));
    #[cfg(feature = "alloc")]
    assert_eq!(fs::readlink_alloc("/"), Err(Errno::EINVAL));
}

#[test]
fn renameat2_with_every_flag() {
    assert_eq!(RenameFlags::NOREPLACE.bits(), libc::RENAME_NOREPLACE);
    assert_eq!(RenameFlags::EXCHANGE.bits(), libc::RENAME_EXCHANGE);
    assert_eq!(RenameFlags::WHITEOUT.bits(), libc::RENAME_WHITEOUT);
    // WHITEOUT leaves a device at the old name.
    for bits in 0..9_u32 {
        let flags = RenameFlags::from_bits_retain(bits);
        compare(
            &format!("renameat2 {flags:?}"),
            |path| fs::renameat2(CWD, path, CWD, &*beside(path, "open"), flags),
            |path| {
                let (dst, cwd) = (beside(path, "open"), libc::AT_FDCWD);
                // SAFETY: only reads the paths.
                let result = unsafe {
                    libc::syscall(libc::SYS_renameat2, cwd, path.as_ptr(), cwd, dst.as_ptr(), bits)
                };
                result as i32
            },
        );
    }
    let (tmp, _) = scene();
    let dir = fs::open(tmp.path().to_str().unwrap(), OFlags::RDONLY, Mode::empty()).unwrap();
    let swapped = fs::renameat2(&dir, "file", &dir, "dir", RenameFlags::EXCHANGE);
    // SAFETY: only reads the paths.
    let again = libc_result(unsafe {
        let (fd, a, b) = (dir.as_raw_fd(), c"file".as_ptr(), c"dir".as_ptr());
        libc::syscall(libc::SYS_renameat2, fd, a, fd, b, libc::RENAME_EXCHANGE)
    });
    assert_eq!(swapped, again.map(drop));
    assert!(tmp.path().join("file").is_file());
}
