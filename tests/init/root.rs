//! `src/init/root.rs`.

use std::{
    fs::{self, File},
    os::{
        fd::AsRawFd as _,
        unix::fs::{MetadataExt as _, symlink},
    },
    path::{Path, PathBuf},
};

use rawos::{
    Errno,
    fs::DirBuf,
    init::{self, OldRoot},
};

use crate::{
    apart::{booted, c_string, case, emulated, libc_mount, names, new_dir, own_mounts, tmpfs},
    util::{again::open_descriptors, as_nobody, libc_result, not_run, refuse, refuse_when},
};

#[test]
fn the_root_is_another_and_the_old_one_is_below() {
    case("root::pivoted");
}

pub fn pivoted() {
    if !own_mounts() {
        return;
    }
    // Not on the initramfs of a guest, which cannot be moved.
    let outer = new_dir("outer");
    tmpfs(&outer);
    enter(&outer);
    tmpfs(Path::new("/new"));
    fs::create_dir("/new/old").unwrap();
    fs::write("/new/file", "").unwrap();
    fs::write("/before", "").unwrap();
    assert_eq!(init::pivot_root("/new", "/new/old"), Ok(()));
    std::env::set_current_dir("/").unwrap();
    assert_eq!(names("/"), ["file", "old"]);
    assert_eq!(names("/old"), ["before", "new"]);
    // And without a directory for it: on top, and away.
    tmpfs(Path::new("/newer"));
    std::env::set_current_dir("/newer").unwrap();
    assert_eq!(init::pivot_root(".", "."), Ok(()));
    assert_eq!(init::umount2(".", init::UmountFlags::DETACH), Ok(()));
    std::env::set_current_dir("/").unwrap();
    assert_eq!(names("/"), Vec::<String>::new());
}

#[test]
fn a_root_that_cannot_be_is_refused_as_by_libc() {
    case("root::pivot_refused");
}

pub fn pivot_refused() {
    if !own_mounts() {
        return;
    }
    let (place, plain) = (new_dir("place"), new_dir("plain"));
    tmpfs(&place);
    fs::create_dir(place.join("old")).unwrap();
    let pairs = [
        (Path::new("/no/such"), Path::new("/no/such/old")),
        (&*place, Path::new("/no/such")),
        (&*plain, &*plain),
        (&*place, &*plain),
        (Path::new("/"), Path::new("/")),
        (Path::new("/dev/null"), Path::new("/dev/null")),
        (Path::new(""), Path::new("")),
    ];
    let judge = || {
        for (new_root, put_old) in pairs {
            let (new_root, put_old) = (c_string(new_root), c_string(put_old));
            // SAFETY: reads the two paths.
            let theirs = libc_result(unsafe {
                libc::syscall(libc::SYS_pivot_root, new_root.as_ptr(), put_old.as_ptr())
            });
            let ours = init::pivot_root(&*new_root, &*put_old).map(|()| 0);
            assert_eq!(ours, theirs, "{new_root:?} {put_old:?}");
            assert!(ours.is_err(), "{new_root:?} {put_old:?}");
        }
    };
    judge();
    as_nobody(judge);
    assert_eq!(init::pivot_root("a\0b", "/"), Err(Errno::EINVAL));
    assert_eq!(init::pivot_root("/", "a\0b"), Err(Errno::EINVAL));
}

/// Makes `path` this process's root, by libc.
fn enter(path: &Path) {
    std::os::unix::fs::chroot(path).unwrap();
    std::env::set_current_dir("/").unwrap();
}

fn mount_proc(path: &str) {
    fs::create_dir(path).unwrap();
    assert_eq!(libc_mount(None, &c_string(path), Some(c"proc"), 0, None), Ok(0));
}

