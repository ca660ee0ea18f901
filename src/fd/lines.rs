//! Reading by the line.
#![forbid(unsafe_code)]

use super::{AsFd, FdReader};
#[cfg(feature = "alloc")]
use crate::Errno;
use crate::Result;

impl<Fd: AsFd, const N: usize> FdReader<Fd, N> {
    /// Reads a line, with its `\n`, to the start of `line` and returns its
    /// length in bytes; 0 at the end of the file.
    ///
    /// A line longer than `line`, or one that the file's end cuts, comes
    /// without `\n`; the next call goes on with the rest. So does one that an
    /// error cuts: the error is for the next call, with nothing lost.
    ///
    /// # Errors
    /// Those of [`read`](super::read()), before the first byte.
    ///
    /// # Python
    /// `BufferedReader.readline(len(line))`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"one\ntoo long\n")?;
    /// let mut reader = fd::fdopen(reader);
    /// let mut line = [0; 5];
    /// assert_eq!((reader.readline(&mut line), &line[..4]), (Ok(4), &b"one\n"[..]));
    /// assert_eq!((reader.readline(&mut line), &line), (Ok(5), b"too l"));
    /// assert_eq!((reader.readline(&mut line), &line[..4]), (Ok(4), &b"ong\n"[..]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "read_line")]
    #[inline]
    pub fn readline(&mut self, line: &mut [u8]) -> Result<usize> {
        let mut len = 0;
        while let Some(room) = line.get_mut(len..).filter(|room| !room.is_empty()) {
            let ready = match self.fill_buf() {
                Err(errno) if len == 0 => return Err(errno),
                Ok(b"") | Err(_) => break,
                Ok(ready) => ready,
            };
            let ready = ready.get(..room.len()).unwrap_or(ready);
            let newline = ready.iter().position(|byte| *byte == b'\n');
            let count = newline.map_or(ready.len(), |at| at + 1);
            if let (Some(to), Some(from)) = (room.get_mut(..count), ready.get(..count)) {
                to.copy_from_slice(from);
            }
            self.consume(count);
            len += count;
            if newline.is_some() {
                break;
            }
        }
        Ok(len)
    }

    /// Reads a line of any length, with its `\n`, appending to `vec`, and
    /// returns the number of bytes; 0 at the end of the file.
    ///
    /// # Errors
    /// - [`ENOMEM`](crate::Errno::ENOMEM): `vec` cannot grow.
    /// - The rest: those of [`read`](super::read()).
    ///
    /// What was read before an error is in `vec`.
    ///
    /// # Python
    /// `BufferedReader.readline()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"one\ntwo")?;
    /// drop(writer);
    /// let mut reader = fd::fdopen(reader);
    /// let mut lines = Vec::new();
    /// assert_eq!(reader.readline_to(&mut lines), Ok(4));
    /// assert_eq!(reader.readline_to(&mut lines), Ok(3));
    /// assert_eq!(reader.readline_to(&mut lines), Ok(0));
    /// assert_eq!(lines, b"one\ntwo");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "read_line")]
    #[doc(alias = "read_until")]
    #[inline]
    pub fn readline_to(&mut self, vec: &mut alloc::vec::Vec<u8>) -> Result<usize> {
        let before = vec.len();
        loop {
            let ready = self.fill_buf()?;
            let newline = ready.iter().position(|byte| *byte == b'\n');
            let count = newline.map_or(ready.len(), |at| at + 1);
            vec.try_reserve(count).map_err(|_| Errno::ENOMEM)?;
            vec.extend_from_slice(ready.get(..count).unwrap_or_default());
            self.consume(count);
            if newline.is_some() || count == 0 {
                return Ok(vec.len() - before);
            }
        }
    }
}
