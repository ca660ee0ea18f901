//! The auxiliary vector: what the kernel told the program at its start, in any
//! program, with a libc or without.
//!
//! From the start of the program, if `entry!` made it; else from
//! prctl(2) (`PR_GET_AUXV`, Linux 6.4); else from `/proc/self/auxv`; else there
//! is none, and each function says what it returns then. The file counts only
//! if it is procfs's: a chroot may hold another. Nothing is taken from
//! the machine that compiled the program. Next door: with the feature `rt`,
//! `rt::auxv` is the vector itself, as it lies on the stack.

use core::{
    mem::MaybeUninit,
    ptr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use linux_raw_sys::{auxvec, general};

use crate::{
    Errno,
    errno::retry,
    fd,
    fs::{self, Mode, OFlags},
    sys,
};

/// The vector has 66 words at most so far (aarch64 and riscv64, Linux 6.18).
const ROOM: usize = 1024;

/// The bytes of one entry: a type and a value.
const ENTRY: usize = 2 * size_of::<usize>();

/// The value of type `kind` (`AT_*`), an integer or an address; `None` where
/// the kernel gave none or cannot be asked.
///
/// # Python
/// None.
///
/// # See also
/// [getauxval(3)](https://man7.org/linux/man-pages/man3/getauxval.3.html)
///
/// # Examples
/// ```
/// const AT_UID: u64 = 11;
///
/// assert!(rawos::auxv::getauxval(AT_UID).is_some());
/// assert_eq!(rawos::auxv::getauxval(0), None);
/// ```
#[must_use]
#[inline]
pub fn getauxval(kind: u64) -> Option<usize> {
    #[cfg(feature = "rt")]
    if crate::rt::auxv().next().is_some() {
        return crate::rt::getauxval(kind);
    }
    let mut buf = [MaybeUninit::uninit(); ROOM];
    if let Ok(vector) = sys::system::prctl_get_auxv(&mut buf) {
        return find(vector, kind);
    }
    // Some of the values are addresses, which are believed: a file that
    // somebody put there, in a chroot without procfs, is none. By path, as it is
    // opened: an emulator gives a file of its own, without a name.
    let path = c"/proc/self/auxv";
    let of = retry(|| sys::attr::statfs(path)).ok()?;
    if of.f_type as u32 != general::PROC_SUPER_MAGIC {
        return None;
    }
    let file = fs::open(path, OFlags::RDONLY, Mode::empty()).ok()?;
    find(fd::read_up_to(&file, &mut [0; ROOM]).ok()?, kind)
}

/// The value of type `kind` in the bytes of a vector.
pub(crate) fn find(vector: &[u8], kind: u64) -> Option<usize> {
    let entries = vector.chunks_exact(ENTRY).map(|entry| {
        let (kind, value) = entry.split_at(ENTRY / 2);
        (word(kind), word(value))
    });
    entries
        .take_while(|&(found, _)| found != auxvec::AT_NULL as usize)
        .find(|&(found, _)| found as u64 == kind)
        .map(|(_, value)| value)
}

fn word(bytes: &[u8]) -> usize {
    bytes.try_into().map_or(0, usize::from_ne_bytes)
}

/// Bytes in a page of memory. Asked once and then remembered.
///
/// Without an auxiliary vector the kernel is asked in another way: which
/// addresses madvise(2) takes for the start of a page.
///
/// # Python
/// `mmap.PAGESIZE`, `os.sysconf("SC_PAGESIZE")`.
///
/// # See also
/// [getpagesize(2)](https://man7.org/linux/man-pages/man2/getpagesize.2.html)
///
/// # Examples
/// ```
/// let size = rawos::auxv::page_size();
/// assert!(size >= 4096 && size.is_power_of_two());
/// ```
#[doc(alias = "getpagesize")]
#[doc(alias = "AT_PAGESZ")]
#[must_use]
#[inline]
pub fn page_size() -> usize {
    static KNOWN: AtomicUsize = AtomicUsize::new(0);
    match KNOWN.load(Relaxed) {
        0 => {
            let told = getauxval(auxvec::AT_PAGESZ.into()).filter(|size| size.is_power_of_two());
            let size = told.unwrap_or_else(probe);
            KNOWN.store(size, Relaxed);
            size
        }
        size => size,
    }
}

/// The least size of which a page can begin at the multiple 1.
fn probe() -> usize {
    let mut sizes = (12..=16).map(|bits| 1 << bits);
    // Another error, of a sandbox, says nothing of pages.
    let begins = |size| sys::system::madvise_nothing(size) != Err(Errno::EINVAL);
    sizes.find(|&size| begins(size)).unwrap_or(4096)
}

/// Clock ticks per second, the unit of times in `/proc` and of times(2).
///
/// 100 without an auxiliary vector, as it is on every architecture of this
/// crate.
///
/// # Python
/// `os.sysconf("SC_CLK_TCK")`.
///
/// # See also
/// [times(2)](https://man7.org/linux/man-pages/man2/times.2.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::auxv::clock_ticks(), 100);
/// ```
#[doc(alias = "AT_CLKTCK")]
#[must_use]
#[inline]
pub fn clock_ticks() -> usize {
    getauxval(auxvec::AT_CLKTCK.into()).filter(|&ticks| ticks != 0).unwrap_or(100)
}

/// Whether the program has rights that its caller may not have, and should not
/// trust the environment: set-user-ID, set-group-ID, file capabilities.
///
/// Without an auxiliary vector, yes: to trust nobody is the safe answer.
///
/// # Python
/// None.
///
/// # See also
/// [secure_getenv(3)](https://man7.org/linux/man-pages/man3/secure_getenv.3.html)
///
/// # Examples
/// ```
/// assert!(!rawos::auxv::secure());
/// ```
#[doc(alias = "AT_SECURE")]
#[doc(alias = "issetugid")]
#[must_use]
#[inline]
pub fn secure() -> bool {
    getauxval(auxvec::AT_SECURE.into()) != Some(0)
}

/// The 16 random bytes that the kernel gave the program at its start, always
/// the same; `None` without an auxiliary vector.
///
/// A libc makes its stack guard of them. For anything secret, random bytes of
/// one's own are better.
///
/// # Python
/// None.
///
/// # See also
/// [getauxval(3)](https://man7.org/linux/man-pages/man3/getauxval.3.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::auxv::random(), rawos::auxv::random());
/// ```
#[doc(alias = "AT_RANDOM")]
#[must_use]
#[inline]
pub fn random() -> Option<[u8; 16]> {
    let address = getauxval(auxvec::AT_RANDOM.into()).filter(|&address| address != 0)?;
    let bytes = ptr::with_exposed_provenance::<[u8; 16]>(address);
    // SAFETY: the kernel put 16 bytes there before the program began, on the
    // first stack, which stays for as long as the process runs.
    Some(unsafe { bytes.read() })
}

/// What the processor can do, as bits whose meaning is the architecture's:
/// `AT_HWCAP` and `AT_HWCAP2`; 0 without an auxiliary vector.
///
/// # Python
/// None.
///
/// # See also
/// [getauxval(3)](https://man7.org/linux/man-pages/man3/getauxval.3.html)
///
/// # Examples
/// ```
/// let [hwcap, _hwcap2] = rawos::auxv::hwcaps();
/// assert_ne!(hwcap, 0);
/// ```
#[doc(alias = "AT_HWCAP")]
#[doc(alias = "AT_HWCAP2")]
#[must_use]
#[inline]
pub fn hwcaps() -> [usize; 2] {
    [auxvec::AT_HWCAP, auxvec::AT_HWCAP2].map(|kind| getauxval(kind.into()).unwrap_or(0))
}

/// The least bytes that a stack for signal handlers may have: as many as the
/// kernel's part of a frame takes, and as many as sigaltstack(2) asks for. What
/// the handler itself needs comes on top.
///
/// Without an auxiliary vector, or before Linux 5.14 on x86_64, what the
/// kernel's headers say: too little where the processor has large registers.
///
/// # Python
/// `os.sysconf("SC_MINSIGSTKSZ")`, which is the frame's part alone.
///
/// # See also
/// [sigaltstack(2)](https://man7.org/linux/man-pages/man2/sigaltstack.2.html)
///
/// # Examples
/// ```
/// assert!(rawos::auxv::min_signal_stack() >= 2048);
/// ```
#[doc(alias = "AT_MINSIGSTKSZ")]
#[doc(alias = "MINSIGSTKSZ")]
#[must_use]
#[inline]
pub fn min_signal_stack() -> usize {
    signal_frame().max(MINSIGSTKSZ)
}

/// Bytes of the kernel's part of a signal handler's frame.
pub(crate) fn signal_frame() -> usize {
    let told = getauxval(auxvec::AT_MINSIGSTKSZ.into());
    told.filter(|&size| size != 0).unwrap_or(MINSIGSTKSZ)
}

const MINSIGSTKSZ: usize = linux_raw_sys::general::MINSIGSTKSZ as usize;

#[cfg(test)]
mod tests {
    use super::{ENTRY, find, probe, word};

    fn vector(entries: &[[usize; 2]]) -> std::vec::Vec<u8> {
        entries.iter().flatten().flat_map(|word| word.to_ne_bytes()).collect()
    }

    #[test]
    fn an_entry_is_found_up_to_the_end() {
        let bytes = vector(&[[6, 4096], [11, 0], [0, 0], [17, 100]]);
        for (kind, value) in [(6, Some(4096)), (11, Some(0)), (17, None), (0, None), (9, None)] {
            assert_eq!(find(&bytes, kind), value, "{kind}");
        }
    }

    #[test]
    fn no_bytes_are_too_few_or_too_odd() {
        let bytes = vector(&[[6, 4096], [usize::MAX, usize::MAX]]);
        for len in 0..=bytes.len() {
            assert_eq!(find(&bytes[..len], 6), (len >= ENTRY).then_some(4096));
            assert_eq!(find(&bytes[..len], u64::MAX).is_some(), len == bytes.len());
        }
        assert_eq!((word(&[]), word(&[1; 9])), (0, 0));
    }

    #[test]
    fn the_probe_finds_the_size_of_a_page() {
        assert_eq!(probe(), super::page_size());
    }
}
