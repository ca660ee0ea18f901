//! `src/init/mount.rs`.

use std::{
    ffi::CStr,
    fs::{self, File},
    path::Path,
};

use rawos::{
    Errno,
    init::{self, MountFlags, UmountFlags},
};

use crate::{
    apart::{c_string, case, dir, libc_mount, mount_at, new_dir, own_mounts, tmpfs},
    util::{as_nobody, libc_result},
};

const NONE: MountFlags = MountFlags::empty();

#[test]
fn flags_have_libcs_values() {
    let pairs = [
        (MountFlags::RDONLY, libc::MS_RDONLY),
        (MountFlags::NOSUID, libc::MS_NOSUID),
        (MountFlags::NODEV, libc::MS_NODEV),
        (MountFlags::NOEXEC, libc::MS_NOEXEC),
        (MountFlags::SYNCHRONOUS, libc::MS_SYNCHRONOUS),
        (MountFlags::REMOUNT, libc::MS_REMOUNT),
        (MountFlags::MANDLOCK, libc::MS_MANDLOCK),
        (MountFlags::DIRSYNC, libc::MS_DIRSYNC),
        (MountFlags::NOSYMFOLLOW, 256),
        (MountFlags::NOATIME, libc::MS_NOATIME),
        (MountFlags::NODIRATIME, libc::MS_NODIRATIME),
        (MountFlags::BIND, libc::MS_BIND),
        (MountFlags::MOVE, libc::MS_MOVE),
        (MountFlags::REC, libc::MS_REC),
        (MountFlags::SILENT, libc::MS_SILENT),
        (MountFlags::POSIXACL, libc::MS_POSIXACL),
        (MountFlags::UNBINDABLE, libc::MS_UNBINDABLE),
        (MountFlags::PRIVATE, libc::MS_PRIVATE),
        (MountFlags::SLAVE, libc::MS_SLAVE),
        (MountFlags::SHARED, libc::MS_SHARED),
        (MountFlags::RELATIME, libc::MS_RELATIME),
        (MountFlags::I_VERSION, libc::MS_I_VERSION),
        (MountFlags::STRICTATIME, libc::MS_STRICTATIME),
        (MountFlags::LAZYTIME, libc::MS_LAZYTIME),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours.bits(), theirs, "{ours:?}");
    }
    let pairs = [
        (UmountFlags::FORCE, libc::MNT_FORCE),
        (UmountFlags::DETACH, libc::MNT_DETACH),
        (UmountFlags::EXPIRE, libc::MNT_EXPIRE),
        (UmountFlags::NOFOLLOW, libc::UMOUNT_NOFOLLOW),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours.bits() as i32, theirs, "{ours:?}");
    }
}

#[test]
fn file_systems_come_and_go() {
    case("mount::mounted");
}

