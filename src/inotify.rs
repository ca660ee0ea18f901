//! Watching files and directories for changes, through a descriptor that
//! [`poll`](crate::poll) and [`epoll`](crate::epoll) wait for.
//!
//! A directory is watched with what is in it, and no deeper.
#![forbid(unsafe_code)]

use core::{ffi::CStr, fmt, mem::MaybeUninit};

use linux_raw_sys::general as uapi;

use crate::{
    Errno, Result,
    fd::{self, AsFd, OwnedFd},
    path::PathLike,
    sys,
};

flags! {
    /// Flags for [`inotify_init`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, inotify::{self, InotifyFlags}};
    ///
    /// let inotify = inotify::inotify_init(InotifyFlags::NONBLOCK)?;
    /// assert_eq!(fd::get_blocking(&inotify), Ok(false));
    /// assert_eq!(fd::get_inheritable(&inotify), Ok(false));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct InotifyFlags: u32 {
        /// `IN_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "IN_CLOEXEC")]
        const CLOEXEC = uapi::O_CLOEXEC;
        /// `IN_NONBLOCK`: reading does not wait.
        #[doc(alias = "IN_NONBLOCK")]
        const NONBLOCK = uapi::O_NONBLOCK;
    }

    /// What [`inotify_add_watch`] is to watch for, how, and what happened.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, inotify::{self, InotifyFlags, InotifyMask}};
    ///
    /// let inotify = inotify::inotify_init(InotifyFlags::empty())?;
    /// let once = InotifyMask::CREATE | InotifyMask::ONESHOT | InotifyMask::ONLYDIR;
    /// assert!(inotify::inotify_add_watch(&inotify, "/", once).is_ok());
    /// let nothing = InotifyMask::empty();
    /// assert_eq!(inotify::inotify_add_watch(&inotify, "/", nothing), Err(Errno::EINVAL));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct InotifyMask: u32 {
        /// `IN_ACCESS`: read from, or executed.
        #[doc(alias = "IN_ACCESS")]
        const ACCESS = uapi::IN_ACCESS;
        /// `IN_MODIFY`: written to, or cut.
        #[doc(alias = "IN_MODIFY")]
        const MODIFY = uapi::IN_MODIFY;
        /// `IN_ATTRIB`: mode, owner, times, extended attributes or the number
        /// of links changed.
        #[doc(alias = "IN_ATTRIB")]
        const ATTRIB = uapi::IN_ATTRIB;
        /// `IN_CLOSE_WRITE`: closed, having been open for writing.
        #[doc(alias = "IN_CLOSE_WRITE")]
        const CLOSE_WRITE = uapi::IN_CLOSE_WRITE;
        /// `IN_CLOSE_NOWRITE`: closed, not having been.
        #[doc(alias = "IN_CLOSE_NOWRITE")]
        const CLOSE_NOWRITE = uapi::IN_CLOSE_NOWRITE;
        /// `IN_CLOSE`: either of the two.
        #[doc(alias = "IN_CLOSE")]
        const CLOSE = uapi::IN_CLOSE_WRITE | uapi::IN_CLOSE_NOWRITE;
        /// `IN_OPEN`: opened.
        #[doc(alias = "IN_OPEN")]
        const OPEN = uapi::IN_OPEN;
        /// `IN_MOVED_FROM`: renamed; the event has the old name.
        #[doc(alias = "IN_MOVED_FROM")]
        const MOVED_FROM = uapi::IN_MOVED_FROM;
        /// `IN_MOVED_TO`: renamed; the event has the new name.
        #[doc(alias = "IN_MOVED_TO")]
        const MOVED_TO = uapi::IN_MOVED_TO;
        /// `IN_MOVE`: either of the two.
        #[doc(alias = "IN_MOVE")]
        const MOVE = uapi::IN_MOVED_FROM | uapi::IN_MOVED_TO;
        /// `IN_CREATE`: made in the directory.
        #[doc(alias = "IN_CREATE")]
        const CREATE = uapi::IN_CREATE;
        /// `IN_DELETE`: removed from the directory.
        #[doc(alias = "IN_DELETE")]
        const DELETE = uapi::IN_DELETE;
        /// `IN_DELETE_SELF`: what is watched was removed.
        #[doc(alias = "IN_DELETE_SELF")]
        const DELETE_SELF = uapi::IN_DELETE_SELF;
        /// `IN_MOVE_SELF`: what is watched was renamed.
        #[doc(alias = "IN_MOVE_SELF")]
        const MOVE_SELF = uapi::IN_MOVE_SELF;
        /// `IN_ALL_EVENTS`: all of the above.
        #[doc(alias = "IN_ALL_EVENTS")]
        const ALL_EVENTS = (1 << 12) - 1;
        /// `IN_UNMOUNT`, only reported: its file system is gone.
        #[doc(alias = "IN_UNMOUNT")]
        const UNMOUNT = uapi::IN_UNMOUNT;
        /// `IN_Q_OVERFLOW`, only reported, with [`Watch::NONE`]: events were
        /// lost, since more waited than `/proc/sys/fs/inotify/max_queued_events`.
        #[doc(alias = "IN_Q_OVERFLOW")]
        const Q_OVERFLOW = uapi::IN_Q_OVERFLOW;
        /// `IN_IGNORED`, only reported: the last event of this watch, which is
        /// gone: removed, or what it watched was.
        #[doc(alias = "IN_IGNORED")]
        const IGNORED = uapi::IN_IGNORED;
        /// `IN_ISDIR`, only reported: it is about a directory.
        #[doc(alias = "IN_ISDIR")]
        const ISDIR = uapi::IN_ISDIR;
        /// `IN_ONLYDIR`: watch nothing but a directory.
        #[doc(alias = "IN_ONLYDIR")]
        const ONLYDIR = uapi::IN_ONLYDIR;
        /// `IN_DONT_FOLLOW`: watch a symlink itself.
        #[doc(alias = "IN_DONT_FOLLOW")]
        const DONT_FOLLOW = uapi::IN_DONT_FOLLOW;
        /// `IN_EXCL_UNLINK`: nothing about files that were removed and are
        /// still open.
        #[doc(alias = "IN_EXCL_UNLINK")]
        const EXCL_UNLINK = uapi::IN_EXCL_UNLINK;
        /// `IN_MASK_CREATE`: make a watch, change none. Linux 4.18.
        #[doc(alias = "IN_MASK_CREATE")]
        const MASK_CREATE = uapi::IN_MASK_CREATE;
        /// `IN_MASK_ADD`: add to what a watch is for, rather than replace it.
        #[doc(alias = "IN_MASK_ADD")]
        const MASK_ADD = uapi::IN_MASK_ADD;
        /// `IN_ONESHOT`: one event, and the watch is gone.
        #[doc(alias = "IN_ONESHOT")]
        const ONESHOT = uapi::IN_ONESHOT;
    }
}

