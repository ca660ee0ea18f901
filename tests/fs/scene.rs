//! The same call by rawos and by libc on every kind of path: the same errno,
//! and the same tree afterwards.

use std::{
    ffi::{CStr, CString},
    fs as stdfs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    panic::RefUnwindSafe,
    path::Path,
};

use rawos::Errno;

use crate::util::{as_nobody, libc_result, temp_dir};

const PATHS: &[&str] = &[
    "",
    ".",
    "dir",
    "dir/",
    "file",
    "file/",
    "file/x",
    "to-file",
    "to-dir",
    "to-dir/",
    "dangling",
    "loop",
    "loop/x",
    "fifo",
    "closed",
    "closed/x",
    "missing",
    "missing/",
    "missing/x",
    "open",
];

/// A directory with one of everything, and paths into it and to nowhere.
pub fn scene() -> (tempfile::TempDir, Vec<CString>) {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name);
    let mode = |name: &str, mode| {
        stdfs::set_permissions(at(name), stdfs::Permissions::from_mode(mode)).unwrap();
    };
    stdfs::create_dir(at("dir")).unwrap();
    stdfs::write(at("file"), b"content").unwrap();
    mode("file", 0o644);
    stdfs::write(at("open"), b"for all").unwrap();
    mode("open", 0o666);
    symlink("file", at("to-file")).unwrap();
    symlink("dir", at("to-dir")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink("loop", at("loop")).unwrap();
    let fifo = CString::new(at("fifo").to_str().unwrap()).unwrap();
    // SAFETY: only reads the path.
    assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
    stdfs::create_dir(at("closed")).unwrap();
    mode("closed", 0o0);
    let mut all: Vec<CString> =
        PATHS.iter().map(|path| CString::new(at(path).to_str().unwrap()).unwrap()).collect();
    all.push(c"".into());
    all.push(CString::new(at(&"n".repeat(256)).to_str().unwrap()).unwrap());
    all.push(CString::new("/x".repeat(3000)).unwrap());
    all.push(c"/proc/self/missing".into());
    (tmp, all)
}

/// Every path in `root` with its mode, owner, size, number of names, device
/// and symlink target.
fn tree(root: &Path) -> Vec<String> {
    let mut found: Vec<String> = stdfs::read_dir(root)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let meta = path.symlink_metadata().unwrap();
            let size = if meta.is_dir() { 0 } else { meta.len() };
            format!(
                "{:?} {:o} {} {} {size} {} {} {:?}",
                path.file_name().unwrap(),
                meta.mode(),
                meta.uid(),
                meta.gid(),
                meta.nlink(),
                meta.rdev(),
                stdfs::read_link(&path).ok(),
            )
        })
        .collect();
    found.sort();
    found
}

/// Runs `ours` in one scene and `theirs` in another, path by path, as this
/// user and as nobody. Returns how many calls succeeded and failed.
pub fn compare(
    what: &str,
    ours: impl Fn(&CStr) -> rawos::Result<()> + Sync + RefUnwindSafe,
    theirs: impl Fn(&CStr) -> libc::c_int + Sync + RefUnwindSafe,
) -> (usize, usize) {
    let mut count = (0, 0);
    for nobody in [false, true] {
        let ((our_dir, our_paths), (their_dir, their_paths)) = (scene(), scene());
        let call = || -> Vec<_> {
            let paths = our_paths.iter().zip(&their_paths);
            paths.map(|(ours_at, at)| (ours(ours_at), libc_result(theirs(at)).map(drop))).collect()
        };
        let results = if nobody { as_nobody(call) } else { call() };
        for (path, (ours, theirs)) in our_paths.iter().zip(results) {
            assert_eq!(ours, theirs, "{what} {path:?}, as nobody: {nobody}");
            match ours {
                Ok(()) => count.0 += 1,
                Err(_) => count.1 += 1,
            }
        }
        assert_eq!(tree(our_dir.path()), tree(their_dir.path()), "{what}, as nobody: {nobody}");
    }
    assert!(count.1 > 10, "{what}: the scene has bad paths");
    count
}

/// Has the kernel answer the system call `number` with `errno` for the rest of
/// this thread's life, as a sandbox does. Where no filter can be installed
/// (qemu-user says `EINVAL`), the call stays: what a fallback returns must be
/// the same anyway.
pub fn refuse(number: libc::c_long, errno: Errno) {
    let statement = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let filter = [
        // Load the number; compare; refuse; allow.
        statement(0x20, 0, 0, 0),
        statement(0x15, 0, 1, number as u32),
        statement(0x06, 0, 0, libc::SECCOMP_RET_ERRNO | errno.raw() as u32),
        statement(0x06, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: filter.as_ptr().cast_mut() };
    // SAFETY: takes integers.
    let privileges = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    assert_eq!(privileges, 0, "{}", io::Error::last_os_error());
    // SAFETY: only reads the program, of four statements.
    let installed = unsafe { libc::prctl(libc::PR_SET_SECCOMP, 2, &program) };
    if installed != 0 {
        assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EINVAL));
    }
}

/// Runs `then` in a thread of its own: filters, the current directory and the
/// root can be the thread's.
pub fn in_thread<T: Send>(then: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            // SAFETY: takes an integer.
            let unshared = unsafe { libc::unshare(libc::CLONE_FS) };
            assert_eq!(unshared, 0, "{}", io::Error::last_os_error());
            then()
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
