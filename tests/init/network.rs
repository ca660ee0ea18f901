//! `src/init/network.rs`, in a network namespace of its own.

use std::{fs, io, net::UdpSocket, path::Path, ptr};

use rawos::{
    Errno,
    init::{self, InterfaceFlags},
};

use crate::util::{alone, as_nobody, not_run, temp_dir};

#[test]
fn flags_have_libcs_values() {
    let pairs = [
        (InterfaceFlags::UP, libc::IFF_UP),
        (InterfaceFlags::BROADCAST, libc::IFF_BROADCAST),
        (InterfaceFlags::LOOPBACK, libc::IFF_LOOPBACK),
        (InterfaceFlags::POINTOPOINT, libc::IFF_POINTOPOINT),
        (InterfaceFlags::RUNNING, libc::IFF_RUNNING),
        (InterfaceFlags::PROMISC, libc::IFF_PROMISC),
        (InterfaceFlags::MULTICAST, libc::IFF_MULTICAST),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(i32::from(ours.bits()), theirs, "{ours:?}");
    }
}

/// What the sysfs mounted at `sys` says of an interface.
fn told(sys: &Path) -> u32 {
    let text = fs::read_to_string(sys.join("class/net/lo/flags")).unwrap();
    u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).unwrap()
}

/// Whether this machine can send something to itself.
fn reaches_itself() -> bool {
    let Ok(socket) = UdpSocket::bind("127.0.0.1:0") else { return false };
    let there = socket.local_addr().unwrap();
    socket.send_to(b"hello", there).is_ok_and(|len| len == 5)
        && socket.recv(&mut [0; 8]).is_ok_and(|len| len == 5)
}

#[test]
fn loopback_comes_up() {
    alone("network::loopback_comes_up", || {
        let flags = libc::CLONE_NEWNET | libc::CLONE_NEWNS;
        // SAFETY: takes an integer.
        if unsafe { libc::unshare(flags) } != 0 {
            return not_run(format_args!("unshare: {}", io::Error::last_os_error()));
        }
        // The sysfs of this namespace, where nobody else sees it.
        let tmp = temp_dir();
        let sys = std::ffi::CString::new(tmp.path().to_str().unwrap()).unwrap();
        let (none, private) = (ptr::null(), libc::MS_REC | libc::MS_PRIVATE);
        // SAFETY: mount(2) reads the strings.
        let made = unsafe { libc::mount(none, c"/".as_ptr(), none, private, ptr::null()) };
        // A root that is no mount, as in an initramfs, is nobody else's either.
        assert!(made == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL));
        let kind = c"sysfs".as_ptr();
        // SAFETY: mount(2) reads the strings.
        let made = unsafe { libc::mount(kind, sys.as_ptr(), kind, 0, ptr::null()) };
        if made != 0 {
            // A network namespace that is not its user's.
            let error = io::Error::last_os_error();
            assert_eq!(error.raw_os_error(), Some(libc::EPERM), "{error}");
            return not_run(format_args!("mount: {error}"));
        }
        let up = libc::IFF_UP as u32;
        let lo = || init::get_interface_flags("lo").unwrap();

        assert_eq!(told(tmp.path()) & up, 0);
        assert_eq!(lo(), InterfaceFlags::LOOPBACK);
        assert!(!reaches_itself());
        as_nobody(|| assert_eq!(init::loopback_up(), Err(Errno::EPERM)));
        assert_eq!(told(tmp.path()) & up, 0);

        assert_eq!(init::loopback_up(), Ok(()));
        assert_eq!(told(tmp.path()) & up, up);
        assert!(lo().contains(InterfaceFlags::UP | InterfaceFlags::LOOPBACK));
        assert!(reaches_itself());
        // Again, and without privilege.
        assert_eq!(init::loopback_up(), Ok(()));
        as_nobody(|| assert_eq!(init::loopback_up(), Ok(())));

        assert_eq!(init::set_interface_flags("lo", InterfaceFlags::empty()), Ok(()));
        assert_eq!(told(tmp.path()) & up, 0);
        assert_eq!(lo(), InterfaceFlags::LOOPBACK);
        assert_eq!(init::set_interface_flags(b"lo", InterfaceFlags::UP), Ok(()));
        assert_eq!(told(tmp.path()) & up, up);
        // SAFETY: umount2(2) reads the string.
        assert_eq!(unsafe { libc::umount2(sys.as_ptr(), libc::MNT_DETACH) }, 0);
    });
}

#[test]
fn names_that_no_interface_has() {
    let names: [&[u8]; 6] = [b"", b"no-such", &[b'x'; 15], &[b'x'; 16], &[b'x'; 99], b"lo\0"];
    for name in names {
        assert_eq!(init::get_interface_flags(name), Err(Errno::ENODEV), "{name:?}");
        let set = init::set_interface_flags(name, InterfaceFlags::empty());
        assert!(matches!(set, Err(Errno::ENODEV | Errno::EPERM)), "{name:?}: {set:?}");
    }
}
