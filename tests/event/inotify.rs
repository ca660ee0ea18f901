//! `src/inotify.rs`: what a second descriptor tells libc of the same directory,
//! and bytes that no kernel sends.

use std::{
    ffi::CString,
    fs::{self, File},
    io::Write as _,
    os::{
        fd::AsRawFd as _,
        unix::{ffi::OsStrExt as _, fs::PermissionsExt},
    },
    path::Path,
    thread,
    time::Duration,
};

use proptest::prelude::*;
use rawos::{
    Errno,
    fd::OwnedFd,
    inotify::{
        InotifyBuf, InotifyFlags, InotifyMask, Watch, inotify_add_watch, inotify_init,
        inotify_read, inotify_rm_watch,
    },
};

use crate::{
    closed,
    util::{as_nobody, interrupted, is_cloexec, libc_result, not_run_in_part, runner, temp_dir},
};

/// An event, as both witnesses tell it.
type Event = (i32, u32, u32, Option<CString>);

/// The events that wait, by rawos.
fn events(inotify: &OwnedFd) -> Vec<Event> {
    let mut all = Vec::new();
    let mut buf = InotifyBuf::<272>::sized();
    loop {
        match inotify_read(inotify, &mut buf) {
            Ok(some) => all.extend(some.map(|event| {
                (event.watch.0, event.mask.bits(), event.cookie, event.name.map(Into::into))
            })),
            Err(errno) => {
                assert_eq!(errno, Errno::EAGAIN);
                return all;
            }
        }
    }
}

/// The events in `bytes`, by the struct that libc has.
fn parsed(mut bytes: &[u8]) -> Option<Vec<Event>> {
    const HEADER: usize = size_of::<libc::inotify_event>();
    let mut all = Vec::new();
    while !bytes.is_empty() {
        if bytes.len() < HEADER {
            return None;
        }
        // SAFETY: there are as many bytes, and any are a struct of integers.
        let event = unsafe { bytes.as_ptr().cast::<libc::inotify_event>().read_unaligned() };
        let name = bytes[HEADER..].get(..event.len as usize)?;
        bytes = &bytes[HEADER + name.len()..];
        let name = match name.len() {
            0 => None,
            _ => {
                let end = name.iter().position(|byte| *byte == 0)?;
                Some(CString::new(&name[..end]).unwrap())
            }
        };
        all.push((event.wd, event.mask, event.cookie, name));
    }
    Some(all)
}

/// The events that wait, by libc.
fn libc_events(inotify: i32) -> Vec<Event> {
    let mut all = Vec::new();
    loop {
        let mut buf = [0_u8; 8192];
        // SAFETY: writes into the buffer, whose length is given.
        let count = unsafe { libc::read(inotify, buf.as_mut_ptr().cast(), buf.len()) };
        match libc_result(count as i64) {
            Ok(count) => all.extend(parsed(&buf[..count as usize]).unwrap()),
            Err(errno) => {
                assert_eq!(errno, Errno::EAGAIN);
                return all;
            }
        }
    }
}

fn nonblocking() -> OwnedFd {
    inotify_init(InotifyFlags::NONBLOCK).unwrap()
}

fn add(inotify: &OwnedFd, path: &Path, mask: InotifyMask) -> rawos::Result<Watch> {
    inotify_add_watch(inotify, path.as_os_str().as_bytes(), mask)
}

fn named(name: &str) -> Option<CString> {
    Some(CString::new(name).unwrap())
}

