//! What glibc's `fgetpwent_r` and `fgetgrent_r` find in a text, and texts.

use std::{
    ffi::CStr,
    fs::File,
    io::{Seek as _, Write as _},
    os::fd::IntoRawFd as _,
    ptr,
};

use proptest::prelude::*;

unsafe extern "C" {
    fn fgetpwent_r(
        stream: *mut libc::FILE,
        entry: *mut libc::passwd,
        buf: *mut libc::c_char,
        len: usize,
        result: *mut *mut libc::passwd,
    ) -> i32;
    fn fgetgrent_r(
        stream: *mut libc::FILE,
        entry: *mut libc::group,
        buf: *mut libc::c_char,
        len: usize,
        result: *mut *mut libc::group,
    ) -> i32;
}

/// Fewer cases where an emulator makes them slow.
pub fn cases() -> ProptestConfig {
    let slow = ["RAWOS_BOOTED", "RAWOS_RUNNER"].iter().any(|name| std::env::var_os(name).is_some());
    if slow { ProptestConfig::with_cases(30) } else { ProptestConfig::default() }
}

/// A file with the text, at its start.
pub fn file(text: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text).unwrap();
    file.rewind().unwrap();
    file
}

/// The text, in which lines that begin with blanks end with `\n` and have no
/// NUL: of others, glibc 2.36 sees the last bytes twice.
fn terminated(text: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
    if !lines.iter().any(|line| line.first().is_some_and(|first| b" \t\x0b\x0c\r".contains(first)))
    {
        return text.to_vec();
    }
    let mut terminated = Vec::new();
    for line in lines {
        terminated.extend(line.split(|byte| *byte == 0).next().unwrap_or_default());
        terminated.push(b'\n');
    }
    terminated
}

struct Stream(*mut libc::FILE);

impl Stream {
    fn new(text: &[u8]) -> Self {
        let text = terminated(text);
        // SAFETY: the descriptor is the stream's from now on.
        let stream = unsafe { libc::fdopen(file(&text).into_raw_fd(), c"r".as_ptr()) };
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

/// The bytes of a string; none for a null.
fn bytes(string: *const libc::c_char) -> Vec<u8> {
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
    let mut buf = vec![0; text.len() + 4096];
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
        let rest = [bytes(entry.pw_gecos), bytes(entry.pw_dir), bytes(entry.pw_shell)];
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
    let mut buf = vec![0; 10 * text.len() + 4096];
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
        let mut members = Vec::new();
        for place in 0.. {
            // SAFETY: the array ends with a null, where the loop ends too.
            let member = unsafe { *entry.gr_mem.wrapping_add(place) };
            if member.is_null() {
                break;
            }
            members.push(bytes(member));
        }
        groups.push((bytes(entry.gr_name), bytes(entry.gr_passwd), entry.gr_gid, members));
    }
}

/// Texts that are nearly files of users or groups: `fields` colons and what
/// may stand between them, and pure noise.
pub fn texts(fields: usize) -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        8 => "[0-9]{1,4}",
        1 => "[ \t\u{b}]?[-+]?[0-9]{0,3}[ x]?",
        1 => prop_oneof![
            Just("4294967294"), Just("4294967295"), Just("4294967296"), Just("-1"), Just("-0"),
            Just("18446744073709551615"), Just("18446744073709551616"), Just("-18446744073709551615"),
            Just("99999999999999999999999"), Just("-99999999999999999999999"), Just("007"),
        ].prop_map(String::from),
    ];
    let name = prop_oneof![6 => "[ab]{0,3}", 2 => "[-+][ab]{0,2}", 1 => "[#@ \t\r]{1,2}[ab]?"];
    let field = prop_oneof![6 => "[xa/]{0,4}", 2 => "[ab]{0,2}(,[ \t]?[ab]{0,2}){0,5}", 1 => number.clone()];
    let line = (name, "[x]?", prop::collection::vec(number, 2), prop::collection::vec(field, 0..6))
        .prop_map(move |(name, passwd, numbers, rest)| {
            let mut all = vec![name, passwd];
            all.extend(numbers.into_iter().take(fields));
            all.extend(rest);
            all.join(":")
        });
    let noise = "[-+a:,# \t01\0\u{c}]{0,12}";
    let line = prop_oneof![5 => (line, 0..40_usize).prop_map(|(mut line, cut)| {
        // Some are cut off somewhere.
        if let (Some((at, _)), true) = (line.char_indices().nth(cut), cut < 8) {
            line.truncate(at);
        }
        line
    }), 1 => noise];
    (prop::collection::vec(line, 0..8), any::<bool>()).prop_map(|(lines, end)| {
        let mut text = lines.join("\n");
        if end {
            text.push('\n');
        }
        text.into_bytes()
    })
}
