//! File systems without room, and those that are read-only: small ones, in
//! memory, mounted where no other process sees them. Bad luck for rawos is the
//! same for libc.

use std::{
    ffi::{CStr, CString},
    fs as stdfs, io,
    os::{
        fd::AsRawFd as _,
        unix::fs::{FileExt as _, symlink},
    },
    path::{Path, PathBuf},
};

use rawos::{
    Errno, Result,
    fd::{self, FdWriter},
    fs::{self, AccessMode, AtFlags, FileType, Mode, OFlags, Times, XattrFlags},
};

use crate::util::{alone, libc_result, not_run, temp_dir};

/// A tmpfs, there for as long as the value.
struct Mounted {
    place: PathBuf,
    _tmp: tempfile::TempDir,
}

impl Mounted {
    /// Mounts it in a new mount namespace; `None`, said, where that is not
    /// allowed.
    fn new(options: &CStr) -> Option<Self> {
        // SAFETY: takes no argument.
        if unsafe { libc::geteuid() } != 0 {
            not_run(format_args!("only root may mount"));
            return None;
        }
        let tmp = temp_dir();
        let place = tmp.path().join("mounted");
        stdfs::create_dir(&place).unwrap();
        let c_place = c_path(&place);
        let private = libc::MS_REC | libc::MS_PRIVATE;
        let nothing = std::ptr::null();
        // SAFETY: takes flags.
        let mut done = unsafe { libc::unshare(libc::CLONE_NEWNS) } == 0;
        // SAFETY: only reads the path.
        done = done
            && unsafe { libc::mount(nothing, c"/".as_ptr(), nothing, private, nothing.cast()) }
                == 0;
        // SAFETY: only reads the four strings.
        done = done
            && unsafe {
                let kind = c"tmpfs".as_ptr();
                libc::mount(kind, c_place.as_ptr(), kind, 0, options.as_ptr().cast())
            } == 0;
        if !done {
            let error = io::Error::last_os_error();
            // Or the root is none that was mounted, as after a chroot.
            let denied = matches!(error.raw_os_error(), Some(libc::EPERM | libc::EINVAL));
            assert!(denied, "{error}");
            not_run(format_args!("root may not mount here: {error}"));
            return None;
        }
        Some(Self { place, _tmp: tmp })
    }

    fn at(&self, name: &str) -> CString {
        c_path(&self.place.join(name))
    }