/// Something watched, by the number that one descriptor has for it.
///
/// # Examples
/// ```
/// use rawos::inotify::{self, InotifyFlags, InotifyMask};
///
/// let inotify = inotify::inotify_init(InotifyFlags::empty())?;
/// let root = inotify::inotify_add_watch(&inotify, "/", InotifyMask::CREATE)?;
/// assert_eq!(inotify::inotify_add_watch(&inotify, "//", InotifyMask::DELETE), Ok(root));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Watch(pub i32);

impl Watch {
    /// No watch: what an overflow is reported with.
    pub const NONE: Self = Self(-1);
}

/// Makes a descriptor that watches nothing yet.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): an unknown flag.
/// - [`EMFILE`](Errno::EMFILE): too many of the user's
///   (`/proc/sys/fs/inotify/max_user_instances`), or too many open files.
/// - The rest: inotify_init(2).
///
/// # Python
/// None.
///
/// # See also
/// [inotify_init1(2)](https://man7.org/linux/man-pages/man2/inotify_init.2.html),
/// [inotify(7)](https://man7.org/linux/man-pages/man7/inotify.7.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, inotify::{self, InotifyBuf, InotifyFlags}};
///
/// let inotify = inotify::inotify_init(InotifyFlags::NONBLOCK)?;
/// let mut buf = InotifyBuf::new();
/// assert_eq!(inotify::inotify_read(&inotify, &mut buf).err(), Some(Errno::EAGAIN));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "inotify_init1")]
#[inline]
pub fn inotify_init(flags: InotifyFlags) -> Result<OwnedFd> {
    sys::event::inotify_init1(flags | InotifyFlags::CLOEXEC)
}