/// A root as an initramfs makes it: in memory, with the usual mounts, one more,
/// and a new root at `/new`.
fn initramfs() {
    let root = new_dir("root");
    tmpfs(&root);
    enter(&root);
    mount_proc("/proc");
    tmpfs(Path::new("/run"));
    fs::write("/run/state", "kept").unwrap();
    // No mount of its own.
    fs::create_dir("/sys").unwrap();
    fs::write("/sys/file", "").unwrap();
    // Deeper than there are descriptors for.
    fs::create_dir_all(format!("/lib{}", "/d".repeat(40))).unwrap();
    fs::write(format!("/lib{}/file", "/d".repeat(40)), "").unwrap();
    for index in 0..500 {
        fs::write(format!("/lib/{index}"), "").unwrap();
    }
    fs::write("/init", "").unwrap();
    symlink("init", "/linuxrc").unwrap();
    symlink("/new", "/link").unwrap();
    fs::create_dir_all("/a/b").unwrap();
    fs::write("/a/file", "").unwrap();
    tmpfs(Path::new("/a/b/mounted"));
    fs::write("/a/b/mounted/file", "").unwrap();
    tmpfs(Path::new("/mnt"));
    fs::write("/mnt/file", "").unwrap();
    tmpfs(Path::new("/new"));
    fs::write("/new/new-root", "").unwrap();
    for name in ["proc", "sys", "dev"] {
        fs::create_dir(Path::new("/new").join(name)).unwrap();
    }
}

/// The directory below an open one, which no path from the root leads to.
fn below(dir: &File, path: &str) -> PathBuf {
    format!("/proc/self/fd/{}/{path}", dir.as_raw_fd()).into()
}

fn switch(to: &str, old: OldRoot) -> Result<Result<(), Errno>, Errno> {
    init::switch_root(to, old, &mut DirBuf::new())
}

#[test]
fn out_of_an_initramfs() {
    case("root::switched");
}

pub fn switched() {
    if own_mounts() {
        out_of_it();
    }
}

#[test]
fn out_of_an_initramfs_in_a_sandbox() {
    case("root::switched_without_statx");
}

/// Devices alone tell what is mounted then.
pub fn switched_without_statx() {
    if emulated() {
        return not_run("no filter of system calls here");
    }
    if own_mounts() {
        refuse(libc::SYS_statx, libc::EPERM);
        out_of_it();
    }
}

fn out_of_it() {
    initramfs();
    fs::create_dir("/new/run").unwrap();
    symlink("/run", "/new/elsewhere").unwrap();
    let (old, new) = (File::open("/").unwrap(), fs::metadata("/new").unwrap());
    let run = File::open("/run").unwrap();
    std::env::set_current_dir("/a").unwrap();
    assert_eq!(switch("/new", OldRoot::Remove), Ok(Ok(())));
    let root = fs::metadata("/").unwrap();
    assert_eq!((root.dev(), root.ino()), (new.dev(), new.ino()));
    assert_eq!(std::env::current_dir().unwrap(), Path::new("/"));
    assert_eq!(names("/"), ["dev", "elsewhere", "new-root", "proc", "run", "sys"]);
    // What is mounted came along.
    assert!(Path::new("/proc/self/stat").exists());
    assert_eq!(fs::read_to_string("/run/state").unwrap(), "kept");
    assert_eq!(run.metadata().unwrap().dev(), fs::metadata("/run").unwrap().dev());
    assert_eq!(names("/sys"), Vec::<String>::new());
    // Of the old root there is what leads to another file system.
    assert_eq!(names(below(&old, "")), ["a", "mnt"]);
    assert_eq!(names(below(&old, "mnt")), ["file"]);
    assert_eq!(names(below(&old, "a")), ["b"]);
    assert_eq!(names(below(&old, "a/b/mounted")), ["file"]);
}

#[test]
fn bind_mounts_of_the_same_file_system_are_left() {
    case("root::bound");
}

