//! Files, in memory and not.

use rawos::{
    Errno,
    fd::{self, SeekFrom},
    fs::{self, MemfdFlags, Mode, OFlags, SealFlags, XattrFlags},
};

use crate::worker::{Outcome, Worker};

const NEW: OFlags = OFlags::RDWR.union(OFlags::CREAT).union(OFlags::EXCL);

/// What the tree has in `one`.
pub const ONE: usize = 60_000;

pub fn file(worker: &mut Worker) -> Outcome {
    let (old, new) = (worker.path("old"), worker.path("new"));
    let content: Vec<u8> = (0..worker.rng.below(20_000)).map(|byte| byte as u8).collect();
    let file = fs::open(&old, NEW, Mode::IRUSR | Mode::IWUSR)?;
    fd::write_all(&file, &content)?;
    fd::posix_fallocate(&file, 0, content.len() as u64 + 1)?;
    fd::ftruncate(&file, content.len() as u64)?;
    fs::rename(&old, &new)?;
    fd::lseek(&file, SeekFrom::Start(0))?;
    let mut ours = Vec::new();
    assert_eq!(fd::read_to_end(&file, &mut ours)?, content.len());
    {
        let _room = worker.room.ease();
        assert!(ours == content && std::fs::read(&new).unwrap() == content);
        assert!(!std::fs::exists(&old).unwrap());
    }
    Ok(fs::unlink(&new)?)
}

pub fn copy_file(worker: &mut Worker) -> Outcome {
    let (from, to) = (format!("{}/one", worker.tree), worker.path("copy"));
    let copied = fs::copy_file(&from, &to);
    let room = worker.room.ease();
    match copied {
        Ok(len) => {
            assert_eq!(len, ONE as u64);
            assert!(std::fs::read(&to).unwrap() == std::fs::read(&from).unwrap());
        }
        // Nothing half-made, and nothing under another name.
        Err(_) => assert_eq!(std::fs::read_dir(&worker.dir).unwrap().count(), 0),
    }
    drop(room);
    copied?;
    Ok(fs::unlink(&to)?)
}

pub fn memfd(worker: &mut Worker) -> Outcome {
    let file = fs::memfd_create("soak", MemfdFlags::ALLOW_SEALING)?;
    let len = worker.rng.below(10_000);
    fd::ftruncate(&file, len)?;
    fs::add_seals(&file, SealFlags::GROW | SealFlags::WRITE)?;
    assert_eq!(fd::pwrite(&file, b"x", 0), Err(Errno::EPERM));
    assert_eq!(fs::get_seals(&file)?, SealFlags::GROW | SealFlags::WRITE);
    assert_eq!(fs::fstat(&file)?.st_size(), len as i64);
    Ok(())
}

pub fn xattrs(worker: &mut Worker) -> Outcome {
    let Some(name) = worker.room.xattr else { return Ok(()) };
    let path = worker.path("tagged");
    drop(fs::open(&path, NEW, Mode::IRUSR | Mode::IWUSR)?);
    let value = [5; 100];
    fs::setxattr(&path, name, &value, XattrFlags::CREATE)?;
    assert_eq!(fs::getxattr_alloc(&path, name)?, value);
    let again = fs::setxattr(&path, name, &value, XattrFlags::CREATE);
    assert_eq!(again, Err(Errno::EEXIST));
    let listed = fs::listxattr_alloc(&path)?;
    assert!(listed.iter().any(|listed| listed.to_bytes() == name.as_bytes()));
    fs::removexattr(&path, name)?;
    assert_eq!(fs::getxattr_alloc(&path, name), Err(Errno::ENODATA));
    Ok(fs::unlink(&path)?)
}

pub fn dup(worker: &mut Worker) -> Outcome {
    let file = fs::open(format!("{}/two", worker.tree), OFlags::RDONLY, Mode::empty())?;
    let mut second = fd::dup(&file)?;
    let (reader, _writer) = fd::pipe2(OFlags::NONBLOCK)?;
    assert_eq!(fd::read(&reader, &mut [0; 1]), Err(Errno::EAGAIN));
    fd::dup2(&reader, &mut second, false)?;
    assert_eq!(fd::read(&second, &mut [0; 1]), Err(Errno::EAGAIN));
    assert_eq!(fd::get_inheritable(&second), Ok(false));
    Ok(fd::close(second)?)
}
