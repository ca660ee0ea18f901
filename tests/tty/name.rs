use std::{
    ffi::{CStr, CString},
    fs, io,
    os::fd::{AsRawFd as _, RawFd},
    os::unix::{
        ffi::{OsStrExt as _, OsStringExt as _},
        fs::{FileTypeExt as _, OpenOptionsExt as _, symlink},
    },
    ptr,
};

use rawos::{Errno, fd::OwnedFd, tty};

use crate::{
    libc_pty, own,
    util::{alone, not_run, not_run_in_part, temp_dir},
};

fn libc_ttyname(fd: RawFd) -> Result<Vec<u8>, Errno> {
    let mut name = [0; 4096];
    // SAFETY: it writes a C string of at most 4096 bytes.
    match unsafe { libc::ttyname_r(fd, name.as_mut_ptr(), name.len()) } {
        // SAFETY: as above.
        0 => Ok(unsafe { CStr::from_ptr(name.as_ptr()) }.to_bytes().to_vec()),
        number => Err(Errno::from_raw(number).unwrap()),
    }
}

fn ttyname(fd: RawFd) -> Result<Vec<u8>, Errno> {
    let mut buf = [0; 4096];
    let result = tty::ttyname(crate::borrow(fd), &mut buf).map(|len| buf[..len].to_vec());
    #[cfg(feature = "alloc")]
    assert_eq!(tty::ttyname_alloc(crate::borrow(fd)), result);
    result
}

#[test]
fn the_name_is_glibc_s_at_both_ends() {
    let (pty, terminal) = libc_pty();
    let name = libc_ttyname(terminal.as_raw_fd()).unwrap();
    assert!(name.starts_with(b"/dev/pts/"));
    assert_eq!(ttyname(terminal.as_raw_fd()), Ok(name));
    assert_eq!(ttyname(pty.as_raw_fd()), libc_ttyname(pty.as_raw_fd()));
}

#[test]
fn a_buffer_fits_or_not_by_a_byte() {
    let (_pty, terminal) = libc_pty();
    let name = libc_ttyname(terminal.as_raw_fd()).unwrap();
    let mut buf = [0xff; 64];
    assert_eq!(tty::ttyname(&terminal, &mut buf[..name.len() - 1]), Err(Errno::ERANGE));
    assert_eq!(buf, [0xff; 64]);
    assert_eq!(tty::ttyname(&terminal, &mut buf[..name.len()]), Ok(name.len()));
    assert_eq!(buf[..name.len()], name);
    assert_eq!(tty::ttyname(&terminal, &mut [0; 0]), Err(Errno::ERANGE));
    let mut room = [std::mem::MaybeUninit::uninit(); 64];
    let (found, rest) = tty::ttyname(&terminal, &mut room).unwrap();
    assert_eq!((&*found, rest.len()), (&name[..], 64 - name.len()));
}

#[test]
fn the_controlling_terminal_is_called_dev_tty() {
    // SAFETY: ctermid(3) with a null returns a static string.
    let theirs = unsafe { libc::ctermid(ptr::null_mut()) };
    // SAFETY: it is one.
    let theirs = unsafe { CStr::from_ptr(theirs) };
    assert_eq!(tty::ctermid(), theirs);
}

/// Mounts a new file system in a mount namespace of this process.
fn mount(kind: &CStr, place: &CStr) -> bool {
    // SAFETY: it takes flags.
    if unsafe { libc::unshare(libc::CLONE_NEWNS) } != 0 {
        return false;
    }
    let (root, none) = (c"/".as_ptr(), ptr::null());
    let private = libc::MS_PRIVATE | libc::MS_REC;
    // SAFETY: it reads the strings.
    let first = unsafe { libc::mount(none, root, none, private, none.cast()) };
    // SAFETY: as above.
    let second =
        unsafe { libc::mount(kind.as_ptr(), place.as_ptr(), kind.as_ptr(), 0, none.cast()) };
    assert!(first == 0 || second != 0, "{}", io::Error::last_os_error());
    second == 0
}

#[test]
fn a_terminal_of_another_namespace_is_no_device_here() {
    alone("name::a_terminal_of_another_namespace_is_no_device_here", || {
        let (_pty, terminal) = libc_pty();
        let before = ttyname(terminal.as_raw_fd()).unwrap();
        if !mount(c"devpts", c"/dev/pts") {
            not_run(format_args!("only root may mount"));
            return;
        }
        assert!(tty::isatty(&terminal));
        assert_eq!(libc_ttyname(terminal.as_raw_fd()), Err(Errno::ENODEV));
        assert_eq!(ttyname(terminal.as_raw_fd()), Err(Errno::ENODEV));
        // Even where there is another of that name: not this inode.
        let number: usize = str::from_utf8(&before[9..]).unwrap().parse().unwrap();
        let others: Vec<OwnedFd> = (0..=number)
            .map_while(|_| {
                let options = fs::File::options().read(true).write(true).open("/dev/pts/ptmx");
                options.ok().map(own)
            })
            .collect();
        if others.len() <= number || fs::metadata(str::from_utf8(&before).unwrap()).is_err() {
            not_run_in_part(format_args!("no second terminal of the same name"));
        }
        assert_eq!(ttyname(terminal.as_raw_fd()), Err(Errno::ENODEV));
        assert_eq!(libc_ttyname(terminal.as_raw_fd()), Err(Errno::ENODEV));
    });
}

