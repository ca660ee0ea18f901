//! Users and groups of services, by name or number.
//!
//! Of `/etc/passwd` and `/etc/group`, the first 16 KiB count. rawos's `user` can
//! do more; this is what fits.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use heapless::Vec;
use rawos::{Errno, Result};

use super::{
    file::read,
    text::{Lines, index, small},
};

/// How much of a file is read.
const FILE: usize = 16384;

/// Whom a service runs as.
#[derive(Default)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
    pub groups: Vec<u32, 64>,
    pub name: Vec<u8, 64>,
    pub home: Vec<u8, 256>,
    pub shell: Vec<u8, 256>,
}

/// Finds the user `user`, in the group `group` if there is one. Without a
/// description in `/etc/passwd`, the users 0 and 65534, `root` and `nobody`,
/// are known, and others by number, with a group of that number; `ESRCH` is for the
/// rest.
pub fn find(user: Option<&CStr>, group: Option<&CStr>, found: &mut User) -> Result<()> {
    let mut file = [0; FILE];
    account(contents(c"/etc/passwd", &mut file)?, user, found)?;
    groups(contents(c"/etc/group", &mut file)?, group, found)
}

/// What `/etc/passwd` says of the user; root without one.
pub fn account(text: &[u8], user: Option<&CStr>, found: &mut User) -> Result<()> {
    let wanted = user.map_or(&b"0"[..], CStr::to_bytes);
    let known = lines(text).find(|line| is(line, wanted));
    match known {
        Some(line) => {
            (found.uid, found.gid) = (id(line, 2)?, id(line, 3)?);
            // Too long a one is left out.
            let _ = found.name.extend_from_slice(field(line, 0));
            let _ = found.home.extend_from_slice(field(line, 5));
            let _ = found.shell.extend_from_slice(field(line, 6));
        }
        None => {
            found.uid = number(wanted)?;
            found.gid = found.uid;
        }
    }
    Ok(())
}

/// What `/etc/group` says of the group, and of those that the user is in.
pub fn groups(text: &[u8], group: Option<&CStr>, found: &mut User) -> Result<()> {
    if let Some(group) = group.map(CStr::to_bytes) {
        let known = lines(text).find(|line| is(line, group));
        found.gid = known.map_or_else(|| number(group), |line| id(line, 2))?;
    }
    let _ = found.groups.push(found.gid);
    let member = |line: &&[u8]| {
        let mut members = field(line, 3).split(|byte| *byte == b',');
        !found.name.is_empty() && members.any(|member| member == found.name)
    };
    for gid in lines(text).filter(member).filter_map(|line| id(line, 2).ok()) {
        // More than there is room for are left out.
        let _ = found.groups.push(gid);
    }
    Ok(())
}

/// What the file says; nothing if there is none.
fn contents<'f>(path: &CStr, file: &'f mut [u8; FILE]) -> Result<&'f [u8]> {
    match read(path, file) {
        Err(Errno::ENOENT) => Ok(b""),
        result => result.map(|(text, _)| text),
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut lines = Lines::new(text);
    core::iter::from_fn(move || lines.plain().map(|(_, line)| line))
}

/// A field of a line.
#[inline(never)]
fn field(line: &[u8], index: usize) -> &[u8] {
    line.split(|byte| *byte == b':').nth(index).unwrap_or_default()
}

/// A field that is a number.
fn id(line: &[u8], index: usize) -> Result<u32> {
    small(field(line, index)).ok_or(Errno::ESRCH)
}

/// Whether the line is of this name or number.
fn is(line: &[u8], wanted: &[u8]) -> bool {
    field(line, 0) == wanted || field(line, 2) == wanted && small(wanted).is_some()
}

/// The number of a user or group that no file has.
fn number(name: &[u8]) -> Result<u32> {
    match index(b"root nobody nogroup", name) {
        Some(0) => Ok(0),
        Some(_) => Ok(65534),
        None => small(name).ok_or(Errno::ESRCH),
    }
}
