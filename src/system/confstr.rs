//! Configuration that is text: `confstr` and its names.
#![forbid(unsafe_code)]

use crate::{Errno, Result};

names! {
    /// What [`confstr`] is asked for.
    ///
    /// Python's names and glibc's numbers; by text through `FromStr`.
    ///
    /// # Python
    /// `os.confstr_names`, which is [`all`](Self::all) less what Python leaves
    /// out.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, system::ConfstrName};
    ///
    /// assert_eq!("CS_PATH".parse(), Ok(ConfstrName::PATH));
    /// assert_eq!("PATH".parse::<ConfstrName>(), Err(Errno::EINVAL));
    /// ```
    #[doc(alias = "confstr_names")]
    pub struct ConfstrName, "rawos::system::ConfstrName", "CS_PATH" {
        PATH = 0, "CS_PATH", "Where the standard utilities are, as a `PATH`: `/bin:/usr/bin`.";
        V6_WIDTH_RESTRICTED_ENVS = 1, "CS_V6_WIDTH_RESTRICTED_ENVS", "`None`: C's programming environments.";
        POSIX_V6_WIDTH_RESTRICTED_ENVS = 1, "CS_POSIX_V6_WIDTH_RESTRICTED_ENVS", "`None`: C's programming environments.";
        GNU_LIBC_VERSION = 2, "CS_GNU_LIBC_VERSION", "`None`: there is no glibc.";
        GNU_LIBPTHREAD_VERSION = 3, "CS_GNU_LIBPTHREAD_VERSION", "`None`: there is no libpthread.";
        V5_WIDTH_RESTRICTED_ENVS = 4, "CS_V5_WIDTH_RESTRICTED_ENVS", "`None`: C's programming environments.";
        POSIX_V5_WIDTH_RESTRICTED_ENVS = 4, "CS_POSIX_V5_WIDTH_RESTRICTED_ENVS", "`None`: C's programming environments.";
        V7_WIDTH_RESTRICTED_ENVS = 5, "CS_V7_WIDTH_RESTRICTED_ENVS", "`None`: C's programming environments.";
        POSIX_V7_WIDTH_RESTRICTED_ENVS = 5, "CS_POSIX_V7_WIDTH_RESTRICTED_ENVS", "`None`: C's programming environments.";
        LFS_CFLAGS = 1000, "CS_LFS_CFLAGS", "`None`: a C compiler's flags for `LFS`.";
        LFS_LDFLAGS = 1001, "CS_LFS_LDFLAGS", "`None`: a linker's flags for `LFS`.";
        LFS_LIBS = 1002, "CS_LFS_LIBS", "`None`: a linker's libraries for `LFS`.";
        LFS_LINTFLAGS = 1003, "CS_LFS_LINTFLAGS", "`None`: lint's flags for `LFS`.";
        LFS64_CFLAGS = 1004, "CS_LFS64_CFLAGS", "`None`: a C compiler's flags for `LFS64`.";
        LFS64_LDFLAGS = 1005, "CS_LFS64_LDFLAGS", "`None`: a linker's flags for `LFS64`.";
        LFS64_LIBS = 1006, "CS_LFS64_LIBS", "`None`: a linker's libraries for `LFS64`.";
        LFS64_LINTFLAGS = 1007, "CS_LFS64_LINTFLAGS", "`None`: lint's flags for `LFS64`.";
        XBS5_ILP32_OFF32_CFLAGS = 1100, "CS_XBS5_ILP32_OFF32_CFLAGS", "`None`: a C compiler's flags for `XBS5_ILP32_OFF32`.";
        XBS5_ILP32_OFF32_LDFLAGS = 1101, "CS_XBS5_ILP32_OFF32_LDFLAGS", "`None`: a linker's flags for `XBS5_ILP32_OFF32`.";
        XBS5_ILP32_OFF32_LIBS = 1102, "CS_XBS5_ILP32_OFF32_LIBS", "`None`: a linker's libraries for `XBS5_ILP32_OFF32`.";
        XBS5_ILP32_OFF32_LINTFLAGS = 1103, "CS_XBS5_ILP32_OFF32_LINTFLAGS", "`None`: lint's flags for `XBS5_ILP32_OFF32`.";
        XBS5_ILP32_OFFBIG_CFLAGS = 1104, "CS_XBS5_ILP32_OFFBIG_CFLAGS", "`None`: a C compiler's flags for `XBS5_ILP32_OFFBIG`.";
        XBS5_ILP32_OFFBIG_LDFLAGS = 1105, "CS_XBS5_ILP32_OFFBIG_LDFLAGS", "`None`: a linker's flags for `XBS5_ILP32_OFFBIG`.";
        XBS5_ILP32_OFFBIG_LIBS = 1106, "CS_XBS5_ILP32_OFFBIG_LIBS", "`None`: a linker's libraries for `XBS5_ILP32_OFFBIG`.";
        XBS5_ILP32_OFFBIG_LINTFLAGS = 1107, "CS_XBS5_ILP32_OFFBIG_LINTFLAGS", "`None`: lint's flags for `XBS5_ILP32_OFFBIG`.";
        XBS5_LP64_OFF64_CFLAGS = 1108, "CS_XBS5_LP64_OFF64_CFLAGS", "`None`: a C compiler's flags for `XBS5_LP64_OFF64`.";
        XBS5_LP64_OFF64_LDFLAGS = 1109, "CS_XBS5_LP64_OFF64_LDFLAGS", "`None`: a linker's flags for `XBS5_LP64_OFF64`.";
        XBS5_LP64_OFF64_LIBS = 1110, "CS_XBS5_LP64_OFF64_LIBS", "`None`: a linker's libraries for `XBS5_LP64_OFF64`.";
        XBS5_LP64_OFF64_LINTFLAGS = 1111, "CS_XBS5_LP64_OFF64_LINTFLAGS", "`None`: lint's flags for `XBS5_LP64_OFF64`.";
        XBS5_LPBIG_OFFBIG_CFLAGS = 1112, "CS_XBS5_LPBIG_OFFBIG_CFLAGS", "`None`: a C compiler's flags for `XBS5_LPBIG_OFFBIG`.";
        XBS5_LPBIG_OFFBIG_LDFLAGS = 1113, "CS_XBS5_LPBIG_OFFBIG_LDFLAGS", "`None`: a linker's flags for `XBS5_LPBIG_OFFBIG`.";
        XBS5_LPBIG_OFFBIG_LIBS = 1114, "CS_XBS5_LPBIG_OFFBIG_LIBS", "`None`: a linker's libraries for `XBS5_LPBIG_OFFBIG`.";
        XBS5_LPBIG_OFFBIG_LINTFLAGS = 1115, "CS_XBS5_LPBIG_OFFBIG_LINTFLAGS", "`None`: lint's flags for `XBS5_LPBIG_OFFBIG`.";
        POSIX_V6_ILP32_OFF32_CFLAGS = 1116, "CS_POSIX_V6_ILP32_OFF32_CFLAGS", "`None`: a C compiler's flags for `POSIX_V6_ILP32_OFF32`.";
        POSIX_V6_ILP32_OFF32_LDFLAGS = 1117, "CS_POSIX_V6_ILP32_OFF32_LDFLAGS", "`None`: a linker's flags for `POSIX_V6_ILP32_OFF32`.";
        POSIX_V6_ILP32_OFF32_LIBS = 1118, "CS_POSIX_V6_ILP32_OFF32_LIBS", "`None`: a linker's libraries for `POSIX_V6_ILP32_OFF32`.";
        POSIX_V6_ILP32_OFF32_LINTFLAGS = 1119, "CS_POSIX_V6_ILP32_OFF32_LINTFLAGS", "`None`: lint's flags for `POSIX_V6_ILP32_OFF32`.";
        POSIX_V6_ILP32_OFFBIG_CFLAGS = 1120, "CS_POSIX_V6_ILP32_OFFBIG_CFLAGS", "`None`: a C compiler's flags for `POSIX_V6_ILP32_OFFBIG`.";
        POSIX_V6_ILP32_OFFBIG_LDFLAGS = 1121, "CS_POSIX_V6_ILP32_OFFBIG_LDFLAGS", "`None`: a linker's flags for `POSIX_V6_ILP32_OFFBIG`.";
        POSIX_V6_ILP32_OFFBIG_LIBS = 1122, "CS_POSIX_V6_ILP32_OFFBIG_LIBS", "`None`: a linker's libraries for `POSIX_V6_ILP32_OFFBIG`.";
        POSIX_V6_ILP32_OFFBIG_LINTFLAGS = 1123, "CS_POSIX_V6_ILP32_OFFBIG_LINTFLAGS", "`None`: lint's flags for `POSIX_V6_ILP32_OFFBIG`.";
        POSIX_V6_LP64_OFF64_CFLAGS = 1124, "CS_POSIX_V6_LP64_OFF64_CFLAGS", "`None`: a C compiler's flags for `POSIX_V6_LP64_OFF64`.";
        POSIX_V6_LP64_OFF64_LDFLAGS = 1125, "CS_POSIX_V6_LP64_OFF64_LDFLAGS", "`None`: a linker's flags for `POSIX_V6_LP64_OFF64`.";
        POSIX_V6_LP64_OFF64_LIBS = 1126, "CS_POSIX_V6_LP64_OFF64_LIBS", "`None`: a linker's libraries for `POSIX_V6_LP64_OFF64`.";
        POSIX_V6_LP64_OFF64_LINTFLAGS = 1127, "CS_POSIX_V6_LP64_OFF64_LINTFLAGS", "`None`: lint's flags for `POSIX_V6_LP64_OFF64`.";
        POSIX_V6_LPBIG_OFFBIG_CFLAGS = 1128, "CS_POSIX_V6_LPBIG_OFFBIG_CFLAGS", "`None`: a C compiler's flags for `POSIX_V6_LPBIG_OFFBIG`.";
        POSIX_V6_LPBIG_OFFBIG_LDFLAGS = 1129, "CS_POSIX_V6_LPBIG_OFFBIG_LDFLAGS", "`None`: a linker's flags for `POSIX_V6_LPBIG_OFFBIG`.";
        POSIX_V6_LPBIG_OFFBIG_LIBS = 1130, "CS_POSIX_V6_LPBIG_OFFBIG_LIBS", "`None`: a linker's libraries for `POSIX_V6_LPBIG_OFFBIG`.";
        POSIX_V6_LPBIG_OFFBIG_LINTFLAGS = 1131, "CS_POSIX_V6_LPBIG_OFFBIG_LINTFLAGS", "`None`: lint's flags for `POSIX_V6_LPBIG_OFFBIG`.";
        POSIX_V7_ILP32_OFF32_CFLAGS = 1132, "CS_POSIX_V7_ILP32_OFF32_CFLAGS", "`None`: a C compiler's flags for `POSIX_V7_ILP32_OFF32`.";
        POSIX_V7_ILP32_OFF32_LDFLAGS = 1133, "CS_POSIX_V7_ILP32_OFF32_LDFLAGS", "`None`: a linker's flags for `POSIX_V7_ILP32_OFF32`.";
        POSIX_V7_ILP32_OFF32_LIBS = 1134, "CS_POSIX_V7_ILP32_OFF32_LIBS", "`None`: a linker's libraries for `POSIX_V7_ILP32_OFF32`.";
        POSIX_V7_ILP32_OFF32_LINTFLAGS = 1135, "CS_POSIX_V7_ILP32_OFF32_LINTFLAGS", "`None`: lint's flags for `POSIX_V7_ILP32_OFF32`.";
        POSIX_V7_ILP32_OFFBIG_CFLAGS = 1136, "CS_POSIX_V7_ILP32_OFFBIG_CFLAGS", "`None`: a C compiler's flags for `POSIX_V7_ILP32_OFFBIG`.";
        POSIX_V7_ILP32_OFFBIG_LDFLAGS = 1137, "CS_POSIX_V7_ILP32_OFFBIG_LDFLAGS", "`None`: a linker's flags for `POSIX_V7_ILP32_OFFBIG`.";
        POSIX_V7_ILP32_OFFBIG_LIBS = 1138, "CS_POSIX_V7_ILP32_OFFBIG_LIBS", "`None`: a linker's libraries for `POSIX_V7_ILP32_OFFBIG`.";
        POSIX_V7_ILP32_OFFBIG_LINTFLAGS = 1139, "CS_POSIX_V7_ILP32_OFFBIG_LINTFLAGS", "`None`: lint's flags for `POSIX_V7_ILP32_OFFBIG`.";
        POSIX_V7_LP64_OFF64_CFLAGS = 1140, "CS_POSIX_V7_LP64_OFF64_CFLAGS", "`None`: a C compiler's flags for `POSIX_V7_LP64_OFF64`.";
        POSIX_V7_LP64_OFF64_LDFLAGS = 1141, "CS_POSIX_V7_LP64_OFF64_LDFLAGS", "`None`: a linker's flags for `POSIX_V7_LP64_OFF64`.";
        POSIX_V7_LP64_OFF64_LIBS = 1142, "CS_POSIX_V7_LP64_OFF64_LIBS", "`None`: a linker's libraries for `POSIX_V7_LP64_OFF64`.";
        POSIX_V7_LP64_OFF64_LINTFLAGS = 1143, "CS_POSIX_V7_LP64_OFF64_LINTFLAGS", "`None`: lint's flags for `POSIX_V7_LP64_OFF64`.";
        POSIX_V7_LPBIG_OFFBIG_CFLAGS = 1144, "CS_POSIX_V7_LPBIG_OFFBIG_CFLAGS", "`None`: a C compiler's flags for `POSIX_V7_LPBIG_OFFBIG`.";
        POSIX_V7_LPBIG_OFFBIG_LDFLAGS = 1145, "CS_POSIX_V7_LPBIG_OFFBIG_LDFLAGS", "`None`: a linker's flags for `POSIX_V7_LPBIG_OFFBIG`.";
        POSIX_V7_LPBIG_OFFBIG_LIBS = 1146, "CS_POSIX_V7_LPBIG_OFFBIG_LIBS", "`None`: a linker's libraries for `POSIX_V7_LPBIG_OFFBIG`.";
        POSIX_V7_LPBIG_OFFBIG_LINTFLAGS = 1147, "CS_POSIX_V7_LPBIG_OFFBIG_LINTFLAGS", "`None`: lint's flags for `POSIX_V7_LPBIG_OFFBIG`.";
        V6_ENV = 1148, "CS_V6_ENV", "What to add to the environment of utilities that should keep to POSIX: `POSIXLY_CORRECT=1`.";
        V7_ENV = 1149, "CS_V7_ENV", "[`V6_ENV`](Self::V6_ENV), for a later edition.";
    }
}

/// The text for `name`; `None` where it is a C library's or a C compiler's to
/// know, as nearly all of them are.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): `name` is none that glibc has.
///
/// # Python
/// `os.confstr(name)`, which takes a string, `"CS_PATH".parse()` here, and
/// answers for the C library that it runs on.
///
/// # See also
/// [confstr(3)](https://man7.org/linux/man-pages/man3/confstr.3.html)
///
/// # Examples
/// ```
/// use rawos::system::{ConfstrName, confstr};
///
/// assert_eq!(confstr(ConfstrName::PATH)?, Some("/bin:/usr/bin"));
/// assert_eq!(confstr("CS_GNU_LIBC_VERSION".parse()?)?, None);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub const fn confstr(name: ConfstrName) -> Result<Option<&'static str>> {
    match name.raw() {
        0 => Ok(Some("/bin:/usr/bin")),
        1148 | 1149 => Ok(Some("POSIXLY_CORRECT=1")),
        1..=5 | 1000..=1007 | 1100..=1147 => Ok(None),
        _ => Err(Errno::EINVAL),
    }
}
