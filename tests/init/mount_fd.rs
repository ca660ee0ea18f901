//! `src/init/mount_fd.rs`.

use std::{ffi::CStr, fs, path::Path};

use rawos::{
    Errno,
    fd::{self, AsFd as _, CWD},
    fs::MemfdFlags,
    init::{
        self, FsConfig, FsmountFlags, FsopenFlags, FspickFlags, MountAttrs, MoveMountFlags,
        OpenTreeFlags,
    },
};

use crate::{
    apart::{c_string, case, emulated, mount_at, names, new_dir, own_mounts, tmpfs},
    util::{again::open_descriptors, is_cloexec, libc_result, not_run, refuse},
};

const OPEN: FsopenFlags = FsopenFlags::empty();
const EMPTY_PATH: MoveMountFlags = MoveMountFlags::F_EMPTY_PATH;

#[test]
fn flags_have_libcs_values() {
    let pairs = [
        (FsopenFlags::CLOEXEC.bits(), libc::FSOPEN_CLOEXEC),
        (FspickFlags::CLOEXEC.bits(), libc::FSPICK_CLOEXEC),
        (FspickFlags::SYMLINK_NOFOLLOW.bits(), libc::FSPICK_SYMLINK_NOFOLLOW),
        (FspickFlags::NO_AUTOMOUNT.bits(), libc::FSPICK_NO_AUTOMOUNT),
        (FspickFlags::EMPTY_PATH.bits(), libc::FSPICK_EMPTY_PATH),
        (FsmountFlags::CLOEXEC.bits(), libc::FSMOUNT_CLOEXEC),
        (OpenTreeFlags::CLONE.bits(), libc::OPEN_TREE_CLONE),
        (MoveMountFlags::F_SYMLINKS.bits(), libc::MOVE_MOUNT_F_SYMLINKS),
        (MoveMountFlags::F_AUTOMOUNTS.bits(), libc::MOVE_MOUNT_F_AUTOMOUNTS),
        (MoveMountFlags::F_EMPTY_PATH.bits(), libc::MOVE_MOUNT_F_EMPTY_PATH),
        (MoveMountFlags::T_SYMLINKS.bits(), libc::MOVE_MOUNT_T_SYMLINKS),
        (MoveMountFlags::T_AUTOMOUNTS.bits(), libc::MOVE_MOUNT_T_AUTOMOUNTS),
        (MoveMountFlags::T_EMPTY_PATH.bits(), libc::MOVE_MOUNT_T_EMPTY_PATH),
        (MoveMountFlags::SET_GROUP.bits(), libc::MOVE_MOUNT_SET_GROUP),
        (MoveMountFlags::BENEATH.bits(), libc::MOVE_MOUNT_BENEATH),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours, theirs);
    }
    let pairs = [
        (OpenTreeFlags::CLOEXEC.bits(), libc::O_CLOEXEC),
        (OpenTreeFlags::RECURSIVE.bits(), libc::AT_RECURSIVE),
        (OpenTreeFlags::EMPTY_PATH.bits(), libc::AT_EMPTY_PATH),
        (OpenTreeFlags::NO_AUTOMOUNT.bits(), libc::AT_NO_AUTOMOUNT),
        (OpenTreeFlags::SYMLINK_NOFOLLOW.bits(), libc::AT_SYMLINK_NOFOLLOW),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours as i32, theirs);
    }
    let pairs = [
        (MountAttrs::RDONLY, libc::MOUNT_ATTR_RDONLY),
        (MountAttrs::NOSUID, libc::MOUNT_ATTR_NOSUID),
        (MountAttrs::NODEV, libc::MOUNT_ATTR_NODEV),
        (MountAttrs::NOEXEC, libc::MOUNT_ATTR_NOEXEC),
        (MountAttrs::NOATIME, libc::MOUNT_ATTR_NOATIME),
        (MountAttrs::STRICTATIME, libc::MOUNT_ATTR_STRICTATIME),
        (MountAttrs::NODIRATIME, libc::MOUNT_ATTR_NODIRATIME),
        (MountAttrs::NOSYMFOLLOW, libc::MOUNT_ATTR_NOSYMFOLLOW),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(u64::from(ours.bits()), theirs, "{ours:?}");
    }
}

/// The error of a raw call, by libc.
fn libc_error(number: libc::c_long, args: [libc::c_long; 5]) -> Result<i64, Errno> {
    let [a, b, c, d, e] = args;
    // SAFETY: the callers give strings where the call reads one.
    libc_result(unsafe { libc::syscall(number, a, b, c, d, e) })
}

