//! Flags of open(2) by the short names that fopen(3) made known.
#![forbid(unsafe_code)]

use super::OFlags;
use crate::{Errno, Result};

impl OFlags {
    /// The flags that a mode string such as `"w+"` stands for.
    ///
    /// | string | flags |
    /// |---|---|
    /// | `r` | `RDONLY` |
    /// | `r+` | `RDWR` |
    /// | `w` | `WRONLY`, `CREAT`, `TRUNC` |
    /// | `wx` | as `w`, and `EXCL` |
    /// | `w+` | `RDWR`, `CREAT`, `TRUNC` |
    /// | `wx+` | as `w+`, and `EXCL` |
    /// | `a` | `WRONLY`, `CREAT`, `APPEND` |
    /// | `ax` | as `a`, and `EXCL` |
    /// | `a+` | `RDWR`, `CREAT`, `APPEND` |
    /// | `ax+` | as `a+`, and `EXCL` |
    ///
    /// These ten and no others: there is no text to tell from bytes, so there
    /// is no `b`, and `x` stands before `+`.
    ///
    /// # Errors
    /// [`EINVAL`](Errno::EINVAL): it is none of the ten.
    ///
    /// # Python
    /// None in `os`; the built-in `open` has other strings: its `x` is `wx` here.
    ///
    /// # See also
    /// [fopen(3)](https://man7.org/linux/man-pages/man3/fopen.3.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fs::{self, Mode, OFlags}};
    ///
    /// let flags = OFlags::from_mode_string("a+")?;
    /// assert_eq!(flags, OFlags::RDWR | OFlags::CREAT | OFlags::APPEND);
    /// assert_eq!(OFlags::from_mode_string("rb"), Err(Errno::EINVAL));
    ///
    /// let null = fs::open("/dev/null", OFlags::from_mode_string("r+")?, Mode::empty())?;
    /// assert_eq!(rawos::fd::write(&null, b"x"), Ok(1));
    /// # Ok::<(), Errno>(())
    /// ```
    #[inline]
    pub fn from_mode_string<S: AsRef<[u8]>>(mode: S) -> Result<Self> {
        Ok(match mode.as_ref() {
            b"r" => Self::RDONLY,
            b"r+" => Self::RDWR,
            b"w" => Self::WRONLY | Self::CREAT | Self::TRUNC,
            b"wx" => Self::WRONLY | Self::CREAT | Self::TRUNC | Self::EXCL,
            b"w+" => Self::RDWR | Self::CREAT | Self::TRUNC,
            b"wx+" => Self::RDWR | Self::CREAT | Self::TRUNC | Self::EXCL,
            b"a" => Self::WRONLY | Self::CREAT | Self::APPEND,
            b"ax" => Self::WRONLY | Self::CREAT | Self::APPEND | Self::EXCL,
            b"a+" => Self::RDWR | Self::CREAT | Self::APPEND,
            b"ax+" => Self::RDWR | Self::CREAT | Self::APPEND | Self::EXCL,
            _ => return Err(Errno::EINVAL),
        })
    }
}
