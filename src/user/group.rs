//! `/etc/group`: the groups and their members.
#![forbid(unsafe_code)]

use core::fmt;

use super::{
    number::{id_or_nothing, is_space},
    ordinary,
    source::{Source, ends_line},
};
use crate::{
    Errno, Result,
    fd::{AsFd, OwnedFd},
    fs::{self, Mode, OFlags},
    path::{PathLike, fsdecode},
};

/// The groups in a file of the form of `/etc/group`, one after the other.
///
/// # Python
/// The module `grp`, which asks all services that the libc knows.
///
/// # See also
/// [group(5)](https://man7.org/linux/man-pages/man5/group.5.html)
///
/// # Examples
/// ```
/// use rawos::{fd, user::GroupReader};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"root:x:0:\n# no group\nwheel:x:10:root,me\n")?;
/// drop(writer);
/// let mut buf = [0; 64];
/// let mut groups = GroupReader::new(reader, &mut buf);
/// assert_eq!(groups.next().unwrap()?.name(), b"root");
/// let mut wheel = groups.next().unwrap()?;
/// assert_eq!(wheel.gid(), 10);
/// assert_eq!(wheel.next_member(), Some(Ok(&b"root"[..])));
/// assert_eq!(wheel.next_member(), Some(Ok(&b"me"[..])));
/// assert_eq!(wheel.next_member(), None);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fgetgrent")]
pub struct GroupReader<'buf, Fd: AsFd = OwnedFd> {
    source: Source<'buf, Fd>,
    head: Head,
}

/// What comes before the members, and is kept in the buffer while they come.
#[derive(Clone, Copy, Default)]
struct Head {
    name: usize,
    passwd: usize,
    gid: u32,
}

impl Head {
    /// `text` is what comes before the third colon, or before the line's end.
    #[inline]
    fn parse(text: &[u8], colon: bool) -> Option<Self> {
        let mut fields = text.splitn(3, |byte| *byte == b':');
        let name = fields.next()?;
        let (passwd, gid) = (fields.next(), fields.next());
        let nis = !ordinary(name);
        if nis && gid.is_none() && passwd.unwrap_or_default().is_empty() {
            return Some(Self { name: name.len(), passwd: 0, gid: 0 });
        }
        let gid = id_or_nothing(gid?, colon, nis)?;
        Some(Self { name: name.len(), passwd: passwd?.len(), gid })
    }
}

impl<'buf> GroupReader<'buf> {
    /// Opens the file at `path`, which is `/etc/group` most of the time.
    ///
    /// # Errors
    /// Those of [`open`](crate::fs::open()).
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, user::GroupReader};
    ///
    /// let mut buf = [0; 1024];
    /// assert_eq!(GroupReader::open("/no/such", &mut buf).unwrap_err(), Errno::ENOENT);
    /// ```
    #[doc(alias = "setgrent")]
    #[inline]
    pub fn open<P: PathLike>(path: P, buf: &'buf mut [u8]) -> Result<Self> {
        Ok(Self::new(fs::open(path, OFlags::RDONLY, Mode::empty())?, buf))
    }
}

impl<'buf, Fd: AsFd> GroupReader<'buf, Fd> {
    /// Reads `fd` from where it is. Half of `buf` is to hold a group's name,
    /// password and number, the other half a member; 4096 bytes are plenty.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, _) = fd::pipe()?;
    /// assert!(GroupReader::new(&reader, &mut [0; 64]).next().is_none());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub const fn new(fd: Fd, buf: &'buf mut [u8]) -> Self {
        Self { source: Source::new(fd, buf), head: Head { name: 0, passwd: 0, gid: 0 } }
    }

    /// The next group; `None` after the last, and after an error of reading.
    ///
    /// # Errors
    /// - [`ERANGE`](Errno::ERANGE): what comes before the members does not fit in
    ///   half of the buffer; the next call goes on with the next line.
    /// - The rest: those of [`read`](crate::fd::read()).
    ///
    /// # Python
    /// What `grp.getgrall()` is a list of.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"a:x:1:b,c\nd:x:2\n")?;
    /// drop(writer);
    /// let mut buf = [0; 64];
    /// let mut groups = GroupReader::new(reader, &mut buf);
    /// // Members that nobody asks for are passed over.
    /// assert_eq!(groups.next().unwrap()?.gid(), 1);
    /// assert_eq!(groups.next().unwrap()?.gid(), 2);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[expect(clippy::should_implement_trait, reason = "an iterator could not lend its buffer")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Group<'_, 'buf, Fd>>> {
        self.advance().map(|found| found.map(|()| Group { reader: self }))
    }

    /// Goes on to the next line that is a group, as far as its members.
    #[inline]
    fn advance(&mut self) -> Option<Result<()>> {
        loop {
            match self.source.next_line() {
                Ok(false) => return None,
                Ok(true) => {}
                Err(errno) => return Some(Err(errno)),
            }
            let mut colons = 0;
            let found = self.source.until(self.source.size() / 2, |byte| {
                colons += u32::from(byte == b':');
                colons == 3 || ends_line(byte)
            });
            let len = match found {
                Ok(len) => len,
                Err(errno) => return Some(Err(errno)),
            };
            self.source.keep(len);
            if let Some(head) = Head::parse(self.source.bytes(0, len), colons == 3) {
                self.head = head;
                self.source.take(usize::from(colons == 3));
                return Some(Ok(()));
            }
        }
    }

    /// The next group that `is` the one.
    #[inline]
    fn find(
        &mut self,
        is: impl Fn(&Group<'_, 'buf, Fd>) -> bool,
    ) -> Result<Option<Group<'_, 'buf, Fd>>> {
        while let Some(found) = self.advance() {
            found?;
            let group = Group { reader: self };
            if ordinary(group.name()) && is(&group) {
                return Ok(Some(Group { reader: self }));
            }
        }
        Ok(None)
    }

    /// The next group called `name`, from here on; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`next`](Self::next).
    ///
    /// # Python
    /// `grp.getgrnam(name)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"root:x:0:\nwheel:x:10:me\n")?;
    /// drop(writer);
    /// let mut buf = [0; 64];
    /// let mut groups = GroupReader::new(reader, &mut buf);
    /// assert_eq!(groups.find_name("wheel")?.unwrap().gid(), 10);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "getgrnam")]
    #[inline]
    pub fn find_name<N: PathLike>(&mut self, name: N) -> Result<Option<Group<'_, 'buf, Fd>>> {
        self.find(|group| group.name() == name.fspath())
    }

    /// The next group with the id `gid`, from here on; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`next`](Self::next).
    ///
    /// # Python
    /// `grp.getgrgid(gid)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"root:x:0:\nwheel:x:10:me\n")?;
    /// drop(writer);
    /// let mut buf = [0; 64];
    /// let mut groups = GroupReader::new(reader, &mut buf);
    /// assert_eq!(groups.find_gid(10)?.unwrap().name(), b"wheel");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "getgrgid")]
    #[inline]
    pub fn find_gid(&mut self, gid: u32) -> Result<Option<Group<'_, 'buf, Fd>>> {
        self.find(|group| group.gid() == gid)
    }
}