fn address(string: &CStr) -> libc::c_long {
    string.as_ptr().expose_provenance() as libc::c_long
}

/// Whether the kernel (or the emulator) has these calls. Where it has not, so
/// say they all.
fn supported() -> bool {
    let missing = Err(Errno::ENOSYS);
    if libc_error(libc::SYS_fsopen, [address(c"tmpfs.none"), 0, 0, 0, 0]) != missing {
        return true;
    }
    let (reader, _writer) = fd::pipe().unwrap();
    let tree = init::open_tree(CWD, "/", OpenTreeFlags::empty()).map(drop);
    let moved = init::move_mount(CWD, "/a", CWD, "/b", MoveMountFlags::empty());
    let results = [
        init::fsopen("tmpfs", OPEN).map(drop),
        init::fspick(CWD, "/", FspickFlags::empty()).map(drop),
        init::fsmount(&reader, FsmountFlags::empty(), MountAttrs::empty()).map(drop),
        init::fsconfig(&reader, FsConfig::Create),
    ];
    assert_eq!(results, [Err(Errno::ENOSYS); 4]);
    // Some emulators have these two and not the others.
    assert!(matches!(tree, Ok(()) | Err(Errno::ENOSYS)), "{tree:?}");
    assert!(matches!(moved, Err(Errno::ENOENT | Errno::EPERM | Errno::ENOSYS)), "{moved:?}");
    not_run("there is no fsopen here");
    false
}

#[test]
fn a_file_system_is_mounted_step_by_step() {
    case("mount_fd::steps");
}

pub fn steps() {
    if !own_mounts() || !supported() {
        return;
    }
    let place = new_dir("place");
    let open = open_descriptors();
    let fs = init::fsopen("tmpfs", OPEN).unwrap();
    assert!(is_cloexec(fs.as_raw_fd()));
    assert_eq!(init::fsconfig(&fs, FsConfig::String("source", b"named")), Ok(()));
    assert_eq!(init::fsconfig(&fs, FsConfig::String("size", b"1m")), Ok(()));
    assert_eq!(init::fsconfig(&fs, FsConfig::String("mode", b"710")), Ok(()));
    assert_eq!(init::fsconfig(&fs, FsConfig::Flag("ro")), Ok(()));
    // What is wrong is told when the descriptor is read.
    assert_eq!(init::fsconfig(&fs, FsConfig::String("size", b"much")), Err(Errno::EINVAL));
    let mut reason = [0; 256];
    let len = fd::read(&fs, &mut reason).unwrap();
    let reason = String::from_utf8_lossy(&reason[..len]).into_owned();
    assert!(reason.starts_with("e ") && reason.contains("size"), "{reason}");
    assert_eq!(fd::read(&fs, &mut [0; 256]), Err(Errno::ENODATA));
    // A mount needs a file system that exists.
    let early = init::fsmount(&fs, FsmountFlags::empty(), MountAttrs::empty());
    assert_eq!(early.map(drop), Err(Errno::EINVAL));
    assert_eq!(init::fsconfig(&fs, FsConfig::Create), Ok(()));
    assert_eq!(init::fsconfig(&fs, FsConfig::Create), Err(Errno::EBUSY));
    let attrs = MountAttrs::NOSUID | MountAttrs::NODEV | MountAttrs::NOATIME;
    let mount = init::fsmount(&fs, FsmountFlags::empty(), attrs).unwrap();
    assert!(is_cloexec(mount.as_raw_fd()));
    let second = init::fsmount(&fs, FsmountFlags::empty(), attrs);
    assert_eq!(second.map(drop), Err(Errno::EBUSY));
    assert_eq!(mount_at(&place), None);
    assert_eq!(init::move_mount(&mount, "", CWD, &*c_string(&place), EMPTY_PATH), Ok(()));
    let line = mount_at(&place).unwrap();
    for part in ["nosuid,nodev,noatime", " - tmpfs named ro", "size=1024k", "mode=710"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(fs::write(place.join("file"), "").is_err());

    // Changed while it is mounted.
    let fs = init::fspick(CWD, &*c_string(&place), FspickFlags::empty()).unwrap();
    assert!(is_cloexec(fs.as_raw_fd()));
    assert_eq!(init::fsconfig(&fs, FsConfig::Flag("rw")), Ok(()));
    assert_eq!(init::fsconfig(&fs, FsConfig::String("size", b"2m")), Ok(()));
    assert_eq!(init::fsconfig(&fs, FsConfig::Reconfigure), Ok(()));
    let line = mount_at(&place).unwrap();
    assert!(line.contains(" - tmpfs named rw") && line.contains("size=2048k"), "{line}");
    fs::write(place.join("file"), "").unwrap();
    assert_eq!(names(&place), ["file"]);
    drop((fs, mount));
    // The first of the two names is shadowed, but open still.
    assert_eq!(open_descriptors().len(), open.len() + 1);
}

#[test]
fn a_command_that_a_signal_ended_is_not_made_again() {
    if emulated() {
        return not_run("no filter of system calls here");
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            refuse(libc::SYS_fsconfig, libc::EINTR);
            let (reader, _writer) = fd::pipe().unwrap();
            for command in [FsConfig::Create, FsConfig::CreateExcl, FsConfig::Reconfigure] {
                assert_eq!(init::fsconfig(&reader, command), Err(Errno::EINTR), "{command:?}");
            }
        });
    });
}