pub fn mounted() {
    if !own_mounts() {
        return;
    }
    let (one, two, three) = (new_dir("one"), new_dir("two"), new_dir("three"));
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    assert_eq!(init::mount("named", &*c(&one), "tmpfs", flags, "size=1m,mode=710"), Ok(()));
    let line = mount_at(&one).unwrap();
    for part in ["nosuid,nodev", " - tmpfs named ", "size=1024k", "mode=710"] {
        assert!(line.contains(part), "{line}");
    }
    fs::write(one.join("file"), "content").unwrap();

    // Without a source, the kernel says so.
    assert_eq!(init::mount("", &*c(&two), "tmpfs", NONE, ""), Ok(()));
    assert!(mount_at(&two).unwrap().contains(" - tmpfs none "));
    assert_eq!(init::umount(&*c(&two)), Ok(()));
    assert_eq!(mount_at(&two), None);

    assert_eq!(init::mount(&*c(&one), &*c(&two), "", MountFlags::BIND, ""), Ok(()));
    assert_eq!(fs::read_to_string(two.join("file")).unwrap(), "content");
    // This mount alone becomes read-only.
    let read_only = MountFlags::REMOUNT | MountFlags::BIND | MountFlags::RDONLY;
    assert_eq!(init::mount("", &*c(&two), "", read_only, ""), Ok(()));
    let refused = fs::write(two.join("file"), "x").unwrap_err();
    assert_eq!(refused.raw_os_error(), Some(libc::EROFS));
    fs::write(one.join("file"), "more").unwrap();
    // The file system, everywhere; and the flags are those that were given.
    let all = MountFlags::REMOUNT | MountFlags::RDONLY;
    assert_eq!(init::mount("", &*c(&one), "", all, "size=2m"), Ok(()));
    assert!(fs::write(one.join("file"), "x").is_err());
    let line = mount_at(&one).unwrap();
    assert!(line.contains("size=2048k") && !line.contains("nosuid"), "{line}");
    // But for access times.
    let flags = MountFlags::REMOUNT | MountFlags::NOATIME;
    assert_eq!(init::mount("", &*c(&one), "", flags, ""), Ok(()));
    assert_eq!(init::mount("", &*c(&one), "", all | MountFlags::NODEV, ""), Ok(()));
    let line = mount_at(&one).unwrap();
    assert!(line.contains("noatime") && line.contains("nodev"), "{line}");
    assert_eq!(init::mount("", &*c(&one), "", all | MountFlags::RELATIME, ""), Ok(()));
    let line = mount_at(&one).unwrap();
    assert!(!line.contains("noatime") && line.contains("relatime"), "{line}");

    assert_eq!(init::mount(&*c(&two), &*c(&three), "", MountFlags::MOVE, ""), Ok(()));
    assert_eq!(mount_at(&two), None);
    assert!(mount_at(&three).is_some());

    // In use: not at all, or later.
    let file = File::open(three.join("file")).unwrap();
    assert_eq!(init::umount(&*c(&three)), Err(Errno::EBUSY));
    assert_eq!(init::umount2(&*c(&three), UmountFlags::DETACH), Ok(()));
    assert_eq!(mount_at(&three), None);
    assert_eq!(std::io::read_to_string(file).unwrap(), "more");

    // Marked the first time, gone the second.
    assert_eq!(init::umount2(&*c(&one), UmountFlags::EXPIRE), Err(Errno::EAGAIN));
    assert_eq!(init::umount2(&*c(&one), UmountFlags::EXPIRE), Ok(()));
    assert_eq!(mount_at(&one), None);

    // A symlink is followed, or is no mount point.
    tmpfs(&one);
    let link = dir().join("link");
    std::os::unix::fs::symlink(&one, &link).unwrap();
    assert_eq!(init::umount2(&*c(&link), UmountFlags::NOFOLLOW), Err(Errno::EINVAL));
    assert_eq!(init::umount2(&*c(&link), UmountFlags::empty()), Ok(()));
}

fn c(path: &Path) -> std::ffi::CString {
    c_string(path)
}

#[test]
fn what_cannot_be_mounted_is_refused_as_by_glibc() {
    case("mount::refused");
}

type Call<'a> = (Option<&'a CStr>, &'a CStr, Option<&'a CStr>, MountFlags, Option<&'a CStr>);