pub fn bound() {
    if emulated() {
        return not_run("the emulator does not tell one mount from another");
    }
    if !own_mounts() {
        return;
    }
    // The root is part of a file system, and another part is mounted in it.
    let whole = new_dir("whole");
    tmpfs(&whole);
    fs::create_dir(whole.join("volume")).unwrap();
    fs::write(whole.join("volume/precious"), "").unwrap();
    // Directories before and after what is mounted, whatever the order is.
    fs::create_dir_all(whole.join("root/a/b/before")).unwrap();
    for name in ["data", "a/b/data", "run"] {
        let place = whole.join("root").join(name);
        fs::create_dir_all(&place).unwrap();
        let (volume, place) = (c_string(whole.join("volume")), c_string(place));
        assert_eq!(libc_mount(Some(&volume), &place, None, libc::MS_BIND, None), Ok(0));
    }
    for name in ["a/b/after", "a/z", "z"] {
        fs::create_dir_all(whole.join("root").join(name)).unwrap();
    }
    let volume = File::open(whole.join("volume")).unwrap();
    enter(&whole.join("root"));
    mount_proc("/proc");
    tmpfs(Path::new("/new"));
    for name in ["proc", "run"] {
        fs::create_dir(Path::new("/new").join(name)).unwrap();
    }
    let old = File::open("/").unwrap();
    assert_eq!(switch("/new", OldRoot::Remove), Ok(Ok(())));
    assert_eq!(names(below(&volume, "")), ["precious"]);
    assert_eq!(names("/run"), ["precious"]);
    assert_eq!(names(below(&old, "")), ["a", "data"]);
    assert_eq!(names(below(&old, "a")), ["b"]);
    assert_eq!(names(below(&old, "a/b")), ["data"]);
}

#[test]
fn mounts_on_top_of_each_other_all_go() {
    case("root::stacked");
}

pub fn stacked() {
    if !own_mounts() {
        return;
    }
    initramfs();
    for _ in 0..4 {
        tmpfs(Path::new("/run"));
    }
    fs::write("/run/top", "").unwrap();
    fs::create_dir("/new/run").unwrap();
    let old = File::open("/").unwrap();
    assert_eq!(switch("/new", OldRoot::Remove), Ok(Ok(())));
    assert_eq!(names("/run"), ["top"]);
    assert_eq!(names(below(&old, "")), ["a", "mnt"]);
}

#[test]
fn what_others_add_is_no_mount() {
    case("root::others_add");
}

pub fn others_add() {
    if emulated() {
        return not_run("no filter of system calls here");
    }
    if !own_mounts() {
        return;
    }
    let root = new_dir("root");
    tmpfs(&root);
    enter(&root);
    fs::create_dir("/plain").unwrap();
    fs::write("/plain/file", "").unwrap();
    tmpfs(Path::new("/new"));
    fs::create_dir("/new/plain").unwrap();
    // What rmdir(2) says if something was added just now.
    refuse_when(libc::SYS_unlinkat, 2, libc::AT_REMOVEDIR as u32, libc::ENOTEMPTY);
    assert_eq!(switch("/new", OldRoot::Remove), Ok(Err(Errno::ENOTEMPTY)));
}

#[test]
fn mounts_that_have_no_place_and_roots_that_stay() {
    case("root::kept");
}

pub fn kept() {
    if !own_mounts() {
        return;
    }
    initramfs();
    // The new root has a link for one, and something mounted for the other.
    fs::remove_dir("/new/proc").unwrap();
    symlink("/a", "/new/proc").unwrap();
    tmpfs(Path::new("/new/run"));
    fs::write("/new/run/mine", "").unwrap();
    let (old, before) = (File::open("/").unwrap(), names("/"));
    std::env::set_current_dir("/new").unwrap();
    assert_eq!(switch(".", OldRoot::Keep), Ok(Ok(())));
    assert_eq!(names("/run"), ["mine"]);
    assert!(!Path::new("/proc/self").exists());
    fs::remove_file("/proc").unwrap();
    mount_proc("/proc");
    assert_eq!(names(below(&old, "")), before);
    assert_eq!(names(below(&old, "run")), ["state"]);
    assert_eq!(names(below(&old, "new")), Vec::<String>::new());
    assert!(below(&old, "proc/self/stat").exists());

    // Once more, from there: in memory too, and now all of it goes.
    fs::remove_dir("/sys").unwrap();
    fs::write("/sys", "").unwrap();
    tmpfs(Path::new("/newer"));
    fs::create_dir("/newer/proc").unwrap();
    let old = File::open("/").unwrap();
    assert_eq!(switch("/newer", OldRoot::RemoveAnyway), Ok(Ok(())));
    assert_eq!(names("/"), ["proc"]);
    assert_eq!(names(below(&old, "")), Vec::<String>::new());
}

#[test]
fn a_switch_that_fails_changes_nothing() {
    case("root::moved_back");
}