/// Has `fd` watch `path` for `mask`.
///
/// The file itself is watched, whatever its name later: if it is already, by
/// this path or another, its watch is for `mask` from now on and keeps its
/// number.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no such file.
/// - [`EACCES`](Errno::EACCES): it may not be read.
/// - [`ENOTDIR`](Errno::ENOTDIR): [`InotifyMask::ONLYDIR`], and it is no directory.
/// - [`EEXIST`](Errno::EEXIST): [`InotifyMask::MASK_CREATE`], and it is watched.
/// - [`ENOSPC`](Errno::ENOSPC): too many watches of the user's
///   (`/proc/sys/fs/inotify/max_user_watches`).
/// - [`EINVAL`](Errno::EINVAL): `mask` has no event, or flags that exclude each
///   other; `fd` is something else; `path` holds a NUL byte.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
/// - The rest: inotify_add_watch(2).
///
/// # Python
/// None.
///
/// # See also
/// [inotify_add_watch(2)](https://man7.org/linux/man-pages/man2/inotify_add_watch.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, inotify::{self, InotifyFlags, InotifyMask}};
///
/// let inotify = inotify::inotify_init(InotifyFlags::empty())?;
/// let mask = InotifyMask::ALL_EVENTS | InotifyMask::ONLYDIR;
/// let file = "/proc/self/status";
/// assert_eq!(inotify::inotify_add_watch(&inotify, file, mask), Err(Errno::ENOTDIR));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn inotify_add_watch<Fd: AsFd, P: PathLike>(
    fd: Fd,
    path: P,
    mask: InotifyMask,
) -> Result<Watch> {
    let fd = fd.as_fd();
    path.with_c_str(|path| sys::event::inotify_add_watch(fd, path, mask)).map(Watch)
}

/// Ends a watch of `fd`; [`InotifyMask::IGNORED`] is reported.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `fd` has no such watch, or is something else.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
///
/// # Python
/// None.
///
/// # See also
/// [inotify_rm_watch(2)](https://man7.org/linux/man-pages/man2/inotify_rm_watch.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, inotify::{self, InotifyFlags, InotifyMask}};
///
/// let inotify = inotify::inotify_init(InotifyFlags::empty())?;
/// let watch = inotify::inotify_add_watch(&inotify, "/", InotifyMask::CREATE)?;
/// assert_eq!(inotify::inotify_rm_watch(&inotify, watch), Ok(()));
/// assert_eq!(inotify::inotify_rm_watch(&inotify, watch), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn inotify_rm_watch<Fd: AsFd>(fd: Fd, watch: Watch) -> Result<()> {
    sys::event::inotify_rm_watch(fd.as_fd(), watch.0)
}

/// Takes events from `fd`, in order, as many as fit into `buf`; waits for one
/// if there is none.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): there is none, and `fd` does not block.
/// - [`EINVAL`](Errno::EINVAL): the next event is larger than `buf`, which was made for shorter
///   names. It stays there.
/// - [`EBADMSG`](Errno::EBADMSG): `fd` is something else, which gave no events.
/// - [`EBADF`](Errno::EBADF): `fd` is not open. `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [inotify(7)](https://man7.org/linux/man-pages/man7/inotify.7.html)
///
/// # Examples
/// ```
/// use rawos::inotify::{self, InotifyBuf, InotifyFlags, InotifyMask};
///
/// let inotify = inotify::inotify_init(InotifyFlags::empty())?;
/// let watch = inotify::inotify_add_watch(&inotify, "/", InotifyMask::CREATE)?;
/// inotify::inotify_rm_watch(&inotify, watch)?;
///
/// let mut buf = InotifyBuf::new();
/// for event in inotify::inotify_read(&inotify, &mut buf)? {
///     assert_eq!((event.watch, event.name), (watch, None));
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn inotify_read<Fd: AsFd, const N: usize>(
    fd: Fd,
    buf: &mut InotifyBuf<N>,
) -> Result<InotifyEvents<'_>> {
    let (bytes, _) = fd::read(fd, &mut buf.0)?;
    let events = InotifyEvents(bytes);
    // All of them now, so that whoever goes through them meets no error.
    let mut rest = events.clone();
    rest.by_ref().for_each(drop);
    match rest.0.is_empty() && !bytes.is_empty() {
        true => Ok(events),
        false => Err(Errno::EBADMSG),
    }
}

/// The fields of `struct inotify_event`: `wd`, `mask`, `cookie`, `len`. The
/// name follows, and NULs up to `len`.
const HEADER: usize = size_of::<uapi::inotify_event>();

/// The largest event of most file systems: a name of 255 bytes and its NUL.
const USUAL_MAX: usize = HEADER + 256;

/// The largest event: a name that fills the longest path.
const EVENT_MAX: usize = HEADER + uapi::PATH_MAX as usize;

/// Room for events: `N` bytes, 4112 unless said otherwise, enough for any event.
///
/// One takes 16 to 272 bytes where names have up to 255. On vfat, exfat and
/// ntfs3, which count characters, it takes up to 784 bytes, and on FUSE 4112. It
/// can be used any number of times, and its bytes are not initialised.
///
/// # Examples
/// ```
/// use rawos::{Errno, inotify::{self, InotifyBuf, InotifyFlags}};
///
/// let inotify = inotify::inotify_init(InotifyFlags::NONBLOCK)?;
/// let mut small = InotifyBuf::<512>::sized();
/// assert_eq!(inotify::inotify_read(&inotify, &mut small).err(), Some(Errno::EAGAIN));
/// # Ok::<(), Errno>(())
/// ```
pub struct InotifyBuf<const N: usize = EVENT_MAX>([MaybeUninit<u8>; N]);

