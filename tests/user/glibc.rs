//! Users and groups that glibc finds in a text: for the tests, and for the
//! targets of `fuzz/`.

use std::{
    ffi::{CStr, c_char, c_int},
    fs::File,
    io::{Seek as _, Write as _},
    os::fd::{FromRawFd as _, IntoRawFd as _},
    ptr,
};

unsafe extern "C" {
    fn fgetpwent_r(
        stream: *mut libc::FILE,
        entry: *mut libc::passwd,
        buf: *mut c_char,
        len: usize,
        result: *mut *mut libc::passwd,
    ) -> c_int;
    fn fgetgrent_r(
        stream: *mut libc::FILE,
        entry: *mut libc::group,
        buf: *mut c_char,
        len: usize,
        result: *mut *mut libc::group,
    ) -> c_int;
}

struct Stream(*mut libc::FILE);

impl Stream {
    fn new(text: &[u8]) -> Self {
        // SAFETY: reads a string.
        let fd = unsafe { libc::memfd_create(c"text".as_ptr(), libc::MFD_CLOEXEC) };
        assert!(fd >= 0, "{}", std::io::Error::last_os_error());
        // SAFETY: it is new, and nobody else's.
        let mut file = unsafe { File::from_raw_fd(fd) };
        file.write_all(text).unwrap();
        file.rewind().unwrap();
        // SAFETY: the descriptor is the stream's from now on.
        let stream = unsafe { libc::fdopen(file.into_raw_fd(), c"r".as_ptr()) };
        assert!(!stream.is_null());
        Self(stream)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: nobody uses it any more.
        unsafe { libc::fclose(self.0) };
    }
}

/// The text with lines that glibc reads right: of those that begin with blanks,
/// 2.36 sees the last bytes twice, unless they end with a newline and have no
/// NUL.
pub fn readable(text: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
    let blank = |line: &&[u8]| line.first().is_some_and(|first| b" \t\x0b\x0c\r".contains(first));
    if !lines.iter().any(blank) {
        return text.to_vec();
    }
    let strings = lines.iter().flat_map(|line| line.split(|byte| *byte == 0).next());
    strings.flat_map(|line| [line, b"\n"].concat()).collect()
}

/// The bytes of a string; none for a null.
fn bytes(string: *const c_char) -> Vec<u8> {
    match string.is_null() {
        true => Vec::new(),
        // SAFETY: a string of glibc's, which is still there.
        false => unsafe { CStr::from_ptr(string) }.to_bytes().to_vec(),
    }
}

/// A user: name, password, ids, full name, directory, shell.
pub type User = (Vec<u8>, Vec<u8>, u32, u32, [Vec<u8>; 3]);

pub fn users(text: &[u8]) -> Vec<User> {
    let stream = Stream::new(text);
    let mut buf = vec![0; text.len() + 1024];
    let mut users = Vec::new();
    loop {
        // SAFETY: zeroes are a valid struct.
        let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
        let mut result = ptr::null_mut();
        // SAFETY: writes to the struct, the buffer and the pointer.
        unsafe { fgetpwent_r(stream.0, &mut entry, buf.as_mut_ptr(), buf.len(), &mut result) };
        if result.is_null() {
            return users;
        }
        let rest = [entry.pw_gecos, entry.pw_dir, entry.pw_shell].map(|field| bytes(field));
        users.push((
            bytes(entry.pw_name),
            bytes(entry.pw_passwd),
            entry.pw_uid,
            entry.pw_gid,
            rest,
        ));
    }
}

/// A group: name, password, id, members.
pub type Group = (Vec<u8>, Vec<u8>, u32, Vec<Vec<u8>>);

pub fn groups(text: &[u8]) -> Vec<Group> {
    let stream = Stream::new(text);
    let mut buf = vec![0; 10 * text.len() + 1024];
    let mut groups = Vec::new();
    loop {
        // SAFETY: zeroes are a valid struct.
        let mut entry: libc::group = unsafe { std::mem::zeroed() };
        let mut result = ptr::null_mut();
        // SAFETY: writes to the struct, the buffer and the pointer.
        unsafe { fgetgrent_r(stream.0, &mut entry, buf.as_mut_ptr(), buf.len(), &mut result) };
        if result.is_null() {
            return groups;
        }
        // SAFETY: the array ends with a null, where the counting ends too.
        let member = |place| unsafe { *entry.gr_mem.wrapping_add(place) };
        let members = (0..).map(member).take_while(|member| !member.is_null());
        let members = members.map(|member| bytes(member)).collect();
        groups.push((bytes(entry.gr_name), bytes(entry.gr_passwd), entry.gr_gid, members));
    }
}