#[test]
fn every_flag_as_libc_says() {
    use InotifyMask as M;
    let pairs = [
        (M::ACCESS, libc::IN_ACCESS),
        (M::MODIFY, libc::IN_MODIFY),
        (M::ATTRIB, libc::IN_ATTRIB),
        (M::CLOSE_WRITE, libc::IN_CLOSE_WRITE),
        (M::CLOSE_NOWRITE, libc::IN_CLOSE_NOWRITE),
        (M::CLOSE, libc::IN_CLOSE),
        (M::OPEN, libc::IN_OPEN),
        (M::MOVED_FROM, libc::IN_MOVED_FROM),
        (M::MOVED_TO, libc::IN_MOVED_TO),
        (M::MOVE, libc::IN_MOVE),
        (M::CREATE, libc::IN_CREATE),
        (M::DELETE, libc::IN_DELETE),
        (M::DELETE_SELF, libc::IN_DELETE_SELF),
        (M::MOVE_SELF, libc::IN_MOVE_SELF),
        (M::ALL_EVENTS, libc::IN_ALL_EVENTS),
        (M::UNMOUNT, libc::IN_UNMOUNT),
        (M::Q_OVERFLOW, libc::IN_Q_OVERFLOW),
        (M::IGNORED, libc::IN_IGNORED),
        (M::ISDIR, libc::IN_ISDIR),
        (M::ONLYDIR, libc::IN_ONLYDIR),
        (M::DONT_FOLLOW, libc::IN_DONT_FOLLOW),
        (M::EXCL_UNLINK, libc::IN_EXCL_UNLINK),
        (M::MASK_CREATE, libc::IN_MASK_CREATE),
        (M::MASK_ADD, libc::IN_MASK_ADD),
        (M::ONESHOT, libc::IN_ONESHOT),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours.bits(), theirs, "{ours:?}");
    }
    let mut made = 0;
    for flags in (0..32).map(|bit| 1_u32 << bit).chain([0]) {
        let ours = inotify_init(InotifyFlags::from_bits_retain(flags));
        // SAFETY: takes an integer.
        let theirs = libc_result(unsafe { libc::inotify_init1(flags as i32) });
        if let Ok(fd) = theirs {
            // SAFETY: just opened.
            unsafe { libc::close(fd as i32) };
        }
        assert_eq!(ours.as_ref().map(drop), theirs.as_ref().map(drop), "{flags:#x}");
        if let Ok(inotify) = ours {
            made += 1;
            assert!(is_cloexec(inotify.as_raw_fd()));
        }
    }
    match runner() {
        Some(_) => not_run_in_part("the emulator leaves out unknown flags"),
        None => assert_eq!(made, 3),
    }
}

#[test]
fn what_happens_is_told_as_to_libc() {
    let tmp = temp_dir();
    let (dir, inside) = (tmp.path().join("dir"), tmp.path().join("dir/inside"));
    fs::create_dir(&dir).unwrap();
    let ours = nonblocking();
    // SAFETY: takes an integer.
    let theirs = unsafe { libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC) };
    assert_eq!(add(&ours, &dir, InotifyMask::ALL_EVENTS), Ok(Watch(1)));
    let path = CString::new(dir.to_str().unwrap()).unwrap();
    // SAFETY: reads the path.
    let watch = unsafe { libc::inotify_add_watch(theirs, path.as_ptr(), libc::IN_ALL_EVENTS) };
    assert_eq!(watch, 1);

    let file = dir.join("file");
    File::create(&file).unwrap().write_all(b"text").unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"text");
    fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    fs::create_dir(&inside).unwrap();
    fs::rename(&file, dir.join("other")).unwrap();
    fs::remove_file(dir.join("other")).unwrap();
    fs::remove_dir(&inside).unwrap();
    fs::rename(&dir, tmp.path().join("moved")).unwrap();
    fs::remove_dir(tmp.path().join("moved")).unwrap();

    let (told, expected) = (events(&ours), libc_events(theirs));
    // SAFETY: opened above.
    unsafe { libc::close(theirs) };
    assert_eq!(told, expected);
    let cookie = told.iter().find(|event| event.1 == libc::IN_MOVED_FROM).unwrap().2;
    assert_ne!(cookie, 0);
    let story = [
        (1, libc::IN_CREATE, 0, named("file")),
        (1, libc::IN_MODIFY, 0, named("file")),
        (1, libc::IN_CLOSE_WRITE, 0, named("file")),
        (1, libc::IN_ATTRIB, 0, named("file")),
        (1, libc::IN_CREATE | libc::IN_ISDIR, 0, named("inside")),
        (1, libc::IN_MOVED_FROM, cookie, named("file")),
        (1, libc::IN_MOVED_TO, cookie, named("other")),
        (1, libc::IN_DELETE, 0, named("other")),
        (1, libc::IN_DELETE | libc::IN_ISDIR, 0, named("inside")),
        (1, libc::IN_MOVE_SELF, 0, None),
        (1, libc::IN_DELETE_SELF, 0, None),
        (1, libc::IN_IGNORED, 0, None),
    ];
    let mut told = told.iter();
    for event in story {
        assert!(told.any(|other| *other == event), "{event:?}");
    }
    assert_eq!(told.next(), None);
}

#[test]
fn a_name_of_any_length_fits_the_smallest_buffer() {
    let tmp = temp_dir();
    let inotify = nonblocking();
    let watch = add(&inotify, tmp.path(), InotifyMask::CREATE).unwrap();
    let names: Vec<String> = (1..=255).map(|len| "n".repeat(len)).collect();
    for name in &names {
        File::create(tmp.path().join(name)).unwrap();
    }
    let expected: Vec<Event> =
        names.iter().map(|name| (watch.0, libc::IN_CREATE, 0, named(name))).collect();
    assert_eq!(events(&inotify), expected);
}

