//! The cases that need a process of their own, and what they share.

use std::{
    env,
    ffi::{CStr, CString},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    ptr,
};

use rawos::Errno;

use crate::{
    host, klog, mount, mount_fd, power, root,
    util::{
        child::{command, passes},
        libc_result, not_run, temp_dir,
    },
};

crate::cases!(
    host::named,
    klog::written,
    mount::mounted,
    mount::refused,
    mount::propagated,
    mount_fd::steps,
    mount_fd::copied,
    mount_fd::refused,
    power::namespaces,
    root::pivoted,
    root::pivot_refused,
    root::switched,
    root::switched_without_statx,
    root::bound,
    root::stacked,
    root::others_add,
    root::kept,
    root::moved_back,
    root::not_in_memory,
    root::from_rootfs,
);

/// Runs the case `name` in a process of its own, with a directory that is there
/// until its mounts are gone.
pub fn case(name: &str) {
    let dir = temp_dir();
    passes(command(name).env("RAWOS_DIR", dir.path()));
}

/// The directory of this case.
pub fn dir() -> PathBuf {
    env::var_os("RAWOS_DIR").expect("a directory").into()
}

/// A new directory of this case.
pub fn new_dir(name: &str) -> PathBuf {
    let path = dir().join(name);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Gives this process mounts of its own, from which nothing gets out; false,
/// and said, without the privilege for it, and in a chroot.
#[must_use]
pub fn own_mounts() -> bool {
    // SAFETY: takes an integer.
    if unsafe { libc::unshare(libc::CLONE_NEWNS) } != 0 {
        not_run("namespaces need privilege");
        return false;
    }
    let private = libc::MS_REC | libc::MS_PRIVATE;
    match libc_mount(None, c"/", None, private, None) {
        Err(Errno::EINVAL | Errno::EACCES) => {
            not_run("the root is no mount point, or not to be changed");
            false
        }
        result => result == Ok(0) || panic!("{result:?}"),
    }
}

pub fn c_string(path: impl AsRef<Path>) -> CString {
    CString::new(path.as_ref().as_os_str().as_bytes()).unwrap()
}

/// glibc's mount.
pub fn libc_mount(
    source: Option<&CStr>,
    target: &CStr,
    fstype: Option<&CStr>,
    flags: libc::c_ulong,
    data: Option<&CStr>,
) -> Result<i64, Errno> {
    let pointer = |string: Option<&CStr>| string.map_or(ptr::null(), CStr::as_ptr);
    let data = pointer(data).cast();
    // SAFETY: reads the strings.
    libc_result(unsafe {
        libc::mount(pointer(source), target.as_ptr(), pointer(fstype), flags, data)
    })
}

/// Mounts a tmpfs, as the test's scene.
pub fn tmpfs(path: &Path) {
    fs::create_dir_all(path).unwrap();
    let mounted = libc_mount(Some(c"scene"), &c_string(path), Some(c"tmpfs"), 0, None);
    assert_eq!(mounted, Ok(0));
}

/// The line of /proc/self/mountinfo about what is mounted at `path`.
pub fn mount_at(path: &Path) -> Option<String> {
    let lines = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let here = |line: &&str| line.split(' ').nth(4) == path.to_str();
    lines.lines().rfind(here).map(str::to_owned)
}

/// Whether this is a guest, which nobody else uses.
pub fn booted() -> bool {
    env::var_os("RAWOS_BOOTED").is_some()
}

/// Whether an emulator of single programs runs this.
pub fn emulated() -> bool {
    crate::util::runner().is_some()
}

/// The names in a directory, sorted.
pub fn names(path: impl AsRef<Path>) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
