//! `src/fs/cwd.rs`, each test in a thread with a directory and a root of its
//! own.

use std::{env, fs as stdfs};

use rawos::{
    Errno,
    fs::{self, Mode, OFlags},
};

use crate::{
    scene::{compare, in_thread},
    util::{as_nobody, temp_dir},
};

fn getcwd() -> rawos::Result<String> {
    let mut buf = [0; 4096];
    let len = fs::getcwd(&mut buf)?;
    Ok(String::from_utf8(buf[..len].to_vec()).unwrap())
}

#[test]
fn getcwd_is_where_chdir_went() {
    let tmp = temp_dir();
    let dir = stdfs::canonicalize(tmp.path()).unwrap();
    let name = dir.to_str().unwrap();
    in_thread(|| {
        assert_eq!(fs::chdir(name), Ok(()));
        assert_eq!(env::current_dir().unwrap(), dir);
        assert_eq!(getcwd().as_deref(), Ok(name));
        #[cfg(feature = "alloc")]
        assert_eq!(fs::getcwd_alloc().as_deref(), Ok(name.as_bytes()));
        for room in 0..name.len() + 3 {
            let result = fs::getcwd(&mut vec![0; room][..]);
            let expected = if room > name.len() { Ok(name.len()) } else { Err(Errno::ERANGE) };
            assert_eq!(result, expected, "{room}");
        }
        let root = fs::open("/", OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap();
        assert_eq!(fs::fchdir(&root), Ok(()));
        assert_eq!(getcwd().as_deref(), Ok("/"));
    });
}

#[test]
fn a_removed_directory_has_no_path() {
    let tmp = temp_dir();
    let dir = tmp.path().join("gone");
    stdfs::create_dir(&dir).unwrap();
    in_thread(|| {
        fs::chdir(dir.to_str().unwrap()).unwrap();
        stdfs::remove_dir(&dir).unwrap();
        assert_eq!(getcwd(), Err(Errno::ENOENT));
        assert_eq!(env::current_dir().unwrap_err().raw_os_error(), Some(libc::ENOENT));
        #[cfg(feature = "alloc")]
        assert_eq!(fs::getcwd_alloc(), Err(Errno::ENOENT));
    });
}

#[test]
fn a_path_as_long_as_can_be() {
    let tmp = temp_dir();
    in_thread(|| {
        fs::chdir(tmp.path().to_str().unwrap()).unwrap();
        let mut len = getcwd().unwrap().len();
        let name = "d".repeat(200);
        loop {
            fs::mkdir(&*name, Mode::IRWXU).unwrap();
            fs::chdir(&*name).unwrap();
            len += 201;
            match getcwd() {
                Ok(path) => assert_eq!(path.len(), len),
                Err(errno) => {
                    assert!(len >= 4096);
                    assert_eq!(errno, Errno::ENAMETOOLONG);
                    break;
                }
            }
        }
    });
}

#[test]
fn chdir_to_every_path() {
    // SAFETY: only reads the path.
    let theirs = |path: &std::ffi::CStr| unsafe { libc::chdir(path.as_ptr()) };
    let (done, _) = in_thread(|| compare("chdir", |path| fs::chdir(path), theirs));
    assert!(done > 3);
    let (reader, _writer) = rawos::fd::pipe().unwrap();
    assert_eq!(fs::fchdir(&reader), Err(Errno::ENOTDIR));
}

#[test]
fn outside_of_the_root_there_is_no_path() {
    let tmp = temp_dir();
    stdfs::create_dir(tmp.path().join("root")).unwrap();
    let place = |path| fs::open(path, OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap();
    let outside = place(tmp.path().to_str().unwrap());
    let root = tmp.path().join("root");
    // SAFETY: takes no argument.
    if unsafe { libc::getuid() } == 0 {
        in_thread(|| {
            fs::chdir(root.to_str().unwrap()).unwrap();
            assert_eq!(fs::chroot("."), Ok(()));
            assert_eq!(getcwd().as_deref(), Ok("/"));
            assert_eq!(fs::stat("/proc/self").unwrap_err(), Errno::ENOENT);
            assert_eq!(fs::fchdir(&outside), Ok(()));
            assert_eq!(getcwd(), Err(Errno::ENOENT));
            let mut buf = [0_u8; 4096];
            // SAFETY: writes at most 4096 bytes.
            let raw = unsafe { libc::syscall(libc::SYS_getcwd, buf.as_mut_ptr(), 4096) };
            assert!(raw > 0 && buf.starts_with(b"(unreachable)/"), "the kernel does name it");
        });
    }
    as_nobody(|| {
        assert_eq!(fs::chroot("/"), Err(Errno::EPERM));
        assert_eq!(fs::chroot("/missing"), Err(Errno::ENOENT));
        assert_eq!(fs::chroot("/dev/null"), Err(Errno::ENOTDIR));
    });
}
