//! `/etc/passwd`: the users.
#![forbid(unsafe_code)]

use core::fmt;

use super::{
    number::id_or_nothing,
    ordinary,
    source::{Source, ends_line},
};
use crate::{
    Errno, Result,
    fd::{AsFd, OwnedFd},
    fs::{self, Mode, OFlags},
    path::{PathLike, fsdecode},
};

/// A line of `/etc/passwd`, as [`PasswdReader`] finds it: a user.
///
/// # Python
/// `pwd.struct_passwd`.
///
/// # Examples
/// ```
/// use rawos::{fd, user::PasswdReader};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"me:x:7:8:My Name:/home/me:/bin/sh\n")?;
/// let mut buf = [0; 64];
/// let mut users = PasswdReader::new(reader, &mut buf);
/// let me = users.next().unwrap()?;
/// assert_eq!((me.name, me.uid, me.gid, me.shell), (&b"me"[..], 7, 8, &b"/bin/sh"[..]));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[doc(alias = "passwd")]
pub struct Passwd<'a> {
    /// The login name.
    pub name: &'a [u8],
    /// The password; `x` if it is in `/etc/shadow`.
    pub passwd: &'a [u8],
    /// The user id.
    pub uid: u32,
    /// The id of the user's first group.
    pub gid: u32,
    /// The user's full name, and what else is known.
    pub gecos: &'a [u8],
    /// The home directory.
    pub dir: &'a [u8],
    /// The shell; empty for `/bin/sh`.
    pub shell: &'a [u8],
}

impl<'a> Passwd<'a> {
    #[inline]
    fn parse(line: &'a [u8]) -> Option<Self> {
        let mut fields = line.splitn(7, |byte| *byte == b':');
        let name = fields.next()?;
        let nis = !ordinary(name);
        let mut user = Self { name, passwd: b"", uid: 0, gid: 0, gecos: b"", dir: b"", shell: b"" };
        if nis && line.len() <= name.len() + 1 {
            return Some(user);
        }
        user.passwd = fields.next()?;
        let (uid, gid, gecos) = (fields.next()?, fields.next()?, fields.next());
        user.uid = id_or_nothing(uid, true, nis)?;
        user.gid = id_or_nothing(gid, gecos.is_some(), nis)?;
        user.gecos = gecos.unwrap_or_default();
        user.dir = fields.next().unwrap_or_default();
        user.shell = fields.next().unwrap_or_default();
        Some(user)
    }
}

impl fmt::Debug for Passwd<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Passwd");
        debug.field("name", &fsdecode(self.name)).field("uid", &self.uid).field("gid", &self.gid);
        debug.field("gecos", &fsdecode(self.gecos)).field("dir", &fsdecode(self.dir));
        // The password may be one.
        debug.field("shell", &fsdecode(self.shell)).finish_non_exhaustive()
    }
}

/// The users in a file of the form of `/etc/passwd`, one after the other.
///
/// # Python
/// The module `pwd`, which asks all services that the libc knows.
///
/// # See also
/// [passwd(5)](https://man7.org/linux/man-pages/man5/passwd.5.html)
///
/// # Examples
/// ```
/// use rawos::{fd, user::PasswdReader};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"# users\nroot:x:0:0::/root:/bin/sh\nbroken:x\nme:x:7:8::/:\n")?;
/// drop(writer);
/// let mut buf = [0; 1024];
/// let mut users = PasswdReader::new(reader, &mut buf);
/// assert_eq!(users.next().unwrap()?.dir, b"/root");
/// assert_eq!(users.next().unwrap()?.uid, 7);
/// assert!(users.next().is_none());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fgetpwent")]
pub struct PasswdReader<'buf, Fd: AsFd = OwnedFd> {
    source: Source<'buf, Fd>,
    /// The line that was found last.
    len: usize,
}

impl<'buf> PasswdReader<'buf> {
    /// Opens the file at `path`, which is `/etc/passwd` most of the time.
    ///
    /// # Errors
    /// Those of [`open`](crate::fs::open()).
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, user::PasswdReader};
    ///
    /// let mut buf = [0; 1024];
    /// assert_eq!(PasswdReader::open("/no/such", &mut buf).unwrap_err(), Errno::ENOENT);
    /// ```
    #[doc(alias = "setpwent")]
    #[inline]
    pub fn open<P: PathLike>(path: P, buf: &'buf mut [u8]) -> Result<Self> {
        Ok(Self::new(fs::open(path, OFlags::RDONLY, Mode::empty())?, buf))
    }
}