pub fn moved_back() {
    if !own_mounts() {
        return;
    }
    initramfs();
    // On the other file system, but no mount point; and one of the same.
    for name in ["", "/proc", "/run"] {
        fs::create_dir_all(format!("/new/sub{name}")).unwrap();
    }
    // Below what would move into it.
    tmpfs(Path::new("/run/inner"));
    fs::create_dir("/run/inner/run").unwrap();
    fs::create_dir("/same").unwrap();
    let bound = libc_mount(Some(c"/a"), c"/same", None, libc::MS_BIND, None);
    assert_eq!(bound, Ok(0));
    std::env::set_current_dir("/a").unwrap();
    let state = || {
        let cwd = std::env::current_dir().unwrap();
        (fs::read_to_string("/proc/self/mountinfo").unwrap(), names("/"), names("/lib"), cwd)
    };
    // The mounts' order may be another, though not their places.
    let places = |text: &str| {
        let mut places: Vec<String> =
            text.lines().map(|line| line.split(' ').nth(4).unwrap().to_owned()).collect();
        places.sort();
        places
    };
    let (before, open) = (state(), open_descriptors());
    for (to, errno) in [
        ("/new/sub", Errno::EINVAL),
        ("/same", Errno::EINVAL),
        ("/run/inner", Errno::ELOOP),
        ("/", Errno::EINVAL),
        ("/lib", Errno::EINVAL),
        ("/no/such/dir", Errno::ENOENT),
        ("/init", Errno::ENOTDIR),
        ("", Errno::ENOENT),
        ("/new\0", Errno::EINVAL),
    ] {
        for old in [OldRoot::Remove, OldRoot::RemoveAnyway, OldRoot::Keep] {
            assert_eq!(switch(to, old), Err(errno), "{to} {old:?}");
            assert_eq!(open_descriptors(), open, "{to} {old:?}");
            let after = state();
            assert_eq!(places(&after.0), places(&before.0), "{to} {old:?}");
            assert_eq!(
                (after.1, after.2, after.3),
                (before.1.clone(), before.2.clone(), before.3.clone())
            );
        }
    }
    as_nobody(|| {
        assert_eq!(switch("/new", OldRoot::Remove), Err(Errno::EPERM));
        assert_eq!(switch("/new", OldRoot::Keep), Err(Errno::EPERM));
    });
    assert_eq!(places(&state().0), places(&before.0));
    // It can be switched to all the same.
    assert_eq!(switch("/new", OldRoot::Remove), Ok(Ok(())));
    assert_eq!(open_descriptors(), open);
}

#[test]
fn out_of_the_real_initramfs() {
    if !booted() {
        return not_run("the root is no initramfs");
    }
    case("root::from_rootfs");
}

pub fn from_rootfs() {
    // The files are those of every process: they stay.
    assert!(own_mounts());
    let (before, new) = (names("/"), new_dir("new"));
    tmpfs(&new);
    for name in ["dev", "proc", "sys", "run"] {
        fs::create_dir(new.join(name)).unwrap();
    }
    let old = File::open("/").unwrap();
    assert_eq!(switch(new.to_str().unwrap(), OldRoot::Keep), Ok(Ok(())));
    assert_eq!(names("/"), ["dev", "proc", "run", "sys"]);
    for name in ["dev/null", "proc/self", "sys/kernel"] {
        assert!(Path::new("/").join(name).exists(), "{name}");
        assert!(!below(&old, name).exists(), "{name}");
    }
    assert_eq!(names(below(&old, "")), before);
}

#[test]
fn only_a_root_in_memory_is_removed_just_so() {
    case("root::not_in_memory");
}

pub fn not_in_memory() {
    if !own_mounts() {
        return;
    }
    let root = new_dir("root");
    assert_eq!(libc_mount(None, &c_string(&root), Some(c"proc"), 0, None), Ok(0));
    enter(&root);
    let bound = libc_mount(None, c"/sys/fs", Some(c"tmpfs"), 0, None);
    assert_eq!(bound, Ok(0));
    assert_eq!(switch("/sys/fs", OldRoot::Remove), Err(Errno::EINVAL));
    assert!(Path::new("/self/stat").exists());
    assert_eq!(switch("/sys/fs", OldRoot::Keep), Ok(Ok(())));
    assert_eq!(names("/"), Vec::<String>::new());
}