impl InotifyBuf {
    /// A buffer of 4112 bytes.
    ///
    /// # Examples
    /// ```
    /// use rawos::inotify::InotifyBuf;
    ///
    /// assert!(size_of_val(&InotifyBuf::new()) == 4112);
    /// ```
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self::sized()
    }
}

impl Default for InotifyBuf {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> InotifyBuf<N> {
    /// A buffer of `N` bytes, at least 272 (checked when compiling).
    ///
    /// # Examples
    /// ```
    /// use rawos::inotify::InotifyBuf;
    ///
    /// assert!(size_of_val(&InotifyBuf::<272>::sized()) == 272);
    /// ```
    #[inline]
    #[must_use]
    pub const fn sized() -> Self {
        const { assert!(N >= USUAL_MAX, "an event may take 272 bytes") }
        Self([MaybeUninit::uninit(); N])
    }
}

impl<const N: usize> fmt::Debug for InotifyBuf<N> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InotifyBuf").field("size", &N).finish_non_exhaustive()
    }
}

/// Something that happened; see [`inotify_read`].
///
/// # Examples
/// ```
/// use rawos::inotify::{self, InotifyBuf, InotifyEvent, InotifyFlags, InotifyMask};
///
/// let inotify = inotify::inotify_init(InotifyFlags::empty())?;
/// let watch = inotify::inotify_add_watch(&inotify, "/", InotifyMask::CREATE)?;
/// inotify::inotify_rm_watch(&inotify, watch)?;
/// let mut buf = InotifyBuf::new();
/// let gone = inotify::inotify_read(&inotify, &mut buf)?.last();
/// let expected = InotifyEvent { watch, mask: InotifyMask::IGNORED, cookie: 0, name: None };
/// assert_eq!(gone, Some(expected));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "inotify_event")]
pub struct InotifyEvent<'buf> {
    /// The watch that it is for.
    pub watch: Watch,
    /// What happened; one event, with [`InotifyMask::ISDIR`] perhaps.
    pub mask: InotifyMask,
    /// The same for both events of one renaming; 0 otherwise.
    pub cookie: u32,
    /// The name, if it happened to something in the directory that is watched;
    /// `None` if to what is watched itself.
    pub name: Option<&'buf CStr>,
}

/// The events that [`inotify_read`] took.
///
/// # Examples
/// ```
/// use rawos::inotify::{self, InotifyBuf, InotifyFlags, InotifyMask};
///
/// let inotify = inotify::inotify_init(InotifyFlags::empty())?;
/// for path in ["/", "/proc"] {
///     let watch = inotify::inotify_add_watch(&inotify, path, InotifyMask::CREATE)?;
///     inotify::inotify_rm_watch(&inotify, watch)?;
/// }
/// let mut buf = InotifyBuf::new();
/// let events = inotify::inotify_read(&inotify, &mut buf)?;
/// let ignored = events.filter(|event| event.mask == InotifyMask::IGNORED);
/// assert_eq!(ignored.count(), 2);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone)]
pub struct InotifyEvents<'buf>(&'buf [u8]);

impl<'buf> InotifyEvents<'buf> {
    /// The first event, and what comes after; `None` if there is no whole one.
    #[inline]
    fn parse(&self) -> Option<(InotifyEvent<'buf>, &'buf [u8])> {
        let (watch, rest) = self.0.split_first_chunk()?;
        let (mask, rest) = rest.split_first_chunk()?;
        let (cookie, rest) = rest.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let len = usize::try_from(u32::from_ne_bytes(*len)).ok()?;
        let (name, rest) = rest.split_at_checked(len)?;
        let event = InotifyEvent {
            watch: Watch(i32::from_ne_bytes(*watch)),
            mask: InotifyMask::from_bits_retain(u32::from_ne_bytes(*mask)),
            cookie: u32::from_ne_bytes(*cookie),
            name: match name {
                [] => None,
                name => Some(CStr::from_bytes_until_nul(name).ok()?),
            },
        };
        Some((event, rest))
    }
}

impl<'buf> Iterator for InotifyEvents<'buf> {
    type Item = InotifyEvent<'buf>;

    #[inline]
    fn next(&mut self) -> Option<InotifyEvent<'buf>> {
        let (event, rest) = self.parse()?;
        self.0 = rest;
        Some(event)
    }
}

impl fmt::Debug for InotifyEvents<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