impl<'buf, Fd: AsFd> PasswdReader<'buf, Fd> {
    /// Reads `fd` from where it is. `buf` is to hold the longest line; 4096
    /// bytes are plenty.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::PasswdReader};
    ///
    /// let (reader, _) = fd::pipe()?;
    /// assert!(PasswdReader::new(&reader, &mut [0; 64]).next().is_none());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub const fn new(fd: Fd, buf: &'buf mut [u8]) -> Self {
        Self { source: Source::new(fd, buf), len: 0 }
    }

    /// The next user; `None` after the last, and after an error of reading.
    ///
    /// # Errors
    /// - [`ERANGE`](Errno::ERANGE): the line does not fit in the buffer;
    ///   the next call goes on with the next line.
    /// - The rest: those of [`read`](crate::fd::read()).
    ///
    /// # Python
    /// What `pwd.getpwall()` is a list of.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd, user::PasswdReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"a:x:1:1:a long line:/:\nb:x:2:2::/:\n")?;
    /// drop(writer);
    /// let mut buf = [0; 16];
    /// let mut users = PasswdReader::new(reader, &mut buf);
    /// assert_eq!(users.next(), Some(Err(Errno::ERANGE)));
    /// assert_eq!(users.next().unwrap()?.name, b"b");
    /// # Ok::<(), Errno>(())
    /// ```
    #[expect(clippy::should_implement_trait, reason = "an iterator could not lend its buffer")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Passwd<'_>>> {
        self.advance().map(|found| found.and_then(|()| self.last().ok_or(Errno::EIO)))
    }

    /// Goes on to the next line that is a user.
    #[inline]
    fn advance(&mut self) -> Option<Result<()>> {
        loop {
            let found = match self.source.next_line() {
                Ok(false) => return None,
                Ok(true) => self.source.until(usize::MAX, ends_line),
                Err(errno) => Err(errno),
            };
            match found {
                Ok(len) => self.len = len,
                Err(errno) => return Some(Err(errno)),
            }
            if self.last().is_some() {
                return Some(Ok(()));
            }
        }
    }

    #[inline]
    fn last(&self) -> Option<Passwd<'_>> {
        Passwd::parse(self.source.bytes(self.source.position(), self.len))
    }

    /// The first `len` bytes of the line that was found last.
    #[inline]
    pub(super) fn into_line(self, len: usize) -> &'buf [u8] {
        self.source.into_bytes(len)
    }

    /// The next user that `is` the one.
    #[inline]
    fn find(&mut self, is: impl Fn(&Passwd<'_>) -> bool) -> Result<Option<Passwd<'_>>> {
        while let Some(found) = self.advance() {
            found?;
            if self.last().is_some_and(|user| ordinary(user.name) && is(&user)) {
                return Ok(self.last());
            }
        }
        Ok(None)
    }

    /// The next user called `name`, from here on; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`next`](Self::next).
    ///
    /// # Python
    /// `pwd.getpwnam(name)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::PasswdReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"root:x:0:0::/root:\nme:x:7:8::/home/me:\n")?;
    /// drop(writer);
    /// let mut buf = [0; 64];
    /// let mut users = PasswdReader::new(reader, &mut buf);
    /// assert_eq!(users.find_name("me")?.unwrap().dir, b"/home/me");
    /// assert_eq!(users.find_name("me")?, None);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "getpwnam")]
    #[inline]
    pub fn find_name<N: PathLike>(&mut self, name: N) -> Result<Option<Passwd<'_>>> {
        self.find(|user| user.name == name.fspath())
    }

    /// The next user with the id `uid`, from here on; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`next`](Self::next).
    ///
    /// # Python
    /// `pwd.getpwuid(uid)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::PasswdReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"root:x:0:0::/root:\nme:x:7:8::/home/me:\n")?;
    /// drop(writer);
    /// let mut buf = [0; 64];
    /// let mut users = PasswdReader::new(reader, &mut buf);
    /// assert_eq!(users.find_uid(7)?.unwrap().name, b"me");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "getpwuid")]
    #[inline]
    pub fn find_uid(&mut self, uid: u32) -> Result<Option<Passwd<'_>>> {
        self.find(|user| user.uid == uid)
    }
}

impl<Fd: AsFd> fmt::Debug for PasswdReader<'_, Fd> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswdReader").finish_non_exhaustive()
    }
}
