//! What a path argument may be, and the names in a path.
//!
//! Paths are bytes without NUL; the kernel gives `/` and NUL a meaning and
//! nothing else. Nothing here looks at a file: [`PathLike`] is what every
//! function of [`fs`](crate::fs) takes, [`split`], [`join`] and [`components`]
//! work on the bytes as `os.path` does, [`fsdecode`] shows them as text.
#![forbid(unsafe_code)]

mod components;
mod like;
mod names;

#[cfg(feature = "alloc")]
pub use self::components::join_vec;
pub(crate) use self::components::split_bytes;
pub use self::components::{Components, basename, components, dirname, join, split};
pub use self::like::PathLike;
pub use self::names::{FsStr, fsdecode, fsencode, fspath};

/// `os.name`: what kind of system this is.
#[doc(alias = "name")]
pub const NAME: &str = "posix";
/// `os.curdir`: the name of a directory in itself.
#[doc(alias = "curdir")]
pub const CURDIR: &str = ".";
/// `os.pardir`: the name of the parent in a directory.
#[doc(alias = "pardir")]
pub const PARDIR: &str = "..";
/// `os.sep`: what stands between two names of a path.
#[doc(alias = "sep")]
pub const SEP: &str = "/";
/// `os.altsep`: the other separator, which Linux has not.
#[doc(alias = "altsep")]
pub const ALTSEP: Option<&str> = None;
/// `os.extsep`: what stands between a name and its extension.
#[doc(alias = "extsep")]
pub const EXTSEP: &str = ".";
/// `os.pathsep`: what stands between two directories of `PATH`.
#[doc(alias = "pathsep")]
pub const PATHSEP: &str = ":";
/// `os.defpath`: where programs are looked for if there is no `PATH`.
#[doc(alias = "defpath")]
pub const DEFPATH: &str = "/bin:/usr/bin";
/// `os.linesep`: the end of a line of text.
#[doc(alias = "linesep")]
pub const LINESEP: &str = "\n";
/// `os.devnull`: the file that is empty and takes everything.
#[doc(alias = "devnull")]
pub const DEVNULL: &str = "/dev/null";

/// `os.supports_bytes_environ`: an environment is bytes here, so yes.
#[expect(non_upper_case_globals, reason = "Python's name, as its neighbours have it")]
pub const supports_bytes_environ: bool = true;

/// Python's set of functions with `dir_fd=` on Linux.
const DIR_FD: &[&str] = &[
    "access", "chmod", "chown", "link", "mkdir", "mkfifo", "mknod", "open", "readlink", "rename",
    "rmdir", "stat", "symlink", "unlink", "utime",
];

/// Python's set of functions that take a descriptor as their path.
const FD: &[&str] = &[
    "chdir", "chmod", "chown", "execve", "listdir", "pathconf", "scandir", "stat", "statvfs",
    "truncate", "utime",
];

/// Python's set of functions with `follow_symlinks=False` on Linux.
const FOLLOW_SYMLINKS: &[&str] = &["access", "chown", "link", "stat", "utime"];

/// Whether `table` has `name`; by hand, because `==` is not `const` yet.
#[inline]
const fn has(table: &[&str], name: &str) -> bool {
    let name = name.as_bytes();
    let mut row = 0;
    while row < table.len() {
        let entry = table[row].as_bytes();
        let mut same = 0;
        while same < entry.len() && same < name.len() && entry[same] == name[same] {
            same += 1;
        }
        if same == entry.len() && same == name.len() {
            return true;
        }
        row += 1;
    }
    false
}

/// Whether Python's `function` takes `dir_fd=` on Linux; the crate's form of it
/// has a name in `at` (`stat`, [`fstatat`](crate::fs::fstatat)).
///
/// As in Python's set, of two names for one call only the first is known:
/// `unlink` and `rename`, not `remove` and `replace`.
///
/// # Python
/// `os.function in os.supports_dir_fd`.
///
/// # Examples
/// ```
/// use rawos::path::supports_dir_fd;
///
/// const { assert!(supports_dir_fd("mkdir")) };
/// assert!(!supports_dir_fd("listdir"));
/// ```
#[must_use]
#[inline]
pub const fn supports_dir_fd(function: &str) -> bool {
    has(DIR_FD, function)
}

/// Whether Python's `function` takes `effective_ids=True` on Linux: `access` does.
///
/// # Python
/// `os.function in os.supports_effective_ids`.
///
/// # Examples
/// ```
/// use rawos::path::supports_effective_ids;
///
/// assert!(supports_effective_ids("access"));
/// assert!(!supports_effective_ids("stat"));
/// ```
#[must_use]
#[inline]
pub const fn supports_effective_ids(function: &str) -> bool {
    has(&["access"], function)
}

/// Whether Python's `function` takes a descriptor in place of a path; the
/// crate's form of it begins with `f` (`listdir`, `flistdir`).
///
/// # Python
/// `os.function in os.supports_fd`.
///
/// # Examples
/// ```
/// use rawos::path::supports_fd;
///
/// assert!(supports_fd("scandir"));
/// assert!(!supports_fd("mkdir"));
/// ```
#[must_use]
#[inline]
pub const fn supports_fd(function: &str) -> bool {
    has(FD, function)
}

/// Whether Python's `function` takes `follow_symlinks=False` on Linux.
///
/// Not `chmod`: a symlink has no permissions there.
///
/// # Python
/// `os.function in os.supports_follow_symlinks`.
///
/// # Examples
/// ```
/// use rawos::path::supports_follow_symlinks;
///
/// assert!(supports_follow_symlinks("stat"));
/// assert!(!supports_follow_symlinks("chmod"));
/// ```
#[must_use]
#[inline]
pub const fn supports_follow_symlinks(function: &str) -> bool {
    has(FOLLOW_SYMLINKS, function)
}
