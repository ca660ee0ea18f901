//! `src/fs/copy.rs`.

use std::{
    fs as stdfs,
    io::{Seek as _, Write as _},
    os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use rawos::{Errno, Result, fs};

use crate::util::{bulk_dir, temp_dir};

fn copy(src: &Path, dst: &Path) -> Result<u64> {
    fs::copy_file(src.to_str().unwrap(), dst.to_str().unwrap())
}

/// The names in `dir`, sorted: nothing may be left behind there.
fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = stdfs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The errno that `call` ends with in a forked child, 0 if it succeeds.
/// `before` prepares the child. Neither may use the heap.
fn in_child(before: impl FnOnce(), call: impl FnOnce() -> Result<u64>) -> i32 {
    // SAFETY: the child calls what is safe after a fork, and ends.
    let child = unsafe { libc::fork() };
    if child == 0 {
        before();
        let code = call().err().map_or(0, Errno::raw);
        // SAFETY: ends the child.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: waitpid(2) writes the status.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert!(libc::WIFEXITED(status), "{status}");
    libc::WEXITSTATUS(status)
}

fn two(dir: &Path) -> (PathBuf, PathBuf) {
    (dir.join("src"), dir.join("dst"))
}

#[test]
fn content_and_permissions_are_copied() {
    for tmp in [temp_dir(), bulk_dir()] {
        let (src, dst) = two(tmp.path());
        // Around the sizes of blocks and buffers, and nothing at all.
        for len in [0, 1, 4095, 4096, 16383, 16384, 16385, 1_000_003] {
            let content: Vec<u8> = (0..len).map(|at| (at * 7 % 251) as u8 + 1).collect();
            stdfs::write(&src, &content).unwrap();
            for (mode, copied) in [(0o4755, 0o755), (0o666, 0o666), (0o2400, 0o400)] {
                stdfs::set_permissions(&src, stdfs::Permissions::from_mode(mode)).unwrap();
                assert_eq!(copy(&src, &dst), Ok(len as u64));
                assert_eq!(stdfs::read(&dst).unwrap(), content);
                assert_eq!(dst.metadata().unwrap().mode() & 0o7777, copied);
            }
            assert_eq!(names(tmp.path()), ["dst", "src"]);
        }
    }
}

#[test]
fn holes_stay_holes() {
    const SIZE: u64 = 64 << 20;
    // The third time between two file systems, where there are two.
    for (from, to) in [(temp_dir(), None), (bulk_dir(), None), (bulk_dir(), Some(temp_dir()))] {
        let (src, _) = two(from.path());
        let (_, dst) = two(to.as_ref().unwrap_or(&from).path());
        let layouts: [&[u64]; 5] =
            [&[], &[0], &[SIZE - 1], &[5 << 20, (5 << 20) + 4096, 40 << 20], &[1 << 20]];
        for layout in layouts {
            let file = stdfs::File::create(&src).unwrap();
            file.set_len(SIZE).unwrap();
            for at in layout {
                file.write_all_at(b"data", *at).unwrap();
            }
            let size = SIZE.max(layout.last().map_or(0, |at| at + 4));
            assert_eq!(copy(&src, &dst), Ok(size), "{layout:?}");
            let (ours, theirs) = (dst.metadata().unwrap(), src.metadata().unwrap());
            assert_eq!(ours.len(), size);
            assert!(ours.blocks() <= theirs.blocks() + 64, "{layout:?}: {}", ours.blocks());
            let copied = stdfs::File::open(&dst).unwrap();
            for at in layout {
                let mut data = [0; 4];
                copied.read_exact_at(&mut data, *at).unwrap();
                assert_eq!(&data, b"data");
            }
            let mut hole = [1; 4];
            copied.read_exact_at(&mut hole, 30 << 20).unwrap();
            assert_eq!(hole, [0; 4]);
        }
    }
}

#[test]
fn a_file_without_a_size_is_read_to_its_end() {
    let tmp = temp_dir();
    for src in [
        "/proc/version",
        "/proc/self/maps",
        "/proc/cpuinfo",
        "/sys/kernel/mm/transparent_hugepage/enabled",
    ] {
        let src = Path::new(src);
        if !src.exists() {
            continue;
        }
        let dst = tmp.path().join("dst");
        let len = copy(src, &dst).unwrap();
        assert!(len > 0, "{src:?}");
        assert_eq!(stdfs::read(&dst).unwrap().len() as u64, len);
    }
    let dst = tmp.path().join("dst");
    copy(Path::new("/proc/version"), &dst).unwrap();
    assert_eq!(stdfs::read(dst).unwrap(), stdfs::read("/proc/version").unwrap());
}

#[test]
fn what_cannot_be_copied_is_refused() {
    let tmp = temp_dir();
    let (src, dst) = two(tmp.path());
    stdfs::write(&src, b"source").unwrap();
    stdfs::create_dir(tmp.path().join("dir")).unwrap();
    let fifo = std::ffi::CString::new(tmp.path().join("fifo").to_str().unwrap()).unwrap();
    // SAFETY: mkfifo(3) only reads the path.
    assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
    stdfs::hard_link(&src, tmp.path().join("twin")).unwrap();
    let before = names(tmp.path());
    let at = |name: &str| tmp.path().join(name);
    for (src, dst, errno) in [
        (at("missing"), dst.clone(), Errno::ENOENT),
        (at("dir"), dst.clone(), Errno::EISDIR),
        (at("fifo"), dst.clone(), Errno::EINVAL),
        ("/dev/null".into(), dst.clone(), Errno::EINVAL),
        (src.clone(), at("dir"), Errno::EISDIR),
        (src.clone(), at("dir/"), Errno::EISDIR),
        (src.clone(), at("dir/."), Errno::EISDIR),
        (src.clone(), at("dir/.."), Errno::EISDIR),
        (src.clone(), at("new/"), Errno::EISDIR),
        (src.clone(), at("missing/dst"), Errno::ENOENT),
        (src.clone(), at("src/dst"), Errno::ENOTDIR),
        (src.clone(), at(&"n".repeat(256)), Errno::ENAMETOOLONG),
        (src.clone(), at(&"n/".repeat(2100)).join("x"), Errno::ENAMETOOLONG),
        (src.clone(), at("a\0b"), Errno::EINVAL),
        (at("a\0b"), dst.clone(), Errno::EINVAL),
        (src.clone(), src.clone(), Errno::EINVAL),
        (src.clone(), at("twin"), Errno::EINVAL),
        (src.clone(), "".into(), Errno::ENOENT),
    ] {
        assert_eq!(copy(&src, &dst), Err(errno), "{src:?} to {dst:?}");
        assert_eq!(names(tmp.path()), before);
    }
    assert_eq!(stdfs::read(src).unwrap(), b"source");
}

#[test]
fn an_old_file_is_replaced_and_not_written_to() {
    let tmp = temp_dir();
    let (src, dst) = two(tmp.path());
    stdfs::write(&src, b"new").unwrap();
    stdfs::write(&dst, b"the old content").unwrap();
    let mut reader = stdfs::File::open(&dst).unwrap();
    stdfs::hard_link(&dst, tmp.path().join("twin")).unwrap();
    assert_eq!(copy(&src, &dst), Ok(3));
    assert_eq!(stdfs::read(&dst).unwrap(), b"new");
    assert_eq!(stdfs::read(tmp.path().join("twin")).unwrap(), b"the old content");
    reader.rewind().unwrap();
    assert_eq!(std::io::read_to_string(reader).unwrap(), "the old content");
    assert_eq!(names(tmp.path()), ["dst", "src", "twin"]);
}

#[test]
fn a_symlink_is_followed_to_the_source_and_replaced_at_the_target() {
    let tmp = temp_dir();
    let (src, dst) = two(tmp.path());
    stdfs::write(&src, b"new").unwrap();
    stdfs::write(tmp.path().join("other"), b"other").unwrap();
    symlink("src", tmp.path().join("link")).unwrap();
    for target in ["other", "nowhere", "src", "/", "dst"] {
        let _ = stdfs::remove_file(&dst);
        symlink(target, &dst).unwrap();
        assert_eq!(copy(&tmp.path().join("link"), &dst), Ok(3), "{target}");
        assert!(dst.symlink_metadata().unwrap().is_file());
        assert_eq!(stdfs::read(&dst).unwrap(), b"new");
    }
    assert_eq!(stdfs::read(tmp.path().join("other")).unwrap(), b"other");
    assert_eq!(names(tmp.path()), ["dst", "link", "other", "src"]);
}

#[test]
fn readers_see_the_old_file_or_the_new_one() {
    let tmp = bulk_dir();
    let (src, dst) = two(tmp.path());
    let contents = [vec![b'a'; 300_000], vec![b'b'; 500_000]];
    stdfs::write(&dst, &contents[0]).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let seen = stdfs::read(&dst).unwrap();
                assert!(contents.contains(&seen), "{} bytes", seen.len());
            }
        });
        for round in 0..40 {
            stdfs::write(&src, &contents[round % 2]).unwrap();
            assert_eq!(copy(&src, &dst), Ok(contents[round % 2].len() as u64));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_failed_copy_leaves_nothing() {
    let tmp = temp_dir();
    let (src, dst) = two(tmp.path());
    let mut file = stdfs::File::create(&src).unwrap();
    file.write_all(&vec![b'x'; 1 << 20]).unwrap();
    for old in [None, Some(b"old")] {
        if let Some(content) = old {
            stdfs::write(&dst, content).unwrap();
        }
        let before = names(tmp.path());
        let (from, to) = (src.to_str().unwrap(), dst.to_str().unwrap());
        let limit = || {
            // SAFETY: ignores a signal, in this process alone.
            unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
            let limit = libc::rlimit { rlim_cur: 300_000, rlim_max: 300_000 };
            // SAFETY: setrlimit(2) reads the struct.
            unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &limit) };
        };
        assert_eq!(in_child(limit, || fs::copy_file(from, to)), Errno::EFBIG.raw());
        assert_eq!(names(tmp.path()), before);
        assert_eq!(stdfs::read(&dst).ok().as_deref(), old.map(|old| &old[..]));
    }
}