#[test]
fn a_mount_is_copied_with_what_is_below() {
    case("mount_fd::copied");
}

pub fn copied() {
    if !own_mounts() || !supported() {
        return;
    }
    let (place, copy, last) = (new_dir("place"), new_dir("copy"), new_dir("last"));
    tmpfs(&place);
    tmpfs(&place.join("below"));
    fs::write(place.join("below/file"), "").unwrap();
    let clone = OpenTreeFlags::CLONE;
    let tree = |flags| init::open_tree(CWD, &*c_string(&place), flags).unwrap();
    let attach = |tree: &_, to: &Path| init::move_mount(tree, "", CWD, &*c_string(to), EMPTY_PATH);
    let shallow = tree(clone);
    assert!(is_cloexec(shallow.as_raw_fd()));
    assert_eq!(attach(&shallow, &copy), Ok(()));
    assert_eq!(names(copy.join("below")), Vec::<String>::new());
    assert_eq!(attach(&tree(clone | OpenTreeFlags::RECURSIVE), &last), Ok(()));
    assert_eq!(names(last.join("below")), ["file"]);
    // Without a copy it is the mount itself, which moves.
    let same = tree(OpenTreeFlags::empty());
    let third = new_dir("third");
    assert_eq!(attach(&same, &third), Ok(()));
    assert_eq!((mount_at(&place), names(third.join("below"))), (None, vec!["file".to_owned()]));
    // By two paths, of two directories.
    let from = init::open_tree(CWD, &*c_string(third.parent().unwrap()), OpenTreeFlags::empty());
    let from = from.unwrap();
    let none = MoveMountFlags::empty();
    assert_eq!(init::move_mount(&from, "third", &from, "place", none), Ok(()));
    assert_eq!(names(place.join("below")), ["file"]);
}

#[test]
fn wrong_steps_are_refused_as_by_libc() {
    case("mount_fd::refused");
}

