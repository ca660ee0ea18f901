//! The files that each trial finds: made anew for each.

use std::{
    collections::BTreeSet,
    ffi::{CStr, CString},
    fs::{self, File},
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, symlink},
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::util;

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

static PROGRAM: OnceLock<CString> = OnceLock::new();

/// A program that ends with status 7 and makes no other system call. Its directory has no other
/// file, and goes with this.
pub struct Program(#[expect(dead_code, reason = "held")] util::TempDir);

impl Program {
    pub fn build() -> Self {
        let dir = util::temp_dir();
        let path = dir.path().join("program");
        util::write_program(&path, &elf());
        PROGRAM.get_or_init(|| CString::new(path.to_str().expect("text")).expect("no NUL"));
        Self(dir)
    }
}

/// The path of the program.
pub fn program() -> &'static CStr {
    PROGRAM.get().expect("it was built")
}

/// The smallest executable: exit_group(7).
fn elf() -> Vec<u8> {
    let (machine, code): (u16, [u32; 3]) = match std::env::consts::ARCH {
        // mov eax, 231; mov edi, 7; syscall
        "x86_64" => (62, [0x0000_e7b8, 0x0007_bf00, 0x050f_0000]),
        // mov x8, #94; mov x0, #7; svc #0
        "aarch64" => (183, [0xd280_0bc8, 0xd280_00e0, 0xd400_0001]),
        // li a7, 94; li a0, 7; ecall
        "riscv64" => (243, [0x05e0_0893, 0x0070_0513, 0x0000_0073]),
        other => panic!("no program for {other}"),
    };
    let (base, start, len) = (0x40_0000u64, 120u64, 132u64);
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut push = |number: u64, bytes: usize| {
        file.extend_from_slice(&number.to_le_bytes()[..bytes]);
    };
    // The file's header: its type, entry, and where the one segment is told.
    for (number, bytes) in [
        (2, 2),
        (machine.into(), 2),
        (1, 4),
        (base + start, 8),
        (64, 8),
        (0, 8),
        (0, 4),
        (64, 2),
        (56, 2),
        (1, 2),
        (64, 2),
        (0, 2),
        (0, 2),
    ] {
        push(number, bytes);
    }
    // The segment: all of the file, to be read and executed.
    for (number, bytes) in
        [(1, 4), (5, 4), (0, 8), (base, 8), (base, 8), (len, 8), (len, 8), (0x1_0000, 8)]
    {
        push(number, bytes);
    }
    for word in code {
        push(word.into(), 4);
    }
    file
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
