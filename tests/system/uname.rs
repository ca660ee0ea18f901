//! `src/system/uname.rs`.

use std::{ffi::CStr, fs};

use rawos::system::uname;

use crate::util::{alone, libc_result, not_run};

fn witness() -> libc::utsname {
    // SAFETY: zeroes are a valid utsname.
    let mut name: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::uname(&mut name) }, 0);
    name
}

fn text(field: &[libc::c_char; 65]) -> &CStr {
    // SAFETY: libc ended it with a NUL, and it stays borrowed.
    unsafe { CStr::from_ptr(field.as_ptr()) }
}

#[test]
fn every_field_is_libcs() {
    let (ours, theirs) = (uname().unwrap(), witness());
    assert_eq!(ours.sysname(), text(&theirs.sysname));
    assert_eq!(ours.nodename(), text(&theirs.nodename));
    assert_eq!(ours.release(), text(&theirs.release));
    assert_eq!(ours.version(), text(&theirs.version));
    assert_eq!(ours.machine(), text(&theirs.machine));
    assert_eq!(ours.domainname(), text(&theirs.domainname));
    assert_eq!(uname(), Ok(ours));
    assert!(format!("{ours:?}").starts_with("Uname { sysname: \"Linux\", nodename: "));
    if std::env::var_os("RAWOS_RUNNER").is_none() {
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
        assert_eq!(ours.release().to_str(), Ok(release.trim_end()));
    }
    assert_eq!(ours.machine().to_str(), Ok(std::env::consts::ARCH));
}

#[test]
fn the_longest_name_of_a_host() {
    alone("uname::the_longest_name_of_a_host", || {
        // SAFETY: takes flags.
        let unshared = libc_result(unsafe { libc::unshare(libc::CLONE_NEWUTS) });
        if let Err(errno) = unshared {
            return not_run(format_args!("no UTS namespace of its own: {errno}"));
        }
        let longest = [&[b'h'; 64][..], b"\0"].concat();
        // With a NUL, so that the empty one has an address an emulator takes.
        for name in [&*longest, b"\0", b"\xff\n\0"] {
            let name = CStr::from_bytes_with_nul(name).unwrap();
            // SAFETY: reads that many bytes of the name.
            let set = unsafe { libc::sethostname(name.as_ptr(), name.count_bytes()) };
            assert_eq!(libc_result(set), Ok(0));
            assert_eq!(uname().unwrap().nodename(), name);
        }
    });
}