pub fn refused() {
    if !own_mounts() || !supported() {
        return;
    }
    let cwd = libc::c_long::from(libc::AT_FDCWD);
    let missing = address(c"/no/such/dir");
    let mut pairs = vec![
        (
            libc_error(libc::SYS_fsopen, [address(c"tmpfs.nonsense"), 1, 0, 0, 0]),
            init::fsopen("tmpfs.nonsense", OPEN).map(drop),
        ),
        (
            libc_error(libc::SYS_fsopen, [address(c"tmpfs"), 0x101, 0, 0, 0]),
            init::fsopen("tmpfs", FsopenFlags::from_bits_retain(0x100)).map(drop),
        ),
        (
            libc_error(libc::SYS_fspick, [cwd, missing, 1, 0, 0]),
            init::fspick(CWD, "/no/such/dir", FspickFlags::empty()).map(drop),
        ),
        (
            libc_error(libc::SYS_fspick, [cwd, address(c"/proc/self"), 1, 0, 0]),
            init::fspick(CWD, "/proc/self", FspickFlags::empty()).map(drop),
        ),
        (
            libc_error(libc::SYS_fspick, [cwd, address(c""), 1, 0, 0]),
            init::fspick(CWD, "", FspickFlags::empty()).map(drop),
        ),
        (
            libc_error(libc::SYS_open_tree, [cwd, missing, 0x80001, 0, 0]),
            init::open_tree(CWD, "/no/such/dir", OpenTreeFlags::CLONE).map(drop),
        ),
        (
            libc_error(libc::SYS_open_tree, [cwd, address(c"/"), 0x88000, 0, 0]),
            init::open_tree(CWD, "/", OpenTreeFlags::RECURSIVE).map(drop),
        ),
        (
            libc_error(libc::SYS_move_mount, [cwd, missing, cwd, missing, 0]),
            init::move_mount(CWD, "/no/such/dir", CWD, "/no/such/dir", MoveMountFlags::empty()),
        ),
        (
            libc_error(libc::SYS_move_mount, [cwd, address(c"/proc/self"), cwd, address(c"/"), 0]),
            init::move_mount(CWD, "/proc/self", CWD, "/", MoveMountFlags::empty()),
        ),
    ];
    // Two contexts, for the same steps.
    let (ours, theirs) =
        (init::fsopen("tmpfs", OPEN).unwrap(), init::fsopen("tmpfs", OPEN).unwrap());
    let memfd = rawos::fs::memfd_create("value", MemfdFlags::empty()).unwrap();
    let (memfd_number, number) = (memfd.as_raw_fd().into(), theirs.as_raw_fd().into());
    let key = address(c"nonsense");
    let step = |command, key, value, aux| {
        libc_error(libc::SYS_fsconfig, [number, command, key, value, aux])
    };
    pairs.extend([
        (step(0, key, 0, 0), init::fsconfig(&ours, FsConfig::Flag("nonsense"))),
        (
            step(1, key, address(c"value"), 0),
            init::fsconfig(&ours, FsConfig::String("nonsense", b"value")),
        ),
        (
            step(2, key, address(c"value"), 5),
            init::fsconfig(&ours, FsConfig::Binary("nonsense", b"value")),
        ),
        (
            step(3, key, address(c"/dev/null"), cwd),
            init::fsconfig(&ours, FsConfig::Path("nonsense", CWD, b"/dev/null")),
        ),
        (
            step(5, key, 0, memfd_number),
            init::fsconfig(&ours, FsConfig::Fd("nonsense", memfd.as_fd())),
        ),
        // No bytes at all, and a value that is missing.
        (step(2, key, address(c""), 0), init::fsconfig(&ours, FsConfig::Binary("nonsense", b""))),
        (step(0, address(c"size"), 0, 0), init::fsconfig(&ours, FsConfig::Flag("size"))),
        (step(7, 0, 0, 0), init::fsconfig(&ours, FsConfig::Reconfigure)),
    ]);
    // Kinds that a file system could know: the right kind of value arrives.
    let (reader, _writer) = fd::pipe().unwrap();
    let pipe = reader.as_raw_fd().into();
    let on_pipe = |command| libc_error(libc::SYS_fsconfig, [pipe, command, 0, 0, 0]);
    pairs.extend([
        (on_pipe(6), init::fsconfig(&reader, FsConfig::Create)),
        (on_pipe(8), init::fsconfig(&reader, FsConfig::CreateExcl)),
        (on_pipe(7), init::fsconfig(&reader, FsConfig::Reconfigure)),
        (
            libc_error(libc::SYS_fsmount, [pipe, 1, 0, 0, 0]),
            init::fsmount(&reader, FsmountFlags::empty(), MountAttrs::empty()).map(drop),
        ),
        (
            libc_error(libc::SYS_fsmount, [number, 1, 0x4000_0000, 0, 0]),
            init::fsmount(&ours, FsmountFlags::empty(), MountAttrs::from_bits_retain(0x4000_0000))
                .map(drop),
        ),
    ]);
    for (index, (theirs, ours)) in pairs.into_iter().enumerate() {
        assert_eq!(ours.map(|()| 0), theirs, "number {index}");
        assert!(theirs.is_err(), "number {index}");
    }
    assert_eq!(init::fsopen("a\0b", OPEN).err(), Some(Errno::EINVAL));
    for step in [FsConfig::Flag("a\0b"), FsConfig::String("size", b"1\0"), FsConfig::Flag("\0")] {
        assert_eq!(init::fsconfig(&ours, step), Err(Errno::EINVAL));
    }
    // One more system call creates it, or there is none such.
    let exclusive = init::fsconfig(&ours, FsConfig::CreateExcl).map(|()| 0);
    assert_eq!(exclusive, step(8, 0, 0, 0));
}
