//! `PATH`, and the search in it. `$0` to `$9` stand for directories in which
//! executing the program fails each in its way.
#![no_main]
use std::{
    ffi::CString,
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{PermissionsExt as _, symlink},
    },
};
use std::{path::PathBuf, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use rawos::{
    env::{Environ, ExecPath, get_exec_path},
    process::execvpe,
};

const NAME: &str = "rawos-fuzz-prog";

static DIRS: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
    let base = rawos_fuzz::scratch("path");
    let dir = |name: &str, mode, text: &str| {
        fs::create_dir(base.join(name)).unwrap();
        let file = base.join(name).join(NAME);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        base.join(name)
    };
    let busy = dir("busy", 0o755, "");
    std::mem::forget(fs::File::options().append(true).open(busy.join(NAME)));
    fs::create_dir_all(base.join("dir").join(NAME)).unwrap();
    symlink("loop", base.join("loop")).unwrap();
    fs::write(base.join("file"), "").unwrap();
    let bad = dir("bad", 0o755, "#!/no/such/interpreter\n");
    let others = ["dir", "loop", "file", "missing"].map(|name| base.join(name));
    let mut dirs = vec![busy, bad, dir("plain", 0o644, ""), dir("text", 0o755, "no program")];
    dirs.extend(others);
    dirs.extend(["x".repeat(300), "x/".repeat(2100)].map(|name| base.join(name)));
    dirs
});

fuzz_target!(|data: &[u8]| {
    assert!(ExecPath::new(data).eq(data.split(|byte| *byte == b':')));
    let mut path = Vec::new();
    let mut bytes = data.iter().copied().take_while(|byte| *byte != 0);
    while let Some(byte) = bytes.next() {
        match (byte, bytes.clone().next()) {
            (b'$', Some(digit @ b'0'..=b'9')) => {
                path.extend(DIRS[usize::from(digit - b'0')].as_os_str().as_bytes());
                bytes.next();
            }
            _ => path.push(byte),
        }
    }
    let text = [b"A=1\0PATH=", &path[..], b"\0PATH=/second\0"].concat();
    let environ = Environ::new(&text);
    assert!(get_exec_path(&environ).eq(path.split(|byte| *byte == b':')));

    // As Python: the first error that is not about a missing file, else the last.
    // With the same environment, which may be too long.
    let variable = CString::new([b"PATH=", &path[..]].concat()).unwrap();
    let (mut first, mut last) = (None, 0);
    for dir in std::env::split_paths(std::ffi::OsStr::from_bytes(&path)) {
        let file = CString::new(dir.join(NAME).as_os_str().as_bytes()).unwrap();
        let envp = [variable.as_ptr(), std::ptr::null()];
        let argv = [c"x".as_ptr(), std::ptr::null()];
        // SAFETY: strings and arrays as it takes them; no such program exists.
        unsafe { libc::execve(file.as_ptr(), argv.as_ptr(), envp.as_ptr()) };
        match std::io::Error::last_os_error().raw_os_error().unwrap() {
            missing @ (libc::ENOENT | libc::ENOTDIR) => last = missing,
            other => first = first.or(Some(other)),
        }
    }
    let error = execvpe(NAME, [c"x"], [variable.as_c_str()]).unwrap_err();
    assert_eq!(error.raw(), first.unwrap_or(last));
});
