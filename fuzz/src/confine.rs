//! What a bug must not reach: the rest of this machine's files.

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::{env, mem, ptr};

use crate::plan::c;

/// Has this thread see every file system read-only, but for the directory for
/// scratch files and the current one, where libFuzzer keeps what it finds. Only
/// root can do so, and only root needs to.
pub fn confine() {
    // SAFETY: takes nothing.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    let places = [crate::scratch_parent(), env::current_dir().expect("a current directory")];
    match read_only_but(&places) {
        Ok(()) => {
            // The place as it is now.
            env::set_current_dir(&places[1]).expect("the current directory");
            let refused = std::fs::write("/rawos-fuzz-was-here", "").is_err();
            assert!(refused, "the root directory can be written");
        }
        // In a chroot or a container. What keeps a plan in its directory then is
        // how plans are made.
        Err(error) => eprintln!("not confined: {}", std::io::Error::from_raw_os_error(error)),
    }
}

fn read_only_but(places: &[PathBuf]) -> Result<(), i32> {
    // SAFETY: takes a number.
    c(unsafe { libc::unshare(libc::CLONE_NEWNS) })?;
    mount(None, Path::new("/"), libc::MS_REC | libc::MS_PRIVATE)?;
    for place in places {
        mount(Some(place), place, libc::MS_BIND)?;
    }
    set_read_only(Path::new("/"), libc::AT_RECURSIVE, true)?;
    places.iter().try_for_each(|place| set_read_only(place, 0, false))
}

fn string(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap()
}

fn mount(from: Option<&Path>, to: &Path, flags: libc::c_ulong) -> Result<(), i32> {
    let (from, to) = (from.map(string), string(to));
    let from = from.as_deref().map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: strings, or null where none is read.
    c(unsafe { libc::mount(from, to.as_ptr(), ptr::null(), flags, ptr::null()) }).map(drop)
}

fn set_read_only(path: &Path, flags: i32, on: bool) -> Result<(), i32> {
    // SAFETY: zeroes are a valid struct.
    let mut attr: libc::mount_attr = unsafe { mem::zeroed() };
    *(if on { &mut attr.attr_set } else { &mut attr.attr_clr }) = libc::MOUNT_ATTR_RDONLY;
    let (path, size) = (string(path), size_of_val(&attr));
    // SAFETY: reads the string, and the struct of this size.
    let done = unsafe {
        libc::syscall(libc::SYS_mount_setattr, libc::AT_FDCWD, path.as_ptr(), flags, &attr, size)
    };
    c(done).map(drop)
}