    /// What is in it, sorted.
    fn names(&self) -> Vec<String> {
        let entries = stdfs::read_dir(&self.place).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Writes the file `name` until there is no room.
    fn fill(&self, name: &str) -> u64 {
        let file = stdfs::File::create(self.place.join(name)).unwrap();
        let mut len = 0;
        loop {
            match file.write_at(&[b'f'; 4096], len) {
                Ok(count) => len += count as u64,
                Err(error) => {
                    assert_eq!(error.raw_os_error(), Some(libc::ENOSPC));
                    return len;
                }
            }
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let place = c_path(&self.place);
        // SAFETY: only reads the path.
        assert_eq!(unsafe { libc::umount2(place.as_ptr(), libc::MNT_DETACH) }, 0);
    }
}

fn c_path(path: &Path) -> CString {
    CString::new(path.to_str().unwrap()).unwrap()
}

/// The same `errno` from both.
#[track_caller]
fn same(what: &str, ours: Result<()>, theirs: impl Into<i64>, errno: Errno) {
    let theirs = libc_result(theirs).map(drop);
    assert_eq!((ours, theirs), (Err(errno), Err(errno)), "{what}");
}

#[test]
fn no_room_for_another_name() {
    alone("full::no_room_for_another_name", || {
        let Some(tmpfs) = Mounted::new(c"nr_inodes=8") else { return };
        stdfs::write(tmpfs.place.join("file"), b"x").unwrap();
        let mut taken = 0;
        while stdfs::write(tmpfs.place.join(format!("taken-{taken}")), b"").is_ok() {
            taken += 1;
        }
        assert!(taken > 0);
        let before = tmpfs.names();
        let (new, file) = (tmpfs.at("new"), tmpfs.at("file"));
        let (new, old, rw) = (new.as_c_str(), file.as_c_str(), OFlags::RDWR | OFlags::CREAT);
        let mode = Mode::IRUSR | Mode::IWUSR;
        let nospc = Errno::ENOSPC;
        // SAFETY: libc only reads the path.
        let theirs = unsafe { libc::mkdir(new.as_ptr(), 0o600) };
        same("mkdir", fs::mkdir(new, mode), theirs, nospc);
        // SAFETY: as above.
        let theirs = unsafe { libc::open(new.as_ptr(), libc::O_RDWR | libc::O_CREAT, 0o600) };
        same("open", fs::open(new, rw, mode).map(drop), theirs, nospc);
        // SAFETY: as above.
        let theirs = unsafe { libc::symlink(c"x".as_ptr(), new.as_ptr()) };
        same("symlink", fs::symlink("x", new), theirs, nospc);
        // SAFETY: as above.
        let theirs = unsafe { libc::mkfifo(new.as_ptr(), 0o600) };
        same("mkfifo", fs::mkfifo(new, mode), theirs, nospc);
        // SAFETY: as above.
        let theirs = unsafe { libc::link(old.as_ptr(), new.as_ptr()) };
        same("link", fs::link(old, new), theirs, nospc);
        assert_eq!(fs::makedirs(tmpfs.at("new/er").as_c_str(), Mode::IRWXU, false), Err(nospc));
        assert_eq!(fs::copy_file(old, new), Err(nospc));
        // What needs no new inode goes on.
        assert_eq!(fs::open(old, rw | OFlags::TRUNC, mode).map(drop), Ok(()));
        assert_eq!(tmpfs.names(), before);
    });
}

#[test]
fn no_room_for_data() {
    alone("full::no_room_for_data", || {
        let Some(tmpfs) = Mounted::new(c"size=256k") else { return };
        let len = tmpfs.fill("full");
        let path = tmpfs.at("full");
        let file = fs::open(&*path, OFlags::RDWR, Mode::empty()).unwrap();
        let raw = file.as_raw_fd();
        let nospc = Errno::ENOSPC;
        let at = len as i64;
        let write = |ours: Result<usize>| ours.map(drop);
        // SAFETY: libc reads the byte.
        let theirs = unsafe { libc::pwrite(raw, [0_u8].as_ptr().cast(), 1, at) };
        same("pwrite", write(fd::pwrite(&file, &[0], len)), theirs as i64, nospc);
        // SAFETY: as above.
        let theirs = unsafe { libc::lseek(raw, at, libc::SEEK_SET) };
        assert_eq!(theirs, at);
        // SAFETY: as above.
        let theirs = unsafe { libc::write(raw, [0_u8].as_ptr().cast(), 1) };
        same("write", write(fd::write(&file, &[0])), theirs as i64, nospc);
        assert_eq!(fd::write_all(&file, &[0; 10_000]), Err(nospc));
        // posix_fallocate returns the error and sets none.
        // SAFETY: takes integers.
        let theirs = unsafe { libc::posix_fallocate(raw, at, 1) };
        assert_eq!(theirs, nospc.raw());
        assert_eq!(fd::posix_fallocate(&file, len, 1), Err(nospc));
        let source = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty()).unwrap();
        // SAFETY: no offset.
        let theirs = unsafe { libc::sendfile(raw, source.as_raw_fd(), std::ptr::null_mut(), 10) };
        let ours = fd::sendfile(&file, &source, Some(0), 10);
        same("sendfile", ours.map(drop), theirs as i64, nospc);
        // A target too long for the inode itself.
        let (long, link) = (CString::new("x".repeat(2000)).unwrap(), tmpfs.at("link"));
        // SAFETY: only reads the two paths.
        let theirs = unsafe { libc::symlink(long.as_ptr(), link.as_ptr()) };
        same("symlink", fs::symlink(&*long, &*link), theirs, nospc);
        assert_eq!(tmpfs.names(), ["full"]);
        assert_eq!(stdfs::metadata(tmpfs.place.join("full")).unwrap().len(), len);
        // A size is no data.
        assert_eq!(fs::truncate(&*path, 1 << 30), Ok(()));
    });
}

#[test]
fn a_copy_without_room_leaves_the_old_file() {
    alone("full::a_copy_without_room_leaves_the_old_file", || {
        let Some(tmpfs) = Mounted::new(c"size=256k") else { return };
        let other = temp_dir();
        let (outside, empty) = (other.path().join("source"), other.path().join("empty"));
        stdfs::write(&outside, vec![b'n'; 1 << 20]).unwrap();
        stdfs::write(&empty, b"").unwrap();
        let inside = tmpfs.place.join("source");
        stdfs::write(&inside, vec![b'n'; 160 << 10]).unwrap();
        // From another file system, from the same, and of unknown size.
        for source in [outside.as_path(), &inside, Path::new("/proc/kallsyms")] {
            let endless = source.starts_with("/proc");
            if endless && stdfs::read(source).map_or(0, |text| text.len()) < 256 << 10 {
                continue;
            }
            let (source, dst) = (c_path(source), tmpfs.at("dst"));
            let _ = stdfs::remove_file(tmpfs.place.join("dst"));
            for old in [None, Some(b"old")] {
                if let Some(content) = old {
                    stdfs::write(tmpfs.place.join("dst"), content).unwrap();
                }
                let before = tmpfs.names();
                assert_eq!(fs::copy_file(&*source, &*dst), Err(Errno::ENOSPC), "{source:?}");
                assert_eq!(tmpfs.names(), before);
                let now = stdfs::read(tmpfs.place.join("dst")).ok();
                assert_eq!(now.as_deref(), old.map(|old| &old[..]));
            }
        }
        // It takes no room either: what fits still does.
        stdfs::remove_file(inside).unwrap();
        stdfs::write(&outside, vec![b'n'; 160 << 10]).unwrap();
        assert_eq!(fs::copy_file(c_path(&outside).as_c_str(), &*tmpfs.at("dst")), Ok(160 << 10));
        assert_eq!(fs::copy_file(c_path(&empty).as_c_str(), &*tmpfs.at("empty")), Ok(0));
    });
}

#[test]
fn a_writer_without_room_keeps_what_it_has() {
    alone("full::a_writer_without_room_keeps_what_it_has", || {
        let Some(tmpfs) = Mounted::new(c"size=256k") else { return };
        tmpfs.fill("full");
        let path = tmpfs.place.join("written");
        let file = stdfs::File::create(&path).unwrap();
        // SAFETY: `file` stays open for as long as this.
        let borrowed = unsafe { fd::BorrowedFd::borrow_raw(file.as_raw_fd()) };
        let mut writer = FdWriter::<_, 8192>::sized(borrowed);
        assert_eq!(writer.write_all(&[b'a'; 5000]), Ok(()));
        assert_eq!(writer.flush(), Err(Errno::ENOSPC));
        assert_eq!(writer.buffer().len(), 5000);
        // What does not fit beside it fails, and is not taken by halves.
        assert_eq!(writer.write_all(&[b'b'; 5000]), Err(Errno::ENOSPC));
        assert_eq!(writer.buffer(), [b'a'; 5000]);
        // Room for one block: a part is written, and no byte twice.
        let full = stdfs::File::options().write(true).open(tmpfs.place.join("full")).unwrap();
        let len = full.metadata().unwrap().len();
        full.set_len(len - 4096).unwrap();
        assert_eq!(writer.flush(), Err(Errno::ENOSPC));
        assert_eq!(writer.buffer(), [b'a'; 5000 - 4096]);
        full.set_len(0).unwrap();
        assert_eq!(writer.write_all(&[b'b'; 5000]), Ok(()));
        assert_eq!(writer.flush(), Ok(()));
        assert_eq!(stdfs::read(&path).unwrap(), [[b'a'; 5000], [b'b'; 5000]].concat());
        // The end, with an error: told by `close`, swallowed by a drop.
        tmpfs.fill("full");
        let end = fs::open(&*tmpfs.at("written"), OFlags::WRONLY | OFlags::APPEND, Mode::empty());
        let mut writer = fd::fdopen_writer(end.unwrap());
        assert_eq!(writer.write_all(&[b'c'; 7000]), Ok(()));
        assert_eq!(writer.close(), Err(Errno::ENOSPC));
    });
}

#[test]
fn nothing_is_changed_on_a_read_only_file_system() {
    alone("full::nothing_is_changed_on_a_read_only_file_system", || {
        let Some(tmpfs) = Mounted::new(c"size=256k") else { return };
        let place = |name: &str| tmpfs.place.join(name);
        stdfs::create_dir_all(place("dir/sub")).unwrap();
        stdfs::write(place("file"), b"x").unwrap();
        symlink("file", place("link")).unwrap();
        let open = fs::open(&*tmpfs.at("file"), OFlags::RDWR, Mode::empty()).unwrap();
        drop(open); // A writer would make the remount EBUSY.
        let c_place = c_path(&tmpfs.place);
        let (nothing, remount) = (std::ptr::null(), libc::MS_REMOUNT | libc::MS_RDONLY);
        // SAFETY: only reads the path.
        let remounted =
            unsafe { libc::mount(nothing, c_place.as_ptr(), nothing, remount, nothing.cast()) };
        assert_eq!(remounted, 0, "{}", io::Error::last_os_error());

        let [file, dir, new, link] = ["file", "dir", "new", "link"].map(|name| tmpfs.at(name));
        let (file, dir, new, link) = (&*file, &*dir, &*new, &*link);
        let (f, d, n, l) = (file.as_ptr(), dir.as_ptr(), new.as_ptr(), link.as_ptr());
        let times = [libc::timespec { tv_sec: 1, tv_nsec: 1 }; 2];
        type Call<'a> = (&'a str, Box<dyn Fn() -> Result<()> + 'a>, Box<dyn Fn() -> i32 + 'a>);
        // Every call of libc below only reads the paths and the values.
        #[rustfmt::skip]
        #[allow(clippy::undocumented_unsafe_blocks, reason = "above, once for all: no call writes")]
        let calls: Vec<Call> = vec![
            ("mkdir", Box::new(|| fs::mkdir(new, Mode::IRWXU)), Box::new(|| unsafe { libc::mkdir(n, 0o700) })),
            ("mkdir, there", Box::new(|| fs::mkdir(dir, Mode::IRWXU)), Box::new(|| unsafe { libc::mkdir(d, 0o700) })),
            ("rmdir", Box::new(|| fs::rmdir(dir)), Box::new(|| unsafe { libc::rmdir(d) })),
            ("rmdir, a file", Box::new(|| fs::rmdir(file)), Box::new(|| unsafe { libc::rmdir(f) })),
            ("rmdir, missing", Box::new(|| fs::rmdir(new)), Box::new(|| unsafe { libc::rmdir(n) })),
            ("unlink", Box::new(|| fs::unlink(file)), Box::new(|| unsafe { libc::unlink(f) })),
            ("remove, missing", Box::new(|| fs::remove(new)), Box::new(|| unsafe { libc::unlink(n) })),
            ("rename", Box::new(|| fs::rename(file, new)), Box::new(|| unsafe { libc::rename(f, n) })),
            ("replace", Box::new(|| fs::replace(file, link)), Box::new(|| unsafe { libc::rename(f, l) })),
            ("rename, missing", Box::new(|| fs::rename(new, file)), Box::new(|| unsafe { libc::rename(n, f) })),
            ("symlink", Box::new(|| fs::symlink("x", new)), Box::new(|| unsafe { libc::symlink(c"x".as_ptr(), n) })),
            ("symlink, there", Box::new(|| fs::symlink("x", link)), Box::new(|| unsafe { libc::symlink(c"x".as_ptr(), l) })),
            ("link", Box::new(|| fs::link(file, new)), Box::new(|| unsafe { libc::link(f, n) })),
            ("mkfifo", Box::new(|| fs::mkfifo(new, Mode::IRWXU)), Box::new(|| unsafe { libc::mkfifo(n, 0o700) })),
            ("chmod", Box::new(|| fs::chmod(file, Mode::IRWXU)), Box::new(|| unsafe { libc::chmod(f, 0o700) })),
            ("chown", Box::new(|| fs::chown(file, Some(0), Some(0))), Box::new(|| unsafe { libc::chown(f, 0, 0) })),
            ("lchown", Box::new(|| fs::lchown(link, Some(0), Some(0))), Box::new(|| unsafe { libc::lchown(l, 0, 0) })),
            ("utime", Box::new(|| fs::utime(file, Times::NOW)), Box::new(|| unsafe { libc::utimes(f, std::ptr::null()) })),
            ("lutime", Box::new(|| fs::utimensat(fd::CWD, link, Times::NOW, AtFlags::SYMLINK_NOFOLLOW)),
                Box::new(|| unsafe { libc::utimensat(libc::AT_FDCWD, l, times.as_ptr(), libc::AT_SYMLINK_NOFOLLOW) })),
            ("truncate", Box::new(|| fs::truncate(file, 0)), Box::new(|| unsafe { libc::truncate(f, 0) })),
            ("open, write", Box::new(|| fs::open(file, OFlags::WRONLY, Mode::empty()).map(drop)), Box::new(|| unsafe { libc::open(f, libc::O_WRONLY) })),
            ("open, truncate", Box::new(|| fs::open(file, OFlags::TRUNC, Mode::empty()).map(drop)), Box::new(|| unsafe { libc::open(f, libc::O_TRUNC) })),
            ("open, create", Box::new(|| fs::open(new, OFlags::CREAT, Mode::IRWXU).map(drop)), Box::new(|| unsafe { libc::open(n, libc::O_CREAT, 0o700) })),
            ("open, directory", Box::new(|| fs::open(dir, OFlags::WRONLY, Mode::empty()).map(drop)), Box::new(|| unsafe { libc::open(d, libc::O_WRONLY) })),
            ("open, nameless", Box::new(|| fs::open(dir, OFlags::TMPFILE | OFlags::RDWR, Mode::IRWXU).map(drop)),
                Box::new(|| unsafe { libc::open(d, libc::O_TMPFILE | libc::O_RDWR, 0o700) })),
            ("setxattr", Box::new(|| fs::setxattr(file, c"trusted.x", b"x", XattrFlags::empty())),
                Box::new(|| unsafe { libc::setxattr(f, c"trusted.x".as_ptr(), c"x".as_ptr().cast(), 1, 0) })),
            ("removexattr", Box::new(|| fs::removexattr(file, c"trusted.x")), Box::new(|| unsafe { libc::removexattr(f, c"trusted.x".as_ptr()) })),
            ("mknod", Box::new(|| fs::mknod(new, FileType::REG, Mode::IRWXU, 0)), Box::new(|| unsafe { libc::mknod(n, 0o100_600, 0) })),
        ];
        let mut refused = 0;
        for (what, ours, theirs) in &calls {
            let (ours, theirs) = (ours(), libc_result(theirs()).map(drop));
            assert_eq!(ours, theirs, "{what}");
            assert!(ours.is_err(), "{what}");
            refused += usize::from(ours == Err(Errno::EROFS));
        }
        assert!(refused >= 20, "{refused}");

        // What has no single call of libc.
        assert!(!fs::access(file, AccessMode::W_OK) && fs::access(file, AccessMode::R_OK));
        let below = tmpfs.at("dir/new/er");
        assert_eq!(fs::makedirs(&*below, Mode::IRWXU, false), Err(Errno::EROFS));
        assert_eq!(fs::removedirs(&*tmpfs.at("dir/sub")), Err(Errno::EROFS));
        assert_eq!(fs::copy_file(file, new), Err(Errno::EROFS));
        let mut buf = fs::DirBuf::new();
        assert_eq!(fs::remove_tree(dir, &mut buf), Err(Errno::EROFS));
        assert_eq!(tmpfs.names(), ["dir", "file", "link"]);
        assert_eq!(stdfs::read(place("link")).unwrap(), b"x");
        // Reading goes on.
        let open = fs::open(file, OFlags::RDONLY, Mode::empty()).unwrap();
        assert_eq!(fd::read(&open, &mut [0; 4]), Ok(1));
    });
}
