//! The limits of the machine and of the process.
#![forbid(unsafe_code)]

use core::{
    ffi::{c_char, c_int, c_schar, c_short, c_uchar, c_uint, c_ushort},
    fmt::Write as _,
};

use linux_raw_sys::general as uapi;

use super::{
    SysconfName, cpu,
    read::{number, with_text},
};
use crate::{
    Errno, Result, auxv,
    path::PathLike,
    process::{Resource, getrlimit},
    sys,
};

/// The edition of POSIX that an option follows.
const POSIX: i64 = 200_809;

/// Asks for a limit or an option; `None` where there is no limit, or nobody
/// but a C library knows one.
///
/// Everything is asked anew, of the kernel: limits change, processors come and
/// go. An option of POSIX that the kernel itself has is answered 200809, as
/// glibc does; its docs are in [`SysconfName`]. Where a file of `/proc` or
/// `/sys` cannot be read, `None`, or what has been true for as long as this
/// crate's kernels.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` is none that glibc has.
/// - What getrlimit(2) and sysinfo(2) return, in a sandbox that refuses them.
///
/// # Python
/// `os.sysconf(name)`, which returns -1 for `None`, takes a string,
/// `"SC_PAGESIZE".parse()` here, and answers for the C library that it runs
/// on.
///
/// # See also
/// [sysconf(3)](https://man7.org/linux/man-pages/man3/sysconf.3.html)
///
/// # Examples
/// ```
/// use rawos::system::{SysconfName, sysconf};
///
/// assert!(sysconf(SysconfName::PAGESIZE)? >= Some(4096));
/// assert_eq!(sysconf("SC_ATEXIT_MAX".parse()?)?, None);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn sysconf(name: SysconfName) -> Result<Option<i64>> {
    use SysconfName as Name;
    let value = match name {
        Name::ARG_MAX => {
            let stack = getrlimit(Resource::STACK)?.soft;
            (stack / 4).clamp(131_072, 6 << 20).cast_signed()
        }
        Name::CHILD_MAX => return limit(Resource::NPROC),
        Name::OPEN_MAX => return limit(Resource::NOFILE),
        Name::SIGQUEUE_MAX => return limit(Resource::SIGPENDING),
        Name::NGROUPS_MAX => read_number(c"/proc/sys/kernel/ngroups_max").unwrap_or(65_536),
        Name::CLK_TCK => signed(auxv::clock_ticks()),
        Name::PAGESIZE => signed(auxv::page_size()),
        Name::MINSIGSTKSZ => signed(auxv::signal_frame()),
        Name::SIGSTKSZ => signed(auxv::min_signal_stack()).saturating_mul(4),
        Name::NPROCESSORS_ONLN => return Ok(cpu::cpu_count().map(signed)),
        Name::NPROCESSORS_CONF => return Ok(cpu::possible().map(signed)),
        Name::PHYS_PAGES => return pages(|info| info.totalram),
        Name::AVPHYS_PAGES => return pages(|info| info.freeram),
        _ => {
            return match constant(name).or_else(|| cache(name)) {
                None if name.name().is_none() => Err(Errno::EINVAL),
                found => Ok(found),
            };
        }
    };
    Ok(Some(value))
}

/// What is the same on every Linux of an architecture.
#[inline]
fn constant(name: SysconfName) -> Option<i64> {
    use SysconfName as Name;
    Some(match name {
        Name::REALTIME_SIGNALS
        | Name::PRIORITY_SCHEDULING
        | Name::TIMERS
        | Name::SYNCHRONIZED_IO
        | Name::FSYNC
        | Name::MAPPED_FILES
        | Name::MEMLOCK
        | Name::MEMLOCK_RANGE
        | Name::MEMORY_PROTECTION
        | Name::MESSAGE_PASSING
        | Name::ADVISORY_INFO
        | Name::CLOCK_SELECTION
        | Name::CPUTIME
        | Name::THREAD_CPUTIME
        | Name::MONOTONIC_CLOCK
        | Name::IPV6
        | Name::RAW_SOCKETS
        | Name::VERSION => POSIX,
        Name::JOB_CONTROL | Name::SAVED_IDS => 1,
        Name::DELAYTIMER_MAX => i64::from(i32::MAX),
        Name::MQ_PRIO_MAX => 32_768,
        Name::RTSIG_MAX => 32,
        Name::UIO_MAXIOV => i64::from(uapi::UIO_MAXIOV),
        Name::LOGIN_NAME_MAX => 256,
        Name::TTY_NAME_MAX => 32,
        Name::HOST_NAME_MAX => i64::from(linux_raw_sys::system::__NEW_UTS_LEN),
        Name::NZERO => 20,
        Name::CHAR_BIT => i64::from(c_char::BITS),
        Name::CHAR_MAX => i64::from(c_char::MAX),
        Name::CHAR_MIN => i64::from(c_char::MIN),
        Name::SCHAR_MAX => i64::from(c_schar::MAX),
        Name::SCHAR_MIN => i64::from(c_schar::MIN),
        Name::UCHAR_MAX => i64::from(c_uchar::MAX),
        Name::SHRT_MAX => i64::from(c_short::MAX),
        Name::SHRT_MIN => i64::from(c_short::MIN),
        Name::USHRT_MAX => i64::from(c_ushort::MAX),
        Name::INT_MAX => i64::from(c_int::MAX),
        Name::INT_MIN => i64::from(c_int::MIN),
        Name::UINT_MAX => i64::from(c_uint::MAX),
        Name::WORD_BIT => i64::from(c_int::BITS),
        Name::LONG_BIT => i64::from(core::ffi::c_long::BITS),
        Name::SSIZE_MAX => 32_767,
        _ => return None,
    })
}

