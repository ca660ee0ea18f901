//! Users and groups by name: `/etc/passwd` and `/etc/group`.
//!
//! **Files only.** What other services know (LDAP, SSSD, NIS, systemd's
//! `DynamicUser=`) a libc learns through plug-ins; here it is not seen.
//!
//! The files are read as a stream through a buffer of the caller's, without
//! heap. A line for a user must fit in the buffer, or is reported as `ERANGE`;
//! the members of a group come one by one, however many there are.
//!
//! What is a line and what is not, is as in glibc's `fgetpwent` and
//! `fgetgrent`: blank lines and comments are left out, and so are lines that
//! lack a number where one belongs. Lines for NIS, whose name begins with `+`
//! or `-`, are shown, but no look-up finds them.
#![forbid(unsafe_code)]

mod group;
mod list;
mod login;
pub(crate) mod number;
mod passwd;
mod source;

#[cfg(feature = "alloc")]
pub use self::login::getlogin_alloc;
pub use self::{
    group::{Group, GroupReader},
    list::{fgetgrouplist, finitgroups, getgrouplist, initgroups},
    login::getlogin,
    passwd::{Passwd, PasswdReader},
};

/// Whether a look-up may find the line: it is not one for NIS.
#[inline]
fn ordinary(name: &[u8]) -> bool {
    !matches!(name.first(), Some(b'+' | b'-'))
}
