//! Mounts, in a namespace of this process.

use std::ffi::CString;

use rawos::{
    Errno,
    fd::{self, CWD},
    fs::{self, Mode, OFlags},
    init::{
        self, FsConfig, FsmountFlags, FsopenFlags, MountAttrs, MountFlags, MoveMountFlags,
        UmountFlags,
    },
};

use crate::worker::{Outcome, Worker};

/// What is unmounted if nothing else did so.
struct Mounted(CString);

impl Drop for Mounted {
    fn drop(&mut self) {
        // SAFETY: reads a string. It fails where nothing is mounted.
        unsafe { libc::umount2(self.0.as_ptr(), libc::MNT_DETACH) };
    }
}

/// A file in what is mounted, and the end of it. A child of another thread may
/// have the file still open: it is busy then, but nobody finds it any more.
fn used(worker: &Worker, place: &str) -> Outcome {
    let file = format!("{place}/file");
    fd::write_all(&fs::open(&file, OFlags::WRONLY | OFlags::CREAT, Mode::IRUSR)?, b"content")?;
    {
        let _room = worker.room.ease();
        assert_eq!(std::fs::read(&file).unwrap(), b"content");
    }
    match init::umount(place) {
        Err(Errno::EBUSY) => init::umount2(place, UmountFlags::DETACH)?,
        done => done?,
    }
    assert!(!std::fs::exists(&file).unwrap());
    Ok(fs::rmdir(place)?)
}

pub fn mount(worker: &mut Worker) -> Outcome {
    if !worker.room.mounts {
        return Ok(());
    }
    let place = worker.path("mount");
    fs::mkdir(&place, Mode::IRWXU)?;
    let _mounted = Mounted(CString::new(place.clone()).unwrap());
    init::mount("soak", &place, "tmpfs", MountFlags::NOSUID, "size=64k")?;
    used(worker, &place)
}

pub fn fsmount(worker: &mut Worker) -> Outcome {
    if !worker.room.mounts {
        return Ok(());
    }
    let place = worker.path("mount");
    let tmpfs = match init::fsopen("tmpfs", FsopenFlags::empty()) {
        Err(Errno::ENOSYS) => return Ok(()),
        tmpfs => tmpfs?,
    };
    init::fsconfig(&tmpfs, FsConfig::String("size", b"64k"))?;
    match init::fsconfig(&tmpfs, FsConfig::Create) {
        // As it says: after a signal one has to begin again.
        Err(Errno::EINTR) => return Ok(()),
        done => done?,
    }
    let tree = init::fsmount(&tmpfs, FsmountFlags::empty(), MountAttrs::NODEV)?;
    fs::mkdir(&place, Mode::IRWXU)?;
    let _mounted = Mounted(CString::new(place.clone()).unwrap());
    init::move_mount(&tree, "", CWD, &place, MoveMountFlags::F_EMPTY_PATH)?;
    drop((tree, tmpfs));
    used(worker, &place)
}