/// No value here comes near the end of an `i64`.
#[inline]
fn signed(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The soft limit, in force for this process.
#[inline]
fn limit(resource: Resource) -> Result<Option<i64>> {
    // Without limit it is the largest number there is.
    getrlimit(resource).map(|limit| i64::try_from(limit.soft).ok())
}

/// A field of sysinfo(2), which is in units of its own, in pages.
#[inline]
fn pages(field: impl FnOnce(&linux_raw_sys::system::sysinfo) -> u64) -> Result<Option<i64>> {
    let info = sys::system::sysinfo()?;
    let bytes = u128::from(field(&info)) * u128::from(info.mem_unit);
    Ok(i64::try_from(bytes / auxv::page_size() as u128).ok())
}

/// The number that the file at `path` begins with.
#[inline]
fn read_number(path: impl PathLike) -> Option<i64> {
    with_text(path, |text| number(text).map(|(value, _)| value))
}

/// A property of one of the first processor's caches.
#[inline]
fn cache(name: SysconfName) -> Option<i64> {
    use SysconfName as Name;
    let (level, kind, file) = match name {
        Name::LEVEL1_ICACHE_SIZE => (1, "Instruction", "size"),
        Name::LEVEL1_ICACHE_ASSOC => (1, "Instruction", WAYS),
        Name::LEVEL1_ICACHE_LINESIZE => (1, "Instruction", LINE),
        Name::LEVEL1_DCACHE_SIZE => (1, "Data", "size"),
        Name::LEVEL1_DCACHE_ASSOC => (1, "Data", WAYS),
        Name::LEVEL1_DCACHE_LINESIZE => (1, "Data", LINE),
        Name::LEVEL2_CACHE_SIZE => (2, "Data", "size"),
        Name::LEVEL2_CACHE_ASSOC => (2, "Data", WAYS),
        Name::LEVEL2_CACHE_LINESIZE => (2, "Data", LINE),
        Name::LEVEL3_CACHE_SIZE => (3, "Data", "size"),
        Name::LEVEL3_CACHE_ASSOC => (3, "Data", WAYS),
        Name::LEVEL3_CACHE_LINESIZE => (3, "Data", LINE),
        Name::LEVEL4_CACHE_SIZE => (4, "Data", "size"),
        Name::LEVEL4_CACHE_ASSOC => (4, "Data", WAYS),
        Name::LEVEL4_CACHE_LINESIZE => (4, "Data", LINE),
        _ => return None,
    };
    for index in 0..16 {
        // No such cache, and none after it.
        if read_number(&*cache_file(index, "level"))? != level {
            continue;
        }
        let fits = |found: &[u8]| found == kind.as_bytes() || found == b"Unified";
        if with_text(&*cache_file(index, "type"), |found| fits(found).then_some(())).is_some() {
            return with_text(&*cache_file(index, file), size);
        }
    }
    None
}

const WAYS: &str = "ways_of_associativity";
const LINE: &str = "coherency_line_size";

/// The path of a file about the cache number `index`.
#[inline]
fn cache_file(index: u32, file: &str) -> heapless::Vec<u8, 80> {
    let mut path = heapless::Vec::new();
    // Of 68 bytes at most; one cut off would not be found.
    let _ = write!(path, "/sys/devices/system/cpu/cpu0/cache/index{index}/{file}");
    path
}

/// A number of bytes as `/sys` writes it: `64`, `32K`.
#[inline]
pub(crate) fn size(text: &[u8]) -> Option<i64> {
    match number(text)? {
        (value, b"") => Some(value),
        (value, b"K") => value.checked_mul(1 << 10),
        (value, b"M") => value.checked_mul(1 << 20),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{cache_file, size};

    #[test]
    fn sizes_as_they_are_written() {
        for (text, value) in [
            ("64", Some(64)),
            ("32K", Some(32 << 10)),
            ("3M", Some(3 << 20)),
            ("", None),
            ("K", None),
            ("-1", None),
            ("12x", None),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775807K", None),
            ("9223372036854775808", None),
        ] {
            assert_eq!(size(text.as_bytes()), value, "{text:?}");
        }
        assert!(cache_file(15, super::WAYS).ends_with(b"index15/ways_of_associativity"));
    }
}
