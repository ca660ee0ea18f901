//! Which CPUs a thread may run on, and which one it is on.
#![forbid(unsafe_code)]

use core::fmt;

use crate::{Errno, Result, process::Pid, sys};

/// A set of CPUs, of the first [`CAPACITY`](Self::CAPACITY) there may be.
///
/// # Python
/// The `set` of `int` that `os.sched_getaffinity` returns.
///
/// # Examples
/// ```
/// use rawos::{Errno, sched::CpuSet};
///
/// let mut set = CpuSet::new();
/// set.insert(5)?;
/// set.insert(0)?;
/// assert!(set.iter().eq([0, 5]));
/// assert_eq!(set.insert(CpuSet::CAPACITY), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "cpu_set_t")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CpuSet {
    words: [u64; Self::WORDS],
}

impl CpuSet {
    /// CPU numbers are below this. No architecture's Linux can be built for
    /// more CPUs.
    pub const CAPACITY: u32 = 8192;

    const WORDS: usize = Self::CAPACITY as usize / 64;

    /// No CPU.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::sched::CpuSet::new().is_empty());
    /// ```
    #[doc(alias = "CPU_ZERO")]
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self { words: [0; Self::WORDS] }
    }

    /// The CPUs with these numbers.
    ///
    /// # Errors
    /// [`EINVAL`](Errno::EINVAL): one is [`CAPACITY`](Self::CAPACITY) or more.
    ///
    /// # Examples
    /// ```
    /// use rawos::sched::CpuSet;
    ///
    /// assert_eq!(CpuSet::of(0..4)?.len(), 4);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn of<I: IntoIterator<Item = u32>>(cpus: I) -> Result<Self> {
        let mut set = Self::new();
        cpus.into_iter().try_for_each(|cpu| set.insert(cpu))?;
        Ok(set)
    }

    /// Adds the CPU number `cpu`.
    ///
    /// # Errors
    /// [`EINVAL`](Errno::EINVAL): it is [`CAPACITY`](Self::CAPACITY) or more.
    ///
    /// # Examples
    /// ```
    /// use rawos::sched::CpuSet;
    ///
    /// let mut set = CpuSet::new();
    /// assert_eq!(set.insert(8191), Ok(()));
    /// assert!(set.contains(8191));
    /// ```
    #[doc(alias = "CPU_SET")]
    #[inline]
    pub fn insert(&mut self, cpu: u32) -> Result<()> {
        let (word, bit) = Self::place(cpu);
        *self.words.get_mut(word).ok_or(Errno::EINVAL)? |= bit;
        Ok(())
    }

    /// Takes the CPU number `cpu` out, if it is in.
    ///
    /// # Examples
    /// ```
    /// use rawos::sched::CpuSet;
    ///
    /// let mut set = CpuSet::of([1, 2])?;
    /// set.remove(1);
    /// assert_eq!(set, CpuSet::of([2])?);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "CPU_CLR")]
    #[inline]
    pub fn remove(&mut self, cpu: u32) {
        let (word, bit) = Self::place(cpu);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether the CPU number `cpu` is in.
    ///
    /// # Examples
    /// ```
    /// assert!(!rawos::sched::CpuSet::new().contains(100_000));
    /// ```
    #[doc(alias = "CPU_ISSET")]
    #[must_use]
    #[inline]
    pub fn contains(&self, cpu: u32) -> bool {
        let (word, bit) = Self::place(cpu);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many CPUs are in.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process::Pid, sched};
    ///
    /// assert!(sched::sched_getaffinity(Pid(0))?.len() >= 1);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "CPU_COUNT")]
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no CPU is in.
    ///
    /// # Examples
    /// ```
    /// use rawos::sched::CpuSet;
    ///
    /// assert!(!CpuSet::of([3])?.is_empty());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.words == [0; Self::WORDS]
    }

    /// The CPU numbers, from low to high.
    ///
    /// # Examples
    /// ```
    /// use rawos::sched::CpuSet;
    ///
    /// assert!(CpuSet::of([64, 63])?.iter().eq([63, 64]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn iter(&self) -> CpuIter<'_> {
        CpuIter { set: self, next: 0 }
    }

    /// Where a CPU's bit is: the word, and the bit in it.
    #[inline]
    const fn place(cpu: u32) -> (usize, u64) {
        (cpu as usize / 64, 1 << (cpu % 64))
    }
}

impl Default for CpuSet {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for CpuSet {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

impl<'set> IntoIterator for &'set CpuSet {
    type Item = u32;
    type IntoIter = CpuIter<'set>;