/// A line of `/etc/group`, as [`GroupReader`] finds it: a group, whose members
/// are still to be read.
///
/// # Python
/// `grp.struct_group`.
///
/// # Examples
/// ```
/// use rawos::{fd, user::GroupReader};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"wheel:x:10:root,me\n")?;
/// let mut buf = [0; 64];
/// let mut groups = GroupReader::new(reader, &mut buf);
/// let mut wheel = groups.next().unwrap()?;
/// assert_eq!((wheel.name(), wheel.gid()), (&b"wheel"[..], 10));
/// assert_eq!(wheel.next_member(), Some(Ok(&b"root"[..])));
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct Group<'a, 'buf, Fd: AsFd = OwnedFd> {
    reader: &'a mut GroupReader<'buf, Fd>,
}

impl<Fd: AsFd> Group<'_, '_, Fd> {
    /// The name.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"wheel:x:10:\n")?;
    /// let mut buf = [0; 64];
    /// let mut groups = GroupReader::new(reader, &mut buf);
    /// assert_eq!(groups.next().unwrap()?.name(), b"wheel");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn name(&self) -> &[u8] {
        self.reader.source.bytes(0, self.reader.head.name)
    }

    /// The password; `x` if it is in `/etc/gshadow`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"wheel:x:10:\n")?;
    /// let mut buf = [0; 64];
    /// let mut groups = GroupReader::new(reader, &mut buf);
    /// assert_eq!(groups.next().unwrap()?.passwd(), b"x");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn passwd(&self) -> &[u8] {
        self.reader.source.bytes(self.reader.head.name + 1, self.reader.head.passwd)
    }

    /// The group id.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"wheel:x:10:\n")?;
    /// let mut buf = [0; 64];
    /// let mut groups = GroupReader::new(reader, &mut buf);
    /// assert_eq!(groups.next().unwrap()?.gid(), 10);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn gid(&self) -> u32 {
        self.reader.head.gid
    }

    /// The next member's name; `None` after the last, and after an error of
    /// reading.
    ///
    /// # Errors
    /// - [`ERANGE`](Errno::ERANGE): the name does not fit in the buffer; the next
    ///   call goes on with the next member.
    /// - The rest: those of [`read`](crate::fd::read()).
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, user::GroupReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"wheel:x:10:root,, me\n")?;
    /// let mut buf = [0; 32];
    /// let mut groups = GroupReader::new(reader, &mut buf);
    /// let mut wheel = groups.next().unwrap()?;
    /// let mut count = 0;
    /// while let Some(member) = wheel.next_member() {
    ///     assert!([&b"root"[..], b"me"].contains(&member?));
    ///     count += 1;
    /// }
    /// assert_eq!(count, 2);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn next_member(&mut self) -> Option<Result<&[u8]>> {
        let source = &mut self.reader.source;
        match member(source) {
            Ok(0) => None,
            Ok(len) => {
                let start = source.position();
                source.take(len);
                Some(Ok(source.bytes(start, len)))
            }
            Err(errno) => Some(Err(errno)),
        }
    }
}

/// Comes to the next member and returns the length of its name; 0 after the
/// last.
#[inline]
fn member<Fd: AsFd>(source: &mut Source<'_, Fd>) -> Result<usize> {
    if source.failed() {
        return Ok(0);
    }
    loop {
        match source.peek()? {
            None => return Ok(0),
            Some(end) if ends_line(end) => return Ok(0),
            Some(byte) if byte == b',' || is_space(byte) => source.take(1),
            Some(_) => break,
        }
    }
    let ends = |byte| byte == b',' || ends_line(byte);
    let found = source.until(usize::MAX, ends);
    if found == Err(Errno::ERANGE) {
        source.skip_until(ends)?;
    }
    found
}

impl<Fd: AsFd> fmt::Debug for Group<'_, '_, Fd> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Group");
        debug.field("name", &fsdecode(self.name())).field("gid", &self.gid());
        debug.finish_non_exhaustive()
    }
}

impl<Fd: AsFd> fmt::Debug for GroupReader<'_, Fd> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupReader").finish_non_exhaustive()
    }
}