#[test]
fn without_proc_the_new_file_has_a_name_meanwhile() {
    let tmp = temp_dir();
    let (src, dst) = two(tmp.path());
    stdfs::write(&src, vec![b'x'; 1 << 20]).unwrap();
    stdfs::create_dir(tmp.path().join("dir")).unwrap();
    let root = std::ffi::CString::new(tmp.path().to_str().unwrap()).unwrap();
    let enter = || {
        // SAFETY: an integer, for this process alone.
        if unsafe { libc::geteuid() } != 0 {
            // SAFETY: as above.
            unsafe { libc::unshare(libc::CLONE_NEWUSER) };
        }
        // SAFETY: chroot(2) only reads the path.
        if unsafe { libc::chroot(root.as_ptr()) } != 0 {
            // SAFETY: ends the child.
            unsafe { libc::_exit(255) };
        }
    };
    for _ in 0..2 {
        assert_eq!(in_child(enter, || fs::copy_file(c"/src", c"/dst")), 0);
        assert!(stdfs::read(&src).unwrap() == stdfs::read(&dst).unwrap());
        assert_eq!(names(tmp.path()), ["dir", "dst", "src"]);
    }
    stdfs::remove_file(&dst).unwrap();
    let limited = || {
        // SAFETY: ignores a signal, in this process alone.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        let limit = libc::rlimit { rlim_cur: 300_000, rlim_max: 300_000 };
        // SAFETY: setrlimit(2) reads the struct.
        unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &limit) };
        enter();
    };
    let result = in_child(limited, || fs::copy_file(c"/src", c"/dst"));
    assert_eq!(result, Errno::EFBIG.raw());
    assert_eq!(names(tmp.path()), ["dir", "src"]);
}

#[test]
fn four_threads_may_copy_to_the_same_name() {
    let tmp = temp_dir();
    let (src, dst) = two(tmp.path());
    stdfs::write(&src, b"content").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(copy(&src, &dst), Ok(7));
                }
            });
        }
    });
    assert_eq!(names(tmp.path()), ["dst", "src"]);
}