    #[inline]
    fn into_iter(self) -> CpuIter<'set> {
        self.iter()
    }
}

/// The numbers in a [`CpuSet`].
///
/// # Examples
/// ```
/// use rawos::sched::CpuSet;
///
/// let set = CpuSet::of([70, 3])?;
/// let mut cpus = set.iter();
/// assert_eq!((cpus.next(), cpus.next(), cpus.next()), (Some(3), Some(70), None));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Debug)]
pub struct CpuIter<'set> {
    set: &'set CpuSet,
    next: u32,
}

impl Iterator for CpuIter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        loop {
            let (word, bit) = CpuSet::place(self.next);
            // The bits from `bit` on.
            let left = self.set.words.get(word)? & bit.wrapping_neg();
            let start = self.next - self.next % 64;
            if left != 0 {
                let cpu = start + left.trailing_zeros();
                self.next = cpu + 1;
                return Some(cpu);
            }
            self.next = start + 64;
        }
    }
}

/// Lets the thread `pid` run on the CPUs of `set` only.
///
/// Those of them that the machine does not have, or a cpuset withholds, do not
/// count.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): none is left, as of an empty set.
/// - [`EPERM`](Errno::EPERM): another user's, without `CAP_SYS_NICE`.
/// - [`ESRCH`](Errno::ESRCH): there is no such thread.
///
/// # Python
/// `os.sched_setaffinity(pid, mask)`. A number that is too large for a
/// [`CpuSet`] is refused as it is put in.
///
/// # See also
/// [sched_setaffinity(2)](https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::Pid, sched::{self, CpuSet}};
///
/// assert_eq!(sched::sched_setaffinity(Pid(0), &CpuSet::new()), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn sched_setaffinity(pid: Pid, set: &CpuSet) -> Result<()> {
    sys::sched::sched_setaffinity(pid, &set.words)
}

/// The CPUs that the thread `pid` may run on.
///
/// # Errors
/// - [`ESRCH`](Errno::ESRCH): there is no such thread.
/// - [`EINVAL`](Errno::EINVAL): it may run on a CPU whose number is
///   [`CpuSet::CAPACITY`] or more. That the machine has such CPUs is no error.
///
/// # Python
/// `os.sched_getaffinity(pid)`.
///
/// # See also
/// [sched_getaffinity(2)](https://man7.org/linux/man-pages/man2/sched_getaffinity.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::Pid, sched};
///
/// let set = sched::sched_getaffinity(Pid(0))?;
/// assert_eq!(sched::sched_setaffinity(Pid(0), &set), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn sched_getaffinity(pid: Pid) -> Result<CpuSet> {
    let mut set = CpuSet::new();
    match sys::sched::sched_getaffinity(pid, &mut set.words) {
        Ok(_) => Ok(set),
        // The kernel wants room for all CPUs there may be, used or not.
        Err(Errno::EINVAL) => large_affinity(pid),
        Err(errno) => Err(errno),
    }
}

/// As [`sched_getaffinity`], on a machine with more CPUs than a [`CpuSet`] holds.
#[cold]
fn large_affinity(pid: Pid) -> Result<CpuSet> {
    /// Eight times as many CPUs: 8 KiB.
    const ROOM: usize = 8 * CpuSet::WORDS;
    let mut words = [0; ROOM];
    sys::sched::sched_getaffinity(pid, &mut words)?;
    narrow(&words)
}

/// The set of these words, if none of its CPUs is beyond.
#[inline]
fn narrow(words: &[u64]) -> Result<CpuSet> {
    match words.split_first_chunk() {
        Some((first, rest)) if rest.iter().all(|word| *word == 0) => Ok(CpuSet { words: *first }),
        _ => Err(Errno::EINVAL),
    }
}

/// The number of the CPU that the calling thread is on, and that of its NUMA
/// node. Both may be old news on return.
///
/// # Errors
/// None of Linux's own; that of a seccomp filter.
///
/// # Python
/// None.
///
/// # See also
/// [getcpu(2)](https://man7.org/linux/man-pages/man2/getcpu.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::Pid, sched};
///
/// let (cpu, _node) = sched::getcpu()?;
/// assert!(sched::sched_getaffinity(Pid(0))?.contains(cpu));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "sched_getcpu")]
#[inline]
pub fn getcpu() -> Result<(u32, u32)> {
    sys::sched::getcpu()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_set_is_taken_whole_or_not() {
        let mut words = [0; 4 * CpuSet::WORDS];
        assert_eq!(narrow(&words), Ok(CpuSet::new()));
        words[CpuSet::WORDS - 1] = 1 << 63;
        words[0] = 1;
        assert_eq!(narrow(&words), CpuSet::of([0, CpuSet::CAPACITY - 1]));
        for beyond in [CpuSet::WORDS, words.len() - 1] {
            words[beyond] = 1;
            assert_eq!(narrow(&words), Err(Errno::EINVAL));
            words[beyond] = 0;
        }
    }
}