pub fn refused() {
    if !own_mounts() {
        return;
    }
    let (plain, mounted) = (new_dir("plain"), new_dir("mounted"));
    let file = dir().join("file");
    fs::write(&file, "").unwrap();
    tmpfs(&mounted);
    let (plain, mounted, file) = (c(&plain), c(&mounted), c(&file));
    let (plain, mounted, file) = (&*plain, &*mounted, &*file);
    let tmpfs = Some(c"tmpfs");
    // One that there is: for any other name, the kernel runs modprobe(8). What is
    // after the dot, it looks at later.
    let on_a_disk = fs::read_to_string("/proc/filesystems").unwrap();
    let on_a_disk = on_a_disk.lines().find_map(|line| line.strip_prefix('\t'));
    let on_a_disk = on_a_disk.map(c_string);
    let on_a_disk = Some(on_a_disk.as_deref().unwrap_or(c"tmpfs.none"));
    let contrary = MountFlags::SHARED | MountFlags::PRIVATE;
    let remount = MountFlags::REMOUNT;
    let calls: &[Call] = &[
        (None, c"/no/such/dir", tmpfs, NONE, None),
        (None, c"", tmpfs, NONE, None),
        (None, file, tmpfs, NONE, None),
        (None, plain, Some(c"tmpfs.nonsense"), NONE, None),
        (None, plain, None, NONE, None),
        (None, plain, tmpfs, NONE, Some(c"size=nonsense")),
        (None, plain, tmpfs, NONE, Some(c"nonsense")),
        (Some(c"/dev/null"), plain, on_a_disk, NONE, None),
        (Some(c"/no/such"), plain, on_a_disk, NONE, None),
        (None, plain, None, MountFlags::BIND, None),
        (Some(c"/no/such"), plain, None, MountFlags::BIND, None),
        (Some(file), plain, None, MountFlags::BIND, None),
        (None, plain, None, remount, None),
        (None, plain, None, remount | MountFlags::BIND | MountFlags::RDONLY, None),
        (None, mounted, None, remount, Some(c"nonsense")),
        (Some(plain), mounted, None, MountFlags::MOVE, None),
        (Some(mounted), mounted, None, MountFlags::MOVE, None),
        (Some(c"/"), mounted, None, MountFlags::MOVE, None),
        (None, mounted, None, MountFlags::MOVE, None),
        (None, plain, None, MountFlags::PRIVATE, None),
        (None, mounted, None, contrary, None),
        (None, mounted, None, MountFlags::PRIVATE | MountFlags::NOSUID, None),
    ];
    let before = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let judge = || {
        for (source, target, fstype, flags, data) in calls {
            let theirs = libc_mount(*source, target, *fstype, flags.bits(), *data);
            let empty = |string: &Option<_>| string.unwrap_or(c"");
            let ours =
                init::mount(empty(source), *target, empty(fstype), *flags, empty(data)).map(|()| 0);
            assert_eq!(ours, theirs, "{source:?} {target:?} {fstype:?} {flags:?} {data:?}");
            assert!(ours.is_err(), "{source:?} {target:?} {fstype:?} {flags:?} {data:?}");
        }
        let umounts: &[(&CStr, UmountFlags)] = &[
            (c"/no/such", UmountFlags::empty()),
            (c"", UmountFlags::empty()),
            (plain, UmountFlags::empty()),
            (plain, UmountFlags::DETACH),
            (file, UmountFlags::empty()),
            (mounted, UmountFlags::EXPIRE | UmountFlags::DETACH),
            (mounted, UmountFlags::from_bits_retain(1 << 20)),
        ];
        for (target, flags) in umounts {
            // SAFETY: reads the path.
            let theirs =
                libc_result(unsafe { libc::umount2(target.as_ptr(), flags.bits() as i32) });
            let ours = init::umount2(*target, *flags).map(|()| 0);
            assert_eq!(ours, theirs, "{target:?} {flags:?}");
            assert!(ours.is_err(), "{target:?} {flags:?}");
        }
    };
    judge();
    as_nobody(judge);
    for nul in ["a\0b", "\0"] {
        assert_eq!(init::mount(nul, mounted, "tmpfs", NONE, ""), Err(Errno::EINVAL));
        assert_eq!(init::mount("x", nul, "tmpfs", NONE, ""), Err(Errno::EINVAL));
        assert_eq!(init::mount("x", mounted, nul, NONE, ""), Err(Errno::EINVAL));
        assert_eq!(init::mount("x", mounted, "tmpfs", NONE, nul), Err(Errno::EINVAL));
        assert_eq!(init::umount(nul), Err(Errno::EINVAL));
    }
    let long = "x".repeat(4096);
    assert_eq!(init::mount("x", mounted, "tmpfs", NONE, &*long), Err(Errno::ENAMETOOLONG));
    assert_eq!(fs::read_to_string("/proc/self/mountinfo").unwrap(), before);
}

#[test]
fn mounts_propagate_as_they_are_told() {
    case("mount::propagated");
}

pub fn propagated() {
    if !own_mounts() {
        return;
    }
    let (place, copy) = (new_dir("place"), new_dir("copy"));
    tmpfs(&place);
    let set = |path: &Path, flags| init::mount("", &*c(path), "", flags, "");
    // The optional fields, between the sixth and the hyphen.
    let fields = |path: &Path| {
        let line = mount_at(path).unwrap();
        let fields: Vec<&str> = line.split(' ').skip(6).take_while(|field| *field != "-").collect();
        fields.iter().map(|field| field.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fields(&place), Vec::<String>::new());
    assert_eq!(set(&place, MountFlags::SHARED), Ok(()));
    assert_eq!(fields(&place), ["shared"]);
    fs::create_dir(place.join("below")).unwrap();
    assert_eq!(init::mount(&*c(&place), &*c(&copy), "", MountFlags::BIND, ""), Ok(()));
    assert_eq!(set(&copy, MountFlags::SLAVE), Ok(()));
    assert_eq!(fields(&copy), ["master"]);
    tmpfs(&place.join("below"));
    assert!(mount_at(&copy.join("below")).is_some());
    // All that is below, too.
    assert_eq!(set(&copy, MountFlags::PRIVATE | MountFlags::REC), Ok(()));
    assert_eq!(fields(&copy.join("below")), Vec::<String>::new());
    assert_eq!(init::umount(&*c(&place.join("below"))), Ok(()));
    assert!(mount_at(&copy.join("below")).is_some());
    assert_eq!(set(&place, MountFlags::UNBINDABLE), Ok(()));
    assert_eq!(fields(&place), ["unbindable"]);
    let bound = init::mount(&*c(&place), &*c(&new_dir("third")), "", MountFlags::BIND, "");
    assert_eq!(bound, Err(Errno::EINVAL));
}
