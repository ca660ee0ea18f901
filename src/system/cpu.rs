//! How many processors there are.
#![forbid(unsafe_code)]

use core::{ffi::CStr, mem::MaybeUninit};

use super::read::reader;
use crate::{
    Errno, Result,
    fd::{AsFd, FdReader},
    sys,
};

/// How many processors are running; `None` where nobody says.
///
/// Those of the machine, not those that this process may use, which are
/// [`process_cpu_count`], and not those that a control group pays for. From
/// `/sys/devices/system/cpu/online`, else from `/proc/stat`, else those that
/// the calling thread may use.
///
/// # Python
/// `os.cpu_count()`. The variable `PYTHON_CPU_COUNT` is Python's alone.
///
/// # See also
/// [get_nprocs(3)](https://man7.org/linux/man-pages/man3/get_nprocs.3.html)
///
/// # Examples
/// ```
/// assert!(rawos::system::cpu_count().is_some_and(|count| count >= 1));
/// ```
#[doc(alias = "get_nprocs")]
#[must_use]
#[inline]
pub fn cpu_count() -> Option<usize> {
    listed(c"/sys/devices/system/cpu/online").or_else(in_stat).or_else(process_cpu_count)
}

/// How many processors there may be, if one counts those that are switched
/// off.
#[inline]
pub(super) fn possible() -> Option<usize> {
    listed(c"/sys/devices/system/cpu/possible").or_else(cpu_count)
}

/// How many processors the calling thread may use; `None` if the kernel does
/// not say, which takes a sandbox or more than 65,536 of them.
///
/// # Python
/// `os.process_cpu_count()`, `len(os.sched_getaffinity(0))`. The variable
/// `PYTHON_CPU_COUNT` is Python's alone.
///
/// # See also
/// [sched_getaffinity(2)](https://man7.org/linux/man-pages/man2/sched_getaffinity.2.html)
///
/// # Examples
/// ```
/// let std = std::thread::available_parallelism().map(|count| count.get());
/// assert!(rawos::system::process_cpu_count() >= std.ok());
/// ```
#[must_use]
#[inline]
pub fn process_cpu_count() -> Option<usize> {
    // The kernel fills what it needs of it and touches no more.
    let mut mask = [MaybeUninit::uninit(); 65_536 / 64];
    let mask = sys::system::sched_getaffinity(&mut mask).ok()?;
    let count = mask.iter().map(|byte| byte.count_ones() as usize).sum();
    (count > 0).then_some(count)
}

/// How many processors the file at `path` lists, such as `0-3,8`.
#[inline]
fn listed(path: &CStr) -> Option<usize> {
    count_listed(reader(path).ok()?)
}

#[inline]
pub(crate) fn count_listed<Fd: AsFd, const N: usize>(mut file: FdReader<Fd, N>) -> Option<usize> {
    let mut list = List::default();
    loop {
        let bytes = file.fill_buf().ok()?;
        if bytes.is_empty() {
            return list.end();
        }
        bytes.iter().try_for_each(|&byte| list.take(byte))?;
        let len = bytes.len();
        file.consume(len);
    }
}

/// A list of numbers and ranges, read byte by byte.
#[derive(Default)]
struct List {
    count: usize,
    /// The number before a `-`.
    first: Option<usize>,
    number: Option<usize>,
}

impl List {
    /// `None` if this is no such list.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        match byte {
            b'0'..=b'9' => {
                let number = self.number.unwrap_or(0).checked_mul(10)?;
                self.number = Some(number.checked_add(usize::from(byte - b'0'))?);
            }
            b'-' if self.first.is_none() => self.first = Some(self.number.take()?),
            b',' => self.close()?,
            b'\n' => {}
            _ => return None,
        }
        Some(())
    }

    /// Counts the number or range that ends here.
    #[inline]
    fn close(&mut self) -> Option<()> {
        let last = self.number.take()?;
        let first = self.first.take().unwrap_or(last);
        let more = last.checked_sub(first)?.checked_add(1)?;
        self.count = self.count.checked_add(more)?;
        Some(())
    }

    #[inline]
    fn end(mut self) -> Option<usize> {
        self.close()?;
        Some(self.count)
    }
}

/// How many processors `/proc/stat` has a line for.
#[inline]
fn in_stat() -> Option<usize> {
    let stat = reader(c"/proc/stat").ok()?;
    count_lines(stat).ok().filter(|&count| count > 0)
}

#[inline]
pub(crate) fn count_lines<Fd: AsFd, const N: usize>(mut stat: FdReader<Fd, N>) -> Result<usize> {
    let (mut line, mut count) = ([0; 512], 0);
    loop {
        let len = stat.readline(&mut line)?;
        let text = line.get(..len).unwrap_or_default();
        // Cut by the end, or by an error, which is for the next call.
        if len < line.len() && !text.ends_with(b"\n") && stat.readline(&mut [0])? > 0 {
            return Err(Errno::EIO);
        }
        // `cpu`, the sum, then `cpu0` and so on, before anything else.
        match text.strip_prefix(b"cpu") {
            Some([b'0'..=b'9', ..]) => count += 1,
            Some(_) => {}
            None => return Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{count_lines, count_listed, cpu_count, in_stat};
    use crate::{
        Errno,
        fd::{self, FdReader},
        fs::{self, MemfdFlags, OFlags},
    };

    /// A reader, with a buffer shorter than most numbers, of `text`.
    fn file(text: &str) -> FdReader<fd::OwnedFd, 2> {
        let file = fs::memfd_create("list", MemfdFlags::empty()).unwrap();
        fd::write_all(&file, text.as_bytes()).unwrap();
        fd::lseek(&file, fd::SeekFrom::Start(0)).unwrap();
        FdReader::sized(file)
    }

    #[test]
    fn lists_of_processors() {
        for (text, count) in [
            ("0\n", Some(1)),
            ("0-1\n", Some(2)),
            ("0-3,5,7-9", Some(8)),
            ("0-8191\n", Some(8192)),
            ("18446744073709551615\n", Some(1)),
            ("", None),
            ("\n", None),
            (",", None),
            ("0-\n", None),
            ("-1\n", None),
            ("3-1\n", None),
            ("1-2-3\n", None),
            ("0,\n", None),
            ("0 1\n", None),
            ("18446744073709551616\n", None),
            ("0-18446744073709551615\n", None),
            ("0-18446744073709551614,0,0\n", None),
        ] {
            assert_eq!(count_listed(file(text)), count, "{text:?}");
        }
    }

    #[test]
    fn lines_of_processors() {
        let line = |name: &str| std::format!("{name} 1 2 3\n");
        let text = ["cpu ", "cpu0", "cpu7", "intr", "cpu9"].map(line).concat();
        for (text, count) in [(&*text, 2), ("", 0), ("cpu", 0), ("intr\ncpu0 1\n", 0)] {
            assert_eq!(count_lines(file(text)), Ok(count), "{text:?}");
        }
        assert_eq!(in_stat(), cpu_count());
    }

    #[test]
    fn a_line_that_an_error_cuts_is_no_end() {
        for cut in ["", "c", "cpu1", "cpu1 1 2"] {
            let (reader, writer) = fd::pipe2(OFlags::NONBLOCK).unwrap();
            fd::write_all(&writer, b"cpu 1\ncpu0 1\n").unwrap();
            fd::write_all(&writer, cut.as_bytes()).unwrap();
            let count = count_lines(FdReader::<_, 2>::sized(reader));
            assert_eq!(count, Err(Errno::EAGAIN), "{cut:?}");
        }
    }
}
