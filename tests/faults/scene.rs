//! The files that each trial finds: made anew for each.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, symlink},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// `file` (13 bytes), `empty`, `other`, `link` to `file`, `dangling`, `dir` with `a`, `b` and
/// `sub` with `c`, `bare` (an empty directory), `fifo`.
pub struct Scene {
    pub dir: PathBuf,
}

impl Scene {
    pub fn build() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let shm = Path::new("/dev/shm");
        let parent = if shm.is_dir() { shm.to_path_buf() } else { std::env::temp_dir() };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = parent.join(format!("rawos-faults-{}-{number}", std::process::id()));
        let make = || {
            fs::create_dir(&dir)?;
            fs::write(dir.join("file"), b"hello, world\n")?;
            fs::write(dir.join("other"), b"other")?;
            File::create(dir.join("empty"))?;
            symlink("file", dir.join("link"))?;
            symlink("nowhere", dir.join("dangling"))?;
            fs::create_dir(dir.join("bare"))?;
            fs::create_dir_all(dir.join("dir/sub"))?;
            for name in ["dir/a", "dir/b", "dir/sub/c"] {
                File::create(dir.join(name))?;
            }
            std::io::Result::Ok(())
        };
        make().expect("a scene");
        let fifo =
            std::ffi::CString::new(dir.join("fifo").to_str().expect("text")).expect("no NUL");
        // SAFETY: a path with its NUL.
        assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
        Self { dir }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Gives this process namespaces of its own, from which no mount gets out; whether that worked.
pub fn apart(flags: i32) -> bool {
    let private = libc::MS_REC | libc::MS_PRIVATE;
    let (nothing, root) = (std::ptr::null(), c"/".as_ptr());
    // SAFETY: takes an integer.
    let unshared = unsafe { libc::unshare(flags) } == 0;
    if !unshared || flags & libc::CLONE_NEWNS == 0 {
        return unshared;
    }
    // SAFETY: reads one path.
    unsafe { libc::mount(nothing, root, nothing, private, nothing.cast()) == 0 }
}

/// Every file below `dir`: its path, kind, mode, owner, size and content.
pub fn files(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![dir.to_path_buf()];
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(data) = entry.metadata() else { continue };
            let content = match data.file_type() {
                kind if kind.is_dir() => String::new(),
                kind if kind.is_symlink() => format!("{:?}", fs::read_link(&path)),
                kind if kind.is_file() => format!("{:?}", fs::read(&path)),
                kind => format!("{}", kind.is_fifo()),
            };
            let (mode, uid, gid) = (data.mode(), data.uid(), data.gid());
            found.insert(format!("{} {mode:o} {uid}:{gid} {content}", path.display()));
            if data.is_dir() {
                left.push(path);
            }
        }
    }
    found
}
