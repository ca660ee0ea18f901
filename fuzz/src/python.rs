//! The functions that Python's `os` has in Python, line by line, on libc.

use std::ffi::{CString, OsStr};
use std::os::unix::{
    ffi::OsStrExt as _,
    fs::{MetadataExt as _, PermissionsExt as _},
};

use crate::plan::{c, io};

fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (head, tail) = path.split_at(at);
    let len = head.iter().rposition(|byte| *byte != b'/').map_or(head.len(), |last| last + 1);
    (&head[..len], tail)
}

/// Head and tail, of what is before if the tail is empty.
fn parts(path: &[u8]) -> (&[u8], &[u8]) {
    match split(path) {
        (head, b"") => split(head),
        parts => parts,
    }
}

fn file(path: &[u8]) -> &OsStr {
    OsStr::from_bytes(path)
}

fn exists(path: &[u8]) -> bool {
    std::fs::metadata(file(path)).is_ok()
}

fn call(path: &[u8], call: impl FnOnce(*const libc::c_char) -> i32) -> Result<usize, i32> {
    let path = CString::new(path).unwrap();
    c(call(path.as_ptr()))
}

pub fn makedirs(path: &[u8], mode: u32, exist_ok: bool) -> Result<usize, i32> {
    let (head, tail) = parts(path);
    if !head.is_empty() && !tail.is_empty() && !exists(head) {
        match makedirs(head, 0o777, exist_ok) {
            Ok(_) | Err(libc::EEXIST) => {}
            error => return error,
        }
        if tail == b"." {
            return Ok(0);
        }
    }
    // SAFETY: a string to read.
    let made = call(path, |path| unsafe { libc::mkdir(path, mode) });
    match exist_ok && std::fs::metadata(file(path)).is_ok_and(|stat| stat.is_dir()) {
        true => Ok(0),
        false => made,
    }
}

fn rmdir(path: &[u8]) -> Result<usize, i32> {
    // SAFETY: a string to read.
    call(path, |path| unsafe { libc::rmdir(path) })
}

pub fn removedirs(path: &[u8]) -> Result<usize, i32> {
    rmdir(path)?;
    let (mut head, mut tail) = parts(path);
    while !head.is_empty() && !tail.is_empty() && rmdir(head).is_ok() {
        (head, tail) = split(head);
    }
    Ok(0)
}

pub fn renames(old: &[u8], new: &[u8]) -> Result<usize, i32> {
    let (head, tail) = split(new);
    if !head.is_empty() && !tail.is_empty() && !exists(head) {
        makedirs(head, 0o777, false)?;
    }
    let target = CString::new(new).unwrap();
    // SAFETY: strings to read.
    call(old, |old| unsafe { libc::rename(old, target.as_ptr()) })?;
    let (head, tail) = split(old);
    if !head.is_empty() && !tail.is_empty() {
        let _ = removedirs(head);
    }
    Ok(0)
}

/// Of a directory, by std; of anything else, the error of opening it as one.
pub fn rmtree(path: &[u8]) -> Result<usize, i32> {
    let (dir, name) = parts(path);
    if [&b""[..], b".", b".."].contains(&name) {
        return Err(libc::EINVAL);
    }
    // From its parent, which a path through the tree itself leads to no more.
    let parent = io(std::fs::canonicalize(file(dir)))?;
    let path = &[parent.as_os_str().as_bytes(), b"/", name].concat()[..];
    let flags = libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;
    // SAFETY: a string to read.
    let dir = call(path, |path| unsafe { libc::open(path, flags) })?;
    // SAFETY: it was just opened.
    unsafe { libc::close(dir as i32) };
    let entries = std::fs::read_dir(file(path)).unwrap();
    for entry in entries.map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => std::fs::remove_dir_all(entry.path()).unwrap(),
            false => std::fs::remove_file(entry.path()).unwrap(),
        }
    }
    rmdir(path)
}

/// What the documentation of `copy_file` says, step by step.
pub fn copy(old: &[u8], new: &[u8]) -> Result<usize, i32> {
    let flags = libc::O_RDONLY | libc::O_NONBLOCK | libc::O_CLOEXEC;
    // SAFETY: a string to read.
    let opened = call(old, |old| unsafe { libc::open(old, flags) })?;
    // SAFETY: it was just opened.
    unsafe { libc::close(opened as i32) };
    let source = io(std::fs::metadata(file(old)))?;
    if source.is_dir() {
        return Err(libc::EISDIR);
    } else if !source.is_file() {
        return Err(libc::EINVAL);
    }
    let (dir, name) = split(new);
    if [&b""[..], b".", b".."].contains(&name) {
        return Err(libc::EISDIR);
    }
    let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
    // SAFETY: a string to read.
    let opened = call(dir, |dir| unsafe { libc::open(dir, flags) })?;
    // SAFETY: it was just opened.
    unsafe { libc::close(opened as i32) };
    match std::fs::symlink_metadata(file(new)) {
        Ok(old) if old.is_dir() => return Err(libc::EISDIR),
        Ok(old) if old.ino() == source.ino() => return Err(libc::EINVAL),
        Err(error) if error.raw_os_error() != Some(libc::ENOENT) => return io(Err(error)),
        _ => {}
    }
    let content = std::fs::read(file(old)).unwrap();
    let mode = std::fs::Permissions::from_mode(source.mode() & 0o777);
    let temp = file(dir).to_owned().into_encoded_bytes();
    let temp = [&temp[..], b"/new file"].concat();
    std::fs::write(file(&temp), &content).unwrap();
    std::fs::set_permissions(file(&temp), mode).unwrap();
    io(std::fs::rename(file(&temp), file(new)))?;
    Ok(content.len())
}