#[test]
fn a_terminal_that_is_mounted_on_a_file_in_dev_is_found_there() {
    alone("name::a_terminal_that_is_mounted_on_a_file_in_dev_is_found_there", || {
        let (_pty, terminal) = libc_pty();
        let before = CString::new(ttyname(terminal.as_raw_fd()).unwrap()).unwrap();
        let dir = temp_dir();
        let place = CString::new(dir.path().as_os_str().as_bytes()).unwrap();
        if !mount(c"tmpfs", &place) {
            not_run(format_args!("only root may mount"));
            return;
        }
        let [stdin, console] = ["stdin", "console"].map(|name| dir.path().join(name));
        fs::write(&console, "").unwrap();
        // Leads to the terminal too, and comes earlier or later in the list.
        let own = format!("/proc/self/fd/{}", terminal.as_raw_fd());
        symlink(own, stdin).unwrap();
        let console = CString::new(console.into_os_string().into_vec()).unwrap();
        for (from, to) in [(&*before, &*console), (&*place, c"/dev")] {
            let (none, flags) = (ptr::null::<libc::c_char>(), libc::MS_BIND | libc::MS_REC);
            // SAFETY: it reads the strings.
            let done = unsafe { libc::mount(from.as_ptr(), to.as_ptr(), none, flags, none.cast()) };
            assert_eq!(done, 0, "{}", io::Error::last_os_error());
        }
        assert_eq!(libc_ttyname(terminal.as_raw_fd()), Ok(b"/dev/console".to_vec()));
        assert_eq!(ttyname(terminal.as_raw_fd()), Ok(b"/dev/console".to_vec()));
        // SAFETY: it reads the string.
        let undone = unsafe { libc::umount2(c"/dev/console".as_ptr(), 0) };
        assert_eq!(undone, 0, "{}", io::Error::last_os_error());
        assert_eq!(libc_ttyname(terminal.as_raw_fd()), Err(Errno::ENODEV));
        assert_eq!(ttyname(terminal.as_raw_fd()), Err(Errno::ENODEV));
        // So that the directory can be removed.
        // SAFETY: as above.
        let undone = unsafe { libc::umount2(place.as_ptr(), libc::MNT_DETACH) };
        assert_eq!(undone, 0, "{}", io::Error::last_os_error());
    });
}

#[test]
fn the_name_is_found_without_proc() {
    alone("name::the_name_is_found_without_proc", || {
        let (_pty, terminal) = libc_pty();
        let before = ttyname(terminal.as_raw_fd()).unwrap();
        let lines = lines();
        if !mount(c"tmpfs", c"/proc") {
            not_run(format_args!("only root may mount"));
            return;
        }
        assert!(!fs::exists("/proc/self").unwrap());
        assert_eq!(ttyname(terminal.as_raw_fd()), Ok(before));
        if lines.is_empty() {
            not_run_in_part(format_args!("there is no terminal in /dev"));
        }
        for (name, line) in lines {
            // A device may have several names that are one file.
            let found = ttyname(line.as_raw_fd()).unwrap();
            assert_eq!(found, name.as_bytes());
            assert_eq!(Ok(found), libc_ttyname(line.as_raw_fd()));
        }
    });
}

/// Terminals that stand in `/dev` itself, open, with their names.
fn lines() -> Vec<(String, OwnedFd)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/dev").unwrap().flatten() {
        let name = entry.path().to_str().unwrap().to_owned();
        let is_line = name.starts_with("/dev/tty") || name == "/dev/console";
        if !is_line || !entry.file_type().unwrap().is_char_device() {
            continue;
        }
        let mut options = fs::File::options();
        options.read(true).custom_flags(libc::O_NOCTTY | libc::O_NONBLOCK);
        if let Ok(file) = options.open(&name) {
            // SAFETY: it takes an integer.
            if unsafe { libc::isatty(file.as_raw_fd()) } == 1 {
                found.push((name, own(file)));
            }
        }
    }
    found
}

#[test]
fn lines_in_dev_have_glibc_s_names() {
    for (name, line) in lines() {
        let ours = ttyname(line.as_raw_fd());
        assert_eq!(ours, libc_ttyname(line.as_raw_fd()), "{name}");
        assert_eq!(ours, Ok(name.into_bytes()));
    }
}