#[test]
fn a_watch_is_added_to_replaced_and_removed() {
    use InotifyMask as M;
    let tmp = temp_dir();
    let dir = tmp.path();
    let inotify = nonblocking();
    let watch = add(&inotify, dir, M::CREATE).unwrap();
    let touch = |name: &str| File::create(dir.join(name)).map(drop).unwrap();
    let remove = |name: &str| fs::remove_file(dir.join(name)).unwrap();

    assert_eq!(add(&inotify, dir, M::DELETE | M::MASK_CREATE), Err(Errno::EEXIST));
    touch("a");
    remove("a");
    assert_eq!(events(&inotify), [(watch.0, libc::IN_CREATE, 0, named("a"))]);

    assert_eq!(add(&inotify, dir, M::DELETE | M::MASK_ADD), Ok(watch));
    touch("b");
    remove("b");
    let both =
        [(watch.0, libc::IN_CREATE, 0, named("b")), (watch.0, libc::IN_DELETE, 0, named("b"))];
    assert_eq!(events(&inotify), both);

    assert_eq!(add(&inotify, dir, M::DELETE | M::ONESHOT), Ok(watch));
    touch("c");
    remove("c");
    let gone = (watch.0, libc::IN_IGNORED, 0, None);
    assert_eq!(events(&inotify), [(watch.0, libc::IN_DELETE, 0, named("c")), gone]);
    assert_eq!(inotify_rm_watch(&inotify, watch), Err(Errno::EINVAL));

    let again = add(&inotify, dir, M::CREATE).unwrap();
    assert_ne!(again, watch);
    assert_eq!(inotify_rm_watch(&inotify, again), Ok(()));
    touch("d");
    assert_eq!(events(&inotify), [(again.0, libc::IN_IGNORED, 0, None)]);
}

#[test]
fn a_link_is_watched_itself_where_told() {
    use InotifyMask as M;
    let tmp = temp_dir();
    let (file, link) = (tmp.path().join("file"), tmp.path().join("link"));
    File::create(&file).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let inotify = nonblocking();
    let through = add(&inotify, &link, M::ATTRIB).unwrap();
    assert_eq!(add(&inotify, &file, M::ATTRIB), Ok(through));
    let itself = add(&inotify, &link, M::DELETE_SELF | M::DONT_FOLLOW);
    assert_ne!(itself, Ok(through));
    fs::remove_file(&link).unwrap();
    let itself = itself.unwrap().0;
    let expected = [(itself, libc::IN_DELETE_SELF, 0, None), (itself, libc::IN_IGNORED, 0, None)];
    assert_eq!(events(&inotify), expected);
}

#[test]
fn what_was_lost_is_told() {
    let most = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let most: usize = most.trim().parse().unwrap();
    if most > 100_000 {
        return not_run_in_part("a queue that long");
    }
    let tmp = temp_dir();
    let files = ["a", "b"].map(|name| tmp.path().join(name));
    files.iter().for_each(|file| drop(File::create(file).unwrap()));
    let inotify = nonblocking();
    let watch = add(&inotify, tmp.path(), InotifyMask::ATTRIB).unwrap();
    // By turns, since the same event twice on end is told once.
    for file in files.iter().cycle().take(most + 100) {
        fs::set_permissions(file, PermissionsExt::from_mode(0o600)).unwrap();
    }
    let told = events(&inotify);
    assert_eq!(told.len(), most + 1);
    let (last, rest) = told.split_last().unwrap();
    assert_eq!(*last, (Watch::NONE.0, libc::IN_Q_OVERFLOW, 0, None));
    assert!(rest.iter().all(|event| (event.0, event.1) == (watch.0, libc::IN_ATTRIB)));
}

#[test]
fn what_cannot_be_watched() {
    use InotifyMask as M;
    let tmp = temp_dir();
    let inotify = nonblocking();
    let missing = tmp.path().join("missing");
    assert_eq!(add(&inotify, &missing, M::OPEN), Err(Errno::ENOENT));
    assert_eq!(add(&inotify, tmp.path(), M::empty()), Err(Errno::EINVAL));
    assert_eq!(
        add(&inotify, tmp.path(), M::OPEN | M::MASK_ADD | M::MASK_CREATE),
        Err(Errno::EINVAL)
    );
    assert_eq!(inotify_add_watch(&inotify, "/\0", M::OPEN), Err(Errno::EINVAL));
    assert_eq!(inotify_add_watch(&inotify, "", M::OPEN), Err(Errno::ENOENT));
    File::create(&missing).unwrap();
    assert_eq!(add(&inotify, &missing, M::OPEN | M::ONLYDIR), Err(Errno::ENOTDIR));
    fs::set_permissions(&missing, PermissionsExt::from_mode(0o000)).unwrap();
    assert_eq!(as_nobody(|| add(&inotify, &missing, M::OPEN)), Err(Errno::EACCES));
    assert_eq!(events(&inotify), []);

    assert_eq!(inotify_add_watch(closed(), "/", M::OPEN), Err(Errno::EBADF));
    assert_eq!(inotify_rm_watch(closed(), Watch(1)), Err(Errno::EBADF));
    for watch in [-1, 0, 1, i32::MAX, i32::MIN] {
        assert_eq!(inotify_rm_watch(&inotify, Watch(watch)), Err(Errno::EINVAL));
    }
    let (reader, _writer) = rawos::fd::pipe().unwrap();
    assert_eq!(inotify_add_watch(&reader, "/", M::OPEN), Err(Errno::EINVAL));
    assert_eq!(inotify_rm_watch(&reader, Watch(1)), Err(Errno::EINVAL));
    let mut buf = InotifyBuf::new();
    assert_eq!(inotify_read(closed(), &mut buf).err(), Some(Errno::EBADF));
    assert_eq!(inotify_read(&inotify, &mut buf).err(), Some(Errno::EAGAIN));
}

