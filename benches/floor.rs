//! The floors, written in C: `floor.c`.

use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;

unsafe extern "C" {
    fn floor_list(path: *const c_char, buf: *mut u8, room: usize) -> usize;
    fn floor_stat(path: *const c_char, buf: *mut u8, room: usize) -> usize;
    fn floor_walk(path: *const c_char, buf: *mut u8, room: usize) -> usize;
    fn floor_remove(path: *const c_char, buf: *mut u8, room: usize) -> usize;
    fn floor_walk_chain(path: *const c_char, buf: *mut u8, room: usize) -> usize;
    fn floor_remove_chain(path: *const c_char, buf: *mut u8, room: usize) -> usize;
    fn floor_make_wide(path: *const c_char, files: usize);
    fn floor_make_chain(path: *const c_char, depth: usize);
    fn floor_vfork(program: *const c_char) -> c_int;
    fn floor_fork(program: *const c_char) -> c_int;
}

/// What goes through a directory, and returns how many entries it found.
type Through = unsafe extern "C" fn(*const c_char, *mut u8, usize) -> usize;

fn through(call: Through, path: &CStr) -> usize {
    // Aligned as records are.
    let mut buf = MaybeUninit::<[u64; 4096]>::uninit();
    // SAFETY: it reads the path, and writes at most so many bytes to the
    // buffer.
    unsafe { call(path.as_ptr(), buf.as_mut_ptr().cast(), size_of_val(&buf)) }
}

/// How many entries the directory has.
#[must_use]
pub fn list(path: &CStr) -> usize {
    through(floor_list, path)
}

/// As [`list`], with an fstatat of each.
#[must_use]
pub fn stat(path: &CStr) -> usize {
    through(floor_stat, path)
}

/// How many entries the tree has.
#[must_use]
pub fn walk(path: &CStr) -> usize {
    through(floor_walk, path)
}

/// Removes the tree; how many entries it had.
pub fn remove(path: &CStr) -> usize {
    through(floor_remove, path)
}

/// As [`walk`], for a chain of directories, however long.
#[must_use]
pub fn walk_chain(path: &CStr) -> usize {
    through(floor_walk_chain, path)
}

/// As [`remove`], for what [`make_chain`] made, however long.
pub fn remove_chain(path: &CStr) -> usize {
    through(floor_remove_chain, path)
}

/// Makes a directory of so many empty files.
pub fn make_wide(path: &CStr, files: usize) {
    // SAFETY: reads the path.
    unsafe { floor_make_wide(path.as_ptr(), files) }
}

/// Makes a directory, and so many more, each in the one before.
pub fn make_chain(path: &CStr, depth: usize) {
    // SAFETY: reads the path.
    unsafe { floor_make_chain(path.as_ptr(), depth) }
}

/// Starts a program by vfork and execve, and waits for its end: its status.
#[must_use]
pub fn vfork(program: &CStr) -> i32 {
    // SAFETY: reads the path; the child does nothing but an execve.
    unsafe { floor_vfork(program.as_ptr()) }
}

/// As [`vfork`], by fork.
#[must_use]
pub fn fork(program: &CStr) -> i32 {
    // SAFETY: as above.
    unsafe { floor_fork(program.as_ptr()) }
}