#[test]
fn waiting_outlasts_signals() {
    let tmp = temp_dir();
    let inotify = inotify_init(InotifyFlags::empty()).unwrap();
    let watch = add(&inotify, tmp.path(), InotifyMask::CREATE).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(30));
            File::create(tmp.path().join("late")).unwrap();
        });
        interrupted(u32::MAX, || {
            let mut buf = InotifyBuf::new();
            let told: Vec<_> = inotify_read(&inotify, &mut buf).unwrap().collect();
            assert_eq!(told.len(), 1);
            assert_eq!((told[0].watch, told[0].name), (watch, Some(c"late")));
        });
    });
}

/// What comes of `bytes`, which are fewer than a pipe holds.
fn through_a_pipe(bytes: &[u8]) -> Option<Vec<Event>> {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(bytes).unwrap();
    drop(writer);
    let mut buf = InotifyBuf::new();
    // SAFETY: the descriptor stays open for as long as it is borrowed.
    let reader = unsafe { rawos::fd::BorrowedFd::borrow_raw(reader.as_raw_fd()) };
    match inotify_read(reader, &mut buf) {
        Ok(events) => Some(
            events
                .map(|event| {
                    (event.watch.0, event.mask.bits(), event.cookie, event.name.map(Into::into))
                })
                .collect(),
        ),
        Err(errno) => {
            assert_eq!(errno, Errno::EBADMSG);
            None
        }
    }
}

/// An event as the kernel writes it; `len` may lie.
fn event(watch: i32, len: u32, name: &[u8]) -> Vec<u8> {
    let numbers = [watch as u32, libc::IN_OPEN, 7, len];
    let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
    bytes.extend(name);
    bytes
}

#[test]
fn bytes_that_no_kernel_sends() {
    let whole = [event(1, 0, b""), event(2, 16, b"name\0\0\0\0\0\0\0\0\0\0\0\0")].concat();
    let both = through_a_pipe(&whole).unwrap();
    assert_eq!(both, [(1, libc::IN_OPEN, 7, None), (2, libc::IN_OPEN, 7, named("name"))]);
    for cut in 0..whole.len() {
        assert_eq!(through_a_pipe(&whole[..cut]).is_some(), cut == 16, "{cut}");
    }
    assert_eq!(through_a_pipe(&event(1, 4, b"name")), None);
    assert_eq!(through_a_pipe(&event(1, u32::MAX, b"name\0")), None);
    assert_eq!(through_a_pipe(&event(1, 5, b"name\0more")), None);
}

proptest! {
    #[test]
    fn any_bytes_are_taken_as_libcs_struct_has_them(
        parts in prop::collection::vec((any::<i32>(), 0_u32..24, prop::collection::vec(0_u8..3, 0..24)), 0..5)
    ) {
        // Lengths that are often right.
        let bytes: Vec<u8> = parts
            .iter()
            .flat_map(|(watch, len, name)| {
                let len = if len % 4 == 0 { *len } else { name.len() as u32 };
                event(*watch, len, name)
            })
            .collect();
        let expected = parsed(&bytes).filter(|events| !events.is_empty());
        prop_assert_eq!(through_a_pipe(&bytes), expected);
    }
}

#[test]
fn they_are_shown() {
    let mut buf = InotifyBuf::default();
    assert!(format!("{buf:?}").starts_with("InotifyBuf { size: "), "{buf:?}");
    let dir = temp_dir();
    let inotify = inotify_init(InotifyFlags::empty()).unwrap();
    inotify_add_watch(&inotify, dir.path().to_str().unwrap(), InotifyMask::CREATE).unwrap();
    File::create(dir.path().join("new")).unwrap();
    let shown = format!("{:?}", inotify_read(&inotify, &mut buf).unwrap());
    assert!(shown.starts_with('[') && shown.contains("CREATE"), "{shown}");
    assert!(shown.contains("\"new\""), "{shown}");
}
